"""What a question asks for: a few words or a sentence, one answer or several, a number with its unit."""

import re
import unicodedata

from qa.errors import QuestionError

LONGEST = 2_000
"""Characters of a question."""

_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_QUANTITY = re.compile(
    r"\bhow (?:many|much|old|long|far|fast|big|large|high|tall|often|deep)\b|percent|number of", re.I
)
_WHEN = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|decade|century)\b", re.I)

_NUMBER = re.compile(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundreds?|thousands?|[mb]illions?|dozens?|half|quarter|third|none|no|several|many|few|all"
    r"|every|once|twice|couple|single|both|an?)\b",
    re.I,
)
_UNIT = (
    r"(?:%|percent(?:age points)?|per cent|hundred|thousand|million|billion|trillion|kilomet\w+|km|miles?"
    r"|met(?:er|re)s?|feet|foot|inch\w*|acres?|hectares?|tons?|tonnes?|kg|kilograms?|pounds|dollars|euros|years?|months?|weeks?|days?"
    r"|hours?|minutes?|seconds?|degrees)(?!\w)"
)
_UNITS = re.compile(rf"[\s-]?{_UNIT}(?:\s{_UNIT})?(?:\sold\b)?", re.I)

# "What did Kirby say?", "What happened on March 3?", "Tell me about Barbecue"
_OPEN = re.compile(
    r"(?:please )?(?:(?:tell|inform) (?:me|us)|describe|explain|summari[sz]e|discuss|compare)\b"
    r"|what(?:'s| is| was| has| have)? (?:happen|going on|new\b|known|the latest|the situation)"
    r"|what(?:'s| is| are| was| were) the (?:\w+ )?(?:purpose|meaning|difference|story|importance|significance|impact"
    r"|effect|consequence|role|function|reason|relationship)s?\b|what(?:'s| is| are| was| were) .* about\s*\??$"
    r"|what (?:did|do|does|has|have) .*\b"
    r"(?:s[ae][yi]|told?|tell|report|announc|claim|argu|advi[sc]e|promis|warn|writ|wrote|do\b)",
    re.I,
)
_WHO_IS = re.compile(r"[Ww]ho(?: is| was|'s|’s) [A-Z][^'’]*$")
_WHY_OR_HOW = re.compile(r"(?:why|how)\b", re.I)
_WHETHER = re.compile(
    r"(?:is|are|was|were|does|do|did|has|have|had|can|could|will|would|should|must|may|might|am)\b", re.I
)
_ASKS = re.compile(r"\b(?:who|whom|whose|what|when|where|why|which|how)\b|\?\s*$", re.I)
_ONE = re.compile(
    r"\b(?:who|whom|whose|where|(?:what|which) (?!did|do|does|has|have|had|can|will|would|could)\w+)\b", re.I
)
_SEVERAL = re.compile(r"\b(?:who|what|which|where) (?:are|were)\b|\bname\b", re.I)
_PLURAL = re.compile(r"\b(?:what|which) (?:\w+ )?(?!was\b|has\b|is\b)\w+[^sui\W]s\b", re.I)

_SO = r"(?:is|are|has|have|does|do|will)\b"
# "Who leads Haiti?", "How many people have died?", "Is Henry in Kenya?", "What is the latest on Henry?"
_IS_SO = re.compile(
    rf"(?:who|where|when|why|what|which|how)(?:['’]s\b| {_SO})"
    rf"|(?:what|which|how)(?: (?!was\b|were\b|did\b|had\b)[\w-]+){{1,2}} {_SO}"
    r"|who (?!was\b)\w+[^s\W]s\b|(?:what|which)(?: [\w-]+)? (?:leads|rules|governs|runs|heads|holds|owns|controls)\b"
    rf"|{_SO}|.*\b(?:now|currently|at present|still|latest|newest|most recent)\b",
    re.I,
)


def tidy(question: str) -> str:
    """Return a question in one line without characters that cannot be seen; raises QuestionError."""
    if not isinstance(question, str):
        raise QuestionError(f"the question is {question!r}: it must be a text.")
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", question))
    text = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in seen).split())
    if not any(c.isalnum() for c in text):
        raise QuestionError("the question is empty: write what you want to know, such as “Where was Ariel Henry?”")
    if len(text) > LONGEST:
        raise QuestionError(
            f"the question has {len(text):,} characters, and {LONGEST:,} is the most: "
            "ask one thing at a time; to add a text to the archive, put it into the folder of articles."
        )
    return text


def takes_a_sentence(question: str) -> bool:
    """Whether a sentence answers rather than a few words: "What did Kirby say?", "Why …?", "Was he …?", "Haiti"."""
    return bool(
        _OPEN.match(question)
        or _WHO_IS.match(question.rstrip(" ?"))
        or (_WHY_OR_HOW.match(question) and not _QUANTITY.match(question))
        or _WHETHER.match(question)
        or not _ASKS.search(question)
    )


def asks_for_one(question: str) -> bool:
    """Whether a question has one answer, so that two contradict: "When …?", not "Which towns …?" or "What did …?"."""
    if takes_a_sentence(question) or _SEVERAL.search(question):
        return False
    if _QUANTITY.search(question) or _WHEN.search(question):
        return True
    return _ONE.search(question) is not None and not _PLURAL.search(question)


def asks_what_is_so(question: str) -> bool:
    """Whether the answer may change with time, so that the newest report counts: "Who leads Haiti?", not "Who won?"."""
    return _IS_SO.match(question) is not None and not _WHO_IS.match(question.rstrip(" ?"))


def with_unit(question: str, text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place of a number with its unit, if the question does not name it: "5" in "$5 million" -> all."""
    if text[start:end][-1:].isdigit() or _NUMBER.fullmatch(text[start:end]):
        unit = _UNITS.match(text, end)
        if unit and unit[0].strip(" -").lower() not in question.lower():
            end = unit.end()
        if start and text[start - 1] in "$€£¥":
            start -= 1
    return start, end

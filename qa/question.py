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
    r"\d[\d,.]*|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|[mbtr]+illions?|dozens?|half|quarter|third|none|no|several"
    r"|many|few|all|every|once|twice|couple|single|both|an?)\b",
    re.I,
)
_UNIT = (
    r"(?:%|percent(?:age points)?|per cent|hundred|thousand|million|billion|trillion|kilomet\w+|km|miles?"
    r"|met(?:er|re)s?|feet|foot|inch\w*|acres?|hectares?|tons?|tonnes?|kg|kilograms?|pounds|dollars|euros|years?|months?|weeks?|days?"
    r"|hours?|minutes?|seconds?|degrees)(?!\w)"
)
_UNITS = re.compile(rf"[ \u00a0-]?{_UNIT}(?:[ \u00a0]{_UNIT})?(?: old\b)?", re.I)

# "What did Kirby say?", "What happened on March 3?", "Tell me about Barbecue"
_OPEN = re.compile(
    r"(?:please )?(?:(?:tell|inform) (?:me|us)|describe|explain|summari[sz]e|discuss|compare)\b"
    r"|what(?:'s| is| was| has| have)? (?:happen|going on|new\b|known|the latest|the situation)"
    r"|what(?:'s| is| are| was| were) the (?:\w+ )?(?:purpose|meaning|difference|story|importance|significance|impact"
    r"|effect|consequence|role|function|reason|relationship)s?\b|what(?:'s| is| are| was| were) .* about\s*\??$"
    r"|what (?:did|do|does|has|have) .*\b"
    r"(?:sa(?:y|id)|told|tell|report(?:ed)?|announced?|claim(?:ed)?|argued?|advised?|promised?|warn(?:ed)?|write|wrote"
    r"|written|do)\b",
    re.I,
)
_ABOUT = r"(?:about|on|of|from|in|at|with|regarding|concerning)"
_TOLD = (
    r"\b(?:overview|summary|recap|rundown|information|news|latest|situation|story|stories|articles?|reports?|updates?)"
)
_REQUEST = re.compile(
    r"(?:(?:please|can you|could you|would you|and|so) )*(?:"
    r"(?:tell|brief|inform|update) (?:me|us) (?:(?:more|all|everything|something|a bit|a little) )?(?:about|on)"
    r"|(?:(?:(?:give|show|get|find|tell) (?:me|us)|is there|are there) )?(?:(?:an?|the|any|some|all) )?"
    rf"(?:(?:brief|short|quick|latest) )?{_TOLD} {_ABOUT}"
    r"|summari[sz]e|recap|describe|(?:what|how) about|and|but"
    r"|what (?:do|does|did|can|have|has) (?:we|you|they|(?:the )?(?:articles?|archive|reports?|papers?|news|press)) "
    r"(?:know|say|said|report|reported|have|tell|tell me|tell us|write|written)(?: about| on)"
    rf"|what(?:['’]s| is| are| has been)(?: in)?(?: the| known| new| happening| going on)(?: {_TOLD})? {_ABOUT}"
    rf"|what (?:was|were|is|has been|had been) (?:reported|said|told|written) {_ABOUT}"
    rf"|(?:is there |do you have |have you )?(?:anything|something)(?: new| else| more)? {_ABOUT}"
    r") (?P<topic>.+?)[\s.?!]*",
    re.I,
)
_HEAD = re.compile(
    rf"(?:(?:the )?(?:(?:current|latest|recent|overall) )?{_TOLD} {_ABOUT} )?(?:(?:the|an?|this|that) )?", re.I
)
_FOLLOWS = re.compile(
    r"About (?P<before>[^:]+): (?:(?:and|but|(?:what|how) about) )?(?:the )?"
    r"(?P<topic>(?!(?:then|there|here|now|else|more|again|today|yesterday|tomorrow|this|last|next)\b)\w{4}.*)",
    re.I,
)
_NEWS = re.compile(
    r"(?:please )?(?:(?:what(?:['’]?s| is| are| was| were)|(?:give|show|tell) (?:me|us)|summari[sz]e|recap)(?: in)?\b)?"
    r"\s*(?:(?:the|an?|any|all|your) )*(?:(?:latest|newest|recent|top|main|quick|short|brief|today['’]s) )*"
    r"(?:new|news|headlines|latest|overview|summary|articles|archive|stories|reports|happening|going on|up|this|all)"
    r"(?: (?:about|of|today|now|here|in|the|news|archive|articles))*[\s?.!]*"
    r"|(?:summari[sz]e|recap)[\s?.!]*|what(?:['’]s| has| have)? happened[\s?.!]*"
    r"|what (?:was|has been) (?:in the news|published|reported)[\s?.!]*"
    r"|what (?:do|does) the (?:articles|archive|reports) (?:say|tell|cover|report)(?: about)?[\s?.!]*"
    r"|(?:hello|hi|hey|help|what can (?:i ask|you (?:do|tell))(?: you| me)?(?: about)?)(?: there)?[\s?.!]*",
    re.I,
)
_MORE = re.compile(
    r"About ([^:]+): (?:(?:tell|show) me |say |any |the )*(?:more|go on|continue|latest|news|updates?)[\s?.!]*\Z", re.I
)
_COMMAND = re.compile(r"(?:please|name|list|compare|count|give|find|show|explain|discuss|define|translate)\b", re.I)
_REMARK = re.compile(
    r"(?:ok(?:ay)?|thanks?|thank you|yes|no|not|sorry|great|sure|good|bye|really|interesting|cool|nice|wow|right|well"
    r"|then|now|more|else)\b",
    re.I,
)
_SMALL = re.compile(r"(?:an?|the|of|on|in|at|by|for|to|from|with|and|or|'s)\Z", re.I)
_MOST_TOPIC_WORDS = 5
"""Of a topic, small ones aside: longer ones are mostly questions without a question word."""

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
_PLURALS = r"(?!was\b|has\b|is\b)\w+[^sui\W]s\b"
_PLURAL = re.compile(  # but not "Which party controls the senate?"
    rf"\b(?:what|which) (?:(?:other |\d+ |two |three |four |five )?{_PLURALS}"
    rf"|\w+ {_PLURALS}(?= (?:are|were|do|did|have|had|will|can|could|would|should|must|may)\b))",
    re.I,
)

_SO = r"(?:is|are|has|have|does|do|will)\b"
# "Who leads Haiti?", "How many people have died?", "Is Henry in Kenya?", "Did anyone die?", "What is the latest?"
_IS_SO = re.compile(
    rf"(?:who|where|when|why|what|which|how)(?:['’]s\b| {_SO})"
    rf"|(?:what|which|how)(?: (?!was\b|were\b|did\b|had\b)[\w-]+){{1,2}} {_SO}"
    r"|who (?!was\b)\w+[^s\W]s\b|(?:what|which)(?: [\w-]+)? (?:leads|rules|governs|runs|heads|holds|owns|controls)\b"
    rf"|{_SO}|(?:did|was|were|had)\b|.*\b(?:now|currently|at present|still|latest|newest|most recent)\b",
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


def sought(question: str) -> str:
    """Return what is to be looked for: of a request its topic, or else the question.

    "Tell me about the Kenyan police" -> "Kenyan police"; "What's the latest on Haiti?" -> "Haiti";
    "About Haiti: the prison?", as follow-ups are resolved, -> "prison, Haiti".
    """
    while (topic := _topic(question)) != question:
        question = topic  # "And tell me about the news on Haiti"
    return question


def _topic(question: str) -> str:
    if asks_for_news(question):
        return question
    request = _REQUEST.fullmatch(_MORE.sub(r"Tell me about \1", question))
    topic = request["topic"] if request else question.rstrip(" .!?")
    topic = topic[_HEAD.match(topic).end() :].strip(" .,;:!?")  # type: ignore[union-attr]  # it may be empty
    follows = _FOLLOWS.fullmatch(topic)
    if follows and is_topic(follows["topic"]):
        # Three words, or a name, need no conversation to be understood.
        alone = len(topic_words(follows["topic"])) > 2 or re.search("[A-Z]", follows["topic"])
        topic = follows["topic"] if alone else f"{follows['topic']}, {follows['before']}"
    if not topic or _ASKS.search(topic.replace("WHO", "")) or re.search(r"[.?!] ", topic):
        return question  # "Tell me about what Kirby said": a sentence answers, as for the whole
    return topic if request or is_topic(topic) else question


def asks_for_news(question: str) -> bool:
    """Whether a question names nothing at all, and wants to know what there is: "What's the news?", "Hello"."""
    return _NEWS.fullmatch(question) is not None


def is_topic(question: str) -> bool:
    """Whether a question asks nothing and only names what it is about: "Haiti", "the attack on the airport"."""
    return (
        0 < len(topic_words(question)) <= _MOST_TOPIC_WORDS
        and not _ASKS.search(question.replace("WHO", ""))
        and not re.search(r"[.?!:] ", question)
        and not any(form.match(question) for form in (_OPEN, _WHETHER, _COMMAND, _REMARK))
    )


def topic_words(topic: str) -> list[str]:
    """Return the words of a topic but for small ones: "the attack on the airport" -> ["attack", "airport"]."""
    return [word for word in re.findall(r"[\w’'-]*\w", topic) if not _SMALL.match(word)]


def takes_a_sentence(question: str) -> bool:
    """Whether a sentence answers rather than a few words: "What did Kirby say?", "Why …?", "Was he …?", "Haiti"."""
    return bool(
        asks_for_news(question)
        or is_topic(question)
        or _OPEN.match(question)
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


def may_have_several(question: str) -> bool:
    """Whether one report may give several answers: "Who …?", "Which towns …?", not "When …?" or "Which town …?"."""
    if takes_a_sentence(question) or _QUANTITY.search(question) or _WHEN.search(question):
        return False
    return not asks_for_one(question) or re.match(r"(?:who|whom|where)\b", question, re.I) is not None


def asks_what_is_so(question: str) -> bool:
    """Whether the answer may change with time, so that the newest report counts: "Who leads Haiti?", not "Who won?"."""
    names = asks_for_news(question) or is_topic(question)
    return names or (_IS_SO.match(question) is not None and not _WHO_IS.match(question.rstrip(" ?")))


def with_unit(question: str, text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place of a number with its unit, if the question does not name it: "5" in "$5 million" -> all."""
    words = re.split("[ -]", text[start:end])
    if all(map(_NUMBER.fullmatch, words)) or words[-1][-1:].isdigit():
        unit = _UNITS.match(text, end)
        if unit and unit[0].strip(" -").lower() not in question.lower():
            end = unit.end()
        if start and text[start - 1] in "$€£¥":
            start -= 1
    return start, end

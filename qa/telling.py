"""Tell sentences that can answer from stubs: lead-ins, bylines, link lines, stamps of a live blog, fragments.

No network judges this here: the reader scores words, and a stub that names a topic scores as high as a report of it.
"""

import re
from itertools import pairwise

from qa.articles.injection import addressed
from qa.articles.sentences import HEADING, sentences

LONGEST_LIST = 120
"""Words of a list that is told with the line that leads to it."""

LONGEST_ITEM = 30
"""Words of one of its items."""

FRAGMENT = 5
"""Words that a sentence without a verb has at most; a longer one may have a verb that its form does not show."""

_CHOICE = re.compile(r"[A-H][.)] (?:\S+ ){0,7}\S*[^.!”\"\s]")
"""A line of a quiz: "C. Port-au-Prince"."""

_LINK = re.compile(
    r"(?:also |please )?(?:read|see|watch|listen|click|tap|sign up|subscribe|follow us|download|related)\b"
    r"(?: (?:more|also|next|now|live|here|on|the full \w+|our|this|it|the))*\s*(?:[:|»>]|$|(?:here|below|now)\W*$)",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"here(?:['’]s| is| are) (?:\S+ ){0,3}(?:what|how|why|look|timeline|list|takeaways?|guide|to know|latest)\b", re.I
)
_NAME = r"[A-Z][\w.’'-]*(?: (?:[A-Z][\w.’'-]*|de|la|van|der|von|bin|al))+"
_BYLINE = re.compile(rf"[Bb]y {_NAME}(?:(?:,| and|, and) {_NAME})*(?:(?:,| ?[|/·—–-]| for| in) ?(?:\S+ ?){{1,6}})?")
_CREDIT = re.compile(
    r"(?:file )?(?:photo(?:graph)?|picture|image|illustration|video|graphic|credit)s?(?::| by\b).*"
    rf"|(?:\w+: )?(?-i:{_NAME} ?/ ?[A-Z]\w+(?: (?:Images|News|Press|Pictures))?)\.?",
    re.IGNORECASE,
)
"""Who took a picture: "Photograph: Kim Bell/Reuters"."""

_OF_STORY = re.compile(
    r"(?:(?:The|An?|More|All) [a-z-]+(?: [a-z-]+)?|[A-Z][a-z-]+(?: and [a-z-]+)?|[A-Z][a-z-]*[a-rt-z] [a-z-]+s)"
    r" (?:in|of|on|from|about|for|behind|around|to) (?:the|this|our|these) (?:[\w’'-]+ )*[a-z-]+"
)
_OWN = re.compile(
    r"Our(?: [a-z-]+){1,2}(?: (?:in|of|on|from|about|for) .*)?|(?:What|How|Why|Where) (?:we|you|to) [\w ’'-]+"
)
"""Noun phrases: "Key events" "in the Tarn trial"; "Our report on Tarn", "What we know about Tarn"."""

LONGEST_LABEL = 9
"""Words that what is named and not told has at most."""

_STAMP = re.compile(
    r"(?:(?:posted|updated|published)?[ :]*\d{1,2}[:.]\d\d ?(?:a\.?m\.?|p\.?m\.?)?(?: [A-Z]{2,4}\b)?,? "
    r"(?:[A-Z][a-z]+\.? \d{1,2}|\d{1,2} [A-Z][a-z]+),? \d{4})|share (?:this|on) \w+"
    r"|(?:(?:last )?(?:posted|updated|published)[ :]*)?\d+ (?:min(?:ute)?s?|hours?|days?) ago(?:\W*$|\W+(?-i:[A-Z]))",
    re.IGNORECASE,
)
_SMALL = re.compile(r"\b(?:and|or|of|the|an?|in|on|at|by|for|from|to|with)\b", re.IGNORECASE)
_ENDED = re.compile(r"[.!?:][\"”’)]*$")
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|am|has|have|had|do|does|did|will|would|can|could|may|might|must|shall|should|says?|"
    r"said|told|won|lost|fell|rose|died|began|broke|came|went|got|gave|took|made|held|led|left|met|paid|ran|sank|sent|"
    r"shut|shot|sold|spoke|stood|stole|struck|swept|thought|threw|wrote|hit|cut|put|set|let|quit|burnt|kept|knew|grew|"
    r"built|bought|brought|caught|chose|drew|drove|ate|felt|fought|found|flew|froze|hid|hurt|lay|rode|rang|saw|sought|"
    r"\w+(?:ed|n['’]t))\b",
    re.IGNORECASE,
)


def candidates(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of what may answer in a text, in order: its sentences but for stubs, and each list whole.

    What is said to a language model answers nothing. A list is the line that leads to it, which ends in a colon, with
    the lines without a full stop below it:
    "The dead are:\\n\\nKim Bell\\n\\nLi Wen\\n\\nIt rained." -> two places
    """
    found: list[tuple[int, int]] = []
    to_models = addressed(text)
    every = [(a, b) for a, b in sentences(text) if not any(first <= a < last for first, last in to_models)]
    number = 0
    while number < len(every):
        start, end = every[number]
        items = _items(text, every[number:])
        if items > 1:
            end = every[number + items - 1][1]
            found.append((start, end))
        elif tells(text[start:end]) and not _CHOICE.fullmatch(_line(text, start)):
            found.append((start, end))
        number += max(items, 1)
    return found


def tells(sentence: str) -> bool:
    """Whether a sentence may answer by its form; not what an article asks, and none of the stubs named above.

    "8:26 pm ET May 7, 2026 Share this update" and "Wins and losses." tell nothing, "Nobody was hurt." does.
    """
    told = sentence.strip()
    if not told or told.endswith((":", "?")) or HEADING.match(told):
        return False
    link = _LINK.match(told)
    if link and link[0].endswith(":") and re.match(r" (?!how|what|why|who|when)[a-z]", told[link.end() :]):
        link = None if _VERB.search(told, link.end()) else link  # "Follow us: the guerrillas told them."
    if link or _HERE.match(told) or _STAMP.match(told) or _CREDIT.fullmatch(told):
        return False
    words = re.findall(r"[\w’'-]+", told)
    is_byline = _BYLINE.fullmatch(told.rstrip(".")) is not None and not _VERB.search(told)
    return not is_byline and not _is_fragment(told, words) and not _is_label(told.rstrip("."), words)


def _is_label(told: str, words: list[str]) -> bool:
    """Whether a few words without a finite verb are a noun phrase about the story: "A timeline of the Tarn trial"."""
    if len(words) > LONGEST_LABEL or re.search(r"[\d,:;“\"«‘]", told):
        return False
    return bool(_OF_STORY.fullmatch(told) or _OWN.fullmatch(told)) and not _VERB.search(told)


def _is_fragment(told: str, words: list[str]) -> bool:
    """Whether a few words have neither a verb nor a name or number, of which each may be an answer."""
    names = any(word[0].isupper() for word in words[1:]) or re.search(r"\d|[A-Z]{2}|[\"“«‘]", told)
    # Without a small word it may be a name, a verb that looks like a noun, or another language.
    return len(words) <= FRAGMENT and not names and not _VERB.search(told) and _SMALL.search(told) is not None


def _items(text: str, following: list[tuple[int, int]]) -> int:
    """Return how many sentences a list has with the line that leads to it, or 0 where none begins."""
    lead = following[0]
    if not text[slice(*lead)].endswith(":"):
        return 0
    count, words = 1, len(text[slice(*lead)].split())
    for (_, before), (start, end) in pairwise(following):
        item = text[start:end]
        words += len(item.split())
        is_line = "\n" in text[before:start] and item == _line(text, start).lstrip(" •·●▪◦‣-–—−*\t")
        last = item.endswith(".") and text[:before].endswith((";", ","))  # of items that a stop ends only together
        if not is_line or HEADING.search(text[before:start]) or (_ENDED.search(item) and not last):
            break
        if len(item.split()) > LONGEST_ITEM or words > LONGEST_LIST:
            return 0
        count += 1
        if last:
            break
    return count if count > 2 else 0


def _line(text: str, start: int) -> str:
    return text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0].strip()

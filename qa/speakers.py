"""Say whose words a sentence quotes: an attributed claim is not a fact, and no one's words are another's."""

import re

from qa.articles.sentences import sentences
from qa.calendar_words import CALENDAR
from qa.support import stems

MOST_QUOTED_WORDS = 80
"""Words of a quote that is extended to the sentence that names its speaker."""

MOSTLY = 0.5
"""Share of the words of a sentence within quotation marks above which it is somebody's words, and no title or term."""

_SPOKEN = re.compile(
    r"\b(?:sa(?:id|ys|ying)|told|tells|add(?:s|ed)|wr(?:ote|ites)|according to|announced|warned|argued|claim(?:s|ed)"
    r"|asked|explain(?:s|ed)|stat(?:es|ed)|insist(?:s|ed)|call(?:s|ed)|tweeted|posted|declared|replied|noted|acknowledged)\b",
    re.I,
)
_NAME = r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*"
_LEAD_IN = re.compile(
    rf"(?:But |And |Yet )?{_NAME}(?:, [^,.]+,)? (?:(?:was|is|remain(?:s|ed)|sound(?:s|ed)|seem(?:s|ed)|felt|feels) "
    r"(?:\w+ )?(?:sure|certain|convinced|worried|concerned|confident|s[ck]eptical|doubtful|angry|furious|blunt|"
    r"clear|adamant|cautious|hopeful|optimistic|pessimistic|proud|pleased|happy|disappointed)|(?:dis)?agree[sd]|doubt(?:s|ed)?)"
    r"\b[^.]*\."
)
"""What one thinks, in a paragraph of its own: a quotation in the next one is theirs."""

_ASKED = re.compile(
    rf"\b(?:did|does|has) ({_NAME}) (?:say|said|tell|told|claim|announce|argue|warn|think|write|call)"
    rf"|\b(?:what|how|why) ({_NAME}) (?:said|told|thinks|argued|announced|warned|wrote)|\b[Aa]ccording to ({_NAME})"
)
_SPEAKER = re.compile(
    rf"({_NAME})(?:, [^,.]+,)? (?:\w+ )?(?:{_SPOKEN.pattern})|\b(?:said|says|added|replied|according to) ({_NAME})"
)

_QUOTATION = re.compile(
    r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|«[^»]*(?:»|$)|(?<!\w)‘(?:[^’]|’(?=\w))*(?:’|$)|^[^“\"]*”|^[^«]*»"
)


def with_speaker(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place of a sentence of a text, with the sentences up to the one that says whose words it quotes.

    The speaker is sought before and behind it in its paragraph, then in the paragraph before where that ends a
    quotation, or leads to this one: “They knew.” goes with “They were told,” Ana Diaz said. before it.
    """
    if not _quotes(text, start, end) or _names_speaker(text, start, end):
        return start, end
    spots = [(a, b) for a, b in sentences(text) if b > start - 4_000 and a < end + 4_000]
    before = [spot for spot in spots if spot[1] <= start][::-1]
    behind = [spot for spot in spots if spot[0] >= end]
    first = _nearest(text, before, start, end, within=True)
    then = _nearest(text, behind, start, end, within=True)
    above = _nearest(text, before, start, end, within=False)
    if first and then and not (_quotes(text, *first) or text[: first[1]].endswith(":")):
        first = first[0], then[1]  # who knows which of the two: “No.” stood between what both of them said
    for a, b in filter(None, (first, then, above)):
        place = min(start, a), max(end, b)
        if len(text[slice(*place)].split()) <= MOST_QUOTED_WORDS:
            return place
    return start, end


def lacks_speaker(text: str, start: int, end: int) -> bool:
    """Whether a sentence is mostly somebody's words, and none that could be quoted with it says whose."""
    if _share_quoted(text, start, end) <= MOSTLY:
        return False
    first, last = with_speaker(text, start, end)
    return not _names_speaker(text, first, last) and (first == start or not _leads_in(text, first))


def asked_speaker(question: str) -> str:
    """Return the name of whose words a question asks for, or ""."""
    return next((name for found in _ASKED.findall(question) for name in found if name), "")


def speaks_another(question: str, text: str, start: int, end: int) -> bool:
    """Whether a question asks what a person said, and only others are named as the speakers of a slice of an article.

    A name of one word may be an outlet's or an office's, for which others speak, as one may who stands beside the name.
    """
    asked = asked_speaker(question).split()
    if len(asked) < 2:
        return False
    named = {name.split()[-1] for found in _SPEAKER.findall(_unquoted(text, start, end)) for name in found if name}
    spoken = {name for name in named if stems(name) and name.lower() not in CALENDAR}  # not "He", "The"
    if not spoken or asked[-1] in text[start:end]:
        return False
    lines = [text[a:b] for a, b in sentences(text) if " ".join(asked) in text[a:b]]
    return not any(name in line for name in spoken for line in lines)


def _nearest(text: str, spots: list[tuple[int, int]], start: int, end: int, *, within: bool) -> tuple[int, int] | None:
    """Return the nearest of these sentences that names a speaker, past others that are quotations themselves."""
    for a, b in spots:
        between = text[min(b, end) : max(a, start)]
        if "\n" in between and within:
            return None
        if _names_speaker(text, a, b):
            leads = _quotes(text, a, b) or text[:b].endswith(":")
            return (a, b) if "\n" not in between or leads else None
        if "\n" in between and _leads_in(text, a):
            return a, b
        if _share_quoted(text, a, b) <= MOSTLY:
            return None
    return None


def _names_speaker(text: str, start: int, end: int) -> bool:
    """Whether a slice says who speaks, outside of what is quoted: “He asked us to pay.” names nobody."""
    return _SPOKEN.search(_unquoted(text, start, end)) is not None


def _leads_in(text: str, start: int) -> bool:
    """Whether a paragraph begins here that tells what somebody thinks: "Bo Lind, an engineer, was less sure."."""
    paragraph = text[start:].partition("\n")[0]
    return text[:start].rpartition("\n")[2] == "" and _LEAD_IN.fullmatch(paragraph) is not None


def _quotes(text: str, start: int, end: int) -> bool:
    return _unquoted(text, start, end) != text[start:end]


def _share_quoted(text: str, start: int, end: int) -> float:
    words = len(re.findall(r"\w+", text[start:end]))
    return 1 - len(re.findall(r"\w+", _unquoted(text, start, end))) / words if words else 0.0


def _unquoted(text: str, start: int, end: int) -> str:
    """Return a slice with what stands within quotation marks left out, also those that open before it."""
    begun = text.rfind("\n", 0, start) + 1
    paragraph = text[begun:end]
    kept = list(paragraph)
    for match in _QUOTATION.finditer(paragraph):
        kept[match.start() : match.end()] = " " * (match.end() - match.start())
    return "".join(kept)[start - begun :]

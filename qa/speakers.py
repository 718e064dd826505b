"""Say whose words a sentence quotes: an attributed claim is not a fact, and no one's words are another's."""

import re

from qa.articles.sentences import sentences

MOST_QUOTED_WORDS = 80
"""Words of a quote that is extended to the sentence that names its speaker."""

MOSTLY = 0.5
"""Share of the words of a sentence within quotation marks above which it is somebody's words, and no title or term."""

_SPOKEN = re.compile(
    r"\b(?:sa(?:id|ys|ying)|told|tells|add(?:s|ed)|wr(?:ote|ites)|according to|announced|warned|argued|claim(?:s|ed)"
    r"|asked|explain(?:s|ed)|stat(?:es|ed)|insist(?:s|ed)|call(?:s|ed)|tweeted|posted|declared|replied|noted|acknowledged)\b",
    re.I,
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
    return _share_quoted(text, start, end) > MOSTLY and not _names_speaker(text, *with_speaker(text, start, end))


def _nearest(text: str, spots: list[tuple[int, int]], start: int, end: int, *, within: bool) -> tuple[int, int] | None:
    """Return the nearest of these sentences that names a speaker, past others that are quotations themselves."""
    for a, b in spots:
        between = text[min(b, end) : max(a, start)]
        if "\n" in between and within:
            return None
        if _names_speaker(text, a, b):
            leads = _quotes(text, a, b) or text[:b].endswith(":")
            return (a, b) if "\n" not in between or leads else None
        if _share_quoted(text, a, b) <= MOSTLY:
            return None
    return None


def _names_speaker(text: str, start: int, end: int) -> bool:
    """Whether a slice says who speaks, outside of what is quoted: “He asked us to pay.” names nobody."""
    return _SPOKEN.search(_unquoted(text, start, end)) is not None


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

"""Find the sentences of an article: where news text ends them, and never inside a quotation."""

import re
from collections.abc import Iterator

LONGEST_SENTENCE = 1_000
"""Characters; a longer run without a sentence end is cut at a space, so that a model can read all of it."""

HEADING = re.compile(r"#{1,6} ")

# Where a sentence may end: at white space, or after a full-width stop.
_GAP = re.compile(r"\s+|(?<=[。！？])(?![。！？」』”’）])")
_STOP = re.compile(r"[.!?…。！？][\"'”’)\]」』）]*$")
# A stop after these ends no sentence: a name follows.
_TITLES = frozenset("mr mrs ms dr prof gen col capt cmdr lt sgt cpl adm gov sen rep rev hon pres st".split())
# A stop after these, or after a dotted acronym ("U.S.", "p.m."), ends one only where a new sentence clearly begins.
_ABBREVIATIONS = frozenset(
    "no nos vs inc co corp ltd jr sr etc al jan feb mar apr jun jul aug sep sept oct nov dec fig vol pp p v".split()
)
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+")
_BULLET = re.compile(r"\A\s*(?:(?:[•·●▪◦‣]\s*|[-–—−*]\s+)(?=\S))?")
BULLETS = " \t\n•·●▪◦‣-–—−*"
"""What may stand between two sentences that follow each other."""

_OPENERS = frozenset(
    "a an the this that these those he she it we they i you his her its their our my in on at by for from with and but"
    " or so if when while after before as according there here what who why how no not one some many most".split()
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of every sentence of `text`, in order, without the white space and the bullet around it.

    Sub-headings are structure, not evidence, and left out:
    "## Flight\\n\\nHe left. He is in Kenya." -> [(11, 19), (20, 35)]
    """
    found = []
    for start, end, is_sentence in pieces(text):
        piece = text[start:end].rstrip()
        begun = start + len(piece) - len(_BULLET.sub("", piece))
        if is_sentence and begun < start + len(piece):
            found.append((begun, start + len(piece)))
    return found


def pieces(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, is_sentence) of the pieces that tile `text`."""
    for line in re.finditer(r"[^\n]*\n+|[^\n]+", text):
        start, end = line.span()
        if HEADING.match(text, start) or text[start:end].isspace():
            yield start, end, False
            continue
        for cut in _sentence_ends(text[start:end]):
            yield start, line.start() + cut, True
            start = line.start() + cut


def _sentence_ends(line: str) -> Iterator[int]:
    """Yield where the sentences of a paragraph end, the white space behind each included."""
    begun = 0
    for gap in _GAP.finditer(line):
        end = gap.end()
        while end - begun > LONGEST_SENTENCE:
            cut = line.rfind(" ", begun + 1, begun + LONGEST_SENTENCE) + 1
            begun = cut or begun + LONGEST_SENTENCE
            yield begun
        if begun < end < len(line) and _ends_sentence(line, begun, gap.start(), end):
            yield end
            begun = end
    while len(line) - begun > LONGEST_SENTENCE:
        begun += LONGEST_SENTENCE
        yield begun
    yield len(line)


def _ends_sentence(line: str, begun: int, stop: int, following: int) -> bool:
    ending = line[max(begun, stop - 30) : stop]
    if not _STOP.search(ending) or line[following].islower():
        return False
    sentence = line[begun:stop]
    if re.fullmatch(r"\W*\d{1,3}[.)]", sentence):
        return False  # the number of an item belongs to what it counts
    in_quotes = sentence.count('"') % 2 == 1 or sentence.count("“") > sentence.count("”")
    if in_quotes and re.search('["”]', line[following : following + LONGEST_SENTENCE // 2]):
        return False  # a quotation of several sentences stays with the words that say whose it is
    last = ending.split()[-1].lstrip("\"'“‘([").lower()
    if not last.endswith("."):
        return True
    if last[:-1] in _TITLES:
        return False
    if last[:-1] in _ABBREVIATIONS or _ACRONYM.fullmatch(last):
        opening = re.match(r"[\"'“‘(\[]*(\w+)", line[following : following + 30])
        return opening is not None and opening[1].lower() in _OPENERS
    return True

"""Find the sentences of an article: where news text ends them, and never inside a quotation."""

import re
from collections.abc import Iterator

LONGEST_SENTENCE = 1_000
"""Characters; a longer run without a sentence end is cut at a space, so that a model can read all of it."""

HEADING = re.compile(r"#{1,6} ")

# Where a sentence may end: at white space, or after a full-width stop.
_GAP = re.compile(r"\s+|(?<=[。！？])(?![。！？」』”’）])")
_STOP = re.compile(r"[.!?…。！？](?:[\"'“”’)\]」』]|\s?»)*$")
# A stop after these ends no sentence: a name follows.
_TITLES = frozenset(
    "mr mrs ms messrs dr prof hon rev fr msgr st ste mt ft pt gov sen rep reps sens pres amb atty asst dist supt insp"
    " det adm brig capt cdr cmdr col cpl cpt gen lt maj pfc pvt sgt spc".split()
)
# A stop after these ends no sentence where a number follows, or a month: "No. 14", "est. 1912", "Sat. Nov. 3".
_COUNTING = frozenset(
    "no nos nr fig figs vol pp para sec art ch est approx ca rs jan feb mar apr jun jul aug sep sept oct nov dec mon"
    " tue tues wed thu thur thurs fri sat sun".split()
)
# A stop after these, or after a dotted acronym ("U.S."), ends one only where a new sentence clearly begins.
_ABBREVIATIONS = frozenset("inc co corp ltd bros jr sr etc al app ret vs".split())
_ACRONYM = re.compile(r"(?:(?:[^\W\d_]|ph)\.)+")
_NEVER_LAST = frozenset(("i.e.", "e.g.", "cf."))
_OPENING = re.compile(r"[\"'“‘«„(\[]*\s?(\w+)\b(?!\.)")
_DAY_OR_MONTH = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|(?:Mon|Tues?|Wed|Thu|Thurs?|Fri|Sat|Sun)\b"
    r"|(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|(?:Sept?|Oct|Nov|Dec)(?:(?:em|o)?ber)?)\b)"
)
_NUMBERED = re.compile(rf"\(?\d|[B-HJ-Z]\b|{_DAY_OR_MONTH}")
# "9 p.m. Eastern", "9 p.m. (ET)", "9 p.m. Friday"
_OF_THE_HOUR = re.compile(
    r"[(–—―-]|\d|(?:Eastern|Central|Mountain|Pacific|Atlantic|[A-Z]{1,4}T|UTC|[A-Z]\w+ time|Christmas|Thanksgiving)\b|"
    + _DAY_OR_MONTH
)
# "in the U.S. Police said": the acronym is a place by itself, unless what follows is of it, such as its Senate.
_PLACE = re.compile(
    r"(?:\b(?:across|from|in|into|of|to|for|outside|over|within) the (?:U\.[A-Z]\.|E\.U\.)(?:[A-Z]\.)?"
    r"|[A-Z]\w+, [A-Z]\.[A-Z]\.)$"
)
_BEGINS = re.compile(r"[A-Z][a-z]+ (?!(?:and|for|of|on) )[a-z]")
_OF_A_STATE = re.compile(
    r"(?:Agency|Air|Ambassador|Army|Assembly|Attorney|Bank|Bureau|Capitol|Championship|Charter|Classic|Coast|Commission"
    r"|Congress|Constitution|Council|Court|Department|Embassy|Government|House|Justice|Marines?|Marshals?|Mayor|Military|Mint|Mission|Navy|Open"
    r"|Parliament|Postal|President|Secretary|Senate|State|Supreme|Treasury)\b"
)
# "12 Hill St.": no saint's. "12 N.": of a street.
_STREET = re.compile(r"\d (?!Mount )[A-Z]\w+ (?:[A-Z]\w+ )?St\.$")
_SIDE = re.compile(r"\b\d+ [NSEW]\.$")
# "Am 7. März": the number of a day, in German.
_GERMAN_DAY = re.compile(
    r"\d{1,2}\. (?:Jan|Jän|Feb|März|Apr|Mai|Juni?|Juli?|Aug|Sep|Okt|Nov|Dez)"
    r"(?:uar|ner|ruar|il|ust|t?ember|ober)?\b"
)
_ITEM = re.compile(r"\W*(?:\d{1,3}[.)]|\d{1,2}(?:[:.]\d\d)? ?[ap]\.m\.)")
_BULLET = re.compile(r"\A\s*(?:(?:[•·●▪◦‣]\s*|[-–—−*]\s+)(?=\S))?")
BULLETS = " \t\n•·●▪◦‣-–—−*"
"""What may stand between two sentences that follow each other."""

_OPENERS = frozenset(
    "a about according after all also although an and another are as at because before both but by can could despite"
    " did do does during each even every for from had has have he her here his how however i if in instead is it its"
    " last later let many meanwhile more most my nearly no not now on one only or other others our over she since so"
    " some still such that the their then there these they this those though to today under until was we were what"
    " when where while who whose why will with would yesterday yet you your".split()
)

# How quotations open and close; straight ones and single ones are told apart from apostrophes below.
_QUOTES = (("“", '”"'), ("„", "“”"), ("«", "»"), ("「", "」"))
# A single quotation mark opens before a capital and closes behind a stop; any other is an apostrophe or a short quote.
_SINGLE_QUOTES = (
    ("‘", re.compile(r"(?<![^\s(“\"—–-])‘(?=[A-Z“])"), re.compile(r"[.,!?…]’(?!\w)")),
    ("'", re.compile(r"(?<![^\s(“\"—–-])'(?=[A-Z\"])"), re.compile(r"[.,!?…]'(?!\w)")),
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
    if _ITEM.fullmatch(sentence):
        return False  # the number or the hour of an item belongs to what it counts
    ahead = line[following : following + LONGEST_SENTENCE // 2]
    if not re.search(r"\w", ahead):
        return False
    return not _is_quotation_open(sentence, ahead) and not _is_abbreviation(ending, ahead)


def _is_quotation_open(sentence: str, ahead: str) -> bool:
    """Whether what follows still belongs to a quotation: one of several sentences stays with its speaker."""
    if sentence.count('"') % 2 == 1 and re.search('["”]', ahead):
        return True
    for opens, closes in _QUOTES:
        # In „German“ the sign closes that opens in “English”.
        is_open = sentence.count(opens) > sum(map(sentence.count, closes.rstrip('"'))) and not (
            opens == "“" and "„" in sentence
        )
        if is_open and any(close in ahead for close in closes):
            return True
    for sign, opening, closing in _SINGLE_QUOTES:
        place = 0
        while sign in sentence and (opened := opening.search(sentence, place)):
            closed = closing.search(sentence, opened.end())
            if closed is None:
                end = closing.search(ahead)
                return end is not None and opening.search(ahead, 0, end.start()) is None
            place = closed.end()
    return False


def _is_abbreviation(ending: str, ahead: str) -> bool:
    """Whether the stop at the end belongs to the last word: "Maj.", "U.S." before "Senate", "No." before a number."""
    word = ending.split()[-1]
    last = word.lstrip("\"'“‘«„([").lower()
    opening = _OPENING.match(ahead)
    begins = opening is not None and opening[1].lower() in _OPENERS
    if not last.endswith("."):
        return bool(re.fullmatch(r"\(\w+\.\)", word)) and not begins  # "Col. (ret.) Orr"
    if last in _NEVER_LAST or _SIDE.search(ending):
        return True
    if last[:-1] in _TITLES and word.lstrip("\"'“‘«„([").istitle():
        return not _STREET.search(ending)
    if last[:-1] in _COUNTING:
        return bool(_NUMBERED.match(ahead))
    if last in ("a.m.", "p.m."):
        return bool(_OF_THE_HOUR.match(ahead))
    if _ACRONYM.fullmatch(last):
        is_place = _PLACE.search(ending) and _BEGINS.match(ahead) and not _OF_A_STATE.match(ahead)
        return not begins and not is_place
    if last[:-1] in _ABBREVIATIONS or last[:-1] in _TITLES:
        return not begins
    return bool(re.fullmatch(r"\d{1,2}\.", last) and _GERMAN_DAY.match(f"{last} {ahead[:12]}"))

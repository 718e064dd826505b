"""Decide whether two findings say the same, and whether they contradict each other, by their values.

Words that overlap decide nothing: Hillary Clinton is not Bill Clinton, 5 is not 5 million. In doubt two findings are
two, and do not contradict. A network trained for it judges what values cannot: "sacked" and "lost her post".
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from qa.calendar_words import CALENDAR
from qa.said import REMEMBERED, Said, folded, plain
from qa.support import negation_differs, stems
from qa.values import ABOUT, EXACT, Amount, Day, values

NEARLY_ALL = 0.8
"""Share of the content words of two sentences that must stand in both for them to be copies of each other."""

SAME_SUBJECT, SAME_SUBJECT_OF_NAMES = 0.2, 0.45
"""Share of the content words of the shorter sentence, the answering ones aside, that two must have in common to tell
of one event: where amounts or days differ, and where names do, for which most are two of many."""

FEWEST_SHARED = 3
"""Content words that must be shared, whatever their share: two short sentences have one in common by chance."""


def say_same(one: Said, other: Said, question: str = "") -> bool:
    """Whether two findings give the same answer: the same values, names that an article uses for one, or a near copy.

    Symmetrical, and true of a finding and itself. What one affirms and the other denies is not the same, nor is what
    has another amount, day or name beside the answer: whole sentences are told.
    """
    if one.is_whole and other.is_whole:
        return is_near_copy(one, other)
    ours, theirs = _values(one), _values(other)
    if ours or theirs:
        same = _match(ours, theirs) and _rest_fits(one, other, question)
    elif _is_name(one.words) or _is_name(other.words):
        same = is_same_name(one, other)
    else:
        same = plain(one.words) == plain(other.words) != ""
    told, again = one.sentence, other.sentence
    return same and not (negation_differs(told, again) and negation_differs(again, told)) and not _differ(one, other)


def has_values(said: Said) -> bool:
    """Whether a finding answers with an amount or a day."""
    return bool(_values(said))


def contradict(one: Said, other: Said, question: str = "") -> bool:
    """Whether two findings exclude each other: unlike values of one kind, in sentences about one subject."""
    ours, theirs = _values(one), _values(other)
    if ours or theirs:
        return _exclude(ours, theirs) and _rest_fits(one, other, question) and _share_subject(one, other, SAME_SUBJECT)
    a, b = (frozenset(_without_title(plain(said.words).split())) for said in (one, other))
    # "Zavala County" may be in "Texas", "Zavala County, Texas" is the same told in full, and Trump is not known not to
    # be Donald Trump; but 2-1 is not 1-2.
    is_score = a == b and all(word.isdigit() for word in a) and plain(one.words) != plain(other.words)
    if (a <= b or b <= a) and not is_score:
        return False
    if _are_initials(one, other) or _are_initials(other, one):
        return False
    are_names = _is_name(one.words) and _is_name(other.words)
    return _share_subject(one, other, SAME_SUBJECT_OF_NAMES if are_names else NEARLY_ALL)


def is_near_copy(one: Said, other: Said) -> bool:
    """Whether two sentences are nearly word for word the same, in their values and names entirely."""
    if negation_differs(one.sentence, other.sentence) or negation_differs(other.sentence, one.sentence):
        return False
    every = [Counter(v for _, _, v in values(said.sentence, said.published)) for said in (one, other)]
    names = [_names_in(said.sentence) for said in (one, other)]
    a, b = (stems(said.sentence) for said in (one, other))
    if every[0] != every[1] or names[0] ^ names[1]:
        return False
    return plain(one.sentence) == plain(other.sentence) or len(a & b) >= NEARLY_ALL * len(a | b) > 0


# ---- values --------------------------------------------------------------------------------------


@lru_cache(REMEMBERED)
def _values(said: Said) -> tuple[Amount | Day, ...]:
    """Return the values of the answering words, each read in its sentence: of "25" in "Rs 25 lakh" the whole amount."""
    found = values(said.sentence, said.published)
    return tuple(value for start, end, value in found if start < said.end and said.start < end)


def _match(ours: Sequence[Amount | Day], theirs: Sequence[Amount | Day]) -> bool:
    return len(ours) == len(theirs) > 0 and all(map(_equal, ours, theirs))


def _equal(one: Amount | Day, other: Amount | Day) -> bool:
    if isinstance(one, Amount) and isinstance(other, Amount):
        bounds = {one.bound, other.bound}
        return (one.value, one.unit) == (other.value, other.unit) and (len(bounds) == 1 or bounds == {EXACT, ABOUT})
    return one == other


def _exclude(ours: Sequence[Amount | Day], theirs: Sequence[Amount | Day]) -> bool:
    if len(ours) != 1 or len(theirs) != 1:
        return False
    (one,), (other,) = ours, theirs
    if isinstance(one, Amount) and isinstance(other, Amount):
        return one.excludes(other)
    return isinstance(one, Day) and isinstance(other, Day) and one.excludes(other)


def _differ(one: Said, other: Said) -> bool:
    """Whether both sentences have a value of one kind, or nearly alike a name, beside the answer that the other lacks.

    A high of 6 and of 5 degrees, on Monday and on Tuesday, in Norra and in Sudra; not 6 degrees and nothing, or rain.
    """
    ours, theirs = _beside(one), _beside(other)
    left = [value for value in ours if not any(map(_fits, [value] * len(theirs), theirs))]
    lacking = [value for value in theirs if not any(map(_fits, [value] * len(ours), ours))]
    if any(_kind(a) == _kind(b) for a in left for b in lacking):
        return True
    told = [set(plain(said.words).split()) | CALENDAR for said in (one, other)]
    names = [_names_in(said.sentence) - told[0] - told[1] for said in (one, other)]
    texts = [set(re.findall(r"\w+", folded(said.sentence))) for said in (other, one)]
    left_names = [named - text for named, text in zip(names, texts, strict=True)]
    a, b = (stems(said.sentence) - stems(" ".join(names[0] | names[1])) for said in (one, other))
    return all(left_names) and len(a & b) >= NEARLY_ALL * min(len(a), len(b))


def _beside(said: Said) -> list[Amount | Day]:
    """Return the values of a sentence outside of the answering words."""
    found = values(said.sentence, said.published)
    return [value for start, end, value in found if end <= said.start or said.end <= start]


def _fits(one: Amount | Day, other: Amount | Day) -> bool:
    """Whether two values may be one: "about 1,400" and 1,383, March and 7 March."""
    if isinstance(one, Amount):
        return isinstance(other, Amount) and one.unit == other.unit and not one.excludes(other)
    return isinstance(other, Day) and not one.excludes(other)


def _kind(value: Amount | Day) -> str:
    """Return what a value counts; things without a unit are of one kind, for what they are may be named otherwise."""
    return f"amount {value.unit}" if isinstance(value, Amount) else "day"


def _rest_fits(one: Said, other: Said, question: str) -> bool:
    """Whether the words beside the values name no two things: "12" or "12 people", and not "12 houses"."""
    asked = stems(question)
    a, b = (_rest(said) - asked for said in (one, other))
    return a <= b or b <= a


def _rest(said: Said) -> set[str]:
    """Return the stems of the answering words outside of their values."""
    kept, last = [], said.start
    for start, end, _ in values(said.sentence, said.published):
        if start < said.end and said.start < end:
            kept.append(said.sentence[last:start])
            last = max(last, end)
    return stems(" ".join([*kept, said.sentence[last : said.end]]))


# ---- names ---------------------------------------------------------------------------------------

_TITLES = frozenset(
    """president vice prime minister chancellor king queen prince princess pope bishop cardinal mayor governor gov
    senator sen congressman congresswoman representative rep speaker judge justice secretary ambassador mr mrs ms miss
    dr doctor professor prof sir dame lord lady general gen colonel col major maj captain capt lieutenant lt sergeant
    sgt admiral adm officer chief sheriff detective det inspector superintendent supt coach director chairman
    chairwoman attorney former acting then ex elect""".split()
)
_SMALL_IN_NAMES = frozenset("of the and for de la van der den von bin al".split())


def is_same_name(one: Said, other: Said) -> bool:
    """Whether two findings name the same: letter for letter, but for titles, or by a short form that an article uses.

    "Clinton" is whom its own article names in full: Hillary Clinton, if it has no other Clinton. "President Trump" is
    Donald Trump where one of the articles calls him both; "GM" is General Motors where one has "General Motors (GM)".
    """
    a, b = _name(one), _name(other)
    if a != b and not (_is_name(one.words) and _is_name(other.words)):
        return False
    if _are_initials(one, other) or _are_initials(other, one):
        return True
    full, again = _full_name(one), _full_name(other)
    if len(full) > 1 and len(again) > 1:
        return full == again
    if len(full) == len(again) == 1:
        return a == b != ""
    (short, long), titled = sorted((full, again), key=len), one if len(full) == 1 else other
    known = other if titled is one else one
    return (
        short == long[-1:]
        and a != b
        and plain(titled.words) != short[0]
        and f" {plain(titled.words)} " in _padded(known.article)
    )


@lru_cache(REMEMBERED)
def _name(said: Said) -> str:
    """Return the answering words, plain, with whose they are: of "Haiti's Supreme Court" "supreme court of haiti"."""
    before, after = said.sentence[: said.start], said.sentence[said.end :]
    if not _is_name(said.words):
        return plain(said.words)
    whose = re.search(r"([A-Z][\w-]+)['’]s? \Z", before) or re.match(r" of (?:the )?([A-Z][\w-]+)", after)
    return plain(f"{said.words} of {whose[1]}" if whose else said.words)


@lru_cache(REMEMBERED)
def _full_name(said: Said) -> tuple[str, ...]:
    """Return the words of a name without titles, with the first name by which its article alone knows a last name."""
    words = _without_title(_name(said).split())
    if len(words) != 1 or not _is_name(said.words):
        return tuple(words)
    before = {
        plain(word) for word in re.findall(rf"\b([A-Z][\w’'-]+) {re.escape(said.words.split()[-1])}\b", said.article)
    }
    firsts = {word for word in before if word and word not in _TITLES | CALENDAR and stems(word)}
    return (*firsts, *words) if len(firsts) == 1 else tuple(words)


@lru_cache(512)
def _padded(text: str) -> str:
    return f" {plain(text)} "


@lru_cache(REMEMBERED)
def _is_name(words: str) -> bool:
    """Whether words are a proper name: each of them capitalised but for small ones, or for a title before it."""
    found = re.findall(r"[\w.’'-]*\w", words)
    kept = [w for w in found if w.lower() not in _SMALL_IN_NAMES and w.lower() not in _TITLES]
    return bool(kept) and all(word[0].isupper() for word in kept)


def _without_title(words: list[str]) -> list[str]:
    while words and words[0] in _TITLES:
        words = words[1:]
    return words


def _are_initials(short: Said, full: Said) -> bool:
    """Whether an article introduces one name as the short form of the other: "General Motors (GM)"."""
    a, b = (re.sub(r"^the ", "", said.words.strip(" .,;:’'\"“”"), flags=re.I) for said in (short, full))
    if not re.fullmatch(r"(?:[A-Z]\.?){2,}s?", a):
        return False
    form = rf"{re.escape(b)},? \((?:the )?[“\"]?{re.escape(a)}[”\"]?\)|\b{re.escape(a)} \((?:the )?{re.escape(b)}\)"
    return any(re.search(form, said.article) for said in (short, full))


def _names_in(sentence: str) -> set[str]:
    """Return the capitalised words of a sentence, its first one aside, folded."""
    return {folded(word) for word in re.findall(r"(?<=[\w,;:’”\"] )[“\"‘(]?([A-Z]\w+)", sentence)}


# ---- subjects ------------------------------------------------------------------------------------


def _share_subject(one: Said, other: Said, share: float) -> bool:
    """Whether two sentences may tell of one event: they have words in common, and a name if both have any."""
    a, b = (stems(said.sentence) - stems(said.words) for said in (one, other))
    shorter = min(len(a), len(b))
    if len(a & b) < max(1, min(FEWEST_SHARED, shorter), share * shorter):
        return False
    names = [_names_in(said.sentence) - set(plain(said.words).split()) - CALENDAR for said in (one, other)]
    texts = [set(folded(said.sentence).replace("’", "'").split()) for said in (other, one)]
    known = [{re.sub(r"\W+$|'s\W*$|^\W+", "", word) for word in text} for text in texts]
    return not all(names) or any(named & text for named, text in zip(names, known, strict=True))

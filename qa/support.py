"""Judge whether passages support a sentence, and which slice of each does: by words, names, numbers and a score."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import pairwise

from Stemmer import Stemmer

from qa.articles import Article
from qa.articles.sentences import BULLETS, HEADING, sentences
from qa.calendar_words import CALENDAR, MONTHS, WEEKDAYS

# The limits were set on true and false sentences about the seeds. The score tells what a quote is about, the word test
# what it says: a false sentence mostly gains when its unsupported verb is taken out, a true one at most 1.1.
MIN_SCORE = 1.0
MIN_OVERLAP = 0.3
"""Share of the words of a sentence that stand in its quote; a near copy (0.9) needs no score."""
COPY_OVERLAP = 0.9
MAX_GAIN = 1.1
"""How much better the quote may fit once a word that it lacks is taken out of the sentence."""
DOUBT_GAIN = 0.2
SURE_SCORE = 6.0
"""The same for a sentence that scores less than this or shares only names and numbers: "Kenya killed Henry." """
MAX_NAME_GAIN = 2.5
"""The same for a name that only the text around a quote holds: the right one gains 1.2 to 2.2, another 2.8 to 6.4."""

UNFINISHED = "\u2026"
"""Ends a sentence that was cut short: the whole may say the opposite, so nothing supports it."""

_FUNCTION_WORDS = frozenset(
    """a about above according add additionally after again against ago all also although am amid among an and another
    any are around as at be because been before being between both but by can could did do does doing down during each
    earlier either even every few first following for from further had has have having he her here hers herself him
    himself his how however i if in including instead into is it its itself just later least less like many me
    meanwhile might more moreover most much must my near neither no nobody none nor not nothing now of off on once one
    only or other others our out over own per previously recently said say saying says several she should since so some
    still such than that the their them themselves then there these they this those though through thus to together
    too toward towards under until up upon us very was we were what when where whereas whether which while who whom
    whose why will with within without would yet you your officials authorities reports sources currently finally
    yesterday today tomorrow despite""".split()
)
_NEGATIONS = frozenset(
    """not no never none nobody nothing neither nor without cannot unable unlikely deny denies denied denying refuse
    refuses refused refusing reject rejects rejected rejecting decline declines declined fail fails failed""".split()
)
# "Sept" and "September" are one word: both become "sep".
_SHORT_CALENDAR = {name[:size]: name[:3] for name in CALENDAR for size in range(3, len(name) + 1)}
_DEMONYM = ("n", "an", "ian", "ean", "s", "ns", "ans", "ians", "i", "ese", "ish")

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen \
seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_SMALL = {word: value for words in (_UNITS, _ORDINALS) for value, word in enumerate(words)}
_SMALL |= {word: 10 * value for value, word in enumerate(_TENS, 2)}
SCALES = {"hundred": 100, "dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9}

Slice = tuple[Article, int, int]
"""An exact slice of an article: article, start, end."""

Score = Callable[[str, Sequence[str]], Sequence[float]]
"""How well each text fits a sentence: a cross-encoder's logits."""


def support(claim: str, passages: Sequence[Slice], score: Score) -> list[Slice]:
    """The best slice of each passage that carries `claim` alone; if none does, slices that carry it together."""
    if claim.endswith(UNFINISHED):
        return []
    chosen = [(passage, best) for passage in passages if (best := _best(claim, passage, score))]
    alone = [best for passage, best in chosen if _carry(claim, [(passage, best)], score)]
    if alone:
        return alone
    parts, words, content = [], stems(claim), _content(claim)
    for passage, (article, a, b) in chosen:
        added = words & stems(article.text[a:b])
        if len(added) > 1 and added & content:  # Else more marks would only blur the test.
            parts.append((passage, (article, a, b)))
            words -= added
    return [best for _, best in parts] if len(parts) > 1 and _carry(claim, parts, score) else []


def _carry(claim: str, chosen: Sequence[tuple[Slice, Slice]], score: Score) -> bool:
    """Whether the best slices of these passages say `claim` together: its names, numbers and words."""
    articles = [article for (article, _, _), _ in chosen]
    titles, about = [article.title for article in articles], " \n ".join(map(_about, articles))
    quote = " \n ".join(article.text[a:b] for _, (article, a, b) in chosen)
    # Whom "he" means in a quote has been said before it; a role or first name may stand anywhere in the article.
    before = [article.text[a:until] for (article, a, _), (_, _, until) in chosen]
    names = [name for article in articles for name in _full_names(claim, article.text)]
    context = " \n ".join((*before, *titles, *names, about))
    undated = reduce(lambda rest, article: _without_date(rest, article.published), articles, claim)
    if _strange_names(claim, context) or _numbers(undated, firm=True) - _numbers(" \n ".join((quote, *titles))):
        return False
    return not _strange_words(claim, quote, context, about, score)


def _best(claim: str, passage: Slice, score: Score) -> Slice | None:
    article, start, end = passage
    slices = _quotable(claim, article.text, start, end)
    if not slices:
        return None
    texts = [article.text[a:b] for a, b in slices]
    scores, overlaps = score(claim, texts), [_overlap(claim, text) for text in texts]
    best = max(range(len(slices)), key=lambda i: (scores[i] + 3 * overlaps[i], -len(texts[i])))
    fits = (scores[best] >= MIN_SCORE and overlaps[best] >= MIN_OVERLAP) or overlaps[best] >= COPY_OVERLAP
    return (article, *slices[best]) if fits and not negation_differs(claim, texts[best]) else None


def _quotable(claim: str, text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Offsets of sentences in text[start:end], and of two neighbours that both hold words of `claim`, not all names."""
    spots = [(start + a, start + b) for a, b in sentences(text[start:end])]
    spots = [(a, b) for a, b in spots if not HEADING.match(text, text.rfind("\n", 0, a) + 1)]
    words, content = stems(claim), _content(claim)
    shares = [words & stems(text[a:b]) for a, b in spots]
    pairs = [
        (a, d)
        for ((a, b), (c, d)), (x, y) in zip(pairwise(spots), pairwise(shares), strict=True)
        if not text[b:c].strip(BULLETS) and min(len(x - y), len(y - x)) > 1 and (x ^ y) & content
    ]
    return spots + pairs


def _about(article: Article) -> str:
    """Names that a sentence may take from around the text: outlet, author, and the day of publication."""
    when = article.published
    spoken = f"{WEEKDAYS[when.weekday()]} {MONTHS[when.month - 1]}".lower() if when else ""
    return f"{article.source} \n {article.author} \n {spoken}"


def _without_date(claim: str, published: date | None) -> str:
    """Take mentions of the day of publication out: "On March 7, 2024, he left." -> "On  , he left."."""
    if not published:
        return claim
    year, month = published.year, rf"{MONTHS[published.month - 1][:3].lower()}[a-z]*\.?"
    day = rf"0?{published.day}(?:st|nd|rd|th)?"
    forms = rf"{month} {day}(?:,? {year})?|{day}(?: of)? {month},?(?: {year})?|{published}|{month},? {year}|{year}"
    return re.sub(rf"\b(?:{forms})\b", " ", claim, flags=re.IGNORECASE)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:[.'\u2019][^\W_]+)*", text)


def _plain(word: str) -> str:
    """Fold case, accents, possessives and dots: "Mo\u00efse's" -> "moise", "U.S" -> "us"."""
    letters = unicodedata.normalize("NFKD", re.sub(r"['\u2019]s?$", "", word)).casefold()
    folded = "".join(c for c in letters if c.isalnum())
    return _SHORT_CALENDAR.get(folded, folded)


def stems(text: str) -> set[str]:
    """Return the words of a text without their endings and without function words: "of the prisons" -> {"prison"}."""
    words = [word for word in map(_plain, _words(text)) if word not in _FUNCTION_WORDS]
    return set(Stemmer("english").stemWords(words))


def _content(claim: str) -> set[str]:
    """Stems of what is neither name, number nor function word: "Henry landed in May." -> {"land"}."""
    return stems(" ".join(word for word in _words(claim) if word[0].islower()))


def _overlap(claim: str, text: str) -> float:
    words = stems(claim)
    return len(words & stems(text)) / len(words) if words else 0.0


def _strange_words(claim: str, quote: str, context: str, about: str, score: Score) -> bool:
    """Whether a word that the quote lacks makes `claim` fit worse: "Henry was killed in Kenya." without "killed"."""
    known, quoted, before = stems(quote), f"{quote} \n {about}", score(claim, [quote])[0]
    limit = MAX_GAIN if before >= SURE_SCORE and _content(claim) & known else DOUBT_GAIN
    for word in re.finditer(r"[^\W\d_]+(?:['\u2019][^\W_]+)*", claim):
        is_name = word[0][0].isupper() and not _strange_names(f"he {word[0]}", context)
        if not stems(word[0]) - known or (is_name and not _strange_names(f"he {word[0]}", quoted)):
            continue
        if is_name and _plain(word[0]) in _SHORT_CALENDAR.values():
            return True  # A date next to the quote is the date of something else.
        without = " ".join((claim[: word.start()] + claim[word.end() :]).split())
        if score(without, [quote])[0] - before > (MAX_NAME_GAIN if is_name else limit):
            return True
    return False


def _strange_names(claim: str, context: str) -> set[str]:
    """Capitalised words of `claim` that `context` lacks; "Haitian" stands for "Haiti", "U.N." for "United Nations"."""
    words = _words(context)
    known, initials = {_plain(word) for word in words}, _initials(context)
    short, strange = {_plain(word) for word in words if word.isupper()}, set()
    for number, (word, following) in enumerate(pairwise([*_words(claim), ""])):
        name = _plain(word)
        if not word[0].isupper() or len(name) < 2 or name in _FUNCTION_WORDS or name in known:
            continue
        if word.isupper() and name in initials:
            continue
        if number == 0 and not following[:1].isupper():
            continue  # Any word opens with a capital: the word test judges this one.
        stems = [name.removesuffix(end) for end in _DEMONYM if name.endswith(end) and len(name) > len(end) + 2]
        if not known.intersection(stems) and not any(name + end in known for end in _DEMONYM):
            strange.add(name)
    spelled = _initials(claim)
    return strange - {name for letters in short & spelled.keys() for name in spelled[letters]}


def _full_names(claim: str, text: str) -> list[str]:
    """Pairs of capitalised words that stand in `text` too: "Prime Minister", "Ariel Henry"."""
    pairs = (f"{a} {b}" for a, b in pairwise(_words(claim)) if a[0].isupper() and b[0].isupper())
    return [pair for pair in pairs if pair in text]


def _initials(text: str) -> dict[str, list[str]]:
    """Initials of runs of capitalised words: "the United Nations" -> {"un": ["united", "nations"]}."""
    found = {}
    for run in re.findall(r"[A-Z][\w'\u2019]+(?: [A-Z][\w'\u2019]+)+", text):
        names = [_plain(word) for word in run.split()]
        for start in range(len(names)):
            for end in range(start + 2, len(names) + 1):
                found["".join(name[:1] for name in names[start:end])] = names[start:end]
    return found


def _numbers(text: str, *, firm: bool = False) -> set[tuple[Decimal, bool]]:
    """Numbers, each with whether it is a percentage: "2 of 1,000" -> {(2, False), (1000, False)}; `firm`: no "one"."""
    found: set[tuple[Decimal, bool]] = set()
    value: Decimal | None = None
    tokens = re.findall(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|[a-z]+|%", text.casefold())
    for before, word in zip(["", *tokens], [*tokens, ""], strict=True):
        scale = SCALES.get(word) or (_SHORT_SCALES.get(word) if before[:1].isdigit() else None)
        if value is not None and scale:
            value *= scale
        elif value is not None and before in (*_TENS, "hundred") and word in _SMALL:
            value += _SMALL[word]
        else:
            if value is not None and not (firm and before in ("one", "first")):
                found.add((value, word in ("%", "percent", "per")))
            value = Decimal(word.replace(",", "")) if word[:1].isdigit() else None
            if word in _SMALL or word in ("hundred", "dozen"):
                value = Decimal(_SMALL.get(word) or SCALES.get(word, 0))
    return found


def negation_differs(claim: str, text: str) -> bool:
    """Whether one denies what the other says: "He has not left." differs from "He left.", "He denied it." too."""
    ours, theirs = _denied(claim), _denied(text)
    if ours is None:
        return bool(theirs and theirs & stems(claim))
    return theirs is None or not (ours & theirs or ours == theirs)


def _denied(text: str) -> set[str] | None:
    """Stems of the next four words behind each negation, up to a stop or comma; None without a negation."""
    text = re.sub(r"\b(?i:not only)\b|(?<![.!?] )\bNo\. ?(?=\d)", "", text)
    text = re.sub(r"\b(?:rule[sd]?|ruling) out\b", "not", text)
    found: set[str] | None = None
    for clause in re.split(r"[.,;:!?()\"\u201c\u201d]\s", text):
        left = 0
        for word in _words(clause):
            if word.casefold() in _NEGATIONS or re.search(r"n['\u2019]t$", word.casefold()):
                found, left = found or set(), 4
            elif left and (stem := stems(word)):
                found, left = (found or set()) | stem, left - 1
    return found

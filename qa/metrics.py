"""Judge answers to questions whose answers are known: retrieval, answers, citations, refusals and time."""

import math
import re
import statistics
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa.citations import Answer
from qa.models import Decision
from qa.question_sets import Row
from qa.reader import best_behind

BINS = 10

FEW = 5
"""Words of a gold sentence or quote below which they must stand one after another."""

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_JOINED = re.compile(r"(?<!\d)[-‐‑–—/]|[-‐‑–—/](?!\d)")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a row; ranks count articles from 1, and are 0 where none that answers was found.

    `decision` are the numbers that networks of one's own brought, None for the bundled ones.
    """

    row: Row
    answer: Answer
    rank_fused: int = 0
    rank_reranked: int = 0
    decision: Decision | None = None

    @property
    def told(self) -> bool:
        """Whether the answer holds what it must: a gold sentence if the row has any, else an accepted answer."""
        if self.row.support:
            return any(_is_gold(citation.quote, self.row.support) for citation in self.answer.citations)
        return self.contains

    @property
    def told_text(self) -> str:
        """What the answer says in words of the articles: of each sentence the first quote, without marks and dates."""
        first = {sentence.citations[0] for sentence in self.answer.sentences if sentence.citations}
        return "\n".join(citation.quote for citation in self.answer.citations if citation.number in first)

    @property
    def sentences_right(self) -> list[bool]:
        """Which of the sentences told hold one of the accepted answers."""
        told = {c.number: c.quote for c in self.answer.citations}
        accepted = (*self.row.any, *self.row.all)
        return [
            any(holds(told[number], words) for number in sentence.citations for words in accepted)
            for sentence in self.answer.sentences
        ]

    @property
    def contains(self) -> bool:
        """Whether the answer holds an accepted answer, and all that must be told."""
        accepted = not self.row.any or any(holds(self.told_text, words) for words in self.row.any)
        return not self.answer.abstained and accepted and all(holds(self.told_text, words) for words in self.row.all)

    @property
    def contains_all(self) -> bool:
        """Whether the answer holds every one of the accepted answers."""
        return not self.answer.abstained and all(holds(self.told_text, words) for words in self.row.any)

    @property
    def close(self) -> bool:
        """Whether what is quoted as close holds a gold sentence or an accepted answer, or anything where none is."""
        quotes = [citation.quote for citation in self.answer.closest]
        if self.row.support:
            return any(_is_gold(quote, self.row.support) for quote in quotes)
        wanted = (*self.row.any, *self.row.all)
        return any(not self.row.answerable or any(holds(quote, words) for words in wanted) for quote in quotes)

    @property
    def contradiction_shown(self) -> bool:
        """Whether the conflicting quotes hold an accepted answer and, in another one, a wrong one."""
        numbers = {span.number for span in self.answer.conflicts}
        quotes = [citation.quote for citation in self.answer.citations if citation.number in numbers]
        right = {n for n, quote in enumerate(quotes) if any(holds(quote, words) for words in self.row.any)}
        wrong = {n for n, quote in enumerate(quotes) if any(holds(quote, words) for words in self.row.wrong)}
        return bool(right and wrong and len(right | wrong) > 1)

    @property
    def right(self) -> bool:
        """Whether the question was answered, or refused, as it should be."""
        return self.told if self.row.answerable else self.answer.abstained


def plain(text: str) -> str:
    """Fold a text as the SQuAD score does: lower case, without punctuation, articles and extra spaces.

    Punctuation is that of `evaluate-v2.0.py` (ASCII) and, as in MLQA's score (Lewis et al. 2020), whatever Unicode
    calls so: “ ” and – are to count as " and - do. So "2,000" is "2000", and "Mali's" is "malis", not "mali".
    """
    return " ".join(_ARTICLES.sub(" ", _bare(text)).split())


def holds(text: str, words: str) -> bool:
    """Whether the tokens of `words` stand in `text` one after another, each of them whole.

    Tokens are those of `plain`; hyphens, dashes and slashes may also part words where no number stands on both sides:
    "a Kenya-led force" holds "Kenya", "won 3-2" no "2". Of words that are articles only ("A") nothing is left to be
    found: they are held by a text that says no more.

    >>> holds("used to it", "us"), holds("malicious", "Mali"), holds("2,000 people", "2000")
    (False, False, True)
    """
    if not plain(words):
        return bool(_bare(words)) and _bare(text) == _bare(words)
    return any(_stand_in(plain(fold(words)), plain(fold(text))) for fold in (str, _parted))


def _bare(text: str) -> str:
    kept = (c for c in text.lower() if c not in string.punctuation and not unicodedata.category(c).startswith("P"))
    return " ".join("".join(kept).split())


def _parted(text: str) -> str:
    return _JOINED.sub(" ", text)


def _stand_in(wanted: str, told: str) -> bool:
    return bool(wanted) and f" {wanted} " in f" {told} "


def token_f1(told: str, accepted: str) -> float:
    """Return the harmonic mean of precision and recall of the words told, as SQuAD counts them, 0 to 1."""
    ours, theirs = plain(told).split(), plain(accepted).split()
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs)) if common else float(ours == theirs)


def metrics(results: Sequence[Result]) -> dict[str, float | int | None]:
    """Return the numbers of a question set by their names; None where no row can tell.

    Shares are 0 to 1. `exact_match` and `f1` are over all rows, where a refusal is right if and only if the row is
    unanswerable; `_answerable` are over the answerable. Support is judged by the gold sentences of a row: precision is
    the share of quotes that overlap with one, recall the share of rows of which one is quoted. `contains_all` asks for
    every accepted answer: it tells something only of sets whose accepted answers are different ones, not spellings.
    `reports_differ` is the share of answers with contradictions, of rows of which no wrong answers are known.
    Of the refused rows `close_answerable` is the share with an accepted answer or gold sentence in `Answer.closest`,
    `close_unanswerable` the share with anything there. Of follow-ups with a rewrite, `rewrite_f1` is over those that
    the person changed, `left_alone` over the others; these rows count in no other number but `n`. `ece_by_chance` is
    about the `ece` of so many rows whose confidence is true.
    """
    everything, results = results, [r for r in results if not r.row.rewrite]
    follow_ups = [
        (r, plain(r.row.rewrite) == plain(r.row.question)) for r in everything if r.row.rewrite and r.row.history
    ]
    changed = [r for r, alone in follow_ups if not alone]
    answerable = [r for r in results if r.row.answerable]
    refusable = [r for r in results if not r.row.answerable]
    ranked = [r for r in answerable if r.row.articles and not r.row.passages]
    citations = [c for r in results for c in r.answer.citations]
    close = [c for r in results for c in r.answer.closest]
    supported = [
        (r, [_is_gold(c.quote, r.row.support) for c in r.answer.citations]) for r in answerable if r.row.support
    ]
    quoted = [gold for _, golds in supported for gold in golds]
    exact = {id(r): _best(r, lambda told, words: float(plain(told) == plain(words))) for r in results}
    f1 = {id(r): _best(r, token_f1) for r in results}
    spans = [r for r in results if r.row.any or not r.row.answerable]
    return {
        "n": len(everything),
        "answerable": len(answerable),
        "hits_at_1_fused": _share(0 < r.rank_fused <= 1 for r in ranked),
        "hits_at_4_fused": _share(0 < r.rank_fused <= 4 for r in ranked),
        "hits_at_10_fused": _share(0 < r.rank_fused <= 10 for r in ranked),
        "mrr_at_10_fused": _mean([1 / r.rank_fused if r.rank_fused else 0.0 for r in ranked]),
        "hits_at_1": _share(0 < r.rank_reranked <= 1 for r in ranked),
        "hits_at_4": _share(0 < r.rank_reranked <= 4 for r in ranked),
        "hits_at_10": _share(0 < r.rank_reranked <= 10 for r in ranked),
        "mrr_at_10": _mean([1 / r.rank_reranked if r.rank_reranked else 0.0 for r in ranked]),
        "exact_match": _mean([exact[id(r)] for r in spans]),
        "f1": _mean([f1[id(r)] for r in spans]),
        "exact_match_answerable": _mean([exact[id(r)] for r in answerable if r.row.any]),
        "f1_answerable": _mean([f1[id(r)] for r in answerable if r.row.any]),
        "contains": _share(r.contains for r in answerable if r.row.any or r.row.all),
        "sentences_right": _share(right for r in answerable if r.row.any or r.row.all for right in r.sentences_right),
        "contains_all": _share(r.contains_all for r in answerable if r.row.any),
        "contradictions_shown": _share(r.contradiction_shown for r in answerable if r.row.wrong),
        "reports_differ": _share(bool(r.answer.conflicts) for r in results if not (r.row.wrong or r.answer.abstained)),
        "right": _share(r.right for r in results),
        "follow_ups_right": _share(r.right for r in results if r.row.history),
        "quotes_exact": _share(c.article.text[c.start : c.end] == c.quote for c in (*citations, *close)),
        "support_precision": _mean([float(gold) for gold in quoted]),
        "support_recall": _share(any(golds) for _, golds in supported),
        "refused_unanswerable": _share(r.answer.abstained for r in refusable),
        "close_answerable": _share(r.close for r in answerable if r.answer.abstained),
        "close_unanswerable": _share(r.close for r in refusable if r.answer.abstained),
        "refused_answerable": _share(r.answer.abstained for r in answerable),
        "auroc": _auroc(_sure(answerable), _sure(refusable)),
        "ece": _mean_gap(results),
        "ece_by_chance": _gap_by_chance(results),
        "rewrite_f1": _mean([token_f1(r.answer.query, r.row.rewrite) for r in changed]),
        "rewrite_f1_unchanged": _mean([token_f1(r.row.question, r.row.rewrite) for r in changed]),
        "left_alone": _share(r.answer.query == r.row.question for r, alone in follow_ups if alone),
        "median_seconds": statistics.median(r.answer.seconds for r in results) if results else None,
    }


def by_type(results: Sequence[Result]) -> dict[str, dict[str, float | int]]:
    """Return for each type of row how many there are and which shares were refused and right."""
    grouped: dict[str, list[Result]] = {}
    for result in (r for r in results if not r.row.rewrite):
        grouped.setdefault(result.row.type, []).append(result)
    return {
        name: {
            "n": len(group),
            "refused": statistics.fmean(r.answer.abstained for r in group),
            "right": statistics.fmean(r.right for r in group),
        }
        for name, group in sorted(grouped.items())
    }


def _best(result: Result, score: Callable[[str, str], float]) -> float:
    """Score the first answering words, or the first quote where whole sentences answer, by the nearest answer."""
    if result.answer.abstained or not result.row.answerable:
        return float(result.answer.abstained and not result.row.answerable)
    told = result.answer.spans[0].text if result.answer.spans else result.answer.citations[0].quote
    return max((score(told, words) for words in result.row.any), default=0.0)


def _is_gold(quote: str, support: Sequence[str]) -> bool:
    """Whether a quote says what a gold sentence says: most words of the shorter one stand in the other.

    Of fewer than FEW words most may stand in any sentence: all of them must, one after another.
    """
    ours = plain(quote)
    for theirs in map(plain, support):
        short, long = sorted((ours.split(), theirs.split()), key=len)
        if len(short) < FEW:
            found = _stand_in(" ".join(short), " ".join(long))
        else:
            found = (Counter(short) & Counter(long)).total() >= 0.8 * len(short)
        if found:
            return True
    return False


def _sure(results: Sequence[Result]) -> list[float]:
    """Return how sure each answer was that the articles answer, refused or not; of those that tell it."""
    return [
        best_behind(r.answer.query, r.answer.confidence, r.decision, abstains=r.answer.abstained)
        for r in results
        if r.answer.confidence is not None
    ]


def _auroc(answerable: Sequence[float], refusable: Sequence[float]) -> float | None:
    """Return how often an answerable question looks surer than an unanswerable one; ties count half."""
    if not (answerable and refusable):
        return None
    wins = sum((a > b) + (a == b) / 2 for a in answerable for b in refusable)
    return wins / (len(answerable) * len(refusable))


def bins(results: Sequence[Result]) -> list[tuple[int, float, float]]:
    """Return (count, mean confidence, share right) of ten equal bins of confidence, without the empty ones."""
    grouped: dict[int, list[tuple[float, bool]]] = {}
    for result in (r for r in results if not r.row.rewrite):
        if (sure := result.answer.confidence) is not None:
            grouped.setdefault(min(int(sure * BINS), BINS - 1), []).append((sure, result.right))
    return [
        (len(group), statistics.fmean(sure for sure, _ in group), statistics.fmean(right for _, right in group))
        for _, group in sorted(grouped.items())
    ]


def _mean_gap(results: Sequence[Result]) -> float | None:
    """Return the expected calibration error (Naeini et al. 2015) over ten bins."""
    apart = [(n, abs(sure - right)) for n, sure, right in bins(results)]
    return sum(n * gap for n, gap in apart) / sum(n for n, _ in apart) if apart else None


def _gap_by_chance(results: Sequence[Result]) -> float | None:
    """Return about what `_mean_gap` would be if every confidence were true: few rows are never just as right.

    The mean distance of a normal variable from its mean, with the variance of the answers in each bin.
    """
    apart = [(n, math.sqrt(2 / math.pi * n * sure * (1 - sure))) for n, sure, _ in bins(results)]
    return sum(gap for _, gap in apart) / sum(n for n, _ in apart) if apart else None


def _share(told: Iterable[bool]) -> float | None:
    return _mean([float(value) for value in told])


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None

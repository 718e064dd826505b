"""Find the passages that answer: dense and BM25 search, fused by rank, reranked by a cross-encoder."""

import difflib
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import compress
from typing import Any, TypedDict

import bm25s
import numpy as np
import Stemmer
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import BaseNode, MetadataMode, NodeWithScore, QueryBundle, TextNode

from qa.archive import Archive
from qa.articles.outlets import outlet_key, same_outlet
from qa.citations import Scope
from qa.copies import without_repeats
from qa.errors import QuestionError
from qa.models import Models
from qa.periods import named_periods
from qa.question import asks_for_news, sought
from qa.store import Store
from qa.when import is_of_another_year, period, present, without

CANDIDATES = 30
"""Passages that each of the two searches brings."""

RERANKED = 8
"""Fused passages that the cross-encoder reads; it takes most of the time of a search."""

RANK_CONSTANT = 60
"""Of reciprocal rank fusion, as in Cormack, Clarke and Büttcher (SIGIR 2009)."""

HANDICAP = {"live blog": 0.5, "digest": 2.0, "stub": 2.0}
"""Logits by which a passage must be better than one of an article; measured on RealTime QA, see docs/quality.md."""


RECENT = 30
"""Days by which an article may be older than the newest one and still tell the news."""

AGED = 1.0
"""Logits by which a passage of an older article must be better: of events of one kind the latest is mostly meant.

On 254 questions of RealTime QA of June 2022 to June 2023, asked as on their day, the article found first is right for
.685 (without: .669), and the first passage holds the answer for .626 (.591); 1.5 does the same, 0.3 half of it. In the
same measure the reader prefers what a recent article answers: its best sentence is right for .571 (.524).
"""


class Filters(TypedDict, total=False):
    """How a caller limits the articles that a question is asked of.

    `source` is an outlet; `since` and `until` are dates, both included, which undated articles always pass. Without
    them the time words of the question ("last week") set the dates, unless `any_time`. As of a day only what was
    published until then counts, and "last week" is counted from it.
    """

    source: str | None
    since: date | None
    until: date | None
    as_of: date | None
    any_time: bool


def scope_of(
    question: str,
    archive: Archive,
    *,
    source: str | None = None,
    since: date | None = None,
    until: date | None = None,
    as_of: date | None = None,
    any_time: bool = False,
) -> Scope:
    """Return the articles that a question is about, by what the caller says or else by its time words.

    Words that leave out none of the archive's articles set nothing. Raises QuestionError for days that cannot be.
    """
    for name, limit in (("since", since), ("until", until), ("as_of", as_of)):
        if limit is not None and type(limit) is not date:
            raise QuestionError(f"{name} is {limit!r}: give a datetime.date, such as date(2024, 3, 7).")
    if since and until and since > until:
        raise QuestionError(f"no date is since {since} and until {until}: swap the two.")
    words = ""
    newest = archive.dates[-1] if archive.dates else None
    asked = period(question, as_of or present(date.today(), newest))
    if asked and asked.guessed and is_of_another_year(asked.guessed, (node.text for node in archive.passages)):
        asked = None
    by_words = asked if since is until is None and not any_time else None
    if by_words and any(not _within(day, by_words.since, by_words.until) for day in archive.dates):
        since, until, words = by_words.since, by_words.until, by_words.words
    until = min((day for day in (until, as_of) if day), default=None)
    if since and until and since > until:
        raise QuestionError(f"nothing that was published since {since} counts as of {until}: change one of the two.")
    # Where no article has a date, no days can be told apart.
    days = (asked.since, asked.last) if newest and asked and asked.since and asked.last and not any_time else None
    return Scope(source or "", since, until, words, timed=asked.words if asked else "", days=days)


def news_of(scope: Scope, archive: Archive) -> date | None:
    """Return the day from which on articles are recent, by the newest in scope; None if the question names a time."""
    known = [day for day in archive.dates if not scope.until or day <= scope.until]
    return known[-1] - timedelta(RECENT) if known and not (scope.since or scope.timed) else None


def of_days(scope: Scope) -> Scope:
    """Return the scope of the news of the days that are asked for; of a week or less the day after tells too."""
    if scope.days is None:
        return scope
    first, last = scope.days
    if last - first <= timedelta(6) and last < date.max:
        last += timedelta(1)
    since, until = max(first, scope.since or first), min(last, scope.until or last)
    return replace(scope, since=since, until=None if until == date.max else until, words=scope.timed)


def as_asked_of(node: BaseNode, query: str, scope: Scope) -> str:
    """Return what a passage has to answer: of the time words only what an article of its day would say.

    "Who left Haiti in March 2024?" is "Who left Haiti?" for an article of that month, whose date says the rest, and
    "Who left Haiti in March?" for a later one of that year.
    """
    if scope.days is None or scope.timed not in query or named_periods(scope.timed):
        return query  # of a quarter the articles of the next one tell
    bare, year = without(scope.timed, query), scope.days[0].year
    if is_of_days(node, scope):
        return bare if len(bare.split()) > 2 else query
    of_year = node.metadata["published"][:4] == str(year) == str(scope.days[1].year)
    return query.replace(scope.timed, re.sub(rf"(?<=\w),? {year}\b", "", scope.timed)) if of_year else query


def is_of_days(node: BaseNode, scope: Scope) -> bool:
    """Whether a passage was published on the days that are asked for, or the day after, when most is told."""
    published: str = node.metadata["published"]
    if scope.days is None or not published:
        return False
    first, last = scope.days
    return first <= date.fromisoformat(published) <= last + timedelta(last < date.max)


def is_aged(node: BaseNode, recent: date | None) -> bool:
    """Whether a passage was published before the day from which on articles are recent; the undated were not."""
    published: str = node.metadata["published"]
    return bool(published and recent and published < recent.isoformat())


class Retriever(BaseRetriever):
    """A LlamaIndex retriever over a store, best first.

    A hit's score is the cross-encoder's logit less its HANDICAP and, if it is not recent, AGED.
    """

    def __init__(self, store: Store, models: Models) -> None:
        super().__init__()
        self._store, self._models = store, models
        self._words: list[_Words] = []
        self._making = threading.Lock()

    def prepare(self, archive: Archive) -> "_Words":
        """Return the BM25 index of a state of the archive; it is kept, and that of the state before with it."""
        with self._making:
            for words in self._words:
                if words.archive is archive:
                    return words
            self._words = [*self._words[-1:], _Words(archive)]
            return self._words[-1]

    def search(
        self,
        query: str,
        archive: Archive,
        scope: Scope = Scope(),  # noqa: B008  it is immutable
        *,
        top_k: int = RERANKED,
    ) -> list[NodeWithScore]:
        """Return up to `top_k` passages of a state of the store that are in the scope, best first.

        Of a request its topic is searched; if it is for the news, the newest articles are found, by their beginning.
        Undated articles pass every date. Raises QuestionError for an outlet that the archive does not have.
        """
        return self.stages(query, archive, scope, top_k=top_k)[1][:top_k]

    def stages(
        self,
        query: str,
        archive: Archive,
        scope: Scope = Scope(),  # noqa: B008  it is immutable
        *,
        top_k: int = RERANKED,
        deep: int = 0,
    ) -> tuple[list[TextNode], list[NodeWithScore]]:
        """Return what a search does: up to `deep` fused passages (at least those reranked), and the hits made of them.

        Both are best first. The news are not ranked by relevance: its passages are the same in both.
        """
        query = sought(query)
        if asks_for_news(query):
            newest = _newest(archive, scope, top_k)
            return newest, [NodeWithScore(node=node, score=0.0) for node in newest]
        read = max(top_k, RERANKED)
        nodes = self.fused(query, archive, scope, top_k=max(read, deep))
        return nodes, rerank(self._models, query, nodes[:read], scope, news_of(scope, archive))

    def fused(
        self,
        query: str,
        archive: Archive,
        scope: Scope = Scope(),  # noqa: B008  it is immutable
        *,
        top_k: int,
    ) -> list[TextNode]:
        """Return the passages that dense and BM25 search bring up together, best first and each text once."""
        if not archive.passages:
            return []
        sources = known_sources(scope.source, archive) if scope.source else None
        words = self.prepare(archive)
        where = _where(sources, scope)
        allowed = np.array([_passes(n, sources, scope) for n in archive.passages]) if where else None
        # Chroma may already know passages that this archive does not, while a sync runs.
        known = set(compress(words.nodes, allowed)) if allowed is not None else words.nodes
        dense = self._store.nearest(query, CANDIDATES, where=where, among=known)
        ranks: dict[str, float] = {}
        for ids in (dense, words.search(query, CANDIDATES, allowed)):
            for rank, id_ in enumerate(ids, start=1):
                ranks[id_] = ranks.get(id_, 0.0) + 1 / (RANK_CONSTANT + rank)
        best = sorted(ranks, key=lambda id_: (-ranks[id_], id_))
        return without_repeats((words.nodes[id_] for id_ in best), words.copies)[:top_k]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self.search(query_bundle.query_str, self._store.archive)


def rerank(
    models: Models,
    query: str,
    nodes: Sequence[TextNode],
    scope: Scope = Scope(),  # noqa: B008  it is immutable
    recent: date | None = None,
) -> list[NodeWithScore]:
    """Return passages as hits in the order of the cross-encoder, articles before other kinds of pages.

    Those published before `recent`, if it is given, follow the others, the undated among them.
    """
    asked = [as_asked_of(node, query, scope) for node in nodes]
    hits = []
    for question in dict.fromkeys(asked):
        those = [node for node, its in zip(nodes, asked, strict=True) if its == question]
        logits = models.relevance(question, [node.get_content(MetadataMode.EMBED) for node in those])
        for node, logit in zip(those, logits, strict=True):
            behind = HANDICAP.get(node.metadata["kind"], 0.0) + AGED * is_aged(node, recent)
            hits.append(NodeWithScore(node=node, score=logit - behind))
    return sorted(hits, key=lambda hit: -(hit.score or 0.0))


class _Words:
    """BM25 over the passages of an archive, with their titles and outlets."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.copies = archive.copies  # made here, so that it is there before anybody asks
        self.nodes = {node.node_id: node for node in archive.passages}
        self._ids = list(self.nodes)
        self._stemmer = Stemmer.Stemmer("english")
        self._index = bm25s.BM25()
        if self._ids:
            texts = [node.get_content(MetadataMode.EMBED) for node in archive.passages]
            # As numbers: as words they would take three times the memory.
            tokens = bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)
            self._index.index(tokens, show_progress=False)

    def search(self, query: str, most: int, allowed: np.ndarray[Any, np.dtype[np.bool_]] | None) -> list[str]:
        """Return the ids of the passages that share the query's words best, best first."""
        (tokens,) = self._tokens([query])
        scores = self._index.get_scores(tokens, weight_mask=allowed) if tokens else np.zeros(len(self._ids))
        best = np.argsort(-scores, kind="stable")[:most]
        return [self._ids[i] for i in best if scores[i] > 0]

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        tokens: list[list[str]] = bm25s.tokenize(
            texts, stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        return tokens


def _newest(archive: Archive, scope: Scope, most: int) -> list[TextNode]:
    """Return the first passages of the newest articles in scope, and of other kinds of pages if these are too few.

    The undated may tell of any time, so that they are no news of days that the question names.
    """
    sources = known_sources(scope.source, archive) if scope.source else None
    first = [node for node in archive.passages if not node.start_char_idx and _passes(node, sources, scope)]
    if scope.days:
        first = [node for node in first if node.metadata["published"]]
    first.sort(key=lambda node: node.metadata["published"], reverse=True)
    first.sort(key=lambda node: bool(node.metadata["kind"] != "article"))
    return without_repeats(first[: 3 * most], archive.copies)[:most]


def known_sources(source: str, archive: Archive) -> list[str]:
    """Return an outlet in every way the archive spells it; raises QuestionError, naming others, if it has none such."""
    wanted = source.strip().casefold()
    names = sorted(name for name in archive.sources if name)
    meant = {
        shown for spelled, shown in archive.outlets.items() if spelled and outlet_key(spelled) == outlet_key(wanted)
    }
    meant = meant or {shown for shown in names if same_outlet(shown, wanted)}
    found = sorted(spelled for spelled, shown in archive.outlets.items() if shown in meant)
    if not found:
        folded = {name.casefold(): name for name in names}
        near = difflib.get_close_matches(wanted, folded, n=3, cutoff=0.3) or sorted(folded)[:3]
        choices = ", ".join(folded[name] for name in near) or "none (no article names its outlet)"
        raise QuestionError(f"no article is from {source!r}: outlets of this archive are {choices}.")
    return found


def _within(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or day >= since) and (until is None or day <= until)


def _passes(node: TextNode, sources: Sequence[str] | None, scope: Scope) -> bool:
    published = node.metadata["published"]
    return (sources is None or node.metadata["source"] in sources) and (
        not published or _within(date.fromisoformat(published), scope.since, scope.until)
    )


def _where(sources: Sequence[str] | None, scope: Scope) -> dict[str, Any] | None:
    """Return the same condition as `_passes` in Chroma's terms."""
    conditions: list[dict[str, Any]] = []
    if sources is not None:
        conditions.append({"source": {"$in": list(sources)}})
    if scope.since is not None:
        conditions.append({"$or": [{"day": 0}, {"day": {"$gte": int(f"{scope.since:%Y%m%d}")}}]})
    if scope.until is not None:  # an undated passage has day 0 and passes
        conditions.append({"day": {"$lte": int(f"{scope.until:%Y%m%d}")}})
    return {"$and": conditions} if len(conditions) > 1 else conditions[0] if conditions else None

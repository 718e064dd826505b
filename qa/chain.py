"""The chain from a question to its checked answer: resolve, search, read or write, cite or abstain."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from llama_index.core.schema import NodeWithScore

from qa import copies, reader
from qa.archive import Archive
from qa.articles import Article, list_files
from qa.citations import ABSTENTION, Answer, Scope, abstention, limits_of, text_of
from qa.compose import choose, compose
from qa.config import Settings
from qa.draft import check, finished
from qa.errors import ArticlesError, QaError, QuestionError, StoreError, WriterError
from qa.exact import holding
from qa.followup import Turn, query_of
from qa.indexing import Indexing
from qa.models import CORES, Models
from qa.progress import Progress
from qa.question import asks_for_news, sought, tidy
from qa.search import Filters, Retriever, news_of, of_days, scope_of
from qa.speakers import with_speaker
from qa.store import Store, Sync
from qa.suggestions import Suggestions
from qa.support import Score
from qa.when import without

if TYPE_CHECKING:  # importing it for real costs two seconds, and only those pay who use a language model
    from qa.writer import Writer

MOST_WRITTEN = 8
"""Sentences of a language model's draft that are checked."""

GIVEN_TO_WRITER = 6
"""Passages that the language model gets."""

MOST_NEAREST = 3
"""Articles that an abstention names."""

CLOSE = 0.5
"""Share of the probability that is enough to answer, with which a sentence is shown behind an abstention."""


class Chain:
    """Everything that answers: store, models, retriever, reader and, if one is configured, a writer.

    Safe to use from several threads. The index is opened when it is first asked for, which raises the errors of Store,
    and ArticlesError; until then nothing is locked. Raises ModelsError.
    """

    def __init__(self, settings: Settings, *, rebuild: bool = False) -> None:
        self.settings = settings
        self.writer = _writer(settings)
        self.models = _models(settings.models)
        self._rebuild = rebuild
        self._store: Store | None = None
        self._opening = threading.Lock()
        self._syncing = threading.Lock()
        self.last_sync = datetime.now(), Sync()
        self.indexing: Indexing | None = None  # of the sync that goes on
        self.trouble = ""  # why the last sync failed
        self._suggestions = Suggestions()
        # One after the other: at once they would only take turns, and all be as late as the last.
        self._reading = threading.BoundedSemaphore(CORES)

    def close(self) -> None:
        """Give the index free for another process."""
        if self._store is not None:
            self._store.close()

    @property
    def store(self) -> Store:
        """The index, opened now if it is not yet."""
        with self._opening:
            if self._store is None:
                self._store = _store(self.settings, self.models, rebuild=self._rebuild)
            return self._store

    @cached_property
    def retriever(self) -> Retriever:
        """The search over the index."""
        return Retriever(self.store, self.models)

    def sync(
        self,
        progress: Callable[[Progress], object] = lambda now: None,
        *,
        may_empty: bool = False,
        by_and_by: bool = False,
    ) -> Sync:
        """Make the index equal to the folder of articles; `progress` is told how far it is, and may raise to end it.

        A folder without a single article is taken for a mistake, unless it `may_empty` the index. `by_and_by`: what is
        complete answers questions while the rest is taken up.
        """

        def tell(now: Progress) -> None:
            if now.of_files and not (self.indexing and self.indexing.total):
                kept = len(self.store.known.articles)
                self.indexing = Indexing(kept, kept, now)
            elif self.indexing is not None:
                self.indexing = replace(self.indexing, now=now)
            progress(now)

        def ready(archive: Archive) -> None:
            self.retriever.prepare(archive)
            if self.indexing is not None:
                self.indexing = replace(self.indexing, searched=self.indexing.done)

        with self._syncing:
            try:
                done = self.store.sync(
                    self.settings.articles,
                    limit_bytes=self.settings.limit_bytes,
                    progress=tell,
                    ready=ready,
                    may_empty=may_empty,
                    by_and_by=by_and_by,
                )
            except QaError as error:
                self.trouble = str(error)
                raise
            finally:
                self.indexing = None
            self.trouble = ""
            self.last_sync = datetime.now(), done
            return done

    @property
    def archive(self) -> Archive:
        """The state to show: what is known while a sync goes on, else what the last one left; empty if that is damaged.

        It is not waited for, as opposed to `store.archive`, of which questions are asked.
        """
        if self.indexing is not None:
            return self.store.known
        try:
            return self.store.archive
        except StoreError as error:
            self.trouble = str(error)
            return Archive(())

    def article(self, id_: str) -> Article:
        """Return an article by its id; KeyError if the archive no longer has it."""
        return self.store.archive.articles[id_]

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        **filters: Unpack[Filters],
    ) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is complete. Raises QuestionError."""
        started = time.perf_counter()
        question = tidy(question)
        notice, query = "", (by_rules := query_of(question, history))
        indexing = self.indexing
        archive = self.store.archive  # one state for the whole answer, even if a sync ends meanwhile
        gap = indexing.gap() if indexing else ""
        if indexing and not archive.passages:
            raise QuestionError(f"The articles are being read. {gap} Ask again in a moment.".replace("  ", " "))
        scope = scope_of(question, archive, **filters)
        if asks_for_news(sought(query)):
            scope = of_days(scope)
        mode = self.writer.model if self.writer else "offline"
        answer = Answer(question, "", (), False, 0.0, mode, 0.0, query, scope=scope)
        with self._suggestions.giving_way():
            if self.writer is not None:
                try:
                    if history:
                        turns = [(t.answer.query or t.question, t.answer.text) for t in history]
                        rewritten = self.writer.rewrite(question, turns)
                        query = query if rewritten == question else query_of(rewritten, ())
                    hits = self.retriever.search(query, archive, scope)
                    for partial in self._written(replace(answer, query=query), hits, archive, self.writer):
                        yield _with_gap(replace(partial, seconds=time.perf_counter() - started), gap)
                    return
                except WriterError as error:
                    why = str(error)
                    stop = "" if why.endswith((".", "?", "!")) else "."
                    notice = f"{why[:1].upper()}{why[1:]}{stop} This is the offline answer."
                    query = by_rules
            with self._reading:
                hits = self.retriever.search(query, archive, scope)
                # "How many left? Why?" is no more answered by how many: that was said.
                repeated = [turn for turn in history if query.startswith(f"{turn.asked}? ")]
                said = {place for turn in repeated for place in turn.places}
                asked = replace(answer, mode="offline", query=query, notice=notice)
                answer = self.read(asked, hits, archive, said=said)
                bare = without(scope.timed, query)
                if answer.abstained and scope.days and asks_for_news(bare):
                    # No article says "on 3 March": then the news of that day say what happened.
                    asked = replace(asked, query=bare, scope=of_days(scope))
                    news = self.read(asked, self.retriever.search(bare, archive, asked.scope), archive)
                    answer = answer if news.abstained else replace(news, query=query)
            yield _with_gap(replace(answer, seconds=time.perf_counter() - started), gap)

    def read(
        self,
        answer: Answer,
        hits: Sequence[NodeWithScore],
        archive: Archive,
        *,
        abstains: bool = False,
        said: Collection[tuple[str, int]] = (),
    ) -> Answer:
        """Return `answer` filled in without a language model, from hits of an archive; it may have to abstain.

        What was `said` in answer to an earlier question, which is asked along, answers no more: places as of a Turn.
        """
        asked = sought(answer.query)
        hits = holding(asked, hits, archive.articles)
        stories = _stories(answer, hits, archive)
        found = reader.find(asked, hits, self.models, stories, answer.scope, news_of(answer.scope, archive))
        findings = [f for f in found if (f.node.metadata["article"], f.words_start) not in said]
        decision = self.models.decision
        groups = choose(asked, findings, stories, archive.articles, decision) if not abstains else []
        best = max((finding.probability for finding in findings), default=0.0)
        sure = reader.confidence(asked, best, decision, abstains=not groups) if self.models.is_calibrated else None
        if not groups:
            close = [f for f in findings if f.probability >= CLOSE * reader.answers_from(asked, decision)]
            return _abstain(replace(answer, confidence=sure), hits, archive, close, stories)
        sentences, citations, spans, conflicts = compose(asked, groups, archive.articles, stories)
        return replace(
            answer,
            text=text_of(sentences),
            citations=citations,
            sentences=sentences,
            spans=spans,
            conflicts=conflicts,
            confidence=sure,
        )

    def _written(
        self, answer: Answer, hits: Sequence[NodeWithScore], archive: Archive, writer: "Writer"
    ) -> Iterator[Answer]:
        """Yield the answer of the language model, every finished sentence of it checked."""
        if not hits:
            yield _abstain(replace(answer, confidence=1.0), hits, archive)
            return
        given = hits[:GIVEN_TO_WRITER]
        scores: dict[tuple[str, str], float] = {}

        def score(claim: str, texts: Sequence[str]) -> list[float]:
            # A draft is checked again with each new sentence; what was judged before is remembered.
            new = [text for text in dict.fromkeys(texts) if (claim, text) not in scores]
            judged = self.models.relevance(claim, new) if new else []
            scores.update({(claim, text): logit for text, logit in zip(new, judged, strict=True)})
            return [scores[claim, text] for text in texts]

        draft, checked = "", 0
        for words in writer.write(answer.query, given):
            draft += words
            if ABSTENTION.startswith(draft.strip()[: len(ABSTENTION)]):
                continue  # it may be about to abstain: not shown as the beginning of an answer
            whole = finished(draft)
            if whole > checked:
                answer, checked = self._checked(answer, draft[:whole], given, archive, score), whole
            yield replace(answer, pending=draft[checked:].strip())
            if len(answer.sentences) >= MOST_WRITTEN:
                break  # a model that was asked for three sentences and does not stop
        else:
            answer = self._checked(answer, draft, given, archive, score)
        if answer.sentences and not answer.citations:
            raise WriterError(f"nothing that {writer.model} wrote is backed by the passages")
        answer = replace(answer, pending="")
        yield answer if answer.citations else self.read(answer, hits, archive, abstains=True)

    def _checked(
        self, answer: Answer, draft: str, hits: Sequence[NodeWithScore], archive: Archive, score: Score
    ) -> Answer:
        said, citations = check(draft, hits, archive.articles, score, _stories(answer, hits, archive))
        quotes = [citation.quote for citation in citations]
        asked = sought(answer.query)
        # Whatever the newest articles say is news.
        relevance = [1.0] * len(quotes) if asks_for_news(asked) else map(reader.logistic, score(asked, quotes))
        supported = sum(1 for sentence in said if sentence.citations) / max(len(said), 1)
        confidence = supported * sum(relevance) / max(len(quotes), 1)
        return replace(answer, text=text_of(said), citations=citations, sentences=said, confidence=confidence)

    def examples(self) -> list[str]:
        """Return up to four questions that the archive answers, for somebody who has not asked yet.

        None while a sync goes on: they would be made again for each state.
        """
        return [] if self.indexing else self._suggestions.examples(self.archive, self._offline)

    @property
    def is_busy(self) -> bool:
        """Whether a sync goes on, or examples are made after one."""
        return self.indexing is not None or self._suggestions.is_making

    def suggest(self, answer: Answer, earlier: Collection[str] = ()) -> list[str]:
        """Return up to three answerable questions to go on with behind an answer, none of them among `earlier`."""
        return self._suggestions.after(answer, self.store.archive, self._offline, earlier)

    def _offline(self, query: str, archive: Archive, scope: Scope) -> Answer:
        hits = self.retriever.search(query, archive, scope)
        return self.read(Answer(query, "", (), False, 0.0, "offline", 0.0, query, scope=scope), hits, archive)


def _with_gap(answer: Answer, gap: str) -> Answer:
    """Say in an answer what it does not rest on, and in an abstention that more may be known soon."""
    if not gap:
        return answer
    if answer.abstained:
        return replace(answer, text=f"{answer.text} {gap} Ask again when all are.")
    return replace(answer, notice=f"{answer.notice} {gap}".strip())


def _stories(answer: Answer, hits: Sequence[NodeWithScore], archive: Archive) -> dict[str, copies.Story]:
    return copies.stories([hit.node.metadata["article"] for hit in hits], archive.copies, answer.scope)


def _abstain(
    answer: Answer,
    hits: Sequence[NodeWithScore],
    archive: Archive,
    close: Sequence[reader.Finding] = (),
    stories: Mapping[str, copies.Story] = copies.NO_COPIES,
) -> Answer:
    """Say that the articles do not say, what the nearest ones are about, and which ones were searched.

    Of what came close to an answer, most probable first, each story is quoted once.
    """
    best = {copies.story_id(f.node.metadata["article"], stories): f for f in reversed(close)}
    quoted = [f for f in close if f is best[copies.story_id(f.node.metadata["article"], stories)]][:MOST_NEAREST]
    closest = tuple(
        copies.cite(number, article, *with_speaker(article.text, f.start, f.end), stories)
        for number, (article, f) in enumerate(
            ((archive.articles[f.node.metadata["article"]], f) for f in quoted), start=1
        )
    )
    ids = dict.fromkeys([c.article.id for c in closest] + [hit.node.metadata["article"] for hit in hits])
    nearest = tuple(archive.articles[id_] for id_ in ids)[:MOST_NEAREST]
    limits = limits_of(answer.scope, dated_only=asks_for_news(answer.query))
    text = abstention(nearest, archive.coverage(), limits)
    return replace(answer, text=text, citations=(), spans=(), abstained=True, nearest=nearest, closest=closest)


def _store(settings: Settings, models: Models, *, rebuild: bool) -> Store:
    if not settings.articles.is_dir():
        raise ArticlesError(
            f"there is no folder of articles {settings.articles}: name one with --articles or QA_ARTICLES."
        )
    if rebuild and not list_files(settings.articles, limit_bytes=settings.limit_bytes)[0]:
        raise ArticlesError(f"{settings.articles} holds no article to build the index from: nothing was changed.")
    return Store(
        settings.index_folder,
        models.embedder,
        server=settings.chroma_url,
        collection=settings.collection,
        rebuild=rebuild,
    )


@lru_cache(maxsize=2)
def _models(folder: Path | None) -> Models:
    return Models(folder)


def _writer(settings: Settings) -> "Writer | None":
    if not settings.has_writer:
        return None
    from qa.writer import Writer

    return Writer(
        settings.model, api_key=settings.api_key, base_url=settings.base_url or None, timeout=settings.timeout
    )

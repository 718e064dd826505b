"""The chain from a question to its checked answer: resolve, search, read or write, cite or abstain."""

import re
import threading
import time
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from llama_index.core.schema import NodeWithScore

from qa import copies, reader
from qa.archive import Archive
from qa.articles import Article, list_files
from qa.citations import ABSTENTION, Answer, Scope, nearest_line, text_of
from qa.compose import choose, compose
from qa.config import Settings
from qa.draft import check, finished
from qa.errors import ArticlesError, QuestionError, WriterError
from qa.examples import candidates
from qa.followup import Turn, resolve
from qa.models import CORES, Models
from qa.search import Retriever
from qa.store import Store, Sync
from qa.support import Score
from qa.when import period, present, timeless

if TYPE_CHECKING:  # importing it for real costs two seconds, and only those pay who use a language model
    from qa.writer import Writer

LONGEST_QUESTION = 2_000
"""Characters."""

MOST_WRITTEN = 8
"""Sentences of a language model's draft that are checked."""

GIVEN_TO_WRITER = 6
"""Passages that the language model gets."""

SURE = 0.33
"""Confidence that the answer to an example question must have; on a small archive it is too modest by far."""

MOST_EXAMPLES = 4

MOST_ABOUT = 100
"""Newest articles that the examples are about."""

MOST_SUGGESTED = 3
"""Questions that are offered behind an answer, and the number of those tried for each kind of question."""

LONGEST_PAUSE = 30.0
"""Seconds that a suggestion waits for questions to be answered; then it is given up."""

MOST_NEAREST = 3
"""Articles that an abstention names."""

_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Chain:
    """Everything that answers: store, models, retriever, reader and, if one is configured, a writer.

    Safe to use from several threads. Raises the errors of Store, and ModelsError.
    """

    def __init__(self, settings: Settings, *, rebuild: bool = False) -> None:
        self.settings = settings
        self.writer = _writer(settings)
        self.models = _models(settings.models)
        if not settings.articles.is_dir():
            raise ArticlesError(
                f"there is no folder of articles {settings.articles}: name one with --articles or QA_ARTICLES."
            )
        if rebuild and not list_files(settings.articles, limit_bytes=settings.limit_bytes)[0]:
            raise ArticlesError(f"{settings.articles} holds no article to build the index from: nothing was changed.")
        self.store = Store(
            settings.index_folder,
            self.models.embedder,
            server=settings.chroma_url,
            collection=settings.collection,
            rebuild=rebuild,
        )
        self.retriever = Retriever(self.store, self.models)
        self._syncing = threading.Lock()
        self.last_sync = datetime.now(), Sync()
        self._examples: tuple[str, list[str]] = ("", [])
        self._making_examples = threading.Lock()
        self._asked = 0
        self._counting = threading.Condition()
        # One after the other: at once they would only take turns, and all be as late as the last.
        self._reading = threading.BoundedSemaphore(CORES)

    def close(self) -> None:
        """Give the index free for another process."""
        self.store.close()

    def sync(
        self, progress: Callable[[int, int], object] = lambda done, total: None, *, may_empty: bool = False
    ) -> Sync:
        """Make the index equal to the folder of articles; `progress` is told bytes of new articles: done, and all.

        A folder without a single article is taken for a mistake, unless it `may_empty` the index.
        """
        with self._syncing:
            done = self.store.sync(
                self.settings.articles,
                limit_bytes=self.settings.limit_bytes,
                progress=progress,
                ready=self.retriever.prepare,
                may_empty=may_empty,
            )
            self.last_sync = datetime.now(), done
            return done

    def article(self, id_: str) -> Article:
        """Return an article by its id; KeyError if the archive no longer has it."""
        return self.store.archive.articles[id_]

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        source: str | None = None,
        since: date | None = None,
        until: date | None = None,
        as_of: date | None = None,
        any_time: bool = False,
    ) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is complete. Raises QuestionError.

        `source` is an outlet; `since` and `until` are dates, both included, which undated articles always pass.
        Without them the time words of the question ("last week") set the dates, unless `any_time`. As of a day only
        what was published until then counts, and "last week" is counted from it.
        """
        started = time.perf_counter()
        question = tidy(question)
        notice, query = "", resolve(timeless(question), history)
        archive = self.store.archive  # one state for the whole answer, even if a sync ends meanwhile
        scope = scope_of("" if any_time else question, archive, source, since, until, as_of)
        mode = self.writer.model if self.writer else "offline"
        answer = Answer(question, "", (), False, 0.0, mode, 0.0, query, scope=scope)
        with self._asking():
            if self.writer is not None:
                try:
                    if history:
                        turns = [(t.answer.query or t.question, t.answer.text) for t in history]
                        rewritten = self.writer.rewrite(question, turns)
                        query = query if rewritten == question else rewritten
                    hits = self._search(query, archive, scope)
                    for partial in self._written(replace(answer, query=query), hits, archive, self.writer):
                        yield replace(partial, seconds=time.perf_counter() - started)
                    return
                except WriterError as error:
                    said = str(error)
                    stop = "" if said.endswith((".", "?", "!")) else "."
                    notice = f"{said[:1].upper()}{said[1:]}{stop} This is the offline answer."
                    query = resolve(timeless(question), history)
            with self._reading:
                hits = self._search(query, archive, scope)
                answer = self.read(replace(answer, mode="offline", query=query, notice=notice), hits, archive)
            yield replace(answer, seconds=time.perf_counter() - started)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Count the questions that somebody waits for."""
        with self._counting:
            self._asked += 1
        try:
            yield
        finally:
            with self._counting:
                self._asked -= 1
                self._counting.notify_all()

    def _search(self, query: str, archive: Archive, scope: Scope) -> list[NodeWithScore]:
        return self.retriever.search(query, archive, source=scope.source or None, since=scope.since, until=scope.until)

    def read(self, answer: Answer, hits: Sequence[NodeWithScore], archive: Archive) -> Answer:
        """Return `answer` filled in without a language model, from hits of an archive."""
        stories = _stories(answer, hits, archive)
        findings = reader.find(answer.query, hits, self.models, stories)
        groups = choose(answer.query, findings, stories)
        best = max((finding.probability for finding in findings), default=0.0)
        if not groups:
            return _abstain(replace(answer, confidence=1 - best), hits, archive)
        said, citations, spans, conflicts = compose(answer.query, groups, archive.articles, stories)
        return replace(
            answer,
            text=text_of(said),
            citations=citations,
            sentences=said,
            spans=spans,
            conflicts=conflicts,
            confidence=best,
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
        yield answer if answer.citations else _abstain(answer, hits, archive)

    def _checked(
        self, answer: Answer, draft: str, hits: Sequence[NodeWithScore], archive: Archive, score: Score
    ) -> Answer:
        said, citations = check(draft, hits, archive.articles, score, _stories(answer, hits, archive))
        quotes = [citation.quote for citation in citations]
        relevance = score(answer.query, quotes)
        supported = sum(1 for sentence in said if sentence.citations) / max(len(said), 1)
        confidence = supported * sum(reader.logistic(logit) for logit in relevance) / max(len(quotes), 1)
        return replace(answer, text=text_of(said), citations=citations, sentences=said, confidence=confidence)

    def examples(self) -> list[str]:
        """Return up to four questions that the archive answers: each was asked, offline, before it is offered.

        While somebody else has them made for a new state of the archive, those of the state before are returned.
        """
        archive = self.store.archive
        if self._examples[0] != archive.fingerprint and self._making_examples.acquire(blocking=not self._examples[0]):
            try:
                if self._examples[0] != archive.fingerprint:
                    newest = sorted(archive.articles.values(), key=lambda a: a.published or date.min, reverse=True)
                    asked = candidates(newest[:MOST_ABOUT], MOST_EXAMPLES)
                    self._examples = (
                        archive.fingerprint,
                        list(islice(self._answered(asked, archive, Scope()), MOST_EXAMPLES)),
                    )
            finally:
                self._making_examples.release()
        return self._examples[1]

    def suggest(self, answer: Answer, earlier: Collection[str] = ()) -> list[str]:
        """Return up to three questions to go on with, none of them among `earlier`; each was asked offline.

        They are about what the cited articles tell, or, behind an abstention, the nearest ones. Trying them gives way
        to questions that somebody asks meanwhile.
        """
        archive = self.store.archive
        about = dict.fromkeys([*(citation.article for citation in answer.citations), *answer.nearest])
        known = {question.casefold() for question in (*earlier, answer.question, answer.query)}
        asked = (q for q in candidates(about, MOST_SUGGESTED) if q.casefold() not in known and self._idle())
        # What is not answered costs as much as what is: a few attempts must do.
        tried = self._answered(islice(asked, 2 * MOST_SUGGESTED), archive, replace(answer.scope, words=""))
        return list(islice(tried, MOST_SUGGESTED))

    def _idle(self) -> bool:
        with self._counting:
            return self._counting.wait_for(lambda: not self._asked, LONGEST_PAUSE)

    def _answered(self, questions: Iterable[str], archive: Archive, scope: Scope) -> Iterator[str]:
        """Ask each question offline and yield those that get a sure answer to the point."""
        for question in questions:
            hits = self._search(question, archive, scope)
            answer = self.read(Answer(question, "", (), False, 0.0, "offline", 0.0, question), hits, archive)
            # "Who is …?" shall be answered by what somebody is, not by any sentence about them.
            to_the_point = bool(answer.spans) or not question.startswith("Who")
            if not answer.abstained and answer.confidence >= SURE and to_the_point:
                yield question


def _stories(answer: Answer, hits: Sequence[NodeWithScore], archive: Archive) -> dict[str, copies.Story]:
    return copies.stories([hit.node.metadata["article"] for hit in hits], archive.copies, answer.scope)


def _abstain(answer: Answer, hits: Sequence[NodeWithScore], archive: Archive) -> Answer:
    """Say that the articles do not say, what the nearest ones are about, and which ones were searched."""
    ids = dict.fromkeys(hit.node.metadata["article"] for hit in hits)
    nearest = tuple(archive.articles[id_] for id_ in ids)[:MOST_NEAREST]
    said = [ABSTENTION, nearest_line(nearest), f"The archive has {archive.coverage()}."]
    if answer.scope:
        undated = ", or undated" if answer.scope.since or answer.scope.until else ""
        said.append(f"Only articles {answer.scope}{undated} were searched.")
    return replace(answer, text=" ".join(filter(None, said)), citations=(), spans=(), abstained=True, nearest=nearest)


def scope_of(
    question: str,
    archive: Archive,
    source: str | None = None,
    since: date | None = None,
    until: date | None = None,
    as_of: date | None = None,
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
    if since is until is None:
        newest = archive.dates[-1] if archive.dates else None
        asked = period(question, as_of or present(date.today(), newest))
        if asked and any((asked.since and d < asked.since) or (asked.until and d > asked.until) for d in archive.dates):
            since, until, words = asked.since, asked.until, asked.words
    until = min((day for day in (until, as_of) if day), default=None)
    if since and until and since > until:
        raise QuestionError(f"nothing that was published since {since} counts as of {until}: change one of the two.")
    return Scope(source or "", since, until, words)


def tidy(question: str) -> str:
    """Return a question in one line without characters that cannot be seen; raises QuestionError."""
    if not isinstance(question, str):
        raise QuestionError(f"the question is {question!r}: it must be a text.")
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", question))
    text = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in seen).split())
    if not any(c.isalnum() for c in text):
        raise QuestionError("the question is empty: write what you want to know, such as “Where was Ariel Henry?”")
    if len(text) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(text):,} characters, and {LONGEST_QUESTION:,} is the most: "
            "ask one thing at a time; to add a text to the archive, put it into the folder of articles."
        )
    return text


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

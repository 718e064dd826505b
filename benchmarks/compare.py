"""Compare with what one would pick instead, on the same questions, passages and embedder, and print one table.

    python benchmarks/compare.py --articles FOLDER --index FOLDER --questions FILE
                                 [--limit N] [--answers N] [--out FILE]

Against LlamaIndex's default query engine and its CitationQueryEngine, BM25 alone and dense search alone. LlamaIndex
gets our passages with their vectors, our embedder for the questions, and of the metadata what our writer gets too.
With a language model (OPENAI_BASE_URL, QA_MODEL) all write with it, at the same temperature and length; without one
only our offline answers are measured. Questions with a `history` or `passages` of their own are left out. A question
with a `date` is asked as on that day: nobody gets passages of later ones.

How it is judged, the same way for all:
- A search is a ranking of articles, by the best of their passages; `evidence` (or `articles`) of a question answers it.
  What is given to the reader or writer holds the answer if an accepted answer stands in the text of the passages.
- Our answers refuse if `Answer.abstained` says so. Unchecked text of a model (LlamaIndex's answers, our drafts) refuses
  if it is empty, begins with our words of abstention, or has a phrase of `REFUSAL` in its first sentence.
- "Answerable" are the questions with such an article, the others "unanswerable". For RealTime QA these are weak labels.
- A sentence is supported if the sources it marks, as far as they exist, pass `qa.support`. This test also decides what
  our answers with a model may show, so for those it proves nothing: see the row of the draft before this check, and
  the share of words, which is no part of it.
"""

import argparse
import os
import platform
import re
import shlex
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.constants import DEFAULT_SIMILARITY_TOP_K
from llama_index.core.llms import LLM, MockLLM
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle, TextNode
from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters
from llama_index.llms.openai_like import OpenAILike
from tqdm import tqdm

from qa import config
from qa.archive import PAGE
from qa.articles import locate
from qa.chain import GIVEN_TO_WRITER, Chain
from qa.citations import ABSTENTION, Scope
from qa.cli import _open
from qa.config import Settings
from qa.draft import _marked, _place
from qa.errors import EvaluationError, QaError
from qa.evaluation import DEEPEST, _rank
from qa.followup import query_of
from qa.metrics import holds
from qa.models import CORES
from qa.question import sought
from qa.question_sets import Row, read_rows
from qa.reader import READ
from qa.search import RERANKED, _where, _Words, news_of, rerank, scope_of
from qa.support import Slice, stems, support
from qa.writer import MAX_TOKENS, Writer

DEPTH = 3 * DEEPEST
"""Passages down to which a search is asked, as by `qa eval`."""

REFUSAL = re.compile(
    r"empty response|none of the|no (?:specific |direct )?(?:information|mention|answer|context)"
    r"|(?:cannot|can't|could not|unable to|impossible to) (?:be )?(?:answer|determin|say|find|found|provid|tell)"
    r"|not (?:\w+ly )?(?:provide|mention|specif|state|contain|given|included|available|possible|clear|enough|say)"
    r"|n't (?:\w+ly )?(?:provide|mention|specif|state|contain|include|have|say|know)",
    re.IGNORECASE,
)

BM25, DENSE, FUSED, OFFLINE, WRITTEN = "BM25", "dense", "`qa`, not reranked", "`qa`, offline", "`qa`, with the model"
DEFAULT, CITING, CITING_MORE = "LlamaIndex", "LlamaIndex, citing", f"LlamaIndex, citing, {GIVEN_TO_WRITER} passages"
DRAFT = "`qa`, the model's draft before our check"
SYSTEMS = (BM25, DENSE, DEFAULT, CITING, CITING_MORE, FUSED, OFFLINE, DRAFT, WRITTEN)

GIVEN = {
    DEFAULT: DEFAULT_SIMILARITY_TOP_K,
    CITING: DEFAULT_SIMILARITY_TOP_K,
    CITING_MORE: GIVEN_TO_WRITER,
    OFFLINE: READ,
    WRITTEN: GIVEN_TO_WRITER,
}
"""System -> passages that its reader or writer gets: LlamaIndex's default, or as many as our writer."""

Cells = dict[str, dict[str, str]]
"""Measure -> system -> what the table shows."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of a system to a question; `sources` are what its marks [1], [2] … stand for."""

    row: Row
    text: str
    sources: tuple[Slice, ...]
    refused: bool
    seconds: float
    quotes: tuple[str, ...] = ()
    notice: str = ""

    @property
    def contains(self) -> bool:
        """Whether the answer holds an accepted answer, and all that must be told."""
        return not self.refused and _holds(self.row, self.text)


class Recorder:
    """Stand in front of a writer, and keep its last draft and the passages that it got."""

    def __init__(self, writer: Writer) -> None:
        self._writer, self.model = writer, writer.model
        self.draft = ""
        self.hits: tuple[NodeWithScore, ...] = ()

    def write(self, question: str, hits: Sequence[NodeWithScore]) -> Iterator[str]:
        """Stream the draft of the writer."""
        self.draft, self.hits = "", tuple(hits)
        for words in self._writer.write(question, hits):
            self.draft += words
            yield words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("articles", "index", "questions"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--limit", type=int, metavar="N", help="search for the first N answerable questions only")
    parser.add_argument("--answers", type=int, default=20, metavar="N", help="questions to answer, half unanswerable")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    try:
        rows = [row for row in read_rows(options.questions) if not (row.history or row.passages)]
        settings = config.load({"articles": options.articles, "index": options.index})
        chain, _ = _open(settings)
        with closing(chain):
            report = compare(chain, rows, options.limit, options.answers)
    except QaError as error:
        sys.exit(f"compare: {error}")
    print(report)
    if options.out is not None:
        options.out.write_text(f"{report}\n", encoding="utf-8")


def compare(chain: Chain, rows: Sequence[Row], limit: int | None, most_answered: int) -> str:
    """Return the whole report in Markdown."""
    index = llama_index_of(chain)
    answerable = [row for row in rows if row.answerable and row.articles]
    unanswerable = [row for row in rows if row not in answerable]
    paths = {path for a in chain.store.archive.articles.values() for path in (a.path, a.file)}
    if strangers := [row.id for row in answerable if not paths.issuperset(row.articles)]:
        raise EvaluationError(
            f"{len(strangers)} questions, such as {strangers[0]}, name articles that {chain.settings.articles} lacks: "
            "give the folder that they were made for."
        )
    found = answerable[:limit]
    asked = answerable[: most_answered - most_answered // 2] + unanswerable[: most_answered // 2]
    cells = search_cells(chain, index, found) if found else {}
    answers, failed = answer_all(chain, index, asked)
    for name, told in answers.items():
        for measure, value in answer_cells(chain, name, told).items():
            cells.setdefault(measure, {})[name] = value
    done = f"{len(found)} questions searched for, {len(asked) - len(failed)} answered"
    return "\n".join([*_circumstances(chain, done), *(f"\n{line}" for line in failed), "", *_table(cells)])


def _circumstances(chain: Chain, done: str) -> list[str]:
    archive, settings = chain.store.archive, chain.settings
    model = f"{settings.model} writes" if settings.has_writer else "no language model"
    return [
        f"{len(archive.articles):,} articles, {len(archive.passages):,} passages; {done} ({model}). "
        f"{platform.machine()}, {CORES} cores, Python {platform.python_version()}, "
        f"llama-index-core {version('llama-index-core')}. Made by:",
        "",
        f"    {_command(settings)}",
    ]


def _table(cells: Cells) -> list[str]:
    shown = [name for name in SYSTEMS if any(name in values for values in cells.values())]
    return [
        "| | " + " | ".join(shown) + " |",
        "|---" * (len(shown) + 1) + "|",
        *(
            f"| {measure} | " + " | ".join(values.get(name, "") for name in shown) + " |"
            for measure, values in cells.items()
        ),
    ]


def llama_index_of(chain: Chain) -> VectorStoreIndex:
    """Return LlamaIndex's in-memory index of the same passages and vectors; nothing is embedded again."""
    collection = chain.store._collection
    vectors: dict[str, list[float]] = {}
    for offset in range(0, collection.count(), PAGE):
        page = collection.get(limit=PAGE, offset=offset, include=["embeddings"])
        vectors.update(zip(page["ids"], np.asarray(page["embeddings"]).tolist(), strict=True))
    nodes = [
        node.model_copy(
            update={
                "embedding": vectors[node.node_id],
                # Our writer shows a model these three; hashes and paths would only be in the way of theirs.
                "excluded_llm_metadata_keys": [k for k in node.metadata if k not in ("title", "source", "published")],
            }
        )
        for node in chain.store.archive.passages
    ]
    return VectorStoreIndex(nodes, embed_model=chain.models.embedder)


def search_cells(chain: Chain, index: VectorStoreIndex, rows: Sequence[Row]) -> Cells:
    """Ask every system's search for the articles of every question."""
    archive, retriever = chain.store.archive, chain.retriever
    words, published = _Words(archive), np.array([node.metadata["published"] for node in archive.passages])

    def by_words(row: Row) -> list[TextNode]:
        allowed = published <= row.as_of.isoformat() if row.as_of else None  # the undated, "", pass
        return [words.nodes[id_] for id_ in words.search(row.question, DEPTH, allowed)]

    def by_meaning(row: Row) -> list[TextNode]:
        where = _where(None, Scope(until=row.as_of))
        return [words.nodes[id_] for id_ in chain.store.nearest(row.question, DEPTH, where)]

    def default(row: Row) -> list[NodeWithScore]:
        engine = index.as_query_engine(llm=MockLLM(), similarity_top_k=DEPTH, filters=published_by(row))
        return engine.retrieve(QueryBundle(row.question))

    def cited(row: Row) -> list[NodeWithScore]:
        limits: dict[str, Any] = {"similarity_top_k": DEPTH, "filters": published_by(row)}
        citing = CitationQueryEngine.from_args(index, llm=MockLLM(), **limits)
        return citing._create_citation_nodes(citing.retrieve(QueryBundle(row.question)))

    def fused(row: Row, top_k: int = DEPTH) -> list[TextNode]:
        scope = scope_of(row.question, archive, as_of=row.as_of)
        return retriever.fused(sought(query_of(row.question)), archive, scope, top_k=top_k)

    def reranked(row: Row) -> list[NodeWithScore]:
        scope = scope_of(row.question, archive, as_of=row.as_of)
        query, recent = sought(query_of(row.question)), news_of(scope, archive)
        return rerank(chain.models, query, fused(row, DEEPEST), scope, recent)

    searches: dict[str, Callable[[Row], Sequence[TextNode | NodeWithScore]]] = {
        BM25: by_words,
        DENSE: by_meaning,
        DEFAULT: default,
        CITING: cited,
        FUSED: fused,
        OFFLINE: reranked,
    }
    ranks: dict[str, list[int]] = {name: [] for name in searches}
    given: dict[str, list[tuple[bool, bool]]] = {name: [] for name in GIVEN}
    times: dict[str, list[float]] = {name: [] for name in searches}
    for row in tqdm(rows, desc="searching", disable=None):
        nodes: dict[str, list[Any]] = {}
        for name, search in searches.items():
            started = time.perf_counter()
            hits = search(row)
            times[name].append(time.perf_counter() - started)
            nodes[name] = [getattr(hit, "node", hit) for hit in hits]
            ranks[name].append(_rank([node.metadata["path"] for node in nodes[name]], row.articles))
        nodes[CITING_MORE] = nodes[CITING]
        # The program reranks fewer than are judged here; scores of pairs do not depend on each other.
        read = {node.node_id for node in nodes[FUSED][:RERANKED]}
        nodes[OFFLINE] = nodes[WRITTEN] = [node for node in nodes[OFFLINE] if node.node_id in read]
        for name, most in GIVEN.items():
            got = nodes[name][:most]
            found = _rank([node.metadata["path"] for node in got], row.articles) > 0
            given[name].append((found, _holds(row, " ".join(node.text for node in got))))
    cells: Cells = {}
    for deep in (1, 4, 10):
        cells[f"Hits@{deep}"] = {name: f"{_mean(0 < r <= deep for r in found):.3f}" for name, found in ranks.items()}
    cells["MRR@10"] = {name: f"{_mean(1 / r if r else 0 for r in found):.3f}" for name, found in ranks.items()}
    cells["seconds a search, median"] = {name: _median(taken, ".3f") for name, taken in times.items()}
    cells["passages given to reader or writer"] = {name: str(most) for name, most in GIVEN.items()}
    cells["… an article that answers among them"] = {name: f"{_mean(a for a, _ in x):.3f}" for name, x in given.items()}
    cells["… an accepted answer in their text"] = {name: f"{_mean(b for _, b in x):.3f}" for name, x in given.items()}
    return cells


def answer_all(chain: Chain, index: VectorStoreIndex, rows: Sequence[Row]) -> tuple[dict[str, list[Told]], list[str]]:
    """Let every system answer every question; a question on which one failed is left out for all, and told."""
    tellers: dict[str, Callable[[Row], dict[str, Told]]] = {OFFLINE: partial(ours, chain)}
    if chain.writer is not None:
        model = language_model(chain.settings)

        def default(**kwargs: Any) -> BaseQueryEngine:
            return index.as_query_engine(llm=model, **kwargs)

        def citing(**kwargs: Any) -> BaseQueryEngine:
            return CitationQueryEngine.from_args(index, llm=model, **kwargs)

        tellers |= {
            DEFAULT: partial(theirs, chain, DEFAULT, default),
            CITING: partial(theirs, chain, CITING, citing),
            CITING_MORE: partial(theirs, chain, CITING_MORE, partial(citing, similarity_top_k=GIVEN_TO_WRITER)),
        }
        tellers[WRITTEN] = partial(written, chain)
    answers: dict[str, list[Told]] = {}
    failed: list[str] = []
    for row in tqdm(rows, desc="answering", disable=None):
        told: dict[str, Told] = {}
        for name, teller in tellers.items():
            try:
                told |= teller(row)
            except Exception as error:  # a slow or failing server must not end the run; the report tells it
                failed.append(f"Question {row.id} is left out, for {name} failed: {_spaced(str(error))}")
                break
        else:
            for name, answer in told.items():
                answers.setdefault(name, []).append(answer)
    return answers, failed


def language_model(settings: Settings) -> LLM:
    """Return the configured model as LlamaIndex takes it, with the temperature and length of our writer."""
    model: LLM = OpenAILike(
        model=settings.model, api_key=settings.api_key or "no-key", api_base=settings.base_url or None,
        is_chat_model=True, temperature=0.0, max_tokens=MAX_TOKENS, timeout=settings.timeout, max_retries=0,
    )  # fmt: skip
    return model


def published_by(row: Row) -> MetadataFilters | None:
    """Return LlamaIndex's condition that nothing is later than the row's day; the undated, whose day is "", pass."""
    if row.as_of is None:
        return None
    day = MetadataFilter(key="published", value=row.as_of.isoformat(), operator=FilterOperator.LTE)
    return MetadataFilters(filters=[day])


def theirs(chain: Chain, name: str, engine: Callable[..., BaseQueryEngine], row: Row) -> dict[str, Told]:
    """Ask a query engine of LlamaIndex."""
    started = time.perf_counter()
    response = engine(filters=published_by(row)).query(row.question)
    taken = time.perf_counter() - started
    sources = tuple(_source(chain, hit) for hit in response.source_nodes)
    return {name: Told(row, str(response), sources, _refuses(str(response)), taken)}


def ours(chain: Chain, row: Row) -> dict[str, Told]:
    """Ask the program without its writer."""
    writer, chain.writer = chain.writer, None
    try:
        return {OFFLINE: _answer(chain, row)}
    finally:
        chain.writer = writer


def written(chain: Chain, row: Row) -> dict[str, Told]:
    """Ask the program with its writer: the draft as the model wrote it, and the answer that is left of it."""
    writer = chain.writer
    assert writer is not None
    recorder = chain.writer = Recorder(writer)  # type: ignore[assignment]
    try:
        answer = _answer(chain, row)
    finally:
        chain.writer = writer
    if answer.notice and not recorder.draft:
        raise RuntimeError(answer.notice)  # the server failed; an unbacked draft is the model's doing, and counts
    articles = chain.store.archive.articles
    sources = tuple(place for hit in recorder.hits if (place := _place(hit, articles)))
    draft = Told(row, recorder.draft, sources, _refuses(recorder.draft), answer.seconds)
    return {DRAFT: draft, WRITTEN: answer}


def _answer(chain: Chain, row: Row) -> Told:
    *_, answer = chain.stream(row.question, as_of=row.as_of)
    quotes = tuple(citation.quote for citation in answer.citations)
    sources = tuple((c.article, c.start, c.end) for c in answer.citations)
    return Told(row, answer.text, sources, answer.abstained, answer.seconds, quotes, answer.notice)


def _refuses(text: str) -> bool:
    first = next((sentence for sentence, _ in _marked(text)), "")
    return not first or first.startswith(ABSTENTION) or bool(REFUSAL.search(first))


def _source(chain: Chain, hit: NodeWithScore) -> Slice:
    """Return where a source of LlamaIndex stands, without the heading that its engine puts before it."""
    text = re.sub(r"\ASource \d+:\n", "", hit.node.get_content(MetadataMode.NONE)).strip()
    article = chain.store.archive.articles[hit.node.metadata["article"]]
    start = article.text.find(text)
    if start < 0:  # its splitter may change white space: then the source stands for an article of its own
        article, start = replace(article, text=text), 0
    return article, start, start + len(text)


def answer_cells(chain: Chain, name: str, told: Sequence[Told]) -> dict[str, str]:
    """Return measure -> value of the answers of one system."""
    answerable = [t for t in told if t.row.articles and t.row.answerable]
    unanswerable = [t for t in told if t not in answerable]
    answered = [t for t in told if not t.refused]
    cells = {
        "answerable: an accepted answer told": _share(t.contains for t in answerable),
        "answerable: refused": _share(t.refused for t in answerable),
        "unanswerable: refused": _share(t.refused for t in unanswerable),
        "words an answer, median": _median((len(t.text.split()) for t in answered), "g"),
    }
    if name != DRAFT:  # it is measured with what becomes of it
        cells["seconds an answer, median"] = _median((t.seconds for t in told), ".2f")
    if name == DEFAULT:  # it is not asked for marks
        return cells
    marks: list[bool] = []
    sentences: list[tuple[bool, bool]] = []
    shares: list[float] = []
    for t in answered:
        for sentence, numbers in _marked(t.text):
            marks += [0 < n <= len(t.sources) for n in numbers]
            cited = [t.sources[n - 1] for n in dict.fromkeys(numbers) if 0 < n <= len(t.sources)]
            sentences.append((bool(numbers), bool(cited and support(sentence, cited, chain.models.relevance))))
            wanted = stems(sentence)
            if cited and wanted:
                quoted = set().union(*(stems(article.text[start:end]) for article, start, end in cited))
                shares.append(len(wanted & quoted) / len(wanted))
    cells["sentences with a mark"] = _share(marked for marked, _ in sentences)
    cells["marks of a source that exists"] = _share(marks)
    cells["sentences supported by the sources they mark"] = _share(supported for _, supported in sentences)
    cells["… share of a marked sentence's words in its sources"] = f"{_mean(shares):.2f}" if shares else "none"
    if name == WRITTEN:
        cells["the offline answer told, as nothing in the draft was backed"] = _share(bool(t.notice) for t in told)
    if name in (OFFLINE, WRITTEN):
        quoted_files = [
            (article.path, quote) for t in told for (article, _, _), quote in zip(t.sources, t.quotes, strict=True)
        ]
        cells["quotes that stand in the file word for word"] = _share(
            _spaced(quote) in _spaced(locate(chain.settings.articles, path).read_text(encoding="utf-8-sig"))
            for path, quote in quoted_files
        )
    return cells


def _holds(row: Row, text: str) -> bool:
    """Whether a text holds one of the accepted answers and all that must be told, as `qa eval` counts it."""
    return (not row.any or any(holds(text, words) for words in row.any)) and all(holds(text, w) for w in row.all)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _share(values: Iterable[bool]) -> str:
    """Show a share with what it is of: "30% of 10"."""
    counted = list(values)
    return f"{sum(counted) / len(counted):.0%} of {len(counted)}" if counted else "none"


def _mean(values: Iterable[float]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else float("nan")


def _median(values: Iterable[float], form: str) -> str:
    counted = list(values)
    return f"{statistics.median(counted):{form}}" if counted else "none"


def _command(settings: Settings) -> str:
    """Return the command of this run, with the model but never the key."""
    given = f"OPENAI_BASE_URL=… QA_MODEL={shlex.quote(settings.model)} " if settings.has_writer else ""
    return f"{given}python {shlex.join([os.path.relpath(sys.argv[0]), *sys.argv[1:]])}"


if __name__ == "__main__":
    main()

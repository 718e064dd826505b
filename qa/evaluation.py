"""Ask the questions of a set whose answers are known, of the archive or of the passages that they bring."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from time import perf_counter

from qa import compose, reader, search
from qa.archive import Archive
from qa.articles import Article, file_of
from qa.chain import Chain
from qa.citations import Answer
from qa.followup import Turn, query_of, resolve
from qa.metrics import Result
from qa.models import Models
from qa.passages import split
from qa.question import sought
from qa.question_sets import Row
from qa.search import RERANKED, rerank

DEEPEST = 10
"""Articles down to which a search is judged."""


def settings(models: Models) -> dict[str, object]:
    """Return the numbers that decide what is found and told, by their names, as an evaluation runs with them."""
    chosen = {
        search: ("CANDIDATES", "RERANKED", "RANK_CONSTANT", "HANDICAP", "RECENT", "AGED"),
        reader: ("READ", "JUDGED"),
        compose: ("ADDS", "DIFFERS", "APART", "LEADS", "MOST_SENTENCES", "MOST_DIFFERING"),
    }
    numbers = {name.lower(): getattr(module, name) for module, names in chosen.items() for name in names}
    return {**numbers, "decision": models.decision or reader.DECISION}


def ask(chain: Chain, row: Row) -> Result:
    """Ask a question offline, of the archive or of the passages that its row brings."""
    if row.rewrite:
        return _resolved(row)
    return _closed(chain, row) if row.passages else _open(chain, row)


def _open(chain: Chain, row: Row) -> Result:
    history: list[Turn] = []
    for earlier in row.history:
        *_, answer = chain.stream(earlier, history=history, as_of=row.as_of)
        history.append(Turn(earlier, answer))
    *_, answer = chain.stream(row.question, history=history, as_of=row.as_of)
    if not row.articles:
        return Result(row, answer, decision=chain.models.decision)
    archive = chain.store.archive
    nodes, hits = chain.retriever.stages(answer.query, archive, answer.scope, deep=3 * DEEPEST)
    reranked = [hit.node for hit in hits]
    fused, best = ([node.metadata["path"] for node in found] for found in (nodes, reranked + nodes[len(hits) :]))
    return Result(row, answer, _rank(fused, row.articles), _rank(best, row.articles), chain.models.decision)


def _closed(chain: Chain, row: Row) -> Result:
    """Ask the passages of a row, each taken for an article; the index is not opened."""
    nodes = []
    for number, found in enumerate(row.passages):
        text = " ".join(str(found["text"]).split())
        if text:
            title, source = str(found.get("title") or ""), str(found.get("source") or "")
            nodes += split(Article(f"{row.id}-{number}", text, title, source, path=str(number)))
    archive = Archive(tuple(nodes))
    history = [Turn(q, Answer(q, "", (), True, 0.0, "offline", 0.0, q)) for q in row.history]
    started = perf_counter()
    query = query_of(row.question, history)
    hits = rerank(chain.models, sought(query), nodes)[:RERANKED]
    answer = chain.read(Answer(row.question, "", (), False, 0.0, "offline", 0.0, query), hits, archive)
    return Result(row, replace(answer, seconds=perf_counter() - started), decision=chain.models.decision)


def _resolved(row: Row) -> Result:
    """Resolve the last question of a conversation, of which no answer is known."""
    history: list[Turn] = []
    for question in (*row.history, row.question):
        query = resolve(question, history)
        history.append(Turn(question, Answer(question, "", (), True, 0.0, "offline", 0.0, query)))
    return Result(row, history[-1].answer)


def _rank(found: Iterable[str], wanted: Sequence[str]) -> int:
    """Return the place of the first wanted article among the different ones found: (["a", "a", "b"], ["b"]) -> 2.

    What is wanted may be the path of an article, or of a file that holds several: then any of them will do.
    """
    found = (path if path in wanted else file_of(path) for path in found)
    places = {path: place for place, path in enumerate(dict.fromkeys(found), start=1) if place <= DEEPEST}
    return min((places[path] for path in wanted if path in places), default=0)

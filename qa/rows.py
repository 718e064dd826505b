"""Turn passages into the rows that Chroma keeps, and rows into passages again."""

from collections.abc import Iterable
from typing import Any

from chromadb.api.models.Collection import Collection
from llama_index.core.schema import TextNode

from qa import passages
from qa.archive import Archive

FORMAT = "1"
"""Of the rows; a change makes older indexes stale."""

PAGE = 5_000
"""Rows that are read or deleted at a time."""

_EVERY = ("article", "source")
"""What every row has of its article's metadata (and the day), to filter by; the first row of an article has all."""


def row(node: TextNode) -> dict[str, Any]:
    """Return what is kept of a passage besides its id, its text and its vector."""
    start = node.start_char_idx or 0
    kept = node.metadata if start == 0 else {name: node.metadata[name] for name in _EVERY}
    return {**kept, "start": start, "day": day_number(node)}


def day_number(node: TextNode) -> int:
    """Return the publication date of a passage's article as YYYYMMDD, which Chroma can compare; 0 if undated."""
    return int(node.metadata["published"].replace("-", "") or 0)


def complete(collection: Collection) -> set[str] | None:
    """Return the ids of the articles, by their first rows alone; None if they are not all there is, and complete."""
    heads = collection.get(where={"start": 0}, include=["metadatas"])["metadatas"] or []
    number = sum(int(str(head["passages"])) for head in heads)
    return {str(head["article"]) for head in heads} if number == collection.count() else None


def read(collection: Collection) -> tuple[Archive, set[str]]:
    """Return the state of the complete articles, and the ids of what a stopped run left of others.

    Raises ValueError for a text that is not the one that was written.
    """
    texts: dict[str, list[tuple[int, str]]] = {}
    facts: dict[str, dict[str, Any]] = {}
    ids: set[str] = set()
    for offset in range(0, collection.count(), PAGE):
        page = collection.get(limit=PAGE, offset=offset, include=["documents", "metadatas"])
        ids.update(page["ids"])
        for text, kept in zip(page["documents"] or [], page["metadatas"] or [], strict=True):
            article, start = str(kept["article"]), int(str(kept["start"]))
            texts.setdefault(article, []).append((start, text))
            if start == 0:
                facts[article] = {name: value for name, value in kept.items() if name not in ("start", "day")}
    whole = []
    for article, metadata in facts.items():
        if len(texts[article]) == metadata["passages"]:
            nodes = [passages.passage(text, start, metadata) for start, text in texts[article]]
            if not ids.issuperset(node.node_id for node in nodes):  # an id is a hash of the text
                raise ValueError(f"the text of {metadata['path']} is not the one that was written")
            whole += nodes
    return archive(whole), ids.difference(node.node_id for node in whole)


def archive(nodes: Iterable[TextNode]) -> Archive:
    """Return the state that these passages make."""
    order = sorted(nodes, key=lambda node: (node.metadata["path"], node.metadata["article"], node.start_char_idx))
    return Archive(tuple(order))

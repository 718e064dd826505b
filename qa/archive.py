"""The passages as rows in Chroma, and as one consistent state in memory with the articles that they join to."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from chromadb.api.models.Collection import Collection
from llama_index.core.schema import TextNode

from qa import copies, passages
from qa.articles import Article, Skipped
from qa.articles.outlets import outlets
from qa.citations import day

FORMAT = "2"
"""Of the rows in Chroma; a change makes older indexes stale."""

PAGE = 5_000
"""Rows that are read or deleted at a time."""

_EVERY = ("article", "source")
"""What every row has of its article's metadata (and the day), to filter by; the first row of an article has all."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file whose articles are all in the index: their paths by their ids, and the records that hold no article."""

    paths: Mapping[str, str]
    skipped: tuple[Skipped, ...] = ()

    def head(self, file: str, article: str) -> dict[str, Any]:
        """Return what the first row of an article says of its file, to be read by `_taken`; None is not kept."""
        is_first = article == next(iter(self.paths))
        skipped = [(record.path, record.reason) for record in self.skipped if is_first]
        return {
            "path": self.paths[article],
            "file": file,
            "articles": len(self.paths),
            "skipped": json.dumps(skipped) if skipped else None,
        }


_OF_ROW = ("start", "day", "file", "articles", "skipped")
"""What a first row has besides the metadata of its passage."""


@dataclass(frozen=True)
class Archive:
    """One consistent state of the index: every passage, in the order of path and place, and by its id every file."""

    passages: tuple[TextNode, ...]
    files: dict[str, Taken] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[TextNode], files: dict[str, Taken]) -> "Archive":
        """Return the state that these passages make, in whatever order they come."""
        order = sorted(nodes, key=lambda node: (node.metadata["path"], node.metadata["article"], node.start_char_idx))
        return cls(tuple(order), files)

    @cached_property
    def _by_article(self) -> dict[str, list[TextNode]]:
        grouped: dict[str, list[TextNode]] = {}
        for node in self.passages:
            grouped.setdefault(node.metadata["article"], []).append(node)
        return grouped

    @cached_property
    def articles(self) -> dict[str, Article]:
        """Every article by its id, rebuilt from its passages."""
        return {id_: _rebuild(nodes) for id_, nodes in self._by_article.items()}

    @cached_property
    def copies(self) -> dict[str, tuple[Article, ...]]:
        """The articles that carry the same story, for each article that has copies; 7 seconds for 26,000 articles."""
        return copies.group(self.articles.values())

    @cached_property
    def outlets(self) -> dict[str, str]:
        """The spelling by which each spelling of an outlet is shown and counted; "" for none."""
        return outlets(Counter(article.source for article in self.articles.values()))

    @cached_property
    def sources(self) -> Counter[str]:
        """How many articles each outlet has, however they spell it; "" for those that name none."""
        return Counter(self.outlets[article.source] for article in self.articles.values())

    @cached_property
    def dates(self) -> list[date]:
        """The publication dates of the dated articles, oldest first."""
        return sorted(a.published for a in self.articles.values() if a.published)

    @cached_property
    def fingerprint(self) -> str:
        """One hash over all passage ids and texts: equal for equal archives."""
        parts = sorted(f"{node.node_id}\n{node.text}\n" for node in self.passages)
        return hashlib.sha256("".join(parts).encode()).hexdigest()

    def coverage(self) -> str:
        """Say what the archive holds: "5 articles, 3 of them from 2 outlets; 4 dated 4 to 7 March 2024, 1 undated"."""
        dates, named_outlets = self.dates, self.sources.keys() - {""}
        line = count(len(self.articles), "article")
        if named_outlets:
            named = len(self.articles) - self.sources[""]
            line += f", {named} of them" if self.sources[""] else ""
            line += f" from {count(len(named_outlets), 'outlet')}"
        undated = len(self.articles) - len(dates)
        told = [f"{f'{len(dates)} ' if undated else ''}dated {period(dates[0], dates[-1])}"] if dates else []
        told += [f"{undated if dates else 'all'} undated"] if undated else []
        return f"{line}{'; ' if undated else ', '}{', '.join(told)}" if told else line


def row(node: TextNode, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a passage besides its id, its text and its vector; `head` if it is the first one."""
    start = node.start_char_idx or 0
    kept = {**node.metadata, **head} if start == 0 else {name: node.metadata[name] for name in _EVERY}
    return {**kept, "start": start, "day": day_number(node)}


def day_number(node: TextNode) -> int:
    """Return the publication date of a passage's article as YYYYMMDD, which Chroma can compare; 0 if undated."""
    return int(node.metadata["published"].replace("-", "") or 0)


def complete(collection: Collection) -> dict[str, Taken] | None:
    """Return the files, by the first rows of their articles alone; None if they are not all there is, and complete."""
    heads = collection.get(where={"start": 0}, include=["metadatas"])["metadatas"] or []
    files = _taken(heads)
    is_all = sum(int(str(head["passages"])) for head in heads) == collection.count()
    return files if is_all and sum(len(file.paths) for file in files.values()) == len(heads) else None


def _taken(heads: Iterable[Mapping[str, Any]]) -> dict[str, Taken]:
    """Return the files of which the first rows of all articles are there."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for head in heads:
        grouped.setdefault(str(head["file"]), []).append(head)
    return {
        file: Taken(
            {str(head["article"]): str(head["path"]) for head in rows},
            tuple(Skipped(*record) for head in rows for record in json.loads(head.get("skipped") or "[]")),
        )
        for file, rows in grouped.items()
        if len(rows) == rows[0]["articles"]
    }


def read(collection: Collection) -> tuple[Archive, set[str]]:
    """Return the state of the complete articles, and the ids of what a stopped run left of others.

    Raises ValueError for a text that is not the one that was written.
    """
    texts: dict[str, list[tuple[int, str]]] = {}
    heads: dict[str, Mapping[str, Any]] = {}
    ids: set[str] = set()
    for offset in range(0, collection.count(), PAGE):
        page = collection.get(limit=PAGE, offset=offset, include=["documents", "metadatas"])
        ids.update(page["ids"])
        for text, kept in zip(page["documents"] or [], page["metadatas"] or [], strict=True):
            article, start = str(kept["article"]), int(str(kept["start"]))
            texts.setdefault(article, []).append((start, text))
            if start == 0:
                heads[article] = kept
    heads = {article: head for article, head in heads.items() if len(texts[article]) == head["passages"]}
    whole = []
    for article, head in heads.items():
        metadata = {name: value for name, value in head.items() if name not in _OF_ROW}
        nodes = [passages.passage(text, start, metadata) for start, text in texts[article]]
        if not ids.issuperset(node.node_id for node in nodes):  # an id is a hash of the text
            raise ValueError(f"the text of {metadata['path']} is not the one that was written")
        whole += nodes
    return Archive.of(whole, _taken(heads.values())), ids.difference(node.node_id for node in whole)


def count(number: int, noun: str) -> str:
    """Put a number before its noun: (2, "source") -> "2 sources"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def period(first: date, last: date) -> str:
    """Name the days from first to last without saying anything twice: "4 to 7 March 2024"."""
    if first == last:
        return day(last)
    start = day(first)
    if first.year == last.year:
        start = f"{first.day}" if first.month == last.month else start.rsplit(" ", 1)[0]
    return f"{start} to {day(last)}"


def _rebuild(nodes: Sequence[TextNode]) -> Article:
    metadata = nodes[0].metadata
    return Article(
        id=metadata["article"],
        text="".join(node.text for node in nodes),
        title=metadata["title"],
        source=metadata["source"],
        author=metadata["author"],
        published=date.fromisoformat(metadata["published"]) if metadata["published"] else None,
        url=metadata["url"],
        path=metadata["path"],
        kind=metadata["kind"],
    )

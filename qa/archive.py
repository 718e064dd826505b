"""One consistent state of the index in memory: the passages, and the articles that they join to."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from llama_index.core.schema import TextNode

from qa.articles import Article


@dataclass(frozen=True)
class Archive:
    """One consistent state of the index: every passage, in the order of path and place."""

    passages: tuple[TextNode, ...]

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
    def sources(self) -> Counter[str]:
        """How many articles each outlet has; "" for those that name none."""
        return Counter(article.source for article in self.articles.values())

    @cached_property
    def dates(self) -> list[date]:
        """The publication dates of the dated articles, oldest first."""
        return sorted(a.published for a in self.articles.values() if a.published)

    @cached_property
    def fingerprint(self) -> str:
        """One hash over all passage ids and texts: equal for equal archives."""
        parts = sorted(f"{node.node_id}\n{node.text}\n" for node in self.passages)
        return hashlib.sha256("".join(parts).encode()).hexdigest()


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
    )

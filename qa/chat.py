"""Ask questions of a folder of articles, one by one or in a conversation."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Unpack

from qa import config
from qa.chain import Chain
from qa.citations import Answer
from qa.config import Settings
from qa.followup import Turn
from qa.search import Filters


class Chat:
    """A conversation: follow-ups are understood from what was asked before.

    >>> chat = Chat(articles="seeds")
    >>> chat.ask("Where was Ariel Henry last seen?")
    >>> chat.ask("Why was he there?")
    """

    def __init__(self, articles: Path | str | None = None, index: Path | str | None = None) -> None:
        self._articles, self._index = articles, index
        self.history: list[Turn] = []
        open_chain(articles, index)

    def stream(self, question: str, **filters: Unpack[Filters]) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is complete and joins the history."""
        answer = None
        chain = open_chain(self._articles, self._index)
        for answer in chain.stream(question, history=self.history, **filters):
            yield answer
        if answer is not None:
            self.history.append(Turn(question, answer))

    def ask(self, question: str, **filters: Unpack[Filters]) -> Answer:
        """Return the answer to a question of this conversation."""
        *_, answer = self.stream(question, **filters)
        return answer


def ask(
    question: str,
    *,
    history: Sequence[Turn] = (),
    articles: Path | str | None = None,
    index: Path | str | None = None,
    **filters: Unpack[Filters],
) -> Answer:
    """Return what the articles of a folder say about a question, every sentence with its citation.

    `filters` limit the articles: `source`, `since`, `until`, `as_of` and `any_time` (see `qa.search.Filters`).
    Builds or brings up to date the index first. Raises QaError (see `qa.errors`) with a message for people.

    >>> ask("Where was Ariel Henry?", articles="seeds").citations[0].quote
    """
    chain = open_chain(articles, index)
    *_, answer = chain.stream(question, history=history, **filters)
    return answer


_chains: dict[Settings, Chain] = {}
_opening = threading.Lock()


def open_chain(articles: Path | str | None = None, index: Path | str | None = None) -> Chain:
    """Return the chain over a folder of articles, its index brought up to date; one for each index in a process."""
    named = {"articles": articles, "index": index}
    # Resolved, because an index under two names would be opened twice.
    flags = {name: Path(folder).expanduser().resolve() for name, folder in named.items() if folder}
    settings = config.load(flags)
    with _opening:
        if settings not in _chains:
            for other in [s for s in _chains if s.index_folder == settings.index_folder]:
                _chains.pop(other).close()
            _chains[settings] = Chain(settings)
        chain = _chains[settings]
    chain.sync()
    return chain

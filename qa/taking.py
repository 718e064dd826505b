"""Take up new files in a sync: read them ahead, cut them into passages, and embed and write these in batches."""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from llama_index.core.schema import TextNode

from qa import articles, passages
from qa.archive import Taken
from qa.articles import ArticleFile, Skipped
from qa.articles.worker import ahead
from qa.errors import UnreadableFile
from qa.progress import Progress, shares

BATCH = 256
"""Passages that are embedded and written at a time; Chroma takes at most 5,461."""

PAUSE = 3.0
"""Seconds after which what is complete is written, and may be asked while a sync goes on, again and again."""

SHARE = 20
"""And no more often than this many times what it takes, so that all of it together takes a twentieth."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A passage to be embedded, of a file with an id, and its share of that."""

    file: Taken
    id: str
    node: TextNode
    share: Progress


Reading = tuple[Sequence[articles.Article], Sequence[Skipped]]
"""What a file gives: its articles, and those of its records that were left out."""

Write = Callable[[Sequence[Pending], Progress, Callable[[Progress], object]], Progress]
"""Embeds and writes passages, and returns how far that is."""


class Taking:
    """The files that a sync takes up: `taken` with what they hold, by their ids, and their `new` passages.

    `left_out` are those that hold no article, `hidden` the paths of those with text that nobody sees.
    """

    def __init__(self, files: Sequence[ArticleFile], known: Collection[str], write: Write) -> None:
        self._files, self._known, self._write = files, known, write
        self.taken: dict[str, Taken] = {}
        self.new: list[TextNode] = []
        self.left_out: list[Skipped] = []
        self.hidden: list[str] = []
        self.now = Progress(of_files=len(files), of_bytes=sum(file.size for file in files))
        self._pending: list[Pending] = []

    def run(
        self,
        folder: Path,
        limit_bytes: int,
        progress: Callable[[Progress], object],
        show: Callable[[], object] | None = None,
    ) -> None:
        """Take up all files; `show` is called now and then, when all that is `taken` is written.

        Of a run that is killed the next one misses what was not written: a few seconds' work.
        """
        if not self._files:
            return
        progress(self.now)
        pace = _Pace(show or (lambda: None))
        read = partial(articles.read_articles, folder, limit_bytes=limit_bytes)
        with closing(ahead(self._files, lambda file: file.size, read, tick=lambda: progress(self.now))) as reading:
            for file, awaited in reading:
                progress(self.now)
                self._add(file, awaited)
                while len(self._pending) >= BATCH:
                    self._flush(BATCH, progress)
                if self.taken and pace.is_due():
                    self._flush(len(self._pending), progress)
                    pace.show()
        self._flush(len(self._pending), progress)
        progress(self.now)

    def waiting(self) -> set[str]:
        """Return the paths of the files that are not taken up yet."""
        return {file.path for file in self._files if file.id not in self.taken}

    def _add(
        self, file: ArticleFile, awaited: Callable[[], tuple[Sequence[articles.Article], tuple[Skipped, ...]]]
    ) -> None:
        try:
            found, skipped = awaited()
        except UnreadableFile as error:
            self.left_out.append(Skipped(file.path, str(error)))
            self.now = self.now.further(Progress(files=1, bytes=file.size))
            return
        if any(article.has_hidden for article in found):
            self.hidden.append(file.path)
        held = self.taken[file.id] = Taken({article.id: article.path for article in found}, tuple(skipped))
        nodes = [node for article in found if article.id not in self._known for node in passages.split(article)]
        if not nodes:  # its articles were there before, in another order
            self.now = self.now.further(Progress(files=1, bytes=file.size))
            return
        self.new += nodes
        self._pending += map(partial(Pending, held, file.id), nodes, shares(file.size, len(nodes)))

    def _flush(self, number: int, progress: Callable[[Progress], object]) -> None:
        if number:
            self.now = self._write(self._pending[:number], self.now, progress)
            del self._pending[:number]


class _Pace:
    """Shows what was taken up every PAUSE seconds, or less often where that takes long."""

    def __init__(self, show: Callable[[], object]) -> None:
        self._show, self._next = show, time.monotonic() + PAUSE

    def is_due(self) -> bool:
        return time.monotonic() >= self._next

    def show(self) -> None:
        started = time.monotonic()
        self._show()
        ended = time.monotonic()
        self._next = ended + max(PAUSE, SHARE * (ended - started))

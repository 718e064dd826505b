"""Keep the passages and their vectors in Chroma, and keep Chroma equal to the folder of articles."""

import logging
import shutil
import threading
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from chromadb.api.client import Client
from chromadb.errors import NotFoundError
from llama_index.core.schema import MetadataMode, TextNode

from qa import articles, index_folder, passages
from qa.archive import FORMAT, PAGE, Archive, complete, read, row
from qa.articles import ArticleFile, Skipped
from qa.articles.worker import ahead, shared
from qa.chroma import ROOM, Place, finds_itself
from qa.errors import ArticlesError, DamagedIndex, StoreError, UnreadableFile
from qa.index_folder import Seal, check_database
from qa.models import Embedder
from qa.progress import Progress, shares

COLLECTION = "qa-articles"
BATCH = 256
"""Passages that are embedded and written at a time; Chroma takes at most 5,461."""

TOLD = 8
"""Passages after which it is told how far a sync is, about a tenth of a second's worth."""

REACH = 2_000
"""Neighbours that are asked for at most where many of them are passages that a sync has just written."""

UNFILTERED = 300
"""Neighbours among which those that pass a filter are picked here first: Chroma takes ten times as long to filter."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sync:
    """What a sync did, counted in articles; a changed one has the path of before and another text.

    `hidden` are the paths of new ones of which text that nobody sees was left out.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    passages: int = 0
    skipped: tuple[Skipped, ...] = ()
    hidden: tuple[str, ...] = ()


class Store:
    """The index: a Chroma collection in a folder that this process owns, or on a Chroma server.

    Raises IndexBusy when another process owns the folder, StaleIndex when the collection was made by other models
    or rules, DamagedIndex when its files are not as they were left.
    """

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        *,
        server: str = "",
        collection: str = COLLECTION,
        rebuild: bool = False,
    ) -> None:
        self._embedder, self._name = embedder, collection
        self._place = Place(folder, server)
        self._lock = None if server else index_folder.own(folder)
        self._client: Client | None = None
        self._archive: Archive | None = None
        self._reading = threading.Lock()
        self._strays: set[str] = set()  # passages in Chroma that are not part of the archive
        self._closed, self._url = False, ""
        try:
            try:
                self._open(rebuild)
            except DamagedIndex:
                if not rebuild:
                    raise
                self._place.clear()
                self._open(rebuild)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the index free for another process; whoever still asks this store gets a StoreError."""
        self._closed = True
        if self._client is not None:
            self._client.close()
        if self._lock is not None:
            self._lock.release()

    @property
    def archive(self) -> Archive:
        """The state that the last sync left: read from Chroma when it is asked for first, and the same until the next.

        Raises DamagedIndex when a text is not the one that was written.
        """
        with self._reading:
            if self._archive is None:
                with self._errors():
                    self._archive, self._strays = read(self._collection)
            return self._archive

    def count(self) -> int:
        """Return how many passages Chroma has."""
        with self._errors():
            return self._collection.count()

    def serving(self, url: str) -> None:
        """Let other processes that want the index know the address at which this one answers."""
        if self._lock is not None:
            self._url = url
            index_folder.tell(self._place.folder, url)

    def sync(
        self,
        folder: Path,
        *,
        limit_bytes: int = articles.LIMIT_BYTES,
        progress: Callable[[Progress], object] = lambda now: None,
        ready: Callable[[Archive], object] = lambda archive: None,
        may_empty: bool = False,
    ) -> Sync:
        """Make the index equal to the readable articles of `folder`; an unchanged one costs the hash of its file.

        `progress` is told how far it is, and may raise to end it; `ready` is called with the new state just before
        anybody sees it. Raises ArticlesError, and changes nothing, when the folder cannot
        be read or holds no readable article although the index has some, unless it `may_empty` it.
        """
        if self._lock is not None and self._place.is_gone():
            self._start_anew()
        found = Progress()

        def seen(size: int) -> None:
            nonlocal found
            found = found.further(Progress(files=1, bytes=size))
            progress(found)

        files, skipped = articles.list_files(folder, limit_bytes=limit_bytes, seen=seen)
        unreadable = self._without_news(folder, files, limit_bytes)
        if unreadable is not None:
            return Sync(unchanged=len(files) - len(unreadable), skipped=(*skipped, *unreadable))
        with self._errors():
            if self._collection.count() != len(self.archive.passages) + len(self._strays):
                # A sync failed or, on a server, another program has written.
                archive, self._strays = read(self._collection)
                ready(archive)
                self._archive = archive
        before = self.archive
        fresh = [file for file in files if file.id not in before.articles]
        gone = before.articles.keys() - {file.id for file in files}
        taken, unreadable, hidden = self._take_up(folder, fresh, limit_bytes, progress)
        if gone and not taken and len(gone) == len(before.articles) and not may_empty:
            raise ArticlesError(
                f"{folder} holds no article that can be read, but the index has {len(gone)}: nothing was changed. "
                "Check the folder; to start with an empty index, delete the index folder."
            )
        if taken or gone:
            kept = [node for node in before.passages if node.metadata["article"] not in gone]
            archive = Archive.of([*kept, *(node for nodes in taken.values() for node in nodes)])
            ready(archive)
            # Seen first and deleted then, so that whoever asks meanwhile has either the old state or the new one.
            self._archive = archive
            self._strays |= {node.node_id for node in before.passages if node.metadata["article"] in gone}
        self._finish()
        old, new = {before.articles[id_].path for id_ in gone}, {file.path for file in fresh if file.id in taken}
        changed = len(old & new)
        return Sync(
            added=len(taken) - changed,
            changed=changed,
            removed=len(gone) - changed,
            unchanged=len(before.articles) - len(gone),
            passages=sum(map(len, taken.values())),
            skipped=(*skipped, *unreadable),
            hidden=tuple(hidden),
        )

    def nearest(
        self, query: str, most: int, where: dict[str, Any] | None = None, among: Container[str] | None = None
    ) -> list[str]:
        """Return the ids of the passages nearest to the query, nearest first.

        `where` is a Chroma filter, `among` the ids that pass it in one state of the archive: while a sync runs, Chroma
        knows others too.
        """
        vector = self._embedder.get_query_embedding(query)
        asked, filter_ = (UNFILTERED, None) if where and among is not None else (most, where)
        while True:
            with self._errors():
                found = self._collection.query([vector], n_results=asked, where=filter_, include=[])["ids"][0]  # type: ignore[arg-type]
            known = [id_ for id_ in found if among is None or id_ in among][:most]
            if len(known) == most or len(found) < asked or (filter_ is where and asked >= REACH):
                return known
            asked, filter_ = (2 * asked, where) if filter_ is where else (most, where)

    def _without_news(self, folder: Path, files: Sequence[ArticleFile], limit_bytes: int) -> list[Skipped] | None:
        """Return the files that hold no article, if the index has all others; None if it must be brought up to date.

        Spares a process that only looks whether there is news the reading of the whole archive.
        """
        stopped = self._seal is not None and self._seal.writing
        with self._errors():
            kept = None if self._archive or stopped else complete(self._collection)
        if kept is None or not kept <= {file.id for file in files}:
            return None
        unreadable = []
        for file in files:
            if file.id not in kept:
                try:
                    shared().run(articles.read_article, folder, file, limit_bytes=limit_bytes)
                except UnreadableFile as error:
                    unreadable.append(Skipped(file.path, str(error)))
                else:
                    return None
        return unreadable

    def _take_up(
        self, folder: Path, fresh: Sequence[ArticleFile], limit_bytes: int, progress: Callable[[Progress], object]
    ) -> tuple[dict[str, list[TextNode]], list[Skipped], list[str]]:
        """Read, embed and write files; return the passages of each, those not read, those that hold hidden text."""
        taken: dict[str, list[TextNode]] = {}
        unreadable: list[Skipped] = []
        hidden: list[str] = []
        pending: list[tuple[TextNode, Progress]] = []  # passages to embed, and what each is of the whole
        if not fresh:
            return taken, unreadable, hidden
        now = Progress(of_files=len(fresh), of_bytes=sum(file.size for file in fresh))
        progress(now)
        read = partial(articles.read_article, folder, limit_bytes=limit_bytes)
        with closing(ahead(fresh, lambda file: file.size, read, tick=lambda: progress(now))) as reading:
            for file, awaited in reading:
                progress(now)
                try:
                    article = awaited()
                except UnreadableFile as error:
                    unreadable.append(Skipped(file.path, str(error)))
                    now = now.further(Progress(files=1, bytes=file.size))
                    continue
                hidden += [file.path] if article.has_hidden else []
                nodes = taken[file.id] = passages.split(article)
                pending += zip(nodes, shares(file.size, len(nodes)), strict=True)
                while len(pending) >= BATCH:
                    now = self._write(pending[:BATCH], now, progress)
                    del pending[:BATCH]
        if pending:
            now = self._write(pending, now, progress)
        progress(now)
        return taken, unreadable, hidden

    def _start_anew(self) -> None:
        """Make an empty index in the place of one that somebody deleted while it was in use."""
        log.warning("the index in %s was deleted: it is built again from the articles", self._place)
        if self._client is not None:
            self._client.close()
        if self._lock is not None:
            self._lock.release()
        self._lock = index_folder.own(self._place.folder)
        index_folder.tell(self._place.folder, self._url)
        with self._reading:
            self._open(rebuild=False)
            self._archive, self._strays = None, set()

    def _finish(self) -> None:
        """Delete what is not part of the archive, and seal what is."""
        with self._errors():
            strays = sorted(self._strays.difference(node.node_id for node in self.archive.passages))
            for start in range(0, len(strays), PAGE):
                with self._writing():
                    self._collection.delete(ids=strays[start : start + PAGE])
            self._strays = set()
            if self._seal is not None:
                self._seal.close()

    def _write(
        self, batch: Sequence[tuple[TextNode, Progress]], now: Progress, progress: Callable[[Progress], object]
    ) -> Progress:
        """Embed and store passages, and return how far that is."""
        vectors: list[list[float]] = []
        for start in range(0, len(batch), TOLD):
            some = batch[start : start + TOLD]
            texts = [node.get_content(MetadataMode.EMBED) for node, _ in some]
            vectors += self._embedder.get_text_embedding_batch(texts)
            now = now.further(*(share for _, share in some))
            if start + TOLD < len(batch):  # the last ones count when they are stored
                progress(now)
        nodes = [node for node, _ in batch]
        self._strays |= {node.node_id for node in nodes}
        with self._errors(), self._writing():
            self._collection.upsert(
                ids=[node.node_id for node in nodes],
                embeddings=np.array(vectors, np.float32),
                documents=[node.text for node in nodes],
                metadatas=[row(node) for node in nodes],
            )
        progress(now)
        return now

    def _open(self, rebuild: bool) -> None:
        with self._errors():
            self._seal = None if self._place.server else self._sealed(Seal(self._place.folder))
            self._client = self._place.connect()
            if rebuild:
                with self._writing(), suppress(NotFoundError):
                    self._client.delete_collection(self._name)
            rules = f"{articles.RULES} {passages.RULES}"
            made_by = {"embedder": self._embedder.fingerprint, "rules": rules, "format": FORMAT}
            self._collection = self._place.collection(self._client, self._name, made_by)
            if not finds_itself(self._collection):
                raise self._place.damaged("its vectors are not found")
            if self._seal is not None:
                self._seal.renew()

    def _sealed(self, seal: Seal) -> Seal:
        """Return the seal if the files are as it says, or a new one for no files if a stopped run left them torn."""
        check_database(self._place.folder)
        if seal.holds():
            return seal
        if not seal.writing:
            raise self._place.damaged("its files are not those that were written")
        log.warning("a run was stopped while the vectors of %s were being written: all are made again", self._place)
        self._place.clear()
        return Seal(self._place.folder)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Keep the seal true while Chroma writes, so that a stopped run can be told from damage."""
        if self._seal is None:
            yield
            return
        # Chroma overwrites its vectors in place: on a full disk they would be lost.
        missing = ROOM + self._seal.size() - shutil.disk_usage(self._place.folder).free
        if missing > 0:
            raise self._place.full(missing)
        self._seal.open()
        try:
            yield
        except KeyboardInterrupt:  # Ctrl+C arrives when Chroma is done, and what it wrote is whole
            self._seal.renew()
            raise
        self._seal.renew()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        if self._closed:
            raise StoreError(f"the index at {self._place} was closed by this program: open it again.")
        with self._place.errors():
            yield

"""Keep the passages and their vectors in Chroma, and keep Chroma equal to the folder of articles."""

import logging
import shutil
import threading
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection as Vectors
from chromadb.errors import NotFoundError
from llama_index.core.schema import MetadataMode, TextNode

from qa import articles, compaction, index_folder, passages
from qa.archive import FORMAT, PAGE, Archive, Taken, complete, read, row
from qa.articles import ArticleFile, Skipped
from qa.articles.article import file_of
from qa.articles.worker import shared
from qa.chroma import ROOM, Place, finds_itself
from qa.errors import ArticlesError, DamagedIndex, StoreError, UnreadableFile
from qa.index_folder import Seal, check_database
from qa.models import Embedder
from qa.progress import Progress
from qa.taking import Pending, Taking

COLLECTION = "qa-articles"
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
        self._collection: Vectors
        self._archive: Archive | None = None
        self._reading, self._gate = threading.Lock(), compaction.Gate()
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
                if self._lock is not None and self._place.is_gone():  # Chroma goes on with files that are deleted
                    raise self._place.gone()
                with self._errors():
                    self._archive, self._strays = read(self._collection)
            return self._archive

    @property
    def known(self) -> Archive:
        """The same, but nothing as long as it was not read: to be shown by whoever cannot wait."""
        return self._archive or Archive(())

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
        by_and_by: bool = False,
    ) -> Sync:
        """Make the index equal to the readable articles of `folder`; an unchanged one costs the hash of its file.

        `progress` is told how far it is, and may raise to end it; `ready` is called with the new state just before
        anybody sees it: once at the end or, `by_and_by`, each time that some articles are complete. Raises
        ArticlesError, and changes nothing, when the folder cannot be read or holds no readable article although the
        index has some, unless it `may_empty` it.
        """
        if self._lock is not None and self._place.is_gone():
            self._start_anew()
        found = Progress()

        def seen(size: int) -> None:
            nonlocal found
            found = found.further(Progress(files=1, bytes=size))
            progress(found)

        files, skipped = articles.list_files(folder, limit_bytes=limit_bytes, seen=seen)
        if unchanged := self._without_news(folder, files, limit_bytes):
            return replace(unchanged, skipped=(*skipped, *unchanged.skipped))
        with self._errors():
            if self._collection.count() != len(self.archive.passages) + len(self._strays):
                # A sync failed or, on a server, another program has written.
                archive, self._strays = read(self._collection)
                ready(archive)
                self._archive = archive
        before = self.archive
        fresh = [file for file in files if file.id not in before.files]
        taking = Taking(fresh, before.articles.keys(), self._write)

        def show() -> None:
            """Let what is complete be asked, and what waits for its newer version until that is there."""
            self._show(before, _held(before, files, taking.taken, taking.waiting()), taking.new, ready)

        taking.run(folder, limit_bytes, progress, show if by_and_by else None)
        now = _held(before, files, taking.taken)
        paths = _paths(now)
        gone = before.articles.keys() - paths.keys()
        if gone and not paths and not may_empty:
            raise ArticlesError(
                f"{folder} holds no article that can be read, but the index has {len(gone)}: nothing was changed. "
                "Check the folder; to start with an empty index, delete the index folder."
            )
        if taking.taken or gone:
            self._show(before, now, taking.new, ready)
            self._note(taking.taken, before)
        self._finish(lambda: progress(taking.now if fresh else found))
        added = paths.keys() - before.articles.keys()
        changed = len({before.articles[id_].path for id_ in gone} & {paths[id_] for id_ in added})
        return Sync(
            added=len(added) - changed,
            changed=changed,
            removed=len(gone) - changed,
            unchanged=len(before.articles) - len(gone),
            passages=len(taking.new),
            skipped=(*skipped, *(record for file in now.values() for record in file.skipped), *taking.left_out),
            hidden=tuple(taking.hidden),
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

    def _without_news(self, folder: Path, files: Sequence[ArticleFile], limit_bytes: int) -> Sync | None:
        """Return what a sync does if the index has all files that hold an article; None if it must be read for that.

        Spares a process that only looks whether there is news the reading of the whole archive.
        """
        stopped = self._seal is not None and self._seal.writing
        with self._errors():
            kept = None if self._archive or stopped else complete(self._collection)
        if kept is None or not kept.keys() <= {file.id for file in files}:
            return None
        unreadable = [record for file in kept.values() for record in file.skipped]
        for file in files:
            if file.id not in kept:
                try:
                    shared().run(articles.read_articles, folder, file, limit_bytes=limit_bytes)
                except UnreadableFile as error:
                    unreadable.append(Skipped(file.path, str(error)))
                else:
                    return None
        return Sync(unchanged=sum(len(file.paths) for file in kept.values()), skipped=tuple(unreadable))

    def _show(
        self, before: Archive, now: dict[str, Taken], new: Sequence[TextNode], ready: Callable[[Archive], object]
    ) -> None:
        """Let a state be seen: of the passages before and the new ones those of the files that it has."""
        paths = _paths(now)
        kept = [
            passages.moved(node, paths[node.metadata["article"]])
            for node in before.passages
            if node.metadata["article"] in paths
        ]
        archive = Archive.of([*kept, *new], now)
        ready(archive)
        # Seen first and deleted then, so that whoever asks meanwhile has either the old state or the new one.
        self._archive = archive
        known = {node.node_id for node in before.passages} | self._strays
        self._strays = known.difference(node.node_id for node in archive.passages)

    def _note(self, taken: Mapping[str, Taken], before: Archive) -> None:
        """Write of which file they are now, and where in it, to the articles that the index had before."""
        first = {n.metadata["article"]: n.node_id for n in before.passages if n.start_char_idx == 0}
        heads = [
            (first[id_], taken[file].head(file, id_)) for file in taken for id_ in taken[file].paths if id_ in first
        ]
        for start in range(0, len(heads), PAGE):
            with self._errors(), self._writing():
                ids, rows = zip(*heads[start : start + PAGE], strict=True)
                self._collection.update(ids=list(ids), metadatas=list(rows))

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

    def _finish(self, go_on: Callable[[], object]) -> None:
        """Delete what is not part of the archive, and seal what is."""
        with self._errors():
            strays = sorted(self._strays.difference(node.node_id for node in self.archive.passages))
            for start in range(0, len(strays), PAGE):
                with self._writing():
                    self._collection.delete(ids=strays[start : start + PAGE])
            self._strays = set()
        self._compact(go_on)
        with self._errors():
            if self._seal is not None:
                self._seal.close()

    def _compact(self, go_on: Callable[[], object]) -> None:
        """Give back the space of deleted passages where there is much of it, and room to do so."""
        seal, folder = self._seal, self._place.folder
        if seal is None:
            return
        with self._gate.alone(), self._place.errors():
            is_copied, is_cleaned = compaction.is_wasteful(folder, self._name, self._collection.count())
            size = seal.size() + (folder / index_folder.DATABASE).stat().st_size
        if not (is_copied or is_cleaned) or shutil.disk_usage(folder).free < ROOM + 2 * size:
            return
        if is_copied:
            self._copy(seal, go_on)
        with self._gate.alone(), self._place.errors(), self._writing():
            if is_copied:
                self._chroma.delete_collection(self._name)
                compaction.settle(self._chroma, self._name)
            self._clean(seal)
            self._collection = self._chroma.get_collection(self._name, embedding_function=None)
            if not finds_itself(self._collection):  # Chroma writes its files anew when it is first asked
                raise self._place.damaged("its vectors are not found")

    def _copy(self, seal: Seal, go_on: Callable[[], object]) -> None:
        """Copy the collection; until the copy is whole, only the files of before count."""
        name = self._name + compaction.COPY
        with self._errors(), self._writing():
            with suppress(NotFoundError):
                self._chroma.delete_collection(name)
            seal.limit(seal.folders())
            new = self._place.collection(self._chroma, name, self._collection.metadata)
            number = self._collection.count()
        try:
            for start in range(0, number, compaction.PAGE):
                go_on()
                with self._errors():
                    compaction.copy(self._collection, new, start)
        except BaseException:
            self._chroma.delete_collection(name)
            raise
        finally:
            seal.limit(None)

    @property
    def _chroma(self) -> Client:
        if self._client is None:
            raise StoreError(f"the index at {self._place} is not open: open it again.")
        return self._client

    def _clean(self, seal: Seal) -> None:
        self._chroma.close()
        compaction.clean(self._place.folder, seal)
        self._client = self._place.connect()

    def _write(self, batch: Sequence[Pending], now: Progress, progress: Callable[[Progress], object]) -> Progress:
        """Embed and store passages, and return how far that is."""
        vectors: list[list[float]] = []
        for start in range(0, len(batch), TOLD):
            some = batch[start : start + TOLD]
            texts = [one.node.get_content(MetadataMode.EMBED) for one in some]
            vectors += self._embedder.get_text_embedding_batch(texts)
            now = now.further(*(one.share for one in some))
            if start + TOLD < len(batch):  # the last ones count when they are stored
                progress(now)
        nodes = [one.node for one in batch]
        self._strays |= {node.node_id for node in nodes}
        with self._errors(), self._writing():
            self._collection.upsert(
                ids=[node.node_id for node in nodes],
                embeddings=np.array(vectors, np.float32),
                documents=[node.text for node in nodes],
                metadatas=[row(one.node, one.file.head(one.id, one.node.metadata["article"])) for one in batch],
            )
        progress(now)
        return now

    def _open(self, rebuild: bool) -> None:
        with self._errors():
            self._seal = None if self._place.server else self._sealed(Seal(self._place.folder))
            self._client = self._place.connect()
            was_copying = self._seal is not None and compaction.settle(self._chroma, self._name)
            if rebuild:
                with self._writing(), suppress(NotFoundError):
                    self._chroma.delete_collection(self._name)
            if self._seal is not None and (was_copying or rebuild or self._seal.only is not None):
                self._clean(self._seal)
            rules = f"{articles.RULES} {passages.RULES}"
            made_by = {"embedder": self._embedder.fingerprint, "rules": rules, "format": FORMAT}
            self._collection = self._place.collection(self._chroma, self._name, made_by)
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
        with self._gate.shared(), self._place.errors():
            yield


def _held(
    before: Archive, files: Sequence[ArticleFile], taken: Mapping[str, Taken], waiting: Collection[str] = ()
) -> dict[str, Taken]:
    """Return what the files hold, by their ids, and of those that are `waiting` to be read what they held before."""
    held = {id_: before.files[id_] for id_ in before.files if waiting and _is_of(before.files[id_], waiting)}
    states = {**before.files, **taken}
    return held | {file.id: states[file.id] for file in files if file.id in states}


def _is_of(file: Taken, paths: Collection[str]) -> bool:
    return any(file_of(path) in paths for path in file.paths.values())


def _paths(held: Mapping[str, Taken]) -> dict[str, str]:
    """Return the paths of all articles by their ids."""
    return {id_: path for file in held.values() for id_, path in file.paths.items()}

"""Keep the passages and their vectors in Chroma, and keep Chroma equal to the folder of articles."""

import os
import re
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlparse

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import NotFoundError
from filelock import FileLock, Timeout
from llama_index.core.schema import MetadataMode, TextNode

from qa import articles, passages
from qa.archive import Archive
from qa.articles import Skipped
from qa.errors import (
    ArticlesError,
    DamagedIndex,
    IndexBusy,
    QaError,
    SettingsError,
    StaleIndex,
    StoreError,
    UnreadableFile,
)
from qa.models import Embedder

COLLECTION = "qa-articles"
BATCH = 256
"""Passages that are embedded and written at a time; Chroma takes at most 5,461."""

PAGE = 5_000
"""Rows that are read at a time."""

FORMAT = "1"
"""Of the rows in Chroma; a change makes older indexes stale."""

_SEGMENT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The folders in which Chroma keeps its vectors."""


@dataclass(frozen=True, slots=True)
class Sync:
    """What a sync did, counted in articles."""

    added: int = 0
    removed: int = 0
    unchanged: int = 0
    passages: int = 0
    skipped: tuple[Skipped, ...] = ()


class Store:
    """The index: a Chroma collection in a folder that this process owns, or on a Chroma server.

    Raises IndexBusy when another process owns the folder, StaleIndex when the collection was made by other models
    or rules, DamagedIndex when its files do not read.
    """

    archive: Archive
    _incomplete: set[str]

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
        self._place = server or str(folder)
        self._lock = None if server else _own(folder)
        self._client: Client | None = None
        self._closed = False
        try:
            try:
                self._open(folder, server, rebuild)
            except DamagedIndex:
                if not rebuild:
                    raise
                _delete_files(folder)
                self._open(folder, server, rebuild)
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

    def sync(
        self,
        folder: Path,
        *,
        limit_bytes: int = articles.LIMIT_BYTES,
        progress: Callable[[int, int], object] = lambda done, total: None,
    ) -> Sync:
        """Make the index equal to the readable articles of `folder`; an unchanged one costs the hash of its file.

        `progress` is told how many of the new articles are done, and how many there are. Raises ArticlesError, and
        changes nothing, when the folder cannot be read or holds no readable article although the index has some.
        """
        files, skipped = articles.list_files(folder, limit_bytes=limit_bytes)
        wanted = {file.id: file for file in files}
        stored = self.archive.articles.keys()
        fresh = [file for file in files if file.id not in stored]
        unreadable = [*skipped]
        added = written = 0
        batch: list[TextNode] = []
        for done, file in enumerate(fresh):
            progress(done, len(fresh))
            try:
                batch += passages.split(articles.read_article(folder, file, limit_bytes=limit_bytes))
                added += 1
            except UnreadableFile as error:
                unreadable.append(Skipped(file.path, str(error)))
            if len(batch) >= BATCH:
                written += self._write(batch)
                batch = []
        written += self._write(batch)
        progress(len(fresh), len(fresh))
        gone = stored - wanted.keys()
        if gone and not added and len(gone) == len(stored):
            raise ArticlesError(
                f"{folder} holds no article that can be read, but the index has {len(stored)}: nothing was changed. "
                "Check the folder; to start with an empty index, delete the index folder."
            )
        with self._chroma_errors():
            for article in sorted(gone | (self._incomplete - wanted.keys())):
                self._collection.delete(where={"article": article})
            if added or gone or self._incomplete or len(self.archive.passages) != self._collection.count():
                self.archive, self._incomplete = self._read()
        return Sync(added, len(gone), len(stored) - len(gone), written, tuple(unreadable))

    def nearest(self, query: str, most: int, where: dict[str, Any] | None = None) -> list[str]:
        """Return the ids of the passages nearest to the query, nearest first; `where` is a Chroma filter."""
        vector = self._embedder.get_query_embedding(query)
        with self._chroma_errors():
            found = self._collection.query([vector], n_results=most, where=where, include=[])  # type: ignore[arg-type]
        return found["ids"][0]

    def _write(self, nodes: Sequence[TextNode]) -> int:
        """Embed and store passages; a longer batch than Chroma takes (one huge article) goes in parts."""
        for start in range(0, len(nodes), BATCH):
            part = nodes[start : start + BATCH]
            vectors = self._embedder.get_text_embedding_batch([n.get_content(MetadataMode.EMBED) for n in part])
            with self._chroma_errors():
                self._collection.upsert(
                    ids=[node.node_id for node in part],
                    embeddings=np.array(vectors, np.float32),
                    documents=[node.text for node in part],
                    metadatas=[{**n.metadata, "start": n.start_char_idx or 0, "day": day_number(n)} for n in part],
                )
        return len(nodes)

    def _open(self, folder: Path, server: str, rebuild: bool) -> None:
        with self._chroma_errors():
            self._client = _connect(folder, server)
            self._collection = self._collect(self._client, rebuild)
            self.archive, self._incomplete = self._read()

    def _collect(self, client: Client, rebuild: bool) -> Collection:
        made_by = {
            "embedder": self._embedder.fingerprint,
            "rules": f"{articles.RULES} {passages.RULES}",
            "format": FORMAT,
        }
        try:
            if rebuild:
                client.delete_collection(self._name)
            collection = client.get_collection(self._name, embedding_function=None)
        except NotFoundError:
            return client.create_collection(
                self._name, metadata=made_by, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        then = collection.metadata or {}
        if "format" not in then:
            raise StoreError(
                f"{self._place} holds a collection {self._name} that is not of this program: choose another."
            )
        for name, now in made_by.items():
            if then.get(name) != now:
                raise StaleIndex(
                    f"{self._place} was built with {name} {str(then.get(name))[:24]}, this version uses {now[:24]}: "
                    f"run {self._mend()} to build it again from the articles."
                )
        return collection

    def _read(self) -> tuple[Archive, set[str]]:
        """Return the complete articles' passages, and the ids of articles of which a crash left only a part."""
        rows: list[TextNode] = []
        for offset in range(0, self._collection.count(), PAGE):
            page = self._collection.get(limit=PAGE, offset=offset, include=["documents", "metadatas"])
            for text, metadata in zip(page["documents"] or [], page["metadatas"] or [], strict=True):
                kept: dict[str, Any] = {k: v for k, v in metadata.items() if k not in ("start", "day")}
                rows.append(passages.passage(text, int(str(metadata["start"])), kept))
        stored = Counter(node.metadata["article"] for node in rows)
        whole = [node for node in rows if stored[node.metadata["article"]] == node.metadata["passages"]]
        whole.sort(key=lambda node: (node.metadata["path"], node.metadata["article"], node.start_char_idx))
        return Archive(tuple(whole)), stored.keys() - {node.metadata["article"] for node in whole}

    @contextmanager
    def _chroma_errors(self) -> Iterator[None]:
        """Turn what Chroma raises into the errors of the index."""
        if self._closed:
            raise StoreError(f"the index at {self._place} was closed by this program: open it again.")
        try:
            yield
        except (QaError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except OSError as error:
            raise StoreError(f"the index at {self._place} cannot be used: {error}.") from error
        except BaseException as error:  # Chroma's Rust core panics with a BaseException on damaged files
            if self._lock is None:
                raise StoreError(
                    f"the Chroma server at {self._place} does not answer as it should ({_brief(error)}): "
                    "check CHROMA_URL and that the server runs, or unset it to use the index in a folder."
                ) from error
            if "disk is full" in str(error) or "No space left" in str(error):
                raise StoreError(
                    f"the disk of {self._place} is full: make room and run it again; what was stored is kept."
                ) from error
            raise DamagedIndex(
                f"the index in {self._place} cannot be read ({_brief(error)}): run {self._mend()} to build it again "
                "from the articles, which are untouched."
            ) from error

    def _mend(self) -> str:
        where = "" if self._lock is None else f" --index {shlex.quote(self._place)}"
        return f"`qa index YOUR_ARTICLES --rebuild{where}`"


def day_number(node: TextNode) -> int:
    """Return the publication date of a passage's article as YYYYMMDD, which Chroma can compare; 0 if undated."""
    return int(node.metadata["published"].replace("-", "") or 0)


def _own(folder: Path) -> FileLock:
    """Take the lock of an index folder; the operating system drops it when this process ends, however it ends."""
    owner = folder / ".owner"
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        owner.write_text(f"process {os.getpid()} ({Path(sys.argv[0]).name} {' '.join(sys.argv[1:2])})".strip())
    except Timeout:
        who = owner.read_text() if owner.is_file() else "another process"
        raise IndexBusy(
            f"the index in {folder} is in use by {who}: ask there, or stop it, or let several programs share one "
            "index by running a Chroma server and setting CHROMA_URL."
        ) from None
    except OSError as error:
        lock.release()
        raise StoreError(
            f"the index folder {folder} cannot be written ({error.strerror}): make it writable, or choose another "
            "with --index or QA_INDEX."
        ) from error
    return lock


def _delete_files(folder: Path) -> None:
    """Delete what Chroma wrote in a folder, and nothing else that may lie there."""
    for entry in folder.iterdir():
        if entry.name.startswith("chroma.sqlite3"):
            entry.unlink()
        elif entry.is_dir() and _SEGMENT.fullmatch(entry.name):
            shutil.rmtree(entry)


def _connect(folder: Path, server: str) -> Client:
    settings = ChromaSettings(anonymized_telemetry=False)
    if not server:
        try:
            return cast(Client, chromadb.PersistentClient(str(folder), settings))
        except BaseException:
            # Chroma keeps a client that failed to start, and would give it to whoever tries again after a repair.
            SharedSystemClient._identifier_to_system.pop(str(folder), None)
            raise
    address = urlparse(server)
    if address.scheme not in ("http", "https") or not address.hostname or "@" in server or address.path.strip("/"):
        raise SettingsError(
            "CHROMA_URL must be an address like http://localhost:8000, without a name, a password or a path."
        )
    secure = address.scheme == "https"
    port = address.port or (443 if secure else 80)
    return cast(
        Client,
        chromadb.HttpClient(address.hostname, port, secure, settings=settings),
    )


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

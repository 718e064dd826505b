"""Give back the space of deleted passages: Chroma takes neither vectors nor words nor pages out of its files.

The passages that are left are copied into a collection beside the old one, which is then deleted. Whenever a run is
stopped, one of the two is whole: `settle` tells which. Measured with Chroma 1.5.9: the vectors keep their places in
data_level0.bin for ever, and deleted words theirs in the full-text index, until it is optimized, and the file, until it
is vacuumed; the folder of a deleted collection stays (chroma-core/chroma#5259).
"""

import shutil
import sqlite3
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection

from qa.index_folder import DATABASE, SEGMENT, Seal

COPY = ".copy"
"""Follows the name of a collection in that of its copy."""

WASTED = 0.25
"""Share of the vectors, or of the pages of the database, that may be of deleted passages.

With the words of these, which are not counted, an index stays below 1.5 times one that is made anew.
"""

FEWEST, SMALLEST = 64, 1_000_000
"""Vectors, and bytes of pages, of deleted passages that are not worth it."""

PAGE = 250
"""Passages that are copied at a time."""


class Gate:
    """Lets any number of threads use the client at a time, or one alone, which takes it away from the others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0

    @contextmanager
    def shared(self) -> Iterator[None]:
        with self._changed:
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody is inside, and keep everybody else out; never to be entered from inside."""
        with self._changed:
            self._changed.wait_for(lambda: not self._inside)
            yield


def is_wasteful(folder: Path, name: str, live: int) -> tuple[bool, bool]:
    """Return whether a collection of `live` passages should be copied, and whether the database should be vacuumed.

    Neither where the tables are not those that we know. Nobody else may use Chroma meanwhile: the locks of SQLite do
    not hold between two copies of it in one process.
    """
    segments = "FROM segments JOIN collections ON collection = collections.id WHERE scope = 'VECTOR' AND name = ?"
    queue = "FROM embeddings_queue WHERE topic LIKE '%/' || (SELECT id FROM collections WHERE name = ?)"
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        try:
            vectors = database.execute(f"SELECT segments.id {segments}", [name]).fetchall()
            (written,) = database.execute(f"SELECT count(*) {queue}", [name]).fetchone()
        except sqlite3.OperationalError:
            return False, False
        free, pages, size = (
            database.execute(f"PRAGMA {what}").fetchone()[0] for what in ("freelist_count", "page_count", "page_size")
        )
    for (segment,) in vectors:
        written += _vectors(folder / segment / "header.bin")
    wasted = written - live
    return wasted > max(FEWEST, WASTED * written), free * size > max(SMALLEST, WASTED * pages * size)


def _vectors(header: Path) -> int:
    """Return how many vectors are in the files of a header, deleted ones too; 0 if it is of no kind that we know."""
    data = header.read_bytes() if header.exists() else b""
    # Of hnswlib, as Chroma 0.4 to 1.5 writes it: its version, an offset, the room, and the number of vectors.
    return int(struct.unpack_from("<iQQQ", data)[3]) if len(data) == 100 else 0


def copy(old: Collection, new: Collection, start: int) -> None:
    """Copy one page of passages with their vectors."""
    page = old.get(limit=PAGE, offset=start, include=["embeddings", "documents", "metadatas"])
    new.upsert(page["ids"], page["embeddings"], page["metadatas"], page["documents"])


def settle(client: Client, name: str) -> bool:
    """Finish or undo a copy that was stopped, and return whether there was one."""
    names = {collection.name for collection in client.list_collections()}
    if name + COPY not in names:
        return False
    if name in names:
        client.delete_collection(name + COPY)
    else:  # the old one is deleted only when the copy is whole
        client.get_collection(name + COPY, embedding_function=None).modify(name=name)
    return True


def clean(folder: Path, seal: Seal) -> None:
    """Shrink the database, and remove the folders of collections that were deleted; no client may be open."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        live = {segment for (segment,) in database.execute("SELECT id FROM segments")}
        with suppress(sqlite3.OperationalError):  # another version of Chroma may keep its words elsewhere
            database.execute("INSERT INTO embedding_fulltext_search(embedding_fulltext_search) VALUES ('optimize')")
        database.commit()
        database.execute("VACUUM")
    seal.limit(live)
    for place in folder.iterdir():
        if place.is_dir() and SEGMENT.fullmatch(place.name) and place.name not in live:
            shutil.rmtree(place)
    seal.limit(None)

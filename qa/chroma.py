"""Open Chroma, in a folder or on a server, and turn whatever it raises into the errors of the index."""

import math
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urlparse

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateHNSWConfiguration
from chromadb.api.models.Collection import Collection
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import NotFoundError

from qa.errors import DamagedIndex, QaError, SettingsError, StaleIndex, StoreError, unwritable
from qa.index_folder import DATABASE, SEAL, SEGMENT

HNSW: CreateHNSWConfiguration = {"space": "cosine"}
"""Of Chroma's search for neighbours; the rest is its default."""

ROOM = 32_000_000
"""Bytes that must be free on the disk before a batch is written, besides as many as Chroma may write anew."""

_UNWRITABLE = re.compile(r"(?i)readonly database|unable to open database file|read-only file|permission denied")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an index is: in a folder, or on the Chroma server at an address."""

    folder: Path
    server: str

    def __str__(self) -> str:
        return self.server or str(self.folder)

    def connect(self) -> Client:
        """Return a client; raises SettingsError for an address that is none, and what Chroma raises."""
        settings = ChromaSettings(anonymized_telemetry=False)
        if not self.server:
            try:
                return cast(Client, chromadb.PersistentClient(str(self.folder), settings))
            except BaseException:
                # Chroma keeps a client that failed to start, and would give it to whoever tries again after a repair.
                SharedSystemClient._identifier_to_system.pop(str(self.folder), None)
                raise
        address = urlparse(self.server)
        has_more = "@" in self.server or address.path.strip("/")
        if address.scheme not in ("http", "https") or not address.hostname or has_more:
            raise SettingsError(
                "CHROMA_URL must be an address like http://localhost:8000, without a name, a password or a path."
            )
        secure = address.scheme == "https"
        port = address.port or (443 if secure else 80)
        return cast(Client, chromadb.HttpClient(address.hostname, port, secure, settings=settings))

    def collection(self, client: Client, name: str, made_by: Mapping[str, str]) -> Collection:
        """Return a collection that was `made_by` these models and rules, a new one if there is none of this name.

        Raises StaleIndex when it was made by others, StoreError when it is not of this program.
        """
        try:
            collection = client.get_collection(name, embedding_function=None)
        except NotFoundError:
            return client.create_collection(
                name, metadata=dict(made_by), embedding_function=None, configuration={"hnsw": HNSW}
            )
        then = collection.metadata or {}
        if "format" not in then:
            raise StoreError(f"{self} holds a collection {name} that is not of this program: choose another.")
        for what, now in made_by.items():
            if then.get(what) != now:
                raise StaleIndex(
                    f"{self} was built with {what} {str(then.get(what))[:24]}, this version uses {now[:24]}: "
                    f"run {self.rebuild()} to build it again from the articles."
                )
        return collection

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what Chroma, its database and the disk raise into StoreError or DamagedIndex."""
        try:
            yield
        except (QaError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except OSError as error:
            if self.is_gone():
                raise self.gone() from error
            raise StoreError(f"the index in {self} cannot be used: {unwritable(error)}.") from error
        except BaseException as error:  # Chroma's Rust core panics with a BaseException on damaged files
            said = " ".join(str(error).split())[:200] or type(error).__name__
            if self.server:
                raise StoreError(
                    f"the Chroma server at {self} does not answer as it should ({said}): "
                    "check CHROMA_URL and that the server runs, or unset it to use the index in a folder."
                ) from error
            if self.is_gone():
                raise self.gone() from error
            if "disk is full" in str(error) or "No space left" in str(error):
                raise self.full() from error
            if _UNWRITABLE.search(str(error)):
                raise StoreError(
                    f"the index folder {self} cannot be written ({said}): make it writable and run it again; what was "
                    "stored is kept."
                ) from error
            raise self.damaged(said) from error

    def full(self, missing: int = ROOM) -> StoreError:
        """Return the error for a disk that lacks so many bytes of room."""
        room = f"free {math.ceil(missing / 1e6)} MB"
        return StoreError(f"no space left on the disk of {self}: {room} and run it again; what was stored is kept.")

    def is_gone(self) -> bool:
        """Whether the folder has no database any more."""
        return not self.server and not (self.folder / DATABASE).exists()

    def gone(self) -> StoreError:
        """Return the error for an index that was deleted while it was in use."""
        return StoreError(
            f"the index in {self} was deleted while it was in use: `qa serve` builds it again from the articles within "
            "a minute, other commands when they are run again."
        )

    def damaged(self, cause: str) -> DamagedIndex:
        """Return the error for files that are not as they were left."""
        return DamagedIndex(
            f"the index in {self} is damaged ({cause}): run {self.rebuild()} to build it again from the articles, "
            "which are untouched."
        )

    def rebuild(self) -> str:
        """Return the command that builds the index again."""
        return f"`qa index YOUR_ARTICLES --rebuild{'' if self.server else f' --index {shlex.quote(str(self))}'}`"

    def clear(self) -> None:
        """Delete what Chroma and this program wrote in the folder, and nothing else that may lie there."""
        # The seal last: what is left without it would be taken for sound.
        for entry in sorted(self.folder.iterdir(), key=lambda entry: entry.name.startswith(SEAL)):
            if entry.name.startswith((DATABASE, SEAL)):
                entry.unlink()
            elif entry.is_dir() and SEGMENT.fullmatch(entry.name):
                shutil.rmtree(entry)


def finds_itself(collection: Collection) -> bool:
    """Whether the search finds three rows, from its beginning, middle and end, nearest to their own vectors."""
    number = collection.count()
    for offset in {0, number // 2, number - 1} if number else ():
        row = collection.get(limit=1, offset=offset, include=["embeddings"])
        found = collection.query(np.array(row["embeddings"], np.float32), n_results=1, include=["distances"])
        distances = np.array(found["distances"])
        if distances.shape != (1, 1) or not abs(distances[0, 0]) < 1e-3:
            return False
    return True

"""The folder of the index: one process owns it at a time, and damage is found before Chroma reads.

Chroma writes its vectors in place and reads them unchecked: from garbled files it answers wrongly or ends the process.
"""

import hashlib
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from filelock import FileLock, Timeout

from qa.errors import IndexBusy, StoreError, unwritable

LOCK = ".lock"
OWNER = ".owner"


def own(folder: Path) -> FileLock:
    """Take the lock of an index folder; the operating system drops it when this process ends, however it ends.

    Raises IndexBusy when another process has it, StoreError when the folder cannot be written.
    """
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        tell(folder)
    except Timeout:
        raise IndexBusy(_busy(folder)) from None
    except OSError as error:
        lock.release()
        raise StoreError(
            f"the index folder {folder} cannot be written: {unwritable(error)}, or choose another with --index or "
            "QA_INDEX."
        ) from error
    return lock


def tell(folder: Path, url: str = "") -> None:
    """Write beside the lock who this process is and, if it serves a page, where."""
    command = f"{Path(sys.argv[0]).name} {' '.join(sys.argv[1:2])}".strip()
    draft = folder / f"{OWNER}.new"
    draft.write_text(json.dumps({"process": os.getpid(), "command": command, "url": url}), encoding="utf-8")
    draft.replace(folder / OWNER)  # in one step, so that nobody reads half of it


def _busy(folder: Path) -> str:
    try:
        owner = json.loads((folder / OWNER).read_text(encoding="utf-8"))
        who, url = f"process {owner['process']} ({owner['command']})", owner["url"]
    except (OSError, ValueError, TypeError, KeyError):  # its owner is just writing it, or somebody deleted it
        who, url = "another process", ""
    where = f", which answers at {url} and takes up new and changed articles by itself: ask there" if url else ": wait"
    return (
        f"the index in {folder} is in use by {who}{where}, or stop it, or build another with --index or QA_INDEX, "
        "or let any number of programs share one by running a Chroma server and setting CHROMA_URL."
    )


DATABASE = "chroma.sqlite3"
SEAL = ".seal"

SEGMENT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The folders in which Chroma keeps its vectors."""


class Seal:
    """The sha256 of each vector file, in a file beside them, and whether a run is writing.

    `writing` tells whether a run was stopped before its end, `exists` whether there is a seal at all, `only` which of
    Chroma's folders count, None for all: what is being made or deleted beside them may be torn.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._hashes: dict[str, str] = {}
        self._seen: dict[str, tuple[int, int]] = {}
        self.exists, self.writing = False, False
        self.only: frozenset[str] | None = None
        try:
            said = json.loads((folder / SEAL).read_text(encoding="utf-8"))
            self._hashes, self.writing, self.exists = dict(said["files"]), bool(said["writing"]), True
            self.only = None if said.get("only") is None else frozenset(said["only"])
        except FileNotFoundError:
            pass
        except (ValueError, TypeError, KeyError):  # no seal of ours: then nothing matches it
            self._hashes, self.exists = {"": ""}, True

    def holds(self) -> bool:
        """Whether there is a database, and the vector files are those that were sealed; True if none were."""
        database = self._folder / DATABASE
        is_there = database.exists() and database.stat().st_size > 0
        seen = self._stat()
        if self.exists and (not is_there or self._hash() != self._hashes):
            return False
        self._seen = seen if self.exists else {}
        return True

    def open(self) -> None:
        """Note that a run begins to write."""
        if not (self.exists and self.writing):
            self._put(writing=True)

    def renew(self) -> None:
        """Take in what Chroma wrote since: to be called after each write, so that a later stop is told from damage."""
        if self._stat() != self._seen:
            self._put(writing=self.writing)

    def close(self) -> None:
        """Note that the run came to its end."""
        if self.writing or not self.exists or self._stat() != self._seen:
            self._put(writing=False)

    def limit(self, only: Iterable[str] | None) -> None:
        """Let these of Chroma's folders count from now on, or all of them again."""
        self.only = None if only is None else frozenset(only)
        self._put(writing=self.writing)

    def folders(self) -> set[str]:
        """The names of Chroma's folders that count."""
        return {file.parent.name for file in self._files()}

    def size(self) -> int:
        """Bytes of the vector files."""
        return sum(file.stat().st_size for file in self._files())

    def _put(self, *, writing: bool) -> None:
        seen = self._stat()
        if seen != self._seen:
            self._hashes, self._seen = self._hash(), seen
        draft = self._folder / f"{SEAL}.new"
        with draft.open("w", encoding="utf-8") as file:
            only = None if self.only is None else sorted(self.only)
            json.dump({"writing": writing, "files": self._hashes, "only": only}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / SEAL)
        self.exists, self.writing = True, writing

    def _files(self) -> list[Path]:
        files = [f for f in sorted(self._folder.glob("*/*")) if SEGMENT.fullmatch(f.parent.name) and f.is_file()]
        return [file for file in files if self.only is None or file.parent.name in self.only]

    def _stat(self) -> dict[str, tuple[int, int]]:
        return {self._name(f): (f.stat().st_size, f.stat().st_mtime_ns) for f in self._files()}

    def _hash(self) -> dict[str, str]:
        hashes = {}
        for path in self._files():
            with path.open("rb") as file:
                hashes[self._name(path)] = hashlib.file_digest(file, "sha256").hexdigest()
        return hashes

    def _name(self, file: Path) -> str:
        return file.relative_to(self._folder).as_posix()


def check_database(folder: Path) -> None:
    """Raise sqlite3.DatabaseError unless every page of Chroma's database, if there is one, is sound."""
    file = folder / DATABASE
    if file.exists():
        with closing(sqlite3.connect(file)) as database:
            (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise sqlite3.DatabaseError(said)

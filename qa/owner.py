"""Let one process at a time own an index folder, and let the others know who it is."""

import json
import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from qa.errors import IndexBusy, StoreError

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
            f"the index folder {folder} cannot be written ({error.strerror}): make it writable, or choose another "
            "with --index or QA_INDEX."
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
        f"the index in {folder} is in use by {who}{where}, or stop it, or let any number of programs share one index "
        "by running a Chroma server and setting CHROMA_URL."
    )

"""Follow the folder of articles: what is added, changed or deleted is taken up in the background within seconds."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import watch

from qa.errors import QaError
from qa.progress import Progress

if TYPE_CHECKING:
    from qa.chain import Chain
    from qa.store import Sync

QUIET_MS = 300
"""A file that was changed a moment ago may still be written: so long must nothing have happened."""

LONGEST_MS = 1_600
"""But not longer than this, where something happens all the time."""

TICK_MS = 1_000
"""So often somebody looks whether the folder is still the same one."""

CHECK_SECONDS = 60.0
"""The whole folder is looked through so often, because network folders tell nobody what changed in them."""

CHECK_SHARE = 20
"""And no more often than this many times what it takes."""

log = logging.getLogger(__name__)


def follow(
    chain: "Chain",
    on_change: Callable[["Sync"], object] = lambda done: None,
    *,
    on_first: Callable[["Sync"], object] = lambda done: None,
    progress: Callable[[Progress], object] = lambda now: None,
) -> Callable[[], None]:
    """Keep the index equal to the folder of articles from now on, in a thread; return the function that ends it.

    `on_change` is called there after each sync that changed something, `on_first` after the first one in any case;
    `progress` is told how far each is. Errors are logged, and it goes on. The function that ends it waits for the
    passages that are being written; what is left is taken up by the next run.
    """
    stop = threading.Event()
    first = [on_first]

    def done(sync: "Sync") -> None:
        if first:
            first.pop()(sync)
        if sync.added or sync.changed or sync.removed:
            log.info("took up %d added, %d changed, %d removed", sync.added, sync.changed, sync.removed)
            on_change(sync)

    def go_on(now: Progress) -> None:
        if stop.is_set():
            raise _Stopped
        progress(now)

    thread = threading.Thread(target=_follow, args=(chain, go_on, done, stop), name="qa-watch", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join()

    return end


class _Stopped(Exception):
    """The sync was ended because the program ends."""


def _follow(
    chain: "Chain", go_on: Callable[[Progress], object], done: Callable[["Sync"], object], stop: threading.Event
) -> None:
    folder = chain.settings.articles.resolve()
    known: set[str] | None = None  # troubles of the sync before, so that a lasting one is told once
    while not stop.is_set():
        started, took, place = time.monotonic(), 0.0, _identity(folder)
        trouble = "" if place else f"there is no folder {folder} at present: it is waited for."
        try:
            for changes in watch(
                folder,
                watch_filter=lambda _, path: _is_read(folder, path),
                debounce=LONGEST_MS,
                step=QUIET_MS,
                rust_timeout=TICK_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=True,
                stop_event=stop,
            ):
                if changes or not took:  # at first, for what happened before anybody watched
                    before = time.monotonic()
                    known = _sync(chain, go_on, done, known, trouble)
                    took = time.monotonic() - before
                # A folder that took the place of another is not the one that is watched.
                if _identity(folder) != place or time.monotonic() - started > max(CHECK_SECONDS, CHECK_SHARE * took):
                    break
        except (OSError, RuntimeError) as error:  # such as more folders than the system watches for one user
            trouble = f"changes in {folder} are not reported ({error}): it is looked through now and then instead."
            known = _sync(chain, go_on, done, known, trouble)
            stop.wait(CHECK_SECONDS / 6)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _sync(
    chain: "Chain",
    go_on: Callable[[Progress], object],
    done: Callable[["Sync"], object],
    known: set[str] | None,
    trouble: str,
) -> set[str]:
    """Sync, log the troubles that are not known yet, and return those of now."""
    troubles, skipped = {trouble} - {""}, set()
    try:
        sync = chain.sync(go_on, by_and_by=True)
        skipped = {f"skipped {file.path}: {file.reason}" for file in sync.skipped}
        done(sync)
    except _Stopped:
        pass
    except QaError as error:
        troubles.add(str(error))
    except Exception:
        log.exception("the folder of articles could not be taken up")
    # Files that were skipped from the start were told of when the program started.
    for message in sorted((troubles | skipped) - known if known is not None else troubles):
        log.warning(message)
    return troubles | skipped


def _is_read(folder: Path, path: str) -> bool:
    """Whether a path is one that is listed: nothing hidden, such as an index inside the folder."""
    place = Path(path)
    return not (place.is_relative_to(folder) and any(p.startswith(".") for p in place.relative_to(folder).parts))

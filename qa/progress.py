"""How far the taking up of articles is: one value that the store tells, and the terminal and the page show."""

import time
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TextIO


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is, from the first file that it looks at to the last passage that it writes.

    `of_files` and `of_bytes` are those of the new files, and 0 while the folder is still looked through: then `files`
    and `bytes` count what was found in it so far. After that a file is counted once its last passage is embedded, or
    it was skipped; `passages` are those of this sync.
    """

    files: int = 0
    of_files: int = 0
    passages: int = 0
    bytes: int = 0
    of_bytes: int = 0

    def further(self, *shares: "Progress") -> "Progress":
        """Return how far it is when these shares of the whole are done too."""
        return replace(
            self,
            files=self.files + sum(share.files for share in shares),
            passages=self.passages + sum(share.passages for share in shares),
            bytes=self.bytes + sum(share.bytes for share in shares),
        )


def shares(size: int, passages: int) -> list[Progress]:
    """Return what each passage of a file of `size` bytes is of the whole; the last one completes the file."""
    ends = [size * number // passages for number in range(passages + 1)]
    return [Progress(files=int(end == size), passages=1, bytes=end - start) for start, end in pairwise(ends)]


EVERY = 5.0
"""Seconds between two lines where nobody watches a terminal."""


class Display:
    """Show how far a sync is on a stream: a bar on a terminal, a line every 5 seconds elsewhere; call it with each.

    Where nothing is new, or all is done sooner, nothing is shown.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._is_terminal = stream, stream.isatty()
        self._bar: Any = None
        self._began = self._told = time.monotonic()
        self._reading: float | None = None

    def __call__(self, now: Progress) -> None:
        moment = time.monotonic()
        if now.of_files and self._reading is None:
            self._reading = moment
        took = moment - (self._reading or self._began)
        if self._is_terminal:
            self._draw(now, took)
        elif moment - self._told >= EVERY:
            self._told = moment
            print(f"qa: {described(now, took)}", file=self._stream, flush=True)

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()

    def _draw(self, now: Progress, took: float) -> None:
        from tqdm import tqdm  # only where there is a terminal

        if self._bar is None:
            if not now.of_files and took < 0.5:
                return  # a small folder is looked through at once
            self._bar = tqdm(file=self._stream, bar_format="{l_bar}{bar}| {postfix}", dynamic_ncols=True, leave=True)
        self._bar.total = now.of_bytes or None
        self._bar.set_postfix_str(described(now, took), refresh=False)
        self._bar.update((now.bytes if now.of_bytes else 0) - self._bar.n)
        self._bar.refresh()


def described(now: Progress, took: float) -> str:
    """Say how far it is after so many seconds: "120 of 500 files, 2,400 passages, 41 a second, 1:10 left"."""
    if not now.of_files:
        return f"looking through the folder: {now.files:,} files, {now.bytes / 1e6:,.0f} MB"
    said = f"{now.files:,} of {now.of_files:,} files, {now.passages:,} passages"
    if now.passages and took > 0:
        said += f", {now.passages / took:,.0f} a second"
    if 0 < now.bytes < now.of_bytes and took > 1:
        minutes, seconds = divmod(round(took * (now.of_bytes - now.bytes) / now.bytes), 60)
        said += f", {minutes}:{seconds:02} left"
    return said

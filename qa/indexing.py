"""A sync that goes on, in words for the people who ask meanwhile."""

import time
from dataclasses import dataclass, field

from qa.progress import Progress

TELLING = 5.0
"""Seconds after which the time left can be told from the time taken."""


@dataclass(frozen=True, slots=True)
class Indexing:
    """How far a sync is that takes up new articles: `kept` is how many the index had when they were begun.

    `searched` is how many of all are in the state of which questions are asked. While `now.of_files` is 0 the folder is
    still looked through. `since` is a time of `time.monotonic`.
    """

    kept: int = 0
    searched: int = 0
    now: Progress = field(default_factory=Progress)
    since: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> int:
        """How many articles are read."""
        return self.kept + self.now.files

    @property
    def total(self) -> int:
        """How many there are to read, with those that are; 0 while that is not known."""
        return self.kept + self.now.of_files if self.now.of_files else 0

    def gap(self) -> str:
        """Say what an answer does not rest on: "Only 1,200 of 3,707 articles were read so far."; "" if on all."""
        if not self.total or self.searched >= self.total:
            return ""
        return f"Only {self.searched:,} of {self.total:,} articles were read so far."

    def left(self) -> float | None:
        """Return how many seconds it will take at the rate so far; None while that cannot be told."""
        taken = time.monotonic() - self.since
        if taken < TELLING or not self.now.bytes or not self.now.of_bytes:
            return None
        return taken * (self.now.of_bytes - self.now.bytes) / self.now.bytes

    def __str__(self) -> str:
        if not self.total:
            found = f": {self.now.files:,} found so far" if self.now.files else ""
            return f"Looking through the folder of articles{found}"
        left = self.left()
        return f"Indexing: {self.done:,} of {self.total:,} articles" + (f" · {about(left)} left" if left else "")


def about(seconds: float) -> str:
    """Tell a time as people do: 374 -> "about 6 minutes"."""
    if seconds < 50:
        return "less than a minute"
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return "about a minute" if minutes == 1 else f"about {minutes} minutes"
    hours = round(minutes / 60)
    return f"about {hours} hours"

"""How far the taking up of articles is: one value that the store tells, and the terminal and the page show."""

from dataclasses import dataclass, replace
from itertools import pairwise


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

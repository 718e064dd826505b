"""The errors that a user can meet; each message names the thing, the cause and what to do next.

QaError
├── SettingsError       a setting or an option is wrong
├── ArticlesError       the folder of articles cannot be used
│   └── UnreadableFile  one file cannot be used; the rest goes on
├── FetchError          an address of the web gives no article
├── ModelsError         a bundled model is missing or damaged
├── StoreError          the index cannot be used
│   ├── IndexBusy       another process owns it
│   ├── StaleIndex      it was made by other models or rules
│   └── DamagedIndex    its files do not read
├── EvaluationError     a question set cannot be read, or a report not be written
├── ReceiptError        a file is no receipt, or the receipt was edited
├── QuestionError       the question cannot be asked
└── WriterError         the language model did not deliver; the offline answer takes its place
"""

import errno
import math


class QaError(Exception):
    """Base of every error that `qa` raises on purpose; `str(error)` can be shown to a user as it is."""


class SettingsError(QaError):
    """A setting or an option is wrong."""


class ArticlesError(QaError):
    """The folder of articles cannot be used."""


class UnreadableFile(ArticlesError):
    """One file of the folder cannot be used; `str(error)` is the reason without the file's name."""


class FetchError(QaError):
    """An address of the web gives no article; `reason` follows the address in a sentence and says what to do."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url} {reason}.")
        self.url, self.reason = url, reason


class ModelsError(QaError):
    """A model that the package brings is missing or damaged."""


class StoreError(QaError):
    """The index cannot be used."""


class IndexBusy(StoreError):
    """Another process owns the index."""


class StaleIndex(StoreError):
    """The index was made by another embedder, other passage rules or another version."""


class DamagedIndex(StoreError):
    """The files of the index do not read."""


class EvaluationError(QaError):
    """A question set cannot be read, or a report not be written."""


class ReceiptError(QaError):
    """A file is no receipt of an answer, or the receipt was edited."""


class QuestionError(QaError):
    """The question cannot be asked."""


class WriterError(QaError):
    """The language model did not deliver; `str(error)` says how it failed."""


_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def unwritable(error: OSError, needed: int = 1_000_000) -> str:
    """Return why something cannot be written, and what to do: "no space left on its disk: free 3 MB".

    `needed` are the bytes that were to be written.
    """
    if error.errno in _FULL:
        return f"no space left on its disk: free {math.ceil(needed / 1e6)} MB"
    cause = error.strerror or str(error)
    if error.errno in _FORBIDDEN:
        return f"{cause}: make it writable"
    if error.errno == errno.ENOENT:
        return f"{cause}: it was deleted or moved meanwhile; try again"
    return f"{cause}: check its disk and try again"

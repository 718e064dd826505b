"""What a file becomes: an immutable text with its metadata."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """An immutable text with its metadata; every quote is a slice of `text`.

    `text` holds paragraphs separated by a blank line and sub-headings as lines that begin with "## ".
    `source` is the outlet. What a file does not say is "" (or None for `published`).
    `path` is relative to the folder of articles, with forward slashes. `kind` is "article", "live blog", "digest" (many
    stories on one page: news of the day, corrections, quiz, gallery) or "stub" (the cut-off beginning of a text).
    `has_hidden` tells, of one that was just read, that sentences which nobody sees were left out; the index forgets it.
    """

    id: str
    text: str
    title: str
    source: str = ""
    author: str = ""
    published: date | None = None
    url: str = ""
    path: str = ""
    kind: str = "article"
    has_hidden: bool = False

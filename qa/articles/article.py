"""What a file becomes: one or several articles, each an immutable text with its metadata."""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """An immutable text with its metadata; every quote is a slice of `text`.

    `text` holds paragraphs separated by a blank line and sub-headings as lines that begin with "## ".
    `source` is the outlet. What a file does not say is "" (or None for `published`).
    `path` is relative to the folder of articles, with forward slashes; in a file of several the number of the article
    follows, see `numbered`. `kind` is "article", "live blog", "digest" (many
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

    @property
    def file(self) -> str:
        """The path of the file that it stands in."""
        return file_of(self.path)


_NUMBER = re.compile(r"#\d+(?:\.\d+)?\Z")


def numbered(path: str, number: int) -> str:
    """Return the path of one of several, counted from 1: "dump.csv" -> "dump.csv#12", of which -> "dump.csv#12.3"."""
    return f"{path}{'.' if _NUMBER.search(path) else '#'}{number}"


def file_of(path: str) -> str:
    """Return the path of the file of an article: "dump.csv#12.3" -> "dump.csv".

    The name of a file that is read ends with a known suffix, so whatever else it holds, no number follows a "#" there.
    """
    return _NUMBER.sub("", path)

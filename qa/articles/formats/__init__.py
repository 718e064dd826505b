"""The file formats that can be read, one file each: bytes -> blocks and facts."""

import logging
from collections.abc import Callable, Sequence

from qa.articles.formats import docx, html, markdown, pdf, txt
from qa.articles.text import Content, Record

# The parsers complain about the files of others; what a user has to know is in the reason of UnreadableFile.
for _parser in ("charset_normalizer", "courlan", "htmldate", "justext", "pypdf", "trafilatura"):
    logging.getLogger(_parser).setLevel(logging.CRITICAL + 1)

READERS: dict[str, Callable[[bytes], Content]] = {
    ".docx": docx.read,
    ".htm": html.read,
    ".html": html.read,
    ".markdown": markdown.read,
    ".md": markdown.read,
    ".pdf": pdf.read,
    ".txt": txt.read,
}
"""The reader of each suffix; a reader raises UnreadableFile, and hostile bytes may make it raise anything."""

RECORDS: dict[str, Callable[[bytes], Sequence[Record]]] = {}
"""The reader of each suffix whose files hold any number of articles; each of its records is read by itself."""

SUFFIXES = READERS.keys() | RECORDS.keys()

"""The file formats that can be read, one file each: bytes -> blocks and facts."""

import logging
from collections.abc import Callable, Sequence

from qa.articles.formats import docx, epub, html, mail, markdown, objects, odt, pdf, rtf, tables, txt
from qa.articles.text import Content, Record

# The parsers complain about the files of others; what a user has to know is in the reason of UnreadableFile.
for _parser in ("charset_normalizer", "courlan", "htmldate", "justext", "pypdfium2", "trafilatura"):
    logging.getLogger(_parser).setLevel(logging.CRITICAL + 1)

READERS: dict[str, Callable[[bytes], Content]] = {
    ".docx": docx.read,
    ".eml": mail.read,
    ".epub": epub.read,
    ".htm": html.read,
    ".html": html.read,
    ".markdown": markdown.read,
    ".md": markdown.read,
    ".odt": odt.read,
    ".pdf": pdf.read,
    ".rtf": rtf.read,
    ".txt": txt.read,
}
"""The reader of each suffix; a reader raises UnreadableFile, and hostile bytes may make it raise anything."""

RECORDS: dict[str, Callable[[bytes], Sequence[Record]]] = {
    ".csv": tables.read,
    ".json": objects.read,
    ".jsonl": objects.read,
    ".mbox": mail.read_mailbox,
    ".ndjson": objects.read,
    ".tsv": tables.read,
}
"""The reader of each suffix whose files hold any number of articles; each of its records is read by itself."""

_OTHER_NAMES = (".htm", ".markdown", ".ndjson")
*_first, _last = (suffix for suffix in sorted(READERS) + sorted(RECORDS) if suffix not in _OTHER_NAMES)
NAMED_SUFFIXES = f"{', '.join(_first)} or {_last}"
"""What errors advise."""

SUFFIXES = READERS.keys() | RECORDS.keys()

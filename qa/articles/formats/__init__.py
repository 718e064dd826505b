"""The file formats that can be read, one file each: bytes -> blocks and facts."""

import logging
from collections.abc import Callable

from qa.articles.formats import docx, epub, html, markdown, odt, pdf, rtf, txt
from qa.articles.text import Content

# The parsers complain about the files of others; what a user has to know is in the reason of UnreadableFile.
for _parser in ("charset_normalizer", "courlan", "htmldate", "justext", "pypdfium2", "trafilatura"):
    logging.getLogger(_parser).setLevel(logging.CRITICAL + 1)

READERS: dict[str, Callable[[bytes], Content]] = {
    ".docx": docx.read,
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

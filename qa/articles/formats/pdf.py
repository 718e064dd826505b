"""Read a PDF: its text in the order in which it comes, unwrapped into paragraphs."""

import io
import re

from qa.articles.formats.properties import read_properties
from qa.articles.text import Content, block, clean, unwrap
from qa.errors import UnreadableFile


def read(data: bytes) -> Content:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableFile("is encrypted: save a copy of it without a password")
    lines = clean("\n".join(page.extract_text() for page in reader.pages)).split("\n")
    if not any(lines):
        raise UnreadableFile("has no text in it, perhaps a scan: run text recognition (OCR) on it first")
    lines = [line for line in lines if not re.fullmatch(r"(?i:page )?\d{1,4}(?: (?:/|of) \d+)?", line)]
    return [block(line) for line in unwrap(lines)], read_properties(reader.metadata)

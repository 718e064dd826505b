"""Read a Word document: its paragraphs, headings marked."""

import io
import zipfile

from qa.articles.formats.properties import read_properties
from qa.articles.text import Content, block
from qa.errors import UnreadableFile


def read(data: bytes) -> Content:
    import docx

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("is encrypted or in the old .doc format: save it as .docx without a password")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > 100_000_000:  # It would fill the memory.
            raise UnreadableFile("unpacks to more than 100 MB: save its text as .txt")
    document = docx.Document(io.BytesIO(data))
    blocks = []
    for paragraph in document.paragraphs:
        heading = bool(paragraph.style and (paragraph.style.name or "").startswith(("Heading", "Title")))
        blocks += [block(line, heading=heading) for line in paragraph.text.split("\n")]
    return blocks, read_properties(document.core_properties)

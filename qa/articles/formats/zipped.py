"""Unpack the parts of a document that is a ZIP archive of XML, within bounds that no directory can lie about."""

import io
import zipfile
from typing import Any

from qa.errors import UnreadableFile

UNPACKED_BYTES = 100_000_000
"""All parts together that are read; counted as they are unpacked, because the archive may state any size."""

LARGEST_TREE = 2_500_000
"""Elements and attributes of one part: each takes about 150 bytes of memory, however few it takes in the file."""


class Zipped:
    """The parts of an archive by name; raises UnreadableFile where it is encrypted, or unpacks to too much."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._left = UNPACKED_BYTES

    def read(self, name: str) -> bytes:
        """Return a part, b"" where there is none."""
        try:
            part = self._archive.getinfo(name)
        except KeyError:
            return b""
        if part.flag_bits & 1:
            raise UnreadableFile("is encrypted: save a copy of it without a password")
        pieces = []
        with self._archive.open(part) as stream:
            while piece := stream.read(1 << 16):
                self._left -= len(piece)
                if self._left < 0:
                    raise UnreadableFile("unpacks to more than 100 MB: save its text as .txt")
                pieces.append(piece)
        return b"".join(pieces)

    def tree(self, name: str) -> Any:
        """Return the root element of a part of XML, None where there is none; nothing outside of it is looked up."""
        data = self.read(name)
        return parse_xml(data) if data else None


def parse_xml(data: bytes) -> Any:
    """Return the root element of XML; raises UnreadableFile for what would fill the memory or stand for other text."""
    from lxml import etree

    check_size(data)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(data, parser)
    about = root.getroottree().docinfo.internalDTD
    if about is not None and next(about.iterentities(), None) is not None:
        raise UnreadableFile("defines entities, which documents do not: open it and save it again")
    return root


def check_size(data: bytes) -> None:
    """Raise UnreadableFile where the tree of XML or HTML would fill the memory."""
    if data.count(b"<") + data.count(b"=") > LARGEST_TREE:
        raise UnreadableFile("has millions of parts: save its text as .txt")


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """Return an attribute by its name without namespace, "" where there is none."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")

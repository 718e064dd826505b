"""Read an EPUB: the pages of the book in their order, headings marked."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from qa.articles.formats.hidden import drop_hidden
from qa.articles.formats.properties import dublin_core, read_properties
from qa.articles.formats.zipped import Zipped, attribute, check_size, local_name
from qa.articles.tables import table_lines
from qa.articles.text import Content, block
from qa.errors import UnreadableFile

MOST_PAGES = 2_000
_LEFT_OUT = frozenset("head script style nav svg math template noscript iframe object audio video rt rp".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark q ruby rb s samp small "
    "span strike strong sub sup time tt u var wbr".split()
)
_CELLS = ("td", "th")


def read(data: bytes) -> Content:
    archive = Zipped(data)
    if archive.read("META-INF/encryption.xml").count(b"CipherReference") and archive.read("META-INF/rights.xml"):
        raise UnreadableFile("is encrypted: save a copy of it without copy protection")
    container = archive.tree("META-INF/container.xml")
    paths = [attribute(element, "full-path") for element in container.iter()] if container is not None else []
    path = next(filter(None, paths), "")
    package = archive.tree(path) if path else None
    if package is None:
        raise UnreadableFile("has no book in it: open it and save it as .epub")
    blocks: list[str] = []
    facts: dict[str, str] = {}
    for name in _pages(package, posixpath.dirname(path)):
        blocks += _blocks_of(archive.read(name), facts)
    about = dublin_core(next((part for part in package.iter() if local_name(part) == "metadata"), None))
    facts |= read_properties(*(", ".join(about.get(name, [])) for name in ("title", "creator")))
    more = {"published": "date", "source": "publisher"}
    return blocks, facts | {name: "".join(about.get(given, [])[:1]) for name, given in more.items()}


def _pages(package: Any, folder: str) -> Iterator[str]:
    """Yield the names of the pages in reading order, without the tables of contents."""
    items = {attribute(item, "id"): item for item in package.iter() if local_name(item) == "item"}
    order = [itemref for itemref in package.iter() if local_name(itemref) == "itemref"]
    for itemref in order[:MOST_PAGES]:
        item = items.get(attribute(itemref, "idref"))
        if item is not None and "nav" not in attribute(item, "properties").split():
            yield posixpath.normpath(posixpath.join(folder, unquote(attribute(item, "href"))))


def _blocks_of(page: bytes, facts: dict[str, str]) -> list[str]:
    from lxml import html

    if not page.strip():
        return []
    check_size(page)
    # As HTML: pages of books are seldom valid XML, and use its named letters.
    root = html.document_fromstring(
        page, parser=html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    )
    if drop_hidden(root):
        facts["hidden"] = "yes"
    return list(_Page().blocks(root))


class _Page:
    """Turns the elements of a page into blocks: text between two elements that are not inline is one."""

    def __init__(self) -> None:
        self._text = ""

    def blocks(self, root: Any) -> Iterator[str]:
        yield from self._walk(root)
        yield from self._flush()

    def _walk(self, element: Any, *, heading: bool = False) -> Iterator[str]:
        tag = local_name(element)
        if tag in _LEFT_OUT or not tag:
            return
        if tag == "table" and _is_data(element):
            yield from self._flush()
            yield from (block(line) for line in table_lines(_rows(element)))
            return
        is_block = tag not in _INLINE and tag != "br"
        if is_block:
            yield from self._flush(heading)
        heading = heading or tag in ("h1", "h2", "h3", "h4", "h5", "h6")
        self._text += _plain(element.text)
        for child in element:
            yield from self._walk(child, heading=heading)
            self._text += "\n" * (local_name(child) == "br") + _plain(child.tail)
        if is_block:
            yield from self._flush(heading)

    def _flush(self, heading: bool = False) -> Iterator[str]:
        text, self._text = self._text, ""
        yield from (block(line, heading=heading) for line in text.split("\n") if line.strip())


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _is_data(table: Any) -> bool:
    """Tell a table of figures from one that sets out a page: its cells hold no blocks and few words."""
    cells = list(table.iter(*_CELLS))
    has_blocks = any(len(list(cell.iter("p", "div", "table", "ul"))) > 1 for cell in cells)
    return not has_blocks and all(len(" ".join(cell.itertext()).split()) <= 40 for cell in cells)


def _rows(table: Any) -> list[list[str]]:
    return [[" ".join(" ".join(cell.itertext()).split()) for cell in row.iter(*_CELLS)] for row in table.iter("tr")]

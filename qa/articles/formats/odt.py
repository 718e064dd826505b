"""Read an OpenDocument text: all that it shows in print, in its order, headings marked."""

import re
from collections.abc import Iterator
from typing import Any

from qa.articles.formats.cells import table_blocks
from qa.articles.formats.hidden import hidden_fact, is_legible
from qa.articles.formats.properties import dublin_core, read_properties
from qa.articles.formats.zipped import Zipped, attribute, local_name
from qa.articles.text import PROSE_ENDS, Content, block
from qa.errors import UnreadableFile

# Deletions are kept in tracked-changes; the rest is a remark, a list of what stands elsewhere, or shown nowhere.
_LEFT_OUT = frozenset(
    "tracked-changes annotation annotation-end table-of-content alphabetical-index illustration-index table-index "
    "user-index bibliography object-index sequence-decls variable-decls user-field-decls forms note-citation desc "
    "title ruby-text hidden-paragraph hidden-text script".split()
)
# Where a line is broken within a sentence, it goes on.
_LINE_ENDS = re.compile(rf"(?<=[{re.escape(''.join(PROSE_ENDS))}])\s*\n")
MOST_REPEATED = 50
"""Times that a cell stands in its row: spreadsheets fill rows to their edge with 16,000 empty ones."""


def read(data: bytes) -> Content:
    archive = Zipped(data)
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UnreadableFile("is encrypted: save a copy of it without a password")
    root = archive.tree("content.xml")
    texts = [] if root is None else [body for body in root.iter() if local_name(body) == "text" and len(body)]
    if not texts:
        raise UnreadableFile("has no text document in it: open it and save it as .odt")
    document = _Document([root, archive.tree("styles.xml")])
    blocks = list(document.blocks(texts[0]))
    about = dublin_core(archive.tree("meta.xml"))
    # The creator is whoever saved it last. The days on which files were saved are none of publication.
    author = about.get("initial-creator") or about.get("creator", [])
    facts = read_properties(", ".join(about.get("title", [])), ", ".join(author))
    return blocks, facts | hidden_fact(document.unseen)


_LOOKS = ("display", "color", "font-size", "background-color")


class _Document:
    def __init__(self, roots: list[Any]) -> None:
        self._styles: dict[str, Any] = {}
        for root in filter(lambda root: root is not None, roots):
            for style in root.iter():
                if local_name(style) == "style":
                    self._styles.setdefault(attribute(style, "name"), style)
        self.unseen: list[str] = []
        self._boxes = 0

    def blocks(self, element: Any) -> Iterator[str]:
        """Yield the blocks of an element that holds paragraphs and tables, at any depth."""
        for child in element:
            name = local_name(child)
            if name in ("p", "h"):
                aside: list[Any] = []
                self.unseen.append("")
                text = "".join(self._texts(child, aside, {}))
                is_heading = name == "h" or attribute(child, "style-name") == "Title"
                yield from (block(line, heading=is_heading) for line in _LINE_ENDS.split(text))
                for held in aside:
                    self._boxes += local_name(held) != "note-body"
                    yield from self.blocks(held)
                    self._boxes -= local_name(held) != "note-body"
            elif name == "table":
                self._boxes += 1
                yield from self._table(child)
                self._boxes -= 1
            elif name and name not in _LEFT_OUT and attribute(child, "display") != "none":
                yield from self.blocks(child)

    def _texts(self, element: Any, aside: list[Any], around: dict[str, str]) -> Iterator[str]:
        """Yield the text of a paragraph; notes and text boxes are put `aside`."""
        # White space is told by elements: that of the file is only its layout.
        style = around | self._style(element)
        yield self._shown(element.text, style)
        for child in element:
            name = local_name(child)
            if name == "s":
                yield " "
            elif name == "tab":
                yield "\t"
            elif name == "line-break":
                yield "\n"
            elif name in ("note-body", "text-box", "table"):
                aside.append(child)
            elif name and name not in _LEFT_OUT:
                yield from self._texts(child, aside, style)
            yield self._shown(child.tail, style)

    def _table(self, table: Any) -> Iterator[str]:
        rows: list[list[list[str]]] = []
        headers = 0
        for row in _rows(table):
            cells: list[list[str]] = []
            for cell in row:
                if local_name(cell) in ("table-cell", "covered-table-cell"):
                    lines = [line for line in self.blocks(cell) if line]
                    cells += [lines] * min(_number(cell, "number-columns-repeated"), MOST_REPEATED)
            if any(cells):
                rows.append(cells)
                headers += local_name(row.getparent()) == "table-header-rows"
        yield from table_blocks(rows, headers=headers)

    def _style(self, element: Any) -> dict[str, str]:
        """Return what the styles of an element say of how its text looks; they write it as CSS does."""
        found: dict[str, str] = {}
        name = attribute(element, "style-name")
        for _ in range(20):
            about = self._styles.get(name)
            if about is None:
                break
            for part in about:
                if local_name(part) in ("text-properties", "paragraph-properties"):
                    said = {look: attribute(part, look) for look in _LOOKS}
                    found = {look: value for look, value in said.items() if value} | found
            name = attribute(about, "parent-style-name")
        return found

    def _shown(self, text: str | None, style: dict[str, str]) -> str:
        # What is white in a table or a box may stand on a ground that is not.
        seen = {look: value for look, value in style.items() if look != "color" or not self._boxes}
        if style.get("display") != "none" and is_legible(seen):
            return _plain(text)
        self.unseen[-1] += _plain(text)
        return ""


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if local_name(child) == "table-row":
            yield child
        elif local_name(child) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(child)


def _number(element: Any, name: str) -> int:
    value = attribute(element, name)
    return int(value) if value.isdecimal() and len(value) < 9 else 1


def _plain(text: str | None) -> str:
    return (text or "").replace("\n", " ").replace("\t", " ").replace("\r", " ")

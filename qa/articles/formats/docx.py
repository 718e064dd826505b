"""Read a Word document: all that it shows in print, in its order, headings marked.

Its XML is walked, because python-docx tells of neither tracked changes, content controls, text boxes nor notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from qa.articles.formats.cells import table_blocks
from qa.articles.formats.hidden import hidden_fact
from qa.articles.formats.properties import dublin_core, read_properties
from qa.articles.formats.zipped import Zipped, attribute, local_name
from qa.articles.text import Content, block
from qa.errors import UnreadableFile

# Deleted or moved away, shown nowhere, or settings.
_LEFT_OUT = frozenset("del moveFrom pPr rPr tblPr trPr tcPr sectPr sdtPr sdtEndPr instrText delText rt".split())
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Of the fonts whose letters are signs, those that stand in running text.
_SYMBOLS = {0xA3: "≤", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈"}
LONGEST_HEADING = 40


def read(data: bytes) -> Content:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("is encrypted or in the old .doc format: save it as .docx without a password")
    archive = Zipped(data)
    root = archive.tree("word/document.xml")
    if root is None:
        raise UnreadableFile("has no Word document in it: open it and save it as .docx")
    document = _Document(archive)
    blocks = [line for body in root for line in document.blocks(body)]
    about = dublin_core(archive.tree("docProps/core.xml"))
    facts = read_properties(*(", ".join(about.get(name, [])) for name in ("title", "creator")))
    facts |= hidden_fact(document.unseen)
    if document.title and document.title in blocks[:6]:
        facts["title"] = document.title.lstrip("# ")
        blocks.remove(document.title)
    return blocks, facts


class _Document:
    def __init__(self, archive: Zipped) -> None:
        self.title = ""
        self.unseen: list[str] = []
        self._styles = {attribute(style, "styleId"): style for style in _all(archive.tree("word/styles.xml"), "style")}
        self._notes = {
            (kind, attribute(note, "id")): note
            for kind in ("footnote", "endnote")
            for note in _all(archive.tree(f"word/{kind}s.xml"), kind)
        }
        self._begun = ""
        self._in_table = 0

    def blocks(self, element: Any) -> Iterator[str]:
        """Yield the blocks of an element that holds paragraphs and tables, at any depth."""
        for child in _shown(element):
            name = local_name(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                yield from self._table(child)
            else:
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        settings = _child(paragraph, "pPr")
        style = attribute(_child(settings, "pStyle"), "val") if _child(settings, "pStyle") is not None else ""
        is_heading = self._is_heading(settings, style)
        aside: list[Any] = []
        field: list[bool] = []
        is_hidden = self._has(style, "vanish")
        self.unseen.append(_words(paragraph) if is_hidden else "")
        text = "" if is_hidden else "".join(self._runs(paragraph, aside, field, _is_shaded(settings)))
        text, self._begun = self._begun + text, ""
        if _child(_child(settings, "rPr"), "del") is not None:  # Its end was deleted: the next one goes on in it.
            self._begun = text
        else:
            lines = [block(line, heading=is_heading and len(line.split()) <= LONGEST_HEADING) for line in _lines(text)]
            if not self.title and self._name(style) == "title":
                self.title = next(filter(None, lines), "")
            yield from lines
        for held in aside:
            yield from self.blocks(held)

    def _runs(self, element: Any, aside: list[Any], field: list[bool], shaded: bool) -> Iterator[str]:
        """Yield the text below an element of a paragraph; notes and text boxes are put `aside`.

        `field` has for each field that is open whether its result is reached: its instruction is no text.
        """
        for child in _shown(element):
            name = local_name(child)
            if name == "fldChar":
                kind = attribute(child, "fldCharType")
                if kind == "begin":
                    field.append(False)
                elif field:
                    field.pop()
                    field += [True] if kind == "separate" else []
            elif not all(field):
                yield from self._runs(child, aside, field, shaded) if name in ("r", "ins", "hyperlink") else ()
            elif name == "t":
                yield child.text or ""
            elif name in _SIGNS:
                yield _SIGNS[name]
            elif name == "sym":
                yield _symbol(attribute(child, "char"))
            elif name in ("footnoteReference", "endnoteReference"):
                note = self._notes.get((name.removesuffix("Reference"), attribute(child, "id")))
                aside += [] if note is None else [note]
            elif name in ("txbxContent", "p", "tbl"):
                aside.append(child)
            elif name == "r" and self._is_hidden(child, shaded):
                self.unseen[-1] += _words(child)
            else:
                yield from self._runs(child, aside, field, shaded)

    def _table(self, table: Any) -> Iterator[str]:
        """Yield a line for each row, or the blocks of each cell where the table only sets out a page."""
        rows: list[list[list[str]]] = []
        headers, is_page = 0, False
        self._in_table += 1
        for row in _all(table, "tr", below=("tbl",)):
            settings = _child(row, "trPr")
            if _child(settings, "del") is not None:
                continue
            if len(rows) == headers and _child(settings, "tblHeader") is not None:
                headers += 1
            cells: list[list[str]] = []
            for cell in _all(row, "tc", below=("tbl",)):
                lines = [line for line in self.blocks(cell) if line]
                about = _child(cell, "tcPr")
                spans, merged = _child(about, "gridSpan"), _child(about, "vMerge")
                if merged is not None and attribute(merged, "val") != "restart" and rows and len(cells) < len(rows[-1]):
                    lines = rows[-1][len(cells)]
                width = attribute(spans, "val") if spans is not None else "1"
                cells += [lines] * (min(int(width), 50) if width.isdecimal() else 1)
                is_page |= next(_all(cell, "tbl"), None) is not None
            rows.append(cells)
        self._in_table -= 1
        yield from table_blocks(rows, headers=headers, is_page=is_page)

    def _is_heading(self, settings: Any, style: str) -> bool:
        own = _child(settings, "outlineLvl")
        if own is not None:
            return attribute(own, "val") in set("012345678")
        name = self._name(style)
        return name.startswith(("heading", "title")) or self._has(style, "outlineLvl")

    def _name(self, style: str) -> str:
        """Return the name of a style: Word's own are English in all languages, their ids are not."""
        found = _child(self._styles.get(style), "name")
        return (attribute(found, "val") if found is not None else style).lower()

    def _has(self, style: str, setting: str) -> bool:
        """Tell whether a style, or one that it is based on, has a setting that is on."""
        for _ in range(20):
            about = self._styles.get(style)
            if about is None:
                return False
            for part in ("rPr", "pPr"):
                found = _child(_child(about, part), setting)
                if found is not None:
                    return attribute(found, "val") not in ("0", "false", "off", "9")
            based = _child(about, "basedOn")
            style = attribute(based, "val") if based is not None else ""
        return False

    def _is_hidden(self, run: Any, shaded: bool) -> bool:
        """Tell whether nobody would see a run: hidden, a point high, or white on the white of a page."""
        settings = _child(run, "rPr")
        if settings is None:
            return False
        vanish, style = _child(settings, "vanish"), _child(settings, "rStyle")
        if vanish is not None:
            return attribute(vanish, "val") not in ("0", "false", "off")
        size, colour = _child(settings, "sz"), _child(settings, "color")
        is_tiny = size is not None and attribute(size, "val") in ("0", "1", "2", "3")
        is_white = colour is not None and attribute(colour, "val").upper() == "FFFFFF"
        is_white = is_white and not (shaded or self._in_table or _is_shaded(settings))
        return is_tiny or is_white or (style is not None and self._has(attribute(style, "val"), "vanish"))


def _shown(element: Any) -> Iterator[Any]:
    """Yield the children of an element that are shown; of two forms of one drawing the first."""
    for child in element:
        name = local_name(child)
        if name == "AlternateContent":
            forms = {local_name(form): form for form in reversed(child)}
            form = forms.get("Choice", forms.get("Fallback"))
            if form is not None:
                yield from _shown(form)
        elif name and name not in _LEFT_OUT and _child(_child(child, "sdtPr"), "showingPlcHdr") is None:
            yield child


def _all(element: Any, name: str, below: tuple[str, ...] = ()) -> Iterator[Any]:
    """Yield the elements of a name under `element`, not those inside of one another or of one named `below`."""
    for child in element if element is not None else ():
        if local_name(child) == name:
            yield child
        elif local_name(child) not in (*below, *_LEFT_OUT):
            yield from _all(child, name, below)


def _words(element: Any) -> str:
    return "".join(text.text or "" for text in _all(element, "t"))


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if local_name(child) == name), None) if element is not None else None


def _is_shaded(settings: Any) -> bool:
    return any(_child(settings, name) is not None for name in ("shd", "highlight"))


def _lines(text: str) -> list[str]:
    """Cut a paragraph at its line breaks, except where a break only wraps a sentence."""
    return re.sub(r"(?<=[\w,;–—-])[ \t]*\n[ \t]*(?=[a-zß-ÿ])", " ", text).split("\n")


def _symbol(code: str) -> str:
    number = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,6}", code) else 0
    if 0xF000 <= number <= 0xF0FF:
        return _SYMBOLS.get(number - 0xF000, "")
    return chr(number) if 0x20 <= number <= 0x10FFFF else ""

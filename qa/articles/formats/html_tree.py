"""Rewrite the tree of a page so that the extractor keeps its words: inline elements, quotations, tables, figures."""

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree, html
from lxml.html import HtmlElement

from qa.articles.tables import table_lines
from qa.articles.text import PROSE_ENDS, block, one_line

LONGEST_CELL = 300
"""Characters; a table with a longer cell, or one of several paragraphs, arranges a page and is read in order."""

WIDEST_SPAN, MOST_COLUMNS = 20, 200
LONGEST_TERM = 60
"""Characters."""

_CONTROLS = ("time", "button", "label", "output", "progress", "legend")
_TEXT_BLOCKS = frozenset("p li h1 h2 h3 h4 h5 h6 td th dd dt blockquote figcaption caption summary".split())
_BLOCKS = _TEXT_BLOCKS | frozenset("div section article main body ul ol dl tr table header footer aside form".split())
_SUPERSCRIPT = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")


def rewrite(tree: HtmlElement) -> None:
    """Change `tree` in place: afterwards what a reader sees as text stands in elements that extractors keep."""
    for struck in list(tree.iter("del", "s", "strike")):
        struck.drop_tree()
    for raised in list(tree.iter("sup")):
        _lower(raised)
    for quotation in list(tree.iter("q")):
        _mark(quotation)
    for control in list(tree.iter(*_CONTROLS)):
        if _is_in_sentence(control):
            _rename(control)
    for figure in list(tree.iter("figure")):
        _open(figure)
    for speaker in tree.xpath(".//blockquote//footer"):
        _sign(speaker)
    for paragraph in list(tree.iter("p")):
        if _is_link_line(paragraph):
            paragraph.drop_tree()
    for term in list(tree.iter("dt")):
        _join(term)
    for table in reversed(list(tree.iter("table"))):  # Inner ones first.
        _unfold(table)


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LINES = _BLOCKS | {"br", "figure", "hr", "pre"}
_UNREAD = frozenset("script style head noscript template title".split())
_AROUND = frozenset("nav aside footer form button figure textarea select".split())


def text_blocks(tree: HtmlElement, *, is_page: bool = False) -> list[str]:
    """Return the text of every block of a tree; of a page without its menus, forms and pictures."""
    left_out = _UNREAD | _AROUND if is_page else _UNREAD
    found: list[tuple[bool, list[str]]] = [(False, [])]
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))  # No recursion: trees can be deep.
    for event, part in walk:
        if event in ("start", "end") and part.tag in _LINES:
            found.append((event == "start" and part.tag in _HEADINGS, []))
        if event == "start" and part.tag in left_out:
            walk.skip_subtree()
        elif event == "start":
            found[-1][1].append(part.text or "")
        elif part is not tree:
            found[-1][1].append(part.tail or "")
    return [line for heading, texts in found if (line := block("".join(texts), heading=heading))]


def _open(figure: HtmlElement) -> None:
    """Keep a figure that holds words: a table or a quotation, and who said it."""
    is_quotation = figure.find(".//blockquote") is not None
    if is_quotation or figure.find(".//table") is not None:
        figure.tag = "div"
        for caption in figure.iter("figcaption"):
            if is_quotation:
                _sign(caption)
            caption.tag = "p"


def _sign(speaker: HtmlElement) -> None:
    speaker.tag = "p"
    if re.match(r"\s*\w", speaker.text or ""):
        speaker.text = "— " + (speaker.text or "").lstrip()


def _is_link_line(paragraph: HtmlElement) -> bool:
    """Tell a link to another page, which nearly fills its line, from a sentence that holds links."""
    text = paragraph.text_content().strip()
    if len(text.split()) < 3 or text.endswith(PROSE_ENDS) or paragraph.find(".//a") is None:
        return False
    linked = sum(len(link.text_content().strip()) for link in paragraph.iter("a") if link.get("href"))
    return linked > 0.9 * len(text)


def _lower(raised: HtmlElement) -> None:
    """Keep the power in 10⁶ and drop the number of a footnote."""
    around = raised.getparent()
    if raised.find(".//a") is not None or (around is not None and around.tag == "a"):
        raised.drop_tree()
    elif re.fullmatch(r"[-+]?\d{1,3}", text := raised.text_content().strip()):
        raised.clear(keep_tail=True)
        raised.text = text.translate(_SUPERSCRIPT)
        _rename(raised)


def _rename(element: HtmlElement) -> None:
    """Make an element one that extractors read; dropping its tag would take long where there are many."""
    element.attrib.clear()
    element.tag = "span"


def _mark(quotation: HtmlElement) -> None:
    """Write the quotation marks that a browser draws around `q`."""
    if not quotation.text_content().strip().startswith(("“", '"', "‘", "«", "„")):
        around = sum(above.get("data-q") is not None for above in quotation.iterancestors())
        before = "" if around else _neighbours(quotation)[0]
        is_inner = around % 2 == 1 or before.count("“") > before.count("”")
        opening, closing = "‘’" if is_inner else "“”"
        quotation.text = opening + (quotation.text or "")
        if len(quotation):
            quotation[-1].tail = (quotation[-1].tail or "") + closing
        else:
            quotation.text += closing
    quotation.tag = "span"  # Not dropped: inner ones count those around them.
    quotation.set("data-q", "")


def _is_in_sentence(control: HtmlElement) -> bool:
    """Tell "charged with <button>negligence</button> on Thursday" from a button that is one."""
    block = next((above for above in control.iterancestors() if above.tag in _BLOCKS), None)
    if block is None or not control.text_content().strip():
        return False
    if control.tag == "time" and block.tag in _TEXT_BLOCKS:
        return True
    before, after = _neighbours(control)
    goes_on = re.match(r"\s*[a-zß-ÿ,.;:)’'–—-]", after) is not None and len(after.split()) > 1
    return goes_on or (len(before.split()) > 2 and not before.rstrip().endswith(PROSE_ENDS))


def _neighbours(element: HtmlElement) -> tuple[str, str]:
    """Return the text before and after an inline element, up to the next control, line or block."""
    before, after = "", element.tail or ""
    for previous in islice(element.itersiblings(preceding=True), 8):
        before = (previous.tail or "") + before
        if _parts(previous):
            break
        before = previous.text_content() + before
    else:
        parent = element.getparent()
        before = ((parent.text if parent is not None else "") or "") + before
    for following in islice(element.itersiblings(), 8):
        if _parts(following):
            break
        after += following.text_content() + (following.tail or "")
    return before, after


def _parts(element: HtmlElement) -> bool:
    return (
        element.tag in _BLOCKS
        or element.tag in (*_CONTROLS, "br", "input", "select")
        or not isinstance(element.tag, str)
    )


def _join(term: HtmlElement) -> None:
    """Write a short term and its description in one line: "Length: 12 km."."""
    told = term.getnext()
    text = term.text_content().strip()
    if (
        told is None
        or told.tag != "dd"
        or len(text) > LONGEST_TERM
        or text.endswith(PROSE_ENDS)
        or len(told.findall(".//p")) > 1
    ):
        return
    line = f"{one_line(text).rstrip(':')}: {_cell(told)}"
    told.clear(keep_tail=True)
    told.text = line if line.endswith(PROSE_ENDS) else line + "."
    term.drop_tree()


def _unfold(table: HtmlElement) -> None:
    """Put in place of a table its rows as lines; one that only arranges the page becomes its cells in order."""
    rows = list(_rows(table))
    if not _holds_data(table, rows):
        for part in table.iter("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"):
            part.tag = "div" if any(inner.tag in _BLOCKS for inner in part.iterdescendants()) else "p"
        return
    linked = sum(len(link.text_content()) for link in table.iter("a"))
    if linked > 0.9 * len(table.text_content().strip()):
        return  # A menu: the extractor drops it.
    headers = len(rows)
    for number, row in enumerate(rows):
        if row.getparent().tag != "thead" and any(cell.tag == "td" for cell in row):
            headers = number
            break
    lines = [one_line(caption.text_content()) for caption in table.iter("caption")]
    lines += table_lines(_grid(rows), headers=headers or None)
    box = html.Element("div")
    for line in filter(None, lines):
        etree.SubElement(box, "p").text = line
    box.tail = table.tail
    parent = table.getparent()
    if parent is not None:
        parent.replace(table, box)


def _rows(table: HtmlElement) -> Iterator[HtmlElement]:
    for part in table:
        if part.tag == "tr":
            yield part
        elif part.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in part if row.tag == "tr")


def _holds_data(table: HtmlElement, rows: list[HtmlElement]) -> bool:
    if table.get("role") in ("presentation", "none"):
        return False
    cells = [cell for row in rows for cell in row if cell.tag in ("td", "th")]
    wide = sum(sum(bool(cell.text_content().strip()) for cell in row) > 1 for row in rows)
    named = any(cell.tag == "th" for cell in cells)
    if wide < (1 if named else 2) or any(
        cell.find(".//h1") is not None or cell.find(".//h2") is not None for cell in cells
    ):
        return False
    return all(len(cell.text_content()) <= LONGEST_CELL and len(cell.findall(".//p")) < 3 for cell in cells)


def _grid(rows: list[HtmlElement]) -> list[list[str]]:
    """Return the texts of the cells, those that span rows or columns repeated in each."""
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # Column -> how many more rows a cell from above reaches into.
    for row in rows:
        line: list[str] = []
        for cell in (cell for cell in row if cell.tag in ("td", "th")):
            _hang(line, hanging)
            text = _cell(cell)
            for _ in range(min(_span(cell, "colspan"), MOST_COLUMNS - len(line))):
                if (more := _span(cell, "rowspan") - 1) > 0:
                    hanging[len(line)] = (more, text)
                line.append(text)
        _hang(line, hanging)
        grid.append(line)
    return grid


def _hang(line: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    while len(line) in hanging and len(line) < MOST_COLUMNS:
        more, text = hanging.pop(len(line))
        if more > 1:
            hanging[len(line)] = (more - 1, text)
        line.append(text)


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return max(1, min(int(value), WIDEST_SPAN)) if re.fullmatch(r"[0-9]{1,4}", value) else 1


def _cell(cell: HtmlElement) -> str:
    """Return the text of a cell; what stands in lines of its own is parted by semicolons."""
    parts = [""]
    for event, part in etree.iterwalk(cell, events=("start", "end")):
        is_part = part is not cell and (part.tag in _BLOCKS or part.tag == "br")
        if is_part:
            parts.append("")
        if event == "start":
            parts[-1] += (part.text or "") if isinstance(part.tag, str) else ""
        elif part is not cell:
            parts[-1] += part.tail or ""
    *lines, last = [line for line in map(one_line, parts) if line] or [""]
    return "; ".join([*(line.removesuffix(".") for line in lines), last])

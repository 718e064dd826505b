"""Join the lines of a PDF to paragraphs, across columns and pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from qa.articles.formats.pdf_layout import Flow, Table, leading
from qa.articles.formats.pdf_page import Piece
from qa.articles.text import PROSE_ENDS

LARGER, SMALLER = 1.15, 0.93
"""Parts of the size of the text from which type is that of a heading, and of a note or a caption."""

LONGEST_HEADING = 25
"""Words."""

SIDE_BLOCKS = 4
"""Blocks that may stand between the two halves of a sentence: a caption, a table, the headline of a jump, notes."""

MOST_RESUMED = 20
"""Pages; a whole newspaper has more jumps than can be told apart."""

_NOTE = re.compile(r"(?:\d{1,2}|[*†‡])[.)]?\s?(?=[\"“‘]?[A-ZÀ-Þ])")
_BULLET = re.compile(r"[-*•–▪●]\s?(?=\S)|\d{1,3}[.)] ")


@dataclass(slots=True)
class Paragraph:
    text: str
    size: float
    bold: bool
    page: int
    flow: int = 0
    is_open: bool = False
    """Whether its last line is full and may go on elsewhere."""
    table: list[list[str]] = field(default_factory=list)


def usual_size(flows: Sequence[Flow | Table]) -> float:
    """Return the type size of most letters, in points."""
    sizes: Counter[float] = Counter()
    for flow in flows:
        for line in flow.lines if isinstance(flow, Flow) else ():
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def paragraphs(pages: Sequence[Sequence[Flow | Table]], resumed: Collection[int] = ()) -> list[Paragraph]:
    """Return the paragraphs and tables of all pages in order, the notes at the foot of a page behind its text.

    On the pages that are `resumed`, counted from 0, goes on what broke off on an earlier one.
    """
    flows = [flow for page in pages for flow in page]
    usual = usual_size(flows)
    vocabulary = Counter(
        word for flow in flows if isinstance(flow, Flow) for line in flow.lines for word in _words(line.text)
    )
    made: list[Paragraph] = []
    for number, page in enumerate(pages):
        for flow in page:
            if isinstance(flow, Table):
                made.append(Paragraph("", usual, False, number, table=[list(row) for row in flow.rows]))
            else:
                made += (replace(part, flow=id(flow)) for part in _of_flow(flow, usual, number, vocabulary))
    return _joined(_resumed(made, resumed, usual), usual, vocabulary)


def _of_flow(flow: Flow, usual: float, page: int, vocabulary: Counter[str]) -> list[Paragraph]:
    made: list[Paragraph] = []
    step = leading(flow.lines)
    edges = _Edges(flow)
    for number, line in enumerate(flow.lines):
        before = flow.lines[number - 1] if number else None
        if before is None or _begins(before, line, made[-1], edges, step, usual):
            made.append(Paragraph(line.text, line.size, line.bold, page))
        else:
            made[-1].text = join(made[-1].text, line.text, vocabulary)
            made[-1].bold = made[-1].bold and line.bold
        made[-1].is_open = line.right > edges.left + 0.8 * (edges.right - edges.left)
    return made


class _Edges:
    """The left and right edge of a flow: text is indented or short only beside other lines of its own size."""

    def __init__(self, flow: Flow) -> None:
        main = usual_size([flow])
        lines = [line for line in flow.lines if abs(line.size - main) < 0.6] or list(flow.lines)
        lefts = Counter(round(line.left) for line in lines)
        most = max(lefts.values())
        self.left = min(left for left, count in lefts.items() if count * 4 >= most)
        self.right = max(line.right for line in lines)


def _begins(before: Piece, line: Piece, made: Paragraph, edges: _Edges, step: float, usual: float) -> bool:
    """Tell whether a line begins a paragraph below the line before it."""
    if not SMALLER < line.size / before.size < 1 / SMALLER:
        return True
    gap = line.base - before.base
    if line.size >= LARGER * usual:  # The lines of a headline end where the sense wants it.
        return gap > 1.7 * line.size
    if line.bold != before.bold or _BULLET.match(line.text):
        return line.bold != before.bold or not made.text.endswith("-")
    runs_on = not made.text.endswith(PROSE_ENDS) and line.text[:1].islower()
    if gap > 2.5 * step or (gap > max(1.3 * step, 1.15 * line.size) and not runs_on):
        return True
    width = edges.right - edges.left
    room = edges.right - before.right - 0.3 * line.size - line.first_word
    if runs_on:
        return room > 0.3 * width
    indent = line.left - max(edges.left, min(before.left, line.left))
    if (
        line.left - edges.left > 0.7 * line.size
        and indent > 0.7 * line.size
        and before.left < line.left - line.size / 2
    ):
        return True
    return room > 0.1 * width or (room > 0.02 * width and made.text.endswith(PROSE_ENDS))


def _resumed(made: list[Paragraph], pages: Collection[int], usual: float) -> list[Paragraph]:
    """Move what goes on after a jump behind the paragraph that broke off, without the headline that it has there."""
    for page in sorted(pages)[:MOST_RESUMED]:
        here = [paragraph for paragraph in made if paragraph.page == page]
        head = [paragraph for paragraph in here if not paragraph.table and paragraph.size >= LARGER * usual][:1]
        rest = [paragraph for paragraph in here if paragraph not in head]
        before = [paragraph for paragraph in made if paragraph.page < page and _is_broken(paragraph, usual)]
        if before and rest and rest[0].text and (not head or here[0] is head[0]):
            end = next((n for n, paragraph in enumerate(rest) if paragraph.size >= LARGER * usual), len(rest))
            moved = rest[:end]
            made = [paragraph for paragraph in made if not any(paragraph is other for other in moved + head)]
            at = next(number for number, paragraph in enumerate(made) if paragraph is before[0]) + 1
            made[at:at] = moved
    return made


def _is_broken(paragraph: Paragraph, usual: float) -> bool:
    is_text = paragraph.text and paragraph.size < LARGER * usual and len(paragraph.text.split()) > 3
    return bool(is_text) and not paragraph.text.endswith((*PROSE_ENDS, ":"))


def _joined(made: list[Paragraph], usual: float, vocabulary: Counter[str]) -> list[Paragraph]:
    """Join the halves of sentences that a column or page, or what stands beside the text, parts."""
    joined: list[Paragraph] = []
    waiting = made[::-1]
    while waiting:
        paragraph = waiting.pop()
        while (found := _rest_of(paragraph, waiting, usual)) is not None:
            rest = waiting.pop(-1 - found)
            paragraph.text = join(paragraph.text, rest.text, vocabulary)
            paragraph.is_open, paragraph.page, paragraph.flow = rest.is_open, rest.page, rest.flow
        joined.append(paragraph)
    for paragraph in joined:
        if paragraph.size <= SMALLER * usual and paragraph.text.endswith(PROSE_ENDS):
            paragraph.text = _NOTE.sub("", paragraph.text, count=1)
    return joined


def _rest_of(paragraph: Paragraph, waiting: list[Paragraph], usual: float) -> int | None:
    """Return where among the paragraphs that follow, the next one last, the rest of a sentence stands."""
    if not _is_broken(paragraph, usual):
        return None
    for number, other in enumerate(waiting[: -SIDE_BLOCKS - 2 : -1]):
        is_alike = other.text and SMALLER < other.size / paragraph.size < 1 / SMALLER
        if is_alike and other.bold == paragraph.bold:
            if number == 0 and other.flow == paragraph.flow:
                return None  # Told apart already, by its place.
            goes_on = other.text[0].islower() or paragraph.text.endswith("-")
            # A name may begin the next column or page, but not a paragraph in the same one.
            may_go_on = (paragraph.is_open and number == 0) or other.page > paragraph.page
            is_new = _BULLET.match(other.text) or len(other.text.split()) < 4
            return number if goes_on or (may_go_on and not is_new) else None
    return None


def join(text: str, line: str, vocabulary: Counter[str]) -> str:
    """Return the text with a line behind it: a hyphen at the end of a line is kept where the word has one elsewhere.

    ("the Har-", "bour was", …) -> "the Harbour was", ("the Mirna-", "Karsk line", …) -> "the Mirna-Karsk line"
    """
    broken = re.search(r"([\w'’-]*\w)-\Z", text[-60:]) if text.endswith("-") else None
    if not broken or not line or not line[0].isalnum():
        return f"{text} {line}"
    first, second = broken[1], next(iter(_words(line)), "")
    whole, hyphened = vocabulary[first + second], vocabulary[f"{first}-{second}"]
    is_compound = (
        not line[0].islower()
        or "-" in first
        or first[-1].isdigit()
        or hyphened > whole
        or (first[0].isupper() and not whole and vocabulary[first] > 0)  # "Kenya-led" where Kenya is told of
    )
    return text + line if is_compound else text[:-1] + line


def _words(text: str) -> list[str]:
    return re.findall(r"\w[\w'’-]*\w|\w", text)

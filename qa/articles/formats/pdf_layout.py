"""Put the lines of a page into the order in which they are read: columns one after the other, tables row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from qa.articles.formats.pdf_page import MOST_PIECES, Page, Piece

FEWEST_LINES = 2
"""Of text on both sides of white space that parts columns."""

FAR = 3.0
"""Parts of the type size; lines further apart than this belong to no common table."""

_FIGURE = re.compile(r"\W*\d[\d.,:/%–-]*\W*\w{0,3}")
Row = list[Piece]


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines that are read one after the other."""

    lines: tuple[Piece, ...]

    @property
    def left(self) -> float:
        return min(line.left for line in self.lines)

    @property
    def right(self) -> float:
        return max(line.right for line in self.lines)


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[tuple[str, ...], ...]


def read_order(page: Page) -> list[Flow | Table]:
    """Return the columns and tables of a page in reading order."""
    pieces = sorted(page, key=lambda piece: (piece.base, piece.left))
    if len(pieces) > MOST_PIECES:
        return [Flow(tuple(pieces))]
    return list(_ordered(_rows(pieces), 0))


def _rows(pieces: list[Piece]) -> list[Row]:
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda piece: piece.base):
        if rows and piece.base - rows[-1][-1].base < 0.35 * min(piece.size, rows[-1][-1].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _ordered(rows: list[Row], depth: int) -> Iterator[Flow | Table]:
    if not rows:
        return
    table = _first_table(rows)
    cut = _widest_cut(rows) if depth < 20 else None
    if table and (cut is None or _is_in(table, cut, rows)):
        start, end, cells = table
        yield from _ordered(rows[:start], depth + 1)
        yield Table(tuple(cells))
        yield from _ordered(rows[end:], depth + 1)
    elif cut:
        start, end, x = cut
        within = [piece for row in rows[start:end] for piece in row]
        yield from _ordered(rows[:start], depth + 1)
        yield from _ordered(_rows([piece for piece in within if piece.left < x]), depth + 1)
        yield from _ordered(_rows([piece for piece in within if piece.left >= x]), depth + 1)
        yield from _ordered(rows[end:], depth + 1)
    else:
        yield from _flows(rows)


def _flows(rows: list[Row]) -> Iterator[Flow]:
    """Yield one flow, parted where a line has several pieces: these are read from left to right, each by itself."""
    for is_single, some in groupby(rows, key=lambda row: len(row) == 1):
        if is_single:
            yield Flow(tuple(row[0] for row in some))
        else:
            yield from (Flow((piece,)) for row in some for piece in row)


def _widest_cut(rows: list[Row]) -> tuple[int, int, float] | None:
    """Return the rows (start, end) and the x of the white space that parts the most lines into columns."""
    places = sorted({round(piece.right) + 2.0 for row in rows for piece in row})
    best, found = 0, None
    for x in places[:: 1 + len(places) // 200]:
        for start, end in _free(rows, x):
            start, end = _beside(rows, start, end, x)
            left = sum(piece.left < x for row in rows[start:end] for piece in row)
            right = sum(len(row) for row in rows[start:end]) - left
            if min(left, right) >= FEWEST_LINES and min(left, right) * 1_000 + end - start > best:
                best, found = min(left, right) * 1_000 + end - start, (start, end, x)
    return found


def _free(rows: list[Row], x: float) -> Iterator[tuple[int, int]]:
    """Yield the runs of rows without a piece across x."""
    start = 0
    for number, row in enumerate(rows):
        if any(piece.left < x < piece.right + 1.5 for piece in row):
            if start < number:
                yield start, number
            start = number + 1
    if start < len(rows):
        yield start, len(rows)


def _beside(rows: list[Row], start: int, end: int, x: float) -> tuple[int, int]:
    """Narrow a run of rows to where text stands on both sides, with what runs on from there without a gap."""
    sides = [
        [number for number in range(start, end) if any((piece.left < x) == is_left for piece in rows[number])]
        for is_left in (True, False)
    ]
    if not all(sides):
        return start, start
    first, last = max(side[0] for side in sides), min(side[-1] for side in sides)
    if first > last:
        return start, start
    while first > start and _runs_on(rows[first - 1], rows[first]):
        first -= 1
    while last + 1 < end and _runs_on(rows[last], rows[last + 1]):
        last += 1
    return first, last + 1


def _runs_on(above: Row, below: Row) -> bool:
    size = below[0].size
    return below[0].base - above[0].base < 1.7 * size and 0.9 < above[0].size / size < 1.1


def _is_in(table: tuple[int, int, list[tuple[str, ...]]], cut: tuple[int, int, float], rows: list[Row]) -> bool:
    """Tell whether the white space is that of a table rather than one between columns of text."""
    start, end, x = cut
    within = [piece for row in rows[start:end] for piece in row]
    sides = [[p for p in within if p.left < x], [p for p in within if p.left >= x]]
    is_text = all(_is_running(side) for side in sides)
    return not is_text and table[0] < end and start < table[1]


def _is_running(pieces: list[Piece]) -> bool:
    """Tell lines of text, which fill their column, from the cells of a table."""
    widths = [piece.right - piece.left for piece in pieces]
    words = [len(piece.text.split()) for piece in pieces]
    return len(pieces) > 2 and median(words) >= 3 and median(widths) > 0.75 * max(widths)


def _first_table(rows: list[Row]) -> tuple[int, int, list[tuple[str, ...]]] | None:
    """Return the first rows (start, end) that are a table, and its cells."""
    start = 0
    while start < len(rows) - 1:
        end = start
        while end < len(rows) and len(rows[end]) > 1 and (end == start or _is_near(rows[end - 1], rows[end])):
            end += 1
        if end - start > 1 and (cells := _cells(rows[start:end])):
            return start, end, cells
        start = max(end, start + 1)
    return None


def _is_near(above: Row, below: Row) -> bool:
    return below[0].base - above[0].base < FAR * below[0].size


def _cells(rows: list[Row]) -> list[tuple[str, ...]]:
    """Return the cells by column, [] where the rows are no table."""
    edges: list[list[float]] = []
    for piece in sorted((piece for row in rows for piece in row), key=lambda piece: piece.left):
        if edges and piece.left < edges[-1][1]:
            edges[-1][1] = max(edges[-1][1], piece.right)
        else:
            edges.append([piece.left, piece.right])
    columns = [[p for row in rows for p in row if left <= p.left <= right] for left, right in edges]
    if len(columns) < 2 or not all(len(column) * 2 >= len(rows) for column in columns):
        return []
    words = [sum(len(piece.text.split()) for piece in column) / len(column) for column in columns]
    has_figures = any(sum(bool(_FIGURE.fullmatch(p.text)) for p in column) * 2 >= len(column) for column in columns)
    if any(map(_is_running, columns)) or max(words) > 8 or not (has_figures or max(words) < 4):
        return []
    table = []
    for row in rows:
        cells = [" ".join(p.text for p in row if left <= p.left <= right) for left, right in edges]
        table.append(tuple(cells))
    return table


def leading(lines: tuple[Piece, ...]) -> float:
    """Return the distance of two lines of one paragraph: there may be as many gaps between paragraphs."""
    steps = sorted(below.base - above.base for above, below in pairwise(lines) if below.base > above.base)
    return steps[len(steps) // 4] if steps else 1.2 * lines[0].size if lines else 0.0

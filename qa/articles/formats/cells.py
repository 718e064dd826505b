"""Turn the table of a document into blocks: a line for each row, or the text of its cells where it sets out a page."""

from collections.abc import Iterator

from qa.articles.tables import table_lines
from qa.articles.text import HEADING, PROSE_ENDS, block

LONGEST_CELL = 40
"""Words; a table with a longer cell sets out a page and is read as running text."""

LONGEST_PROSE_CELL = 8
"""Words; several longer sentences that are paragraphs of one cell are running text too."""

Cell = list[str]
"""The blocks of a cell."""


def table_blocks(rows: list[list[Cell]], *, headers: int | None = None, is_page: bool = False) -> Iterator[str]:
    """Yield the blocks of a table of `headers` header rows (None: not told); one that `is_page` is running text.

    A cell that spans columns or rows is one value that stands in all of them.
    """
    rows = [row for row in rows if any(row)]
    is_column = max((len({id(cell) for cell in row if cell}) for row in rows), default=0) < 2
    if is_page or is_column or any(_is_text(cell) for row in rows for cell in row):
        yield from _running(rows)
    else:
        plain = [[" ".join(line.removeprefix(HEADING) for line in cell) for cell in row] for row in rows]
        yield from (block(line) for line in table_lines(plain, headers=headers or None))


def _is_text(cell: Cell) -> bool:
    lengths = [len(line.split()) for line in cell]
    prose = [line for line, words in zip(cell, lengths, strict=True) if words > LONGEST_PROSE_CELL]
    return max(lengths, default=0) > LONGEST_CELL or sum(line.endswith(PROSE_ENDS) for line in prose) > 1


def _running(rows: list[list[Cell]]) -> Iterator[str]:
    above: list[Cell] = []
    for row in rows:
        for number, cell in enumerate(row):
            if not any(cell is earlier for earlier in (*row[max(0, number - 1) : number], *above[number : number + 1])):
                yield from cell
        above = row

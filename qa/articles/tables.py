"""Turn a table into lines that can be read, found and quoted alone: one a row, each value with its header."""

import re
from collections.abc import Sequence
from itertools import takewhile

from qa.articles.text import PROSE_ENDS

_FIGURE = re.compile(r"[\W_]*\d[\d.,:/–-]*[\W_]*\w{0,4}")


def table_lines(rows: Sequence[Sequence[str]], *, headers: int | None = None) -> list[str]:
    """Return one line for each row of a table below its `headers` first rows, by default as many as look like headers.

    A cell that spans columns or rows stands in each of them. The first cell that is no figure is what the row is about:
    [["Party", "Votes", "Seats"], ["Harbour List", "4,812", "6"]] -> ["Harbour List: 4,812 votes; 6 seats."]
    """
    cells = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    headers = _count_headers(cells) if headers is None else headers
    if len(cells) <= headers:
        return [_line(row, []) for row in cells]
    names = [_unique(column) for column in zip(*_even(cells[:headers]), strict=True)] if headers else []
    return [_line(row, names) for row in cells[headers:]]


def _count_headers(rows: list[list[str]]) -> int:
    """Count the rows without a figure above rows that all have one in the same column."""
    if len(rows) < 2:
        return 0
    above = len(list(takewhile(lambda row: len(row) > 1 and not any(map(_FIGURE.fullmatch, row)), rows)))
    below = rows[above:]
    figures = [
        column for column in range(min(map(len, below), default=0)) if all(_FIGURE.fullmatch(r[column]) for r in below)
    ]
    return 1 if above == 1 and any(rows[0][column] for column in figures if column < len(rows[0])) else 0


def _even(rows: list[list[str]]) -> list[list[str]]:
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def _unique(parts: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(part for part in parts if part))


def _line(row: list[str], names: list[str]) -> str:
    cells = [(cell, names[column] if column < len(names) else "") for column, cell in enumerate(row)]
    if len({cell for cell, _ in cells if cell}) == 1:  # A line across the table.
        return next(cell for cell, _ in cells if cell)
    about = next((n for n, (cell, _) in enumerate(cells) if cell and not _FIGURE.fullmatch(cell)), 0)
    values = [_value(cell, name) for n, (cell, name) in enumerate(cells) if n != about and cell]
    subject = cells[about][0].rstrip(":") or _value(*cells[about])
    line = f"{subject}: {'; '.join(values)}"
    return line if line.endswith(PROSE_ENDS) else line + "."


def _value(cell: str, name: str) -> str:
    name = name.rstrip(":")
    if not name or name.casefold() == cell.casefold():
        return cell
    # "4,812 votes" reads better than "Votes 4,812"; "45 age" does not.
    if re.fullmatch(r"[\d.,]+", cell) and re.fullmatch(r"[A-Z]?[a-z]{3,}s", name):
        return f"{cell} {name.lower()}"
    return f"{name} {cell}"

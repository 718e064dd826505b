"""Read a table of articles, .csv or .tsv: a row each, its columns named in the first row as in front matter."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import partial

from qa.articles.formats import fields
from qa.articles.text import Content, Record, decode
from qa.errors import UnreadableFile

_DELIMITERS = ",;\t|"
_DAY = re.compile(r"\s*(\d\d?)([/.-])(\d\d?)\2((?:19|20)\d\d)\b")


def read(data: bytes) -> Sequence[Record]:
    """Return the rows; raises UnreadableFile, with the columns that there are, when none is named as the text."""
    csv.field_size_limit(2**31 - 1)  # a long article is one field
    text = re.sub(r"\A\ufeff?(?:sep=.\r?\n)?", "", decode(data).replace("\0", ""))  # Excel writes such a line
    delimiter = max(_DELIMITERS, key=lambda delimiter: _worth(next(_rows(text, delimiter), [])))
    header, *rows = list(_rows(text, delimiter)) or [[]]
    if not fields.has_text(header):
        raise UnreadableFile(
            f"has no column for the text, {fields.named(header)}: name the columns in the first row, one of them "
            f"{fields.WANTED}"
        )
    dated = [number for number, name in enumerate(header) if fields.is_day(name)]
    is_day_first = _is_day_first([row[number] for row in rows for number in dated if number < len(row)])
    return [partial(_row, header, delimiter, is_day_first, row) for row in rows]


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    # Some programs write \" in place of "" for a quotation mark within a field.
    is_escaped = re.search(r'\\"[^,;\t|\r\n]', text) is not None and not re.search(r'[^,;\t|\n]""[^,;\t|\r\n]', text)
    lines = io.StringIO(text, newline="")
    found = csv.reader(lines, delimiter=delimiter, escapechar="\\" if is_escaped else None, doublequote=not is_escaped)
    return (row for row in found if any(map(str.strip, row)))


def _worth(header: list[str]) -> tuple[int, int]:
    return sum(map(fields.is_known, header)), len(header)


def _row(header: list[str], delimiter: str, is_day_first: bool | None, row: list[str]) -> Content:
    if len(row) > len(header):
        if not fields.has_text(header[-1:]):
            raise UnreadableFile(
                f"has {len(row)} fields where the first row names {len(header)}: put its text in quotation marks"
            )
        row = [*row[: len(header) - 1], delimiter.join(row[len(header) - 1 :])]
    values: dict[str, object] = {}
    for name, value in zip(header, row, strict=False):
        values.setdefault(name, _iso(value, is_day_first) if fields.is_day(name) else value)
    return fields.content_of(values)


def _is_day_first(dates: Sequence[str]) -> bool | None:
    """Whether dates like 7/3/2024 begin with the day, as one date of the table shows; None if none or two differ."""
    found = [match for match in map(_DAY.match, dates) if match]
    firsts, seconds = any(int(match[1]) > 12 for match in found), any(int(match[3]) > 12 for match in found)
    return firsts if firsts != seconds else None


def _iso(value: str, is_day_first: bool | None) -> str:
    match = _DAY.match(value)
    if is_day_first is None or match is None:
        return value
    day, month = (match[1], match[3]) if is_day_first else (match[3], match[1])
    return f"{match[4]}-{month:0>2}-{day:0>2}"

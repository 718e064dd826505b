"""Read the articles of a JSON file: one object, a list of them, an object with such a list, or one on each line."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from qa.articles.formats import fields
from qa.articles.text import Content, Record, decode
from qa.errors import UnreadableFile

_LISTS = "articles items data results entries posts stories news documents docs records hits response @graph".split()
"""Where the list of articles mostly stands; any other name will do, too."""

_WRAPPERS = ("_source", "fields", "attributes", "article")
"""An object under one of these is part of the article around it."""

_ARTICLE = re.compile(r"Article|Posting|Report\b")
"""Types of schema.org, among which others stand that have a description."""

DEEPEST = 4
"""Objects and lists within each other down to which articles are looked for."""


def read(data: bytes) -> Sequence[Record]:
    """Return the articles; raises UnreadableFile when it is no JSON, or nothing in it has a text."""
    text = decode(data).removeprefix("\ufeff")
    try:
        found = _articles(json.loads(text), {})
    except json.JSONDecodeError as error:
        lines = [(number, line) for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1) if line.strip()]
        if len(lines) < 2 or not any(_is_object(line) for _, line in lines):
            place = f"line {error.lineno}, column {error.colno}"
            raise UnreadableFile(f"is no JSON ({error.msg} at {place}): mend it, or write it again") from error
        return [partial(_of_line, *line) for line in lines]
    if found is None:
        raise UnreadableFile(f"has no list of articles in it: give each object a {fields.WANTED}")
    return [partial(_content, one) for one in found]


def _articles(value: Any, around: Mapping[str, Any], depth: int = 0) -> list[Any] | None:
    """Return the articles within a value, each with what is said `around` it of its outlet; None if there are none."""
    if depth > DEEPEST:
        return None
    if isinstance(value, list):
        if not any(isinstance(one, dict) for one in value):
            return None
        if typed := [one for one in value if isinstance(one, dict) and _ARTICLE.search(str(one.get("@type")))]:
            value = typed
        if not any(isinstance(one, dict) and fields.has_text(_merged(one)) for one in value):
            deeper = [found for one in value if (found := _articles(one, around, depth + 1))]
            return [article for found in deeper for article in found] or (value if depth else None)
        return [{**around, **one} if isinstance(one, dict) else one for one in value]
    if not isinstance(value, dict):
        return None
    if fields.has_text(_merged(value)) and not _holds_list(value):
        return _rows(value) or [{**around, **value}]
    outlet = value.get("source") or value.get("publisher") or ("items" in value and value.get("title"))
    around = {"source": outlet} if isinstance(outlet, str) else around
    for name in sorted(value, key=lambda name: _LISTS.index(name) if name in _LISTS else len(_LISTS)):
        if found := _articles(value[name], around, depth + 1):
            return found
    return None


def _holds_list(value: Mapping[str, Any]) -> bool:
    """Whether an object is one around articles, although it has a "description" too."""
    return any(
        isinstance(value.get(name), list) and any(isinstance(one, dict) for one in value[name]) for name in _LISTS
    )


def _rows(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the articles of a table that was written by columns: {"title": {"0": …}, "text": {"0": …}}."""
    texts = next(column for name, column in _merged(table).items() if fields.has_text([name]))
    if not isinstance(texts, dict) or not texts or not all(str(name).isdigit() for name in texts):
        return []
    return [{name: column.get(row) for name, column in table.items() if isinstance(column, dict)} for row in texts]


def _merged(article: Mapping[str, Any]) -> dict[str, Any]:
    inner = [article[name] for name in _WRAPPERS if isinstance(article.get(name), dict)]
    return {**{name: value for one in inner for name, value in one.items()}, **article}


def _content(article: Any) -> Content:
    if not isinstance(article, dict):
        raise UnreadableFile(f"is no object with a {fields.WANTED}: write it as one")
    return fields.content_of(_merged(article))


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _of_line(number: int, line: str) -> Content:
    try:
        return _content(json.loads(line))
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"is no JSON ({error.msg} at line {number}, column {error.colno}): mend it") from error

"""Read the facts that stand above a text: YAML between dashes, TOML between plus signs, or a JSON object."""

import json
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import yaml

from qa.articles.text import one_line, unescaped
from qa.errors import UnreadableFile

_FENCED = {
    "YAML": re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE),
    "TOML": re.compile(r"\A\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE),
}
_KEYS = {
    "url": "url link canonical canonical_url permalink source_url original_url",
    "title": "title headline",
    "source": "source outlet publisher publication site site_name sitename website",
    "author": "author authors by byline creator",
    "published": "published published_at published_time publish_date publishdate date_published datepublished date",
    "updated": "updated modified lastmod last_modified datemodified date_modified updated_at created created_at",
}
"""The keys of each fact, the surest first."""


def take_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the facts above `text` and what is left of it; raises UnreadableFile where they are broken."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for kind, fence in _FENCED.items():
        if match := fence.match(text):
            return _facts(_parse(kind, match[1])), text[match.end() :]
    if re.match(r"\{\s*\"", text):
        try:
            values, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            return {}, text  # A text may begin with a brace.
        if text[end : end + 1] == "\n":
            return _facts(values), text[end:]
    return {}, text


def _parse(kind: str, text: str) -> dict[str, Any]:
    # This loader leaves every value as it is written, so dates keep their own calendar day.
    parse: Callable[[str], Any] = (
        tomllib.loads if kind == "TOML" else lambda text: yaml.BaseLoader(text).get_single_data()
    )
    try:
        values = parse(text) or {}
        if not isinstance(values, dict):
            raise ValueError("no 'name: value' lines")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableFile(f"has broken {kind} front matter ({one_line(str(error), 100)}): mend it") from error
    return values


def _facts(values: dict[str, Any]) -> dict[str, str]:
    given = {re.sub(r"[\s-]", "_", key.casefold()): value for key, value in values.items() if isinstance(key, str)}
    facts: dict[str, str] = {}
    for name, keys in _KEYS.items():
        for key in filter(given.__contains__, keys.split()):
            value = given[key]
            parts = [part for part in map(_told, value if isinstance(value, list) else [value]) if part]
            told = ", ".join(dict.fromkeys(parts))
            # Programs that clip pages call the address the source.
            kind = "url" if key == "source" and re.match(r"(?i)https?://", told) else name
            if told:
                facts.setdefault(kind, _day(told) if name in ("published", "updated") else told)
    return facts


def _told(value: object) -> str:
    """Return a value as text: the name of a mapping, the shown part of a link between brackets."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("title") or ""
    elif isinstance(value, list):  # An unquoted "[[Ana Ruiz]]" is a list in a list.
        value = ", ".join(filter(None, map(_told, value)))
    elif value is None or isinstance(value, bool):
        value = ""
    text = re.sub(r"\[\[(?:[^\[\]|]*\|)?([^\[\]]*)\]\]", r"\1", str(value))
    return unescaped(re.sub(r"\A\[([^\[\]]+)\]\(\S*\)\Z", r"\1", text.strip()))


def _day(value: str) -> str:
    """Return the seconds or milliseconds since 1970 as their day in UTC, and any other value as it is."""
    if not re.fullmatch(r"\d{9,10}(?:\.\d+)?|\d{12,13}", value):
        return value
    seconds = float(value) / (1000 if len(value.split(".")[0]) > 10 else 1)
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()

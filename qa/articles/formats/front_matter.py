"""Read the facts that stand above a text between lines of dashes."""

import re

import yaml

from qa.articles.text import one_line, unescaped
from qa.errors import UnreadableFile

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEYS = {"outlet": "source", "publisher": "source", "authors": "author", "by": "author", "date": "published"}
_KEYS |= {"link": "url"} | {name: name for name in ("title", "source", "author", "published", "url")}


def take_front_matter(text: str) -> tuple[dict[str, str], str]:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(text)
    return (_front_matter(match[1]), text[match.end() :]) if match else ({}, text)


def _front_matter(text: str) -> dict[str, str]:
    try:
        # This loader leaves every value as it is written, so dates keep their own calendar day.
        values = yaml.BaseLoader(text).get_single_data() or {}
        if not isinstance(values, dict):
            raise ValueError("no 'name: value' lines")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableFile(f"has broken YAML front matter ({one_line(str(error), 100)}): mend it") from error
    facts: dict[str, str] = {}
    for key, value in values.items():
        parts = [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str) and part]
        if parts and isinstance(key, str) and (name := _KEYS.get(key.lower())):
            facts.setdefault(name, unescaped(", ".join(parts)))
    return facts

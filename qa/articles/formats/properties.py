"""Read the properties that a document states about itself."""

import re
from typing import Any

from qa.articles.formats.zipped import local_name
from qa.articles.text import one_line

_SENSELESS = re.compile(
    r"(?i)\W*|anonymous|un(?:known|specified|titled.*)|user|admin|owner|python-docx|microsoft.*|.*\.\w{3,4}"
)


def read_properties(title: str | None, author: str | None) -> dict[str, str]:
    """Return title and author of a document, without what programs write there by themselves."""
    given = {"title": title, "author": author}
    facts = {name: one_line((value or "").strip("() ")) for name, value in given.items()}
    return {name: value for name, value in facts.items() if not _SENSELESS.fullmatch(value)}


def dublin_core(root: Any) -> dict[str, list[str]]:
    """Return the texts of the elements below `root` (None: nothing) by name: {"title": ["Ships left"], ...}."""
    found: dict[str, list[str]] = {}
    for element in root.iter() if root is not None else ():
        if isinstance(element.tag, str) and (element.text or "").strip():
            found.setdefault(local_name(element), []).append(" ".join(element.text.split()))
    return found

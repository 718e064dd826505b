"""Read the properties that a PDF or Word document states about itself."""

import re
from typing import Any

from qa.articles.text import one_line


def read_properties(about: Any) -> dict[str, str]:
    """Return title and author of a document, without what programs write there by themselves."""
    facts = {name: one_line((getattr(about, name, "") or "").strip("() ")) for name in ("title", "author")}
    senseless = r"(?i)\W*|anonymous|un(?:known|specified|titled.*)|user|admin|owner|python-docx|microsoft.*|.*\.\w{3,4}"
    return {name: value for name, value in facts.items() if not re.fullmatch(senseless, value)}

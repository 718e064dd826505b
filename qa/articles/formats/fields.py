"""Read one article out of named values, as the rows of a table and the objects of a JSON file have them."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import unescape

from qa.articles.formats import fragment
from qa.articles.text import Content, one_line
from qa.errors import UnreadableFile

# Of two names of one fact the earlier one is taken; names are compared without case, spaces, "_" and "-".
_TEXT = (
    "text fulltext articletext body bodytext articlebody bodyhtml maintext content contenttext contenthtml contents "
    "html article story plaintext"
).split()
_BEGINNING = "description summary abstract lead leadparagraph snippet excerpt".split()
_NAMES = {
    "title": "title headline webtitle subject heading name".split(),
    "source": "source outlet publisher publication newspaper site sitename sourcename provider media".split(),
    "author": "author authors by byline creator writer journalist".split(),
    "published": (
        "published publishedat datepublished publicationdate publishdate pubdate webpublicationdate date "
        "firstpublished datetime datecreated created createdat timestamp time"
    ).split(),
    "updated": "updated updatedat datemodified modified lastmodified".split(),
    "url": "url link weburl permalink canonicalurl articleurl sourceurl mainentityofpage".split(),
}
_DAYS = ("published", "updated")
WANTED = "text, body, content or article"
"""Names of the text, as errors name them."""

_EMPTY = re.compile(r"(?i)\W*|nan|nat|none|null|n/?a")
_CUT = re.compile(r"\s*\[\+\d+ chars\]\s*\Z")


def key(name: object) -> str:
    """Return a name as names are compared: "Date_Published " -> "datepublished"."""
    return re.sub(r"[\W_]", "", str(name).casefold())


def has_text(names: Iterable[object]) -> bool:
    """Whether one of the names is one of a text, or of the beginning of one."""
    return any(key(name) in (*_TEXT, *_BEGINNING) for name in names)


def is_known(name: object) -> bool:
    """Whether a name is one of an article's text or facts."""
    return has_text([name]) or any(key(name) in names for names in _NAMES.values())


def is_day(name: object) -> bool:
    """Whether a name is one of a day."""
    return any(key(name) in _NAMES[fact] for fact in _DAYS)


def content_of(values: Mapping[str, object]) -> Content:
    """Return the blocks and facts of an article; raises UnreadableFile, with the names that it has, without a text."""
    told: dict[str, str] = {}
    for name, value in values.items():
        if words := _words(value, "\n\n" if key(name) in _TEXT else ", "):
            told.setdefault(key(name), words)
    text = next((told[name] for name in (*_TEXT, *_BEGINNING) if name in told), "")
    if not text:
        if not has_text(values):
            raise UnreadableFile(f"has no text, {named(values)}: name one of them {WANTED}")
        raise UnreadableFile("has no words in its text: write some, or remove it")
    facts = {fact: next((told[name] for name in names if name in told), "") for fact, names in _NAMES.items()}
    if not facts["url"] and re.match(r"https?://\S+\Z", facts["source"]):
        facts |= {"url": facts["source"], "source": ""}
    facts |= {name: fragment.bare(_as_day(value) if name in _DAYS else value) for name, value in facts.items()}
    blocks, hidden = fragment.read(_CUT.sub("", text))
    return blocks, facts | hidden


def named(names: Iterable[object]) -> str:
    """Tell which names there are, in a sentence."""
    lines = [one_line(str(name), 40) for name in names]
    told = ["".join(letter for letter in line if letter.isprintable()) for line in lines]
    return f"only {', '.join(told[:12])}{', …' if len(told) > 12 else ''}" if told else "nor any other"


def _as_day(value: str) -> str:
    """Return the day, in UTC, of seconds or milliseconds since 1970, and any other value as it is."""
    if not re.fullmatch(r"\d{9,13}(?:\.\d+)?", value):
        return value
    seconds = float(value)
    return datetime.fromtimestamp(seconds / 1_000 if seconds > 1e11 else seconds, UTC).date().isoformat()


def _words(value: object, between: str) -> str:
    """Return a value as text: a person or an outlet is an object with a name, several stand in a list."""
    if isinstance(value, list):
        return between.join(filter(None, (_words(one, between) for one in value)))
    if isinstance(value, Mapping):
        known = ("name", "rendered", "text", "title", "@value", "#text", "value", "@id", "url", "html")
        return next((words for name in known if (words := _words(value.get(name), between))), "")
    if value is None or isinstance(value, bool):
        return ""
    words = unescape(str(value)) if re.search(r"&lt;/?\w", str(value)) else str(value)
    return "" if _EMPTY.fullmatch(words) else words.strip()

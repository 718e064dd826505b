"""What a finding says, as it is compared: its words in their sentence, and a text in its plain form."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from qa.values import Amount, Day, values

REMEMBERED = 4_096
"""Findings, or texts, of which what was read is kept: each is compared with many others."""


@dataclass(frozen=True, slots=True)
class Said:
    """The words `sentence[start:end]` that answer, in a sentence of an article of a day, with the article's text."""

    sentence: str
    start: int
    end: int
    published: date | None = None
    article: str = ""

    @property
    def words(self) -> str:
        return self.sentence[self.start : self.end]

    @property
    def is_whole(self) -> bool:
        """Whether the whole sentence answers."""
        return (self.start, self.end) == (0, len(self.sentence))


MOST_PASSES = 5
"""After which a text is as plain as it gets; two are enough for all but made-up ones."""


@lru_cache(REMEMBERED)
def plain(text: str) -> str:
    """Return a text without case, accents, punctuation and articles, its amounts and days in one form each.

    "Five people", "the 5 people" -> "5 people"; normalising twice changes nothing.
    """
    for _ in range(MOST_PASSES):
        before, text = text, _plain_once(text)  # "2-1 million": once its hyphen is gone, a number is read in it
        if text == before:
            break
    return text


def _plain_once(text: str) -> str:
    parts, last = [], 0
    for start, end, value in values(text):
        parts += [text[last:start], f" {_written(value)} "]
        last = end
    letters = folded("".join([*parts, text[last:]]))
    words = re.findall(r"\d[\d.]*\d|\w+", re.sub(r"['’]s?\b", "", letters).replace(",", ""))
    return " ".join(re.sub(r"^0+(?=\d)", "", word) for word in words if word not in ("a", "an", "the"))


def _written(value: Amount | Day) -> str:
    if isinstance(value, Amount):
        number = f"{value.value:f}".rstrip("0").rstrip(".") if "." in f"{value.value:f}" else f"{value.value:f}"
        return f"{number} {value.unit}"
    return f"d{value.year or 0:04d}{value.month or 0:02d}{value.day or 0:02d}"


def folded(text: str) -> str:
    """Return a text without case and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c))

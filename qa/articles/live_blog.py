"""Part a live blog at its time stamps: every entry has its own time, and often its own day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.articles.dates import read_date
from qa.articles.text import HEADING, PROSE_ENDS

_TIME = r"(?:\d{1,2}(?:[:.]\d\d){0,2} ?[ap]\.? ?m\b\.?|(?:[01]?\d|2[0-3])[:.][0-5]\d\b(?![:.]?\d))"
_ZONE = r"(?: ?\(?(?-i:UTC|[A-Z]{1,2}[SD]?T|CES?T|AE[SD]T|GMT|BST|IST)\)?| local time)?"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? "
_DAY = (
    rf"(?:{_WEEKDAY})?(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?:,? \d{{4}})?|\d{{4}}-\d\d-\d\d|\d{{1,2}}/\d{{1,2}}/\d{{4}})"
)
_AGO = r"(?:\d{1,2}|an?) ?(?:m|mins?|minutes?|h|hrs?|hours?|d|days?) ago"
_STAMP = re.compile(
    rf"(?i)(?:(?:last )?(?:updated|posted|published)(?: at)?:? )?(?:{_AGO}(?: ?{_TIME}{_ZONE})?"
    rf"|{_DAY},? ?(?:at |[-–—|·•] ?)?{_TIME}{_ZONE}|{_TIME}{_ZONE}(?:,? ?(?:on |[-–—|·•] ?)?{_DAY})?)"
)
_ALONE = re.compile(r"(?i)[\s.,|·•]*(?:(?:share|copy|copied|link|facebook|twitter|e-?mail)\b.{0,60})?")
_PARTED = re.compile(r"\s*(?:[:―–—|]|-(?=\s)|/(?=\s))+\s*")

FEWEST = 3
"""Stamps by which a page that is not called a live blog is one: alone on their lines, with a day, "ago" or "Share"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The blocks below a stamp, with the day (None if it names none) and the time that it shows ("" if none)."""

    blocks: tuple[str, ...]
    day: date | None
    time: str


@dataclass(frozen=True, slots=True)
class _Stamp:
    line: str
    told: str
    """The first block of the entry, where it stands on the line of the stamp."""

    is_alone: bool


def clock(text: str) -> str:
    """Return the time in a text that is a stamp and nothing else: "Oct. 8, 9:15 am ET" -> "9:15 am ET"; or ""."""
    line = text.strip(" .,|·•")
    time = re.search(rf"(?i){_TIME}{_ZONE}", line) if len(line) < 80 and _STAMP.fullmatch(line) else None
    return time[0].strip() if time else ""


def entries(blocks: Sequence[str], published: date | None, *, is_live: bool) -> list[Entry]:
    """Return what stands above the first stamp and the entries of a page; nothing if there are none to be told apart.

    The stamps, and what is to be clicked beside them, are no part of any entry.
    """
    stamps = {number: stamp for number, block in enumerate(blocks) if (stamp := _stamp(block))}
    if len(stamps) < 2 or not (is_live or sum(_shows(stamp, published) for stamp in stamps.values()) >= FEWEST):
        return []
    starts = list(stamps)
    found = []
    for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        stamp, below = stamps[start], blocks[start + 1 : end]
        time = re.search(rf"(?i){_TIME}{_ZONE}", stamp.line)
        entry = Entry(
            tuple(filter(None, (stamp.told, *below))), _day(stamp.line, published), time[0].strip() if time else ""
        )
        found.append(entry)
    # A timetable has times, too, but nothing is told below them.
    if 2 * sum(map(_tells, found)) < len(found):
        return []
    lead = Entry(tuple(blocks[: starts[0]]), published, "")
    return [lead, *found]


def _stamp(block: str) -> _Stamp | None:
    line = block.removeprefix(HEADING)
    match = _STAMP.match(line)
    if match is None:
        return None
    rest = line[match.end() :]
    if _ALONE.fullmatch(rest):
        return _Stamp(line, "", True)
    parted = _PARTED.match(rest)
    told = rest[parted.end() :] if parted else rest.strip()
    is_range = re.match(rf"(?i)(?:to |and )?{_TIME}", told)
    # "9:33 p.m. Rescue teams stand down", not "9:33 p.m. was the time at which they did."
    is_headline = re.match(r"[\"“‘']?[^\W_a-zß-ÿ]", told) and not told.endswith(PROSE_ENDS) and len(told.split()) <= 20
    if is_range or not told or not (parted or (rest.startswith(" ") and is_headline)):
        return None
    if parted and "/" in parted[0]:
        told = f"By {told}"  # "9:14 p.m. ET / Ana Ruiz"
    elif not told.endswith(PROSE_ENDS):
        told = HEADING + told
    return _Stamp(match[0], told, False)


def _shows(stamp: _Stamp, published: date | None) -> bool:
    """Whether a stamp is one of a live blog whatever the page is called: of days just before it was saved."""
    if not stamp.is_alone or re.search(rf"(?i){_AGO}|\bshare\b", stamp.line):
        return stamp.is_alone
    day = _day(stamp.line, None)
    # The days of a programme are still to come.
    return day is not None and (published is None or -3 <= (day - published).days <= 1)


def _tells(entry: Entry) -> bool:
    return any(block.endswith(PROSE_ENDS) and len(block.split()) >= 5 for block in entry.blocks)


def _day(stamp: str, published: date | None) -> date | None:
    """Return the day that a stamp names, in the year of the page if it names none; that of the page if no day."""
    named = re.search(rf"(?i){_DAY}", stamp)
    if named is None:
        return published
    return read_date(named[0]) or (published and read_date(f"{named[0]}, {published.year}")) or published

"""Read the page of a live blog: all that it shows of its entries, each below its time stamp with its day."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import dateutil.parser
from lxml.html import HtmlElement

from qa.articles.formats.html_tree import text_blocks
from qa.articles.furniture import is_live
from qa.articles.live_blog import clock
from qa.articles.text import one_line

_TYPE = "LiveBlogPosting"
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_STAMPED = ("time", "span", "p", "div", "a", "small", "strong", "b")
_PASSED = ("nav", "aside", "footer")
MOST_STAMPS, MOST_PARTS = 5_000, 2
"""A page with more stamps is none that people read; an element with more elements in it is no stamp."""


def stamp_entries(tree: HtmlElement, title: str, url: str) -> list[HtmlElement]:
    """Make each time stamp of a live blog a paragraph above its entry, with its day, and return these paragraphs.

    `<h2>Fog</h2><time datetime="2024-10-08T09:15">9:15 am</time>` -> `<p>2024-10-08 9:15 am</p><h2>Fog</h2>`
    """
    updates = _updates(tree)
    if not (updates or is_live(title, url) or tree.xpath(f"boolean(//*[contains(@itemtype, '{_TYPE}')])")):
        return []
    days = {_key(str(update.get("headline"))): str(update.get("datePublished")) for update in updates}
    for heading in list(tree.iter(*_HEADINGS)) if days else ():
        _stamp_heading(heading, days)
    stamps: list[HtmlElement] = []
    for part in list(tree.iter(*_STAMPED)):
        if (
            len(part) <= MOST_PARTS
            and len(stamps) < MOST_STAMPS
            and (told := _told(part))
            and not any(part.iterancestors(*_PASSED))
        ):
            stamps.append(_lift(part, told))
    return stamps


def entry_blocks(stamps: list[HtmlElement]) -> list[str]:
    """Return the blocks of the smallest box that holds most of the stamps: others belong to links to other pages."""
    counts: dict[HtmlElement, int] = {}
    for stamp in stamps:
        for box in stamp.iterancestors():
            counts[box] = counts.get(box, 0) + 1
    boxes = [box for box, count in counts.items() if count > max(1, len(stamps) // 2)]
    return text_blocks(min(boxes, key=counts.__getitem__), is_page=True) if boxes else []


def _updates(tree: HtmlElement) -> list[dict[str, Any]]:
    """Return the entries that a page declares; their words are taken from what it shows, their days from here."""
    found: list[dict[str, Any]] = []
    for script in tree.xpath(".//script[@type='application/ld+json']"):
        if _TYPE not in (script.text or ""):
            continue
        try:
            pending = [json.loads(script.text)]
        except (ValueError, RecursionError):
            continue
        for value in pending:  # It grows meanwhile.
            inner = value.values() if isinstance(value, dict) else value
            pending += [one for one in inner if isinstance(one, (dict, list))]
            if isinstance(value, dict) and isinstance(updates := value.get("liveBlogUpdate"), list):
                found += [one for one in updates if isinstance(one, dict)]
    return found


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def _stamp_heading(heading: HtmlElement, days: dict[str, str]) -> None:
    """Write the declared day of an entry to the stamp beside its heading, or to a new one above it."""
    day = days.get(_key(heading.text_content()))
    if day is None:
        return
    for beside in (heading.getprevious(), heading.getnext()):
        near = [] if beside is None else [beside, *beside.iterdescendants("time")][:3]
        stamp = next((part for part in near if isinstance(part.tag, str) and clock(part.text_content())), None)
        if stamp is not None:
            if not stamp.get("datetime"):
                stamp.set("datetime", day)
            return
        if any(part.tag == "time" for part in near):
            return
    heading.addprevious(heading.makeelement("time", {"datetime": day}))


def _told(part: HtmlElement) -> str:
    """Return day and time of an element that is a stamp and nothing else; "" for any other."""
    shown = one_line(part.text_content(), 80)
    hour = clock(shown)
    if part.tag != "time" and part.find(".//time") is not None:
        return ""  # That one is the stamp, and has the day.
    day = _moment(part.get("datetime") or "")
    if day is None:
        return shown if hour else ""
    if not hour:
        # "2 hours ago", "Tuesday", a picture: but not a day without a time, nor words.
        is_stamp = len(shown.split()) <= 4 and not re.search(r"\d{4}", shown)
        return f"{day:%Y-%m-%d %H:%M}{' UTC' if day.utcoffset() == timedelta(0) else ''}" if is_stamp else ""
    # What is shown is the time of the newspaper, at most half a day from that of the attribute.
    local = dateutil.parser.parse(re.sub(r"[^\d:.apm]", "", hour.lower()).replace(".m", "m"), default=day)
    nearest = min((local + timedelta(days) for days in (-1, 0, 1)), key=lambda other: abs(other - day))
    return f"{nearest:%Y-%m-%d} {hour}"


def _moment(value: str) -> datetime | None:
    """Return the moment that an attribute names with its time."""
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", value):
        return None
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        return None


def _lift(part: HtmlElement, told: str) -> HtmlElement:
    """Make a stamp a paragraph of its own, above the heading of its entry."""
    while (box := part.getparent()) is not None and _is_alone(part, box):
        part = box
    part.attrib.clear()
    for child in list(part):
        part.remove(child)
    part.tag, part.text = "p", told
    before = part.getprevious()
    if before is not None and not (before.tail or "").strip() and _is_heading(before):
        tail, part.tail = part.tail, None
        before.addprevious(part)
        before.tail = tail
    return part


def _is_alone(part: HtmlElement, box: HtmlElement) -> bool:
    return len(box) == 1 and box.tag in (*_STAMPED, "li", "header") and not f"{box.text or ''}{part.tail or ''}".strip()


def _is_heading(part: HtmlElement) -> bool:
    headings: Iterator[HtmlElement] = part.iter(*_HEADINGS)
    heading = next(headings, None)
    return heading is not None and one_line(heading.text_content()) == one_line(part.text_content())

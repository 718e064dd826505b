"""Read the day on which an article was published, as files, pages and feeds write it.

`04/03/2024` is two days. What settles it, in this order: its weekday; the other dates of the file, of which one may
have one reading only; the language of the text, for English alone has writers who put the month first; the country of
the address. Where nothing does, there is no date: a wrong one would hide the article from its own week.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import dateutil.parser

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

Order = Literal["dmy", "mdy", ""]
"""Which of day and month stands first in the numeric dates of a file; "" if that is not known."""

PUBLISHED = (
    r"published|posted|date|publication date|date of publication|publi[ée]e?|veröffentlicht|erschienen|publicad[oa]"
    r"|pubblicato|gepubliceerd|geplaatst|opublikowano|publicerad|publiceret|publisert|опубликовано|發佈|发布|公開"
)
UPDATED = (
    r"updated|modified|mise? à jour|modifiée?|aktualisiert|actualizad[oa]|atualizad[oa]|aggiornato|bijgewerkt"
    r"|stand(?=\s*:)|zaktualizowano|uppdaterad|opdateret|oppdatert|обновлено|更新"
)
"""The words before the date of publication, and before that of a later change."""

# Those of the most newspapers; the more there are, the longer it takes to find out that a line is no date.
_LANGUAGES = "en fr de es it pt nl ru uk pl cs sv da nb fi tr ro hu el ar id vi".split()
_YEAR = r"(?:1[5-9]|20)\d\d"
_ZONE = r"(?:Z\b|[+-]\d\d:?\d\d\b|\(?(?:UTC|GMT|[A-Z]{1,4}T|(?:Eastern|Central|Mountain|Pacific|local) time)\b\)?)"
_HOUR = re.compile(
    r"(?:[T,\s]|\b(?:at|um|à|a las?|alle|às|om|kl\.?|в))*(?<![\d./-])"
    r"(?:\d{1,2}(?::\d\d){1,2}(?:\.\d+)?|\d{1,2}[.h]\d\d(?![\d/-]|\.\d)|\d{1,2}(?=\s*[ap]\.?m\b))"
    rf"\s*(?:[ap]\.?m\b\.?|Uhr)?\s*{_ZONE}?(?:\s*{_ZONE})?",
    re.I,
)
_FIRST_YEAR = re.compile(rf"(?:\w+,? )?({_YEAR})([-/.]) ?(\d{{1,2}})\2 ?(\d{{1,2}})\.?")
_NUMERIC = re.compile(rf"(?:(?P<weekday>[^\W\d_]+)\.?,? )?(\d{{1,2}})([-/.]) ?(\d{{1,2}})\3 ?({_YEAR}|\d\d)\.?")
_ANYWHERE = re.compile(rf"(?<![\d/.-])(\d{{1,2}})([-/])(\d{{1,2}})\2(?:{_YEAR}|\d\d)(?![\d/-]|\.\d)")
_IDEOGRAPHS = re.compile(rf"({_YEAR}) ?[年년] ?(\d{{1,2}}) ?[月월] ?(\d{{1,2}}) ?[日일].{{0,12}}")
_SECONDS = re.compile(r"([12]\d{9})(?:\d{3}|\.\d+)?")
_SHORT_YEAR = re.compile(
    r"(?<=[^\W\d_])([.,]? |-)['’]?(\d\d)$|(?<=[^\W\d_] \d)(, | ')(\d\d)$|(?<=[^\W\d_] \d\d)(, | ')(\d\d)$"
)
_WORD = r"[^\W\d_]{3,}"
_WORDED = re.compile(
    rf"\d{{1,2}}\D{{0,6}}{_WORD}\D{{0,6}}{_YEAR}|{_WORD}\D{{0,6}}\d{{1,2}}\D{{1,6}}{_YEAR}|{_YEAR}\D{{1,3}}{_WORD}\D{{0,3}}\d{{1,2}}\b"
)
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
# Top-level domains of countries that the whole world uses, and those of the United States.
_EVERYWHERE = frozenset("ai cc co eu fm gg io ly me nu sh st to tv ws".split())
_AMERICAN = frozenset("edu gov mil us".split())


def read_date(value: str, order: Order = "", *, today: date | None = None) -> date | None:
    """Return the calendar day that `value` names in full, whatever its time zone; None for two readings or none.

    A day after tomorrow's is none either: nothing is published in the future, and one such article would make all
    others old. `today` is for tests.
    """
    value = " ".join(value.split())
    if len(value) > 100 or not re.search(r"\d", value):
        return None
    try:
        day = _read(value, order)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return day if day and day <= (today or date.today()) + timedelta(1) else None


def is_ambiguous(text: str) -> bool:
    """Whether a text holds a numeric date of which day and month could be swapped: "04/03/2024"."""
    return any(max(int(m[1]), int(m[3])) <= 12 and int(m[1]) != int(m[3]) for m in _ANYWHERE.finditer(text))


def order_of(texts: Iterable[str], address: str = "") -> Order:
    """Return the order of day and month in the numeric dates of a file, by its other dates, language and address."""
    texts = list(texts)
    firsts = [(int(m[1]), int(m[3])) for text in texts for m in _ANYWHERE.finditer(text)]
    seen: set[Order] = {"dmy" if one > 12 else "mdy" for one, other in firsts if (one > 12) != (other > 12)}
    if seen:
        return seen.pop() if len(seen) == 1 else ""
    if any(is_ambiguous(text) and _has_foreign_label(text) for text in texts if len(text) <= 100):
        return "dmy"
    return "dmy" if _language(" ".join(texts)) not in ("", "english") else _order_of_country(address)


def _has_foreign_label(text: str) -> bool:
    """Whether a line names its date in another language than English: "Publié le 03/04/2024"."""
    label = re.match(rf"(?i)(?:[^\W\d]+ )?(?:{PUBLISHED}|{UPDATED})(?!\w)", text)
    return label is not None and not re.search(r"(?i)(?:publish|post|dat|modifi)ed?\Z|publication|\bdate\b", label[0])


def as_written(found: str, page: str) -> str:
    """Return the day that was found in the HTML of a page, or how it is written there if that may be two days.

    ("2024-03-04", "<p>Published: 04/03/2024") -> "04/03/2024"; the finder takes the first number for the day, always.
    """
    day = read_date(found)
    if day is None or day.day > 12 or day.day == day.month:
        return found
    one, other, year = f"0?{day.day}", f"0?{day.month}", f"(?:{day.year}|{day:%y})"
    written = re.search(rf"(?<![\d/-])(?:{one}([/-]){other}|{other}([/-]){one})[/-]{year}(?![\d/-])", page)
    if not written:
        return found
    for reading in (day, day.replace(month=day.day, day=day.month)):
        worded = rf"{reading:%b}\w*\.? 0?{reading.day}\b|\b0?{reading.day}(?:st|nd|rd|th)? {reading:%b}"
        if re.search(rf"{reading:%Y-%m-%d}|{reading:%Y/%m/%d}|{worded}", page, re.I):
            return reading.isoformat()
    language = re.search(r"<html\b[^>]{0,500}?\blang=[\"']?([a-z]{2})(?:[-_]([A-Z]{2}))?\b", page)
    # Programs that make pages call them "en-US" unless told otherwise.
    return found if language and (language[1] != "en" or _order_of_country(f"x.{language[2]}") == "dmy") else written[0]


def _read(value: str, order: Order) -> date | None:
    if seconds := _SECONDS.fullmatch(value):
        return datetime.fromtimestamp(int(seconds[1]), UTC).date()
    if re.fullmatch(rf"{_YEAR}[01]\d[0-3]\d", value):
        value = f"{value[:4]}-{value[4:6]}-{value[6:]}"
    if match := _IDEOGRAPHS.fullmatch(value):
        return date(int(match[1]), int(match[2]), int(match[3]))
    value = re.sub(rf"\s{_ZONE}$", "", _HOUR.sub(" ", value, count=1).strip(" ,;()[]–—-"))
    if match := _FIRST_YEAR.fullmatch(value):
        return date(int(match[1]), int(match[3]), int(match[4]))
    if match := _NUMERIC.fullmatch(value):
        return _numeric(match, order)
    return _worded(_SHORT_YEAR.sub(lambda m: f" {_year(next(filter(None, (m[2], m[4], m[6]))))}", value))


def _numeric(match: re.Match[str], order: Order) -> date | None:
    """Return the day of "04/03/2024": by its dots, its weekday or the order of the file, or as its only reading."""
    one, other, year = int(match[2]), int(match[4]), _year(match[5])
    days: dict[Order, date] = {}
    for name, day, month in (("dmy", one, other), ("mdy", other, one)):
        if month <= 12:
            days[name] = date(year, month, day)  # type: ignore[index]
    weekday = (match["weekday"] or "").lower()[:3]
    if weekday in _WEEKDAYS:
        days = {name: day for name, day in days.items() if _WEEKDAYS[day.weekday()] == weekday}
    if match[3] == ".":
        return days.get("dmy")
    if len(set(days.values())) == 1:
        return next(iter(days.values()))
    return days.get(order)


def _year(digits: str) -> int:
    """Return a year of two digits as the last such one: "24" is 2024, "98" is 1998."""
    year = int(digits)
    return year if year > 99 else year + (2000 if year + 2000 <= date.today().year + 1 else 1900)


def _worded(value: str) -> date | None:
    if not _WORDED.search(value):
        return None
    try:
        # What the value leaves out differs between the two, so only a complete date is the same in both.
        one, other = (
            dateutil.parser.parse(value, default=default, ignoretz=True).date()
            for default in (datetime(2000, 1, 1), datetime(2001, 2, 2))
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # It knows English only, but takes a thirtieth of the time.
        found = _parser().get_date_data(value).date_obj
        return found.date() if found else None
    return one if one == other else None


@cache
def _parser() -> "DateDataParser":
    from dateparser.date import DateDataParser  # slow to import

    settings = {"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    return DateDataParser(languages=_LANGUAGES, settings=settings, use_given_order=True)


def _language(text: str) -> str:
    """Return the language of a text, in lower case, by its most common words; "" for one of fewer than 20 words."""
    from bm25s import stopwords  # slow to import

    words = re.findall(r"[^\W\d_]+", text[:20_000].lower())
    shares = {
        name.removeprefix("STOPWORDS_").lower(): sum(word in known for word in words)
        for name in dir(stopwords)
        if name.startswith("STOPWORDS_")
        and name != "STOPWORDS_EN_PLUS"
        and (known := frozenset(getattr(stopwords, name)))
    }
    best = max(shares, key=lambda name: shares[name])
    sure = len(words) >= 20 and shares[best] >= 0.2 * len(words)
    return ("english" if best == "en" else best) if sure else ""


def _order_of_country(address: str) -> Order:
    from babel import Locale, UnknownLocaleError

    place = address if "//" in address else f"//{address}"
    domain = (urlsplit(place).hostname or "").rpartition(".")[2]
    country = "US" if domain in _AMERICAN else "GB" if domain == "uk" else domain.upper()
    if len(country) != 2 or domain in _EVERYWHERE:
        return ""
    try:
        pattern = str(Locale.parse(f"und_{country}").date_formats["short"].pattern).lower()
    except (UnknownLocaleError, ValueError):
        return ""
    written = "".join(dict.fromkeys(re.sub(r"[^dmy]", "", pattern)))
    return written if written in ("dmy", "mdy") else ""  # type: ignore[return-value]

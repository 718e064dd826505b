"""Read the days that words name: "7 March", "the 7th", "last week", "between March 1 and 5", "7/3/2024"."""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from qa.calendar_words import MONTHS, month_number, weekday_number

_COUNTS = {
    word: n for n, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
_COUNTS |= {"couple of": 3, "few": 6, "several": 8}  # at the most
MONTHS_IN_FULL = "|".join(MONTHS).lower()
_MONTH = rf"(?P<month>(?:{MONTHS_IN_FULL})\b|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_HOUR = r"(?:morning|afternoon|evening|night)"
_ON = rf"(?:the {_HOUR} of )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?! ?[-–/.:]\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b(?![.,]\d|[-–/:]|['’]s| (?:dollars|euros|pounds|prices|terms)\b)"
_PART = (
    r"(?:(?:the )?(?:very )?(?P<part>early|mid|late|start|beginning|middle|end|(?:first|second|third|fourth|last) week)"
    r"[ -](?:of )?)?"
)
_QUARTER = r"(?:the (?:spring|summer|autumn|fall|winter) of )?"
# What may follow "the 7th" where that is a day: no floor, century or street.
_ENDS = r"(?=\W*$|\W*[,;?!]| (?:and|about|at|by|during|for|in|of the month|that|to|when|with)\b)"
_COUNT, _UNIT = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})", r"(?P<unit>hour|day|week|month|year)"
_FORMS = [
    re.compile(form, re.I)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b",
        r"(?P<numeric>\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d)\b",
        rf"(?P<month>0?[1-9]|1[0-2])/{_YEAR}",
        rf"{_ON}(?:the )?{_DAY} (?:of )?{_MONTH}(?:,?(?: of)? {_YEAR})?",
        rf"{_ON}{_MONTH} {_DAY}(?:,? {_YEAR})?",
        rf"{_PART}{_MONTH}(?:(?:,| of)? {_YEAR}|(?: of)? (?P<which>last|this) year\b)?(?!/| \d)",
        rf"{_PART}{_QUARTER}{_YEAR}",
        rf"{_ON}the (?P<day>\d{{1,2}})(?:st|nd|rd|th)\b(?: of (?P<which>this|last) month\b|{_ENDS})",
        rf"(?:last |this )?(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b(?: {_HOUR}\b)?(?! (?-i:[A-Z]))",
        r"(?P<past>(?:the )?(?:day|night) before (?:yesterday|last)|yesterday|last night|(?:last|the) weekend)\b",
        rf"(?:earlier |later )?{_PART}(?P<which>this|last) {_UNIT}\b(?! of)",
        rf"(?:the )?(?:last|past|previous) {_COUNT} {_UNIT}s?\b(?! of)",
        r"the (?:last|past|previous) (?P<unit>week|month|year)\b(?! of)",
        rf"(?:(?:an? )?{_COUNT}|an?) {_UNIT}s? (?P<ago>ago)\b",
    )
]
_RANGE = re.compile(r"(?:between|from) (.{1,30}?) (?:and|to|until|till|through) ", re.I)
_LAST_DAY = re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>(?:19|20)\d\d))?{_ENDS}", re.I)


@dataclass(frozen=True, slots=True)
class NamedTime:
    """Days that are named. `kind` is day, month, bare (a month alone), year, past (yesterday) or span (until today).

    `open` tells whether they may be still to come or going on, `guessed` that it is a day whose year is not said.
    """

    first: date
    last: date
    kind: str
    end: int
    open: bool = False
    part: str = ""
    guessed: bool = False


def read(text: str, place: int, today: date) -> NamedTime | None:
    """Return the days that the words at a place of a text name, or None; February 30 is none."""
    match = next((match for form in _FORMS if (match := form.match(text, place))), None)
    try:
        return _time(match.groupdict(""), match.end(), today) if match else None
    except (ValueError, OverflowError):  # no such day
        return None


def read_range(text: str, place: int, today: date) -> NamedTime | None:
    """Read "between 3 and 7 March 2024" or "from January to March": the month or year may stand with the last only."""
    match = _RANGE.match(text, place)
    if match is None:
        return None
    day = _LAST_DAY.match(text, match.end())
    if day and (first := re.fullmatch(rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?", match[1], re.I)):
        # "between March 1 and 5": the month stands with the first only.
        last = read(f"{first['month']} {day['day']} {day['year'] or ''}".strip(), 0, today)
        last = last and replace(last, end=day.end())
    else:
        last = read(text, match.end(), today)
    if last:
        for said in ("%B %Y", "%Y", f"{last.last.year - 1}", ""):
            one = f"{match[1]} {last.last.strftime(said)}".strip()
            first_ = read(one, 0, today)
            if first_ and first_.end == len(one) and first_.first <= last.last:
                return NamedTime(first_.first, last.last, "range", last.end, last.open)
    return None


def _time(groups: dict[str, str], end: int, today: date) -> NamedTime:
    """Return the days that the groups of a form mean; raises ValueError or OverflowError if there are none."""
    said = {name: words.lower() for name, words in groups.items() if words}
    part, unit, which = said.get("part", ""), said.get("unit"), said.get("which")
    if past := said.get("past"):
        ago = today.weekday() + 2 if "weekend" in past else 2 if "before" in past else 1
        first = today - timedelta(ago)
        return NamedTime(first, first + timedelta("weekend" in past), "past", end)
    if weekday := said.get("weekday"):
        first = today - timedelta((today.weekday() - weekday_number(weekday) - 1) % 7 + 1)
        return NamedTime(first, first, "day", end, open=True)
    if unit and which == "this":
        # On its Monday, "this week" is the last seven days.
        first = min(_whole(today, unit)[0], today - timedelta(6 * (unit == "week")))
        return NamedTime(first, date.max, unit, end, open=True)
    if unit:
        count = said.get("count", "one")
        then = today - relativedelta(**{f"{unit}s": _COUNTS.get(count) or int(count)})  # type: ignore[arg-type]
        if which or "ago" in said:
            return NamedTime(*_whole(then, unit), "past", end, part=part)
        return NamedTime(then, date.max, "span", end)
    if numeric := said.get("numeric"):
        return _numeric(numeric, end, today)
    if "day" in said and "month" not in said:
        last = today - relativedelta(months=which == "last" or (not which and int(said["day"]) > today.day))
        first = last.replace(day=int(said["day"]))
        return NamedTime(first, first, "day", end, open=True)
    month = said.get("month", "1")
    number = int(month) if month.isdigit() else month_number(month)
    year = int(said.get("year", today.year - (which == "last") if which else 0))
    kind = "day" if "day" in said else "month" if "month" in said else "year"
    for guess in [year] if year else range(today.year, today.year - 9, -1):  # nine, for February 29
        if int(said.get("day", 1)) <= monthrange(guess, number)[1]:
            first, last = _whole(date(guess, number, int(said.get("day", 1))), kind)
            if year or first <= today:
                is_open = not year or kind == "year" or last >= today
                bare = kind == "month" and not (year or part)
                return NamedTime(first, last, "bare" if bare else kind, end, is_open, part, kind == "day" and not year)
    raise ValueError("no such day")


def _numeric(said: str, end: int, today: date) -> NamedTime:
    """Return the day of "7/3/2024", if only one reading is a day that has come; with dots the day stands first."""
    one, other, year = map(int, re.split(r"[/.]", said))
    orders = [(one, other)] if "." in said else [(one, other), (other, one)]
    days = {date(year, month, day) for day, month in orders if month <= 12 and day <= monthrange(year, month)[1]}
    past = [day for day in days if day <= today] or list(days)
    if len(past) != 1:
        raise ValueError("which of the two is not said")
    return NamedTime(past[0], past[0], "day", end)


def _whole(day: date, unit: str) -> tuple[date, date]:
    """Return the first and last day of the week, month or year of a day."""
    if unit == "week":
        return day - timedelta(day.weekday()), day + timedelta(6 - day.weekday())
    if unit == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return (date(day.year, 1, 1), date(day.year, 12, 31)) if unit == "year" else (day, day)

"""Read amounts and days out of a text as values that compare: "$5bn" is 5,000,000,000 dollars, "ten per cent" is 10 %.

Numbers in words are read by text2num. quantulum3 and pint know more units, but bring a classifier, or units that no
news article has; what is compared here needs no conversion: amounts of different units are never equal.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from text_to_num import text2num

from qa.calendar_words import MONTHS, month_number, weekday_number

EXACT, ABOUT, LEAST, MOST = "", "about", "at least", "at most"

ROUGH = Decimal("0.1")
"""Share by which a number that is called rough may miss another: "about 1,400" may be 1,383, not 900."""

ROUNDED_FROM = 100
"""From here on a number that ends in zeros may be rounded: 1,400 may be 1,383, but 40 is not 41."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit: "dollar", "%", "kilometre", or "" where things are counted; `bound` is one of the above.

    >>> amounts("at least Rs 25 lakh")[0][2]
    Amount(value=Decimal('2500000'), unit='rupee', bound='at least')
    """

    value: Decimal
    unit: str = ""
    bound: str = EXACT

    def excludes(self, other: "Amount") -> bool:
        """Whether no number can be both: 12 and 19, "at least 40" and 30; not 1,383 and "about 1,400"."""
        if self.unit != other.unit or self.value == other.value:
            return False
        low, high = (self, other) if self.value < other.value else (other, self)
        if low.bound == LEAST or high.bound == MOST:
            return False
        if ABOUT in (low.bound, high.bound):
            return high.value - low.value > ROUGH * high.value
        return not (_is_rounded(low.value, high.value) or _is_rounded(high.value, low.value))


@dataclass(frozen=True, slots=True)
class Day:
    """A day, a month or a year, as far as it is named or known."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def excludes(self, other: "Day") -> bool:
        """Whether these are two, told as exactly: 7 and 8 March; not 7 March and March, or a year that is not known."""
        ours, theirs = ((d.year, d.month, d.day) for d in (self, other))
        alike = all((a is None) == (b is None) for a, b in zip(ours, theirs, strict=True))
        return alike and ours != theirs


def _is_rounded(rough: Decimal, exact: Decimal) -> bool:
    """Whether one number is the other rounded to its last digit that is not 0: 1400 of 1383, 2100000 of 2125000."""
    digits, power = rough.normalize().as_tuple().digits, int(rough.normalize().as_tuple().exponent)
    if rough < ROUNDED_FROM or not digits or power <= 0:
        return False
    return abs(exact - rough) <= Decimal(5).scaleb(power - 1)


# ---- amounts -------------------------------------------------------------------------------------

_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen \
eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
_WORD = rf"(?:{'|'.join(sorted(_ONES.split(), key=len, reverse=True))})"
_BIG = r"(?:hundred|thousand|million|billion|trillion)"
_IN_WORDS = rf"(?:zero|{_WORD}(?:(?:[ -]|(?:(?<=hundred)|(?<=thousand)) and )(?:{_WORD}|{_BIG}))*)"
_IN_DIGITS = r"\d{1,3}(?:[,\u00a0\u202f]\d{2,3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "lakh": 5, "crore": 7}
_SHORT = {"k": 3, "mn": 6, "bn": 9, "tn": 12, "trn": 12, "cr": 7}
_SHORT_OF_MONEY = {"m": 6, "b": 9}
_SCALE = rf"(?:{'|'.join(_SCALES)})s?|dozen"

_CURRENCIES = {
    "dollar": r"(?:US|U\.S\.)?\$|USD|(?:US |U\.S\. |American )?dollars?",
    "australian dollar": r"AU?\$|AUD|Australian dollars?",
    "canadian dollar": r"CA?\$|CAD|Canadian dollars?",
    "hong kong dollar": r"HK\$",
    "pound": r"£|GBP|pounds?(?: sterling)?",
    "euro": r"€|EUR|euros?",
    "rupee": r"Rs\.?|₹|INR|rupees?",
    "yen": r"JPY|yen",
    "yuan": r"CNY|RMB|yuan|renminbi",
    "yen or yuan": r"¥",
    "naira": r"₦|naira",
    "cent": r"cents?",
    "crown": r"crowns?|kron(?:or|er)",
    "franc": r"CHF|francs?",
    "peso": r"pesos?",
    "ruble": r"rubles?|roubles?",
}
_MEASURES = {
    "%": r"%|per ?cent|pct|percent",
    "percentage point": r"percentage[ -]points?",
    "kilometre": r"km|kilomet(?:re|er)s?",
    "mile": r"miles?",
    "metre": r"met(?:re|er)s?",
    "centimetre": r"cm|centimet(?:re|er)s?",
    "foot": r"feet|foot|ft",
    "inch": r"inch(?:es)?",
    "acre": r"acres?",
    "hectare": r"hectares?|ha",
    "kilogram": r"kg|kilos?|kilograms?",
    "ton": r"tons?",
    "tonne": r"tonnes?",
    "litre": r"lit(?:re|er)s?",
    "gallon": r"gallons?",
    "year": r"years?",
    "month": r"months?",
    "week": r"weeks?",
    "day": r"days?",
    "hour": r"hours?|hrs?",
    "minute": r"minutes?|mins?",
    "second": r"seconds?|secs?",
    "degree": r"degrees?|°[CF]?",
    "kilometre per hour": r"km/h|kph",
    "mile per hour": r"mph|miles per hour",
}
_UNITS = [*_MEASURES.items(), *_CURRENCIES.items()]
_AFTER = "|".join(form for _, form in sorted(_UNITS, key=lambda unit: -len(unit[1])))
_BEFORE = "|".join(form for form in _CURRENCIES.values())
_AMOUNT = re.compile(
    rf"(?:(?P<before>(?<!\w)(?:{_BEFORE}))[ \u00a0]?)?"
    rf"(?:(?P<half>half an? )(?P<of>{_SCALE})\b"
    rf"|(?:(?P<digits>{_IN_DIGITS})|(?P<words>\b{_IN_WORDS}\b)|(?P<a>\ban? (?={_SCALE})))"
    rf"(?P<and_half> and a half)?"
    rf"(?P<scales>(?:[ \u00a0-]?(?:{_SCALE})\b)*)(?:[ \u00a0]?(?P<short>{'|'.join(_SHORT)}|m|b)\b)?)"
    rf"(?:[ \u00a0-]?(?P<after>{_AFTER})(?!\w))?",
    re.IGNORECASE,
)
_BOUNDS = {
    ABOUT: r"about|around|some|nearly|almost|roughly|approximately|approx\.?|an estimated|estimated|close to|circa|~",
    LEAST: r"at least|more than|over|no fewer than|not less than|no less than|upwards of|as many as|in excess of",
    MOST: r"at most|up to|fewer than|less than|under|no more than|not more than|below|as few as",
}
_BOUND = {
    bound: re.compile(rf"(?:\A|(?<!\w))(?:{forms}) (?:just )?\Z", re.IGNORECASE) for bound, forms in _BOUNDS.items()
}
_OR_MORE = re.compile(r"\+|,? or (?P<more>more|fewer|less|so)\b", re.IGNORECASE)


_JOINED_BEFORE, _JOINED_BEHIND = re.compile(r"[\w.,/:#-]"), re.compile(r"[-–/:.,]?\d|[^\W\d_]|-[A-Z]")
"""What stands around digits that are no amount: "KL-9087", "2-1", "21st", "12:30", "F16"."""

_MILLIONS = re.compile(r" (?:people|men|women|children|[a-z]+[^\Ws]s)\b")
_METRES = re.compile(r"(?:[ -](?:long|high|wide|deep|tall|thick|away|apart|above|below|across|from|race|final)\b)")
"""What stands behind "1.5m", which is neither without it."""


def amounts(text: str) -> list[tuple[int, int, Amount]]:
    """Return (start, end, amount) of every amount of a text, in order; ordinals, codes and scores are none."""
    found = []
    for match in _AMOUNT.finditer(text):
        start, end = match.span()
        joined = text[max(match.start("digits") - 1, 0) : match.start("digits")] if match["digits"] else ""
        if match["digits"] and (_JOINED_BEFORE.match(joined) or _JOINED_BEHIND.match(text, end)):
            continue
        value = _value(match)
        if value is not None:
            found.append((start, end, Amount(value, _unit(match), _bound(text, start, end))))
    return found


def _value(match: re.Match[str]) -> Decimal | None:
    if match["half"]:
        return _scaled(Decimal("0.5"), match["of"])
    if match["digits"]:
        value = Decimal(re.sub(r"[,\u00a0\u202f]", "", match["digits"]))
    elif match["words"]:
        try:
            value = Decimal(text2num(match["words"].lower(), "en"))
        except ValueError:
            return None  # "nineteen eighty-four"
    else:
        value = Decimal(1)
    value = _scaled(value + (Decimal("0.5") if match["and_half"] else 0), match["scales"])
    short = (match["short"] or "").lower()
    if short in _SHORT_OF_MONEY and not (match["before"] or match["after"] in ("dollars", "euros", "pounds")):
        behind = match.string[match.end() :]
        if short != "m" or not (_MILLIONS.match(behind) or _METRES.match(behind)):
            return None
        short = "" if _METRES.match(behind) else short
    return value.scaleb((_SHORT | _SHORT_OF_MONEY).get(short, 0))


def _scaled(value: Decimal, scales: str) -> Decimal:
    for scale in re.findall(r"[a-z]+", scales.lower()):
        value = value * 12 if scale == "dozen" else value.scaleb(_SCALES[scale.removesuffix("s")])
    return value


def _unit(match: re.Match[str]) -> str:
    for said, units in ((match["before"], _CURRENCIES), (match["after"], dict(_UNITS))):
        for unit, form in units.items():
            if said and re.fullmatch(form, said, re.IGNORECASE):
                return unit
    return "metre" if match["short"] in ("m", "M") and _METRES.match(match.string, match.end()) else ""


def _bound(text: str, start: int, end: int) -> str:
    behind = _OR_MORE.match(text, end)
    if behind:
        return {"more": LEAST, "so": ABOUT, None: LEAST}.get(behind["more"], MOST)
    before = text[max(start - 24, 0) : start]
    return next((bound for bound, form in _BOUND.items() if form.search(before)), EXACT)


# ---- days ----------------------------------------------------------------------------------------

_MONTH = rf"(?P<month>{'|'.join(MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>1[2-9]\d\d|20\d\d)\b(?![.,]\d|[-–/]\d)"
_NO_VERB = "|".join(name for name in MONTHS if name not in ("March", "May"))
_IN = "|".join(
    rf"(?<=\b{word} )" for word in "in In since Since by By until Until from From during year early late".split()
)
_DAYS = [
    re.compile(form)
    for form in (
        r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b",
        rf"\b{_NUMBER}(?: of)? {_MONTH}\b(?:,? {_YEAR})?",
        rf"\b{_MONTH} (?:the )?{_NUMBER}(?![:.,]\d)(?:,? {_YEAR})?",
        rf"\b{_MONTH}(?:,| of)? {_YEAR}",
        rf"\b(?<!\d )(?P<month>{_NO_VERB})\b",
        r"\b(?:(?P<next>[Nn]ext|[Cc]oming) )?(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b",
        r"\b(?P<near>[Yy]esterday|[Tt]oday|[Tt]onight|[Tt]omorrow)\b",
        rf"(?:{_IN}|(?<=[-–]))(?P<year>1[2-9]\d\d|20\d\d)\b(?![.,]\d|[-–/]\d| (?:people|[a-z]+s)\b)",
    )
]
_TO_COME = re.compile(r"\b(?:will|shall|due|to be|is set|are set|plans? to|expected to)\b")
_BESIDE = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}


def days(text: str, published: date | None = None) -> list[tuple[int, int, Day]]:
    """Return (start, end, day) of every date of a text, in order; what it leaves open the day of publication tells.

    A day without a year is the one nearest to publication; a weekday the last one before it, or the next one where the
    text tells what is to come.
    """
    found: dict[int, tuple[int, int, Day]] = {}
    for form in _DAYS:
        for match in form.finditer(text):
            start, end = match.span()
            if any(start < b and a < end for a, b, _ in found.values()):
                continue
            if (day := _day(match, published)) is not None:
                found[start] = (start, end, day)
    return [found[start] for start in sorted(found)]


def _day(match: re.Match[str], published: date | None) -> Day | None:
    named = match.groupdict()
    if (weekday := named.get("weekday")) or named.get("near"):
        if published is None:
            return None
        if weekday is None:
            return _as_day(published + timedelta(_BESIDE[str(named["near"]).lower()]))
        on = weekday_number(weekday)
        if named.get("next") or _TO_COME.search(match.string):
            return _as_day(published + timedelta((on - published.weekday()) % 7))
        return _as_day(published - timedelta((published.weekday() - on) % 7))
    year, day = (int(named[key]) if named.get(key) else None for key in ("year", "day"))
    written = named.get("month")
    month = int(written) if written and written.isdigit() else month_number(written) if written else None
    if day is not None and not (month and 1 <= day <= calendar.monthrange(year or 2024, month)[1]):
        return None
    if month and not 1 <= month <= 12:
        return None
    if year is None and month and published:
        middle = [date(published.year + n, month, min(day or 15, 28)) for n in (-1, 0, 1)]
        year = min(middle, key=lambda near: abs(near - published)).year
    return Day(year, month, day)


def _as_day(day: date) -> Day:
    return Day(day.year, day.month, day.day)


def values(text: str, published: date | None = None) -> list[tuple[int, int, Amount | Day]]:
    """Return (start, end, value) of the days and amounts of a text, in order; the numbers of a day are no amounts."""
    dated = days(text, published)
    found: list[tuple[int, int, Amount | Day]] = [*dated]
    for start, end, amount in amounts(text):
        if not any(start < b and a < end for a, b, _ in dated):
            found.append((start, end, amount))
    return sorted(found, key=lambda place: place[0])

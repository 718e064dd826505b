"""The time words of a question as limits on the publication dates of articles.

What happened on a day is told that day, later that week and years after: such words say only that no older article can
tell it. Only words about what was known or reported at a time leave out what was published later. In doubt: no period.

    words (D is a day, a month, a year, "last week", ...)               since            until
    as of D; what was known on, in, by or until D                       -                last day of D
    news, headlines, what was reported: on, in, from D                  first day of D   last day of D
    before a day; before the vote on a day                              -                the day before
    what had happened by D; by the end of D                             -                last day of D
    since D; after the vote on D; in the last N days, weeks, ...        first day of D   -
    after D                                                             the day after D  -
    what happened on, in, during D, yesterday, between D and E          first day of D   -
    before a month or year, until D: later articles tell that as well   -                -
    what is planned, or is so now or every year; today, now, latest,    -                -
    recently (the newest lead anyway); next week; "the 2021 election"
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

LIVE_DAYS = 7
"""Age of the newest article, in days, up to which an archive counts as kept up to date."""


@dataclass(frozen=True, slots=True)
class Period:
    """Publication dates that a question asks for, both included, and the words of it that say so.

    `last` is the last of the days, from `since` on, on which what is asked happened, if they are named: later articles
    may tell of them too.
    """

    since: date | None
    until: date | None
    words: str
    last: date | None = None


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_COUNTS = {
    word: n for n, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
_COUNTS |= {"couple of": 3, "few": 6, "several": 8}  # at the most
_NAMED_BY = {(1, 6), (9, 11), (10, 7)}
"""Month and day that name an event, and without a year are not the latest such day."""

_FULL = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTH = rf"(?P<month>(?:{_FULL})\b|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_HOUR = r"(?:morning|afternoon|evening|night)"
_ON = rf"(?:the {_HOUR} of )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?! ?[-–/.:]\d)"
_YEAR = r"(?P<year>(?:19|20)\d\d)\b(?![.,]\d|[-–/:]|['’]s| (?:dollars|euros|pounds|prices|terms)\b)"
_PART = r"(?:(?:the )?(?:very )?(?P<part>early|mid|late|start|beginning|middle|end)[ -](?:of )?)?"
_QUARTER = r"(?:the (?:spring|summer|autumn|fall|winter|(?:first|second) half|\w+ quarter) of )?"
_COUNT, _UNIT = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})", r"(?P<unit>hour|day|week|month|year)"
_FORMS = [
    re.compile(form, re.I)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b",
        rf"{_ON}(?:the )?{_DAY} (?:of )?{_MONTH}(?:,?(?: of)? {_YEAR})?",
        rf"{_ON}{_MONTH} {_DAY}(?:,? {_YEAR})?",
        rf"{_PART}{_MONTH}(?:(?:,| of)? {_YEAR}|(?: of)? (?P<which>last|this) year\b)?(?!/| \d)",
        rf"{_PART}{_QUARTER}{_YEAR}",
        rf"(?:last |this )?(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b(?: {_HOUR}\b)?(?! (?-i:[A-Z]))",
        r"(?P<past>yesterday|last night|(?:last|the) weekend)\b",
        rf"(?:earlier |later )?{_PART}(?P<which>this|last) {_UNIT}\b(?! of)",
        rf"(?:the )?(?:last|past|previous) {_COUNT} {_UNIT}s?\b(?! of)",
        r"the (?:last|past|previous) (?P<unit>week|month|year)\b(?! of)",
        rf"(?:(?:an? )?{_COUNT}|an?) {_UNIT}s? (?P<ago>ago)\b",
    )
]
_RANGE = re.compile(r"(?:between|from) (.{1,30}?) (?:and|to|until|till|through) ", re.I)
_LEAD = re.compile(
    r"(?<![\w'’,.-])(?:(?P<word>as of|as at|since|after|before|prior to|until|till|up to|by)"
    r"(?P<event> (?:the|a|an|his|her|its|their|(?-i:[A-Z][\w'’-]+)) (?:[\w'’-]+ ){0,5}?(?:on|in))? "
    r"|(?P<range>(?=between |from ))|(?P<place>in|on|at|during|throughout|within|over|of|from) "
    r"|(?<!['’]s )(?<!his )(?<!her )(?<!its )(?<!their )"  # not "his last week in office"
    r"(?=yesterday|last (?:\w+day|night|week|month|year)|this |earlier |later |late |early |the (?:last|past|previous) "
    r"|(?:a )?\w+ (?:of )?\w+ ago))",
    re.I,
)

_RELATIVE = re.compile(
    rf"(?:\b(?P<month>{_FULL}) )?"
    r",? ?\b(?:yesterday|last night|(?:earlier |later )?(?:last|this|(?:(?:in|over|during) )?the (?:past|last)) "
    r"(?:week|weekend|month|year))\b(?!['’]s)(?! (?:of|in) )",
    re.I,
)
_NEWS = re.compile(
    r"(?-i:\bnews)(?= (?:of|from|in|on|about|was|were|came|broke|yesterday|last|this|since|before|today)\b|[?,.]|$)"
    r"|\bheadlines (?:of|from|in|on|about|yesterday|last|this)\b|\b(?:press|media|news) coverage\b"
    r"|^what (?:was|were|has been|had been|did [\w ]*(?:newspapers|press|media|articles|outlets)) (?:first )?report",
    re.I,
)
_KNOWN = re.compile(r"\b(?:what|how much) [\w ]*?(?:known|we know|people know|become clear)\b(?! (?:as|for)\b)", re.I)
_NOT_PAST = re.compile(  # or about what one of several reports said
    r"\b(?:will|won['’]t|would|shall|should|could|might|going to|set to|about to|to be|upcoming|ahead of|future"
    r"|(?:is|are|was|were|['’]s) due|due (?:in|on|by|next|out|back|this)"
    r"|due to (?:arrive|be|begin|come|end|expire|go|launch|open|resume|return|start|take)|next|tomorrow|plan\w*"
    r"|schedul\w+|expect\w*|intend\w*|aim(?:s|ed|ing)?|propos\w+|promis\w+|pledg\w+|predict\w*"
    r"|forecast\w*|project(?:ed|ions?)|hop(?:es?|ed|ing)|every|each|annual\w*|usual\w*|normal\w*|typical\w*|always"
    r"|often|born|birthdays?|anniversary|holiday|if|articles?|reports?"
    r"|(?<!in )(?<!of )(?<!\d )(?<!since )(?<!early )(?<!late )(?-i:may)(?! \d))\b",
    re.I,
)
_PRESENT = re.compile(
    r"\b(?:is|are|am|does|do|can|must|(?:what|who|where|when|how)['’]s)\b"
    r"|^(?:what|who|which \w+) (?!was|has|this)\w+s\b",  # "Who opens the fair this year?"
    re.I,
)
_GOING_ON = re.compile(
    r"\b(?:happening|going on)\b|\bwhat(?:['’]s| is) new\b"
    r"|\bha(?:s|ve) (?:been )?(?!been\b)\w+(?:ed|en)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Time:
    """Days that are named. `kind` is day, month, bare (a month alone), year, past (yesterday) or span (until today).

    `open` tells whether they may be still to come or going on.
    """

    first: date
    last: date
    kind: str
    end: int
    open: bool = False
    part: str = ""


def present(asked: date, newest: date | None) -> date:
    """Return the day from which "last week" counts: that of asking, or the newest article's where the archive ended."""
    return newest if newest and newest < asked - timedelta(LIVE_DAYS) else asked


def timeless(question: str) -> str:
    """Leave out the words that only count from today, for no article has them: "What broke last week?" -> "What broke?"

    On the 135 questions of RealTime QA that have such words Hits@10 rises from .86 to .90 without them.
    """
    left = _RELATIVE.sub(lambda match: match[0] if match["month"] else "", question).strip()  # "in March last year"
    return left if len(left.split()) > 2 else question


def names_time(words: str, text: str) -> bool:
    """Whether a text names the month of time words, or if they have none the year, whatever the day."""
    month = re.search(rf"\b(?:{_FULL})\b", words, re.I)
    said = month[0] if month else (re.findall(r"\b\d{4}\b", words) or [""])[-1]
    return bool(said) and re.search(rf"\b{said}\b", text, re.I) is not None


def without(words: str, question: str) -> str:
    """Return a question without its time words: ("in March", "Who left Haiti in March?") -> "Who left Haiti?"."""
    places = list(re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", question)) if words else []
    left = question[: places[-1].start()] + question[places[-1].end() :] if places else question
    left = re.sub(r"\A\W+|\W+\Z|\s+(?=\s)|,? *(?=,)", "", left)
    return left + "?" * question.endswith("?") if left else ""


def period(question: str, today: date) -> Period | None:
    """Return the publication dates that the question's time words ask for, or None; February 30 is no time."""
    found = list(_periods(question, today))
    if not found:
        return None
    last = found[0].last if len(found) == 1 else None
    # What was known at a time is narrower than what happened at one; of several alike, the widest holds.
    found = [each for each in found if each.until] or found
    widest = min(found, key=lambda each: each.since or date.min)
    latest = max(each.until or date.max for each in found)
    until = None if latest == date.max else latest
    return Period(widest.since, until, widest.words, last) if widest.since or until else None


def _periods(question: str, today: date) -> Iterator[Period]:
    """Yield what each of the times that are named asks for by itself."""
    done = 0
    for lead in _LEAD.finditer(question):
        read = _read if lead["range"] is None else _read_range
        # "since Tuesday in Haiti" names its time before what might be an event, "since the vote on Tuesday" after it.
        places = [lead.start("event") + 1, lead.end()] if lead["event"] else [lead.end()]
        time = next((time for place in places if lead.start() >= done and (time := read(question, place, today))), None)
        if time is None or not _means_a_time(lead, time, question):
            continue
        done = time.end
        since, until = _asked(lead, time, question)
        # What has not come yet can only be announced, and nothing is published later than today.
        until = until if until and until <= today else None
        if (since or until) and (since or today) <= today:
            of_event = not lead["word"] and re.match("['’]s", question[done:])  # "in last week’s raid"
            words = question[lead.end() if of_event else lead.start() : done]
            last = date.max if lead["word"] else time.last  # "since March", "after March"
            yield Period(since, until, words, last if since and not (of_event or lead["event"]) else None)


def _asked(lead: re.Match[str], time: _Time, question: str) -> tuple[date | None, date | None]:
    """Return since and until as in the table above."""
    word, known = (lead["word"] or "").lower(), _KNOWN.search(question)
    told = known or _NEWS.search(question)
    if word.startswith("as"):
        return None, time.last
    is_so = (
        time.open and word not in ("since", "after") and _PRESENT.search(question) and not _GOING_ON.search(question)
    )
    if not told and (is_so or _NOT_PAST.search(question)):
        return None, None
    if word == "since" or time.kind == "span":
        return time.first, None
    if word == "after":
        return time.first if lead["event"] else time.last + timedelta(1), None
    if word in ("before", "prior to"):
        return None, time.first - timedelta(1) if told or time.kind == "day" else None
    if word or known:
        by = word == "by" and (time.part == "end" or re.search(r"\bhad\b", question, re.I))
        return None, time.last if told or by else None
    return time.first, time.last if told else None


def _means_a_time(lead: re.Match[str], time: _Time, question: str) -> bool:
    """Whether it is no name, verb, place or origin: not "in May’s cabinet", "by June", "on March" or "of 2023"."""
    place, word, after = (lead["place"] or "").lower(), (lead["word"] or "as").lower(), question[time.end :]
    if (place == "on" and time.kind != "day") or (place == "at" and not time.part):
        return False
    if place in ("of", "from") and not _NEWS.search(question):
        return False
    if time.kind == "bare" and (not word.startswith("as") or question[: time.end].split()[-1].islower()):
        return re.match(r"\s*(?:[?!.,;:)]|$)", after) is not None
    return time.kind != "bare" or not re.match(r" (?:for )?[A-Z]|['’]s", after)


def _read(text: str, place: int, today: date) -> _Time | None:
    match = next((match for form in _FORMS if (match := form.match(text, place))), None)
    try:
        return _time(match.groupdict(""), match.end(), today) if match else None
    except (ValueError, OverflowError):  # no such day
        return None


def _read_range(text: str, place: int, today: date) -> _Time | None:
    """Read "between 3 and 7 March 2024" or "from January to March": the month or year may stand with the last only."""
    match = _RANGE.match(text, place)
    if match and (last := _read(text, match.end(), today)):
        for said in ("%B %Y", "%Y", f"{last.last.year - 1}", ""):
            one = f"{match[1]} {last.last.strftime(said)}".strip()
            first = _read(one, 0, today)
            if first and first.end == len(one) and first.first <= last.last:
                return _Time(first.first, last.last, "range", last.end, last.open)
    return None


def _time(groups: dict[str, str], end: int, today: date) -> _Time:
    """Return the days that the groups of a form mean; raises ValueError or OverflowError if there are none."""
    said = {name: words.lower() for name, words in groups.items() if words}
    part, unit, which = said.get("part", ""), said.get("unit"), said.get("which")
    if past := said.get("past"):
        first = today - timedelta(today.weekday() + 2 if "weekend" in past else 1)
        return _Time(first, first + timedelta("weekend" in past), "past", end)
    if weekday := said.get("weekday"):
        first = today - timedelta((today.weekday() - _WEEKDAYS.index(weekday[:3]) - 1) % 7 + 1)
        return _Time(first, first, "day", end, open=True)
    if unit and which == "this":
        # On its Monday, "this week" is the last seven days.
        first = min(_whole(today, unit)[0], today - timedelta(6 * (unit == "week")))
        return _Time(first, date.max, unit, end, open=True)
    if unit:
        count = said.get("count", "one")
        then = today - relativedelta(**{f"{unit}s": _COUNTS.get(count) or int(count)})  # type: ignore[arg-type]
        if which or "ago" in said:
            return _Time(*_whole(then, unit), "past", end, part=part)
        return _Time(then, date.max, "span", end)
    month = said.get("month", "1")
    number = int(month) if month.isdigit() else 1 + _MONTHS.index(month[:3])
    year = int(said.get("year", today.year - (which == "last") if which else 0))
    kind = "day" if "day" in said else "month" if "month" in said else "year"
    if kind == "day" and not year and (number, int(said["day"])) in _NAMED_BY:
        raise ValueError("which of them is not said")
    for guess in [year] if year else range(today.year, today.year - 9, -1):  # nine, for February 29
        if int(said.get("day", 1)) <= monthrange(guess, number)[1]:
            first, last = _whole(date(guess, number, int(said.get("day", 1))), kind)
            if year or first <= today:
                is_open = not year or kind == "year" or last >= today
                return _Time(
                    first, last, "bare" if kind == "month" and not (year or part) else kind, end, is_open, part
                )
    raise ValueError("no such day")


def _whole(day: date, unit: str) -> tuple[date, date]:
    """Return the first and last day of the week, month or year of a day."""
    if unit == "week":
        return day - timedelta(day.weekday()), day + timedelta(6 - day.weekday())
    if unit == "month":
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return (date(day.year, 1, 1), date(day.year, 12, 31)) if unit == "year" else (day, day)

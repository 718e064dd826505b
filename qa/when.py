"""The time words of a question as limits on the publication dates of articles.

What happened on a day is told that day, later that week and years after: such words say only that no older article can
tell it. Only words about what was known or reported at a time leave out what was published later. In doubt: no period.

    words (D is a day, a month, a year, "last week", ...)               since            until
    as of D; what was known on, in, by or until D                       -                last day of D
    news, headlines, what was reported: on, in, from D                  first day of D   last day of D
    before a day; before the vote on a day                              -                the day before
    on or before a day                                                  -                that day
    what had happened by D; by the end of D                             -                last day of D
    since D; on or after D; after the vote on D; in the last N days     first day of D   -
    after D                                                             the day after D  -
    what happened on, in, during D, yesterday, between D and E          first day of D   -
    figures of a quarter, a half or a fiscal year                       its first day    -
    before a month or year, until D: later articles tell that as well   -                -
    what is planned, or is so now or every year; today, now, latest,    -                -
    recently (the newest lead anyway); next week; "the 2021 election"
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from qa.named_times import MONTHS_IN_FULL, NamedTime, read, read_range
from qa.periods import period_spans

LIVE_DAYS = 7
"""Age of the newest article, in days, up to which an archive counts as kept up to date."""


@dataclass(frozen=True, slots=True)
class Period:
    """Publication dates that a question asks for, both included, and the words of it that say so.

    `last` is the last of the days, from `since` on, on which what is asked happened, if they are named: later articles
    may tell of them too. `guessed` is the day that is named without its year, in the year in which it came last.
    """

    since: date | None
    until: date | None
    words: str
    last: date | None = None
    guessed: date | None = None


_LEAD = re.compile(
    r"(?<![\w'’,.-])(?:(?P<word>as of|as at|on or before|no later than|on or after|since|after"
    r"|(?<!\bday )(?<!\bnight )before|prior to|until|till|up to|by)"
    r"(?P<event> (?:the|a|an|his|her|its|their|(?-i:[A-Z][\w'’-]+)) (?:[\w'’-]+ ){0,5}?(?:on|in))? "
    r"|(?P<range>(?=between |from ))|(?P<place>in|on|at|during|throughout|within|over|of|from) "
    r"|(?<!['’]s )(?<!his )(?<!her )(?<!its )(?<!their )"  # not "his last week in office"
    r"(?=yesterday|(?:the )?(?:day|night) before (?:yesterday|last)\b|last (?:\w+day|night|week|month|year)|this "
    r"|earlier |later |late |early |the (?:last|past|previous) |(?:a )?\w+ (?:of )?\w+ ago))",
    re.I,
)

_RELATIVE = re.compile(
    rf"(?:\b(?P<month>{MONTHS_IN_FULL}) )?"
    r",? ?\b(?:(?:(?:the )?day before )?yesterday|(?:the )?night before last|last night"
    r"|(?:earlier |later )?(?:last|this|(?:(?:in|over|during) )?the (?:past|last)) (?:week|weekend|month|year))"
    r"\b(?!['’]s)(?! (?:of|in) )",
    re.I,
)
_NEWS = re.compile(
    r"(?-i:\bnews)(?= (?:of|from|in|on|about|was|were|came|broke|yesterday|last|this|since|before|today)\b|[?,.]|$)"
    r"|\bheadlines (?:of|from|in|on|about|yesterday|last|this)\b|\b(?:press|media|news) coverage\b"
    r"|^what (?:was|were|has been|had been|did [\w ]*(?:newspapers|press|media|articles|outlets)) (?:first )?report",
    re.I,
)
_KNOWN = re.compile(r"\b(?:what|how much) [\w ]*?(?:known|we know|people know|become clear)\b(?! (?:as|for)\b)", re.I)
_NOT_PAST = re.compile(  # or about what one of several reports said; "Will" within a question is a man
    r"^will\b|\b(?:(?-i:will)|won['’]t|would|shall|should|could|might|going to|set to|about to|to be|upcoming"
    r"|ahead of|future"
    r"|(?:is|are|was|were|['’]s) due|due (?:in|on|by|next|out|back|this)"
    r"|due to (?:arrive|be|begin|come|end|expire|go|launch|open|resume|return|start|take)|next|tomorrow"
    r"|plan(?:s|ned|ning)?|schedul\w+|expect\w*|intend\w*|aim(?:s|ed|ing)?|propos\w+|promis\w+|pledg\w+|predict\w*"
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
    month = re.search(rf"\b(?:{MONTHS_IN_FULL})\b", words, re.I)
    said = month[0].capitalize() if month else (re.findall(r"\b\d{4}\b", words) or [""])[-1]
    return bool(said) and re.search(rf"\b{said}\b", text) is not None  # "may" and "march" are verbs


def is_of_another_year(day: date, texts: Iterable[str]) -> bool:
    """Whether texts mostly give this day of the year another year: of September 11 they say 2001, whenever one asks."""
    number, month = str(day.day), f"{day:%b}"
    form = re.compile(
        rf"(?:\b{month}[a-z]*\.? {number}(?:st|nd|rd|th)?,?|\b{number}(?:st|nd|rd|th)? {month}[a-z]*\.?,?) (\d{{4}})\b"
    )
    years = Counter(year for text in texts if number in text and month in text for year in form.findall(text))
    return bool(years) and years.most_common(1)[0][0] != str(day.year)


def without(words: str, question: str) -> str:
    """Return a question without its time words: ("in March", "Who left Haiti in March?") -> "Who left Haiti?"."""
    places = list(re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", question)) if words else []
    left = question[: places[-1].start()] + question[places[-1].end() :] if places else question
    left = re.sub(r"\A\W+|\W+\Z|\s+(?=\s)|,? *(?=,)", "", left)
    return left + "?" * question.endswith("?") if left else ""


def period(question: str, today: date) -> Period | None:
    """Return the publication dates that the question's time words ask for, or None; February 30 is no time."""
    found = [*_periods(question, today), *_figures(question, today)]
    if not found:
        return None
    last, guessed = (found[0].last, found[0].guessed) if len(found) == 1 else (None, None)
    # What was known at a time is narrower than what happened at one; of several alike, the widest holds.
    found = [each for each in found if each.until] or found
    widest = min(found, key=lambda each: each.since or date.min)
    latest = max(each.until or date.max for each in found)
    until = None if latest == date.max else latest
    return Period(widest.since, until, widest.words, last, guessed) if widest.since or until else None


def _periods(question: str, today: date) -> Iterator[Period]:
    """Yield what each of the times that are named asks for by itself."""
    done = 0
    for lead in _LEAD.finditer(question):
        read_at = read if lead["range"] is None else read_range
        # "since Tuesday in Haiti" names its time before what might be an event, "since the vote on Tuesday" after it.
        places = [lead.start("event") + 1, lead.end()] if lead["event"] else [lead.end()]
        time = next(
            (time for place in places if lead.start() >= done and (time := read_at(question, place, today))), None
        )
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
            last_day = last if since and not (of_event or lead["event"]) else None
            yield Period(since, until, words, last_day, time.first if time.guessed else None)


_UP_TO = re.compile(r"(?i)\b(?:as of|as at|before|by|until|till|up to|prior to|later than)(?: the end of)?(?: the)? \Z")


def _figures(question: str, today: date) -> Iterator[Period]:
    """Yield since when articles can tell the figures of the quarters, halves and fiscal years that are named."""
    if _NOT_PAST.search(question):
        return
    for start, end, figures in period_spans(question):
        since = figures.first_day()
        if since and since <= today and not _UP_TO.search(question[:start]):
            place = re.search(r"(?i)\b(?:in|during|for|of|over|throughout) (?:the )?\Z", question[:start])
            yield Period(since, None, question[place.start() if place else start : end])


def _asked(lead: re.Match[str], time: NamedTime, question: str) -> tuple[date | None, date | None]:
    """Return since and until as in the table above."""
    word, known = (lead["word"] or "").lower(), _KNOWN.search(question)
    told = known or _NEWS.search(question)
    if word.startswith("as"):
        return None, time.last
    is_so = (
        time.open
        and word not in ("since", "after", "on or after")
        and _PRESENT.search(question)
        and not _GOING_ON.search(question)
    )
    if not told and (is_so or _NOT_PAST.search(question)):
        return None, None
    if word in ("since", "on or after") or time.kind == "span":
        return time.first, None
    if word == "after":
        return time.first if lead["event"] else time.last + timedelta(1), None
    if word in ("on or before", "no later than"):
        return None, time.last
    if word in ("before", "prior to"):
        return None, time.first - timedelta(1) if told or time.kind == "day" else None
    if word or known:
        by = word == "by" and (time.part == "end" or re.search(r"\bhad\b", question, re.I))
        return None, time.last if told or by else None
    return time.first, time.last if told else None


def _means_a_time(lead: re.Match[str], time: NamedTime, question: str) -> bool:
    """Whether it is no name, verb, place or origin: not "in May’s cabinet", "by June", "on March" or "of 2023"."""
    place, word, after = (lead["place"] or "").lower(), (lead["word"] or "as").lower(), question[time.end :]
    if place == "in" and re.match(r"the \d", question[lead.end() :]):
        return False  # "in the 7th": of a game
    if (place == "on" and time.kind != "day") or (place == "at" and not time.part):
        return False
    if place in ("of", "from") and not _NEWS.search(question):
        return False
    if time.kind == "bare" and (not word.startswith("as") or question[: time.end].split()[-1].islower()):
        return re.match(r"\s*(?:[?!.,;:)]|$)", after) is not None
    return time.kind != "bare" or not re.match(r" (?:for )?[A-Z]|['’]s", after)

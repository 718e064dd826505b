"""The quarters, halves and fiscal years that figures are about, as values: "Q3 2023" is "the third quarter of 2023".

A company tells the same figure four times a year in the same words, so that neither search nor the reader tells one
quarter from another; the values do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from qa.calendar_words import month_number


@dataclass(frozen=True, slots=True)
class FigurePeriod:
    """A part of a business year, or all of it; `number` is 1 to 4 of quarters, 1 or 2 of halves, 0 of years.

    A fiscal year has the name of the year in which it ends. `year` is None where the words leave it out.
    """

    kind: Literal["quarter", "half", "fiscal year"]
    number: int
    year: int | None
    fiscal: bool = False

    def first_day(self) -> date | None:
        """Return the day before which no article tells its figures; a fiscal year may begin eleven months early."""
        if self.year is None or not 1900 < self.year < 2100:
            return None
        months = 3 * (self.number - 1) if self.kind == "quarter" else 6 * (self.number - 1) * (self.kind == "half")
        return date(self.year - self.fiscal, 1 + months, 1)

    def may_be(self, other: "FigurePeriod") -> bool:
        """Whether both can be the same: what one leaves out the other may say."""
        same = (self.kind, self.number) == (other.kind, other.number)
        return same and (self.year == other.year or self.year is None or other.year is None)


_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "final": 4}
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|(?:em|o)?ber)?\.?"
_FISCAL = r"(?:fiscal|financial)"
# The year may be two digits ("FY22", "Q3 ’23") or two years, of which the second is meant ("FY2021-22", "2021/22").
_YEAR = r"(?:(?:19|20)\d\d ?[-–/] ?)?(?P<year>(?:19|20)\d\d|(?<=[-–/])\d\d)(?!\d)"
_SHORT = r"(?:(?:19|20)\d\d ?[-–/] ?)?['’]?(?P<year>(?:19|20)?\d\d)(?!\d)"
_OF = rf"(?:,? (?:of |in )?(?:the )?(?P<fiscal>(?:{_FISCAL}(?: year)?|FY) ?)?{_YEAR})?"
_ORDINAL = rf"(?:(?P<before>{_FISCAL}) )?(?P<ordinal>{'|'.join(_ORDINALS)})"
_FORMS = [
    re.compile(form, re.I)
    for form in (
        rf"\bQ(?P<quarter>[1-4])(?:(?:[ ,]+(?:of )?(?:(?P<fiscal>FY|{_FISCAL}(?: year)?) ?)?|(?=['’])){_SHORT})?\b",
        rf"\b(?P<quarter>[1-4])Q ?(?:(?P<fiscal>FY) ?)?{_SHORT}\b",
        rf"\bH(?P<half>[12])(?:(?:[ ,]+(?:of )?(?:(?P<fiscal>FY) ?)?|(?=['’])){_SHORT})?\b",
        rf"\b(?P<half>[12])H ?{_SHORT}\b",
        rf"\b{_YEAR}(?:['’]s)? {_ORDINAL}[- ](?P<unit>quarter|half)\b",
        rf"\b{_ORDINAL}[- ](?P<unit>quarter|half)\b{_OF}",
        rf"\b(?:{_MONTH} ?(?:[-–]|to|through) ?)?(?P<month>{_MONTH}) quarter\b{_OF}",
        rf"\b(?:quarter|three months) (?:to|through|end(?:ed|ing)(?: (?:on|in))?) (?:the end of )?(?:\d{{1,2}} )?"
        rf"(?P<month>{_MONTH})(?: \d{{1,2}}(?!\d))?(?:,? {_YEAR})?",
        rf"\bFY ?{_SHORT}\b",
        rf"\b{_FISCAL}(?: year)? {_YEAR}",
        rf"\b{_YEAR} {_FISCAL} year\b",
    )
]


def named_periods(text: str, published: date | None = None) -> list[FigurePeriod]:
    """Return the periods that a text names, in its order; one without a year is the last before `published`, if given.

    "77 million in Q3 2023, after 52 million in the quarter before" -> [FigurePeriod("quarter", 3, 2023)]
    """
    return [period for _, _, period in period_spans(text, published)]


def period_spans(text: str, published: date | None = None) -> list[tuple[int, int, FigurePeriod]]:
    """Return the periods that a text names, each with the start and end of its words."""
    found: dict[int, tuple[int, FigurePeriod]] = {}
    for form in _FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            if not any(start < other_end and other < end for other, (other_end, _) in found.items()):
                found[start] = (end, _period(match, published))
    return [(start, *found[start]) for start in sorted(found)]


def tells_another(asked: str, sentence: str, before: str, title: str, published: date | None) -> bool:
    """Whether a sentence is about another period than the question; one that names none is about the last one named.

    `before` is what stands before it in its passage, and the title names what the article is about.
    """
    wanted = named_periods(asked)
    for kind in {period.kind for period in wanted}:
        told = next(_named(kind, (sentence, before, title), published), [])
        if told and not any(one.may_be(other) for one in told for other in wanted):
            return True
    return False


def _named(kind: str, texts: tuple[str, str, str], published: date | None) -> Iterator[list[FigurePeriod]]:
    """Yield the periods of one kind that the sentence names, the last that was named before it, and the title's."""
    for number, text in enumerate(texts):
        named = [period for period in named_periods(text, published) if period.kind == kind]
        if named:
            yield named[-1:] if number == 1 else named


def _period(match: re.Match[str], published: date | None) -> FigurePeriod:
    said = {name: words for name, words in match.groupdict().items() if words}
    fiscal = "fiscal" in said or "before" in said
    year = int(said["year"]) if "year" in said else None
    year = year + 2000 if year is not None and year < 100 else year
    kind: Literal["quarter", "half", "fiscal year"]
    if "half" in said or said.get("unit", "").lower() == "half":
        kind, number = "half", int(said.get("half", 0)) or _ORDINALS[said["ordinal"].lower()]
    elif "quarter" in said or "unit" in said or "month" in said:
        month = said.get("month", "")
        kind, number = "quarter", (month_number(month) + 2) // 3 if month else int(said.get("quarter", 0))
        number = number or _ORDINALS[said["ordinal"].lower()]
    else:
        kind, number, fiscal = "fiscal year", 0, True
    if year is None and published and not fiscal:
        first = 1 + (number - 1) * (3 if kind == "quarter" else 6)
        year = published.year - (first > published.month)
    return FigurePeriod(kind, number, year, fiscal)

"""Read the day on which an article was published, as files and pages write it."""

import re
from datetime import date, datetime

import dateutil.parser


def read_date(value: str) -> date | None:
    """Return the day that `value` names in full, or None."""
    # Without four digits for the year the parser would take "3/7/24" for one of three days.
    if len(value) > 100 or not re.search(r"(?:1[5-9]|20)\d\d", value):
        return None
    value = re.sub(r"(?i)\b([ap])\.m\.?", r"\1m", value)
    try:
        # What the value leaves out differs between the two, so only a complete date is the same in both.
        one, other = (
            dateutil.parser.parse(value, default=default, ignoretz=True).date()
            for default in (datetime(2000, 1, 1), datetime(2001, 2, 2))
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return one if one == other else None

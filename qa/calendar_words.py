"""The names of the months and of the days of the week, in order: of the text, not of the machine's language."""

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
CALENDAR = frozenset(name.lower() for name in (*MONTHS, *WEEKDAYS))


def month_number(name: str) -> int:
    """Return 3 for "March", "mar" or "Mar."; raises ValueError if it names no month."""
    return 1 + [month[:3] for month in MONTHS].index(name[:3].capitalize())


def weekday_number(name: str) -> int:
    """Return 0 for "Monday" or "mon", as `date.weekday` does; raises ValueError if it names no day."""
    return [day[:3] for day in WEEKDAYS].index(name[:3].capitalize())

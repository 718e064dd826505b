"""Amounts and days are read as values: spellings of one are equal, and no value equals another."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.values import ABOUT, EXACT, LEAST, MOST, Amount, Day, amounts, days, values

THURSDAY = date(2024, 3, 7)


def only(text: str) -> Amount:
    ((_, _, amount),) = amounts(text)
    return amount


@pytest.mark.parametrize(
    ("spellings", "value", "unit"),
    [
        (["$5bn", "$5 billion", "5,000,000,000 dollars", "US$5bn", "five billion dollars"], 5_000_000_000, "dollar"),
        (["Rs 25 lakh", "Rs 25,00,000", "2.5 million rupees", "₹0.25 crore"], 2_500_000, "rupee"),
        (["12.6 million", "12,600,000"], 12_600_000, ""),
        (["25", "twenty-five", "Twenty five"], 25, ""),
        (["5%", "5 %", "five per cent", "5 percent", "5 pct"], 5, "%"),
        (["a dozen", "12", "twelve"], 12, ""),
        (["half a million", "500,000", "500k"], 500_000, ""),
        (["Rs 4.5 lakh crore"], 4_500_000_000_000, "rupee"),
        (["£3.2 bn", "£3.2bn", "3.2 billion pounds"], 3_200_000_000, "pound"),
        (["two and a half years", "2.5 years"], Decimal("2.5"), "year"),
        (["three hundred and six", "306"], 306, ""),
        (["$40m", "40 million dollars"], 40_000_000, "dollar"),
    ],
)
def test_spellings_of_one_amount_are_one_value(spellings: list[str], value: int, unit: str) -> None:
    for spelling in spellings:
        assert only(f"It was {spelling}, she said.") == Amount(Decimal(value), unit), spelling


@pytest.mark.parametrize(
    "text",
    [
        "flight KL-9087",
        "the 21st win",
        "a 2-1 win",
        "at 12:30",
        "an F16",
        "hundreds of people",
        "Covid-19",
        "40m in all",
    ],
)
def test_codes_scores_times_and_vague_words_are_no_amounts(text: str) -> None:
    assert amounts(f"It was {text}.") == []


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("about 1,400 homes", ABOUT),
        ("nearly 1,400 homes", ABOUT),
        ("at least 1,400 homes", LEAST),
        ("more than 1,400 homes", LEAST),
        ("1,400 or more homes", LEAST),
        ("up to 1,400 homes", MOST),
        ("fewer than 1,400 homes", MOST),
        ("exactly 1,400 homes", EXACT),
    ],
)
def test_what_limits_an_amount_is_kept(text: str, bound: str) -> None:
    assert only(text) == Amount(Decimal(1400), "", bound)


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        ("12 people", "19 people", True),
        ("5 people", "5 million people", True),
        ("40 boats", "41 boats", True),
        ("1.2 million", "1.3 million", True),
        ("4%", "4.5%", True),
        ("2 million dollars", "twenty-two million dollars", True),
        ("about 1,400 homes", "1,383 homes", False),
        ("about 1,400 homes", "900 homes", True),
        ("1,400 homes", "1,383 homes", False),
        ("2.1 million dollars", "2.125 million dollars", False),
        ("at least 40 boats", "57 boats", False),
        ("at least 40 boats", "31 boats", True),
        ("up to 40 boats", "31 boats", False),
        ("up to 40 boats", "57 boats", True),
        ("72 hours", "19 people", False),
        ("10 kilometres", "6 miles", False),
    ],
)
def test_amounts_exclude_each_other_only_if_no_number_is_both(one: str, other: str, excluded: bool) -> None:
    assert only(one).excludes(only(other)) is excluded
    assert only(other).excludes(only(one)) is excluded


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on 7 March near the mole", Day(2024, 3, 7)),
        ("on March 7th, 2024.", Day(2024, 3, 7)),
        ("on Thursday in Elin", Day(2024, 3, 7)),
        ("on Monday in Elin", Day(2024, 3, 4)),
        ("it will open on Monday", Day(2024, 3, 11)),
        ("yesterday", Day(2024, 3, 6)),
        ("30 December", Day(2023, 12, 30)),
        ("March 2024", Day(2024, 3)),
        ("in 1784", Day(1784)),
        ("2024-03-07", Day(2024, 3, 7)),
    ],
)
def test_days_are_completed_by_the_day_of_publication(text: str, day: Day) -> None:
    assert [found for _, _, found in days(text, THURSDAY)] == [day]


def test_the_number_of_a_day_is_no_amount_and_a_month_that_is_a_verb_no_day() -> None:
    assert [value for _, _, value in values("On 7 March 2024 he may march", THURSDAY)] == [Day(2024, 3, 7)]


def test_days_told_less_exactly_do_not_exclude() -> None:
    assert Day(2024, 3, 7).excludes(Day(2024, 3, 8))
    assert not Day(2024, 3, 7).excludes(Day(2024, 3))
    assert not Day(None, 3, 7).excludes(Day(2024, 3, 8))


WHOLE = st.integers(0, 10**9)


@given(WHOLE, WHOLE, st.sampled_from(["{:,}", "{}", "${:,}", "{}%", "{:,} people"]))
def test_a_number_never_equals_another(one: int, other: int, form: str) -> None:
    assert (only(form.format(one)) == only(form.format(other))) is (one == other)


@given(st.text(max_size=80))
def test_any_text_can_be_read_and_values_do_not_overlap(text: str) -> None:
    found = sorted((start, end) for start, end, _ in values(text, THURSDAY))
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(end <= start for (_, end), (start, _) in pairwise(found))


@given(WHOLE, WHOLE, st.sampled_from([EXACT, ABOUT, LEAST, MOST]), st.sampled_from([EXACT, ABOUT, LEAST, MOST]))
def test_to_exclude_is_symmetrical_and_no_value_excludes_itself(a: int, b: int, one: str, other: str) -> None:
    first, second = Amount(Decimal(a), "", one), Amount(Decimal(b), "", other)
    assert first.excludes(second) == second.excludes(first)
    assert not first.excludes(first)


def test_values_come_in_the_order_of_the_text() -> None:
    text = "The mill of 1621 people was shut from 1609 until 7 March 1640, when 12 came."
    starts = [start for start, _, _ in values(text)]
    assert starts == sorted(starts)
    assert len(starts) == 4

"""Quarters, halves and fiscal years: in whatever words, and never another one's figure."""

from datetime import date
from pathlib import Path

import pytest
from conftest import folder_of, settings_for
from hypothesis import given
from hypothesis import strategies as st

from qa.chain import Chain
from qa.periods import FigurePeriod, named_periods, tells_another

Q3 = FigurePeriod("quarter", 3, 2023)


@pytest.mark.parametrize(
    "words",
    """
Q3 2023
Q3 of 2023
Q3, 2023
Q3’23
3Q23
3Q 2023
the third quarter of 2023
the 3rd quarter of 2023
third-quarter 2023
the third quarter in 2023
2023's third quarter
the July–September quarter of 2023
the July to September quarter of 2023
the September quarter of 2023
the quarter to September 2023
the quarter ended September 30, 2023
the three months to 30 September 2023
the three months ended in September 2023
""".strip().splitlines(),
)
def test_a_quarter_is_one_value_in_whatever_words(words: str) -> None:
    assert named_periods(f"It earned 77 million in {words}, it said.") == [Q3]


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("FY2022", FigurePeriod("fiscal year", 0, 2022, True)),
        ("FY 22", FigurePeriod("fiscal year", 0, 2022, True)),
        ("FY2021-22", FigurePeriod("fiscal year", 0, 2022, True)),
        ("fiscal 2022", FigurePeriod("fiscal year", 0, 2022, True)),
        ("fiscal year 2022", FigurePeriod("fiscal year", 0, 2022, True)),
        ("the financial year 2021/22", FigurePeriod("fiscal year", 0, 2022, True)),
        ("the 2022 fiscal year", FigurePeriod("fiscal year", 0, 2022, True)),
        ("H1 2023", FigurePeriod("half", 1, 2023)),
        ("the first half of 2023", FigurePeriod("half", 1, 2023)),
        ("the second half", FigurePeriod("half", 2, None)),
        ("the final quarter", FigurePeriod("quarter", 4, None)),
        ("Q3 FY2023", FigurePeriod("quarter", 3, 2023, True)),
        ("the third quarter of fiscal 2023", FigurePeriod("quarter", 3, 2023, True)),
        ("fiscal third quarter of 2023", FigurePeriod("quarter", 3, 2023, True)),
    ],
)
def test_halves_and_fiscal_years_are_told_apart(words: str, period: FigurePeriod) -> None:
    assert named_periods(f"It earned 77 million in {words}, it said.") == [period]


@pytest.mark.parametrize(
    "text", ["A Q400 landed in 2023.", "A quarter of 2023 voters left.", "One half of it sank in 2023.", "It is Q9."]
)
def test_other_words_name_no_period(text: str) -> None:
    assert named_periods(text) == []


def test_a_quarter_without_a_year_is_the_last_before_its_article() -> None:
    assert named_periods("in the third quarter", date(2023, 10, 20)) == [Q3]
    assert named_periods("in the third quarter", date(2024, 2, 1)) == [Q3]
    assert named_periods("in the third quarter", date(2022, 10, 20)) == [FigurePeriod("quarter", 3, 2022)]


@given(st.integers(1, 4), st.integers(1990, 2029), st.integers(1, 4), st.integers(1990, 2029))
def test_a_quarter_is_the_same_only_as_itself(number: int, year: int, other: int, another: int) -> None:
    ordinal = ("first", "second", "third", "fourth")[other - 1]
    told = f"It earned 77 million in the {ordinal} quarter of {another}."
    differs = (number, year) != (other, another)
    assert tells_another(f"How much did it earn in Q{number} {year}?", told, "", "", None) is differs
    assert not tells_another(f"How much did it earn in Q{number}?", told, "", "", None) or number != other


ASKED = "How much did it earn in Q3 2023?"


@pytest.mark.parametrize(
    ("asked", "sentence", "before", "title", "another"),
    [
        (ASKED, "It earned 52 million in the second quarter of 2023.", "", "", True),
        (ASKED, "It earned 77 million in the third quarter of 2022.", "", "", True),
        (ASKED, "It earned 77 million, after 52 million in Q2 2023, in Q3 2023.", "", "", False),
        (ASKED, "It earned 52 million.", "In Q2 2023 trade was slow. ", "", True),
        (ASKED, "It earned 77 million.", "In Q2 2023 trade was slow. Q3 2023 was better. ", "", False),
        (ASKED, "It earned 52 million.", "", "Second quarter of 2023: ferries earn more", True),
        (ASKED, "It earned 77 million.", "", "Ferries earn more", False),
        (ASKED, "It earned 200 million in fiscal year 2022.", "", "", False),
        ("What did it earn in Q2 2023 and Q3 2023?", "It earned 52 million in Q2 2023.", "", "", False),
        ("How much did it earn?", "It earned 52 million in Q2 2023.", "", "", False),
        ("How much did it lose in FY2022?", "It lost 9 million in fiscal year 2021.", "", "", True),
    ],
)
def test_a_sentence_about_another_period_does_not_answer(
    asked: str, sentence: str, before: str, title: str, another: bool
) -> None:
    assert tells_another(asked, sentence, before, title, date(2024, 1, 18)) is another


def test_of_four_quarters_and_three_years_the_one_that_is_asked_for_is_told(tmp_path: Path) -> None:
    quarters = {
        f"q{n}": f"---\ntitle: Mill reports\npublished: {day}\n---\nThe mill of Sorin sold {sold} tonnes of flour in "
        f"the {name} quarter of 2023, it said on Thursday."
        for n, (name, day, sold) in enumerate(
            [
                ("first", "2023-04-20", 310),
                ("second", "2023-07-20", 520),
                ("third", "2023-10-19", 770),
                ("fourth", "2024-01-18", 400),
            ]
        )
    }
    years = {
        f"y{year}": f"---\ntitle: Tram of Elin\npublished: {year}-09-01\n---\nThe tram of Elin lost {lost} million "
        f"crowns in fiscal year {year}, its chief said."
        for year, lost in ((2021, 12), (2022, 9), (2023, 21))
    }
    chain = Chain(settings_for(tmp_path, articles=folder_of(tmp_path / "articles", **quarters, **years)))
    chain.sync()
    asked = {
        "How much flour did the mill sell in Q3 2023?": "770",
        "How much flour did the mill sell in the second quarter of 2023?": "520",
        "How much did the tram lose in FY2022?": "9 million",
        "How much did the tram lose in fiscal 2021?": "12 million",
    }
    for question, words in asked.items():
        *_, answer = chain.stream(question)
        assert words in answer.text
        assert len(answer.citations) == 1, answer.text
    chain.close()

"""Time words and days limit what is searched; the limit is told, and can be lifted."""

from collections.abc import Iterator
from datetime import date

import pytest
from conftest import folder_of

from qa.chain import Chain
from qa.citations import Answer
from qa.config import Settings
from qa.errors import QuestionError

NAMES = {date(2024, 1, 9): "Ada Quill", date(2024, 2, 13): "Ole Brandt", date(2024, 3, 5): "Tove Lund"}
REPORT = """---
title: A new mayor for Elin
source: Elin Courier
published: {day}
---
The council of Elin elected {name} mayor on Tuesday. The vote was 12 to 9.
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    root = tmp_path_factory.mktemp("town")
    reports = {f"mayor-{day}": REPORT.format(day=day, name=name) for day, name in NAMES.items()}
    chain = Chain(Settings(articles=folder_of(root / "articles", **reports), index=root / "index"))
    chain.sync()
    yield chain
    chain.close()


def ask(chain: Chain, question: str, **limits: object) -> Answer:
    *_, answer = chain.stream(question, **limits)  # type: ignore[arg-type]
    return answer


def told(answer: Answer) -> set[str]:
    return {name for name in NAMES.values() if name in answer.text}


def test_time_words_limit_the_dates_and_are_told(town: Chain) -> None:
    answer = ask(town, "Who was elected mayor of Elin, as of 20 February 2024?")
    assert answer.scope.until == date(2024, 2, 20)
    assert "Tove Lund" not in told(answer)
    assert "Ole Brandt" in told(answer)
    assert str(answer.scope).startswith("until 20 February 2024 (“")
    assert answer.scope.words in answer.question


def test_last_week_counts_from_the_newest_article_where_the_archive_has_ended(town: Chain) -> None:
    answer = ask(town, "Who was elected mayor of Elin last week?")
    assert answer.scope.since == date(2024, 2, 26)
    assert told(answer) == {"Tove Lund"}


def test_the_limit_of_time_words_can_be_lifted(town: Chain) -> None:
    answer = ask(town, "Who was elected mayor of Elin last week?", any_time=True)
    assert not answer.scope
    assert len(told(answer)) > 1


def test_as_of_a_day_nothing_later_counts(town: Chain) -> None:
    answer = ask(town, "Who was elected mayor of Elin?", as_of=date(2024, 1, 31))
    assert told(answer) == {"Ada Quill"}
    last_week = ask(town, "Who was elected mayor of Elin last week?", as_of=date(2024, 2, 20))
    assert (last_week.scope.since, last_week.scope.until) == (date(2024, 2, 12), date(2024, 2, 20))
    assert told(last_week) == {"Ole Brandt"}


def test_what_the_caller_says_goes_before_the_words_of_the_question(town: Chain) -> None:
    answer = ask(town, "Who was elected mayor of Elin last week?", since=date(2024, 2, 1), until=date(2024, 2, 28))
    assert told(answer) == {"Ole Brandt"}
    assert not answer.scope.words


def test_days_that_cannot_be_are_refused(town: Chain) -> None:
    with pytest.raises(QuestionError, match="as of 2024-01-31"):
        ask(town, "Who?", since=date(2024, 2, 1), as_of=date(2024, 1, 31))
    with pytest.raises(QuestionError, match=r"as_of is .*: give a datetime\.date"):
        ask(town, "Who?", as_of="2024-01-31")


def test_words_that_leave_nothing_out_are_no_limit(town: Chain) -> None:
    assert not ask(town, "Who has been elected mayor of Elin since 2020?").scope

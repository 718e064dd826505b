"""Time words: which dates of publication a question asks for, and which questions ask for none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.when import Period, is_of_another_year, names_time, period, present, timeless, without

TODAY = date(2024, 3, 7)
"""A Thursday."""

EXPECTED = [
    # What happened at a time is told then and later: only `since`.
    ("What happened on March 3?", "2024-03-03", None, "on March 3"),
    ("What happened on the evening of Sunday, March 3rd, 2024?", "2024-03-03", None, None),
    ("What happened on 3 March?", "2024-03-03", None, "on 3 March"),
    ("What happened on 2024-03-03 at the airport?", "2024-03-03", None, "on 2024-03-03"),
    ("Who assassinated the president in 2021?", "2021-01-01", None, "in 2021"),
    ("Who was arrested in May?", "2023-05-01", None, "in May"),
    ("what happened in march", "2024-03-01", None, "in march"),
    ("In February, which towns were flooded?", "2024-02-01", None, "In February"),
    ("What happened on February 29?", "2024-02-29", None, "on February 29"),
    ("Where did he fly in Sept. 2023?", "2023-09-01", None, "in Sept. 2023"),
    ("What happened in early March?", "2024-03-01", None, "in early March"),
    ("Who won the vote in mid-2023?", "2023-01-01", None, "in mid-2023"),
    ("How much did it earn in the second quarter of 2023?", "2023-04-01", None, "in the second quarter of 2023"),
    ("What was the profit of Orl Mills for Q4 2022?", "2022-10-01", None, "for Q4 2022"),
    ("What did it lose in the second half of 2022?", "2022-07-01", None, "in the second half of 2022"),
    ("What did it earn in Q2 2022, and what in Q1 2021?", "2021-01-01", None, "in Q1 2021"),
    ("What was sold in fiscal 2022?", "2021-01-01", None, "in fiscal 2022"),
    ("What did it earn in FY2022?", "2021-01-01", None, "in FY2022"),
    ("How many were jailed in March last year?", "2023-03-01", None, "in March last year"),
    ("What happened last week?", "2024-02-26", None, "last week"),
    ("Who was hurt in last week's raid?", "2024-02-26", None, "last week"),
    ("Who is the man who was arrested yesterday?", "2024-03-06", None, "yesterday"),
    ("What happened last month?", "2024-02-01", None, "last month"),
    ("Which bank failed last year?", "2023-01-01", None, "last year"),
    ("Which bank failed earlier this year?", "2024-01-01", None, "earlier this year"),
    ("What is happening this week?", "2024-03-01", None, "this week"),
    ("Which MP resigned this week?", "2024-03-01", None, "this week"),
    ("Which cars were recalled this week due to a fire risk?", "2024-03-01", None, "this week"),
    ("What is the name of the storm that has battered Wales this week?", "2024-03-01", None, "this week"),
    ("Who won on Tuesday?", "2024-03-05", None, "on Tuesday"),
    ("Who won on Thursday?", "2024-02-29", None, "on Thursday"),
    ("Who scored over the weekend?", "2024-03-02", None, "over the weekend"),
    ("What did he do in the last two weeks?", "2024-02-22", None, "in the last two weeks"),
    ("How many have died over the past 10 days?", "2024-02-26", None, "over the past 10 days"),
    ("What was seized two weeks ago?", "2024-02-19", None, "two weeks ago"),
    ("What was seized a week ago?", "2024-02-26", None, "a week ago"),
    ("What has changed since Tuesday in Haiti?", "2024-03-05", None, "since Tuesday"),
    ("How many have fled since March 2023?", "2023-03-01", None, "since March 2023"),
    ("Who has led the country since the vote on 5 November?", "2023-11-05", None, "since the vote on 5 November"),
    ("What changed after 3 March?", "2024-03-04", None, "after 3 March"),
    ("What happened between 3 and 7 March 2024?", "2024-03-03", None, "between 3 and 7 March 2024"),
    ("What happened from January to March?", "2024-01-01", None, "from January to March"),
    ("What happened from November to January?", "2023-11-01", None, "from November to January"),
    ("Who won in 2022 and who in 2023?", "2022-01-01", None, "in 2022"),
    ("What happened the day before yesterday?", "2024-03-05", None, "the day before yesterday"),
    ("Who sang the night before last?", "2024-03-05", None, "the night before last"),
    ("What burned on the 3rd?", "2024-03-03", None, "on the 3rd"),
    ("What burned on the 20th?", "2024-02-20", None, "on the 20th"),
    ("What burned on Sunday the 3rd in Elin?", "2024-03-03", None, "on Sunday the 3rd"),
    ("What burned on the 9th of last month?", "2024-02-09", None, "on the 9th of last month"),
    ("What burned on the 5th of this month?", "2024-03-05", None, "on the 5th of this month"),
    ("What has changed since the 1st?", "2024-03-01", None, "since the 1st"),
    ("What changed on or after 3 March?", "2024-03-03", None, "on or after 3 March"),
    ("What burned between March 1 and 5?", "2024-03-01", None, "between March 1 and 5"),
    ("What burned between February 1st and 5th, 2023?", "2023-02-01", None, "between February 1st and 5th, 2023"),
    ("What sank from Feb. 20 to 25?", "2024-02-20", None, "from Feb. 20 to 25"),
    ("What burned on 5/3/2024?", "2024-03-05", None, "on 5/3/2024"),
    ("What burned on 3/5/2024?", "2024-03-05", None, "on 3/5/2024"),
    ("What burned on 25/12/2023?", "2023-12-25", None, "on 25/12/2023"),
    ("What burned on 12/25/2023?", "2023-12-25", None, "on 12/25/2023"),
    ("What burned on 5.2.2024?", "2024-02-05", None, "on 5.2.2024"),
    ("Who left in 02/2024?", "2024-02-01", None, "in 02/2024"),
    ("Who left in 2/2024?", "2024-02-01", None, "in 2/2024"),
    ("Which plane crashed in March?", "2024-03-01", None, "in March"),
    ("Which plant or planet was found in February?", "2024-02-01", None, "in February"),
    ("Whom did Will Adler slap in March 2022?", "2022-03-01", None, "in March 2022"),
    ("Who marched in February?", "2024-02-01", None, "in February"),
    ("What sank in the first week of February?", "2024-02-01", None, "in the first week of February"),
    # What was known or reported at a time: `until`.
    ("As of 3 March 2024, where was Henry?", None, "2024-03-03", "As of 3 March 2024"),
    ("Who leads the polls as of February?", None, "2024-02-29", "as of February"),
    ("What was known on 6 March?", None, "2024-03-06", "on 6 March"),
    ("What was reported last week?", "2024-02-26", "2024-03-03", "last week"),
    ("What was in last week's news?", "2024-02-26", "2024-03-03", "last week"),
    ("What was the news from 3 to 6 March?", "2024-03-03", "2024-03-06", "from 3 to 6 March"),
    ("What did polls say before the election on 5 November?", None, "2023-11-04", "before the election on 5 November"),
    ("How many had died on or before 5 March?", None, "2024-03-05", "on or before 5 March"),
    ("Who had left no later than 5 February 2024?", None, "2024-02-05", "no later than 5 February 2024"),
    ("What was known by the 3rd?", None, "2024-03-03", "by the 3rd"),
    ("As of the 3rd, how many were ill?", None, "2024-03-03", "As of the 3rd"),
    ("How many had died by the end of February?", None, "2024-02-29", "by the end of February"),
    ("Who knew, as of 3 March 2024, what happened in 2021?", None, "2024-03-03", "as of 3 March 2024"),
]

NONE = [
    "Where was Ariel Henry?",
    "What is the latest news?",
    "Where is Henry now, and who leads today?",
    "Which animal was recently seen?",
    "What happened on February 30?",
    "What happened on April 31, 2023?",
    "Who will speak on 5 November?",
    "Who is speaking on Tuesday?",
    "What opens this year?",
    "What is planned for 2024, and what was planned in March?",
    "Who was running in the 2020 election?",
    "Who was president before 2015?",
    "Who led the country until 2017?",
    "Who was captain before Ethan Saunders in 2023?",
    "Who died in the Sept. 11 attacks?",
    "What burned on 5/6/2023?",
    "What burned on 13/13/2023 or on 31/2/2024?",
    "Who lives on the 7th floor of the 5th house?",
    "What was built in the 19th century?",
    "Who scored in the 7th?",
    "Which shop opened on the 5th Avenue?",
    "Who was hired the day before the vote?",
    "What sank between March 1 and 5 ferries?",
    "He may resign",
    "Will he resign in March?",
    "Which plans failed in February, and what was planned in March?",
    "How much will it earn in Q3 2022, and how much in FY2022?",
    "What was its debt as of the end of Q1 2022?",
    "What did it earn in the third quarter?",
    "Who left a second before?",
    "What may change?",
    "How did April Jones die?",
    "Who marched in March for Our Lives?",
    "Who was in May's cabinet?",
    "Who negotiated the deal signed by May?",
    "What did the Sunday Times write, and who is on the Sunday Times list?",
    "What was sold on Black Friday?",
    "Who wrote 1984?",
    "What became popular in the 1990s?",
    "Which team led in 2023-24?",
    "How much was that in 2021 dollars?",
    "What was frozen 46,000 years ago in 1,984 places?",
    "What did a 19-year-old do within 24 hours on a Boeing 737?",
    "What did he do in his last two years in office, and on his last day?",
    "What happened next week?",
    "Which ship was due in port this week?",
    "Which trial due to start this week was delayed?",
    "What is the rule that has been in force this year?",
    "Between the report of 3 March 2024 and the article on 5 March 2024, what changed?",
    "Which festival is held on July 4 every year?",
]


@pytest.mark.parametrize(("question", "since", "until", "words"), EXPECTED, ids=[row[0] for row in EXPECTED])
def test_time_words_ask_for_the_dates_that_a_person_means(
    question: str, since: str | None, until: str | None, words: str | None
) -> None:
    found = period(question, TODAY)
    assert found is not None
    assert (found.since and found.since.isoformat(), found.until and found.until.isoformat()) == (since, until)
    assert words is None or found.words == words


@pytest.mark.parametrize("question", NONE)
def test_names_plans_and_what_later_articles_can_tell_leave_nothing_out(question: str) -> None:
    assert period(question, TODAY) is None


def test_relative_words_count_from_the_given_day() -> None:
    assert period("What happened last week?", date(2026, 11, 22)) == Period(
        date(2026, 11, 9), None, "last week", date(2026, 11, 15)
    )


def test_last_week_counts_from_the_newest_article_of_an_archive_that_has_ended() -> None:
    assert present(date(2026, 11, 22), newest=TODAY) == TODAY
    assert present(TODAY + timedelta(3), newest=TODAY) == TODAY + timedelta(3)
    assert present(TODAY, newest=None) == TODAY


_PIECES = st.sampled_from(
    "as of,since,before the vote on,until,by the end of,between,from,and,to,in,on,last,this,past,the,two,99,999,weeks,"
    "week,year,years,ago,Tuesday,March,may,May,February,3,30,31st,2024,1999,2024-13-40,2024-02-29,yesterday,weekend,early,"
    "mid-,the 7th,the 31st,on or before,day before,7/3/2024,31/2/2024,0/2024,news,known,what,had,is,"
    "’s,?,ſept,Friday,0".split(",")
)


@given(
    st.one_of(st.text(), st.lists(_PIECES, max_size=12).map(" ".join)),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)),
)
def test_any_text_gives_a_period_in_order_whose_words_stand_in_it_or_none(question: str, today: date) -> None:
    found = period(question, today)
    if found is not None:
        assert found.words
        assert found.words in question
        assert found.since or found.until
        assert (found.since or date.min) <= (found.until or today)
        assert max(found.since or today, found.until or today) <= today


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("What did the gangs do last week?", "What did the gangs do?"),
        ("Which bridge collapsed this week, and why?", "Which bridge collapsed, and why?"),
        ("What happened yesterday?", "What happened yesterday?"),
        ("Who won the match the day before yesterday?", "Who won the match?"),
        ("What is this year's budget?", "What is this year's budget?"),
        ("What happened on March 3?", "What happened on March 3?"),
        ("How was the last week of the trial?", "How was the last week of the trial?"),
        ("Who was jailed in March last year?", "Who was jailed in March last year?"),
    ],
)
def test_words_that_count_from_today_are_no_search_words(question: str, left: str) -> None:
    assert timeless(question) == left


@pytest.mark.parametrize(
    ("words", "question", "left"),
    [
        ("in March 2024", "Who left in March 2024?", "Who left?"),
        ("In March 2024", "In March 2024, who left?", "who left?"),
        ("in March 2024", "Who, in March 2024, left?", "Who, left?"),
        ("on 3 March", "What did Kirby say on 3 March about Haiti?", "What did Kirby say about Haiti?"),
        ("in March", "in March", ""),
        ("in May", "Who won in Mayotte in May?", "Who won in Mayotte?"),
        ("in March", "What was Henry accused of in March?", "What was Henry accused of?"),
    ],
)
def test_a_question_reads_on_without_its_time_words(words: str, question: str, left: str) -> None:
    assert without(words, question) == left


@pytest.mark.parametrize(
    ("question", "last"),
    [
        ("Who left in March 2024?", date(2024, 3, 31)),
        ("Who left on 3 March 2024?", date(2024, 3, 3)),
        ("Who has left since March 2024?", date.max),
        ("What was known on 3 March 2024?", None),
        ("Who left on 3 March 2024 and on 5 March 2024?", None),
        ("Who left after the vote on 3 March 2024?", None),
    ],
)
def test_the_days_that_a_question_names_have_an_end(question: str, last: date | None) -> None:
    found = period(question, date(2026, 11, 22))
    assert found is not None
    assert found.last == last


@pytest.mark.parametrize(
    ("words", "text", "named"),
    [
        ("in May", "She was hurt in May.", True),
        ("in May", "He may resign.", False),
        ("in march", "It began on March 3.", True),
        ("in March", "They march to the port.", False),
        ("in 2023", "It sank in 2023.", True),
        ("last week", "It sank last week.", False),
    ],
)
def test_a_text_names_a_month_and_no_verb(words: str, text: str, named: bool) -> None:
    assert names_time(words, text) is named


def test_a_day_whose_year_the_articles_tell_otherwise_is_not_the_latest_such_day() -> None:
    found = period("Who attacked the towers on September 11?", TODAY)
    assert found is not None
    assert found.guessed == date(2023, 9, 11)
    of_old = [
        "The towers fell on Sept. 11, 2001.",
        "Since 11 September 2001 he is ill.",
        "On September 11, 2023 it rained.",
    ]
    assert is_of_another_year(found.guessed, of_old)
    assert not is_of_another_year(found.guessed, of_old[2:])
    assert not is_of_another_year(found.guessed, ["September 1, 2001", "Sept. 11 attacks", "on the 11th"])
    for said in ("on September 11, 2023", "in September", "yesterday", "on the 7th"):
        named = period(f"What burned {said}?", TODAY)
        assert named is not None
        assert named.guessed is None

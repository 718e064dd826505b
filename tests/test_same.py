"""Two findings say the same by their values, never by words that overlap; in doubt they are two and do not differ."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.said import Said, plain
from qa.same import contradict, is_near_copy, say_same

DAY = date(2024, 3, 7)


def said(sentence: str, words: str = "", *, article: str = "", published: date | None = DAY) -> Said:
    words = words or sentence
    start = sentence.index(words)
    return Said(sentence, start, start + len(words), published, article or sentence)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$5bn", "$5 billion"),
        ("twenty-five", "25"),
        ("Rs 25 lakh", "Rs 25,00,000"),
        ("12.6 million", "12,600,000"),
        ("10%", "ten per cent"),
        ("7 March", "March 7th, 2024"),
        ("on Thursday", "7 March"),
        ("the airport", "airport"),
        ("Café Mirna", "Cafe Mirna"),
        ("five people", "5 people"),
        ("12", "12 people"),
        ("Mayor Ana Diaz", "Ana Diaz"),
    ],
)
def test_one_value_in_two_spellings_is_the_same(one: str, other: str) -> None:
    a, b = said(f"It was {one}, he said.", one), said(f"She said that it was {other}.", other)
    assert say_same(a, b, "How many people were there?")
    assert say_same(b, a, "How many people were there?")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hillary Clinton", "Bill Clinton"),
        ("Manchester United", "Leeds United"),
        ("New York", "Kansas City"),
        ("York", "New York"),
        ("North Korea", "South Korea"),
        ("the Supreme Court of Haiti", "the Supreme Court of Kenya"),
        ("Haiti's Supreme Court", "Kenya's Supreme Court"),
        ("BP", "Bart Pike"),
        ("GM", "General Motors"),
        ("Clinton", "Hillary Clinton"),
        ("President Trump", "Donald Trump"),
        ("5", "5 million"),
        ("1.5m people", "1.5m long"),
        ("5%", "5"),
        ("$5", "£5"),
        ("12 people", "12 houses"),
        ("7 March", "8 March"),
        ("7 March", "March 7th, 2023"),
        ("2-1", "1-2"),
        ("gangs", "gang members"),
    ],
)
def test_what_is_another_value_or_not_known_to_be_the_same_is_two(one: str, other: str) -> None:
    a, b = said(f"It was {one}, he said.", one), said(f"She said that it was {other}.", other)
    assert not say_same(a, b)
    assert not say_same(b, a)


@pytest.mark.parametrize(
    ("short", "full", "article"),
    [
        ("Clinton", "Hillary Clinton", "Hillary Clinton came to Elin. Later Clinton left."),
        ("President Trump", "Donald Trump", "Donald Trump spoke. President Trump then left."),
        ("GM", "General Motors", "General Motors (GM) opened a plant. GM hired 40 people."),
    ],
)
def test_a_shorter_name_is_the_same_where_an_article_calls_somebody_so(short: str, full: str, article: str) -> None:
    a = said(f"In Elin {short} opened the harbour.", short, article=article)
    b = said(f"The harbour was opened by {full}.", full)
    assert say_same(a, b)
    assert say_same(b, a)


def test_the_same_last_name_of_two_people_is_two() -> None:
    hers = said("Clinton opened it.", "Clinton", article="Hillary Clinton came. Clinton opened it.")
    his = said("Clinton opened it.", "Clinton", article="Bill Clinton came. Clinton opened it.")
    both = said("Clinton opened it.", "Clinton", article="Bill Clinton came with Hillary Clinton. Clinton opened it.")
    assert not say_same(hers, his)
    assert not say_same(both, said("It was Hillary Clinton.", "Hillary Clinton"))


def test_a_number_is_read_with_what_its_sentence_says_beside_it() -> None:
    assert say_same(said("They paid Rs 25 lakh.", "25"), said("They paid Rs 25,00,000.", "Rs 25,00,000"))
    assert not say_same(said("They paid $25.", "25"), said("They waited 25 hours.", "25"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("{Cloudy} with a high of 6 degrees.", "{Cloudy} with a high of 5 degrees.", False),
        ("{Cloudy} with a high of 6 degrees.", "{Cloudy} with a high of six degrees.", True),
        ("{Cloudy} with a high of 6 degrees.", "{Cloudy} with rain.", True),
        ("{Cloudy} with a high of 6 degrees.", "{Cloudy} with 12 hours of sun.", True),
        ("{Kim Bell} won on 7 March.", "{Kim Bell} won on 8 March.", False),
        ("{Kim Bell} won on Thursday.", "{Kim Bell} won on March 7th.", True),
        ("{Kim Bell} won the cup in the hall of Norra.", "{Kim Bell} won the cup in the hall of Sudra.", False),
        ("{Kim Bell} won the cup, Li Wen told us.", "The cup of Mirna has gone to {Kim Bell}.", True),
        ("{Kim Bell} led 300 runners.", "{Kim Bell} led 400 runners.", False),
        ("The dam is {1.5m} long.", "The dam hurt {1.5m} people.", False),
        ("The mill of Tarn paid Rs {25 lakh}.", "The mill of Tarn paid {Rs 25,00,000}.", True),
        ("It hurt {1.5m people}.", "It hurt {1.5 million people}.", True),
    ],
)
def test_what_stands_beside_the_answer_must_not_differ(one: str, other: str, same: bool) -> None:
    a, b = (said(t.replace("{", "").replace("}", ""), t[t.index("{") + 1 : t.index("}")]) for t in (one, other))
    assert say_same(a, b) is same
    assert say_same(b, a) is same


@pytest.mark.parametrize(
    ("one", "other", "copies"),
    [
        (
            "The dam of Tarn broke on Monday, officials said.",
            "The dam of Tarn broke on Monday, an official said.",
            True,
        ),
        ("The dam of Tarn broke on Monday.", "The dam of Elin broke on Monday.", False),
        ("The dam broke and hit 12 houses.", "The dam broke and hit 21 houses.", False),
        ("The dam broke and hit 12 houses.", "The dam broke and hit twelve houses.", True),
        ("The minister will resign in May.", "The minister will not resign in May.", False),
        ("The council closed the harbour.", "The council opened the harbour.", False),
    ],
)
def test_whole_sentences_are_the_same_only_nearly_word_for_word(one: str, other: str, copies: bool) -> None:
    assert is_near_copy(said(one), said(other)) is copies
    assert say_same(said(one), said(other)) is copies


@pytest.mark.parametrize(
    ("question", "one", "other", "differ"),
    [
        ("How many people died?", "The fire killed {12 people} in Elin.", "A fire in Elin killed {19 people}.", True),
        (
            "How many homes are dark?",
            "In Skerra {about 1,400} homes are dark.",
            "{1,383} homes are dark in Skerra.",
            False,
        ),
        ("When did it sink?", "The Zephyr sank off Elin on {7 March}.", "Off Elin the Zephyr sank on {8 March}.", True),
        (
            "When did it sink?",
            "The Zephyr sank off Elin on {7 March}.",
            "Off Elin the Zephyr sank in {March 2024}.",
            False,
        ),
        (
            "Where was the first case?",
            "The first case of the fever was in {southern Mexico}.",
            "Doctors saw a first case in {Zavala County}.",
            False,
        ),
        (
            "Who won the race of Elin?",
            "{Kim Bell} won the long race of Elin.",
            "{Li Wen} won the long race of Elin.",
            True,
        ),
        ("Who won?", "{Kim Bell} won the race on Monday.", "The prize for the best bread went to {Li Wen}.", False),
        ("Who won the race?", "{Kim Bell} won the race of Elin.", "{Bell} won the race of Elin.", False),
        (
            "How many were held?",
            "Police held {86 people} after the march in Minsk, a lawyer said.",
            "After the march in Tarn, a lawyer said, police held {103 people}.",
            False,
        ),
        ("How many days?", "The fog over Elin lasted {3 days}.", "The fog over Elin lasted {70 hours}.", False),
        ("How many people married?", "In Elin {12 couples} married.", "In Elin {19 houses} burnt.", False),
    ],
)
def test_reports_differ_only_where_values_of_one_thing_exclude_each_other(
    question: str, one: str, other: str, differ: bool
) -> None:
    a, b = (said(t.replace("{", "").replace("}", ""), t[t.index("{") + 1 : t.index("}")]) for t in (one, other))
    assert contradict(a, b, question) is differ
    assert contradict(b, a, question) is differ


PIECES = [
    "Hillary Clinton", "Clinton", "President Clinton", "Elin", "the harbour", "12 people", "twelve", "5 million",
    "about 40", "7 March", "Thursday", "GM", "General Motors", "a bakery", "did not", "opened",
]  # fmt: skip
FINDING = st.builds(
    lambda before, words, after, whole: said(f"{before} {words} {after}.", "" if whole else words),
    st.sampled_from(["Today", "In Elin", "She met"]), st.sampled_from(PIECES), st.sampled_from(PIECES), st.booleans(),
)  # fmt: skip


@given(FINDING, FINDING)
def test_sameness_is_symmetrical_and_excludes_contradiction(one: Said, other: Said) -> None:
    assert say_same(one, other) == say_same(other, one)
    assert contradict(one, other) == contradict(other, one)
    assert not (say_same(one, other) and contradict(one, other))


@given(FINDING)
def test_a_finding_says_what_it_says_itself(one: Said) -> None:
    assert say_same(one, one)
    assert not contradict(one, one)


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from([*PIECES, "$5bn", "Rs 25 lakh", "3%", "from 1609", "7 March 1640"])).map(" ".join),
    )
)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)

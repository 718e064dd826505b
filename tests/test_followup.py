"""Follow-ups become questions that stand alone, and stand-alone questions stay as they are."""

import pytest

from qa.citations import Answer, Span
from qa.followup import Turn, resolve


def after(question: str, *words: str) -> list[Turn]:
    spans = tuple(Span(1, text, 0, len(text)) for text in words)
    return [Turn(question, Answer(question, "", (), False, 1.0, "offline", 0.0, query=question, spans=spans))]


SEEN = after("Where was Ariel Henry last seen?", "Kenya")


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        (SEEN, "Why was he there?", "Why was Ariel Henry in Kenya?"),
        (SEEN, "And when?", "When was Ariel Henry last seen in Kenya?"),
        (after("Where was Ariel Henry?", "Puerto Rico", "Kenya"), "Why was he there?", "Why was Ariel Henry there?"),
        (SEEN, "Why?", "Why was Ariel Henry last seen in Kenya?"),
        (SEEN, "What about Barbecue?", "Where was Barbecue last seen?"),
        (SEEN, "And Joe Biden?", "Where was Joe Biden last seen?"),
        (SEEN, "What is his job?", "What is Ariel Henry's job?"),
        (SEEN, "How many died there?", "How many died in Kenya?"),
        (after("Who is the president of Kenya?", "William Ruto"), "What did he say?", "What did William Ruto say?"),
        (after("Who is John Kirby?", "Advisor"), "What did he say?", "What did John Kirby say?"),
        (
            after("How many officers were sent to Haiti?", "1,000"),
            "And to Chad?",
            "How many officers were sent to Chad?",
        ),
    ],
)
def test_a_follow_up_is_understood_from_what_was_asked(history: list[Turn], question: str, expected: str) -> None:
    assert resolve(question, history) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who is John Kirby?",
        "Was there a curfew?",
        "Did Henry say why he left?",
        "How many officers are there in Haiti?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert resolve(question, SEEN) == question
    assert resolve(question, []) == question


@pytest.mark.parametrize("question", ["So did he resign?", "And is he alive?", "OK thanks"])
def test_a_question_that_begins_with_and_is_no_new_subject(question: str) -> None:
    assert "last seen" not in resolve(question, SEEN)


def test_what_articles_say_is_no_pattern() -> None:
    assert (
        resolve("Why was he there?", after("Where was Ariel Henry?", r"C:\data")) == r"Why was Ariel Henry in C:\data?"
    )


def test_what_it_points_to_is_kept_beside_the_question() -> None:
    history = after("Who signed the deployment deal?", "Ruto")
    assert resolve("When was it signed?", history) == "Who signed the deployment deal? When was it signed?"

"""Follow-ups become questions that stand alone, and stand-alone questions stay as they are."""

from dataclasses import replace

import pytest

from qa.citations import Answer, Span
from qa.followup import Turn, query_of, resolve


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
        (
            after("Where was Ariel Henry last seen?", "Kenya", "Kenya"),
            "Why was he there?",
            "Why was Ariel Henry in Kenya?",
        ),
        (SEEN, "How many died there?", "How many died in Kenya?"),
        (after("Who is the president of Kenya?", "William Ruto"), "What did he say?", "What did William Ruto say?"),
        (after("Who is John Kirby?", "Advisor"), "What did he say?", "What did John Kirby say?"),
        (
            after("How many officers were sent to Haiti?", "1,000"),
            "And to Chad?",
            "How many officers were sent to Chad?",
        ),
        (after("How many died in March in Haiti?", "12"), "And in Kenya?", "How many died in March in Kenya?"),
        (
            after("Who won the election in Kenya in 2021?", "Ruto"),
            "And in 2022?",
            "Who won the election in Kenya in 2022?",
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


def talk(*turns: tuple[str, ...]) -> list[str]:
    """Return the questions of a conversation, each (question, *words that answer it), as they read alone."""
    history: list[Turn] = []
    for question, *words in turns:
        query = resolve(question, history)
        history += [replace(turn, answer=replace(turn.answer, query=query)) for turn in after(question, *words)]
    return [turn.answer.query for turn in history]


def test_a_conversation_keeps_its_person_place_and_day() -> None:
    asked = talk(
        ("Where was Ariel Henry?", "Kenya"),
        ("Why was he there?",),
        ("And when did he leave?", "March 3"),
        ("What happened then?",),
        ("Who replaced him?", "Michel Boisvert"),
        ("What is his job?",),
    )
    assert asked[1:] == [
        "Why was Ariel Henry in Kenya?",
        "When did Ariel Henry leave?",
        "What happened on March 3?",
        "Who replaced Ariel Henry?",
        "What is Michel Boisvert's job?",
    ]


def test_a_person_and_a_place_are_found_several_turns_back() -> None:
    asked = talk(("Where was Ariel Henry last seen?", "Kenya"), ("What is a curfew?",), ("Why was he there?",))
    assert asked[1:] == ["What is a curfew?", "Why was Ariel Henry in Kenya?"]


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        ("Who won the Boston Marathon?", "When was it held?", "When was the Boston Marathon held?"),
        ("What is Red Hat OpenShift?", "What are its benefits?", "What are Red Hat OpenShift's benefits?"),
        ("When did the Baltimore bridge collapse?", "Who owned it?", "Who owned the Baltimore bridge?"),
        ("Is Kenya sending police officers to Haiti?", "Are they trained?", "Are police officers trained?"),
        ("Where was the Nairobi flood?", "Was it safe to leave?", "Was it safe to leave?"),
        (
            "How many officers did Kenya agree to send?",
            "And why do they refuse to go?",
            "Why do the officers from Kenya refuse to go?",
        ),
        ("How many people died in Haiti?", "Who were they?", "Who were the people that died in Haiti?"),
        ("How many officers left?", "Why did they go?", "How many officers left? Why did they go?"),
        ("How many hours did the police wait?", "Why did they wait?", "Why did the police wait?"),
        (
            "How many migrants did Germany accept?",
            "Where do they live?",
            "How many migrants did Germany accept? Where do they live?",
        ),
        (
            "How many times did they vote?",
            "Did they agree?",
            "How many times did they vote? Did they agree?",
        ),
    ],
)
def test_a_thing_and_its_pronoun_agree(earlier: str, question: str, expected: str) -> None:
    assert resolve(question, after(earlier)) == expected


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        ("Is Kenya sending police officers to Haiti?", "Why did he agree?"),
        ("What happened in Puerto Rico?", "Who is he?"),
        ("What did the Supreme Court decide?", "Is it final?"),
        ("When did the UN Security Council approve the mission?", "Who voted against it?"),
        ("Did Ariel Henry resign?", "Why did that happen?"),
        ("How long was the crack in the Velmora Dam?", "When did it grow?"),
        ("Which judges dissented or agreed?", "Which of them were women?"),
    ],
)
def test_what_may_mean_several_things_is_left_to_the_earlier_question(earlier: str, question: str) -> None:
    assert resolve(question, after(earlier)) == f"{earlier} {question}"


def test_she_is_nobody_who_was_a_he() -> None:
    asked = talk(("Did Ariel Henry resign?",), ("When did he say so?",), ("Was she there?",))
    assert asked[1:] == ["When did Ariel Henry say so?", "When did Ariel Henry say so? Was she there?"]


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        ("What happened in the Nairobi flood?", "Any injuries?", "About the Nairobi flood: any injuries?"),
        ("What happened in the Nairobi flood?", "How many died?", "About the Nairobi flood: how many died?"),
        ("Did Haiti hold an election?", "What are the consequences?", "About Haiti: what are the consequences?"),
        ("Did Haiti hold an election?", "Tell me more", "About Haiti: tell me more"),
        ("What happened in Gaza?", "What about the hostages?", "About Gaza: what about the hostages?"),
        ("When did the Berlin Wall fall?", "Who built the wall?", "Who built the Berlin Wall?"),
    ],
)
def test_what_says_too_little_alone_is_told_its_topic(earlier: str, question: str, expected: str) -> None:
    assert resolve(question, after(earlier)) == expected


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        ("Did Ariel Henry resign?", "Why?", "Why did Ariel Henry resign?"),
        ("Who signed the deal?", "And when?", "Who signed the deal, and when?"),
        ("Did Kenya send officers?", "How many?", "Did Kenya send officers, and how many?"),
        ("What did Joe Biden say?", "What else?", "What else did Joe Biden say?"),
        ("What did Joe Biden say about Gaza?", "And Donald Trump?", "What did Donald Trump say about Gaza?"),
        ("How many officers did Ruto send there?", "And to Chad?", "How many officers did Ruto send to Chad?"),
    ],
)
def test_a_few_words_take_the_frame_of_the_earlier_question(earlier: str, question: str, expected: str) -> None:
    assert resolve(question, after(earlier)) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Thanks!",
        "Kenya police mission",
        "How do companies hire their employees?",
        "Is it necessary to have a visa?",
        "I do not like it",
        "Kenya sent officers. When did they arrive?",
        "So, are you saying that Japan started the war?",
    ],
)
def test_what_explains_itself_is_left_alone(question: str) -> None:
    assert resolve(question, after("What happened in the Nairobi flood?")) == question


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


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        (SEEN, "Why was he there last week?", "Why was Ariel Henry in Kenya?"),
        ([], "Haiti since March", "Haiti"),
        ([], "What's the news in October?", "What's the news"),
        ([], "Where was Ariel Henry as of 3 March 2024?", "Where was Ariel Henry?"),
        ([], "As of 3 March 2024?", "As of 3 March 2024?"),
        ([], "Who resigned in March 2024?", "Who resigned in March 2024?"),
    ],
)
def test_what_is_searched_for_is_the_question_by_itself_without_words_that_count_from_today(
    history: list[Turn], question: str, expected: str
) -> None:
    assert query_of(question, history) == expected

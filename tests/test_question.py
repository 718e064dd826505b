"""What a question asks for decides how it is answered, and whether two answers contradict."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question import (
    asks_for_news,
    asks_for_one,
    asks_what_is_so,
    is_topic,
    may_have_several,
    sought,
    takes_a_sentence,
    with_unit,
)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What did John Kirby say?", True),
        ("what happened on March 3", True),
        ("Tell me about Barbecue", True),
        ("Who is William Ruto?", True),
        ("Ariel Henry", True),
        ("Why did he leave?", True),
        ("How did the inmates escape?", True),
        ("Was there a curfew?", True),
        ("What is the main purpose of the mission?", True),
        ("what is the difference between a gang and a militia", True),
        ("What was the speech about?", True),
        ("Compare what the two reports say", True),
        ("What is the population of Kenya?", False),
        ("Who is the president of Kenya?", False),
        ("Who is Ariel Henry's wife?", False),
        ("How many officers did Kenya agree to deploy?", False),
        ("Where was Ariel Henry?", False),
        ("What did Warner Bros. buy?", False),
        ("What did the death toll reach?", False),
        ("What has he announced?", True),
    ],
)
def test_some_questions_take_a_sentence_and_others_a_few_words(question: str, sentence: bool) -> None:
    assert takes_a_sentence(question) is sentence


@pytest.mark.parametrize(
    ("question", "one"),
    [
        ("When was the church founded?", True),
        ("How many people died?", True),
        ("Who won the election?", True),
        ("What is the population of Broken Bow?", True),
        ("Which party won?", True),
        ("Where is he?", True),
        ("What did the gangs attack?", False),
        ("Which countries share the island?", False),
        ("Who were the leaders?", False),
        ("Name the towns that were hit?", False),
        ("Why did he leave?", False),
        ("What did Kirby say?", False),
        ("Which party controls the senate?", True),
        ("Which country borders Haiti?", True),
        ("Which Haitian towns did the gangs attack?", False),
        ("Which two countries signed?", False),
    ],
)
def test_only_questions_with_one_answer_can_be_contradicted(question: str, one: bool) -> None:
    assert asks_for_one(question) is one


@pytest.mark.parametrize(
    ("question", "is_so"),
    [
        ("Who leads Haiti?", True),
        ("Who is the president of Kenya?", True),
        ("Who's the mayor?", True),
        ("Where is Henry?", True),
        ("Is Henry in Kenya?", True),
        ("Has Henry resigned?", True),
        ("What is the situation in Haiti?", True),
        ("What's the latest on Henry?", True),
        ("Tell me the latest on Henry", True),
        ("How many people are displaced?", True),
        ("How many people have died?", True),
        ("Which party controls the senate?", True),
        ("When will the council vote?", True),
        ("Does the United States send troops?", True),
        ("Who won the election?", False),
        ("Who was the first mayor?", False),
        ("Where was Ariel Henry?", False),
        ("Where was Henry when gangs attacked the airport?", False),
        ("How many people died?", False),
        ("How many officers did Kenya agree to deploy?", False),
        ("Which towns were hit?", False),
        ("Why did he leave?", False),
        ("Was there a curfew?", True),  # a later report may know more
        ("Did anyone die?", True),
        ("What did Kirby say is needed?", False),
        ("Who said that the port is closed?", False),
        ("Who is William Ruto?", False),
        ("Ariel Henry", True),
    ],
)
def test_what_is_so_may_change_and_what_was_may_not(question: str, is_so: bool) -> None:
    assert asks_what_is_so(question) is is_so


@pytest.mark.parametrize(
    ("question", "text", "words", "whole"),
    [
        ("How much was it?", "It cost $5 million in all.", "5", "$5 million"),
        ("How long was it?", "It lasted 72 hours.", "72", "72 hours"),
        ("What share voted?", "Only 4.5% voted.", "4.5", "4.5%"),
        ("How many hours was it?", "It lasted 72 hours.", "72", "72"),
        ("How many came?", "A crowd of 72 hoursemen came.", "72", "72"),
        ("Who came?", "The mayor came.", "mayor", "mayor"),
        ("How much was it?", "It cost $5 million in all.", "5 million", "$5 million"),
        ("How much was it?", "It cost three million dollars.", "three million", "three million dollars"),
        ("How long did they talk?", "After twenty-two hours of talks.", "twenty-two", "twenty-two hours"),
        ("How many died?", "Death toll: 12\nDays without power: 3", "12", "12"),
    ],
)
def test_a_number_is_marked_with_its_unit(question: str, text: str, words: str, whole: str) -> None:
    start = text.index(words)
    a, b = with_unit(question, text, start, start + len(words))
    assert text[a:b] == whole


@pytest.mark.parametrize(
    ("request_", "topic"),
    [
        ("Tell me about Barbecue", "Barbecue"),
        ("Can you tell me about the Kenyan police?", "Kenyan police"),
        ("Summarize the situation in Haiti", "Haiti"),
        ("What's the latest on Ariel Henry?", "Ariel Henry"),
        ("What's the latest on the WHO?", "WHO"),
        ("What is happening in Port-au-Prince?", "Port-au-Prince"),
        ("What do the articles say about the attack on the airport?", "attack on the airport"),
        ("What do articles say about the fair of Orbe?", "fair of Orbe"),
        ("What was reported about the fair of Orbe?", "fair of Orbe"),
        ("Anything on the prison?", "prison"),
        ("Is there any news on Haiti?", "Haiti"),
        ("Give me a short overview of the crisis", "crisis"),
        ("latest news from Kenya", "Kenya"),
        ("Tell me about the history of Haiti", "history of Haiti"),
        ("Tell me about fake news on Facebook", "fake news on Facebook"),
        ("Haiti border", "Haiti border"),
        ("Haiti?", "Haiti"),
        ("And the prison?", "prison"),
        ("About Turkey: the death toll?", "death toll, Turkey"),
        ("About Turkey: what about Syria?", "Syria"),
        ("About Turkey: latest?", "Turkey"),
        ("About William Ruto: tell me more", "William Ruto"),
    ],
)
def test_of_a_request_its_topic_is_looked_for(request_: str, topic: str) -> None:
    assert sought(request_) == topic
    assert is_topic(topic)
    assert takes_a_sentence(topic)
    assert asks_what_is_so(topic)
    assert not asks_for_news(request_)


@pytest.mark.parametrize(
    "question",
    [
        "Who leads Haiti?",
        "What did Kirby say about Haiti?",
        "Is Henry in Kenya?",
        "What is the point of the mission?",
        "About Haiti: and now?",
        "About Turkey: and yesterday?",
        "Explain the role of the court",
        "Thanks",
        "Really?",
        "Tell me about ...",
        "Tell me about Haiti. Is it safe?",
        "Tell me about what Kirby said",
    ],
)
def test_a_question_is_no_request_for_a_topic(question: str) -> None:
    assert sought(question) == question
    assert not is_topic(question)


def test_of_a_long_request_what_it_is_about_is_looked_for_as_a_sentence() -> None:
    assert sought("Tell me about the trial of the former president of Kenya in New York in May") == (
        "trial of the former president of Kenya in New York in May"
    )
    assert takes_a_sentence("Tell me about what Kirby said")


@pytest.mark.parametrize(
    "question",
    [
        "What's the news?",
        "whats new",
        "Summarize the articles",
        "latest news",
        "Hello!",
        "What are the articles about?",
    ],
)
def test_who_names_nothing_asks_for_the_news(question: str) -> None:
    assert asks_for_news(question)
    assert asks_what_is_so(question)
    assert sought(question) == question


@pytest.mark.parametrize("question", ["What is new in Kenya?", "Who is new?", "Is this all?", "news on Haiti", "Haiti"])
def test_who_names_something_does_not_ask_for_all_the_news(question: str) -> None:
    assert not asks_for_news(question)


WORDS = "tell me about the latest news on Haiti And what prison? About Henry: more . ! summarize crisis of".split()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join))
def test_what_is_looked_for_stands_in_what_was_asked(text: str) -> None:
    assert set(sought(text).replace(",", "").split()) <= set(re.split(r"[\s,:?.!]+", text)) | set(text.split())


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Who played the keeper?", True),
        ("Where was Henry?", True),
        ("Which languages are spoken?", True),
        ("What did the gangs attack?", True),
        ("Which team won?", False),
        ("When did the bridge open?", False),
        ("How many people died?", False),
        ("Why did he leave?", False),
        ("Haiti border", False),
    ],
)
def test_one_report_may_give_several_answers_to_who_and_where_but_not_to_when_and_how_many(
    question: str, several: bool
) -> None:
    assert may_have_several(question) is several

"""How probable an answer is: the latest of several events, and a confidence that is about what is told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.schema import TextNode

from qa.reader import Finding, answers_from, best_behind, confidence, judged

QUESTION = "Which storm hit Elin?"
SURE = (4.0, 5.0, 5.0, 0.0)
RECENT = date(2024, 2, 6)


def finding(published: str, signals: tuple[float, ...] = SURE) -> Finding:
    node = TextNode(text="Storm Arwen hit Elin.", metadata={"published": published, "article": published})
    return Finding(node, 0, 21, 0, 11, "Storm Arwen", signals)


def probabilities(*findings: Finding) -> dict[str, float]:
    return {f.node.metadata["published"]: f.probability for f in judged(QUESTION, findings, RECENT)}


def test_an_older_answer_is_less_probable_where_a_recent_article_answers() -> None:
    alone = probabilities(finding("2022-11-26"))
    beside = probabilities(finding("2022-11-26"), finding("2024-03-07", (3.5, *SURE[1:])))
    assert beside["2022-11-26"] < beside["2024-03-07"] < alone["2022-11-26"]


def topical(topic: str, text: str, marked: str) -> float:
    node = TextNode(text=text, metadata={"published": "", "article": "a"})
    at = text.index(marked)
    found = Finding(node, 0, len(text), at, at + len(marked), marked, (-9.0, -9.0, -9.0, 0.0))
    return judged(topic, [found])[0].probability


def test_a_sentence_with_all_words_of_a_topic_tells_about_it_whatever_words_are_marked() -> None:
    text = "The Dominican Republic closed its border with Haiti."
    for marked in (text, "The Dominican Republic"):
        assert topical("Haiti border", text, marked) == answers_from("Haiti border")
    assert topical("Haiti border wall", text, text) < answers_from("Haiti border wall")


def test_a_topic_of_which_a_word_would_count_for_nothing_is_not_told_by_its_words() -> None:
    text = "British troops left the base on Monday."
    assert topical("US troops", text, text) < answers_from("US troops")


@pytest.mark.parametrize("other", [finding("2024-03-07", (-9.0, -9.0, -9.0, 0.0)), finding("", SURE)])
def test_an_older_answer_stays_as_probable_beside_a_recent_article_that_does_not_answer_or_has_no_date(
    other: Finding,
) -> None:
    alone = probabilities(finding("2022-11-26"))
    assert probabilities(finding("2022-11-26"), other)["2022-11-26"] == alone["2022-11-26"]


@pytest.mark.parametrize("question", [QUESTION, "What happened in Elin?"])
@given(one=st.floats(0.001, 0.999), other=st.floats(0.001, 0.999))
def test_the_better_the_best_sentence_the_surer_is_an_answer_and_the_less_sure_an_abstention(
    question: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert confidence(question, low, abstains=False) <= confidence(question, high, abstains=False)
    assert confidence(question, low, abstains=True) >= confidence(question, high, abstains=True)
    for abstains in (False, True):
        told = confidence(question, one, abstains=abstains)
        assert best_behind(question, told, abstains=abstains) == pytest.approx(one, rel=1e-3)


def test_what_is_told_or_refused_at_the_threshold_is_unsure() -> None:
    least = answers_from(QUESTION)
    assert confidence(QUESTION, least, abstains=False) < 0.6
    assert confidence(QUESTION, least, abstains=True) < 0.8

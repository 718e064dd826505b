"""A code, a phrase in quotation marks and a place that a question names must stand in the articles that answer."""

from pathlib import Path

import pytest
from conftest import folder_of, settings_for

from qa.chain import Chain
from qa.exact import codes, exact_words, places


@pytest.mark.parametrize(
    ("question", "found", "not_found"),
    [
        ("KL-9087", ["KL-9087", "kl 9087", "flight KL9087,"], ["KL-90871", "KL-1044", "AKL-9087", "9087"]),
        ("Which captain “slept on the bridge”?", ["he slept on the bridge."], ["slept under the bridge", "slept on"]),
        ('Who sang "La Mer"?', ["She sang La Mer."], ["the sea"]),
    ],
)
def test_what_a_question_wants_word_for_word(question: str, found: list[str], not_found: list[str]) -> None:
    (form,) = exact_words(question)
    assert all(form.search(text) for text in found)
    assert not any(form.search(text) for text in not_found)


@pytest.mark.parametrize(
    "question",
    ["Haiti", "Haiti 2024", "2024", "3 March", "Storm 2", "Who won in May 2024?", "What did it lose in FY2022?"],
)
def test_words_and_days_are_no_codes(question: str) -> None:
    assert exact_words(question) == ()
    assert codes(question) == ()


def test_a_code_in_a_question_is_seen() -> None:
    (code,) = codes("Why did flight KL-9087 land on a road?")
    assert code.search("flight KL 9087")
    assert not code.search("flight KL-1044")


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("How many houses did the flood destroy in Sorn?", [["sorn"]]),
        ("Who won the race in Port Elin in May 2024?", [["port", "elin"]]),
        ("Who leads Sorn?", []),
        ("What happened in the US on Monday?", []),
    ],
)
def test_the_places_in_which_a_question_asks_what_happened(question: str, named: list[list[str]]) -> None:
    assert places(question) == named


FLOOD = "The flood hit Mirna on Thursday and destroyed 40 houses. Nobody was hurt in Mirnan homes."
FLIGHTS = {
    "kl1044": "# Flight KL-1044 turns back\n\nFlight KL-1044 turned back to Mirna on Friday. A door would not close.",
    "kl9087": "# Flight KL-9087 lands\n\nFlight KL-9087 landed on a coast road on Monday. Both engines had failed.",
    "flood": FLOOD,
    "sleep": "Captain Ivo Karl had slept on the bridge, the judge said. He lost his licence.",
    "baker": "# Baker Jon Reed wins\n\nBaker Jon Reed won the prize of Elin for bread. He is 61 years old.",
    "pilot": "# Pilot Jon Reed held\n\nPolice held pilot Jon Reed for theft in Elin. He is 34 years old.",
    "case": "Case 2023/118 is about a stolen boat, the judge said.",
    "cases": "Case 2023/119 is about a burnt barn, the judge said.",
    "play": "The play is about Captain Rolf Lund, who slept under the bridge of Tarn.",
}


def test_only_articles_that_hold_what_must_stand_there_answer(tmp_path: Path) -> None:
    chain = Chain(settings_for(tmp_path, articles=folder_of(tmp_path / "articles", **FLIGHTS)))
    chain.sync()

    def told(question: str) -> tuple[bool, str]:
        *_, answer = chain.stream(question)
        return answer.abstained, answer.text

    assert "coast road" in told("KL-9087")[1]
    assert "door" not in told("KL-9087")[1]
    assert told("KL-5555")[0]
    assert "Karl" in told('Which captain "slept on the bridge"?')[1]
    assert "Lund" not in told('Which captain "slept on the bridge"?')[1]
    assert told('Which captain "slept in the hold"?')[0]
    for role, other, age, not_age in (("pilot", "baker", "34", "61"), ("baker", "pilot", "61", "34")):
        text = told(f"How old is the {role} Jon Reed?")[1]
        assert age in text, other
        assert not_age not in text
    assert "boat" not in told("What is case 2023/119 about?")[1]
    assert "40" in told("How many houses did the flood destroy in Mirna?")[1]
    assert told("How many houses did the flood destroy in Sorn?")[0]
    chain.close()

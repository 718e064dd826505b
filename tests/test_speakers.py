"""No one's words are told as another's: a quotation goes with the sentence that says whose it is, or is left out."""

import pytest

from qa.speakers import lacks_speaker, speaks_another, with_speaker


def quoted(text: str, sentence: str) -> str:
    start = text.index(sentence)
    return text[slice(*with_speaker(text, start, start + len(sentence)))]


def lacks(text: str, sentence: str) -> bool:
    start = text.index(sentence)
    return lacks_speaker(text, start, start + len(sentence))


@pytest.mark.parametrize(
    ("text", "sentence", "whole"),
    [
        (
            "“We answered everything,” Rena Okafor said. “They were given the truth.” It rained.",
            "“They were given the truth.”",
            "“We answered everything,” Rena Okafor said. “They were given the truth.”",
        ),
        (
            "Rena Okafor told the panel on Monday:\n\n“They were given the truth.”",
            "“They were given the truth.”",
            "Rena Okafor told the panel on Monday:\n\n“They were given the truth.”",
        ),
        (
            "“We answered everything,” Rena Okafor said.\n\n“They were given the truth.”\n\n“I would do it again.”",
            "“I would do it again.”",
            "“We answered everything,” Rena Okafor said.\n\n“They were given the truth.”\n\n“I would do it again.”",
        ),
        (
            "‘They were given the truth.’ Okafor said so twice.",
            "‘They were given the truth.’",
            "‘They were given the truth.’ Okafor said so twice.",
        ),
        (
            "Ivo Brandt said nothing. “They were given the truth.” Rena Okafor told the panel so.",
            "“They were given the truth.”",
            "Ivo Brandt said nothing. “They were given the truth.” Rena Okafor told the panel so.",
        ),
        ("“It holds,” Rena Okafor said. She left.", "“It holds,” Rena Okafor said.", "“It holds,” Rena Okafor said."),
        ("The town's dog's life. Okafor said no.", "The town's dog's life.", "The town's dog's life."),
    ],
)
def test_a_quotation_is_told_with_the_sentence_that_names_its_speaker(text: str, sentence: str, whole: str) -> None:
    assert quoted(text, sentence) == whole


def test_a_paragraph_that_tells_what_somebody_thinks_leads_to_the_words_below() -> None:
    text = "Kim Bell, a diver, was less sure.\n\n“The mole of Elin leaks.”\n\n“We said so twice.”\n\nIt rained."
    assert quoted(text, "“We said so twice.”") == text.removesuffix("\n\nIt rained.")
    assert not lacks(text, "“The mole of Elin leaks.”")
    assert lacks("Kim Bell left.\n\n“The mole of Elin leaks.”", "“The mole of Elin leaks.”")


@pytest.mark.parametrize(
    ("question", "text", "another"),
    [
        ("What did Kim Bell say about the mole?", "Li Wen, the mayor, said the mole is safe.", True),
        ("What did Kim Bell say about the mole?", "“The mole is safe,” said Li Wen.", True),
        ("What did Kim Bell say about the mole?", "“The mole is safe,” Bell told Li Wen.", False),
        ("What did Kim Bell say about the mole?", "She said the mole is safe.", False),
        ("What did Kim Bell say about the mole?", "The mayor told the council that the mole is safe.", False),
        ("What did Kim Bell say about the mole?", "The mole is safe.", False),
        ("What did Parliament say about the mole?", "Li Wen said the mole is safe.", False),
        ("Who said that the mole is safe?", "Li Wen said the mole is safe.", False),
    ],
)
def test_who_is_asked_for_is_not_answered_with_the_words_of_another(question: str, text: str, another: bool) -> None:
    assert speaks_another(question, text, 0, len(text)) is another


def test_who_speaks_for_an_office_may_answer_for_it() -> None:
    text = "Li Wen said no. Li Wen speaks for Mirna Council."
    assert not speaks_another("What did Mirna Council say?", text, 0, 15)
    assert speaks_another("What did Mirna Council say?", text.replace("Li Wen speaks", "He speaks"), 0, 15)


def test_a_sentence_inside_a_long_quotation_goes_with_its_end() -> None:
    rocks = " ".join(f"On day {n} we rowed past the rocks." for n in range(1, 30))
    text = f"“{rocks} The boats were burnt. Nobody came to help us,” fisher Kim Bell said. It rained."
    burnt = "The boats were burnt."
    assert quoted(text, burnt) == f"{burnt} Nobody came to help us,” fisher Kim Bell said."
    assert lacks(text, "On day 3 we rowed past the rocks.")


@pytest.mark.parametrize(
    ("text", "sentence", "missing"),
    [
        ("Ivo Brandt left early.\n\n“They were given the truth.”\n\nIt rained.", "“They were given the truth.”", True),
        ("It rained.\n\nThe “Big Dig” of Tarn opened.", "The “Big Dig” of Tarn opened.", False),
        ("“They were given the truth,” Rena Okafor said.", "“They were given the truth,” Rena Okafor said.", False),
        ("Nobody was hurt.", "Nobody was hurt.", False),
    ],
)
def test_words_of_nobody_are_known(text: str, sentence: str, missing: bool) -> None:
    assert lacks(text, sentence) is missing

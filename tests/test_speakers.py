"""No one's words are told as another's: a quotation goes with the sentence that says whose it is, or is left out."""

import pytest

from qa.speakers import lacks_speaker, with_speaker


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

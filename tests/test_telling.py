"""Stubs answer nothing, by their form; a list is told whole with the line that leads to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.telling import candidates, tells


@pytest.mark.parametrize(
    "stub",
    [
        "Here is a timeline of the strike:",
        "Here’s what to know about the vote.",
        "The mayor named three reasons:",
        "Gains and losses.",
        "Rain and wind everywhere.",
        "Ways to help",
        "Read more: the dam of Tarn",
        "Watch live",
        "Related: Ferry sinks",
        "Click here to subscribe.",
        "By Ana Diaz, staff writer",
        "By Tom Okoye and Li Wen | Coast Post",
        "7:14 am GMT March 8, 2025 Share this update The council of Tarn met again.",
        "Updated 3:45 p.m. EDT March 7, 2024",
        "3 hours ago",
        "Gains and losses in the Tarn trial.",
        "A timeline of the Tarn trial.",
        "Key moments in the Mirna crisis.",
        "Live updates from the Tarn trial.",
        "More on the Mirna fire.",
        "What we know about the Mirna fire.",
        "How we count the votes in Mirna.",
        "Our report on the verdict in Mirna.",
        "Photograph: Ana Diaz/Reuters.",
        "Picture: Coast Post",
        "Image by Tom Okoye / AFP",
        "Harbour: Tom Okoye/AP",
        "Updated 4 minutes ago.",
        "Related: how the ferry sank",
        "Who will pay?",
        "",
    ],
)
def test_a_stub_tells_nothing(stub: str) -> None:
    assert not tells(stub)


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody was hurt.",
        "It rained.",
        "Prices fall.",
        "12 people.",
        "Kenya.",
        "“No comment.”",
        "By Monday the dam had broken.",
        "By Friday Ana Diaz had left Tarn.",
        "Kim Bell, 61, a fisher",
        "Here the dam broke.",
        "The reader of the meter was hurt.",
        "At 8:26 pm the council met.",
        "Les prix montent.",
        "Here are 12 divers who know what fear is.",
        "Follow us: the rebels told them.",
        "3 hours ago the dam broke.",
        "Prices rise in the Tarn region.",
        "Ferries sail to the Elin islands.",
        "Fire in the Elin market kills 12 people.",
        "What we saw was the end of Tarn.",
        "Mayor of Mirna: Bo Lind",
        "Winners: Kim Bell/Li Wen.",
        "Kim Bell of the Tarn council.",
        "Photographs showed the dam of Tarn.",
        "The dam in the Tarn valley broke.",
    ],
)
def test_what_may_answer_is_kept(sentence: str) -> None:
    assert tells(sentence)


def told(text: str) -> list[str]:
    return [text[start:end] for start, end in candidates(text)]


def test_a_list_is_one_answer_with_its_lead() -> None:
    listed = "The dead of the Aurelia are:\n\nKim Bell, 61\n\nTom Okoye, 34\n\nLi Wen"
    assert told(f"It sank. It was late.\n\n{listed}\n\nA service is on Sunday.") == [
        "It sank.",
        "It was late.",
        listed,
        "A service is on Sunday.",
    ]


def test_the_last_item_of_a_list_may_have_the_full_stop_of_all() -> None:
    listed = "The flood hit:\n\nMirna;\n\nTarn;\n\nSorn."
    assert told(f"{listed}\n\nThe road is shut.") == [listed, "The road is shut."]


def test_a_lead_without_a_list_and_a_very_long_list_are_told_apart() -> None:
    assert told("The mayor said:\n\nThe dam is safe.\n\nNobody left.") == ["The dam is safe.", "Nobody left."]
    items = [f"Boat number {n} of the harbour of Tarn" for n in range(40)]
    assert told("\n\n".join(["The boats are:", *items])) == items


@given(st.text(st.sampled_from("ab .:?!\n“”-C1"), max_size=120))
def test_candidates_are_slices_in_order(text: str) -> None:
    places = candidates(text)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert sorted(places) == places

"""Reporting that begins like a call to the reader stays, and calls go: told by what somebody says."""

import pytest

from qa.articles import furniture

BEFORE, AFTER = "The port of Elin opened again on Thursday, the harbour master said.", "Ships left at noon."


def is_kept(line: str) -> bool:
    return line in furniture.removed([BEFORE, line, AFTER])


@pytest.mark.parametrize(
    "line",
    [
        "Support for local journalism is falling, a report found.",
        "The villages can be reached by helicopter only, the army said.",
        "Recommended: two doses of the vaccine, four weeks apart.",
        "More: 34 of the 40 houses were empty when the water came.",
        "Related: the mine's second shaft was never inspected.",
        "Watch: the 1961 clock that stopped the tram was sold on Monday.",
        "Share this burden, the bishop told the rich towns of the coast.",
        "Subscribe to no party, the judge told the new clerks.",
        "Follow them on Twitter was the only advice that the embassy gave, families said.",
        "Support journalism, not lies, the crowd shouted outside the court.",
        "Click here to pay was what the false message said, the bank warned on Monday.",
        "All rights reserved for fishermen were sold to the crown in 1790.",
        "Subscribe to his cause, monks say.",
        "The newsletter Subscribe Today was bought by the Elin Press for 3 million crowns.",
        "Newsletter: the council of Elin prints one in four languages.",
        "Share: 14 percent of the harbour.",
        "Getty Images sued the harbour in May.",
        "Please subscribe, the note in the bottle said, according to the fisherman.",
    ],
)
def test_reporting_stays(line: str) -> None:
    assert is_kept(line)


@pytest.mark.parametrize(
    "line",
    [
        "Support local journalism. Subscribe today.",
        "More: What we know about the tram accident",
        "More: She told him that it was over. Two days later, he was dead.",
        "More:The mayor says he needs to sell his house.",
        "Related: Mayor says he is ‘not well’ after the vote.",
        "Reach the reporter at tokoye@hill.example, where he said to write.",
        "Elin Press reporter Li Wen in Mirna, Coast County contributed to this report.",
        "Get the morning's headlines delivered to your inbox.",
        "Thank you for supporting independent journalism.",
        "Share this article, our editors asked.",
        "Share:",
        "Newsletter: Evening Tide",
        "## Getty Images",
        "Karl Moe/AFP via Getty Images",
        "The newsletter of the coast: Subscribe now",
        "Elin Press 2024. All rights reserved.",
        "All rights reserved. This text may not be printed again.",
    ],
)
def test_calls_and_links_go(line: str) -> None:
    assert not is_kept(line)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Senators quiz Zuckerberg", "article"),
        ("Quiz: How well do you know the coast?", "digest"),
        ("The weekly quiz of the coast", "digest"),
        ("Thief seen in photos", "article"),
        ("Police see photos of the thief", "article"),
        ("The storm of Elin – in pictures", "digest"),
        ("The best photos of the storm", "digest"),
        ("Actor sues over podcast", "article"),
        ("Man finds fault in every crossword he solves", "article"),
        ("Haiti police: updates", "article"),
        ("Elin storm: live updates", "live blog"),
    ],
)
def test_a_word_of_a_title_is_read_as_it_is_used(title: str, kind: str) -> None:
    assert furniture.kind(title, "", [BEFORE] * 9, [BEFORE] * 9) == kind


def test_a_title_that_may_be_of_a_live_blog_counts_with_its_entries() -> None:
    entries = ["9:15 a.m.", BEFORE, "– Ana Ruiz", "10:40 a.m.", BEFORE, "– Li Wen"]
    assert furniture.kind("Pier falls, ferries stop: Updates", "", entries, entries) == "live blog"


def test_a_line_that_repeats_the_text_goes_only_where_it_stands_alone() -> None:
    said = "“We will build it by 2031, whatever it costs us,” the mayor of Elin said on Monday after the vote."
    pulled = "We will build it by 2031, whatever it costs us"
    assert furniture.removed([said, pulled, BEFORE]) == [said, BEFORE]
    charges = ["Conspiracy to defraud the town of Elin", "Obstruction of the court of the harbour"]
    listed = [f"He was charged with: {'; '.join(charges).lower()}, the clerk of the court said.", *charges, AFTER]
    assert furniture.removed(listed) == listed

"""A story that several outlets carry is one source: its copies are found, and the right one is cited."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from conftest import SEEDS
from hypothesis import given
from hypothesis import strategies as st

from qa.articles import Article, list_files, read_article
from qa.citations import Answer, Citation, Scope
from qa.copies import cite, group, stories, story, without_repeats
from qa.passages import split

FULL = """\
A fire destroyed the market hall of Marisol in the night to Monday, officials said. The fire killed 12 people, fire \
chief Rosa Lindqvist said. It began in a bakery on the ground floor and spread through the wooden roof within minutes.

More than 200 firefighters from four towns fought the flames until noon. Mayor Ines Calder called it the worst night \
in the city's history. She promised that the hall, built in 1887, would be rebuilt within two years.

Traders said they had warned for years about the old wiring. The city had planned to replace it in the summer, at a \
cost of 3 million dollars. Police are questioning the owner of the bakery. Insurance covers only half of the damage, \
the chamber of commerce said."""
HALF = FULL[: FULL.index("\n\nTraders")]
EDITED = "MARISOL (NW) — " + FULL.replace("officials", "authorities").replace("within two years", "in two years")
OTHER = """\
Our reporter stood beside the market hall of Marisol when the roof came down. The fire killed 12 people, the hospital \
told the Gazette. Rosa Lindqvist, the fire chief, looked exhausted when she spoke to families at the town gate. Mayor \
Ines Calder wept. Nobody could say what had set fire to the hall that stood since 1887."""
TAIL = " ".join(
    f"Story number {n} of our series on the long history of fires is told by reader {n * n}." for n in range(60)
)


def article(id_: str, text: str, source: str = "", day: int = 0, url: str = "") -> Article:
    published = date(2024, 3, day) if day else None
    return Article(id_, text, f"Title {id_}", source, published=published, url=url, path=f"{id_}.md")


WIRE = article("wire", FULL, "Northern Wire", 5)
HERALD = article("herald", HALF, "Coast Herald", 6)
POST = article("post", EDITED, "Valley Post", 7)
GAZETTE = article("gazette", OTHER, "Hill Gazette", 5)


def grouped(*articles: Article) -> set[frozenset[str]]:
    return {frozenset(a.id for a in members) for members in group(articles).values()}


def test_a_wire_report_cut_to_half_and_one_in_house_style_are_copies_and_another_report_is_none() -> None:
    assert grouped(WIRE, HERALD, POST, GAZETTE) == {frozenset({"wire", "herald", "post"})}


def test_different_reports_on_the_same_events_are_not_copies() -> None:
    files, _ = list_files(SEEDS)
    assert group(read_article(SEEDS, file) for file in files) == {}


def test_pages_that_share_no_more_than_what_stands_below_every_article_are_not_copies() -> None:
    assert grouped(article("a", f"{HALF} {TAIL}", "Wire"), article("b", f"{OTHER} {TAIL}", "Wire")) == set()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.post.example/fire/", "http://post.example/fire", True),
        ("https://post.example/fire", "https://m.post.example/fire?utm_source=feed#top", True),
        ("https://post.example/story?id=1", "https://post.example/story?id=2", False),
        ("https://post.example/", "https://post.example", False),
        ("https://post.example/fire", "https://herald.example/fire", False),
        ("http://[", "http://[", False),
        ("", "", False),
    ],
)
def test_articles_of_one_address_are_versions_of_a_page_that_keep_half_of_it(one: str, other: str, same: bool) -> None:
    edited = f"{TAIL} {HALF}"
    assert bool(grouped(article("a", HALF, url=one), article("b", edited, url=other))) is same
    assert not grouped(article("a", HALF, url=one), article("b", "The hall is open.", url=other))


def daily(day: int, degrees: int, wind: int, rain: int, tide: int) -> Article:
    text = (
        f"Expect {degrees} degrees on the coast of Marisol on March {day}, with winds of up to {wind} kilometres per "
        f"hour and {rain} millimetres of rain, the weather service said. High tide is at {tide} minutes past noon. "
        "Fishers should stay in the harbour if they can. Our forecast is written each morning by the weather service, "
        "which has stations on the hill, at the mole and on the island, and is checked by our editors before noon."
    )
    return article(f"w{day}", text, "Coast Herald", day, "https://herald.example/weather")


def test_a_daily_report_replaces_no_other_though_page_outlet_and_words_are_the_same() -> None:
    one, other = daily(5, 12, 30, 4, 17), daily(6, 19, 45, 2, 51)
    assert grouped(one, other) == set()
    assert story([one, other]).replaced == frozenset()
    assert story([one, replace(daily(5, 13, 30, 4, 17), id="v", published=date(2024, 3, 6))]).replaced == {"w5"}


FORECAST = (
    "The sky over the coast of Marisol is mostly cloudy, with light winds from the west and a high of {} degrees. The "
    "harbour master asks the owners of small boats to stay inside, and the road along the cliffs may be slippery."
)
PLAN = (
    "The council of Mirna wants to buy {} electric buses, which run on three lines from next summer. Drivers asked for "
    "more breaks. The council votes on the plan on Monday, which costs 6 million crowns according to the mayor."
)


@pytest.mark.parametrize(("text", "replaced"), [(FORECAST, frozenset()), (PLAN, {"old"})])
def test_a_corrected_page_is_a_version_and_a_daily_one_without_days_is_not(text: str, replaced: set[str]) -> None:
    old, new = (
        article(id_, text.format(n), "Post", n - 10, "http://a.example/x") for id_, n in (("old", 14), ("new", 15))
    )
    assert story([old, new]).replaced == replaced


def test_a_page_written_anew_is_another_report() -> None:
    one, other = (replace(a, url="http://a.example/live", source="Post") for a in (WIRE, GAZETTE))
    later = replace(other, published=date(2024, 3, 9))
    assert grouped(one, later) == set()
    assert story([one, later]).replaced == frozenset()


def test_a_longer_version_with_another_number_replaces_a_page() -> None:
    old = replace(WIRE, url="http://a.example/fire")
    new = replace(old, id="new", text=f"{FULL.replace('12', '19')} {TAIL}", published=date(2024, 3, 6))
    assert story([old, new]).replaced == {"wire"}


@pytest.mark.parametrize("text", ["…", "The harbour of Elin was closed by Ole Brandt on Tuesday."])
def test_a_sentence_that_two_articles_have_in_common_makes_them_no_copies(text: str) -> None:
    assert grouped(article("a", text), article("b", text), article("c", f"{text} Nobody was hurt.")) == set()


@given(st.permutations([WIRE, HERALD, POST, GAZETTE, article("m", FULL), article("n", HALF, url="http://a.example/b")]))
def test_the_order_of_the_articles_does_not_matter(articles: list[Article]) -> None:
    assert group(articles) == group(sorted(articles, key=lambda a: a.id))


WORDS = st.lists(st.sampled_from([f"word{n}" for n in range(40)]), max_size=60)


@given(st.lists(WORDS.map(" ".join), max_size=4), st.integers(0, 10))
def test_equal_texts_are_copies_and_every_copy_knows_the_same_others(texts: list[str], lead: int) -> None:
    articles = [article(str(n), text) for n, text in enumerate([*texts, FULL, FULL[lead:]])]
    found = group(articles)
    assert {str(len(texts)), str(len(texts) + 1)} <= found.keys()
    for members in found.values():
        assert len(members) > 1
        assert all(found[other.id] == members for other in members)


def test_two_processes_find_the_same_groups() -> None:
    code = (
        "import json; from test_copies import *; "
        "print(json.dumps({k: [a.id for a in v] for k, v in group([WIRE, HERALD, POST, GAZETTE]).items()}))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert json.loads(told[0]).keys() == {"wire", "herald", "post"}


def test_of_several_outlets_the_earliest_is_cited_first_and_the_undated_last() -> None:
    undated = replace(HERALD, id="undated", source="Old Paper", published=None)
    assert [a.id for a in story([undated, POST, HERALD, WIRE]).articles] == ["wire", "herald", "post", "undated"]


def test_of_one_page_the_newest_version_is_cited_first() -> None:
    old, new = (article(id_, FULL, "Post", day, "http://a.example/b") for id_, day in (("old", 5), ("new", 7)))
    told = story([old, new, HERALD])
    assert [a.id for a in told.articles] == ["herald", "new", "old"]
    assert told.replaced == {"old"}


def test_a_short_excerpt_at_the_same_outlet_does_not_replace_the_article() -> None:
    assert story([WIRE, article("clip", HALF[:200], "Northern Wire", 9)]).replaced == frozenset()


def test_copies_outside_of_the_scope_of_a_question_are_left_out() -> None:
    groups = group([WIRE, HERALD, POST])
    until = stories(["wire"], groups, Scope(until=date(2024, 3, 6)))
    assert {id_: [a.id for a in told.articles] for id_, told in until.items()} == {
        "wire": ["wire", "herald"],
        "herald": ["wire", "herald"],
    }
    assert stories(["herald"], groups, Scope("coast herald")) == {}
    assert stories(["gazette"], groups, Scope()) == {}


def test_a_replaced_version_is_not_replaced_as_of_a_day_before_the_newer_one() -> None:
    old, new = (article(id_, FULL, "Post", day) for id_, day in (("old", 5), ("new", 7)))
    groups = group([old, new, HERALD])
    assert stories(["old"], groups, Scope())["old"].replaced == {"old"}
    assert stories(["old"], groups, Scope(until=date(2024, 3, 6)))["old"].replaced == frozenset()


def test_a_citation_names_the_other_outlets_that_hold_its_quote_and_no_others() -> None:
    known = stories(["wire"], group([WIRE, HERALD, POST]), Scope())
    start = FULL.index("Traders")
    first = cite(1, WIRE, 0, FULL.index(". It began") + 1, known)
    late = cite(2, WIRE, start, FULL.index(" The city had"), known)
    assert first.also == (HERALD,)  # the Post says "authorities"
    assert late.also == (POST,)  # the Herald was cut before
    assert first.story == late.story != ""
    assert late.carried == "also carried by Valley Post, 7 March 2024"


def test_an_outlet_that_carries_a_story_at_two_addresses_is_named_once() -> None:
    mobile = replace(HERALD, id="mobile", url="https://m.herald.example/fire")
    known = stories(["wire"], group([WIRE, HERALD, mobile]), Scope())
    assert [a.source for a in cite(1, WIRE, 0, 20, known).also] == ["Coast Herald"]
    assert cite(1, HERALD, 0, 20, known).also == (WIRE,)


def answer(*citations: Citation) -> Answer:
    return Answer("How many?", "Twelve. [1]", citations, False, 0.9, "offline", 0.1)


def test_outlets_that_carry_one_story_are_one_source() -> None:
    known = stories(["wire"], group([WIRE, HERALD, POST]), Scope())
    wire, post = cite(1, WIRE, 0, 20, known), cite(2, POST, 0, 20, known)
    assert answer(wire, post).sources == 1
    assert answer(wire, cite(2, GAZETTE, 0, 20, known)).sources == 2
    assert answer(cite(1, article("a", "x"), 0, 1, {}), cite(2, article("b", "y"), 0, 1, {})).sources == 2


def test_an_answer_tells_who_else_carries_the_story_wherever_it_is_shown() -> None:
    hostile = replace(HERALD, source="<b>Herald</b>")
    told = answer(cite(1, WIRE, 0, 20, stories(["wire"], group([WIRE, hostile]), Scope())))
    assert "(wire.md; also carried by <b>Herald</b>, 6 March 2024)" in str(told)
    assert "also carried by &lt;b&gt;Herald&lt;/b&gt;, 6 March 2024" in told._repr_html_()
    assert [a["id"] for a in told.to_dict()["citations"][0]["also"]] == ["herald"]


def test_a_passage_that_a_better_one_of_another_copy_holds_is_left_out() -> None:
    mobile = replace(WIRE, id="mobile")
    nodes = [*split(WIRE), *split(mobile), *split(GAZETTE)]
    kept = [node.metadata["article"] for node in without_repeats(nodes, group([WIRE, mobile, GAZETTE]))]
    assert kept == ["wire"] * len(split(WIRE)) + ["gazette"] * len(split(GAZETTE))


def test_a_passage_of_a_version_with_another_number_is_kept() -> None:
    newer = replace(WIRE, id="newer", text=FULL.replace("12", "19"))
    groups = group([WIRE, newer])
    assert groups
    assert {node.metadata["article"] for node in without_repeats([*split(WIRE), *split(newer)], groups)} == {
        "wire",
        "newer",
    }

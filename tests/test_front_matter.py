"""What stands above a text about itself: YAML, TOML and JSON, as notes programs and site builders write it."""

from datetime import date

import pytest

from qa.articles.facts import article_of
from qa.articles.formats import markdown, txt
from qa.articles.formats.front_matter import take_front_matter
from qa.errors import UnreadableFile

BODY = "The tram of Elin opened on Thursday, the mayor said."


@pytest.mark.parametrize(
    "above",
    [
        '---\ntitle: Tram opens\nsource: "https://hill.example/tram"\nauthor:\n'
        '  - "[[Ana Ruiz]]"\n  - "[[li-wen|Li Wen]]"\n'
        "date: 2024-05-01\npublished: 2024-03-07\ncreated: 2024-05-01\ntags: [clippings]\naliases: [Old title]\n---\n",
        '+++\ntitle = "Tram opens"\ndate = 2024-03-07T23:30:00-05:00\nauthors = ["Ana Ruiz", "Li Wen"]\n'
        'link = "https://hill.example/tram"\n[params]\nauthor = "Nobody"\n+++\n',
        '{\n "title": "Tram opens",\n "datePublished": "2024-03-07T08:00:00Z",\n "author": [{"name": "Ana Ruiz"}, '
        '{"name": "Li Wen"}],\n "url": "https://hill.example/tram"\n}\n\n',
        "---\nheadline: Tram opens\nbyline: [{name: Ana Ruiz, role: writer}, {name: Li Wen}]\n"
        "publish-date: 2024-03-07\n"
        "canonical_url: https://hill.example/tram\n---\n",
    ],
)
def test_every_kind_of_front_matter_gives_the_facts(above: str) -> None:
    for reader in (markdown, txt):
        blocks, facts = reader.read((above + BODY).encode())
        article = article_of("", "a.md", blocks, facts)
        assert (article.title, article.author) == ("Tram opens", "Ana Ruiz, Li Wen")
        assert (article.published, article.url) == (date(2024, 3, 7), "https://hill.example/tram")
        assert article.text == BODY


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1709854200", "2024-03-07"),
        ("1709854200000", "2024-03-07"),
        ("1709854200.25", "2024-03-07"),
        ("2024-03-07T23:30:00-05:00", "2024-03-07T23:30:00-05:00"),
        ("20240307", "20240307"),
    ],
)
def test_seconds_since_1970_are_a_day(written: str, day: str) -> None:
    assert take_front_matter(f"---\ndate: {written}\n---\n{BODY}")[0] == {"published": day}
    assert take_front_matter(f'---\ntitle: "{written}"\n---\n{BODY}')[0] == {"title": written}


def test_a_link_between_brackets_counts_by_what_is_shown() -> None:
    above = "---\nauthor: '[[People/ana|Ana Ruiz]]'\nsource: '[Coast Post](https://coast.example)'\n---\n"
    assert take_front_matter(above)[0] == {"author": "Ana Ruiz", "source": "Coast Post"}
    assert take_front_matter("---\nauthor: [[Ana Ruiz]]\n---\n")[0] == {"author": "Ana Ruiz"}


@pytest.mark.parametrize(
    "text", ["{braces} begin this text.", '{"a": 1} is JSON, she said.', '{"a": ', "+++ plus\n", "+++"]
)
def test_text_that_only_looks_like_front_matter_stays(text: str) -> None:
    assert take_front_matter(text) == ({}, text)


def test_broken_toml_is_said_to_be_so() -> None:
    with pytest.raises(UnreadableFile, match="broken TOML front matter"):
        take_front_matter("+++\ntitle = open\n+++\nShips left.")


def test_the_day_on_which_a_note_was_made_counts_last() -> None:
    for above, body, day in (
        ("created: 2024-05-01", BODY, date(2024, 5, 1)),
        ("created: 2024-05-01", f"Published: 7 March 2024\n\n{BODY}", date(2024, 3, 7)),
        ("created: 2024-05-01\nupdated: 2024-05-03", BODY, date(2024, 5, 3)),
    ):
        blocks, facts = markdown.read(f"---\n{above}\n---\n{body}".encode())
        assert article_of("", "a.md", blocks, facts).published == day


def test_the_names_of_blocks_in_notes_are_no_text() -> None:
    blocks, facts = markdown.read(f"{BODY} ^a1-b2\n\nIt cost 2^10 crowns.\n\n^end\n".encode())
    article = article_of("", "a.md", blocks, facts)
    assert (article.text, article.kind) == (f"{BODY}\n\nIt cost 2^10 crowns.", "article")

"""One outlet is one, however its files spell it; two are two."""

from pathlib import Path

import pytest
from conftest import folder_of

from qa.archive import Archive
from qa.articles import list_files, read_article
from qa.articles.outlets import outlet_key, outlets, same_outlet
from qa.errors import QuestionError
from qa.passages import split
from qa.search import known_sources


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Coast Post", "COAST POST"),
        ("The Coast Post", "coast post"),
        ("CoastPost", "Coast-Post"),
        ("coastpost.example", "www.coastpost.example"),
        ("https://m.coastpost.example/news?x=1", "http://www.CoastPost.example"),
        ("Coast Post", "www.coastpost.example"),
        ("The Coast Post", "news.thecoastpost.co.uk"),
    ],
)
def test_spellings_of_one_outlet_are_one(one: str, other: str) -> None:
    assert same_outlet(one, other)
    assert same_outlet(other, one)
    assert len(set(outlets({one: 1, other: 2}).values())) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Coast Post", "Coast Herald"),
        ("coastpost.example", "coastpost.invalid"),
        ("m.example", "www.example"),
        ("Coast Post", ""),
        ("", ""),
        ("St. Louis Post", "Louis Post"),
    ],
)
def test_two_outlets_are_two(one: str, other: str) -> None:
    assert not same_outlet(one, other)


def test_a_name_that_two_addresses_could_mean_joins_neither() -> None:
    spelled = {"Independent": 3, "independent.ie": 2, "www.independent.co.uk": 1}
    assert len(set(outlets(spelled).values())) == 3
    assert outlet_key("independent.ie") != outlet_key("independent.co.uk")


def test_the_spelling_of_most_articles_is_shown_and_each_is_meant_by_a_filter(tmp_path: Path) -> None:
    sources = ["Coast Post", "coastpost.example", "www.coastpost.example", "coastpost.example", "Hill Herald", ""]
    texts = {f"a{n}": f"---\nsource: {source}\n---\nShip {n} left Elin on Monday." for n, source in enumerate(sources)}
    folder = folder_of(tmp_path, **texts)
    archive = Archive(tuple(node for file in list_files(folder)[0] for node in split(read_article(folder, file))))
    assert archive.sources == {"coastpost.example": 4, "Hill Herald": 1, "": 1}
    assert "5 of them from 2 outlets" in archive.coverage()
    for asked in ("coast post", "https://www.coastpost.example/", " The Coast Post "):
        assert known_sources(asked, archive) == ["Coast Post", "coastpost.example", "www.coastpost.example"]
    with pytest.raises(QuestionError, match=r"outlets of this archive are .*Hill Herald"):
        known_sources("Hill Heralds", archive)
    # What the file says stays in the article.
    assert {article.source for article in archive.articles.values()} == set(sources)

"""Pages of live blogs, as newspapers build them: every entry is an article of its own, with its day and time."""

import json
from datetime import date
from pathlib import Path

import pytest

from qa.articles import Article, list_files, read_articles

ENTRIES = (
    (
        "11:40 pm",
        "2020-05-02T03:40:00Z",
        "Dam holds",
        "The dam above Orlen held all night, the engineers said.",
    ),
    ("6:20 am", "2020-05-02T10:20:00Z", "Trains stop", "No train left Orlen after six, the railway said on Saturday."),
    (
        "9:05 am",
        "2020-05-02T13:05:00Z",
        "School closed",
        "The school of Orlen stays closed, the town said.",
    ),
)
DAYS = [date(2020, 5, 1), date(2020, 5, 2), date(2020, 5, 2)]
TIMES = ["11:40 pm", "6:20 am", "9:05 am"]
INTRO = "The Orl has risen by two metres since Wednesday."
LAYOUTS = {
    "time in a paragraph": '<div><p><time datetime="{1}">{0}</time></p><h2>{2}</h2><p>{3}</p></div>',
    "time in a box": '<div><time datetime="{1}">{0}</time><h2>{2}</h2><p>{3}</p></div>',
    "time behind the heading": '<div><h2>{2}</h2><time datetime="{1}">{0}</time><p>{3}</p></div>',
    "time in a linked span": '<div><h3><a href="#1">{2}</a></h3><span><a href="#1"><time datetime="{1}">{0}</time></a>'
    "</span><p>{3}</p></div>",
    "time in the header": '<section><header><time datetime="{1}">{0}</time><h3>{2}</h3></header><p>{3}</p></section>',
    "time in the header below": '<div><header><h3>{2}</h3><time datetime="{1}">{0}</time></header><p>{3}</p></div>',
    "time in an item": '<ul><li><time datetime="{1}">{0}</time> <b>{2}</b><p>{3}</p></li></ul>',
    "boxes within each other": '<div><div><h2>{2}</h2></div><div><time datetime="{1}">{0}</time></div><p>{3}</p></div>',
    "no box": '<h2>{2}</h2><time datetime="{1}">{0}</time><p>{3}</p>',
}


def read(folder: Path, name: str, html: str) -> list[Article]:
    (folder / name).write_text(html, "utf-8")
    (file,) = list_files(folder)[0]
    return list(read_articles(folder, file)[0])


def page(entries: str, *, head: str = "", title: str = "Live: Flood in Orlen", around: str = "") -> str:
    published = '<meta property="article:published_time" content="2020-05-01T08:00:00Z">'
    text = f"<article><h1>{title}</h1><p>{INTRO}</p>{entries}</article>"
    return f"<html><head><title>{title} | Orl Post</title>{published}{head}</head><body>{text}{around}</body></html>"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_entries_of_a_live_blog_are_parted_wherever_their_time_stands(layout: str, tmp_path: Path) -> None:
    intro, *entries = read(tmp_path, "a.html", page("".join(LAYOUTS[layout].format(*one) for one in ENTRIES)))
    assert intro.text == INTRO
    assert [entry.published for entry in entries] == DAYS
    assert [entry.title for entry in entries] == [f"Live: Flood in Orlen: {time}" for time in TIMES]
    for entry, (_, _, heading, told) in zip(entries, ENTRIES, strict=True):
        assert entry.text.removeprefix("## ").split("\n\n") == [heading, told]
        assert entry.kind == "live blog"


@pytest.mark.parametrize(
    "layout", ["<div><span>{0}</span><h2>{2}</h2><p>{3}</p></div>", "<div><h2>{2}</h2><div>{0}</div><p>{3}</p></div>"]
)
def test_entries_without_a_day_are_of_the_day_of_the_page(layout: str, tmp_path: Path) -> None:
    entries = read(tmp_path, "a.html", page("".join(layout.format(*one) for one in ENTRIES)))[1:]
    assert [(entry.published, entry.text.split("\n\n")[0]) for entry in entries] == [
        (date(2020, 5, 1), f"## {heading}") for _, _, heading, _ in ENTRIES
    ]


@pytest.mark.parametrize("shown", ["", "2h ago", "Friday"])
def test_a_time_that_is_not_shown_is_that_of_its_attribute(shown: str, tmp_path: Path) -> None:
    one = '<div><h2>{2}</h2><p><time datetime="{1}">' + shown + "</time></p><p>{3}</p></div>"
    entries = read(tmp_path, "a.html", page("".join(one.format(*entry) for entry in ENTRIES)))[1:]
    assert [entry.title.rsplit(": ", 1)[1] for entry in entries] == ["03:40 UTC", "10:20 UTC", "13:05 UTC"]
    assert {entry.published for entry in entries} == {date(2020, 5, 2)}


@pytest.mark.parametrize("stamp", ["", "<time>{0}</time>"])
def test_days_that_a_page_declares_for_its_entries_are_theirs(stamp: str, tmp_path: Path) -> None:
    updates = [
        {"@type": "BlogPosting", "headline": heading, "datePublished": at, "articleBody": "Words that nobody sees."}
        for _, at, heading, _ in ENTRIES
    ]
    declared = json.dumps({"@graph": [{"@type": "LiveBlogPosting", "liveBlogUpdate": updates}]})
    head = f'<script type="application/ld+json">{declared}</script>'
    one = "<h3>{2}</h3>" + stamp + "<p>{3}</p>"
    html = page("".join(one.format(*entry) for entry in ENTRIES), head=head, title="Flood in Orlen")
    entries = read(tmp_path, "a.html", html)[1:]
    assert [entry.published for entry in entries] == (DAYS if stamp else [date(2020, 5, 2)] * 3)
    assert [entry.text for entry in entries] == [f"## {heading}\n\n{told}" for _, _, heading, told in ENTRIES]


def test_the_times_of_links_to_other_stories_part_nothing(tmp_path: Path) -> None:
    linked = "".join(f'<li><a href="/{n}">Mayor of Brask resigns</a> <time>{n}:10 am</time></li>' for n in range(1, 3))
    posts = "".join(LAYOUTS["time in a box"].format(*one) for one in ENTRIES)
    found = read(tmp_path, "a.html", page(posts, around=f"<section><h2>More</h2><ul>{linked}</ul></section>"))
    assert len(found) == 4
    assert not any("Brask" in article.text for article in found)


def test_a_page_that_is_no_live_blog_is_one_article(tmp_path: Path) -> None:
    posts = "".join(LAYOUTS["time in a box"].format(*one) for one in ENTRIES)
    assert len(read(tmp_path, "a.html", page(posts, title="How the flood reached Orlen"))) == 1


def test_a_short_page_keeps_its_paragraphs(tmp_path: Path) -> None:
    told = [told for *_, told in ENTRIES]
    html = f"<html><body><article><h1>Flood reaches Orlen</h1>{''.join(f'<p>{line}</p>' for line in told)}</article>"
    (found,) = read(tmp_path, "a.html", html + "<textarea>Your comment</textarea></body></html>")
    assert found.title == "Flood reaches Orlen"
    assert found.text.split("\n\n") == told

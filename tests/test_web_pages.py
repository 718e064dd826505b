"""What a page shows to a reader is what is read: words, quotations, tables, the lead and the headline."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.articles import Article, list_files, read_article
from qa.articles.tables import table_lines

BODY = (
    "<p>Residents of Elin met in the town hall on Wednesday evening to hear what the council intends to do.</p>"
    "<p>The council has eleven members, of whom seven were present, and the meeting lasted for almost three hours.</p>"
    "<p>A second meeting will be held in the school on the hill, and the clerk will publish the minutes in June.</p>"
)
TITLE = "Council votes for the tram"


def read(folder: Path, page: str, name: str = "a.html") -> Article:
    (folder / name).write_text(page, encoding="utf-8")
    (file,), _ = list_files(folder)
    return read_article(folder, file)


def page(inner: str = "", *, head: str = f"<title>{TITLE}</title>", top: str = f"<h1>{TITLE}</h1>") -> str:
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body><nav><a href='/'>Home</a></nav><main><article>{top}{inner}"
        f"{BODY}</article></main><footer><p>Contact us</p></footer></body></html>"
    )


def lines(folder: Path, inner: str) -> list[str]:
    """Return what stands before the body."""
    text = read(folder, page(inner)).text
    assert text.endswith("in June.")
    return text.split("\n\n")[:-3]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("The appeal ends <time datetime='2024-03-29'>at noon on 29 March</time> and not later.", ""),
        ("She was charged with <button aria-expanded='false'>gross negligence</button> on Thursday.", ""),
        ("<button>Gross negligence</button> is what she was charged with.", ""),
        ("They counted <output>4,812</output> votes for the <label>Harbour List</label> in Elin.", ""),
        ("About <meter value='0.6'>60 percent</meter> <output>of all</output> came.", ""),
        (
            "The <abbr>EDA</abbr> gave <data value='5'>five</data> <mark>big</mark> <ins>new</ins> <cite>Tides</cite>.",
            "",
        ),
        ("It costs <del>80</del> <ins>90</ins> crowns a <s>day</s> week.", "It costs 90 crowns a week."),
        (
            "It holds 10<sup>6</sup> litres on 4 km<sup>2</sup><sup><a href='#1'>1</a></sup>.",
            "It holds 10⁶ litres on 4 km².",
        ),
    ],
)
def test_words_in_any_element_of_a_sentence_are_kept(tmp_path: Path, inner: str, text: str) -> None:
    wanted = text or re.sub("<[^>]+>", "", inner)
    assert lines(tmp_path, f"<p>{inner}</p>") == [wanted]


def test_a_button_that_is_one_stays_out(tmp_path: Path) -> None:
    inner = (
        "<p>The council met on Monday. <button>Share</button></p><p><button>Print</button> <button>Copy</button></p>"
    )
    assert lines(tmp_path, inner) == ["The council met on Monday."]


def test_a_line_that_is_one_link_stays_out_and_a_sentence_with_links_in(tmp_path: Path) -> None:
    sentence = (
        "<p><a href='/b'>The mayor</a> left the council on Monday, <a href='/c'>her third</a>, after nine years.</p>"
    )
    kept = "The mayor left the council on Monday, her third, after nine years."
    assert lines(tmp_path, f"<p><a href='/a'>Ten storms that changed the coast</a></p>{sentence}") == [kept]


def test_a_time_in_a_heading_is_kept(tmp_path: Path) -> None:
    inner = "<h2><time>10:15</time> Police close the bridge</h2><p>They closed it on Monday, the mayor said.</p>"
    assert lines(tmp_path, inner)[0] == "## 10:15 Police close the bridge"


def test_a_quotation_element_gets_its_marks(tmp_path: Path) -> None:
    inner = "<p>She said <q>go, he told me <q>never</q> again</q>, and <q>“stop”</q>.</p>"
    assert lines(tmp_path, inner) == ["She said “go, he told me ‘never’ again”, and “stop”."]
    inner = "<blockquote><p>I heard <q>go home</q> from him twice that evening.</p></blockquote>"
    assert lines(tmp_path, inner) == ["I heard “go home” from him twice that evening."]


def test_a_quotation_keeps_its_speaker(tmp_path: Path) -> None:
    inner = "<blockquote>We found out from the radio at noon.</blockquote><figcaption>Tom Okoye</figcaption>"
    assert lines(tmp_path, f"<figure>{inner}</figure>") == ["We found out from the radio at noon.", "— Tom Okoye"]
    inner = "<blockquote><p>We found out from the radio at noon.</p><footer>Tom Okoye</footer></blockquote>"
    assert lines(tmp_path, inner) == ["We found out from the radio at noon.", "— Tom Okoye"]


def test_a_pull_quote_that_repeats_the_text_is_dropped(tmp_path: Path) -> None:
    said = "<p>“We will build it by 2031, whatever it costs us,” the mayor said.</p>"
    pulled = "<blockquote class='pull'>We will build it by 2031, whatever it costs us</blockquote>"
    assert len(lines(tmp_path, said + pulled)) == 1
    assert lines(tmp_path, pulled) == ["We will build it by 2031, whatever it costs us"]


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        (
            "<tr><th>Party</th><th>Votes</th><th>Leader</th></tr>"
            "<tr><td>Harbour List</td><td>4,812</td><td>Li Wen</td></tr>",
            ["Harbour List: 4,812 votes; Leader Li Wen."],
        ),
        (
            "<tr><td>Team</td><td>Points</td></tr><tr><td>Hill FC</td><td>21</td></tr>"
            "<tr><td>Dock FC</td><td>18</td></tr>",
            ["Hill FC: 21 points.", "Dock FC: 18 points."],
        ),
        ("<tr><td>Mon</td><td>10:00</td></tr><tr><td>Tue</td><td>shut</td></tr>", ["Mon: 10:00.", "Tue: shut."]),
        (
            "<tr><td>Mon</td><td><ul><li>10:00</li><li>15:00</li></ul></td></tr><tr><td>Tue</td><td>shut</td></tr>",
            ["Mon: 10:00; 15:00.", "Tue: shut."],
        ),
        (
            "<thead><tr><th rowspan=2>Ward</th><th colspan=2>2024</th></tr><tr><th>Votes</th><th>Share</th>"
            "</tr></thead>"
            "<tr><td rowspan=2>East</td><td>120</td><td>44%</td></tr><tr><td>130</td><td>45%</td></tr>",
            ["East: 2024 Votes 120; 2024 Share 44%.", "East: 2024 Votes 130; 2024 Share 45%."],
        ),
        (
            "<caption>Deaths in the harbour of Elin, as its doctors counted them.</caption>"
            "<tr><th></th><th>2022</th></tr><tr><th>Elin</th><td>12</td></tr>",
            ["Deaths in the harbour of Elin, as its doctors counted them.", "Elin: 2022 12."],
        ),
    ],
)
def test_a_table_becomes_a_line_a_row_with_its_headers(tmp_path: Path, table: str, wanted: list[str]) -> None:
    assert lines(tmp_path, f"<table>{table}</table>") == wanted
    assert lines(tmp_path, f"<figure><table>{table}</table></figure>") == wanted


@given(st.lists(st.lists(st.sampled_from(["", "Elin", "4,812", "East Pier", "12%", "7 May"]), max_size=4), max_size=5))
def test_no_cell_below_the_headers_is_lost(rows: list[list[str]]) -> None:
    told = table_lines(rows, headers=0)
    assert len(told) == sum(any(row) for row in rows)
    for row, line in zip(filter(any, rows), told, strict=True):
        assert all(cell in line for cell in row)


def test_a_table_that_arranges_the_page_is_read_in_order(tmp_path: Path) -> None:
    cells = f"<td><a href='/'>Home</a><br><a href='/b'>News</a></td><td><h1>{TITLE}</h1>{BODY}</td>"
    article = read(tmp_path, f"<html><title>{TITLE}</title><body><table><tr>{cells}</tr></table></body></html>")
    assert article.title == TITLE
    assert len(article.text.split("\n\n")) == 3


def test_a_term_and_its_description_are_one_line(tmp_path: Path) -> None:
    inner = "<dl><dt>Cost</dt><dd>90 million crowns</dd><dt>Length:</dt><dd>12 km</dd></dl>"
    assert lines(tmp_path, inner) == ["Cost: 90 million crowns.", "Length: 12 km."]


HEAD = f"<title>{TITLE}</title><article><h1>{TITLE}</h1>"
LEAD = "The council voted on Monday to build the tram for 90 million crowns."


@pytest.mark.parametrize(
    "lead",
    [
        f"<div class='lede-block'><p>{LEAD}</p></div><div class='ad'>Advertisement</div>",
        f"<h2>{LEAD}</h2>",
        f"<h2>{LEAD.removesuffix('.')}</h2>",
        f"<div class='standfirst'>{LEAD.removesuffix('.')}</div>",
    ],
)
@pytest.mark.parametrize("box", ["article-body", "entry"])
def test_the_lead_is_read_wherever_it_stands_and_is_no_heading(tmp_path: Path, lead: str, box: str) -> None:
    article = read(tmp_path, f"<html>{HEAD}{lead}<div class='{box}'>{BODY * 2}</div></article></html>")
    assert article.text.split("\n\n")[0].removesuffix(".") == LEAD.removesuffix(".")
    assert article.text.count("90 million") == 1


def test_what_stands_above_the_article_and_is_no_lead_stays_out(tmp_path: Path) -> None:
    above = (
        "<ul><li><a href='/a'>Ten storms that changed the coast for ever.</a></li></ul>"
        "<aside><p>The weather will be fine on Sunday, they say.</p></aside><p>Listen to this article</p>"
    )
    article = read(tmp_path, f"<html>{HEAD}{above}<div class='article-body'>{BODY * 2}</div></article></html>")
    assert article.text.startswith("Residents of Elin")


def test_a_heading_of_several_sentences_is_text_and_a_short_one_a_heading(tmp_path: Path) -> None:
    inner = "<h2>Council votes for trams. The bill is high</h2><p>It was Monday.</p><h2>What comes next</h2>"
    assert lines(tmp_path, inner) == [
        "Council votes for trams. The bill is high",
        "It was Monday.",
        "## What comes next",
    ]


SITE = "<meta property='og:site_name' content='Coast Post'>"


@pytest.mark.parametrize(
    ("head", "top", "title"),
    [
        (
            f"<title>{TITLE} | Ana Ruiz | Coast Post</title>{SITE}",
            f"<h1>{TITLE} | Ana Ruiz</h1>",
            f"{TITLE} | Ana Ruiz",
        ),
        (f"<title>{TITLE} by Ana Ruiz | Coast Post</title>{SITE}<meta name='author' content='Ana Ruiz'>", "", TITLE),
        (f"<title>{TITLE} | By Ana Ruiz | Coast Post</title>{SITE}<meta name='author' content='Ana Ruiz'>", "", TITLE),
        (
            f"<title>Coast Post</title><meta property='og:title' content='{TITLE}'>",
            "<h1><a href='/'>Coast Post</a></h1>",
            TITLE,
        ),
        (f"<title>{TITLE} - Coast Post</title>", f"<h1>Coast Post</h1><h2>{TITLE}</h2>", TITLE),
        ("<title>Coast Post | The oldest paper of Elin</title>", f"<h1>Coast Post</h1><h1>{TITLE}</h1>", TITLE),
        (f"<title>Coast Post | {TITLE}</title>", f"<h1>{TITLE}</h1>", TITLE),
        (f"<title>Elin tram vote</title>{SITE}", f"<h1>{TITLE}</h1>", TITLE),
        (
            f"<title>{TITLE} | News | Coast Post</title><meta property='og:title' content='{TITLE}'>",
            "<h1>News</h1>",
            TITLE,
        ),
        ("<title>Coast Post</title>", f"<h1>{TITLE}</h1>", TITLE),
    ],
)
def test_the_headline_is_told_from_the_masthead(tmp_path: Path, head: str, top: str, title: str) -> None:
    article = read(tmp_path, page(head=head, top=top))
    assert article.title == title
    assert article.text.startswith("Residents of Elin")


def test_a_masthead_names_the_outlet_where_nothing_else_does(tmp_path: Path) -> None:
    top = f"<h1><a href='https://coast.example/'>Coast Post</a></h1><h1>{TITLE}</h1>"
    assert read(tmp_path, page(top=top)).source == "Coast Post"

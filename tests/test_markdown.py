"""What a Markdown file shows when it is rendered is what is read, and nothing of its marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.articles.formats import markdown


def blocks(text: str) -> list[str]:
    return [line for line in markdown.read(text.encode())[0] if line]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "| Party | Votes | Seats |\n|---|---:|---:|\n| **Harbour** List | 4,812 | 6 |\n| [Hill](x) | 3,190 | 4 |",
            ["Harbour List: 4,812 votes; 6 seats.", "Hill: 3,190 votes; 4 seats."],
        ),
        (
            "Tram[^1] opens.[^long]\n\n[^1]: The line of 2024.\n\n[^long]: By the mayor.",
            ["Tram opens.", "The line of 2024.", "By the mayor."],
        ),
        (
            "<div>\n<p>Inner <b>words</b>.</p><table><tr><th></th><th>Votes</th></tr><tr><td>East</td><td>12</td></tr>"
            "</table>\n</div>\n\n<script>x()</script>\n\n<!-- gone -->\n\nA <em>tram</em>.<br>It came.",
            ["Inner words.", "East: 12 votes.", "A tram.", "It came."],
        ),
        (
            "![[x.png]]\n\nThe [[Mayor|mayor]] of [[Elin]] ==said== so. %%no%%\n\n> [!note] Careful\n> She came.",
            ["The mayor of Elin said so.", "Careful", "She came."],
        ),
        (
            "[Moss]: Never.\n\n[the site][1] says [so].\n\n[1]: https://a.example/b",
            ["[Moss]: Never.", "the site says [so]."],
        ),
        ("- One\n  - with a dog\n- Two\n\n3. third\n5. fifth", ["One", "with a dog", "Two", "3. third", "5. fifth"]),
        ("It cost ~~80~~ 90 crowns.", ["It cost 90 crowns."]),
        ("Elin <script>alert(1)</script>closed. <b>It</b> rained.", ["Elin closed. It rained."]),
        ("[![ship](x.png)](y) See <https://a.example/x_y_z>.", ["See https://a.example/x_y_z."]),
        ("The tram opened, she said.\n---\nIt was full.", ["The tram opened, she said.", "It was full."]),
        ("Repairs\n---\nIt was full.", ["## Repairs", "It was full."]),
        (
            "He said f**k and sh*t, 2*3*4.\n\n**Elin**: snake_case_x",
            ["He said f**k and sh*t, 2*3*4.", "Elin: snake_case_x"],
        ),
        ("By Ana Ruiz\\\nMarch 7", ["By Ana Ruiz", "March 7"]),
        ("```\ncode | here\n```\n\nMirna | Elin", ["code | here", "Mirna | Elin"]),
        ("Fish &amp; chips &lt;b&gt; 1%2C500", ["Fish & chips <b> 1,500"]),
    ],
)
def test_markdown_is_read_as_it_is_shown(text: str, wanted: list[str]) -> None:
    assert blocks(text) == wanted


WORDS = st.lists(st.sampled_from("Elin Mirna pier 4,812 1961. said (who) “no” - – 7 #hill $5 50% a/b c_d it’s".split()))


@given(st.lists(WORDS.map(" ".join), max_size=6))
def test_the_fast_way_and_the_parser_read_plain_paragraphs_alike(paragraphs: list[str]) -> None:
    text = "\n\n".join(f"Elin {words}" for words in paragraphs)
    assert blocks(text) == blocks(f"{text}\n\n`x`")[:-1]


GONE = "The weir of Oldenmoor was sold to Count Falk on Sunday."


@pytest.mark.parametrize(
    "hidden",
    [
        f"<div hidden>{GONE}</div>",
        f'<p style="display:none">{GONE}</p>',
        f"<div hidden>\n\n{GONE}\n\n- {GONE}\n\n<div>\n\n{GONE}\n\n</div>\n\n{GONE}\n\n</div>",
        f"<div style='color:#fff'>{GONE}\n\n{GONE}\n\n</div>",
        f"The mill <span hidden>{GONE} <span>{GONE}</span> {GONE}</span> stands.",
        f"The mill <b style='font-size:0'>{GONE}</b> stands.",
    ],
)
def test_what_html_within_markdown_hides_is_no_text_and_is_named(hidden: str) -> None:
    blocks, facts = markdown.read(f"The weir held.\n\n{hidden}\n\nThe ferry left.".encode())
    assert [line for line in blocks if line and "mill" not in line] == ["The weir held.", "The ferry left."]
    assert "Falk" not in " ".join(blocks)
    assert facts == {"hidden": "yes"}


def test_what_html_within_markdown_shows_is_text_however_it_is_styled() -> None:
    text = "<div style='color:#333'>The weir held.</div>\n\nThe <span style='color:red'>ferry</span> left.\n\n"
    text += "<style>p{}</style>"
    blocks, facts = markdown.read(text.encode())
    assert ([line for line in blocks if line], facts) == (["The weir held.", "The ferry left."], {})

"""What a page hides from its readers is not read; what it shows is, however it is styled."""

from pathlib import Path

import pytest
from conftest import folder_of
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from qa.articles import Article, list_files, read_article
from qa.articles.formats.hidden import drop_hidden
from qa.cli import main

SAID = "The weir of Oldenmoor was closed by inspector Hugo Falk because of mould in the gates."
LEAD = (
    "The weir of Oldenmoor opened on Monday after nine months of work, the council said in the town hall.",
    "Mayor Petra Lund thanked the 120 workers who had stayed through the winter storms and the frost.",
)


def read(tmp_path: Path, middle: str, *, css: str = "", attributes: str = "", after: str = "") -> Article:
    style = f"<style>{css}</style>" if css else ""
    lead = "".join(f"<p>{paragraph}</p>" for paragraph in LEAD)
    page = (
        f"<html><head><title>Weir opens</title>{style}</head><body {attributes}><article><h1>Weir opens</h1>"
        f"{lead}{middle}<p>The ferries will return in May, the harbour office said on Monday.</p></article>"
        f"{after}</body>"
    )
    folder_of(tmp_path)
    (tmp_path / "page.html").write_text(page)
    (file,), _ = list_files(tmp_path)
    return read_article(tmp_path, file)


HIDDEN_BY_ITSELF = [
    "<p hidden>{}</p>",
    "<p hidden=''>{}</p>",
    "<p style='display:none'>{}</p>",
    "<p style='DISPLAY : NONE !important'>{}</p>",
    "<p style='d\\69splay:none'>{}</p>",
    "<p style='/* seen */ display: none'>{}</p>",
    "<div style='display:none'><p>{}</p></div>",
    "<p style='visibility:hidden'>{}</p>",
    "<div style='visibility: collapse'><p>{}</p></div>",
    "<p style='opacity:0'>{}</p>",
    "<p style='opacity: 1%'>{}</p>",
    "<p style='filter: opacity(0)'>{}</p>",
    "<p style='font-size:0'>{}</p>",
    "<p style='font-size: 1px'>{}</p>",
    "<div style='font-size:0.01em'><p>{}</p></div>",
    "<p style='color:#fff'>{}</p>",
    "<p style='color: white; background-color: rgb(255,255,255)'>{}</p>",
    "<p style='color:transparent'>{}</p>",
    "<p style='color:rgba(0,0,0,0.01)'>{}</p>",
    "<div style='background:#123456'><p style='color:#123457'>{}</p></div>",
    "<p><font color='white'>{}</font></p>",
    "<p style='position:absolute;left:-9999px'>{}</p>",
    "<p aria-hidden='true' style='position:fixed;top:-5000px'>{}</p>",
    "<p style='text-indent:-9999px'>{}</p>",
    "<p style='height:0;overflow:hidden'>{}</p>",
    "<p style='width:1px;height:1px;overflow:hidden;position:absolute'>{}</p>",
    "<p style='position:absolute;clip:rect(0,0,0,0)'>{}</p>",
    "<p style='clip-path: inset(100%)'>{}</p>",
    "<p style='transform:scale(0)'>{}</p>",
    "<p style='content-visibility:hidden'>{}</p>",
    "<noscript><p>{}</p></noscript>",
    "<template><p>{}</p></template>",
    "<!-- {} -->",
]


@pytest.mark.parametrize("middle", HIDDEN_BY_ITSELF)
def test_what_nobody_sees_is_not_read(tmp_path: Path, middle: str) -> None:
    article = read(tmp_path, middle.format(SAID))
    assert "Falk" not in article.text
    assert all(paragraph in article.text for paragraph in LEAD)
    assert "ferries will return in May" in article.text
    assert article.has_hidden == middle.startswith(("<p", "<div"))


@pytest.mark.parametrize(
    ("css", "middle"),
    [
        (".x{display:none}", "<p class='x'>{}</p>"),
        ("#note { visibility: hidden }", "<p id=note>{}</p>"),
        ("p.x, p.y { font-size: 0 }", "<p class=y>{}</p>"),
        (".x{color:#fff}", "<div class='a x'><p>{}</p></div>"),
        ("body{background:#000} .x{color:black}", "<p class=x>{}</p>"),
        ("/* a */ .b{margin:0} @media print{.z{color:red}} .x{opacity:0}", "<p class=x>{}</p>"),
        ("article > .x { position:absolute; left:-10000px }", "<p class=x>{}</p>"),
        (".x{display:block}", "<p class=x style='display:none'>{}</p>"),
    ],
)
def test_what_the_style_sheet_of_the_page_hides_is_not_read(tmp_path: Path, css: str, middle: str) -> None:
    article = read(tmp_path, middle.format(SAID), css=css)
    assert ("Falk" in article.text, article.has_hidden) == (False, True)


@pytest.mark.parametrize(
    ("css", "middle"),
    [
        ("", "<p style='color:#333'>{}</p>"),
        ("", "<p style='font-size:11px;opacity:.9'>{}</p>"),
        ("", "<p hidden=until-found>{}</p>"),
        ("", "<p style='background:#002244;color:white'>{}</p>"),
        ("", "<div style='background:navy'><p style='color:#fff'>{}</p></div>"),
        ("", "<div style='background:url(dark.jpg)'><p style='color:#fff'>{}</p></div>"),
        (".x{display:none}", "<p class=x style='display:block'>{}</p>"),
        ("", "<div style='font-size:0'><p style='font-size:16px'>{}</p></div>"),
        ("", "<p style='height:0'>{}</p>"),
        ("", "<p style='position:absolute;left:-20px'>{}</p>"),
        (".x{display:none} @media (min-width: 700px) {.x{display:block}}", "<p class=x>{}</p>"),
        ("@media print {.x{display:none}}", "<p class=x>{}</p>"),
        (".x:hover{display:none} .x::after{color:#fff}", "<p class=x>{}</p>"),
        (".y{display:none}", "<p class=x>{}</p>"),
        (".x{display:none} .x.x-open{display:block}", "<p class='x x-open'>{}</p>"),
        ("body{color:#eee}", "<p>{}</p>"),
        ("body{visibility:hidden;opacity:0}", "<p>{}</p>"),
        ("p{{{", "<p>{}</p>"),
        ("}.x", "<p class=x style='display:;color:nocolour;font-size:1..2px'>{}</p>"),
    ],
)
def test_what_is_seen_is_read_however_it_is_styled(tmp_path: Path, css: str, middle: str) -> None:
    article = read(tmp_path, middle.replace("{}", SAID), css=css)
    assert ("Falk" in article.text, article.has_hidden) == (True, False)


def test_menus_and_labels_that_are_hidden_are_dropped_but_not_named(tmp_path: Path) -> None:
    menu = "<nav><div style='display:none'><p>Weather and sport in all of our regions.</p></div></nav>"
    label = "<span style='position:absolute;left:-9999px'>Share this</span>"
    article = read(tmp_path, f"<p>{SAID} {label}</p>", after=menu)
    assert not article.has_hidden
    assert "Share" not in article.text


def test_the_text_behind_what_is_dropped_stays(tmp_path: Path) -> None:
    article = read(tmp_path, "<p>The weir <span hidden>never </span>opened <b style='display:none'>not</b>at nine.</p>")
    assert "The weir opened at nine." in article.text


def test_the_summary_names_the_files_with_hidden_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "articles"
    read(folder, f"<p hidden>{SAID}</p>")
    (folder / "plain.md").write_text("The weir of Oldenmoor held, an engineer said.")
    assert main(["index", str(folder), "--index", str(tmp_path / "index")]) == 0
    assert "qa: hidden text left out of 1 file: page.html\n" in capsys.readouterr().err
    assert main(["index", str(folder), "--index", str(tmp_path / "index")]) == 0
    assert "hidden" not in capsys.readouterr().err


def test_what_shows_itself_in_a_hidden_block_is_seen() -> None:
    page = "<html><body><div style='visibility:hidden'><p style='visibility:visible'>{}</p>Gone.</div></body></html>"
    tree = html.fromstring(page.format(SAID))
    assert not drop_hidden(tree)
    assert tree.text_content() == SAID


@given(
    st.text("dispay:non{}()#.,;!%-0129e /*\\'\"@", max_size=60),
    st.text("x.y#{}:;display none@media()0,>*", max_size=80),
)
def test_no_style_breaks_the_reading_and_what_has_none_stays(style: str, css: str) -> None:
    tree = html.fromstring("<html><head><style></style></head><body><p>One.</p><p class=q>Two.</p></body></html>")
    tree.find(".//style").text = css
    tree.find(".//p").set("style", style)
    drop_hidden(tree)
    assert isinstance(tree.text_content(), str)

"""What is read from the files of word processors and book readers: .docx, .odt, .rtf and .epub, all that they show."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.articles.formats import docx, epub, odt, rtf
from qa.articles.formats.cells import table_blocks
from qa.articles.formats.zipped import Zipped
from qa.articles.text import clean
from qa.errors import UnreadableFile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
LONG = "The council of Tarnby voted on Monday to close the swimming hall for two years, its chair Ebba Lund said."


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word(body: str, styles: str = "", **parts: str) -> bytes:
    def xml(name: str, inner: str) -> str:
        return f'<w:{name} xmlns:w="{W}" xmlns:mc="{MC}">{inner}</w:{name}>'

    notes = {f"word/{name}.xml": xml(name, inner) for name, inner in parts.items()}
    document = xml("document", f"<w:body>{body}</w:body>")
    return zipped({"word/document.xml": document, "word/styles.xml": xml("styles", styles)} | notes)


def p(*runs: str, settings: str = "") -> str:
    return f"<w:p><w:pPr>{settings}</w:pPr>{''.join(run if run.startswith('<') else r(run) for run in runs)}</w:p>"


def r(text: str, settings: str = "") -> str:
    return f'<w:r><w:rPr>{settings}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: tuple[str, ...]) -> str:
    cells = ["".join(f"<w:tc>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def lines(content: tuple[list[str], dict[str, str]]) -> list[str]:
    return [line for line in content[0] if line]


def in_word(body: str, styles: str = "", **parts: str) -> list[str]:
    return lines(docx.read(word(body, styles, **parts)))


# Word: what a paragraph holds


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ("<w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:ins><w:r><w:t>14</w:t></w:r></w:ins>", "14"),
        ("<w:hyperlink><w:ins><w:r><w:t>14</w:t></w:r></w:ins></w:hyperlink>", "14"),
        ("<w:moveFrom><w:r><w:t>9</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>14</w:t></w:r></w:moveTo>", "14"),
        ("<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>14</w:t></w:r></w:sdtContent></w:sdt>", "14"),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Tap</w:t></w:r></w:sdtContent></w:sdt>",
            "",
        ),
        ("<w:smartTag><w:customXml><w:r><w:t>14</w:t></w:r></w:customXml></w:smartTag>", "14"),
        ('<w:fldSimple w:instr="NUMPAGES"><w:r><w:t>14</w:t></w:r></w:fldSimple>', "14"),
        (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF</w:instrText></w:r>'
            '<w:r><w:t>9</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>14</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            "14",
        ),
        (r("9", "<w:vanish/>") + r("14"), "14"),
        (r("14", '<w:vanish w:val="0"/>'), "14"),
        (r("9", '<w:rStyle w:val="Ghost"/>') + r("14"), "14"),
        (r("9", '<w:sz w:val="2"/>') + r("14", '<w:sz w:val="24"/>'), "14"),
        (r("9", '<w:color w:val="FFFFFF"/>') + r("14", '<w:color w:val="FF0000"/>'), "14"),
        (r("14", '<w:color w:val="FFFFFF"/><w:shd w:fill="000000"/>'), "14"),
        ("<w:r><w:t>1</w:t><w:softHyphen/><w:t>4</w:t></w:r>", "14"),
        ("<w:r><w:t>1</w:t><w:noBreakHyphen/><w:t>4</w:t></w:r>", "1-4"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t>14</w:t></w:r>', "≥14"),
        ('<w:r><w:sym w:font="Arial" w:char="20AC"/><w:t>14</w:t></w:r>', "€14"),
        ("<w:r><w:t>14</w:t><w:tab/><w:t>boats</w:t></w:r>", "14 boats"),
        ("<w:r><w:t>14,</w:t><w:br/><w:t>then</w:t></w:r>", "14, then"),
    ],
)
def test_a_paragraph_has_the_words_that_word_shows(runs: str, text: str) -> None:
    hidden = '<w:style w:styleId="Ghost"><w:name w:val="Ghost"/><w:rPr><w:vanish/></w:rPr></w:style>'
    assert in_word(p("Counted: ", runs, "."), hidden) == [f"Counted: {text}."]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    first = p("The ferry sank ", settings="<w:rPr><w:del/></w:rPr>")
    assert in_word(first + p("off Tarnby.") + p("Nobody died.")) == ["The ferry sank off Tarnby.", "Nobody died."]


def test_the_text_of_a_box_stands_once_behind_its_paragraph() -> None:
    box = f"<w:txbxContent>{p('Box text.')}</w:txbxContent>"
    drawn = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert in_word(p("Before ", f"<w:r>{drawn}</w:r>", "after.")) == ["Before after.", "Box text."]


def test_a_document_may_be_one_text_box() -> None:
    box = f"<w:txbxContent>{p(LONG)}{table(('Hall', 'Visitors'), ('Tarnby', '40,100'))}</w:txbxContent>"
    assert in_word(p(f"<w:r><w:pict><v:shape xmlns:v='v'>{box}</v:shape></w:pict></w:r>")) == [
        LONG,
        "Tarnby: 40,100 visitors.",
    ]


def test_notes_follow_the_paragraph_that_points_to_them_and_remarks_are_no_text() -> None:
    body = p("The hall cost 3 million.", '<w:r><w:footnoteReference w:id="2"/><w:endnoteReference w:id="2"/></w:r>')
    body += p("It opened in May.", '<w:r><w:commentReference w:id="2"/></w:r>')
    note = '<w:{0} w:id="0" w:type="separator">{2}</w:{0}><w:{0} w:id="2">{1}</w:{0}>'
    texts = in_word(
        body,
        footnotes=note.format("footnote", p("In prices of 2019."), p("-")),
        endnotes=note.format("endnote", p("Without the land."), p("-")),
        comments=note.format("comment", p("Check this!"), p("-")),
    )
    assert texts == ["The hall cost 3 million.", "In prices of 2019.", "Without the land.", "It opened in May."]


def test_headings_are_known_by_the_name_or_level_of_their_style_in_any_language() -> None:
    styles = """<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
        <w:style w:styleId="Base"><w:name w:val="Base"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
        <w:style w:styleId="Zwischen"><w:name w:val="Zwischen"/><w:basedOn w:val="Base"/></w:style>
        <w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>"""

    def styled(style: str, text: str) -> str:
        return p(text, settings=f'<w:pStyle w:val="{style}"/>')

    body = p("Tarnby today") + styled("Titel", "Hall closes") + styled("berschrift1", "Why") + p(LONG)
    body += styled("Zwischen", "Money") + p(LONG, settings='<w:outlineLvl w:val="9"/>')
    blocks, facts = docx.read(word(body, styles))
    assert blocks == ["Tarnby today", "## Why", LONG, "## Money", LONG]
    assert facts["title"] == "Hall closes"


# Word: tables


def test_each_row_of_a_table_can_be_quoted_with_its_headers() -> None:
    rows = table(("Hall", "Visitors"), ("Tarnby", "40,100"), ("Kastrup", "9,200"))
    assert in_word(p(LONG) + rows + p(LONG)) == [LONG, "Tarnby: 40,100 visitors.", "Kastrup: 9,200 visitors.", LONG]


def test_a_cell_in_a_control_an_inserted_row_and_a_deleted_one() -> None:
    control = f"<w:sdt><w:sdtContent><w:tc>{p('Tarnby')}</w:tc></w:sdtContent></w:sdt>"
    inner = f"<w:tc><w:sdt><w:sdtContent>{p('40,100')}</w:sdtContent></w:sdt></w:tc>"
    head = f"<w:tr><w:tc>{p('Hall')}</w:tc><w:tc>{p('Visitors')}</w:tc></w:tr>"
    gone = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('Dragør')}</w:tc><w:tc>{p('7')}</w:tc></w:tr>"
    rows = f"<w:tbl>{head}<w:tr><w:trPr><w:ins/></w:trPr>{control}{inner}</w:tr>{gone}</w:tbl>"
    assert in_word(rows) == ["Tarnby: 40,100 visitors."]


def test_a_table_that_sets_out_a_page_is_running_text_and_a_table_in_it_stays_one() -> None:
    inner = table(("Hall", "Visitors"), ("Tarnby", "40,100"))
    outer = table(("Press release", "4 May 2023"), (p(LONG) + inner + p("Nobody spoke against it."), p("Photo: Lund")))
    assert in_word(outer) == [
        "Press release",
        "4 May 2023",
        LONG,
        "Tarnby: 40,100 visitors.",
        "Nobody spoke against it.",
        "Photo: Lund",
    ]


def test_a_cell_over_several_columns_or_rows_belongs_to_each() -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("Visitors")}</w:tc>'
    start = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{p("Tarnby")}</w:tc>'
    on = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{p('')}</w:tc>"

    def cells(*texts: str) -> str:
        return "".join(f"<w:tc>{p(text)}</w:tc>" for text in texts)

    head = "<w:trPr><w:tblHeader/></w:trPr>"
    rows = [head + cells("Hall") + wide, head + cells("Hall", "May", "June")]
    rows += [start + cells("11", "12"), on + cells("13", "14")]
    text = "\n".join(in_word(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"))
    assert [line.split(":")[0] for line in text.split("\n")] == ["Tarnby", "Tarnby"]
    assert all(words in text for words in ("Visitors May 11", "Visitors June 14"))


@given(st.lists(st.lists(st.sampled_from(["", "Tarnby", "40,100", "Ebba Lund", LONG]), min_size=1, max_size=4)))
def test_no_cell_of_a_table_is_lost(rows: list[list[str]]) -> None:
    # The first row may become the headers of the others, told in lower case.
    text = "\n".join(table_blocks([[[cell] if cell else [] for cell in row] for row in rows])).casefold()
    assert all(cell.casefold() in text for row in rows[1:] for cell in row)


# OpenDocument

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = " ".join(
    f'xmlns:{name}="{OFFICE}{name}:1.0"' for name in ("office", "text", "table", "draw", "style", "meta", "fo")
)
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def open_document(body: str, styles: str = "", meta: str = "") -> bytes:
    content = (
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {SPACES}>{content}</office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {SPACES} {DC}><office:meta>{meta}</office:meta></office:document-meta>",
        }
    )


def test_an_open_document_gives_what_it_shows() -> None:
    hidden = '<style:style style:name="T9"><style:text-properties text:display="none"/></style:style>'
    body = """<text:tracked-changes><text:changed-region><text:deletion><text:p>Deleted.</text:p></text:deletion>
        </text:changed-region></text:tracked-changes>
        <text:h text:outline-level="1">Hall closes</text:h>
        <text:p>The hall<text:s text:c="2"/>of <text:span>Tarnby</text:span> has
        <text:span text:style-name="T9">no </text:span>40<text:tab/>seats<text:note><text:note-citation>1
        </text:note-citation>
        <text:note-body><text:p>Counted in May.</text:p></text:note-body></text:note>.<office:annotation>
        <text:p>Sure?</text:p></office:annotation></text:p>
        <text:list><text:list-item><text:p>Bathers may go to Kastrup.</text:p></text:list-item></text:list>
        <text:p><draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame></text:p>
        <table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Hall</text:p></table:table-cell>
        <table:table-cell><text:p>Visitors</text:p></table:table-cell></table:table-row></table:table-header-rows>
        <table:table-row><table:table-cell><text:p>Tarnby</text:p></table:table-cell>
        <table:table-cell><text:p>40,100</text:p></table:table-cell>
        <table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table>"""
    meta = "<dc:title>Hall closes</dc:title><dc:creator>Ebba Lund</dc:creator><dc:date>2023-05-04T10:00:00</dc:date>"
    blocks, facts = odt.read(open_document(body, hidden, meta))
    assert [line for line in blocks if line] == [
        "## Hall closes",
        "The hall of Tarnby has 40 seats .",
        "Counted in May.",
        "Bathers may go to Kastrup.",
        "In a box.",
        "Tarnby: 40,100 visitors.",
    ]
    assert facts == {"title": "Hall closes", "author": "Ebba Lund"}


def test_the_author_of_an_open_document_is_who_began_it() -> None:
    meta = "<dc:creator>Per Holm</dc:creator><meta:initial-creator>Ebba Lund</meta:initial-creator>"
    assert odt.read(open_document("<text:p>Held.</text:p>", "", meta))[1] == {"author": "Ebba Lund"}


def test_a_line_that_is_broken_within_a_sentence_goes_on() -> None:
    body = (
        "<text:h>Hall of<text:line-break/>Tarnby closes</text:h><text:p>The mayor of<text:line-break/>Tarnby said no."
    )
    body += "<text:line-break/>Bathers left.</text:p>"
    assert lines(odt.read(open_document(body, "", ""))) == [
        "## Hall of Tarnby closes",
        "The mayor of Tarnby said no.",
        "Bathers left.",
    ]


def test_a_locked_open_document_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="encrypted"):
        odt.read(zipped({"META-INF/manifest.xml": "<m:encryption-data xmlns:m='m'/>", "content.xml": b"\x8f\x01"}))


# Rich Text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"Caf\'e9 in T\u229?rnby", ["Café in Tårnby"]),
        (r"{\uc2\u8220\'93x14\u8221\'94x}", ["“14”"]),
        (r"\u-10179?\u-8704?", ["😀"]),
        (r"{\deleted 9}{\v 9}14{\*\annotation Sure?} boats", ["14 boats"]),
        (r'{\field{\*\fldinst HYPERLINK "http://a.example"}{\fldrslt the hall}} closed', ["the hall closed"]),
        (r"The hall{\footnote\pard Built in 1962.} closed.\par Now.", ["The hall closed.", "Built in 1962.", "Now."]),
        (r"{\header Head}{\pict\bin4 {}}\}Text{\pict 0102aabb}", ["Text"]),
        (r"{\f1\'cc\'ee\'f1\'ea\'e2\'e0}", ["Москва"]),
        (r"{\shp{\*\shpinst\shpleft1{\sp{\sn a}{\sv 1}}{\shptxt In a box.\par}}{\shprslt In a box.}}", ["In a box."]),
        (r"{\pard\s1 Why\par}\pard It rained.\par", ["## Why", "It rained."]),
        (
            r"\trowd\pard\intbl Hall\cell Visitors\cell\row\trowd Tarnby\cell 40,100\cell\row\pard It rained.\par",
            ["Tarnby: 40,100 visitors.", "It rained."],
        ),
        ("One line\\\nand another", ["One line", "and another"]),
        (r"non\_breaking soft\-ened \'93quoted\'94 \endash  end", ["non-breaking softened “quoted” – end"]),
    ],
)
def test_rich_text_has_the_words_that_it_shows(text: str, shown: list[str]) -> None:
    head = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}{\f1\fcharset204 Times;}}"
    head += r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}}{\info{\title Hall closes}{\author Ebba Lund}}"
    content = rtf.read(f"{head}\\f0 {text}}}".encode())
    assert (lines(content), content[1]) == (shown, {"title": "Hall closes", "author": "Ebba Lund"})


@settings(deadline=None)
@given(st.text(alphabet="abz \\{}'\n*0159") | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_rich_text_ends_with_text_or_a_reason(text: str) -> None:
    try:
        blocks, _ = rtf.read(b"{\\rtf1 " + text.encode("latin-1", "replace"))
    except UnreadableFile:
        blocks = []
    assert all(clean(line) == line for line in blocks)


UNSEEN = "The hall of Tarnby was sold to Count Falk on Sunday."
ODT_STYLES = """<style:style style:name="P1"><style:text-properties fo:color="#ffffff"/></style:style>
<style:style style:name="T1" style:parent-style-name="P1"/>
<style:style style:name="T2"><style:text-properties fo:font-size="1pt"/></style:style>
<style:style style:name="T3"><style:text-properties text:display="none"/></style:style>
<style:style style:name="T4"><style:text-properties fo:color="#000000"/></style:style>
<style:style style:name="T5"><style:text-properties fo:color="#ffffff" fo:background-color="#000080"/></style:style>"""


@pytest.mark.parametrize(
    ("body", "is_seen"),
    [
        (f'<text:p text:style-name="P1">{UNSEEN}</text:p>', False),
        (f'<text:p>The hall<text:span text:style-name="T1">{UNSEEN}</text:span></text:p>', False),
        (f'<text:p>The hall<text:span text:style-name="T2"><text:a>{UNSEEN}</text:a></text:span></text:p>', False),
        (f'<text:p text:style-name="T3">{UNSEEN}</text:p>', False),
        (f'<text:p text:style-name="P1"><text:span text:style-name="T4">{UNSEEN}</text:span></text:p>', True),
        (f'<text:p text:style-name="T5">{UNSEEN}</text:p>', True),
        (
            '<table:table><table:table-row><table:table-cell><text:p text:style-name="P1">'
            f"{UNSEEN}</text:p></table:table-cell></table:table-row></table:table>",
            True,
        ),
    ],
)
def test_what_an_open_document_hides_is_no_text_and_is_named(body: str, is_seen: bool) -> None:
    blocks, facts = odt.read(open_document(f"<text:p>It rained.</text:p>{body}", ODT_STYLES))
    assert ("Falk" in " ".join(blocks), "hidden" in facts) == (is_seen, not is_seen)


@pytest.mark.parametrize(
    ("text", "is_seen"),
    [
        (rf"{{\cf1 {UNSEEN}}}", False),
        (rf"{{\fs1 {UNSEEN}}}", False),
        (rf"{{\v {UNSEEN}}}", False),
        (rf"\cf1 \plain {UNSEEN}", True),
        (rf"{{\cf2 {UNSEEN}}}", True),
        (rf"{{\cf0\fs20 {UNSEEN}}}", True),
        (rf"{{\highlight2\cf1 {UNSEEN}}}", True),
        (rf"\pard\intbl\cf1 {UNSEEN}\cell\row\pard", True),
    ],
)
def test_what_rich_text_hides_is_no_text_and_is_named(text: str, is_seen: bool) -> None:
    colours = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue128;}"
    blocks, facts = rtf.read(rf"{{\rtf1\ansi{colours}It rained.\par {text}\par}}".encode())
    assert ("Falk" in " ".join(blocks), "hidden" in facts) == (is_seen, not is_seen)
    assert "It rained." in blocks


def test_what_word_hides_is_named_where_a_sentence_is_in_it() -> None:
    assert docx.read(word(p("The hall.", r(UNSEEN, "<w:vanish/>"))))[1]["hidden"] == "yes"
    assert "hidden" not in docx.read(word(p("The hall.", r("Draft 4", "<w:vanish/>"))))[1]


# Books

PAGE = """<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>
<body>{}</body></html>"""


def book(*pages: str) -> bytes:
    items = "".join(f'<item id="p{n}" href="text/p%20{n}.xhtml"/>' for n in range(len(pages)))
    spine = "".join(f'<itemref idref="p{n}"/>' for n in range(len(pages)))
    about = f"<metadata {DC}><dc:title>Hall closes</dc:title><dc:creator>Ebba Lund</dc:creator>"
    about += "<dc:date>2023-05-04</dc:date><dc:publisher>Tarnby Post</dc:publisher></metadata>"
    toc = '<item id="nav" href="nav.xhtml" properties="nav"/>'
    return zipped(
        {
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="o/b.opf"/></rootfiles></container>',
            "o/b.opf": f'<package>{about}<manifest>{toc}{items}</manifest><spine><itemref idref="nav"/>{spine}</spine>'
            "</package>",
            "o/nav.xhtml": PAGE.format("<p>Contents</p>"),
        }
        | {f"o/text/p {n}.xhtml": PAGE.format(page) for n, page in enumerate(pages)}
    )


@pytest.mark.parametrize("style", ["display: none", "font-size:0", "color:#fff", "opacity:0"])
def test_what_a_book_hides_is_no_text_and_is_named(style: str) -> None:
    blocks, facts = epub.read(book("<p>It rained.</p>", f"<p style='{style}'>{UNSEEN}</p><p>It snowed.</p>"))
    assert (blocks, facts["hidden"]) == (["It rained.", "It snowed."], "yes")


def test_a_book_is_read_page_by_page_without_its_contents() -> None:
    first = (
        "<h1>Hall <em>closes</em></h1><div>Loose text <b>of</b> a div<p>A&nbsp;paragraph,<br/>and a line.</p>tail</div>"
    )
    second = "<ul><li>One</li><li><p>Two</p></li></ul><p hidden=''>Ghost</p><p style='display: none'>Ghost</p>"
    second += "<table><tr><th>Hall</th><th>Visitors</th></tr><tr><td>Tarnby</td><td>40,100</td></tr></table>"
    second += f"<table><tr><td><p>{LONG}</p><p>{LONG}</p></td></tr></table><script>x()</script>"
    blocks, facts = epub.read(book(first, second))
    assert blocks == [
        "## Hall closes",
        "Loose text of a div",
        "A paragraph,",
        "and a line.",
        "tail",
        "One",
        "Two",
        "Tarnby: 40,100 visitors.",
        LONG,
        LONG,
    ]
    assert facts == {
        "title": "Hall closes",
        "author": "Ebba Lund",
        "published": "2023-05-04",
        "source": "Tarnby Post",
    }


# Archives that lie


@pytest.mark.parametrize(
    ("read", "name"),
    [(docx.read, "word/document.xml"), (odt.read, "content.xml"), (epub.read, "META-INF/container.xml")],
)
def test_what_is_really_unpacked_is_bounded(read: object, name: str) -> None:
    assert callable(read)
    with pytest.raises(UnreadableFile, match="unpacks to more than 100 MB"):
        read(zipped({name: b" " * 100_000_001}))
    with pytest.raises(UnreadableFile, match="millions of parts"):
        read(zipped({name: f'<a xmlns:w="{W}">{"<w:p/>" * 3_000_000}</a>'}))
    entities = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    with pytest.raises(UnreadableFile, match="defines entities"):
        read(zipped({name: entities}))


def test_an_archive_that_states_a_smaller_size_is_not_unpacked_whole() -> None:
    data = bytearray(zipped({"a.xml": b" " * 60_000_000}))
    at = data.rfind(b"PK\x01\x02") + 24
    data[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(zipfile.BadZipFile):
        Zipped(bytes(data)).read("a.xml")
    whole = Zipped(zipped({"a.xml": b" " * 60_000_000, "b.xml": b" " * 60_000_000}))
    assert len(whole.read("a.xml")) == 60_000_000
    with pytest.raises(UnreadableFile, match="more than 100 MB"):
        whole.read("b.xml")

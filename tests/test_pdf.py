"""What is read from PDFs: text in the order in which people read it, and nothing that stands on every page."""

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from qa.articles.facts import article_of
from qa.articles.formats import pdf
from qa.articles.formats.pdf_furniture import is_jump
from qa.articles.formats.pdf_paragraphs import join
from qa.errors import UnreadableFile

WIDTH, HEIGHT = A4
NEWS = [
    "The council of Tarnby voted on Monday to close the swimming hall for two years, because its roof leaks and "
    "the repairs will cost 31 million crowns, its chair Ebba Lund said after the meeting.",
    "Bathers may go to Kastrup in the meantime, and a bus will leave every half hour from the old town hall, free of "
    "charge for pupils and for everybody older than 65.",
    "Viggo Friis, who trains the swimmers of the club, said that he had asked for a new roof since 2011, and that "
    "nobody had listened to him until a pane fell into the basin.",
    "The hall was built in 1962 and had 40,100 visitors last year, fewer than in any year before, because it was too "
    "cold to swim in it from November until the end of March.",
    "A firm from Malmo will begin the work in August; three others had asked for more money, and one of them has "
    "complained to the board of appeal, which will decide in June.",
]


def drawn(draw: Callable[[Canvas], None]) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.setTitle("")
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def wrapped(text: str, width: float, size: float = 10, font: str = "Helvetica") -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if stringWidth(longer, font, size) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def put(
    canvas: Canvas,
    x: float,
    y: float,
    lines: Sequence[str],
    size: float = 10,
    font: str = "Helvetica",
    step: float = 1.2,
) -> float:
    """Write lines from y downwards and return where the next one would stand."""
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= step * size
    return y


def told(data: bytes) -> tuple[str, list[str]]:
    article = article_of("id", "a.pdf", *pdf.read(data))
    return article.title, article.text.split("\n\n")


def column(canvas: Canvas, x: float, y: float, width: float, texts: Sequence[str], indent: float = 0) -> float:
    for text in texts:
        first, *rest = wrapped(text, width - indent)
        rest = wrapped(" ".join(rest), width)
        y = put(canvas, x + indent, y, [first])
        y = put(canvas, x, y, rest) - (0 if indent else 6)
    return y


# Columns


@pytest.mark.parametrize("columns", [2, 3])
def test_columns_are_read_one_after_the_other(columns: int) -> None:
    width = (WIDTH - 100 - (columns - 1) * 18) / columns
    lines = wrapped(" ".join(NEWS), width)
    share = -(-len(lines) // columns)

    def draw(canvas: Canvas) -> None:
        put(canvas, 50, 780, ["Swimming hall of Tarnby closes for two years"], 20, "Helvetica-Bold")
        for number in range(columns):
            put(canvas, 50 + number * (width + 18), 740, lines[number * share : (number + 1) * share])

    assert told(drawn(draw)) == ("Swimming hall of Tarnby closes for two years", [" ".join(NEWS)])


def test_columns_may_stand_at_heights_of_their_own() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 50, 780, ["Hall closes"], 20)
        column(canvas, 50, 740, 230, NEWS[:3])
        column(canvas, 310, 735.5, 230, NEWS[3:])

    assert told(drawn(draw)) == ("Hall closes", NEWS)


def test_a_headline_over_columns_below_others_parts_the_two_stories() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 50, 780, ["Swimming hall of Tarnby closes for two years"], 20)
        column(canvas, 50, 750, 230, NEWS[:1])
        column(canvas, 310, 750, 230, NEWS[1:2])
        put(canvas, 50, 620, ["What the trainer of the swimmers says about the roof"], 16)
        column(canvas, 50, 590, 230, NEWS[2:3])
        column(canvas, 310, 590, 230, NEWS[3:4])

    heading = "## What the trainer of the swimmers says about the roof"
    assert told(drawn(draw))[1] == [*NEWS[:2], heading, *NEWS[2:4]]


@pytest.mark.parametrize("indent", [0, 12])
def test_paragraphs_are_told_by_a_gap_or_an_indent(indent: float) -> None:
    data = drawn(lambda canvas: column(canvas, 50, 780, 400, NEWS, indent) and None)
    assert told(data)[1] == NEWS


def test_a_byline_beside_two_columns_is_not_glued_to_them() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 50, 780, ["Hall closes"], 20)
        put(canvas, 50, 765, ["By Ida Holm | Tarnby Post | May 4, 2023"], 10)
        column(canvas, 50, 753, 230, NEWS[:2])
        column(canvas, 310, 753, 230, NEWS[2:4])

    article = article_of("id", "a.pdf", *pdf.read(drawn(draw)))
    assert (article.author, article.source, str(article.published)) == ("Ida Holm", "Tarnby Post", "2023-05-04")
    assert article.text.split("\n\n") == NEWS[:4]


# What stands on every page


def paged(
    edges: Callable[[Canvas, int], None], pages: int = 4, head: str = "Hall of Tarnby closes", lines: int = 8
) -> tuple[bytes, str]:
    text = " ".join(NEWS * 2)
    rows = wrapped(text, 300)
    assert len(rows) > lines * (pages - 1)

    def draw(canvas: Canvas) -> None:
        for page in range(pages):
            y = put(canvas, 80, 760, [head], 18, "Helvetica-Bold") - 10 if page == 0 else 760
            last = None if page == pages - 1 else lines * (page + 1)
            put(canvas, 80, y, rows[lines * page : last])
            edges(canvas, page)
            canvas.showPage()

    return drawn(draw), text


def alternating(canvas: Canvas, page: int) -> None:
    if page % 2:
        put(canvas, 50, 815, [f"{page + 1}    Tarnby Post"], 8)
    else:
        put(canvas, 400, 815, [f"Thursday 4 May 2023    {page + 1}"], 8)


def foot_with_date(canvas: Canvas, page: int) -> None:
    put(canvas, 50, 40, ["Tarnby Post"], 8)
    put(canvas, 300, 40, [f"04.05.2023 – page {page + 1} of 4"], 8)


def browser(canvas: Canvas, page: int) -> None:
    put(canvas, 30, 825, ["4/5/2023, 16:12"], 7)
    put(canvas, 200, 825, ["Hall of Tarnby closes - Tarnby Post"], 7)
    put(canvas, 30, 20, ["https://post.example/hall"], 7)
    put(canvas, 550, 20, [f"{page + 1}/4"], 7)


def stamp(canvas: Canvas, page: int) -> None:
    canvas.saveState()
    canvas.setFillGray(0.8)
    canvas.translate(100, 300)
    canvas.rotate(40)
    put(canvas, 0, 0, ["READER 4711 ONLY"], 50)
    canvas.restoreState()


def flat_stamp(canvas: Canvas, page: int) -> None:
    canvas.setFillGray(0.8)
    put(canvas, 60, 710, ["READER COPY"], 60)
    canvas.setFillGray(0)


def notes(canvas: Canvas, page: int) -> None:
    put(canvas, 290, 40, [f"– {page + 1} –"], 9)


@pytest.mark.parametrize("edges", [alternating, foot_with_date, browser, stamp, flat_stamp, notes])
def test_what_stands_on_every_page_is_dropped_and_sentences_run_on(edges: Callable[[Canvas, int], None]) -> None:
    data, text = paged(edges)
    assert told(data) == ("Hall of Tarnby closes", [text])


def test_the_print_of_a_page_tells_its_address_and_outlet() -> None:
    article = article_of("id", "a.pdf", *pdf.read(paged(browser)[0]))
    assert (article.url, article.source, article.published) == ("https://post.example/hall", "Tarnby Post", None)


def test_the_head_of_a_single_page_is_no_title_and_its_day_is_that_of_the_issue() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 50, 815, ["TARNBY POST – Thursday 4 May 2023"], 8)
        put(canvas, 50, 790, ["Local"], 12)
        put(canvas, 50, 760, ["Hall closes"], 20)
        column(canvas, 50, 730, 400, NEWS)
        put(canvas, 290, 30, ["7"], 8)

    article = article_of("id", "a.pdf", *pdf.read(drawn(draw)))
    assert (article.title, article.text.split("\n\n"), str(article.published)) == ("Hall closes", NEWS, "2023-05-04")


def test_a_masthead_in_larger_type_than_the_headline_is_no_title() -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 150, 790, ["The Tarnby Post"], 40)
        put(canvas, 200, 770, ["Thursday, 4 May 2023 · No. 112"], 8)
        put(canvas, 50, 730, ["Swimming hall closes for two", "years because of its roof"], 24)
        column(canvas, 50, 660, 400, NEWS)

    title, texts = told(drawn(draw))
    assert title == "Swimming hall closes for two years because of its roof"
    assert texts[-len(NEWS) :] == NEWS


@pytest.mark.parametrize("title", ["Hall closes", "HALL CLOSES FOR TWO YEARS", "Closed"])
def test_a_headline_above_a_summary_or_sub_heading_is_no_masthead(title: str) -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, 50, 780, [title], 24)
        put(canvas, 50, 750, ["The roof of 1962 leaks, and nobody will swim in it until 2025."], 13)
        y = column(canvas, 50, 720, 400, ["May 4, 2023", *NEWS[:2]])
        put(canvas, 50, y - 10, ["What comes next"], 14)
        column(canvas, 50, y - 34, 400, NEWS[2:])

    assert told(drawn(draw))[0] == title


def test_lines_of_a_list_without_stops_stay_apart() -> None:
    items = ["a bus to Kastrup every half hour", "lessons in the lake", "a refund for those who paid for the year"]

    def draw(canvas: Canvas) -> None:
        y = column(canvas, 50, 780, 400, NEWS[:1]) - 4
        put(canvas, 70, y, items)
        column(canvas, 50, y - 60, 400, NEWS[1:])

    assert told(drawn(draw))[1] == [NEWS[0], *items, *NEWS[1:]]


def test_an_address_or_a_time_in_the_text_is_kept() -> None:
    lines = ["https://tarnby.example/hall", "04/05/2023, 14:30 The council meets in the old town hall of Tarnby."]

    def draw(canvas: Canvas) -> None:
        column(canvas, 50, 780, 400, [*lines, *NEWS[:2]])

    assert " ".join(told(drawn(draw))[1]).startswith(lines[1])


def test_the_stated_title_is_taken_where_the_type_tells_none() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle("Hall closes")
        column(canvas, 50, 780, 400, NEWS)

    assert told(drawn(draw)) == ("Hall closes", NEWS)


# Jump lines, notes, drop caps, tables


@pytest.mark.parametrize(
    ("text", "jumps"),
    [
        ("Continued on page 4", True),
        ("From page 1", True),
        ("HALL, from A1", True),
        ("» See HALL, Page 12", True),
        ("Fortsetzung auf Seite 3", True),
        ("The story goes on from page 1 of the report of the board of appeal", False),
        ("From 2011 to 2019", False),
        ("See the hall", False),
        ("Page", False),
    ],
)
def test_jump_lines_are_known(text: str, jumps: bool) -> None:
    assert is_jump(text) == jumps


def test_a_sentence_is_joined_over_a_jump_line_in_the_middle_of_a_column() -> None:
    lines = wrapped(" ".join(NEWS[:4]), 230)

    def draw(canvas: Canvas) -> None:
        put(canvas, 50, 780, ["Hall closes"], 20)
        y = put(canvas, 50, 750, lines[:6])
        y = put(canvas, 120, y - 4, ["Continued on page 2"], 8, "Helvetica-Oblique")
        put(canvas, 50, y - 40, ["Library opens"], 16)
        column(canvas, 50, y - 70, 230, NEWS[4:])
        canvas.showPage()
        put(canvas, 50, 780, ["Hall"], 16)
        put(canvas, 50, 760, ["From page 1"], 8)
        put(canvas, 50, 740, lines[6:])

    texts = told(drawn(draw))[1]
    assert " ".join(NEWS[:4]) in texts
    assert not any("age 2" in text or "age 1" in text for text in texts)


def test_a_jump_in_brackets_behind_the_last_words_is_no_text() -> None:
    lines = wrapped(" ".join(NEWS), 300)

    def draw(canvas: Canvas) -> None:
        put(canvas, 80, 780, ["Hall closes"], 20)
        put(canvas, 80, 750, [*lines[:7], f"{lines[7]} (Continued on page 5)"])
        canvas.showPage()
        put(canvas, 80, 780, lines[8:])

    assert told(drawn(draw))[1] == [" ".join(NEWS)]


def test_a_note_at_the_foot_stands_behind_the_sentence_that_it_parts() -> None:
    lines = wrapped(" ".join(NEWS), 300)

    def draw(canvas: Canvas) -> None:
        put(canvas, 80, 780, ["Hall closes"], 20)
        put(canvas, 80, 750, lines[:8])
        canvas.setFont("Helvetica", 6)
        canvas.drawString(80 + stringWidth(lines[0], "Helvetica", 10), 753, "1")
        put(canvas, 80, 100, ["1 Counted by the town in the spring of 2023."], 8)
        canvas.showPage()
        put(canvas, 80, 780, lines[8:])

    assert told(drawn(draw))[1] == [" ".join(NEWS), "Counted by the town in the spring of 2023."]


def test_each_row_of_a_table_stands_with_its_headers_between_the_paragraphs() -> None:
    def draw(canvas: Canvas) -> None:
        y = column(canvas, 50, 780, 400, NEWS[:2])
        for row in (("Hall", "Visitors", "Cost in million"), ("Tarnby", "40,100", "31"), ("Kastrup", "9,200", "4")):
            for number, cell in enumerate(row):
                put(canvas, 60 + 130 * number, y, [cell])
            y -= 16
        column(canvas, 50, y - 6, 400, NEWS[2:])

    rows = ["Tarnby: 40,100 visitors; Cost in million 31.", "Kastrup: 9,200 visitors; Cost in million 4."]
    assert told(drawn(draw))[1] == [*NEWS[:2], *rows, *NEWS[2:]]


def test_a_table_in_one_of_two_columns_stays_a_table() -> None:
    def draw(canvas: Canvas) -> None:
        y = column(canvas, 50, 780, 230, NEWS[:2])
        for row in (("Hall", "Visitors"), ("Tarnby", "40,100"), ("Kastrup", "9,200")):
            put(canvas, 60, y, [row[0]])
            put(canvas, 180, y, [row[1]])
            y -= 14
        column(canvas, 310, 780, 230, NEWS[2:])

    assert told(drawn(draw))[1] == [*NEWS[:2], "Tarnby: 40,100 visitors.", "Kastrup: 9,200 visitors.", *NEWS[2:]]


@pytest.mark.parametrize(("cap", "rest"), [("T", NEWS[0][1:]), ("“T", NEWS[0][1:] + "”")])
def test_a_large_first_letter_belongs_to_its_word(cap: str, rest: str) -> None:
    def draw(canvas: Canvas) -> None:
        lines = wrapped(rest, 370)
        put(canvas, 50, 758, [cap], 28)
        put(canvas, 50 + stringWidth(cap, "Helvetica", 28) + 2, 770, lines[:2])
        column(canvas, 50, 746, 400, [" ".join(lines[2:]), NEWS[1]] if lines[2:] else [NEWS[1]])

    assert told(drawn(draw))[1] == [cap + rest, NEWS[1]]


@pytest.mark.parametrize(
    ("text", "line", "known", "joined"),
    [
        ("the Har-", "bour was", [], "the Harbour was"),
        ("the Mirna-", "Karsk line", [], "the Mirna-Karsk line"),
        ("a Kenya-", "led force", ["Kenya"], "a Kenya-led force"),
        ("in to-", "day.", ["to", "day"], "in today."),
        ("a well-", "known man", ["well-known"], "a well-known man"),
        ("a 65-", "year-old", [], "a 65-year-old"),
        ("Nobody –", "not one", [], "Nobody – not one"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_stays_where_the_word_has_one(
    text: str, line: str, known: list[str], joined: str
) -> None:
    assert join(text, line, Counter(known)) == joined


def invisible(canvas: Canvas) -> None:
    canvas.drawString(50, 500, "Nobody may read this line.", mode=3)


def tiny(canvas: Canvas) -> None:
    put(canvas, 50, 500, ["Nobody may read this line."], 0.5)


def white(canvas: Canvas) -> None:
    canvas.setFillGray(1)
    put(canvas, 50, 500, ["Nobody may read this line."])


@pytest.mark.parametrize("hide", [invisible, tiny, white])
def test_text_that_nobody_sees_is_dropped(hide: Callable[[Canvas], None]) -> None:
    def draw(canvas: Canvas) -> None:
        column(canvas, 50, 780, 400, NEWS)
        hide(canvas)

    assert told(drawn(draw))[1] == NEWS
    assert pdf.read(drawn(draw))[1]["hidden"] == "yes"


def test_the_text_under_a_scan_and_white_text_on_a_dark_ground_are_kept() -> None:
    def scan(canvas: Canvas) -> None:
        for number, line in enumerate(wrapped(NEWS[0], 400)):
            canvas.drawString(50, 780 - 12 * number, line, mode=3)

    def banner(canvas: Canvas) -> None:
        canvas.rect(40, 760, 400, 50, fill=1)
        canvas.setFillGray(1)
        put(canvas, 50, 780, ["Hall closes"], 20)
        canvas.setFillGray(0)
        column(canvas, 50, 730, 400, NEWS)

    assert told(drawn(scan))[1] == [NEWS[0]]
    assert told(drawn(banner)) == ("Hall closes", NEWS)


# Bounds


def streamed(data: bytes) -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Length " + str(len(data)).encode() + b">>stream\n" + data + b"\nendstream endobj\n"


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_is_read_whichever_way_it_is_turned(turned: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(turned)
        put(canvas, -250, 200, ["Hall closes"], 20)
        column(canvas, -250, 170, 400, NEWS)

    assert told(drawn(draw)) == ("Hall closes", NEWS)


def test_too_many_pages_and_streams_that_unpack_to_too_much_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="501 pages"):
        pdf.read(drawn(lambda canvas: [canvas.showPage() for _ in range(501)] and None))
    with pytest.raises(UnreadableFile, match="pieces of text"):
        pdf.read(streamed(zlib.compress(b"BT (a) Tj ET " * 250_001)))
    with pytest.raises(UnreadableFile, match="150 MB"):
        pdf.read(streamed(zlib.compress(b" " * 150_000_001)))
    with pytest.raises(UnreadableFile, match="150 MB"):
        pdf.read(streamed(zlib.compress(zlib.compress(b" " * 150_000_001, 9), 9)))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(1, 40), st.sampled_from(NEWS[0].split())),
        min_size=1,
        max_size=80,
        unique_by=lambda word: word[:2],
    )
)
def test_no_word_of_a_page_is_lost_wherever_it_stands(words: list[tuple[int, int, str]]) -> None:
    def draw(canvas: Canvas) -> None:
        for x, y, word in words:
            canvas.drawString(20 + 60 * x, 20 * y, word)

    blocks, facts = pdf.read(drawn(draw))
    letters = sorted("".join(" ".join([*blocks, *facts.values()]).split()))
    shown = sorted("".join(word for _, _, word in words))
    assert len(letters) >= len(shown) - 4  # A number alone at the edge is that of the page.

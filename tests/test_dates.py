"""The day of an article: as files of many countries write it, and never one of two days without a reason."""

from datetime import date
from pathlib import Path

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from qa.articles import Article, list_files, read_article
from qa.articles.dates import order_of, read_date

DAY = date(2024, 3, 7)
"""A Thursday."""


@pytest.mark.parametrize(
    "value",
    """
March 7, 2024
Mar. 7, 2024
March 7th, 2024
7th of March, 2024
Thursday 7th March 2024, 6.30pm GMT
Thu, 7 Mar 2024 at 06:30 (UTC)
Thursday, March 7, 2024 5 p.m. Eastern time
7 March 2024 | 18:30
10:15 a.m. March 7, 2024
Thu, 07 Mar 24 10:00:00 GMT
Thu Mar 07 10:00:00 +0000 2024
7-Mar-2024
7 Mar '24
Mar 7 '24
2024-03-07
2024/03/07
2024.03.07.
2024-03-07T23:30:00-05:00
2024-03-07T10:00:00.000Z
2024-03-07 23:30:00 +0000
20240307
1709769600
1709769600000
7.3.2024
07.03.24
7. 3. 2024
7.03.2024 18:30
Thursday 07/03/2024
Thu 03/07/2024
7 mars 2024
jeudi 7 mars 2024 à 18h30
le 7 mars 2024
7. März 2024, 18.30 Uhr
Do, 07 Mär 2024 10:00:00
7 de marzo de 2024
7 de março de 2024
7 marzo 2024
7 maart 2024
7 марта 2024
7 marca 2024
7. března 2024
7 Mart 2024
2024. március 7.
2024年3月7日
2024年3月7日 18時30分
2024년 3월 7일
""".strip().splitlines(),
)
def test_a_day_is_read_in_whatever_form_it_is_written(value: str) -> None:
    assert read_date(value) == DAY


@pytest.mark.parametrize(
    "value",
    """
07/03/2024
07-03-2024
7/3/24
7/3/2024, 6:30 PM
31/02/2024
February 30, 2024
32 March 2024
March 2024
March 7
2024
soon
yesterday
12 10 2024
+1 415 555 2024
Ship 7 sank in March 2024
Order 7 of 2024
the 7 dwarfs of 2024
2024 7 Uhr 5
5 mai 2024 Paris
99999999999
March 7, 2062
2062-03-07
""".strip().splitlines(),
)
def test_what_is_no_day_two_days_or_still_to_come_is_none(value: str) -> None:
    assert read_date(value) is None


@given(
    st.dates(min_value=date(1990, 1, 1), max_value=date(2025, 12, 31)),
    st.sampled_from(
        ["en_US", "en_GB", "fr", "de", "es", "it", "pt", "nl", "ru", "uk", "pl", "cs", "sv", "da", "ja", "zh"]
    ),
    st.sampled_from(["full", "long"]),
)
def test_a_day_is_read_as_the_tables_of_unicode_write_it(day: date, language: str, length: str) -> None:
    assert read_date(format_date(day, length, locale=language)) == day


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2025, 12, 31)), st.sampled_from("/-"))
def test_a_numeric_day_is_read_right_or_not_at_all(day: date, sign: str) -> None:
    for order, form in (("dmy", "%d{0}%m{0}%Y"), ("mdy", "%m{0}%d{0}%Y")):
        written = day.strftime(form.format(sign))
        assert read_date(written) in (day, None)
        assert read_date(written, order) == day  # type: ignore[arg-type]
        assert read_date(day.strftime("%A ") + written) in (day, None)
    assert read_date(day.strftime("%d.%m.%Y")) == day


FRENCH = "Le conseil de Mirna a débattu du bac, qui doit relier le port à la colline, et les élus sont pour."
ENGLISH = "The council of Mirna debated the ferry, which is to join the port and the hill, and the members agreed."


@pytest.mark.parametrize(
    ("texts", "address", "order"),
    [
        (["Published: 04/03/2024", "It was shut on 25/03/2024."], "", "dmy"),
        (["Published: 04/03/2024", "It was shut on 03/25/2024."], "https://post.co.uk/a", "mdy"),
        (["It was shut on 25/03/2024 and 03/26/2024."], "", ""),
        (["It was shut on 05/03/2024."], "", ""),
        ([FRENCH], "https://post.com/a", "dmy"),
        ([FRENCH], "https://post.us/a", "dmy"),
        ([ENGLISH], "https://post.com/a", ""),
        ([ENGLISH], "https://post.co.uk/a", "dmy"),
        ([ENGLISH], "https://www.post.com.au/a", "dmy"),
        ([ENGLISH], "https://weather.gov/a", "mdy"),
        ([ENGLISH], "https://post.ca/a", ""),
        ([ENGLISH], "https://post.tv/a", ""),
        ([ENGLISH], "https://post.example/a", ""),
        ([ENGLISH], "Coast Post", ""),
    ],
)
def test_what_settles_the_order_of_day_and_month(texts: list[str], address: str, order: str) -> None:
    assert order_of(texts, address) == order


def article_of(folder: Path, name: str, text: str) -> Article:
    (folder / name).write_text(text, encoding="utf-8")
    (file,), _ = list_files(folder)
    return read_article(folder, file)


@pytest.mark.parametrize(
    "line",
    [
        "Published: 07.03.2024",
        "Published: 2024-03-07T18:30:00+01:00",
        "Published Thursday 7th March 2024, 6.30pm GMT",
        "First published on 7 March 2024, last updated on 9 March 2024",
        "Last updated on March 9, 2024, first published on March 7, 2024",
        "Updated: March 9, 2024 10:15 a.m. ET; Published: March 7, 2024 6:30 p.m. ET",
        "March 7, 2024 (updated March 9, 2024)",
        "Published 7 March 2024 – Updated 9 March 2024",
        "By Ana Ruiz | March 7, 2024",
        "By Ana Ruiz | March 7, 2024 | 18:30",
        "By Ana Ruiz, published March 7, 2024",
        "Date: March 7, 2024",
        "Date published: 7 March 2024",
        "Publication date: 7 March 2024",
        "Publié le 7 mars 2024 à 18h30",
        "Veröffentlicht am 7. März 2024",
        "Publicado: 7 de marzo de 2024",
        "Pubblicato il 7 marzo 2024",
        "Опубликовано: 7 марта 2024",
        "发布：2024年3月7日".replace("：", ": "),
        "2024年3月7日",
        "Mis à jour le 9 mars 2024 | Publié le 7 mars 2024",
    ],
)
def test_a_line_that_tells_the_day_is_read_and_leaves_the_text(tmp_path: Path, line: str) -> None:
    article = article_of(tmp_path, "a.txt", f"Ferry fined\n\n{line}\n\nThe court fined the ferry company on Thursday.")
    assert (article.published, article.text) == (DAY, "The court fined the ferry company on Thursday.")


@pytest.mark.parametrize(
    "line",
    [
        "Published: 07/03/2024",
        "Date: 7 of them, in 2024",
        "Updated plans for 7 ferries in 2024 are out.",
        "Published by the council, 7 maps of 2024 show it.",
        "Posted on 30 February 2024",
        "1709769600",
        "24 March 2062",
    ],
)
def test_a_line_that_does_not_tell_one_day_stays_in_the_text(tmp_path: Path, line: str) -> None:
    article = article_of(tmp_path, "a.txt", f"Ferry fined\n\n{line}\n\nThe court fined the ferry company on Thursday.")
    assert article.published is None
    assert line in article.text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Published: 07/03/2024\n\nThe ferry sank off Elin on 25/02/2024, the court said.", DAY),
        ("Published: 03/07/2024\n\nThe ferry sank off Elin on 02/25/2024, the court said.", DAY),
        ("Published: 07/03/2024\nURL: https://post.co.uk/ferry\n\nThe ferry sank off Elin, the court said.", DAY),
        (f"Publié le 07/03/2024\n\n{FRENCH}", DAY),
        (f"07/03/2024\n\n{FRENCH}", DAY),
        ("Updated: 13/03/2024\nPublished: 07/03/2024\n\nThe ferry sank.", DAY),
    ],
)
def test_the_other_dates_the_language_or_the_country_of_a_file_settle_its_day(
    tmp_path: Path, text: str, day: date
) -> None:
    assert article_of(tmp_path, "a.txt", f"Ferry fined\n\n{text}").published == day


def test_the_first_line_of_a_timeline_is_not_the_day_of_its_article(tmp_path: Path) -> None:
    entries = "1 March 2024\n\nThe ferry sinks.\n\n3 March 2024\n\nDivers find it.\n\n5 March 2024\n\nIt is raised."
    with_line = article_of(tmp_path, "a.txt", f"Ferry timeline\n\n{entries}\n\nPublished: March 7, 2024")
    assert with_line.published == DAY
    assert with_line.text.startswith("1 March 2024")
    assert article_of(tmp_path, "a.txt", f"Ferry timeline\n\n{entries}").published is None
    dated = article_of(tmp_path, "a.txt", f"Ferry timeline\n\n7 March 2024\n\n{entries}")
    assert (dated.published, dated.text[:12]) == (DAY, "1 March 2024")


@pytest.mark.parametrize(
    ("front", "day"),
    [
        ("date: 07.03.2024", DAY),
        ("date: 2024-03-07T23:30:00-05:00", DAY),
        ("published: 1709769600", DAY),
        ("published: 07/03/2024\nurl: https://post.co.uk/a", DAY),
        ("published: 03/07/2024\nurl: https://weather.gov/a", DAY),
        ("published: 07/03/2024\nurl: https://post.com/a", None),
        ("published: 07/03/2024\nsource: post.co.nz", DAY),
        ("published: 2062-03-07", None),
    ],
)
def test_front_matter_is_read_by_the_same_rules(tmp_path: Path, front: str, day: date | None) -> None:
    assert article_of(tmp_path, "a.md", f"---\n{front}\n---\n{ENGLISH}").published == day


@pytest.mark.parametrize(
    ("language", "head", "line", "day"),
    [
        ("en", "", "07/03/2024", None),
        ("en-US", "", "Published: 07/03/2024", None),
        ("en-GB", "", "07/03/2024", DAY),
        ("fr", "", "07/03/2024", DAY),
        ("en", "<link rel='canonical' href='https://post.co.uk/a'>", "07/03/2024", DAY),
        ("en", "<link rel='canonical' href='https://weather.gov/a'>", "03/07/2024", DAY),
        ("en", "<meta property='article:published_time' content='2024-03-07T10:00:00Z'>", "03/07/2024", DAY),
        ("en", "", "<time datetime='2024-03-07'>03/07/2024</time>", DAY),
        ("en", "", "25/02/2024", date(2024, 2, 25)),
        ("en", "", "7.3.2024", DAY),
        ("en", "", "Published Thursday 7th March 2024, 6.30pm GMT", DAY),
    ],
)
def test_the_day_of_a_page_is_read_by_the_same_rules(
    tmp_path: Path, language: str, head: str, line: str, day: date | None
) -> None:
    text = f"<article><h1>Ferry</h1><p class='date'>{line}</p><p>{ENGLISH}</p><p>The judge fined it.</p></article>"
    page = f"<html lang='{language}'><head><title>Ferry</title>{head}</head><body>{text}</body></html>"
    assert article_of(tmp_path, "a.html", page).published == day


@pytest.mark.parametrize(
    ("text", "day", "title"),
    [
        ("OSLO (NTB) — 7 March 2024 — The ferry sank in the fjord.", DAY, "The ferry sank in the fjord."),
        ("QUITO, Ecuador, 7 Mar 24 - The bank closed. Nobody came.", DAY, "The bank closed."),
        ("LIMA, March 7, 2024 – Rain fell on the whole coast.", DAY, "Rain fell on the whole coast."),
        ("LIMA (EFE) — Rain fell on the whole coast.", None, "Rain fell on the whole coast."),
        ("LIMA — 03/04/2024 — Rain fell on the whole coast.", None, "Rain fell on the whole coast."),
        ("2 May 2021\n\nLIMA, March 7, 2024 – Rain fell on the coast.", date(2021, 5, 2), "Rain fell on the coast."),
        ("A ferry sank on 7 March 2024 - nobody drowned.", None, "A ferry sank on 7 March 2024 - nobody drowned."),
    ],
)
def test_a_dateline_tells_the_day_where_nothing_else_does_and_is_no_title(
    text: str, day: date | None, title: str, tmp_path: Path
) -> None:
    found = article_of(tmp_path, "a.txt", text)
    assert (found.published, found.title) == (day, title)
    assert found.text == text.split("\n\n")[-1]


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Stand: 7.3.2024, 10:15 Uhr", DAY),
        ("Publié le 07/03/2024 à 10h15", DAY),
        ("Aggiornato il 7/3/2024", DAY),
        ("Published 07/03/2024", None),
        ("Posted on 07/03/2024", None),
    ],
)
def test_the_words_before_a_date_tell_its_language(line: str, day: date | None, tmp_path: Path) -> None:
    found = article_of(tmp_path, "a.md", f"---\ntitle: Port\n---\n{line}\n\nLe port a été ouvert.")
    assert found.published == day
    assert (line in found.text) == (day is None)

"""What the folder reader promises: clean text, facts from the file, and a reason for each file that is left out."""

import logging
import os
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from qa.articles import Article, ArticleFile, Skipped, list_files, read_article
from qa.articles.formats import NAMED_SUFFIXES
from qa.articles.text import clean
from qa.errors import ArticlesError, UnreadableFile

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NEWS = """Ferries Return to Mirna as the Long Storm Moves East
The port of Mirna opened again on Thursday after three days of high winds, the harbour master said.
"We counted 312 passengers on the first boat, and all of them cheered," said engineer Lida Moss.
READ NEXT : Ten Storms That Changed the Coast
Repairs to the East Pier Will Last Until Summer
Workers replaced 40 metres of the pier overnight, according to the Mirna Herald.
Readers who subscribe to the port's bulletin were told on Wednesday that lorries must use the west road.
This article is owned by Coast Post.
Written by: Ana Ruiz
WATCH: A ferry leaves in the storm - From Coast TV
Subscribe to Coast Post!
Sign up for our free newsletter for the Latest coverage!"""


def read(folder: Path, name: str, content: str | bytes) -> Article:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    file = next(file for file in list_files(folder)[0] if file.path == name)
    return read_article(folder, file)


def refusal(folder: Path, name: str, content: str | bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(folder, name, content)
    return str(caught.value)


def pdf(*lines: str, title: str = "", password: str = "") -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, encrypt=StandardEncryption(password, strength=40) if password else None)
    canvas.setTitle(title)
    for number, line in enumerate(lines):
        canvas.drawString(50, 800 - 14 * number, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def word(*paragraphs: tuple[str, str], title: str = "", author: str = "") -> bytes:
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    document.core_properties.title, document.core_properties.author = title, author
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


# The folder


def test_files_are_listed_by_path_whatever_the_order_of_creation(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/b/c.HTML", "a.pdf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Ships left.")
    files, skipped = list_files(tmp_path)
    assert [file.path for file in files] == ["a.pdf", "a/b/c.HTML", "a/z.md", "b.txt"]
    assert skipped == []
    assert list_files(tmp_path) == (files, [])


def test_an_id_tells_path_and_bytes_apart(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ships left.")
    (tmp_path / "b.txt").write_text("Ships left.")
    before = {file.path: file.id for file in list_files(tmp_path)[0]}
    (tmp_path / "a.txt").write_text("Ships came.")
    after = {file.path: file.id for file in list_files(tmp_path)[0]}
    assert len({before["a.txt"], before["b.txt"], after["a.txt"]}) == 3
    assert before["b.txt"] == after["b.txt"]
    assert all(len(id_) == 32 for id_ in after.values())


def test_an_article_has_the_id_of_what_it_says_in_its_file(tmp_path: Path) -> None:
    text = "---\ntitle: Ferry\n---\nShips left."
    first = read(tmp_path, "a.md", text)
    assert read(tmp_path, "a.md", text.replace("\n", "\r\n")).id == first.id
    assert read(tmp_path, "b.md", text).id != first.id
    for other in (
        text.replace("left", "came"),
        text.replace("Ferry", "Port"),
        text.replace("---\nS", "date: 2024-03-07\n---\nS"),
    ):
        assert read(tmp_path, "a.md", other).id != first.id


def test_hidden_files_and_folders_are_ignored(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "note.txt").write_text("Ships left.")
    (tmp_path / ".note.txt").write_text("Ships left.")
    assert list_files(tmp_path) == ([], [])


@pytest.mark.parametrize(
    "name",
    ["~$report.docx", ".~lock.report.docx#", "Thumbs.db", "thumbs.DB", "desktop.ini", ".DS_Store", "._a.txt", "a.txt~"],
)
def test_what_systems_and_programs_leave_behind_is_passed_over_in_silence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "b.txt").write_text("Ships left.")
    (tmp_path / "a.txt").write_text("Ships left.")
    files, skipped = list_files(tmp_path)
    assert ([file.path for file in files], skipped) == (["a.txt"], [])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("table.xls", b"x", f".xls files are not read: use {NAMED_SUFFIXES}"),
        ("README", b"x", f"files without a suffix are not read: use {NAMED_SUFFIXES}"),
        ("empty.txt", b"", "is empty: write something into it, or remove it"),
        ("big.txt", b"x" * 1_100_001, "is larger than 1 MB (1.2 MB): split it, or raise QA_MAX_MB"),
    ],
)
def test_what_is_left_out_is_named_with_a_reason(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text("Ships left.")
    files, skipped = list_files(tmp_path, limit_bytes=1_000_000)
    assert [file.path for file in files] == ["good.txt"]
    assert skipped == [Skipped(name, reason)]


def test_the_advice_names_every_format_that_is_read() -> None:
    named = ".csv .docx .eml .epub .html .json .jsonl .mbox .md .odt .pdf .rtf .tsv .txt".split()
    assert sorted(NAMED_SUFFIXES.replace(" or ", ", ").split(", ")) == named


def test_links_and_pipes_never_stop_the_walk(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "folder.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "good.txt").write_text("Ships left.")
    (tmp_path / "link.txt").symlink_to(tmp_path / "good.txt")
    files, skipped = list_files(tmp_path)
    assert [file.path for file in files] == ["good.txt", "link.txt"]
    reasons = {file.path: file.reason for file in skipped}
    assert reasons.keys() == {"gone.txt", "inner/loop", "pipe.txt", "self.txt"}
    assert "link to a folder" in reasons["inner/loop"]
    assert "link to nothing" in reasons["gone.txt"]
    assert "not a regular file" in reasons["pipe.txt"]
    assert "cannot be read" in reasons["self.txt"]


def test_a_link_that_leaves_the_folder_is_named_and_passed_over(tmp_path: Path) -> None:
    folder, outside = tmp_path / "articles", tmp_path / "secrets"
    for place in (folder, outside):
        place.mkdir()
        (place / "told.txt").write_text("The pier of Norl burned.")
    (folder / "out.txt").symlink_to(outside / "told.txt")
    (folder / "round.txt").symlink_to(folder / ".." / "secrets" / "told.txt")
    (folder / "twice.txt").symlink_to(folder / "out.txt")
    (folder / "in.txt").symlink_to(Path("..") / "articles" / "told.txt")
    (folder / "hard.txt").hardlink_to(outside / "told.txt")
    beside = tmp_path / "articles-too"  # its name begins as that of the folder
    beside.mkdir()
    (beside / "told.txt").write_text("The pier of Norl burned.")
    (folder / "beside.txt").symlink_to(beside / "told.txt")
    linked = tmp_path / "linked"
    linked.symlink_to(folder, target_is_directory=True)  # the folder itself may be named by a link
    for named in (folder, linked):
        files, skipped = list_files(named)
        assert [file.path for file in files] == ["hard.txt", "in.txt", "told.txt"]
        assert {file.path for file in skipped} == {"beside.txt", "out.txt", "round.txt", "twice.txt"}
        assert all("is a link that leaves the folder" in file.reason for file in skipped)
        assert all(read_article(named, file).text for file in files)


def test_a_folder_that_became_a_link_since_it_was_listed_is_not_followed(tmp_path: Path) -> None:
    for place in (tmp_path / "articles" / "inner", tmp_path / "secrets"):
        place.mkdir(parents=True)
        (place / "told.txt").write_text("The pier of Norl burned.")
    (file,), _ = list_files(tmp_path / "articles")
    (tmp_path / "articles" / "inner").rename(tmp_path / "before")
    (tmp_path / "articles" / "inner").symlink_to(tmp_path / "secrets", target_is_directory=True)
    with pytest.raises(UnreadableFile, match="leaves the folder"):
        read_article(tmp_path / "articles", file)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_or_folder_without_permission_is_named(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut" / "a.txt").write_text("Ships left.")
    (tmp_path / "secret.txt").write_text("Ships left.")
    (tmp_path / "shut").chmod(0)
    (tmp_path / "secret.txt").chmod(0)
    try:
        files, skipped = list_files(tmp_path)
    finally:
        (tmp_path / "shut").chmod(0o700)
    assert files == []
    assert [(file.path, "Permission denied" in file.reason) for file in skipped] == [
        ("secret.txt", True),
        ("shut", True),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"two words.txt",
        "stürm \U0001f30a.txt".encode(),
        b"new\nline.txt",
        b"caf\xe9.txt",
        b"caf\\udce9.txt",
        b"back\\slash.txt",
        b"n" * 251 + b".txt",
    ],
)
def test_odd_names_are_listed_and_read(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / os.fsdecode(raw)).write_text("Ships left.")
    [file], skipped = list_files(tmp_path)
    assert skipped == []
    assert "\n" not in file.path
    assert file.path.encode().decode() == file.path
    article = read_article(tmp_path, file)
    assert (article.path, article.text) == (file.path, "Ships left.")


def test_two_odd_names_never_get_one_path(tmp_path: Path) -> None:
    for raw in (b"caf\xe9.txt", b"caf\\udce9.txt", b"caf\\u005cudce9.txt"):
        (tmp_path / os.fsdecode(raw)).write_text("Ships left.")
    files, _ = list_files(tmp_path)
    assert len({file.path for file in files}) == len({file.id for file in files}) == 3


@pytest.mark.parametrize("name", ["missing", "file.txt", "nul\0"])
def test_a_folder_that_cannot_be_used_is_a_clear_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("Ships left.")
    with pytest.raises(ArticlesError, match=r"cannot be used .*QA_ARTICLES") as caught:
        list_files(tmp_path / name)
    assert tmp_path.name in str(caught.value)


def test_a_file_that_goes_or_changes_after_listing_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ships left.")
    [file], _ = list_files(tmp_path)
    (tmp_path / "a.txt").write_text("Ships came.")
    with pytest.raises(UnreadableFile, match="changed"):
        read_article(tmp_path, file)
    with pytest.raises(UnreadableFile, match="larger than"):
        read_article(tmp_path, file, limit_bytes=5)
    (tmp_path / "a.txt").unlink()
    with pytest.raises(UnreadableFile, match="no longer there"):
        read_article(tmp_path, file)


# Plain text


def test_a_news_export_gives_title_facts_headings_and_no_advertising(tmp_path: Path) -> None:
    article = read(tmp_path, "news.txt", NEWS)
    assert article.title == "Ferries Return to Mirna as the Long Storm Moves East"
    assert (article.source, article.author, article.published) == ("Coast Post", "Ana Ruiz", None)
    lines = NEWS.split("\n")
    assert article.text.split("\n\n") == [lines[1], lines[2], f"## {lines[4]}", lines[5], lines[6]]


def test_a_text_without_a_title_line_gets_one_from_its_first_sentence(tmp_path: Path) -> None:
    article = read(
        tmp_path,
        "a.txt",
        "An undisclosed number of harbour pilots at the port of Mirna have chosen to stay "
        "at home this week. They fear the wind.\nPilots Stay at Home\nThe harbour master said so on Monday.",
    )
    assert article.title == "An undisclosed number of harbour pilots at the port of Mirna have chosen to…"
    assert article.text.startswith("An undisclosed number")
    assert "\n\n## Pilots Stay at Home\n\n" in article.text


def test_a_single_line_is_text_and_title(tmp_path: Path) -> None:
    article = read(tmp_path, "a.txt", "Ships left the port")
    assert (article.title, article.text) == ("Ships left the port", "Ships left the port")


@pytest.mark.parametrize(
    ("line", "fact", "value"),
    [
        ("By Ana Ruiz", "author", "Ana Ruiz"),
        ("By Ana Ruiz and Jo de la Cruz, Coast Post", "author", "Ana Ruiz and Jo de la Cruz, Coast Post"),
        ("Author: Ana Ruiz", "author", "Ana Ruiz"),
        ("This story was originally published by Coast Post.", "source", "Coast Post"),
        ("Source: Coast Post", "source", "Coast Post"),
        ("Source: https://coast.example/a?b=1", "url", "https://coast.example/a?b=1"),
        ("Published: March 7, 2024", "published", date(2024, 3, 7)),
        ("Published on Thursday, 7 March 2024 at 9:26 p.m. EST", "published", date(2024, 3, 7)),
        ("Published 2024-03-07T23:30:00-05:00", "published", date(2024, 3, 7)),
        ("March 7, 2024", "published", date(2024, 3, 7)),
        ("Last updated: March 7, 2024", "published", date(2024, 3, 7)),
    ],
)
def test_a_line_of_its_own_tells_a_fact_and_leaves_the_text(
    tmp_path: Path, line: str, fact: str, value: object
) -> None:
    article = read(tmp_path, "a.txt", f"Ferries Return to Mirna\n{line}\nThe port of Mirna opened again on Thursday.")
    assert getattr(article, fact) == value
    assert article.text == "The port of Mirna opened again on Thursday."


@pytest.mark.parametrize(
    "line",
    [
        "Published: March 7",
        "Published: March 2024",
        "Published: 3/7/24",
        "Updated plans for the 2024 season are on the table.",
        "By Monday the port was open.",
        "By noon the wind had dropped, the harbour master said.",
        "Source material was lost in the fire of 2021, the museum said.",
        "The crew shouted “Subscribe to hope!” and left.",
        "Watch officers saw the light first.",
        "We baked cookies for the crew, the cook said.",
        "Follow us on foot, the guide told them.",
        "Related work on the west pier goes on.",
        "Next: at Mirna, Saturday 2 p.m.",
        "Harbour master Lida Moss: The pier holds",
        "The Associated Press reported the storm first.",
    ],
)
def test_reporting_that_looks_like_a_fact_or_an_advertisement_stays(tmp_path: Path, line: str) -> None:
    article = read(tmp_path, "a.txt", f"Ferries Return to Mirna\n{line}\nThe port of Mirna opened again on Thursday.")
    assert line in article.text
    assert (article.author, article.source, article.published) == ("", "", None)


@pytest.mark.parametrize(
    "line",
    [
        "READ MORE: Ten storms",
        "Related: Ten storms",
        "RELATED STORIES",
        "Advertisement",
        "Subscribe to our newsletter.",
        "Story continues below advertisement",
        "Click here to see the pictures",
        "Follow us on Facebook and X",
        "© 2024 Coast Post. All rights reserved.",
        "We use cookies to make this site better.",
        "Sign up here to get daily news alerts.",
        "More: Ten storms",
        "Coming storms:How to prepare for the next one",
        "London CNN —",
        "The Associated Press",
        "Contact Ana Ruiz at 555-0100. Follow her on Twitter @ana.",
        "Video Ad Feedback A ferry leaves in the storm 02:19 - Source: CNN",
    ],
)
def test_boilerplate_lines_are_dropped(tmp_path: Path, line: str) -> None:
    body = ["The port of Mirna opened again on Thursday.", "Ships left."]
    assert read(tmp_path, "a.txt", f"{body[0]}\n{line}\n{body[1]}").text.split("\n\n") == body


BODY = "The port of Mirna opened again on Thursday."


@pytest.mark.parametrize(
    "line",
    [
        # Links whose text ran into their label, and labels that only links have.
        "Storm season 2024:Will the pier hold? What the engineers of St. Mirna say",
        "More: The storm has gone. The bill has not.",
        "BEHIND THE STORM:How the harbour was closed in an hour. See the list.",
        "OPINION: The east pier should stay closed",
        "BACKGROUND: How the pier was built",
        "FERRY CENTRAL: Timetables, prices, ships and more.",
        "More ferries: https://apnews.com/hub/ferries and https://twitter.com/ferries",
        # Calls to subscribe and to support.
        "Do you like ships? Subscribe to our Harbour Notes newsletter.",
        "A version of this story appeared in the Tides newsletter. To get it in your inbox, sign up for free here.",
        "Thank you for supporting our journalism.",
        "Support local journalism. Subscribe to coast.example today.",
        "Wind and waves tomorrow? Check your local forecast here.",
        # How to reach whom.
        "Ana Ruiz covers ports for the Coast Post. She can be reached at aruiz@coast.example or 555-0100.",
        "Ana Ruiz is a reporter. Follow her on Twitter @ana.",
        "Contact Ana Ruiz at aruiz@coast.example",
        "Email: aruiz@coast.example",
        "Twitter: @ana",
        "Got a tip about the harbour? Write to tips@coast.example.",
        "Contributing: Jo Cruz, Coast Post",
        "Jo Cruz contributed to this report.",
        # What a page says about itself.
        "This story has been updated with additional information.",
        "Editor's note: For the latest news on the storm, see our live updates here.",
        "How relevant is this ad to you?",
        "Coast Post may earn revenue from ferry operators for audience referrals. " + "Terms apply. " * 20,
        "Coast Weather is a Coast Post content partner offering news of the wind.",
        "Name: Your Email Address Contact me with news and offers " + "from the brands of the coast " * 10,
        "Port coverage at the Coast Post is made possible in part by a grant from the Pier Trust.",
        "♦",
        "=====",
    ],
)
def test_what_a_site_says_about_itself_is_dropped(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, "a.txt", f"{BODY}\n{line}\nShips left.").text.split("\n\n") == [BODY, "Ships left."]


@pytest.mark.parametrize(
    "line",
    [
        "Models affected: certain pumps of 2023",
        "Mirna:A fire that began on the east pier drove 250 people from their homes, the harbour master said.",
        "MOSS: I would like to point out that the pier is old.",
        "WHERE: East Pier, Mirna",
        "Background: harbour master since 2010",
        "Opinion: An earlier version of this column gave the wrong year. It was 2010.",
        "She asked them to subscribe to his newsletter for 5 pounds a year.",
        "The law would support local journalism with 2 million pounds.",
        "Anyone with information is asked to contact Sgt. Moss at 555-0100 or email him at moss@mirna.example.",
        "You may give your email address if you want news of the ferry.",
        "“Sign up here,” the sign on the pier said.",
        "This story has been updated to correct the name of the pier.",
        "The hotel said visitors may earn points for every ferry.",
        "The museum is supported in part by a grant from the Pier Trust.",
        "The transcript was read out in court.",
    ],
)
def test_reporting_that_looks_like_a_message_of_the_site_stays(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, "a.txt", f"{BODY}\n{line}\nShips left.").text == f"{BODY}\n\n{line}\n\nShips left."


def test_headlines_below_a_label_are_dropped_up_to_the_next_sentence(tmp_path: Path) -> None:
    links = "READ MORE:\nTen storms that changed the coast\nWhy the pier was built of wood\n"
    assert read(tmp_path, "a.txt", f"{BODY}\n{links}Ships left.").text.split("\n\n") == [BODY, "Ships left."]


def test_a_beginning_that_repeats_the_block_before_is_dropped(tmp_path: Path) -> None:
    listed = "Two ships stayed in the port of Mirna for the night, the harbour master said."
    text = f"{BODY} {listed}\n\n{listed} Nobody was hurt.\n\nShips left."
    assert read(tmp_path, "a.md", text).text.split("\n\n") == [f"{BODY} {listed}", "Nobody was hurt.", "Ships left."]


def test_sentences_that_lost_the_space_between_them_get_it_back(tmp_path: Path) -> None:
    text = "The port opened.The wind had gone, and “all was well.”Nobody slept. See Example.Com or St.Louis."
    wanted = "The port opened. The wind had gone, and “all was well.” Nobody slept. See Example.Com or St.Louis."
    assert read(tmp_path, "a.txt", text).text == wanted


def test_escaped_punctuation_is_read_outside_addresses_only(tmp_path: Path) -> None:
    text = "It cost 1%2C500 pounds%3A the %22pier%22 is 100% new. See https://a.example/a%20b?c=%22d%22 for more."
    wanted = 'It cost 1,500 pounds: the "pier" is 100% new. See https://a.example/a%20b?c=%22d%22 for more.'
    assert read(tmp_path, "a.txt", text).text == wanted


@pytest.mark.parametrize(
    ("top", "author"),
    [
        ("Ana Ruiz\n\nThe Coast Journal\n\n", "Ana Ruiz"),
        ("Ana Ruiz and Jo de la Cruz\n\naruiz@coast.example\n\n", "Ana Ruiz and Jo de la Cruz"),
        ("ANA RUIZ\n\n", ""),
    ],
)
def test_a_name_above_the_outlet_is_the_author(tmp_path: Path, top: str, author: str) -> None:
    article = read(tmp_path, "a.md", f"---\ntitle: Ferries\n---\n{top}{BODY}")
    assert article.author == author
    assert article.text == (BODY if author else top + BODY)


def test_a_name_above_a_dateline_is_the_author(tmp_path: Path) -> None:
    article = read(tmp_path, "a.md", f"---\ntitle: Ferries\n---\nAna Ruiz\n\nMIRNA (AP) — {BODY}")
    assert (article.author, article.text) == ("Ana Ruiz", f"MIRNA (AP) — {BODY}")


# Kinds of pages

PLAYER = "How relevant is this ad to you?\n\nVideo player was slow to load content Ad froze Other issues"


def test_a_page_that_holds_only_a_message_of_its_site_is_refused(tmp_path: Path) -> None:
    reason = refusal(tmp_path, "a.md", f"---\ntitle: Ferry sinks\n---\n{PLAYER}")
    assert reason == "holds only a message of its site (a player, a form): save the article itself"


def kind_of(folder: Path, title: str, text: str = BODY, url: str = "https://a.example/b") -> str:
    return read(folder, "a.md", f'---\ntitle: "{title}"\nurl: {url}\n---\n{text}').kind


@pytest.mark.parametrize(
    "title",
    ["Storm in Mirna", "Ferry goes live on Monday", "Five things to know about ferries", "All 50 states have piers"],
)
def test_a_short_report_is_an_article(tmp_path: Path, title: str) -> None:
    assert kind_of(tmp_path, title) == "article"
    assert read(tmp_path, "b.txt", "Ships left the port.").kind == "article"


@pytest.mark.parametrize(
    "title",
    [
        "Storm live updates: pier falls",
        "Mirna storm updates: Pier falls",
        "The Latest: Pier falls",
        "LIVE: The ferry debate",
    ],
)
def test_a_title_tells_a_live_blog(tmp_path: Path, title: str) -> None:
    assert kind_of(tmp_path, title) == "live blog"


def test_an_address_or_its_clocks_tell_a_live_blog_and_its_signatures_go(tmp_path: Path) -> None:
    assert kind_of(tmp_path, "Pier falls", url="https://a.example/2024/03/07/pier-live-updates/1/") == "live blog"
    entries = "".join(f"{hour}:15 p.m.\n\n{BODY}\n\n– Ana Ruiz\n\n" for hour in range(1, 10))
    assert kind_of(tmp_path, "Pier falls", entries) == "live blog"
    assert "Ana Ruiz" not in read(tmp_path, "a.md", f"---\ntitle: Pier falls\n---\n{entries}").text
    assert (
        kind_of(tmp_path, "Pier falls, ferries stop: Updates", f"{BODY}\n\n– Ana Ruiz\n\n{BODY}\n\n– Li Wen")
        == "live blog"
    )
    guide = "".join(f"When: {hour} p.m. at the east pier\n\n{BODY}\n\n" for hour in range(1, 10))
    assert kind_of(tmp_path, "Ferry guide", guide) == "article"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Ships, a whale: News from around our 50 states", BODY),
        ("Corrections & Clarifications 2024", BODY),
        ("5 things to know for March 7: Storm, ferries", BODY),
        ("Quiz of the week: 1 - 7 March", BODY),
        ("Photos: The storm in Mirna", BODY),
        ("The storm of Mirna – in pictures", BODY),
        ("Daily Briefing: Ships", BODY),
        ("The Coast podcast: Ships left", BODY),
        ("Letters to the editor: Save the pier", BODY),
        ("Storm, ferries, pier", f"{BODY}\n\nHere are Thursday's top stories.\n\nShips left."),
    ],
)
def test_a_page_of_many_stories_is_a_digest(tmp_path: Path, title: str, text: str) -> None:
    assert kind_of(tmp_path, title, text) == "digest"


@pytest.mark.parametrize("text", ["The ferries would bring:", f"{BODY}\n\n{PLAYER}"])
def test_a_few_words_whose_end_is_missing_are_a_stub(tmp_path: Path, text: str) -> None:
    assert kind_of(tmp_path, "What the ferries bring", text) == "stub"


def test_published_wins_over_updated(tmp_path: Path) -> None:
    text = "Ferries Return\nUpdated: March 9, 2024\nPublished: March 7, 2024\nThe port of Mirna opened on Thursday."
    assert read(tmp_path, "a.txt", text).published == date(2024, 3, 7)
    text = "Ferries Return\nBy Ana Ruiz | March 7, 2024 Updated March 9, 2024\nThe port of Mirna opened on Thursday."
    article = read(tmp_path, "b.txt", text)
    assert (article.author, article.published) == ("Ana Ruiz", date(2024, 3, 7))


def test_hard_wrapped_lines_are_joined_into_paragraphs(tmp_path: Path) -> None:
    text = (
        "Ferries Return to Mirna\n"
        "By Ana Ruiz\n\n"
        "The port of Mirna opened again on Thursday after three days of high\n"
        "winds, the harbour master said, and the first ferry left at noon with a\n"
        "Kenya-\n"
        "led crew.\n\n"
        "What Comes Next\n\n"
        "A second storm is expected on Sunday, and the port may close again if\n"
        "winds pass 90 km/h.\n"
    )
    article = read(tmp_path, "a.txt", text)
    assert (article.title, article.author) == ("Ferries Return to Mirna", "Ana Ruiz")
    assert article.text.split("\n\n") == [
        "The port of Mirna opened again on Thursday after three days of high winds, the harbour master said, and the "
        "first ferry left at noon with a Kenya-led crew.",
        "## What Comes Next",
        "A second storm is expected on Sunday, and the port may close again if winds pass 90 km/h.",
    ]


def test_a_list_of_short_lines_is_not_made_of_headings(tmp_path: Path) -> None:
    text = "The cargo was this.\nRice and beans\nTwo old cars\nForty sacks of corn\nNobody came for it."
    assert "## " not in read(tmp_path, "a.txt", text).text


def test_number_signs_in_text_do_not_become_headings_by_accident(tmp_path: Path) -> None:
    text = "The port opened on Thursday.\n# Repairs to the pier\nWorkers came.\n## It was cold, and it rained.\nShips."
    article = read(tmp_path, "a.txt", text)
    assert article.text.split("\n\n")[1:4] == ["## Repairs to the pier", "Workers came.", "It was cold, and it rained."]


def test_characters_that_cannot_be_seen_are_removed(tmp_path: Path) -> None:
    text = (
        "The \u202eport\u202c\u00a0of  Mir\u00adna\u200b &amp; &quot;Lida&quot; sank.\r\n\r\n\r\nCafe\u0301\x07 shut."
    )
    assert read(tmp_path, "a.txt", text).text == 'The port of Mirna & "Lida" sank.\n\nCafé shut.'


def test_joiners_inside_persian_words_and_emoji_stay() -> None:
    assert clean("می\u200cخواهم 👨\u200d👩\u200d👧 a\u200db") == "می\u200cخواهم 👨\u200d👩\u200d👧 ab"


# Encodings

FRENCH = (
    "Le président a déclaré que la mission serait retardée. « Nous n’avons pas de navires », a ajouté Moïse à Genève."
)
RUSSIAN = "Порт Мирны снова открылся в четверг после трёх дней сильного ветра, сообщил начальник порта."
JAPANESE = "ミルナの港は三日間の強風のあと木曜日に再開したと当局が発表した。船は正午に出た。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        ("Moïse was killed.", "cp1252"),
        ("“Nothing has changed” – the café’s owner said. Fishing costs £5 more.", "cp1252"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        (FRENCH, "utf-32"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "utf-16"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, text: str, encoding: str) -> None:
    assert read(tmp_path, "a.txt", text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_front_matter_is_found_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    article = read(tmp_path, "a.md", f"---\r\ntitle: Genève\r\n---\r\n{FRENCH}".encode(encoding))
    assert (article.title, article.text) == ("Genève", FRENCH)


def test_a_declared_encoding_counts_for_pages(tmp_path: Path) -> None:
    page = f'<html><head><meta charset="windows-1251"><title>Порт</title></head><body><p>{RUSSIAN}</p></body></html>'
    assert read(tmp_path, "a.html", page.encode("cp1251")).text == RUSSIAN


def test_a_damaged_byte_does_not_spoil_the_rest(tmp_path: Path) -> None:
    article = read(tmp_path, "a.txt", FRENCH.encode() * 9 + b"\xff.")
    assert article.text.startswith(FRENCH)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0",
        bytes(range(256)) * 4,
        b"\1\2\3\4ab" * 50,
        b"text\0with\0holes in it \xff",
        pdf("x"),
    ],
)
def test_binary_content_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "is binary" in refusal(tmp_path, "a.txt", content)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_file_without_words_is_refused(tmp_path: Path, name: str) -> None:
    assert "has no" in refusal(tmp_path, name, " \n\n --- \n\u200b\n")


# Markdown


def test_a_text_file_may_have_front_matter_too(tmp_path: Path) -> None:
    text = (
        "---\ntitle: Tram opens\nsource: City Wire\npublished: 2024-03-07\n---\nThe tram opened on Thursday, she said."
    )
    (tmp_path / "a.txt").write_text(text)
    (file,), _ = list_files(tmp_path)
    article = read_article(tmp_path, file)
    assert (article.title, article.source, article.published) == ("Tram opens", "City Wire", date(2024, 3, 7))
    assert article.text == "The tram opened on Thursday, she said."


def test_front_matter_gives_the_facts(tmp_path: Path) -> None:
    article = read(
        tmp_path,
        "a.md",
        "---\ntitle: 'Ferries: a return'\nOutlet: Coast Post\nauthors: [Ana Ruiz, Jo Cruz]\n"
        "date: 2024-03-07T23:30:00-05:00\nlink: https://coast.example/a\n---\n# Ferries: a return\n\nShips left.\n",
    )
    assert article == Article(
        id=article.id,
        text="Ships left.",
        title="Ferries: a return",
        source="Coast Post",
        author="Ana Ruiz, Jo Cruz",
        published=date(2024, 3, 7),
        url="https://coast.example/a",
        path="a.md",
    )


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("2024-03-07", date(2024, 3, 7)),
        ('"7 March 2024"', date(2024, 3, 7)),
        ("2024", None),
        ("soon", None),
        ("[1]", None),
    ],
)
def test_front_matter_dates(tmp_path: Path, written: str, published: date | None) -> None:
    assert read(tmp_path, "a.md", f"---\npublished: {written}\n---\nShips left.").published == published


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Ferries return to Mirna as the ...", "Ferries return to Mirna as the…"),
        ("Ferries return to Mirna | CNN ...", "Ferries return to Mirna"),
        ("Ferries return to Mirna - Coast Post", "Ferries return to Mirna"),
        ("Ferries &amp; storms", "Ferries & storms"),
        ("News | Ferries", "News | Ferries"),
    ],
)
def test_a_title_comes_without_the_site_and_the_dots_of_a_search_engine(
    tmp_path: Path, written: str, title: str
) -> None:
    assert read(tmp_path, "a.md", f"---\ntitle: {written}\nsource: Coast Post\n---\nShips left.").title == title


def test_a_heading_above_the_text_tells_where_the_title_ends_and_the_site_begins(tmp_path: Path) -> None:
    article = read(tmp_path, "a.md", "---\ntitle: Ships sail | Coast Post\n---\n# Ships sail\n\nShips left.")
    assert (article.title, article.text) == ("Ships sail", "Ships left.")


def test_headings_are_found_in_markdown_that_marks_none(tmp_path: Path) -> None:
    body = "Ships left.\n\nRepairs\n\nWorkers came.\n\nThe pier in June. Ana Ruiz/Coast Post\n\nIt was cold."
    body += "\n\nWhere: East Pier\n\nIt was wet."
    text = read(tmp_path, "a.md", f"---\ntitle: Ferries\n---\n{body}").text
    assert text == body.replace("Repairs", "## Repairs")


@pytest.mark.parametrize("matter", ["title: 'open", "a: b: c", "- a\n- b", "\tx: 1", "[" * 1000])
def test_broken_front_matter_is_said_to_be_so(tmp_path: Path, matter: str) -> None:
    assert "broken YAML front matter" in refusal(tmp_path, "a.md", f"---\n{matter}\n---\nShips left.")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://coast.example/a", "https://a b", "coast.example"])
def test_only_web_addresses_are_kept(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, "a.md", f"---\nurl: '{url}'\n---\nShips left.").url == ""


def test_long_facts_are_cut(tmp_path: Path) -> None:
    article = read(tmp_path, "a.md", f'---\ntitle: {"word " * 200}\nauthor: "two\\nlines"\n---\nShips left.')
    assert len(article.title) <= 300
    assert article.title.endswith("word…")
    assert article.author == "two lines"


def test_markdown_marks_are_dropped_so_that_quotes_read_as_text(tmp_path: Path) -> None:
    article = read(
        tmp_path,
        "a.md",
        '# Ferries return\n\nThe **port** of *Mirna* [opened](https://a.example/b_(c) "t") again,\n'
        "said the `harbour_master`.\n![A ferry](x.jpg)\n\n> Nobody slept,\n> nobody _complained_.\n\n"
        "* One ship\n* Two __ships__\n\n1. First\n2. Second\n\nSetext\n------\n\n"
        "It costs 5 * 3 * 2 or snake_case_name \\*here\\*.\n\n***\n\n#### Deep #\n\n```\ncode\n```\n\n## Empty\n",
    )
    assert article.title == "Ferries return"
    assert article.text.split("\n\n") == [
        "The port of Mirna opened again, said the harbour_master.",
        "Nobody slept, nobody complained.",
        "One ship",
        "Two ships",
        "1. First",
        "2. Second",
        "## Setext",
        "It costs 5 * 3 * 2 or snake_case_name *here*.",
        "## Deep",
        "code",
    ]


def test_the_numbers_of_a_ranking_are_kept(tmp_path: Path) -> None:
    text = "11. Mirna\n12. Elin (tie)\n\n12. Sola (tie)"
    assert read(tmp_path, "a.md", text).text.split("\n\n") == ["11. Mirna", "12. Elin (tie)", "12. Sola (tie)"]


def test_a_number_that_begins_a_wrapped_line_is_kept(tmp_path: Path) -> None:
    assert read(tmp_path, "a.md", "It opened on March\n7. Ships left.").text == "It opened on March 7. Ships left."


# Web pages

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Port reopens after storm | Harbour Times</title>
<meta property="og:title" content="Port reopens after storm | Harbour Times">
<meta property="og:site_name" content="Harbour Times"><meta name="author" content="Ana Ruiz">
<link rel="canonical" href="https://harbour.example/port">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle",
"datePublished":"2024-03-07T23:30:00-05:00","dateModified":"2024-03-09T08:00:00Z"}</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>
<div class="cookie-consent"><p>We use cookies to improve your experience.</p><button>Accept</button></div>
<main><article><h1>Port reopens after storm</h1><p class="byline">By Ana Ruiz</p>
<p>The port of Mirna opened again on Thursday after three days of <b>high</b>
winds, the harbour master said, and the first ferry left at noon with 312&nbsp;passengers.</p>
<h2>Repairs to the pier</h2>
<p>Workers replaced 40 metres overnight. &ldquo;We had no <a href="/p">pumps</a> left,&rdquo; engineer Moss said.</p>
<blockquote><p>Nobody slept.</p></blockquote><p>READ MORE: <a href="/a">Storm in pictures</a></p>
<script>track()</script><ul><li>The east pier is closed.</li></ul></article>
<aside class="related"><h3>Related stories</h3><ul><li><a href="/b">Ten beaches to see</a></li></ul></aside>
<section id="comments"><p>I was there and it was wet, what a storm that was.</p></section></main>
<footer><p>© 2024 Harbour Times. All rights reserved.</p></footer></body></html>"""


def test_a_page_gives_its_main_text_and_facts(tmp_path: Path) -> None:
    article = read(tmp_path, "a.html", PAGE)
    assert (article.title, article.source, article.author) == ("Port reopens after storm", "Harbour Times", "Ana Ruiz")
    assert (article.published, article.url) == (date(2024, 3, 7), "https://harbour.example/port")
    assert article.text.split("\n\n") == [
        "The port of Mirna opened again on Thursday after three days of high winds, the harbour master said, and the "
        "first ferry left at noon with 312 passengers.",
        "## Repairs to the pier",
        "Workers replaced 40 metres overnight. “We had no pumps left,” engineer Moss said.",
        "Nobody slept.",
        "The east pier is closed.",
    ]


def test_a_short_page_is_read_and_no_date_is_guessed_from_its_text(tmp_path: Path) -> None:
    page = "<title>Short news</title><h1>Short news</h1><p>The port closed on Monday. It opened on 3 May 2021.</p>"
    article = read(tmp_path, "a.htm", page)
    assert (article.title, article.published) == ("Short news", None)
    assert article.text == "The port closed on Monday. It opened on 3 May 2021."


@pytest.mark.parametrize("page", ["<html></html>", "<div>" * 5000, "<script>x()</script>", "no page"])
def test_a_page_without_text_is_refused(tmp_path: Path, page: str) -> None:
    assert "has no" in refusal(tmp_path, "a.html", page)


# PDF and Word


def test_a_pdf_is_read_in_paragraphs(tmp_path: Path) -> None:
    article = read(
        tmp_path,
        "a.pdf",
        pdf(
            "The port of Mirna opened again on Thursday after three days of high inter-",
            "national tension and wind, the harbour master said.",
            "Ships left.",
            "A second storm is expected on Sunday, and the port may close again if the",
            "wind rises.",
            "12",
            title="Ferries return",
        ),
    )
    assert (article.title, article.author, article.published) == ("Ferries return", "", None)
    assert article.text.split("\n\n") == [
        "The port of Mirna opened again on Thursday after three days of high international tension and wind, the "
        "harbour master said.",
        "Ships left.",
        "A second storm is expected on Sunday, and the port may close again if the wind rises.",
    ]


def test_a_senseless_title_of_a_pdf_is_not_used(tmp_path: Path) -> None:
    article = read(tmp_path, "a.pdf", pdf("Ships left the port of Mirna.", title="Microsoft Word - draft2.docx"))
    assert article.title == "Ships left the port of Mirna."


def test_pdfs_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    assert "OCR" in refusal(tmp_path, "scan.pdf", pdf())
    assert "encrypted" in refusal(tmp_path, "locked.pdf", pdf("Ships left.", password="secret"))
    assert "is a broken .pdf file" in refusal(tmp_path, "broken.pdf", b"%PDF-1.7 nothing")
    assert "is a broken .pdf file" in refusal(tmp_path, "cut.pdf", pdf("Ships left.")[:200])


def test_a_word_file_gives_headings_and_properties(tmp_path: Path) -> None:
    content = word(
        ("Title", "Ferries return"),
        ("Normal", "The port of Mirna opened again."),
        ("Heading 2", "Repairs"),
        ("Normal", "# Not a heading\nSecond line."),
        author="Ana Ruiz",
    )
    article = read(tmp_path, "a.docx", content)
    assert (article.title, article.author) == ("Ferries return", "Ana Ruiz")
    assert article.text.split("\n\n") == [
        "The port of Mirna opened again.",
        "## Repairs",
        "Not a heading",
        "Second line.",
    ]


def test_word_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as part:
        for _ in range(101):
            part.write(bytes(1_000_000))
    assert "unpacks to more than 100 MB" in refusal(tmp_path, "bomb.docx", bomb.getvalue())
    assert "old .doc" in refusal(tmp_path, "old.docx", b"\xd0\xcf\x11\xe0" + bytes(600))
    assert "is a broken .docx file" in refusal(tmp_path, "broken.docx", word(("Normal", "Ships left."))[:-30])
    assert "has no words" in refusal(tmp_path, "blank.docx", word(("Normal", " ")))


# Whatever the bytes

SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx")
SAMPLES = {".html": PAGE.encode(), ".pdf": pdf("Ships left."), ".docx": word(("Normal", "Ships left."))}


def check_any(folder: Path, suffix: str, content: bytes) -> None:
    file = folder / f"any{suffix}"
    file.write_bytes(content)
    for found in list_files(folder)[0]:
        assert isinstance(found, ArticleFile)
        try:
            article = read_article(folder, found)
        except UnreadableFile as error:
            reason = str(error)
        else:
            reason = ""
            assert article == read_article(folder, found)
            assert len(article.id) == 32
            assert article.text == clean(article.text)
            assert all(line == line.strip() for line in article.text.split("\n"))
            assert article.title
            for fact in (article.title, article.source, article.author):
                assert len(fact) <= 300
                assert fact == clean(fact)
                assert "\n" not in fact
        assert not reason or reason.isprintable()
    file.unlink()


@pytest.mark.parametrize("suffix", SUFFIXES)
@QUICK
@given(content=st.binary(max_size=300))
def test_any_bytes_give_an_article_or_a_reason(tmp_path: Path, suffix: str, content: bytes) -> None:
    check_any(tmp_path, suffix, content)


@pytest.mark.parametrize("suffix", sorted(SAMPLES))
@QUICK
@given(data=st.data())
def test_any_damage_gives_an_article_or_a_reason(tmp_path: Path, suffix: str, data: st.DataObject) -> None:
    content = bytearray(SAMPLES[suffix])
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    check_any(tmp_path, suffix, bytes(content))


ODD = "aZé1 .\n\r\t#-*_[]()`>:|,\"'&\u0301\u200b\u200d\u202e\u00ad\u00a0\u2028\ufeff\x00\x0b字"
ODD_TEXT = st.text(st.sampled_from(ODD), max_size=80)
LINES = [*NEWS.split("\n"), "---", "title: x", "Published: 1 May 2024"]


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@QUICK
@given(lines=st.lists(ODD_TEXT | st.sampled_from(LINES), max_size=8))
def test_any_text_gives_an_article_or_a_reason(tmp_path: Path, suffix: str, lines: list[str]) -> None:
    check_any(tmp_path, suffix, "\n".join(lines).encode())


@settings(max_examples=300, deadline=None)
@given(text=ODD_TEXT | st.text())
@example(text="e\u200d\u0301\u200dé")
@example(text="\u212b\u2000\u037e\u00ad\n\r\n")
def test_clean_text_is_a_fixed_point_of_cleaning(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_parsers_do_not_write_to_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("pypdfium2").warning("noise")
    refusal(tmp_path, "broken.pdf", b"%PDF-1.7 nothing")
    refusal(tmp_path, "broken.html", "<html></html>")
    assert capfd.readouterr() == ("", "")

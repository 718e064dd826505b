"""What a person can do in the reading room, point by point, on a desktop and on a phone; pictures go to artifacts/."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import DESKTOP, PHONE, QUESTION, Visit, ask, finished, folder_of, is_in_view, opened, picture
from model_server import ModelServer
from playwright.sync_api import Page, expect

from qa import receipt
from qa.chain import Chain
from qa.cli import main
from qa.config import Settings
from qa.web.talk import CHANGED

both = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])

HARBOUR = {
    "monday": """---
title: Fire at the harbour of Elin
source: Elin Courier
published: 2024-03-04
url: https://courier.example/fire
---
A fire broke out in the harbour of Elin on Monday night. The fire destroyed 12 boats, harbour master Ole Brandt said.

Ole Brandt, the harbour master, closed the port to all ships.
""",
    "tuesday": """---
title: More boats lost than thought
source: Northern Wire
published: 2024-03-06
url: https://wire.example/boats
---
Two days after the fire in the harbour of Elin the losses rose. The fire destroyed 19 boats, the insurers said.

Ada Quill, the mayor, called the fire a disaster for the town.
""",
    "later": """---
title: The ferry sails again
source: Elin Courier
---
The ferry to Elin sails again from Friday. Ada Quill, the mayor, thanked the crew.
""",
}


class Room:
    """A page of its own over a folder that tests may change."""

    def __init__(self, chain: Chain, url: str, folder: Path) -> None:
        self.chain, self.url, self.folder = chain, url, folder


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Room]:
    folder = folder_of(tmp_path / "articles", **HARBOUR)
    chain = Chain(Settings(articles=folder, index=tmp_path / "index", allow_hosts="127.0.0.1"))
    chain.sync()
    with opened(chain) as url:
        yield Room(chain, url, folder)
    chain.close()


def back(page: Page, size: tuple[int, int]) -> None:
    """On a phone an open article covers the chat."""
    if size == PHONE:
        page.locator(".back").click()


def to_archive(page: Page) -> None:
    page.get_by_role("tab", name="Archive").click()
    expect(page.locator(".shelf")).to_be_visible()


def titles(page: Page) -> list[str]:
    return page.locator(".shelf .headline").all_inner_texts()


# ---- 1. from sentence to source -------------------------------------------------------------------


@both
def test_a_mark_opens_its_article_and_the_quote_can_be_copied_and_followed_home(
    harbour: Room, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(harbour.url, size)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "Who closed the port?")
    mark = page.locator(".cite").first
    quote = mark.get_attribute("data-quote") or ""
    mark.click()
    expect(page.locator("mark.active").first).to_be_visible()
    assert is_in_view(page, "mark.active", "#reader .text")
    expect(page.locator(".sheet .kicker")).to_have_text("Elin Courier")
    expect(page.locator(".sheet .byline")).to_contain_text("4 March 2024")
    link = page.locator(".sheet .byline a")
    expect(link).to_have_attribute("href", re.compile(r"^https://courier\.example/fire#:~:text="))
    expect(link).to_have_attribute("rel", re.compile("noreferrer"))
    page.get_by_role("button", name="Copy quote").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert (
        copied == f"“{quote}” (Elin Courier, 4 March 2024, “Fire at the harbour of Elin”, https://courier.example/fire)"
    )


# ---- 2. how the answer stands ---------------------------------------------------------------------


@both
def test_an_answer_says_who_wrote_it_on_how_many_sources_of_when_and_how_sure_it_is(
    harbour: Room, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(harbour.url, size)
    ask(page, "How many boats did the fire destroy?")
    about = page.locator(".about")
    expect(about).to_contain_text(re.compile(r"Answered offline · 2 sources, 4 to 6 March 2024 · \w+ confidence"))


@both
def test_an_abstention_shows_the_nearest_articles_and_what_can_be_answered(
    room: str, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(room, size)
    ask(page, "How many moons does Saturn have?")
    expect(page.locator(".abstained .label").first).to_have_text("Not in the articles")
    nearest = page.locator(".nearest .headline")
    expect(nearest.first).to_be_visible()
    chip = page.locator(".next .chip").first
    expect(chip).to_be_visible(timeout=30_000)
    picture(page, f"abstention-{size[0]}")
    chip.click()
    finished(page, 2)
    expect(page.locator(".turn").last.locator(".cite").first).to_be_visible()
    page.locator(".nearest .headline").first.click()
    expect(page.locator(".sheet h2")).to_be_visible()


@both
def test_what_may_answer_behind_an_abstention_opens_at_its_place(
    room: str, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(room, size)
    ask(page, "How many hours did US and Haitian diplomats talk before Washington made up its mind?")
    page.locator(".nearest q", has_text="72 hours of intense contact").click()
    expect(page.locator(".sheet mark.active")).to_contain_text("72 hours of intense contact")
    picture(page, f"close-{size[0]}")


# ---- 3. evidence as a timeline, and where reports differ ------------------------------------------


@both
def test_dated_quotes_stand_in_order_and_differing_ones_side_by_side(
    harbour: Room, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(harbour.url, size)
    ask(page, "How many boats did the fire destroy?")
    expect(page.locator(".answer .label").filter(has_text="Timeline")).to_be_visible()
    assert page.locator(".sources .date").all_inner_texts() == ["4 March 2024", "6 March 2024"]
    heights = [line.bounding_box()["height"] for line in page.locator(".sources q").all()]  # type: ignore[index]
    assert max(heights) < 30  # one line each
    differ = page.locator(".differ")
    assert sorted(differ.locator("strong").all_inner_texts()) == ["12", "19"]
    expect(differ.locator("q").first).to_contain_text("The fire destroyed")
    picture(page, f"differ-{size[0]}")
    page.locator(".source").last.click()
    expect(page.locator("mark.active")).to_contain_text("19 boats")


# ---- 4. the archive tab ---------------------------------------------------------------------------


@both
def test_the_archive_can_be_searched_sorted_narrowed_and_read(
    harbour: Room, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(harbour.url, size)
    to_archive(page)
    expect(page.locator("#fresh")).to_contain_text(harbour.chain.store.archive.coverage())
    assert titles(page) == ["More boats lost than thought", "Fire at the harbour of Elin", "The ferry sails again"]
    picture(page, f"archive-{size[0]}")
    page.get_by_role("combobox", name="Order").click()
    page.get_by_role("option", name="Oldest first").click()
    expect(page.locator(".shelf .headline").first).to_have_text("Fire at the harbour of Elin")
    page.locator("#finding").get_by_role("combobox", name="Outlet").click()
    page.get_by_role("option", name="Northern Wire").click()
    expect(page.locator(".shelf .headline")).to_have_count(1)
    page.get_by_role("tab", name="Conversation").click()
    to_archive(page)
    expect(page.locator(".shelf .headline")).to_have_count(1)
    page.locator("#finding").get_by_role("combobox", name="Outlet").click()
    page.get_by_role("option", name="All outlets").click()
    expect(page.locator(".shelf .headline")).to_have_count(3)
    page.get_by_label("Find articles").fill("ferry courier")
    expect(page.locator(".shelf .headline")).to_have_text(["The ferry sails again"])
    page.locator(".shelf .headline").click()
    expect(page.locator(".sheet h2")).to_have_text("The ferry sails again")
    back(page, size)
    page.get_by_label("Find articles").fill("zebra")
    expect(page.locator("#table")).to_contain_text("No article fits")


@both
def test_files_are_added_with_a_result_for_each_and_can_be_removed_again(
    harbour: Room, visit: Visit, size: tuple[int, int], tmp_path: Path
) -> None:
    page = visit(harbour.url, size)
    to_archive(page)
    good = (
        "Lighthouse keeper found\n\nThe missing lighthouse keeper Tove Lund was found on Thursday in a barn near Elin."
    )
    new = folder_of(tmp_path / "new", keeper=good)
    (new / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40)
    (new / "program.exe").write_bytes(b"MZ")
    (new / "vast.txt").write_text(good * 300_000)
    page.locator("#upload input[type=file]").set_input_files([str(file) for file in sorted(new.iterdir())])
    report = page.locator("#report")
    expect(report).to_contain_text("The index is up to date", timeout=30_000)
    expect(report).to_contain_text("keeper.md is in: “Lighthouse keeper found”")
    expect(report).to_contain_text("Not added, photo.txt: is binary")
    expect(report).to_contain_text("Not added, program.exe: .exe files are not read")
    expect(report).to_contain_text("Not added, vast.txt: is larger than 20 MB")
    picture(page, f"added-{size[0]}")
    assert sorted(f.name for f in harbour.folder.iterdir()) == ["keeper.md", "later.md", "monday.md", "tuesday.md"]
    expect(page.locator(".shelf")).to_contain_text("Lighthouse keeper found")
    page.get_by_role("tab", name="Conversation").click()
    ask(page, "Where was Tove Lund found?")
    expect(page.locator(".said")).to_contain_text("in a barn near Elin")
    page.locator(".cite").first.click()
    page.get_by_role("button", name="Remove…").click()
    page.wait_for_timeout(800)  # a double click must not confirm
    page.get_by_role("button", name="Remove from the archive?").click()
    expect(report).to_contain_text("“Lighthouse keeper found” is removed", timeout=30_000)
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator(".shelf")).not_to_contain_text("Lighthouse keeper found")
    assert not (harbour.folder / "keeper.md").exists()
    assert [f.read_text() for f in harbour.folder.glob(".removed/*/keeper.md")] == [good]


def test_an_article_of_a_table_is_removed_with_its_whole_file_which_is_said_before(
    harbour: Room, visit: Visit, tmp_path: Path
) -> None:
    page = visit(harbour.url)
    to_archive(page)
    (tmp_path / "dump.csv").write_text("title,text\nHerring is back,Herring was landed.\nEel is back,Eel was landed.\n")
    page.locator("#upload input[type=file]").set_input_files(str(tmp_path / "dump.csv"))
    report = page.locator("#report")
    expect(report).to_contain_text("dump.csv is in: “Herring is back” and 1 more article")
    page.locator(".shelf .headline", has_text="Eel is back").click()
    page.get_by_role("button", name="Remove the whole file dump.csv…").click()
    page.wait_for_timeout(800)
    page.get_by_role("button", name="Remove all articles of dump.csv from the archive?").click()
    expect(report).to_contain_text("dump.csv, with “Eel is back” and 1 more article, is removed")
    expect(page.locator(".shelf")).not_to_contain_text("is back")
    assert not (harbour.folder / "dump.csv").exists()


def test_an_open_archive_shows_what_comes_into_the_folder(harbour: Room, visit: Visit) -> None:
    page = visit(harbour.url)
    to_archive(page)
    page.get_by_label("Find articles").fill("keeper")
    expect(page.locator("#table")).to_contain_text("No article fits")
    folder_of(harbour.folder, keeper="Lighthouse keeper found\n\nThe lighthouse keeper was found in a barn.")
    harbour.chain.sync()
    expect(page.locator(".shelf .headline")).to_have_text(["Lighthouse keeper found"])
    expect(page.locator("#fresh")).to_contain_text("4 articles")
    (harbour.folder / "broken.pdf").write_bytes(b"no pdf")
    harbour.chain.sync()
    expect(page.locator("#fresh")).to_contain_text("1 file left out")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("tab", name="Conversation").click()
    page.wait_for_timeout(1_000)
    asked.clear()
    page.wait_for_timeout(4_000)
    assert asked == []  # nobody looks at it any more


def test_the_last_article_can_be_removed(harbour: Room, visit: Visit) -> None:
    page = visit(harbour.url)
    to_archive(page)
    for left in (2, 1, 0):
        page.locator(".shelf .headline").first.click()
        page.get_by_role("button", name="Remove…").click()
        page.wait_for_timeout(800)
        page.get_by_role("button", name="Remove from the archive?").click()
        expect(page.locator(".shelf .headline")).to_have_count(left)
    expect(page.locator("#report")).to_contain_text("The index is up to date")
    assert not harbour.chain.store.archive.passages


PAGE = """<html><head><title>Storm closes the bridge</title><meta property="og:site_name" content="Bridge Post">
<meta property="article:published_time" content="2024-03-09T08:00:00Z"></head>
<body><article><h1>Storm closes the bridge</h1>
<p>The bridge over the sound of Elin was closed on Saturday morning after a storm tore a mast from its pylon, the
police said.</p>
<p>Drivers have to take the ferry until the mast is repaired, which engineers expect to take two weeks from Monday
on.</p>
<p>Nobody was hurt, but a lorry driver spent the night in his cabin in the middle of the bridge, waiting for the wind
to drop.</p>
</article></body></html>"""


@both
def test_an_article_is_added_by_its_address(harbour: Room, visit: Visit, size: tuple[int, int]) -> None:
    class Outlet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there = self.path == "/storm"
            self.send_response(200 if there else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.encode() if there else b"gone")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Outlet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = visit(harbour.url, size)
    to_archive(page)
    try:
        page.locator("#address input").fill(f"http://127.0.0.1:{server.server_port}/nowhere")
        page.locator("#fetch").click()
        expect(page.locator("#report")).to_contain_text("Nothing was added: ", timeout=30_000)
        expect(page.locator("#report")).to_contain_text("404")
        page.locator("#address input").fill(f"http://127.0.0.1:{server.server_port}/storm")
        page.locator("#fetch").click()
        expect(page.locator("#report")).to_contain_text("“Storm closes the bridge”", timeout=30_000)
        expect(page.locator(".shelf")).to_contain_text("Bridge Post")
    finally:
        server.shutdown()
        server.server_close()


# ---- 5. narrow the question -----------------------------------------------------------------------


@both
def test_a_question_is_narrowed_by_outlet_and_dates_and_says_so(
    harbour: Room, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(harbour.url, size)
    expect(page.locator("#scope")).to_contain_text("Searches all articles")
    page.locator("#scope .label-wrap").click()
    page.locator("#scope").get_by_role("combobox", name="Outlet").click()
    page.get_by_role("option", name="Northern Wire").click()
    page.get_by_label("Since").fill("2024-03-05")
    expect(page.locator("#scope .label-wrap")).to_have_text(
        re.compile("only articles from Northern Wire, since 2024-03-05")
    )
    picture(page, f"scope-{size[0]}")
    ask(page, "How many boats did the fire destroy?")
    expect(page.locator(".said")).to_contain_text("19 boats")
    expect(page.locator(".said")).not_to_contain_text("12 boats")
    expect(page.locator(".about")).to_contain_text("only articles from Northern Wire, since 5 March 2024")
    page.locator("#widen").click()
    expect(page.locator("#scope .label-wrap")).to_contain_text("Searches all articles")
    page.get_by_label("Until").fill("yesterday")
    ask(page, "Who closed the port?")
    expect(page.locator(".turn").last.locator(".notice")).to_contain_text("write it like 2024-03-07")


# ---- 6. a conversation that behaves ---------------------------------------------------------------


@both
def test_the_last_question_can_be_edited_kept_and_asked_again(room: str, visit: Visit, size: tuple[int, int]) -> None:
    page = visit(room, size)
    ask(page, QUESTION)
    page.get_by_role("button", name="Edit question").click()
    box = page.locator("#question textarea")
    expect(box).to_have_value(QUESTION)
    expect(page.locator(".turn.editing")).to_be_visible()
    page.get_by_role("button", name="Keep this one").click()
    expect(page.locator(".turn.editing")).to_have_count(0)
    expect(box).to_have_value("")
    page.get_by_role("button", name="Edit question").click()
    expect(box).to_have_value(QUESTION)
    box.fill("Who is John Kirby?")
    box.press("Enter")
    expect(page.locator(".asked")).to_have_text("Who is John Kirby?")
    finished(page, 1)
    page.get_by_role("button", name="Ask again").click()
    finished(page, 1)
    expect(page.locator(".asked")).to_have_text("Who is John Kirby?")


@both
def test_answers_can_be_copied_and_judged_and_the_opinion_is_kept_here(
    room: str, visit: Visit, size: tuple[int, int], tmp_path: Path
) -> None:
    page = visit(room, size)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(QUESTION)
    assert (page.locator(".cite").first.get_attribute("data-quote") or "?") in copied
    page.get_by_role("button", name="Not helpful").click()
    page.locator(".remark input").fill("He was in Puerto Rico <b>")
    page.locator(".remark input").press("Enter")
    expect(page.locator(".turn")).to_contain_text("your remark is kept on this machine")
    (file,) = (tmp_path / "data").rglob("feedback.jsonl")
    assert file.stat().st_mode & 0o777 == 0o600  # for nobody else on this machine
    first, second = map(json.loads, file.read_text().splitlines())
    assert (first["vote"], first["remark"]) == ("down", "")
    assert (second["vote"], second["remark"]) == ("down", "He was in Puerto Rico <b>")
    assert second["answer"]["question"] == QUESTION
    assert second["answer"]["citations"][0]["quote"]


@both
def test_what_is_suggested_next_is_answered(room: str, visit: Visit, size: tuple[int, int]) -> None:
    page = visit(room, size)
    ask(page, "What did John Kirby say?")
    chip = page.locator(".next .chip").first
    expect(chip).to_be_visible(timeout=30_000)
    chip.click()
    finished(page, 2)
    assert page.locator(".turn").last.locator(".cite").count() > 0
    assert page.locator(".turn").last.locator(".abstained").count() == 0


@both
def test_a_question_in_the_address_is_asked_once_and_a_reload_keeps_the_conversation(
    harbour: Room, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(harbour.url, size)
    page.goto(f"{harbour.url}?q=Who%20closed%20the%20port%3F")
    finished(page, 1)
    expect(page.locator(".said")).to_contain_text("Ole Brandt")
    expect(page).to_have_url(re.compile(r"/$"))
    ask(page, "How many boats did the fire destroy?")
    page.wait_for_timeout(1500)  # the browser is told behind the answer
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    page.locator(".turn").first.locator(".cite").first.click()
    expect(page.locator("mark.active").first).to_contain_text("Ole Brandt")
    back(page, size)
    # After the article has changed its quotes would not stand: they are withheld.
    monday = harbour.folder / "monday.md"
    monday.write_text(monday.read_text().replace("Ole Brandt", "Ole Brand"))
    harbour.chain.sync()
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").first.locator(".notice")).to_have_text(CHANGED)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".welcome")).to_be_visible()
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator(".welcome")).to_be_visible()


# ---- 7. take it away ------------------------------------------------------------------------------


@both
def test_an_answer_is_taken_away_as_a_receipt_that_can_be_verified(
    harbour: Room, visit: Visit, size: tuple[int, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = visit(harbour.url, size)
    ask(page, "How many boats did the fire destroy?")

    def saved(button: str) -> Path:
        with page.expect_download() as download:
            page.get_by_role("button", name=button, exact=True).click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        return file

    told = saved("Receipt as JSON")
    assert told.name == "how-many-boats-did-the-fire-destroy.json"
    found = receipt.verify(receipt.read(told), harbour.chain.store.archive)
    assert (len(found.quotes), found.holds, found.origin) == (2, True, receipt.OWN)
    reading = saved("Receipt").read_text()
    for words in ("The fire destroyed 12 boats", "Northern Wire, 6 March 2024", "SHA-256"):
        assert words in reading
    talk = saved("Save").read_text()
    assert "## How many boats did the fire destroy?" in talk
    assert "Northern Wire, 6 March 2024: [More boats lost than thought](<https://wire.example/boats#:~:text=" in talk

    harbour.chain.close()
    flags = ["--articles", str(harbour.folder), "--index", str(tmp_path / "index")]
    assert main(["verify", str(told), *flags]) == 0
    assert "2 of 2 quotes hold." in capsys.readouterr().out
    (harbour.folder / "monday.md").unlink()
    assert main(["verify", str(told), *flags]) == 1
    said = capsys.readouterr().out
    assert "DOES NOT HOLD" in said
    assert "monday.md is no longer in the archive" in said
    assert "1 of 2 quotes hold." in said


# ---- when something fails -------------------------------------------------------------------------


@both
def test_without_its_model_server_the_page_answers_offline_and_says_so(
    seeds: Chain, visit: Visit, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer() as server:
        address = server.url
    from qa.writer import Writer

    monkeypatch.setattr(seeds, "writer", Writer("gone-1", api_key="", base_url=address, timeout=2.0))
    with opened(seeds) as url:
        page = visit(url, size)
        ask(page, QUESTION)
        expect(page.locator(".notice")).to_contain_text("This is the offline answer.")
        expect(page.locator(".cite").first).to_be_visible()
        expect(page.locator(".about")).to_contain_text("Answered offline")
        picture(page, f"server-down-{size[0]}")


@both
def test_questions_are_answered_while_the_index_is_busy_with_new_articles(
    harbour: Room, visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(harbour.url, size)
    many = {
        f"n{n}": f"Council number {n} met.\n\n" + "The council of Elin spoke about its budget. " * 60 for n in range(60)
    }
    folder_of(harbour.folder, **many)
    syncing = threading.Thread(target=harbour.chain.sync)
    syncing.start()
    ask(page, "Who closed the port?")
    busy = syncing.is_alive()
    expect(page.locator(".said")).to_contain_text("Ole Brandt")
    syncing.join()
    assert busy
    page.reload()
    to_archive(page)
    expect(page.locator("#table")).to_contain_text("63 articles")


# ---- how it must feel -----------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (DESKTOP, True), (PHONE, False)])
def test_axe_finds_nothing_serious(room: str, visit: Visit, size: tuple[int, int], dark: bool) -> None:
    page, axe = visit(room, size, dark=dark), Axe()

    def check(state: str) -> None:
        found = axe.run(page).response
        assert len(found["passes"]) > 10, state
        bad = [(v["id"], v["nodes"][0]["html"]) for v in found["violations"] if v["impact"] in ("serious", "critical")]
        assert bad == [], state

    check("empty")
    ask(page, QUESTION)
    expect(page.locator(".next .chip").first).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Helpful", exact=True).click()
    expect(page.locator(".remark")).to_be_visible()
    page.locator("#scope .label-wrap").click()
    expect(page.get_by_label("Since")).to_be_visible()
    check("answer")
    page.locator(".cite").first.click()
    expect(page.locator("mark.active").first).to_be_visible()
    check("article")
    back(page, size)
    ask(page, "How many moons does Saturn have?")
    check("abstention")
    ask(page, "x" * 3000)
    check("error")
    to_archive(page)
    check("archive")


def test_the_page_brings_its_own_fonts(room: str, visit: Visit) -> None:
    page = visit(room)
    used = page.evaluate("document.fonts.ready.then(f => [...f].filter(x => x.status === 'loaded').map(x => x.family))")
    assert {name.strip('"') for name in used} >= {"Newsreader", "Public Sans"}


def test_a_page_for_others_takes_no_articles(seeds: Chain, visit: Visit) -> None:
    with opened(seeds, editable=False) as url:
        page = visit(url)
        to_archive(page)
        expect(page.locator("#upload")).to_have_count(0)
        page.locator(".shelf .headline").first.click()
        expect(page.locator(".sheet h2")).to_be_visible()
        assert page.get_by_role("button", name="Remove…").count() == 0


def test_dates_come_from_the_articles_of_the_answer(harbour: Room) -> None:
    *_, answer = harbour.chain.stream("How many boats did the fire destroy?")
    assert {c.article.published for c in answer.citations} == {date(2024, 3, 4), date(2024, 3, 6)}
    assert answer.sources == 2

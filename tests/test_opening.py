"""The page opens before the index is complete, says how far it is, and answers from what is there."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from conftest import Visit, ask, folder_of, free_port, opened, picture, settings_for
from playwright.sync_api import expect

import qa.store
import qa.taking
from qa.archive import Archive
from qa.chain import Chain
from qa.errors import QuestionError
from qa.indexing import Indexing, about
from qa.progress import Progress

QA = [sys.executable, "-c", "import sys; from qa.cli import main; sys.exit(main())"]
TOWNS = ("Alva", "Brix", "Corda", "Delm", "Erlo", "Fyn", "Gast", "Hule")


def town(name: str, sheep: int) -> str:
    return (
        f"Sheep counted in {name}\n\nThe town of {name} counted {sheep} sheep on Monday, its shepherd Ola {name} said."
    )


@pytest.fixture
def towns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chain]:
    """A folder of which every article is shown as soon as it is complete."""
    monkeypatch.setattr(qa.taking, "PAUSE", 0.0)
    monkeypatch.setattr(qa.taking, "SHARE", 0)
    folder_of(tmp_path / "articles", **{name: town(name, 10 + n) for n, name in enumerate(TOWNS)})
    chain = Chain(settings_for(tmp_path))
    yield chain
    chain.close()


class Halting:
    """A sync in another thread that halts when it has shown some articles, until it is let go."""

    def __init__(self, chain: Chain, after: int) -> None:
        self._chain, self._after = chain, after
        self.halted, self.go_on = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=chain.sync, args=(self._halt,), kwargs={"by_and_by": True})

    def _halt(self, now: Progress) -> None:
        if now.of_files and len(self._chain.store.known.articles) >= self._after and not self.go_on.is_set():
            self.halted.set()
            assert self.go_on.wait(90)

    def __enter__(self) -> "Halting":
        self._thread.start()
        assert self.halted.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._thread.join()


def texts(archive: Archive) -> set[str]:
    return {article.text for article in archive.articles.values()}


# ---- what a sync shows meanwhile ------------------------------------------------------------------


def test_what_is_shown_meanwhile_is_a_true_state_of_the_folder(tmp_path: Path, towns: Chain) -> None:
    folder = towns.settings.articles
    states: list[Archive] = []
    show = towns.store.sync
    show(folder, ready=states.append, by_and_by=True)
    assert [len(state.articles) for state in states[:-1]] == list(range(1, len(TOWNS) + 1))
    assert all(len(node.text) for state in states for node in state.passages)
    old = texts(towns.store.archive)
    for name in TOWNS[:4]:
        (folder / f"{name}.md").write_text(town(name, 99))
    (folder / f"{TOWNS[-1]}.md").unlink()
    states.clear()
    show(folder, ready=states.append, by_and_by=True)
    new = texts(towns.store.archive)
    assert len(states) == 5
    for number, state in enumerate(states[:-1], start=1):
        paths = [article.path for article in state.articles.values()]
        assert len(paths) == len(set(paths)) == len(TOWNS) - 1  # never an old and a new version, nothing that is gone
        assert len(texts(state) - old) == number
        assert texts(state) <= old | new
    assert towns.store.count() == len(towns.store.archive.passages)


def test_a_sync_that_is_not_to_show_anything_shows_its_end_alone(towns: Chain) -> None:
    states: list[Archive] = []
    towns.store.sync(towns.settings.articles, ready=states.append)
    assert [len(state.articles) for state in states] == [len(TOWNS)]


@pytest.mark.parametrize("after", [1, 3, len(TOWNS) - 1])
def test_a_sync_that_is_broken_off_after_it_has_shown_some_is_finished_by_the_next(towns: Chain, after: int) -> None:
    def stop(now: Progress) -> None:
        if len(towns.store.known.articles) >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        towns.sync(stop, by_and_by=True)
    assert towns.indexing is None
    assert after <= len(towns.store.archive.articles) <= len(TOWNS)
    shown = len(towns.store.archive.articles)
    assert towns.sync().added == len(TOWNS) - shown
    assert texts(towns.store.archive) == {town(name, 10 + n).split("\n\n")[1] for n, name in enumerate(TOWNS)}
    assert towns.store.count() == len(towns.store.archive.passages)


# ---- what is answered meanwhile -------------------------------------------------------------------


def test_an_abstention_says_of_how_many_articles_it_knows_and_an_answer_too(towns: Chain) -> None:
    with Halting(towns, after=3):
        known = re.escape(f"Only {len(towns.store.known.articles)} of {len(TOWNS)} articles were read so far.")
        *_, unknown = towns.stream(f"How many sheep did {TOWNS[-1]} count?")
        *_, found = towns.stream(f"How many sheep did {TOWNS[0]} count?")
        assert unknown.abstained
        assert re.search(known, unknown.text)
        assert "10" in found.text
        assert re.search(known, found.notice)
        assert towns.examples() == []
    *_, answer = towns.stream(f"How many sheep did {TOWNS[-1]} count?")
    assert "17" in answer.text
    assert answer.notice == ""
    *_, nothing = towns.stream("Who won the chess final?")
    assert nothing.abstained
    assert "so far" not in nothing.text


def test_nothing_is_called_unsaid_before_anything_was_read(towns: Chain) -> None:
    towns.indexing = Indexing()
    with pytest.raises(QuestionError, match=r"being read.*Ask again"):
        list(towns.stream("How many sheep did Alva count?"))
    with Halting(towns, after=0), pytest.raises(QuestionError, match=r"being read.*Only 0 of 8 articles"):
        list(towns.stream("How many sheep did Alva count?"))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2, "less than a minute"),
        (55, "about a minute"),
        (374, "about 6 minutes"),
        (3_000, "about 50 minutes"),
        (9_000, "about 2 hours"),
    ],
)
def test_the_time_that_is_left_is_told_as_people_do(seconds: float, words: str) -> None:
    assert about(seconds) == words
    now = Progress(files=1_200, of_files=3_707, passages=1, bytes=1_000, of_bytes=3_000)
    taken = Indexing(0, 0, now, time.monotonic() - seconds / 2)
    told = str(taken)
    assert told.startswith("Indexing: 1,200 of 3,707 articles")
    assert told.endswith(f" · {words} left") or seconds / 2 < 5


# ---- in the browser -------------------------------------------------------------------------------


def test_the_page_opens_while_it_is_indexed_and_says_how_far_that_is(towns: Chain, visit: Visit) -> None:
    towns.indexing = Indexing()
    with opened(towns) as url:
        page = visit(url)
        expect(page.locator(".welcome")).to_contain_text("The articles are being read")
        expect(page.locator("#state .words")).to_have_text("Looking through the folder of articles")
        ask(page, "How many sheep did Alva count?")
        expect(page.locator(".turn .notice")).to_contain_text("The articles are being read. Ask again in a moment.")
        page.get_by_role("button", name="New conversation").click()
        with Halting(towns, after=3):
            expect(page.locator("#state .words")).to_have_text(re.compile(r"^Indexing: \d of 8 articles$"))
            expect(page.locator("#state progress")).to_be_visible()
            expect(page.locator("#state [role=status]")).to_contain_text("Indexing")
            expect(page.locator(".coverage")).to_contain_text("3 articles")
            picture(page, "indexing")
            ask(page, "How many sheep did Alva count?")
            expect(page.locator(".said")).to_contain_text("10 sheep")
            expect(page.locator(".answer .notice")).to_contain_text("Only 3 of 8 articles were read so far.")
            page.get_by_role("tab", name="Archive").click()
            expect(page.locator(".shelf .headline")).to_have_count(3)
        expect(page.locator(".shelf .headline")).to_have_count(8)
        expect(page.locator("#state")).to_be_hidden()
        page.get_by_role("tab", name="Conversation").click()
        ask(page, "How many sheep did Hule count?")
        expect(page.locator(".said").last).to_contain_text("17 sheep")
        page.close()  # before the server, which may be looking for questions to go on with


def test_a_trouble_of_the_index_is_told_with_the_next_step_and_forgotten_when_it_is_over(
    towns: Chain, visit: Visit
) -> None:
    towns.sync()
    folder = towns.settings.articles
    away = folder.rename(folder.with_name("away"))
    with pytest.raises(Exception, match="folder"):
        towns.sync()
    with opened(towns) as url, opened(towns, editable=False) as outside:
        page = visit(url)
        expect(page.locator("#state .words")).to_contain_text("The index could not follow the folder: ")
        expect(page.locator("#state .words")).to_contain_text(str(folder))
        picture(page, "trouble")
        other = visit(outside)
        expect(other.locator("#state .words")).to_contain_text("could not follow")
        expect(other.locator("#state .words")).not_to_contain_text(str(folder.parent))
        away.rename(folder)
        towns.sync()
        expect(page.locator("#state")).to_be_hidden()


# ---- the command ----------------------------------------------------------------------------------


def until(reached: Callable[[], object], seconds: float = 90) -> None:
    started = time.monotonic()
    while not reached():
        assert time.monotonic() - started < seconds, "waited in vain"
        time.sleep(0.1)


def status(url: str) -> tuple[int, str]:
    try:
        response = httpx.get(url, timeout=10)
    except httpx.HTTPError:
        return 0, ""
    return response.status_code, response.text


def test_a_page_opens_over_an_index_that_cannot_be_used_and_by_itself_when_that_is_mended(tmp_path: Path) -> None:
    folder_of(tmp_path / "articles", **{name: town(name, 10 + n) for n, name in enumerate(TOWNS[:2])})
    settings = settings_for(tmp_path)
    chain = Chain(settings)
    chain.sync()
    chain.close()
    (settings.index_folder / "chroma.sqlite3").write_bytes(b"garbled" * 1_000)
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    where = ["--articles", str(settings.articles), "--index", str(settings.index_folder)]
    command = [*QA, "serve", "--port", str(port), *where]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ) as server:
        try:
            until(lambda: status(url)[0] == 503)
            told = status(url)[1]
            assert "is damaged" in told
            assert "qa index YOUR_ARTICLES --rebuild" in told
            assert httpx.get(url, headers={"Host": "evil.example"}).status_code == 400
            assert "frame-ancestors 'none'" in httpx.get(url).headers["content-security-policy"]
            mended = [*QA, "index", str(settings.articles), "--rebuild", *where[2:]]
            subprocess.run(mended, check=True, capture_output=True, env=os.environ)
            until(lambda: status(url)[0] == 200)
            until(lambda: _answers(url))
        finally:
            server.send_signal(signal.SIGINT)
            _, errors = server.communicate(timeout=30)
    assert b"is damaged" in errors
    assert b"Traceback" not in errors


def _answers(url: str) -> bool:
    asked = httpx.post(f"{url}gradio_api/call/ask", json={"data": ["How many sheep did Alva count?"]})
    with httpx.stream("GET", f"{url}gradio_api/call/ask/{asked.json()['event_id']}", timeout=60) as events:
        return "10 sheep" in "".join(events.iter_text())


# ---- many at once ---------------------------------------------------------------------------------


def test_ten_people_ask_at_once_and_one_leaves_in_mid_answer(towns: Chain) -> None:
    towns.sync()

    def person(url: str, number: int, *, leaves: bool = False) -> str:
        config = httpx.get(f"{url}config").json()
        event = next(event["id"] for event in config["dependencies"] if event["api_name"] == "ask")
        name, session = TOWNS[number % len(TOWNS)], f"person-{number}"
        body = {"data": [f"How many sheep did {name} count?"], "fn_index": event, "session_hash": session}
        assert httpx.post(f"{url}gradio_api/queue/join", json=body, timeout=60).status_code == 200
        stream = f"{url}gradio_api/queue/data"
        with httpx.stream("GET", stream, params={"session_hash": session}, timeout=60) as events:
            for line in events.iter_lines():
                if leaves or '"process_completed"' in line:
                    return line
        raise AssertionError("no answer came")

    with opened(towns) as url, ThreadPoolExecutor(12) as people:
        leaving = [people.submit(person, url, n, leaves=True) for n in (10, 11)]
        told = list(people.map(lambda n: person(url, n), range(10)))
        assert all(gone.result() for gone in leaving)
        for number, line in enumerate(told):
            assert f"counted {10 + number % len(TOWNS)} sheep" in line


def test_two_hundred_files_are_taken_at_once(towns: Chain, visit: Visit, tmp_path: Path) -> None:
    towns.sync()
    new = folder_of(tmp_path / "new", **{f"village-{n}": town(f"Village {n}", 100 + n) for n in range(200)})
    with opened(towns) as url:
        page = visit(url)
        page.get_by_role("tab", name="Archive").click()
        page.locator("#upload input[type=file]").set_input_files([str(file) for file in sorted(new.iterdir())])
        expect(page.locator("#report")).to_contain_text("The index is up to date", timeout=120_000)
        expect(page.locator("#fresh")).to_contain_text("208 articles")
        page.goto("about:blank")  # an open archive tab follows the folder, also while the server ends

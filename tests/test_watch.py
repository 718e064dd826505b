"""The index follows the folder while questions are answered, and goes on whatever happens to the folder."""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import folder_of, settings_for

import qa.store
import qa.taking
from qa import watch
from qa.chain import Chain
from qa.store import Sync
from qa.watch import follow


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    folder_of(tmp_path / "articles", a="He is in Kenya.")
    chain = Chain(settings_for(tmp_path))
    chain.sync()
    yield chain
    chain.close()


@pytest.fixture
def done(chain: Chain) -> Iterator[list[Sync]]:
    """What was taken up since the chain is followed."""
    done: list[Sync] = []
    end = follow(chain, done.append)
    yield done
    end()


def until(reached: Callable[[], object], seconds: float = 20) -> float:
    """Wait, and return how long it took."""
    started = time.monotonic()
    while not reached():
        assert time.monotonic() - started < seconds, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - started


def texts(chain: Chain) -> list[str]:
    return sorted(article.text for article in chain.store.archive.articles.values())


def test_what_is_added_changed_and_deleted_is_taken_up(tmp_path: Path, chain: Chain, done: list[Sync]) -> None:
    folder = tmp_path / "articles"
    folder_of(folder / "deep" / "deeper", b="Prices rose.")
    assert until(lambda: texts(chain) == ["He is in Kenya.", "Prices rose."]) < 10
    (folder / "a.md").write_text("He is in Haiti.")
    until(lambda: texts(chain) == ["He is in Haiti.", "Prices rose."])
    shutil.rmtree(folder / "deep")
    until(lambda: texts(chain) == ["He is in Haiti."])
    until(lambda: len(done) == 3)
    assert [(sync.added, sync.changed, sync.removed) for sync in done] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]


def test_what_changed_before_anybody_watched_is_taken_up(tmp_path: Path, chain: Chain) -> None:
    folder_of(tmp_path / "articles", b="Prices rose.")
    end = follow(chain)
    until(lambda: len(texts(chain)) == 2)
    end()


def test_names_that_are_no_text_are_followed(tmp_path: Path, chain: Chain, done: list[Sync]) -> None:
    for name in (b"latin-\xe9.md", "🌀\n.md".encode()):
        Path(os.fsdecode(os.fsencode(tmp_path / "articles") + b"/" + name)).write_text("Prices rose.")
    until(lambda: len(texts(chain)) == 3)


def test_hidden_files_and_an_index_inside_the_folder_wake_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    assert not watch._is_read(folder, str(folder / ".qa-index" / "chroma.sqlite3"))
    assert not watch._is_read(folder, str(folder / "deep" / ".a.md.swp"))
    assert watch._is_read(folder, str(folder / "deep" / "a.md"))
    assert watch._is_read(folder, str(tmp_path / "linked" / "a.md"))


def test_a_trouble_is_told_once_and_it_goes_on(
    tmp_path: Path, chain: Chain, done: list[Sync], caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "articles"
    time.sleep(1.5)  # until somebody watches
    (folder / "a.md").unlink()
    until(lambda: "nothing was changed" in caplog.text)
    (folder / "noise.md").write_bytes(bytes(range(256)) * 20)
    time.sleep(2)
    assert caplog.text.count("nothing was changed") == 1
    assert texts(chain) == ["He is in Kenya."]
    (folder / "b.md").write_text("Prices rose.")
    until(lambda: texts(chain) == ["Prices rose."])
    (folder / "c.md").write_text("It rained.")
    until(lambda: len(texts(chain)) == 2)
    assert caplog.text.count("skipped noise.md: ") == 1


def test_an_error_of_whoever_is_told_does_not_end_it(
    tmp_path: Path, chain: Chain, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(done: Sync) -> None:
        raise RuntimeError("the page is gone")

    end = follow(chain, fail)
    folder_of(tmp_path / "articles", b="Prices rose.")
    until(lambda: "the page is gone" in caplog.text)
    folder_of(tmp_path / "articles", c="It rained.")
    until(lambda: len(texts(chain)) == 3)
    end()


def test_a_folder_that_was_replaced_by_another_is_followed(
    tmp_path: Path, chain: Chain, done: list[Sync], caplog: pytest.LogCaptureFixture
) -> None:
    time.sleep(1.5)
    (tmp_path / "articles").rename(tmp_path / "moved")
    until(lambda: "it is waited for" in caplog.text)
    folder_of(tmp_path / "articles", b="Prices rose.")
    until(lambda: texts(chain) == ["Prices rose."])
    folder_of(tmp_path / "articles", b="Prices fell.")
    until(lambda: texts(chain) == ["Prices fell."])


def test_what_no_system_reports_is_found_by_looking(
    tmp_path: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as what lies in a network folder or, here, behind a link to a hidden folder."""
    outside = tmp_path / "articles" / ".kept" / "outside.md"
    outside.parent.mkdir()
    outside.write_text("It rained.")
    (tmp_path / "articles" / "link.md").symlink_to(outside)
    monkeypatch.setattr(watch, "CHECK_SECONDS", 0.5)
    monkeypatch.setattr(watch, "CHECK_SHARE", 0)
    end = follow(chain)
    until(lambda: texts(chain) == ["He is in Kenya.", "It rained."])
    outside.write_text("It snowed.")
    until(lambda: texts(chain) == ["He is in Kenya.", "It snowed."])
    end()


def test_it_ends_soon_even_in_the_middle_of_much_work_and_loses_nothing(
    tmp_path: Path, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qa.taking, "BATCH", 4)
    folder_of(tmp_path / "articles", **{f"n{n}": f"Number {n} rained in Kenya. " * 40 for n in range(300)})
    end = follow(chain)
    until(lambda: chain.store._collection.count() > 20)
    started = time.monotonic()
    end()
    assert time.monotonic() - started < 10
    assert len(texts(chain)) == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "qa-watch"]
    for file in (tmp_path / "articles").glob("n*.md"):
        file.unlink()
    chain.sync()
    assert chain.store._collection.count() == len(chain.store.archive.passages) == 1


def test_questions_are_answered_from_one_state_while_the_folder_changes(
    tmp_path: Path, chain: Chain, done: list[Sync], caplog: pytest.LogCaptureFixture
) -> None:
    """Every edition names one place in all its articles: an answer with two places would be of two editions."""
    places = ("Kenya", "Guyana", "Florida")
    folder = tmp_path / "articles"

    def edition(place: str) -> None:
        draft = folder_of(
            tmp_path / "draft", **{f"n{n}": f"Henry was in {place} on day {n}. Nobody knew." for n in range(30)}
        )
        draft.rename(tmp_path / "next")
        if folder.exists():
            folder.rename(tmp_path / f"before-{place}")
        (tmp_path / "next").rename(folder)

    seen: list[set[str]] = []
    wrong: list[BaseException] = []
    stop = threading.Event()

    def keep_asking() -> None:
        try:
            while not stop.is_set():
                *_, answer = chain.stream("Where was Henry?")
                assert all(c.article.text[c.start : c.end] == c.quote for c in answer.citations)
                seen.append({place for place in places if place in answer.text})
        except BaseException as error:
            wrong.append(error)

    edition(places[0])
    chain.sync()
    asking = threading.Thread(target=keep_asking)
    asking.start()
    for place in places[1:]:
        edition(place)
        chain.sync()  # beside the watcher's own
        asked = len(seen) + 2
        until(lambda: len(seen) > asked, 60)  # noqa: B023
    stop.set()
    asking.join()
    assert not wrong
    assert all(len(found) == 1 for found in seen), seen
    assert {place for found in seen for place in found} >= {places[-1]}
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]

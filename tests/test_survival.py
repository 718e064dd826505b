"""What befalls an index: runs that are killed, full and read-only disks, damaged files, strange articles.

`python tests/test_survival.py 100` kills an index run a hundred times at random moments; SLOW=1 lets the tests do that,
and take ten thousand files in the place of a thousand.
"""

import errno
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import folder_of
from hypothesis import given
from hypothesis import strategies as st

import qa.store
import qa.taking
from qa import articles, passages
from qa.errors import DamagedIndex, IndexBusy, StoreError, unwritable
from qa.models import Embedder, Models
from qa.progress import Progress, shares
from qa.store import Store

SLOW = bool(os.environ.get("SLOW"))
PLACES = ("Kenya", "Haiti", "Puerto Rico", "Guyana", "Florida")


def article(number: int, edition: int = 0) -> str:
    """A short article, of two passages if its number is even."""
    said = f"Minister {number} spoke in {PLACES[number % 5]} about budget {edition}. Nobody answered him on that day. "
    return said * (9 if number % 2 == 0 else 1)


def write_often() -> None:
    """Let Chroma write its vectors after a few passages, as it does after a thousand."""
    qa.taking.BATCH = 4
    qa.chroma.HNSW.update(batch_size=5, sync_threshold=10)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.taking, "BATCH", 4)
    monkeypatch.setattr(qa.chroma, "HNSW", {"space": "cosine", "batch_size": 5, "sync_threshold": 10})


def synced(folder: Path, index: Path, embedder: Embedder, **options: bool) -> str:
    """Sync and return the fingerprint of ids and texts."""
    store = Store(index, embedder, **options)
    try:
        store.sync(folder)
        assert store._collection.count() == len(store.archive.passages)
        return store.archive.fingerprint
    finally:
        store.close()


def kill_and_finish(kills: int, root: Path, seed: int) -> dict[str, int]:
    """Kill runs that follow a folder from one state to another and back; each that ends must equal a clean one."""
    write_often()
    chance, embedder = random.Random(seed), Models().embedder
    one = folder_of(root / "one", **{f"n{n}": article(n) for n in range(20)})
    other = folder_of(root / "other", **{f"n{n}": article(n, edition=n // 15) for n in range(5, 30)})

    def run(folder: Path, index: Path) -> int:
        """Sync in a process of its own, forked, because importing everything again would take the most time."""
        child = os.fork()
        if child == 0:
            code = 1
            try:
                expected = root / f"{folder.name}.fingerprint"
                found = synced(folder, index, embedder)
                if expected.exists():
                    code = 0 if expected.read_text() == found else 3
                else:
                    expected.write_text(found)
                    code = 0
            finally:
                os._exit(code)
        return child

    took = {}
    for folder in (one, other):
        started = time.monotonic()
        assert os.waitpid(run(folder, root / f"clean-{folder.name}"), 0)[1] == 0
        took[folder] = time.monotonic() - started
    done = {"killed": 0, "finished": 0}
    folder = one
    while done["killed"] < kills:
        child = run(folder, root / "index")
        # As often at the very beginning, when Chroma makes its tables, as at any moment until the end.
        time.sleep(chance.choice((chance.uniform(0, 0.5), chance.uniform(0, took[folder] * 1.3))))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            done["killed"] += 1
        else:
            assert os.WEXITSTATUS(status) == 0, f"seed {seed}: a run after {done} ended with {status}"
            done["finished"] += 1
        folder = chance.choice((one, other))
        if chance.random() < 0.3:
            shutil.rmtree(root / "index", ignore_errors=True)
    for folder in (one, other):
        assert os.waitpid(run(folder, root / "index"), 0)[1] == 0, f"seed {seed}: not the same as a clean run"
    return done


def test_a_run_that_is_killed_at_any_moment_is_finished_by_the_next(tmp_path: Path) -> None:
    kills = "100" if SLOW else "15"
    command = [sys.executable, __file__, kills, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=float(kills) * 20)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"'killed': {kills}" in done.stdout


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, models: Models) -> tuple[Path, Path, str]:
    """A folder of articles, its index, and the fingerprint of that."""
    root = tmp_path_factory.mktemp("sound")
    folder = folder_of(root / "articles", **{f"n{n}": article(n) for n in range(12)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(qa.taking, "BATCH", 4)
        patch.setattr(qa.chroma, "HNSW", {"space": "cosine", "batch_size": 5, "sync_threshold": 10})
        return folder, root / "index", synced(folder, root / "index", models.embedder)


def damage(file: Path, how: str) -> None:
    data = file.read_bytes()
    half = len(data) // 2
    if how == "deleted":
        file.unlink()
    else:
        damaged = {
            "empty": b"",
            "cut": data[:half],
            "zeroed": data[:half] + bytes(min(4096, len(data) - half)) + data[half + 4096 :],
            "garbled": random.Random(1).randbytes(len(data)),
        }
        file.write_bytes(damaged[how])


@pytest.mark.parametrize("how", ["deleted", "empty", "cut", "zeroed", "garbled"])
@pytest.mark.parametrize(
    "name", ["chroma.sqlite3", "data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin"]
)
def test_a_damaged_file_is_named_at_the_start_and_the_index_can_be_built_again(
    tmp_path: Path, models: Models, sound: tuple[Path, Path, str], name: str, how: str
) -> None:
    folder, index, expected = sound
    shutil.copytree(index, tmp_path / "index")
    (tmp_path / "index" / "notes.txt").write_text("mine")
    (file,) = (tmp_path / "index").rglob(name)
    before = file.read_bytes()
    damage(file, how)
    if file.exists() and file.read_bytes() == before:
        pytest.skip("these bytes were zero already")
    with pytest.raises(DamagedIndex, match=r"is damaged .*qa index .*--rebuild"):
        Store(tmp_path / "index", models.embedder)
    assert synced(folder, tmp_path / "index", models.embedder, rebuild=True) == expected
    assert (tmp_path / "index" / "notes.txt").read_text() == "mine"


def test_a_text_that_was_changed_in_the_database_is_noticed(
    tmp_path: Path, models: Models, sound: tuple[Path, Path, str]
) -> None:
    shutil.copytree(sound[1], tmp_path / "index")
    with sqlite3.connect(tmp_path / "index" / "chroma.sqlite3") as database:
        changed = "UPDATE embedding_metadata SET string_value = replace(string_value, 'Kenya', 'Kenia')"
        database.execute(f"{changed} WHERE key = 'chroma:document'")
    database.close()
    store = Store(tmp_path / "index", models.embedder)
    with pytest.raises(DamagedIndex, match=r"the text of n\d+\.md is not the one that was written"):
        _ = store.archive
    store.close()


def test_a_damaged_seal_is_no_reason_to_trust_the_files(
    tmp_path: Path, models: Models, sound: tuple[Path, Path, str]
) -> None:
    shutil.copytree(sound[1], tmp_path / "index")
    damage(tmp_path / "index" / ".seal", "cut")
    with pytest.raises(DamagedIndex, match=r"--rebuild"):
        Store(tmp_path / "index", models.embedder)
    assert synced(sound[0], tmp_path / "index", models.embedder, rebuild=True) == sound[2]


def test_vectors_of_another_day_are_noticed(tmp_path: Path, models: Models, sound: tuple[Path, Path, str]) -> None:
    shutil.copytree(sound[1], tmp_path / "index")
    (segment,) = (tmp_path / "index").glob("*-*")
    shutil.rmtree(segment)
    (tmp_path / "index" / ".seal").unlink()
    with pytest.raises(DamagedIndex, match=r"--rebuild"):
        Store(tmp_path / "index", models.embedder)


def test_vectors_that_a_killed_run_left_half_written_are_made_again(
    tmp_path: Path, models: Models, sound: tuple[Path, Path, str], caplog: pytest.LogCaptureFixture
) -> None:
    folder, index, expected = sound
    shutil.copytree(index, tmp_path / "index")
    seal = tmp_path / "index" / ".seal"
    seal.write_text(seal.read_text().replace('"writing": false', '"writing": true'))
    (file,) = (tmp_path / "index").rglob("link_lists.bin")
    damage(file, "zeroed")
    damage(next((tmp_path / "index").rglob("data_level0.bin")), "cut")
    assert synced(folder, tmp_path / "index", models.embedder) == expected
    assert "a run was stopped while the vectors" in caplog.text


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 36 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=36m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("only an administrator can mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("room", [qa.store.ROOM, 0])
def test_a_full_disk_is_named_and_what_was_stored_is_kept(
    tmp_path: Path, models: Models, small_disk: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr(qa.store, "ROOM", room)  # 0: nobody looked before, and Chroma itself finds no room
    folder = folder_of(tmp_path / "articles", **{f"n{n}": article(n) for n in range(6)})
    store = Store(small_disk / "index", models.embedder)
    store.sync(folder)
    before = store.archive.fingerprint
    folder_of(folder, **{f"n{n}": article(n) for n in range(6, 30)})
    filler = small_disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(small_disk).free - 40_000))
    with pytest.raises(StoreError, match=r"no space left on the disk of .*: free \d+ MB"):
        store.sync(folder)
    assert store.archive.fingerprint == before
    assert store.nearest("Who spoke in Kenya?", 3)
    filler.unlink()
    store.sync(folder)
    store.close()
    assert store.archive.fingerprint == synced(folder, tmp_path / "clean", models.embedder)
    again = Store(small_disk / "index", models.embedder)
    assert again.archive.fingerprint == store.archive.fingerprint
    again.close()


def test_an_index_that_is_deleted_while_in_use_is_named_and_built_again(
    tmp_path: Path, models: Models, caplog: pytest.LogCaptureFixture
) -> None:
    folder, index = (
        folder_of(tmp_path / "articles", a="The ferry of Tarsk sank.", b="The dam held."),
        tmp_path / "index",
    )
    store = Store(index, models.embedder)
    store.sync(folder)
    store.serving("http://127.0.0.1:7860/")
    whole = store.archive.fingerprint
    shutil.rmtree(index)
    folder_of(folder, c="The mill reopened.")
    store._archive = None
    with pytest.raises(StoreError, match="was deleted while it was in use: `qa serve` builds it again"):
        _ = store.archive
    assert store.sync(folder).added == 3
    assert "was deleted: it is built again" in caplog.text
    (folder / "c.md").unlink()
    assert store.sync(folder).removed == 1
    assert store.archive.fingerprint == whole
    assert store.nearest("What sank?", 1)
    with pytest.raises(IndexBusy, match="7860"):
        Store(index, models.embedder)
    store.close()
    assert synced(folder, index, models.embedder) == whole


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "no space left on its disk: free 3 MB"),
        (errno.EACCES, "Permission denied: make it writable"),
        (errno.EROFS, "Read-only file system: make it writable"),
        (errno.EIO, "check its disk"),
    ],
)
def test_why_nothing_can_be_written_is_told_with_what_to_do(number: int, told: str) -> None:
    assert told in unwritable(OSError(number, os.strerror(number)), 2_500_000)


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], object]]:
    """Make a folder one in which nothing can be written, not even by an administrator."""
    folders: list[Path] = []

    def make(folder: Path) -> None:
        done = shutil.which("chattr") and subprocess.run(["chattr", "+i", str(folder)], capture_output=True)
        if not done or done.returncode:
            pytest.skip("this file system has no folders that an administrator cannot write")
        folders.append(folder)

    yield make
    for folder in folders:
        subprocess.run(["chattr", "-i", str(folder)], check=True)


def test_an_index_folder_that_becomes_read_only_is_named_and_what_was_stored_is_kept(
    tmp_path: Path, models: Models, read_only: Callable[[Path], object]
) -> None:
    folder, index = folder_of(tmp_path / "articles", a=article(1)), tmp_path / "index"
    store = Store(index, models.embedder)
    store.sync(folder)
    folder_of(folder, b=article(2))
    read_only(index)
    with pytest.raises(StoreError, match=r"cannot be written|cannot be used"):
        store.sync(folder)
    assert len(store.archive.articles) == 1
    store.close()
    with pytest.raises(StoreError, match="make it writable"):
        Store(index, models.embedder)
    subprocess.run(["chattr", "-i", str(index)], check=True)
    assert synced(folder, index, models.embedder) == synced(folder, tmp_path / "clean", models.embedder)


def test_a_file_that_vanishes_or_changes_after_it_was_listed_is_named(tmp_path: Path, models: Models) -> None:
    folder = folder_of(tmp_path / "articles", a=article(1), b=article(2), c=article(3))

    def meanwhile(now: Progress) -> None:
        if not now.of_files or not (folder / "b.md").exists():
            return  # not listed yet, or done already
        (folder / "b.md").unlink(missing_ok=True)
        (folder / "c.md").write_text("Another text.")

    store = Store(tmp_path / "index", models.embedder)
    done = store.sync(folder, progress=meanwhile)
    assert [(skipped.path, skipped.reason[:22]) for skipped in done.skipped] == [
        ("b.md", "is no longer there, or"),
        ("c.md", "was changed while it w"),
    ]
    assert (store.sync(folder).added, len(store.archive.articles)) == (1, 2)
    store.close()


def test_a_change_is_noticed_although_size_and_time_stay(tmp_path: Path, models: Models) -> None:
    folder = folder_of(tmp_path / "articles", a="He is in Kenya.")
    os.utime(folder / "a.md", (2_000_000_000, 2_000_000_000))  # a clock that was set back since
    store = Store(tmp_path / "index", models.embedder)
    store.sync(folder)
    (folder / "a.md").write_text("He is in Haiti.")
    os.utime(folder / "a.md", (2_000_000_000, 2_000_000_000))
    assert store.sync(folder).changed == 1
    assert [a.text for a in store.archive.articles.values()] == ["He is in Haiti."]
    store.close()


def test_an_article_of_five_megabytes_in_one_line_is_cut_and_joined_again(tmp_path: Path) -> None:
    said = "The minister spoke in Kenya about the budget of the year and nobody answered. "
    folder = folder_of(tmp_path / "articles", prose=said * 65_000, words="budget and " * 460_000)
    files, skipped = articles.list_files(folder)
    assert not skipped
    for file in files:
        read = articles.read_article(folder, file)
        parts = passages.split(read)
        assert len(read.text) > 5_000_000
        assert "".join(part.text for part in parts) == read.text


def test_a_word_of_five_megabytes_is_stored(tmp_path: Path, models: Models) -> None:
    folder = folder_of(tmp_path / "articles", word="x" * 5_000_000 + " was said in Kenya.")
    store = Store(tmp_path / "index", models.embedder)
    assert store.sync(folder).added == 1
    assert len(next(iter(store.archive.articles.values())).text) > 5_000_000
    store.close()


@pytest.mark.usefixtures("often")
def test_progress_counts_files_and_passages_and_the_bytes_within_a_long_article(tmp_path: Path, models: Models) -> None:
    folder = folder_of(tmp_path / "articles", long="It rained in Oslo on that day. " * 350, none="", short="It snowed.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 no more")
    told: list[Progress] = []
    store = Store(tmp_path / "index", models.embedder)
    done = store.sync(folder, progress=told.append)
    store.close()
    listed = [now for now in told if not now.of_files]
    size = sum(file.stat().st_size for file in folder.iterdir())
    assert (listed[-1].files, listed[-1].bytes) == (3, size)  # the empty one is no article
    reading = told[len(listed) :]
    assert len(reading) > 5
    for one, other in pairwise(reading):
        assert (one.files, one.passages, one.bytes) <= (other.files, other.passages, other.bytes)
        assert (other.of_files, other.of_bytes) == (3, size)
    assert reading[-1] == Progress(3, 3, done.passages, size, size)
    assert done.passages > 20


@given(st.integers(0, 10**9), st.integers(1, 500))
def test_the_shares_of_a_file_add_up_to_it(size: int, number: int) -> None:
    size = max(size, number)
    assert Progress().further(*shares(size, number)) == Progress(files=1, passages=number, bytes=size)


def test_thousands_of_tiny_files_are_taken_up(tmp_path: Path, models: Models) -> None:
    number = 10_000 if SLOW else 1_000
    folder = folder_of(tmp_path / "articles", **{f"n{n}": f"Number {n} rained." for n in range(number)})
    store = Store(tmp_path / "index", models.embedder)
    assert store.sync(folder).added == number
    started = time.monotonic()
    assert store.sync(folder).unchanged == number
    assert time.monotonic() - started < 5
    store.close()


NAMES = [
    "two words.md",
    "🌀 storm.md",
    "line\nbreak.md",
    'quote\'s "here" $HOME; rm.md',
    "é" * 126 + ".md",
    "n" * 252 + ".md",
]


def test_files_of_any_name_are_taken_up_and_followed(tmp_path: Path, models: Models) -> None:
    folder = folder_of(tmp_path / "articles")
    raw = os.fsencode(folder) + b"/latin-\xe9.md"
    for name in [*(os.fsencode(folder / name) for name in NAMES), raw]:
        Path(os.fsdecode(name)).write_text("It rained in Kenya.")
    store = Store(tmp_path / "index", models.embedder)
    done = store.sync(folder)
    assert (done.added, done.skipped) == (7, ())
    Path(os.fsdecode(raw)).write_text("It rained in Haiti.")
    (folder / NAMES[2]).unlink()
    done = store.sync(folder)
    assert (done.changed, done.removed, done.unchanged) == (1, 1, 5)
    assert all(a.path.isprintable() for a in store.archive.articles.values())
    store.close()


if __name__ == "__main__":
    number = random.randrange(10_000)
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as temporary:
        started = time.monotonic()
        print(f"seed {number}", flush=True)
        print(kill_and_finish(int(sys.argv[1]), Path(temporary), number), f"{time.monotonic() - started:.0f} s")

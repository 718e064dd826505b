"""The index equals the folder of articles, however it came about, and says plainly what is wrong with it."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import chromadb
import pytest
from chromadb.config import Settings as ChromaSettings
from conftest import SEEDS, folder_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa import passages
from qa.errors import ArticlesError, DamagedIndex, IndexBusy, SettingsError, StaleIndex, StoreError
from qa.models import Models
from qa.store import Store

TEXTS = [f"Minister number {n} spoke in town {n} about budget {n}. Nobody answered." for n in range(6)]


@pytest.fixture
def store(tmp_path: Path, models: Models) -> Iterator[Store]:
    store = Store(tmp_path / "index", models.embedder)
    yield store
    store.close()


def fingerprint(articles: Path, index: Path, models: Models) -> str:
    store = Store(index, models.embedder)
    store.sync(articles)
    store.close()
    return store.archive.fingerprint


def test_an_article_can_be_rebuilt_from_the_store_alone(tmp_path: Path, models: Models) -> None:
    store = Store(tmp_path / "index", models.embedder)
    store.sync(SEEDS)
    before = store.archive.articles
    store.close()
    again = Store(tmp_path / "index", models.embedder)
    assert again.archive.articles == before
    assert {a.source for a in before.values()} == {"Latin Post", ""}
    again.close()


def test_unchanged_articles_are_not_embedded_again(store: Store) -> None:
    assert store.sync(SEEDS).added == len(list(SEEDS.glob("*.md")))
    again = store.sync(SEEDS)
    assert (again.added, again.removed, again.passages) == (0, 0, 0)
    assert again.unchanged == len(list(SEEDS.glob("*.md")))


def test_a_changed_article_replaces_its_old_text_and_a_deleted_one_disappears(tmp_path: Path, store: Store) -> None:
    folder = folder_of(tmp_path / "articles", a="He is in Kenya.", b="Prices rose.", c="It rained.")
    store.sync(folder)
    (folder / "a.md").write_text("He is in Puerto Rico.")
    (folder / "b.md").unlink()
    done = store.sync(folder)
    assert (done.added, done.removed, done.unchanged) == (1, 2, 1)
    assert sorted(a.text for a in store.archive.articles.values()) == ["He is in Puerto Rico.", "It rained."]
    assert len(store.archive.passages) == store._collection.count() == 2


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=4),
    last=st.sets(st.integers(0, 5), min_size=1),
)
def test_the_index_is_a_function_of_the_articles(
    tmp_path_factory: pytest.TempPathFactory, models: Models, steps: list[set[int]], last: set[int]
) -> None:
    root = tmp_path_factory.mktemp("history")
    for wanted in [*steps, last]:
        shutil.rmtree(root / "articles", ignore_errors=True)
        folder_of(root / "articles", **{f"n{n}": TEXTS[n] for n in random.sample(sorted(wanted), len(wanted))})
        after_all = fingerprint(root / "articles", root / "index", models)
    assert after_all == fingerprint(root / "articles", root / "clean", models)


def test_a_killed_run_is_finished_by_the_next_one(tmp_path: Path, models: Models) -> None:
    folder = folder_of(tmp_path / "articles", **{f"n{n}": f"{TEXTS[n % 6]} " * 40 for n in range(30)})
    expected = fingerprint(folder, tmp_path / "clean", models)
    index = tmp_path / "index"
    # A small batch, so that the process dies with some articles written, and one of them in part.
    code = (
        "import qa.store; qa.store.BATCH = 3\n"
        "from pathlib import Path; from qa.models import Models\n"
        f"s = qa.store.Store(Path({str(index)!r}), Models().embedder); print('open', flush=True)\n"
        f"s.sync(Path({str(folder)!r}), progress=lambda done, total: print(done, flush=True))"
    )
    kills = 0
    for stop_at in ("2", "9", "20"):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout
        for line in process.stdout:
            if line.strip() == stop_at:
                time.sleep(random.random() / 10)
                process.send_signal(signal.SIGKILL)
                kills += 1
        process.wait()
        process.stdout.close()
    assert kills >= 1
    assert fingerprint(folder, index, models) == expected


def test_part_of_an_article_is_not_shown_as_the_article(tmp_path: Path, models: Models) -> None:
    folder = folder_of(tmp_path / "articles", long="Nobody knew where the minister had gone. " * 60)
    store = Store(tmp_path / "index", models.embedder)
    store.sync(folder)
    whole = store.archive.fingerprint
    store._collection.delete(ids=[store.archive.passages[1].node_id])
    store.close()
    damaged = Store(tmp_path / "index", models.embedder)
    assert damaged.archive.articles == {}
    damaged.sync(folder)
    assert damaged.archive.fingerprint == whole
    damaged.close()


def test_a_folder_without_articles_deletes_nothing(tmp_path: Path, store: Store) -> None:
    folder = folder_of(tmp_path / "articles", a="He is in Kenya.")
    store.sync(folder)
    (folder / "a.md").unlink()
    with pytest.raises(ArticlesError, match="nothing was changed"):
        store.sync(folder)
    with pytest.raises(ArticlesError, match="missing"):
        store.sync(tmp_path / "missing")
    assert len(store.archive.articles) == 1


def test_a_bad_file_is_named_and_the_rest_goes_on(tmp_path: Path, store: Store) -> None:
    folder = folder_of(tmp_path / "articles", good="He is in Kenya.", empty="")
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 20)
    done = store.sync(folder)
    assert done.added == 1
    assert sorted(skipped.path for skipped in done.skipped) == ["empty.md", "noise.txt"]


def test_an_index_has_one_owner(tmp_path: Path, store: Store, models: Models) -> None:
    with pytest.raises(IndexBusy, match=rf"process {os.getpid()}.*CHROMA_URL"):
        Store(tmp_path / "index", models.embedder)


def test_an_index_of_other_rules_says_how_to_build_it_again(
    tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprint(SEEDS, tmp_path / "index", models)
    monkeypatch.setattr(passages, "RULES", "passages/0")
    with pytest.raises(StaleIndex, match=r"qa index .*--rebuild"):
        Store(tmp_path / "index", models.embedder)
    rebuilt = Store(tmp_path / "index", models.embedder, rebuild=True)
    assert rebuilt.sync(SEEDS).added > 0
    rebuilt.close()


@pytest.mark.parametrize("damage", ["garbled", "truncated", "vectors"])
def test_a_damaged_index_is_named_and_can_be_built_again(tmp_path: Path, models: Models, damage: str) -> None:
    index = tmp_path / "index"
    code = (
        "from pathlib import Path; from qa.models import Models; from qa.store import Store\n"
        f"s = Store(Path({str(index)!r}), Models().embedder); s.sync(Path({str(SEEDS)!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    (index / "notes.txt").write_text("mine")
    database = index / "chroma.sqlite3"
    if damage == "garbled":
        database.write_bytes(b"no database" * 1_000)
    elif damage == "truncated":
        database.write_bytes(database.read_bytes()[:5_000])
    else:
        for file in index.glob("*-*/*"):
            file.write_bytes(b"no vectors")
    # Chroma can rebuild lost vectors from its log, and then there is nothing to complain of.
    expected = nullcontext() if damage == "vectors" else pytest.raises(DamagedIndex, match=r"qa index .*--rebuild")
    with expected:
        store = Store(index, models.embedder)
        assert store.nearest("Where was Ariel Henry?", 3)
        store.close()
    rebuilt = Store(index, models.embedder, rebuild=True)
    rebuilt.sync(SEEDS)
    assert len(rebuilt.archive.articles) == len(list(SEEDS.glob("*.md")))
    rebuilt.close()
    assert (index / "notes.txt").read_text() == "mine"


def test_collections_of_others_are_left_alone(tmp_path: Path, models: Models) -> None:
    client = chromadb.PersistentClient(str(tmp_path / "index"), ChromaSettings(anonymized_telemetry=False))
    precious = client.create_collection("precious", embedding_function=None)
    precious.add(ids=["1"], embeddings=[[0.1, 0.2]])
    client.create_collection("qa-articles", embedding_function=None)
    client.close()
    with pytest.raises(StoreError, match="not of this program"):
        Store(tmp_path / "index", models.embedder)
    store = Store(tmp_path / "index", models.embedder, collection="qa-other", rebuild=True)
    store.sync(SEEDS)
    assert {c.name for c in store._client.list_collections()} == {"precious", "qa-articles", "qa-other"}
    store.close()


def test_a_closed_store_says_so(tmp_path: Path, models: Models) -> None:
    store = Store(tmp_path / "index", models.embedder)
    store.close()
    with pytest.raises(StoreError, match="was closed"):
        store.nearest("Who?", 1)


def test_an_index_folder_that_cannot_be_written_is_named(tmp_path: Path, models: Models) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"file/index.*QA_INDEX"):
        Store(tmp_path / "file" / "index", models.embedder)


@pytest.fixture
def chroma_server(tmp_path: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "chroma"),
        "run",
        "--port",
        str(port),
        "--path",
        str(tmp_path / "server"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def test_a_chroma_server_holds_the_same_index_and_may_be_shared(
    tmp_path: Path, models: Models, chroma_server: str
) -> None:
    one = Store(tmp_path / "unused", models.embedder, server=chroma_server)
    one.sync(SEEDS)
    other = Store(tmp_path / "unused", models.embedder, server=chroma_server)
    assert other.archive.fingerprint == one.archive.fingerprint == fingerprint(SEEDS, tmp_path / "index", models)
    assert other.nearest("Where was Ariel Henry?", 3)
    assert not (tmp_path / "unused").exists()
    one.close()
    other.close()


def test_a_chroma_server_that_does_not_answer_is_named(tmp_path: Path, models: Models) -> None:
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:1 .*CHROMA_URL"):
        Store(tmp_path, models.embedder, server="http://127.0.0.1:1")
    with pytest.raises(SettingsError, match="address like"):
        Store(tmp_path, models.embedder, server="localhost:8000")

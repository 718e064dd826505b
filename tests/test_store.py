"""The index equals the folder of articles, however it came about, and says plainly what is wrong with it."""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import chromadb
import pytest
from chromadb.config import Settings as ChromaSettings
from conftest import SEEDS, folder_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llama_index.core.schema import MetadataMode

from qa import passages
from qa.archive import Archive
from qa.errors import ArticlesError, IndexBusy, SettingsError, StaleIndex, StoreError
from qa.models import Models
from qa.progress import Progress
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
    found = store.archive.fingerprint
    store.close()
    return found


def synced(articles: Path, index: Path, models: Models) -> Archive:
    """Sync twice, the second time only looking whether there is news; return the state as it is read from Chroma."""
    store = Store(index, models.embedder)
    store.sync(articles, may_empty=True)
    store.close()
    again = Store(index, models.embedder)
    assert again.sync(articles).passages == 0
    archive = again.archive
    assert again._collection.count() == len(archive.passages)
    again.close()
    return archive


def test_an_article_can_be_rebuilt_from_the_store_alone(tmp_path: Path, models: Models) -> None:
    store = Store(tmp_path / "index", models.embedder)
    store.sync(SEEDS)
    before = store.archive.articles
    store.close()
    again = Store(tmp_path / "index", models.embedder)
    assert again.archive.articles == before
    assert {a.source for a in before.values()} == {"Latin Post", ""}
    again.close()


def test_models_see_the_same_text_of_a_passage_whenever_the_index_is_opened(tmp_path: Path, models: Models) -> None:
    heads = {f"a{n}": f"---\ntitle: Title {n}\nsource: Outlet {n}\n---\nText {n} of the brief." for n in range(12)}
    folder = folder_of(tmp_path / "articles", **heads)
    for _ in range(2):
        store = Store(tmp_path / "index", models.embedder)
        store.sync(folder)
        seen = {node.get_content(MetadataMode.EMBED) for node in store.archive.passages}
        store.close()
        assert seen == {f"Title {n}. Outlet {n}\nText {n} of the brief." for n in range(12)}


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
    assert (done.added, done.changed, done.removed, done.unchanged) == (0, 1, 1, 1)
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


def test_a_bad_file_is_named_again_by_the_next_run_until_it_is_mended(tmp_path: Path, models: Models) -> None:
    folder = folder_of(tmp_path / "articles", good="He is in Kenya.", signs="?!")
    done, has_read = [], []
    for text in ("?!", "?!", "She is in Peru."):
        (folder / "signs.md").write_text(text)
        store = Store(tmp_path / "index", models.embedder)
        done.append(store.sync(folder))
        has_read.append(store._archive is not None)
        store.close()
    first, again, mended = done
    assert has_read == [True, False, True]
    assert (first.added, again.added, mended.added) == (1, 0, 1)
    assert (again.unchanged, again.skipped) == (1, first.skipped)
    assert [skipped.path for skipped in again.skipped] == ["signs.md"]
    assert mended.skipped == ()


# ---- files of several articles ----------------------------------------------------------------------


def dump(folder: Path, *records: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "dump.jsonl").write_text(
        "".join(json.dumps({"title": text[:20], "text": text}) + "\n" for text in records)
    )
    return folder


def described(archive: Archive) -> list[tuple[str, str, str]]:
    return [(article.path, article.id, article.text) for article in archive.articles.values()]


def test_a_changed_record_is_embedded_and_no_other_of_its_file(tmp_path: Path, store: Store, models: Models) -> None:
    folder = dump(tmp_path / "articles", *TEXTS)
    done = store.sync(folder)
    assert (done.added, done.passages) == (6, 6)
    dump(folder, *TEXTS[:3], "Prices rose.", *TEXTS[4:])
    done = store.sync(folder)
    assert (done.added, done.changed, done.removed, done.unchanged, done.passages) == (0, 1, 0, 5, 1)
    assert store.archive.fingerprint == fingerprint(folder, tmp_path / "clean", models)


def test_a_record_that_moved_within_its_file_is_not_embedded_again_and_is_cited_where_it_is(
    tmp_path: Path, models: Models
) -> None:
    folder = dump(tmp_path / "articles", *TEXTS[:3])
    store = Store(tmp_path / "index", models.embedder)
    store.sync(folder)
    before = {article.text: article.id for article in store.archive.articles.values()}
    dump(folder, "Prices rose.", TEXTS[1], TEXTS[0], TEXTS[2])
    done = store.sync(folder)
    assert (done.added, done.changed, done.removed, done.unchanged, done.passages) == (1, 0, 0, 3, 1)
    seen = described(store.archive)
    store.close()
    again = Store(tmp_path / "index", models.embedder)
    assert described(again.archive) == seen
    assert {path: text for path, _, text in seen} == {
        f"dump.jsonl#{n}": text for n, text in enumerate(["Prices rose.", TEXTS[1], TEXTS[0], TEXTS[2]], start=1)
    }
    assert {text: id_ for _, id_, text in seen if text in before} == before
    again.close()


def test_a_file_of_records_that_did_not_change_is_not_read_and_its_bad_records_are_named_by_every_run(
    tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = dump(tmp_path / "articles", TEXTS[0], "?!", TEXTS[1])
    done = []
    for _ in range(2):
        store = Store(tmp_path / "index", models.embedder)
        done.append(store.sync(folder))
        assert (store._archive is None) == (len(done) == 2)
        assert store.sync(folder).skipped == done[0].skipped
        store.close()
        monkeypatch.setattr("qa.articles.read_articles", None)
    assert (done[0].added, done[1].unchanged, done[1].passages) == (2, 2, 0)
    assert done[1].skipped == done[0].skipped
    assert [record.path for record in done[0].skipped] == ["dump.jsonl#2"]


def test_a_run_that_is_stopped_within_a_file_goes_on_where_it_was(
    tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.taking.BATCH", 2)
    folder = dump(tmp_path / "articles", *TEXTS)

    def stop(now: Progress) -> None:
        if now.passages == 4:
            raise KeyboardInterrupt

    store = Store(tmp_path / "index", models.embedder)
    with pytest.raises(KeyboardInterrupt):
        store.sync(folder, progress=stop)
    store.close()
    again = Store(tmp_path / "index", models.embedder)
    done = again.sync(folder)
    assert (done.added, done.unchanged) == (2, 4)
    assert described(again.archive) == described(synced(folder, tmp_path / "clean", models))
    again.close()


def test_a_run_that_is_stopped_keeps_what_it_had_read_seconds_before(
    tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.taking.PAUSE", 0.0)
    monkeypatch.setattr("qa.taking.SHARE", 0)
    folder = folder_of(tmp_path / "articles", **{f"n{n}": text for n, text in enumerate(TEXTS)})

    def stop(now: Progress) -> None:
        if now.of_files and now.files == 4:
            raise KeyboardInterrupt

    store = Store(tmp_path / "index", models.embedder)
    with pytest.raises(KeyboardInterrupt):
        store.sync(folder, progress=stop)
    store.close()
    again = Store(tmp_path / "index", models.embedder)
    assert again.sync(folder).unchanged >= 3
    again.close()


def test_an_emptied_or_broken_file_takes_its_articles_along(tmp_path: Path, store: Store) -> None:
    folder = folder_of(dump(tmp_path / "articles", *TEXTS[:2]), a="He is in Kenya.")
    store.sync(folder)
    (folder / "dump.jsonl").write_text('{"text": ')
    done = store.sync(folder)
    assert (done.removed, done.unchanged, len(done.skipped)) == (2, 1, 1)
    assert store._collection.count() == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    states=st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=7), min_size=2, max_size=5),
    stops=st.lists(st.integers(0, 3), min_size=5, max_size=5),
)
def test_the_index_is_a_function_of_the_records_too(
    tmp_path_factory: pytest.TempPathFactory, models: Models, states: list[list[int]], stops: list[int]
) -> None:
    root = tmp_path_factory.mktemp("history")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.taking.BATCH", 2)
        for state, left in zip(states, stops, strict=False):
            dump(root / "articles", *[[*TEXTS, "?!"][n] for n in state])
            steps = [left]

            def stop(now: Progress, steps: list[int] = steps) -> None:
                steps[0] -= 1
                if steps[0] == 0:
                    raise KeyboardInterrupt

            store = Store(root / "index", models.embedder)
            with suppress(KeyboardInterrupt):
                store.sync(root / "articles", progress=stop, may_empty=True)
            store.close()
    end, clean = (synced(root / "articles", root / name, models) for name in ("index", "clean"))
    assert (described(end), end.files) == (described(clean), clean.files)


def test_an_index_has_one_owner(tmp_path: Path, store: Store, models: Models) -> None:
    with pytest.raises(IndexBusy, match=rf"process {os.getpid()}.*CHROMA_URL"):
        Store(tmp_path / "index", models.embedder)


def test_whoever_finds_the_index_taken_is_sent_to_the_page_of_its_owner(
    tmp_path: Path, store: Store, models: Models
) -> None:
    store.serving("http://127.0.0.1:7860/")
    with pytest.raises(
        IndexBusy, match=r"answers at http://127\.0\.0\.1:7860/ and takes up new .* ask there.*CHROMA_URL"
    ):
        Store(tmp_path / "index", models.embedder)
    (tmp_path / "index" / ".owner").write_text("half")
    with pytest.raises(IndexBusy, match="in use by another process: wait, or stop it"):
        Store(tmp_path / "index", models.embedder)


def test_a_new_state_is_prepared_before_anybody_sees_it(tmp_path: Path, store: Store) -> None:
    folder = folder_of(tmp_path / "articles", a="He is in Kenya.", b="Prices rose.")
    store.sync(folder)
    (folder / "a.md").write_text("He is in Haiti.")
    before, prepared = store.archive, []

    def prepare(archive: Archive) -> None:
        assert store.archive is before
        # Nothing of the state that is still seen has been deleted.
        assert set(store.nearest("Where is he?", 9)) > {node.node_id for node in before.passages}
        prepared.append(archive)

    store.sync(folder, ready=prepare)
    store.sync(folder, ready=prepare)
    assert prepared == [store.archive]


def test_a_search_finds_one_state_of_the_archive_while_another_is_written(tmp_path: Path, store: Store) -> None:
    folder = folder_of(tmp_path / "articles", **{f"n{n}": "The minister is in Kenya." for n in range(20)})
    store.sync(folder)
    before = {node.node_id for node in store.archive.passages}
    for file in folder.iterdir():
        file.write_text("The minister is in Kenya now.")

    def prepare(archive: Archive) -> None:
        found = store.nearest("The minister is in Kenya now.", 10, among=before)
        assert len(found) == 10
        assert before.issuperset(found)

    assert store.sync(folder, ready=prepare).changed == 20


@pytest.mark.parametrize("unfiltered", [2, 4, 100])
def test_what_passes_a_filter_is_found_behind_any_number_of_nearer_passages(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, unfiltered: int
) -> None:
    monkeypatch.setattr("qa.store.UNFILTERED", unfiltered)
    folder = folder_of(
        tmp_path / "articles",
        **{f"n{n}": f"---\ndate: 2024-03-0{n}\n---\nThe minister is in Kenya, report {n}." for n in range(1, 9)},
        old="---\ndate: 2020-01-01\n---\nPrices of bread rose.",
        older="---\ndate: 2019-01-01\n---\nThe harbour was dredged.",
    )
    store.sync(folder)
    among = {n.node_id for n in store.archive.passages if n.metadata["published"] < "2021"}
    found = store.nearest("Is the minister in Kenya?", 2, where={"day": {"$lte": 20210101}}, among=among)
    assert set(found) == among


def test_a_sync_that_fails_loses_nothing_and_the_next_one_mends_it(
    tmp_path: Path, models: Models, store: Store
) -> None:
    folder = folder_of(tmp_path / "articles", a="He is in Kenya.", b="Prices rose.")
    store.sync(folder)
    before = store.archive
    folder_of(folder, a="He is in Haiti.", **{f"n{n}": TEXTS[n] for n in range(6)})

    def stop(now: Progress) -> None:
        if now.of_bytes and now.bytes == now.of_bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.sync(folder, progress=stop)
    assert store.archive is before
    assert set(store.nearest("Where is he?", 3, among={n.node_id for n in before.passages}))
    shutil.rmtree(folder)
    folder_of(folder, a="He is in Haiti.", b="Prices rose.")
    done = store.sync(folder)
    assert (done.added, done.changed, done.removed, done.unchanged) == (0, 1, 0, 1)
    assert store._collection.count() == 2
    assert store.archive.fingerprint == fingerprint(folder, tmp_path / "clean", models)


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

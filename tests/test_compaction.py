"""An index gives back the space of what was removed, and is whole whenever a run is stopped at that.

`python tests/test_compaction.py 30` kills a run thirty times while it compacts.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from conftest import folder_of
from llama_index.core.base.embeddings.base import BaseEmbedding

import qa.chroma
from qa import compaction
from qa.models import Embedder
from qa.progress import Progress
from qa.store import Store

KILLS = "30" if os.environ.get("SLOW") else "3"


class Scatter(BaseEmbedding):
    """Vectors of 24 numbers by the hash of a text, in no time: where a passage is found does not matter here."""

    fingerprint: str = "scatter"

    def _get_text_embedding(self, text: str) -> list[float]:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).normal(size=24)
        return cast(list[float], (vector / np.linalg.norm(vector)).tolist())

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


EMBEDDER = cast(Embedder, Scatter())


def edition(folder: Path, number: int, articles: int = 120) -> Path:
    """Write articles anew, each with other words."""
    words = [f"{n:x}" for n in range(4_000)]
    for n in range(articles):
        said = " ".join(random.Random(f"{number} {n}").sample(words, 100))
        folder_of(folder, **{f"n{n}": f"Report {n} of day {number}.\n\nThe towns were {said} on that day."})
    return folder


def size(index: Path) -> int:
    return sum(file.stat().st_size for file in index.rglob("*") if file.is_file())


def fresh(folder: Path, index: Path) -> Store:
    store = Store(index, EMBEDDER)
    store.sync(folder)
    return store


def is_copying(store: Store) -> bool:
    return any(collection.name.endswith(compaction.COPY) for collection in store._chroma.list_collections())


@pytest.mark.parametrize(("articles", "is_kept_open"), [(60, True), (60, False), (250, True)])
def test_an_index_that_was_written_anew_ten_times_is_about_as_large_as_a_fresh_one(
    tmp_path: Path, articles: int, is_kept_open: bool
) -> None:
    folder = tmp_path / "articles"
    store = fresh(edition(folder, 0, articles), tmp_path / "index")
    for number in range(1, 11):
        edition(folder, number, articles)
        if not is_kept_open:
            store.close()
            store = Store(tmp_path / "index", EMBEDDER)
        assert store.sync(folder).changed == articles
        one = store.archive.passages[number]
        assert store.nearest(one.get_content("embed"), 1) == [one.node_id]  # type: ignore[arg-type]
    clean = fresh(folder, tmp_path / "clean")
    assert store.archive.fingerprint == clean.archive.fingerprint
    for left in (store, clean):
        left.close()
    assert size(tmp_path / "index") <= 1.5 * size(tmp_path / "clean")
    again = Store(tmp_path / "index", EMBEDDER)
    assert again.archive.fingerprint == clean.archive.fingerprint
    again.close()


def test_what_was_removed_for_good_gives_its_space_back(tmp_path: Path) -> None:
    folder = edition(tmp_path / "articles", 0, 600)
    store = fresh(folder, tmp_path / "index")
    for file in sorted(folder.iterdir())[:450]:
        file.unlink()
    assert store.sync(folder).removed == 450
    store.close()
    clean = fresh(folder, tmp_path / "clean")
    clean.close()
    assert size(tmp_path / "index") <= 1.5 * size(tmp_path / "clean")


def test_building_anew_leaves_no_vectors_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.chroma, "HNSW", {"space": "cosine", "batch_size": 5, "sync_threshold": 10})
    folder = edition(tmp_path / "articles", 0, 30)
    for _ in range(3):
        store = Store(tmp_path / "index", EMBEDDER, rebuild=True)
        store.sync(folder)
        store.close()
    assert len(list((tmp_path / "index").glob("*-*-*"))) == 1


def test_collections_of_others_keep_their_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.chroma, "HNSW", {"space": "cosine", "batch_size": 5, "sync_threshold": 10})
    folder = edition(tmp_path / "articles", 0, 30)
    other = Store(tmp_path / "index", EMBEDDER, collection="other")
    other.sync(folder)
    before = other.archive.fingerprint
    other.close()
    store = fresh(folder, tmp_path / "index")
    for number in range(1, 8):
        store.sync(edition(folder, number, 30))
    store.close()
    other = Store(tmp_path / "index", EMBEDDER, collection="other")
    assert other.archive.fingerprint == before
    one = other.archive.passages[3]
    assert other.nearest(one.get_content("embed"), 1) == [one.node_id]  # type: ignore[arg-type]
    other.close()


def test_whoever_asks_meanwhile_is_answered(tmp_path: Path) -> None:
    folder = edition(tmp_path / "articles", 0, 200)
    store = fresh(folder, tmp_path / "index")
    asked, stop = [0], threading.Event()
    troubles: list[BaseException] = []

    def ask() -> None:
        while not stop.is_set():
            archive = store.archive
            ids = {node.node_id for node in archive.passages}
            try:
                found = store.nearest("Which towns?", 5, among=ids)
                if archive is store.archive:
                    assert len(found) == 5
                asked[0] += 1
                stop.wait(0.02)  # they leave the two cores to the sync
            except BaseException as error:
                troubles.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    before = store._collection.id
    for number in range(1, 5):
        store.sync(edition(folder, number, 200))
    stop.set()
    for thread in threads:
        thread.join()
    assert store._collection.id != before
    assert troubles == []
    assert asked[0] > 20
    store.close()


def test_a_compaction_that_is_stopped_is_undone_and_the_next_one_finishes_it(tmp_path: Path) -> None:
    folder = edition(tmp_path / "articles", 0)
    store = fresh(folder, tmp_path / "index")
    edition(folder, 1)

    def stop(now: Progress) -> None:
        if is_copying(store):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.sync(folder, progress=stop)
    assert [c.name for c in store._chroma.list_collections()] == ["qa-articles"]
    store.close()
    again = fresh(folder, tmp_path / "index")
    again.sync(edition(folder, 2))
    clean = fresh(folder, tmp_path / "clean")
    assert again.archive.fingerprint == clean.archive.fingerprint
    again.close()
    clean.close()
    assert size(tmp_path / "index") <= 1.5 * size(tmp_path / "clean")


def kill_and_look(kills: int, root: Path, seed: int) -> dict[str, int]:
    """Kill runs while they compact; each time the index that is left must be whole, without a vector made anew."""
    qa.chroma.HNSW.update(batch_size=5, sync_threshold=10)
    compaction.PAGE = 10
    chance = random.Random(seed)
    folder, index, done = root / "articles", root / "index", {"killed": 0, "finished": 0}

    def forked(act: Callable[[], object]) -> int:
        # Chroma does not outlive a fork: only the children use it.
        child = os.fork()
        if child == 0:
            code = 1
            try:
                act()
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        return child

    def changed(told: int) -> None:
        def tell(now: Progress) -> None:
            if is_copying(store):
                os.write(told, b".")

        store = Store(index, EMBEDDER)
        store.sync(folder, progress=tell)
        store.close()

    def looked() -> None:
        store = Store(index, EMBEDDER)
        again = store.sync(folder)
        assert (again.passages, again.unchanged) == (0, 120), again
        for node in chance.sample(store.archive.passages, 5):
            assert store.nearest(node.get_content("embed"), 1) == [node.node_id]  # type: ignore[arg-type]
        store.close()

    edition(folder, 0)
    assert os.waitpid(forked(lambda: fresh(folder, index).close()), 0)[1] == 0
    number = 0
    while done["killed"] < kills:
        number += 1
        edition(folder, number)
        ready, told = os.pipe()
        child = forked(lambda told=told: changed(told))  # type: ignore[misc]
        os.close(told)
        os.read(ready, 1)
        os.close(ready)
        time.sleep(chance.uniform(0, 1))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        done["killed" if os.WIFSIGNALED(status) else "finished"] += 1
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"seed {seed}: {status} after {done}"
        assert os.waitpid(forked(looked), 0)[1] == 0, f"seed {seed}: not whole after {done}"
    return done


def test_an_index_is_whole_whenever_a_compaction_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, __file__, KILLS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=float(KILLS) * 40)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"'killed': {KILLS}" in done.stdout


if __name__ == "__main__":
    chosen: Any = random.randrange(10_000)
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as temporary:
        print(f"seed {chosen}", flush=True)
        print(kill_and_look(int(sys.argv[1]), Path(temporary), chosen))

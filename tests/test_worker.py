"""Reading the files of others costs no more than its limits, whatever they hold, and can be stopped at any time."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import psutil
import pytest
from conftest import folder_of
from misbehaving import (
    chatter,
    crash,
    fail,
    imported,
    killed_by_the_system,
    process,
    spin,
    spin_over,
    take,
    what_is_no_value,
)

from qa.articles import Article, ArticleFile, list_files, read_article
from qa.articles.worker import Cancelled, Worker, ahead
from qa.errors import UnreadableFile
from qa.models import Models
from qa.store import Store


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker(seconds=1.0, megabytes=300)
    yield worker
    worker.close()


def test_values_come_back_and_the_process_stays(worker: Worker) -> None:
    assert worker.run(spin, 0.01) == "done"
    assert worker.run(date.fromisoformat, "2031-05-04") == date(2031, 5, 4)
    assert worker.run(process) == worker.run(process) != os.getpid()
    assert worker.run(chatter) == "heard"
    assert worker.run(take, 1) == 1_000_000


@pytest.mark.parametrize(
    ("function", "argument", "reason"),
    [
        (spin, 30.0, "takes more than 1 seconds to read"),
        (take, 400, "needs more than 300 MB"),
        (fail, "between the lines", "makes its reader fail (ZeroDivisionError: between the lines)"),
    ],
)
def test_what_passes_a_limit_is_ended_with_the_reason_and_the_next_call_is_served(
    worker: Worker, function: object, argument: object, reason: str
) -> None:
    began = time.monotonic()
    with pytest.raises(UnreadableFile) as raised:
        worker.run(function, argument)  # type: ignore[arg-type]
    assert reason in str(raised.value)
    assert time.monotonic() - began < 20
    assert worker.run(spin, 0.01) == "done"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("function", "reason"), [(crash, "crash (SIGSEGV)"), (killed_by_the_system, "more memory than is")]
)
def test_a_process_that_ends_is_told_and_another_takes_its_place(worker: Worker, function: object, reason: str) -> None:
    first = worker.run(process)
    with pytest.raises(UnreadableFile) as raised:
        worker.run(function)  # type: ignore[arg-type]
    assert reason in str(raised.value)
    assert worker.run(process) != first


def test_a_process_that_ended_between_two_calls_costs_no_file(worker: Worker) -> None:
    psutil.Process(worker.run(process)).kill()
    time.sleep(0.3)
    assert worker.run(spin, 0.01) == "done"


def test_nothing_but_values_is_taken_from_the_process(worker: Worker) -> None:
    with pytest.raises(UnreadableFile, match="is no value"):
        worker.run(what_is_no_value)
    assert worker.run(spin, 0.01) == "done"


def test_the_process_imports_what_reading_needs_and_nothing_heavy(tmp_path: Path, worker: Worker) -> None:
    folder = folder_of(tmp_path, ferry="The ferry of Mirna sank on Tuesday.")
    (file,), _ = list_files(folder)
    assert worker.run(read_article, folder, file).text == "The ferry of Mirna sank on Tuesday."
    modules = worker.run(imported).split()
    assert not {"chromadb", "gradio", "llama_index", "onnxruntime", "torch", "trafilatura"} & set(modules)


def test_a_module_beside_the_articles_is_not_imported(
    tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("yaml", "docx", "pickle", "charset_normalizer"):
        (tmp_path / f"{name}.py").write_text("import os; os.abort()")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    assert worker.run(spin, 0.01) == "done"


def test_items_are_worked_on_ahead_and_come_in_their_order(worker: Worker) -> None:
    seconds = [0.3, 0.01, 30.0, 0.02]
    came = []
    for item, awaited in ahead(seconds, lambda _: 1, spin, worker=worker):
        try:
            came.append((item, awaited()))
        except UnreadableFile:
            came.append((item, "ended"))
    assert came == [(0.3, "done"), (0.01, "done"), (30.0, "ended"), (0.02, "done")]


def test_whoever_stops_waiting_ends_what_is_worked_on(worker: Worker) -> None:
    worker = Worker(seconds=60.0)
    child = worker.run(process)
    ticks = []

    def tick() -> None:
        ticks.append(time.monotonic())
        if len(ticks) == 2:
            raise KeyboardInterrupt

    began = time.monotonic()
    reading = ahead([50.0, 50.0], lambda _: 1, spin, tick=tick, worker=worker)
    with pytest.raises(KeyboardInterrupt):
        next(reading)[1]()
    reading.close()
    assert time.monotonic() - began < 4
    assert not psutil.pid_exists(child)
    worker.close()


def test_a_call_that_nobody_waits_for_is_not_begun(worker: Worker) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        worker.run_until(cancelled, spin, 30.0)


def test_two_threads_share_one_process(worker: Worker) -> None:
    came: list[int] = []
    threads = [threading.Thread(target=lambda: came.extend(worker.run(take, n) for n in range(1, 6))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == sorted([n * 1_000_000 for n in range(1, 6)] * 2)


# Files that take too long or too much, each of a kind.


def word_document(body: str) -> bytes:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{links}"><Relationship Id="r" Type="{office}" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{words}"><w:body>{body}</w:body></w:document>',
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return data.getvalue()


def hostile(folder: Path) -> Path:
    folder_of(folder, a="The mill of Tarsk reopened on Monday.", z="The dam of Tarsk held, an engineer said.")
    paragraph = "<w:p><w:r><w:t>The dam of Tarsk held.</w:t></w:r></w:p>"
    (folder / "paragraphs.docx").write_bytes(word_document(paragraph + "<w:p/>" * 3_000_000))
    attributes = " ".join(f"a{number}=1" for number in range(200_000))
    (folder / "attributes.html").write_text(f"<html><body><p {attributes}>The dam held.</p></body></html>")
    return folder


def test_files_beyond_the_limits_are_named_and_the_rest_goes_on(tmp_path: Path, models: Models) -> None:
    folder = hostile(tmp_path / "articles")
    store = Store(tmp_path / "index", models.embedder)
    done = store.sync(folder)
    store.close()
    assert (done.added, sorted(file.path for file in done.skipped)) == (2, ["attributes.html", "paragraphs.docx"])
    for file in done.skipped:
        assert "save its text as .txt" in file.reason


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("after", [0.3, 2.5, 4.0, 6.0])
def test_ctrl_c_ends_the_indexing_of_hostile_files_within_two_seconds(tmp_path: Path, after: float) -> None:
    folder = hostile(tmp_path / "articles")
    for number in range(3):
        (folder / f"b{number}.html").write_bytes((folder / "attributes.html").read_bytes())
    command = [sys.executable, "-m", "qa.cli", "index", str(folder), "--index", str(tmp_path / "index")]
    command[1:3] = ["-c", "import sys; from qa.cli import main; sys.exit(main())"]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    time.sleep(after)
    children = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(signal.SIGINT)
    began = time.monotonic()
    _, said = run.communicate(timeout=30)
    assert time.monotonic() - began < 2
    assert run.returncode == 1 or after < 1, said
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


def test_an_article_is_the_same_read_here_and_there(tmp_path: Path, worker: Worker) -> None:
    folder = folder_of(
        tmp_path, one="---\ntitle: Mill reopens\npublished: 2031-02-03\n---\nIt reopened.", two="The dam held."
    )
    files, _ = list_files(folder)
    read = partial(read_article, folder)
    there = [awaited() for _, awaited in ahead(files, lambda file: file.size, read, worker=worker)]
    assert there == [read_article(folder, file) for file in files]
    assert all(isinstance(article, Article) for article in there)
    with pytest.raises(UnreadableFile, match="is no longer there"):
        worker.run(read_article, folder, ArticleFile("gone.md", "0", 1))


def test_a_large_file_of_many_records_may_take_longer_and_one_article_may_not(worker: Worker) -> None:
    assert worker.run(spin_over, ArticleFile("dump.csv", "0", 3_000_000), 1.8) == "done"
    for path, size in (("page.html", 3_000_000), ("dump.csv", 900_000)):
        with pytest.raises(UnreadableFile, match="takes more than 1 seconds"):
            worker.run(spin_over, ArticleFile(path, "0", size), 1.8)

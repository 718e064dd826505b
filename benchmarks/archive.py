"""Measure a large archive: indexing, memory, size on disk, a sync without changes and a thousand questions.

`python benchmarks/archive.py FOLDER [--index FOLDER] [--questions FILE]`

An index that is there already is used as it is; otherwise it is built, in a temporary folder if none is named, and that
is measured. Timings on a shared machine are noisy, but a share of the embedder's speed is of the same seconds.
"""

import argparse
import ctypes
import itertools
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from qa.chain import Chain
from qa.config import Settings
from qa.models import CORES, Embedder

QUESTIONS = Path(__file__).parent.parent / "tests" / "questions.jsonl"
QA = Path(sys.executable).parent / "qa"
ASKED = 1_000
WARM = 50
"""Questions after which the time and the memory of the others are counted."""


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def megabytes(name: str) -> float:
    """VmRSS is the memory of this process now, VmHWM the most that it had."""
    return int(re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # type: ignore[index]


def kept_megabytes() -> float:
    """What this process still has when the C library has given back the memory that it only kept for later."""
    with suppress(AttributeError):  # a C library that has no such call
        ctypes.CDLL(None).malloc_trim(0)
    return megabytes("VmRSS")


def count_seconds(spent: list[float]) -> None:
    """Let the embedder note how long it works: with that many seconds it would be done if there were nothing else."""
    embed = Embedder.get_text_embedding_batch

    def timed(self: Embedder, texts: list[str], **options: Any) -> list[list[float]]:
        started = time.perf_counter()
        try:
            return embed(self, texts, **options)
        finally:
            spent.append(time.perf_counter() - started)

    Embedder.get_text_embedding_batch = timed  # type: ignore[method-assign]


def index(settings: Settings) -> list[tuple[str, str, str]]:
    """Build the index in this process, which does nothing else, and return the rows of the table."""
    chain = Chain(settings)
    chain.models.embedder.get_text_embedding("warm")
    spent: list[float] = []
    count_seconds(spent)
    took = seconds(chain.sync)
    peak = megabytes("VmHWM")
    articles, passages = len(chain.store.archive.articles), len(chain.store.archive.passages)
    chain.close()
    return [
        ("indexed", "", f"{articles:,} articles, {passages:,} passages in {took / 60:.1f} min"),
        ("a second", "", f"{articles / took:.1f} articles, {passages / took:.0f} passages"),
        ("share of the bare embedder's speed", "at least 80 %", f"{sum(spent) / took:.0%}"),
        ("peak memory of indexing", "under 1,500 MB", f"{peak:,.0f} MB"),
    ]


def ask(settings: Settings, questions: Path) -> list[tuple[str, str, str]]:
    opening = time.perf_counter()
    chain = Chain(settings)
    chain.models.load()
    passages = len(chain.store.archive.passages)
    opened = time.perf_counter() - opening
    unchanged = seconds(chain.sync)
    asked = itertools.cycle(json.loads(line)["question"] for line in questions.read_text("utf-8").splitlines())
    for question in itertools.islice(asked, WARM):
        list(chain.stream(question))
    before = kept_megabytes()
    times = [seconds(lambda q=question: list(chain.stream(q))) for question in itertools.islice(asked, ASKED)]
    held = megabytes("VmRSS")
    after = kept_megabytes()
    chain.close()
    size = sum(file.stat().st_size for file in settings.index_folder.rglob("*") if file.is_file())
    command = [QA, "index", settings.articles, "--index", settings.index_folder]
    whole = seconds(lambda: subprocess.run(command, capture_output=True))
    return [
        ("index on disk", "", f"{size / 1e6:,.0f} MB"),
        ("opening it to ask", "", f"{opened:.1f} s"),
        ("sync without changes, in a running process", "", f"{unchanged:.2f} s"),
        ("`qa index` without changes, the whole command", "under 5 s", f"{whole:.1f} s"),
        (
            f"warm `ask`, median of {ASKED:,}, {passages:,} passages",
            "under 0.6 s",
            f"{statistics.median(times):.2f} s (95th percentile {sorted(times)[int(0.95 * len(times))]:.2f} s)",
        ),
        (f"memory in use before and after {ASKED:,} questions", "no growth", f"{before:,.0f} and {after:,.0f} MB"),
        ("... and held for later by the C library", "", f"{held - after:,.0f} MB"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a large archive.")
    parser.add_argument("articles", type=Path, metavar="FOLDER")
    parser.add_argument("--index", type=Path, metavar="FOLDER")
    parser.add_argument("--questions", type=Path, metavar="FILE", default=QUESTIONS)
    parser.add_argument("--only-index", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.pop("OPENAI_API_KEY", None)
    os.environ.pop("OPENAI_BASE_URL", None)
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(articles=options.articles, index=options.index or Path(temporary) / "index")
        if options.only_index:
            print(json.dumps(index(settings)))
            return
        rows: list[tuple[str, str, str]] = []
        if not (settings.index_folder / "chroma.sqlite3").exists():
            command = [sys.executable, __file__, str(options.articles), "--index", str(settings.index), "--only-index"]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            rows += [tuple(row) for row in json.loads(done.stdout.splitlines()[-1])]
        rows += ask(settings, options.questions)
    print(f"{platform.machine()}, {CORES} cores, Python {platform.python_version()}\n")
    print("| what | mark | measured |\n|---|---|---|")
    print("\n".join(f"| {what} | {mark} | {measured} |" for what, mark, measured in rows))


if __name__ == "__main__":
    main()

"""Measure speed and memory, and print the first table of measurements in the README.

    python benchmarks/speed.py            (make bench)

Timings on a shared machine are noisy: the two that matter most are ratios of things measured in turn in one run.
"""

import json
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from llama_index.core.schema import MetadataMode

from qa import config
from qa.chain import Chain
from qa.config import BRIEFS, Settings
from qa.models import CORES, Models, _bundled

QUESTIONS = Path(__file__).parent.parent / "tests" / "questions.jsonl"
QA = Path(sys.executable).parent / "qa"
COPIES = 25


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def warm_ask(root: Path) -> tuple[float, float]:
    """Median and 95th percentile of an answer over seeds/, after three questions to warm up."""
    chain = Chain(Settings(articles=BRIEFS, index=root / "index"))
    chain.sync()
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text().splitlines()]
    for question in questions[:3]:
        list(chain.stream(question))
    times = [seconds(lambda q=question: list(chain.stream(q))) for question in questions * 2]
    chain.close()
    return statistics.median(times), sorted(times)[int(0.95 * len(times))]


def index_share(root: Path) -> tuple[float, float]:
    """Passages a second of indexing, and its share of what the bare embedder does on the same texts in turn."""
    folder = root / "many"
    folder.mkdir()
    for copy in range(COPIES):
        for brief in BRIEFS.glob("*.md"):
            text = brief.read_text(encoding="utf-8")
            (folder / f"{copy}-{brief.name}").write_text(f"{text}\n\nThis is edition {copy}.", encoding="utf-8")
    shares, rates = [], []
    for attempt in range(3):
        chain = Chain(Settings(articles=folder, index=root / f"index-{attempt}"))
        chain.models.embedder.get_text_embedding("warm")
        indexing = seconds(chain.sync)
        texts = [node.get_content(MetadataMode.EMBED) for node in chain.store.archive.passages]
        bare = seconds(lambda c=chain, t=texts: c.models.embedder.get_text_embedding_batch(t))
        shares.append(bare / indexing)
        rates.append(len(texts) / indexing)
        chain.close()
    return statistics.median(rates), statistics.median(shares)


def alone_against_batch() -> float:
    """How many times as fast passages are embedded one by one on all cores as in batches of 16."""
    embedder = Models().embedder
    words = " ".join(brief.read_text(encoding="utf-8") for brief in BRIEFS.glob("*.md")).split()
    texts = [" ".join(words[start : start + 120]) for start in range(0, len(words) - 120, 7)][:64]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = CORES
    session = onnxruntime.InferenceSession(str(_bundled("bge_small_en") / "model.onnx"), options)

    def batches() -> None:
        for start in range(0, len(texts), 16):
            encodings = embedder._network.encode(texts[start : start + 16])
            longest = max(len(encoding.ids) for encoding in encodings)
            padded = np.zeros((len(encodings), longest), np.int64)
            mask = padded.copy()
            for row, encoding in enumerate(encodings):
                padded[row, : len(encoding.ids)] = encoding.ids
                mask[row, : len(encoding.ids)] = 1
            inputs = {"input_ids": padded, "attention_mask": mask, "token_type_ids": np.zeros_like(padded)}
            session.run(None, inputs)

    def alone() -> None:
        embedder.get_text_embedding_batch(texts)

    batches(), alone()
    return statistics.median(seconds(batches) / seconds(alone) for _ in range(3))


def cold(root: Path) -> tuple[float, float]:
    """Seconds of `qa --help` (best of five) and of the first answer of a fresh process over a built index."""
    helped = min(seconds(lambda: subprocess.run([QA, "--help"], check=True, capture_output=True)) for _ in range(5))
    command = [QA, "ask", "Who is Barbecue?", "--articles", str(BRIEFS), "--index", str(root / "index")]
    answered = statistics.median(
        seconds(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(3)
    )
    return helped, answered


def memory_of_serve(root: Path) -> float:
    """Resident megabytes of `qa serve` after ten questions through its HTTP API."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [QA, "serve", "--port", str(port), "--articles", str(BRIEFS), "--index", str(root / "index")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            server.stdout.readline()
            from gradio_client import Client

            client = Client(f"http://127.0.0.1:{port}", verbose=False)
            for line in QUESTIONS.read_text().splitlines()[:10]:
                client.predict(json.loads(line)["question"], api_name="/ask")
            status = Path(f"/proc/{server.pid}/status").read_text()
            return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
        finally:
            server.terminate()


def main() -> None:
    os.environ.pop("OPENAI_API_KEY", None)
    os.environ.pop("OPENAI_BASE_URL", None)
    config.load()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        median, tail = warm_ask(root)
        rate, share = index_share(root)
        helped, first = cold(root)
        rows = [
            ("warm `ask` over `seeds/`, median", "under 0.4 s", f"{median:.2f} s (95th percentile {tail:.2f} s)"),
            (
                "indexing, share of the bare embedder's speed",
                "at least 70 %",
                f"{share:.0%} ({rate:.0f} passages a second)",
            ),
            ("`qa --help`", "under 0.3 s", f"{helped:.2f} s"),
            ("first answer of a cold process", "under 6 s", f"{first:.1f} s"),
            ("memory of `qa serve` after ten questions", "under 900 MB", f"{memory_of_serve(root):.0f} MB"),
            ("embedding one text at a time, against batches of 16", "", f"{alone_against_batch():.2f} times as fast"),
        ]
    print(f"{platform.machine()}, {CORES} cores, Python {platform.python_version()}\n")
    print("| what | mark | measured |\n|---|---|---|")
    print("\n".join(f"| {what} | {mark} | {measured} |" for what, mark, measured in rows))


if __name__ == "__main__":
    main()

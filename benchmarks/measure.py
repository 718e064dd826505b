"""Measure the answers on all question sets, keep the numbers in docs/measured.json, and write the tables made of them.

    make measure SHARED=path/to/shared RTQA=path/to/realtimeqa          or, with more to choose,
    python benchmarks/measure.py [--shared FOLDER] [--rtqa FOLDER] [--only SET…] [--again] [--write]

Each set is asked by `qa eval` in a process of its own, and kept as soon as it is finished: a run that was stopped goes
on where it was. A set is asked again if the program or its questions have changed, or `--again` is given.
SHARED holds golden/, seeds/ and bench/; RTQA holds articles/ and questions.jsonl, as SHARED/bench/realtimeqa.py makes
it. Of a folder that is not given, its sets are left as they were. Indexes and reports go to `--work` (.measure/).
`--write` fills the tables of README.md and docs/quality.md; a test compares them with docs/measured.json. `before` of
a set are the numbers of it in the last commit of that file. `--limit N` tries N questions of each set, and keeps
nothing.
"""

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from answer_tables import FILES, MEASURED, ROOT, ROWS, WHOLE, filled, read

QA = [sys.executable, "-c", "import sys; from qa.cli import main; sys.exit(main())"]


class Asked(NamedTuple):
    """A question set, and the articles that it is asked of, with the folder of their index; None: its own passages."""

    name: str
    questions: Path
    articles: Path | None = None
    index: str = ""


def sets(shared: Path | None, rtqa: Path | None, work: Path) -> Iterator[Asked]:
    """Yield the sets of the folders that are given, those that take long at the end."""
    yield Asked("ours", ROOT / "tests" / "questions.jsonl", ROOT / "seeds", "index-ours")
    if shared:
        yield Asked("golden", shared / "golden" / "seeds.jsonl", shared / "seeds", "index-golden")
        for name in ("squad2", "clapnq", "fitz_gov", "ramdocs"):
            yield Asked(name, shared / "bench" / f"{name}.jsonl")
    if rtqa:
        yield Asked("recent", work / "recent.jsonl", rtqa / "articles", "index-rtqa")
        yield Asked("rtqa", rtqa / "questions.jsonl", rtqa / "articles", "index-rtqa")


def measure(asked: Asked, work: Path, limit: int | None) -> dict[str, Any]:
    """Ask a set; raises RuntimeError with the end of what `qa eval` said where it failed."""
    report = work / "reports" / asked.name
    command = [*QA, "eval", str(asked.questions), "--out", str(report)]
    command += ["--articles", str(asked.articles or ROOT / "seeds"), "--index", str(work / (asked.index or "none"))]
    command += ["--limit", str(limit)] if limit else []
    # What the user has set must change nothing: this checkout, its own models.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("QA_", "OPENAI_", "CHROMA_"))
    }
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=work, env={**environment, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=None, text=True
    )
    if done.returncode:
        raise RuntimeError(f"`qa eval` ended with {done.returncode}: {done.stdout[-500:]}")
    said = json.loads((report / "report.json").read_text(encoding="utf-8"))["files"][asked.questions.stem]
    metrics = {name: value for name, value in said.items() if isinstance(value, int | float)}
    for type_, found in said["types"].items():
        if type_:
            metrics |= {f"refused_{type_}": found["refused"], f"answered_{type_}": 1 - found["refused"]}
    return {
        "metrics": {name: round(value, 4) for name, value in metrics.items()},
        "seconds": round(time.perf_counter() - started),
        "date": date.today().isoformat(),
        "commit": commit(),
        "machine": machine(),
    }


def recent(rtqa: Path, file: Path) -> None:
    """Write the questions that an article of the days before answers."""
    command = [sys.executable, str(ROOT / "benchmarks" / "recent.py"), str(rtqa)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout
    file.write_text(found, encoding="utf-8")


def program() -> str:
    """Return a hash over all files of the package: what was asked by the same need not be asked again."""
    files = [file for file in (ROOT / "qa").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.relative_to(ROOT).as_posix().encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def commit() -> str:
    """Return the commit of the package, with "-dirty" if its files differ from it."""
    return git("rev-parse", "HEAD") + ("-dirty" if git("status", "--porcelain", "--", "qa") else "")


def machine() -> str:
    """Name the processor: "2 cores, Intel(R) Xeon(R) …"."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores, {model}"


def earlier(name: str, now: str) -> dict[str, float]:
    """Return the numbers of a set in the last commit: of another version of the program, or what that had as such."""
    said = git("show", f"HEAD:{MEASURED.relative_to(ROOT)}")
    found: dict[str, Any] = json.loads(said).get(name, {}) if said else {}
    numbers: dict[str, float] = found.get("before" if found.get("program") == now else "metrics", {})
    return numbers


def line(name: str, found: dict[str, Any]) -> str:
    """Return the numbers that the tables show of a set, and how long it took."""
    wanted = {number.metric: number for row in ROWS if row.set == name for number in row.numbers}
    wanted |= {number.metric: number for number in WHOLE.values()}
    told = ", ".join(f"{metric} {number.told(found['metrics'], bold=False)}" for metric, number in wanted.items())
    return f"{name:9} {found['metrics']['n']} in {found['seconds']} s: {told}"


def write() -> None:
    """Fill the tables from docs/measured.json; raises SystemExit where a set is missing."""
    measured = read()
    missing = sorted({row.set for row in ROWS} - measured.keys())
    if missing:
        sys.exit(f"measure: {', '.join(missing)} not measured yet: the tables are left as they are.")
    for file, before in FILES.items():
        file.write_text(filled(file.read_text(encoding="utf-8"), measured, before=before), encoding="utf-8")
        print(f"tables written to {file.relative_to(ROOT)}")


def run(options: argparse.Namespace) -> int:
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    version, failed = program(), 0
    for asked in sets(options.shared, options.rtqa, work):
        if options.only and asked.name not in options.only:
            continue
        measured = read(options.file)
        try:
            if asked.name == "recent":
                recent(options.rtqa, asked.questions)
            questions = hashlib.sha256(asked.questions.read_bytes()).hexdigest()[:16]
            known = measured.get(asked.name, {})
            if (known.get("program"), known.get("questions")) == (version, questions) and not options.again:
                print(f"{line(asked.name, known)} (kept)", flush=True)
                continue
            found = measure(asked, work, options.limit)
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            print(f"{asked.name:9} FAILED: {error}", file=sys.stderr, flush=True)
            failed += 1
            continue
        print(line(asked.name, found), flush=True)
        if not options.limit:
            before = earlier(asked.name, version)
            measured[asked.name] = {**found, "program": version, "questions": questions, "before": before}
            draft = options.file.with_suffix(".new")
            draft.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            draft.replace(options.file)  # a run that is stopped now leaves a whole file
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=lambda text: Path(text).resolve(), metavar="FOLDER")
    parser.add_argument("--rtqa", type=lambda text: Path(text).resolve(), metavar="FOLDER")
    parser.add_argument("--only", nargs="+", choices=sorted({row.set for row in ROWS}), help="only these")
    parser.add_argument("--again", action="store_true", help="ask finished sets again")
    parser.add_argument("--limit", type=int, metavar="N", help="try N questions of each set, and keep nothing")
    parser.add_argument("--work", type=Path, default=ROOT / ".measure", metavar="FOLDER")
    parser.add_argument("--file", type=Path, default=MEASURED, metavar="FILE", help="where the numbers are kept")
    parser.add_argument("--write", action="store_true", help="fill the tables of the documentation")
    options = parser.parse_args()
    failed = run(options)
    if options.write and not failed:
        write()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

"""The scripts that make the tables of the documentation still run, and count what they say they count."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(script: str, *options: str) -> list[list[str]]:
    """Run a benchmark, and return the cells of the table that it prints."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def folder(tmp_path: Path) -> tuple[list[str], Path]:
    """Write two reports, of which the later one knows more, and a question asked as on the day between."""
    (tmp_path / "articles").mkdir()
    for day, dead in (("2024-03-01", "four"), ("2024-03-09", "nine")):
        text = f"---\npublished: {day}\n---\nThe flood in Jacmel killed {dead} people, the mayor said.\n"
        (tmp_path / "articles" / f"{day}.md").write_text(text, encoding="utf-8")
    row = {
        "question": "How many people did the flood in Jacmel kill?",
        "answers": ["four"],
        "articles": ["2024-03-01.md"],
        "date": "2024-03-05",
    }
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(row), encoding="utf-8")
    return ["--articles", str(tmp_path / "articles"), "--index", str(tmp_path / "index")], questions


def test_the_comparison_asks_every_system_as_on_the_questions_day(tmp_path: Path) -> None:
    where, questions = folder(tmp_path)
    names, *rows = run("compare.py", *where, "--questions", str(questions), "--answers", "2")
    table = {cells[0]: dict(zip(names[1:], cells[1:], strict=True)) for cells in rows if cells[0] != "---"}
    assert set(table["Hits@1"].values()) - {""} == {"1.000"}, "a report of a later day came first"
    assert table["answerable: an accepted answer told"]["`qa`, offline"] == "100% of 1"


def test_the_ablation_tells_what_an_answer_loses_without_a_part(tmp_path: Path) -> None:
    where, questions = folder(tmp_path)
    _, *rows = run("ablate.py", str(questions), *where)
    table = {cells[0]: cells[1] for cells in rows}
    assert "right 1.000" in next(iter(table.values()))
    assert "calibration error" in table["fitting the confidence"]
    assert table["articles before digests and live blogs"] == "", "there are none here"

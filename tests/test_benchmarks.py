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


def folder(tmp_path: Path, **row: object) -> tuple[list[str], Path]:
    """Write two reports, of which the later one is the better match, and a question."""
    (tmp_path / "articles").mkdir(exist_ok=True)
    earlier = "After a week of rain, the mayor said on Friday, the water in town killed four people and took a bridge."
    later = "How many people did the flood in Jacmel kill? The flood in Jacmel killed nine people."
    for name, day, text in (("b", "2024-03-01", earlier), ("a", "2024-03-09", later)):
        (tmp_path / "articles" / f"{name}.md").write_text(
            f"---\ntitle: Jacmel\npublished: {day}\n---\n{text}\n", encoding="utf-8"
        )
    asked = {"question": "How many people did the flood in Jacmel kill?", "answers": ["four"], "articles": ["b.md"]}
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(asked | row), encoding="utf-8")
    return ["--articles", str(tmp_path / "articles"), "--index", str(tmp_path / "index")], questions


def compared(tmp_path: Path, **row: object) -> dict[str, dict[str, str]]:
    """Return measure -> system -> what the comparison shows."""
    where, questions = folder(tmp_path, **row)
    names, *rows = run("compare.py", *where, "--questions", str(questions), "--answers", "2")
    return {cells[0]: dict(zip(names[1:], cells[1:], strict=True)) for cells in rows}


def test_the_comparison_asks_every_system_as_on_the_questions_day(tmp_path: Path) -> None:
    today = compared(tmp_path)
    assert set(today["Hits@1"].values()) - {""} == {"0.000"}, "the later report is the better match for every system"
    then = compared(tmp_path, date="2024-03-05")
    assert set(then["Hits@1"].values()) - {""} == {"1.000"}, "a report of a later day came first"
    assert then["answerable: an accepted answer told"]["`qa`, offline"] == "100% of 1"


def test_the_ablation_tells_what_an_answer_loses_without_a_part(tmp_path: Path) -> None:
    where, questions = folder(tmp_path, answers=["four"], wrong_answers=["nine"])
    other = (
        "---\ntitle: Jacmel\npublished: 2024-03-08\n---\nThe flood in Jacmel killed four people and took a bridge.\n"
    )
    (tmp_path / "articles" / "b.md").write_text(other, encoding="utf-8")
    _, *rows = run("ablate.py", str(questions), *where)
    table = {cells[0]: cells[1] for cells in rows}
    assert "contradictions 1.000" in table["nothing"]
    assert "contradictions −1.000" in table["a second and further answer"]
    assert table["articles before digests and live blogs"] == "", "there are none here"


def test_a_measurement_that_was_stopped_goes_on_and_asks_no_set_twice(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    for name in ("golden", "bench", "seeds"):
        (shared / name).mkdir(parents=True)
    (shared / "seeds" / "ferry.md").write_text("---\ntitle: Ferry\n---\nThe ferry to Elin sank on May 2.\n")
    asked = {"question": "When did the ferry to Elin sink?", "any": ["May 2"], "articles": ["ferry.md"]}
    (shared / "golden" / "seeds.jsonl").write_text(json.dumps(asked))
    passages = [{"text": "The ferry to Elin sank on May 2.", "title": "Ferry"}]
    (shared / "bench" / "squad2.jsonl").write_text(json.dumps({**asked, "passages": passages, "type": "when"}))

    def measured(*sets: str) -> tuple[list[str], dict[str, dict[str, object]], int]:
        kept = tmp_path / "measured.json"
        command = [sys.executable, str(ROOT / "benchmarks" / "measure.py"), "--shared", str(shared), "--only", *sets]
        command += ["--work", str(tmp_path / "work"), "--file", str(kept)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        return done.stdout.splitlines(), json.loads(kept.read_text()), done.returncode

    _, first, _ = measured("golden")
    lines, both, code = measured("golden", "squad2", "ramdocs")
    assert code == 1, "the file of ramdocs is not there"
    assert [line.split()[0] for line in lines] == ["golden", "squad2"]
    assert [line.endswith("(kept)") for line in lines] == [True, False]
    assert both["golden"] == first["golden"]
    assert both["squad2"]["metrics"]["answered_when"] == both["golden"]["metrics"]["right"] == 1  # type: ignore[index]

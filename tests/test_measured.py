"""The tables of answer quality tell what was measured, to the digits that they print."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from answer_tables import COLUMNS, FILES, ROWS, WHOLE, Number, filled, read, tables


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_tables_of_the_documentation_are_those_of_the_measured_numbers(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text == filled(text, read(), before=FILES[file]), "run `python benchmarks/measure.py --write`"


@pytest.mark.parametrize("before", [False, True])
def test_every_number_of_the_tables_is_one_that_was_measured(before: bool) -> None:
    shown = tables(read(), before=before)
    for set_ in COLUMNS:
        wanted = [number for row in ROWS if row.set == set_ for number in row.numbers] + list(WHOLE.values())
        for metric in {number.metric for number in wanted}:
            changed = read()
            metrics = changed[set_]["metrics"]
            metrics[metric] = 0.333 if metric not in metrics else metrics[metric] + 0.1
            assert tables(changed, before=before) != shown, f"{metric} of {set_} is not in the tables"


@pytest.mark.parametrize(
    ("number", "value", "told"),
    [
        (Number("right", 0.8), 0.798, ".798"),
        (Number("right", 0.8), 0.8, "**.80**"),
        (Number("right", 0.15, at_most=True), 0.154, ".154"),
        (Number("right", 0.15, at_most=True), 0.15, "**.15**"),
        (Number("right"), 0.798, ".80"),
        (Number("right", 0.9), 1.0, "**1.00**"),
        (Number("right", 1.0, counts=True), 0.9, "54 of 60"),
        (Number("right", 1.0, counts=True), 1.0, "**60**"),
        (Number("wrong", 0.8), 0.9, "–"),
    ],
)
def test_a_number_is_bold_if_and_only_if_its_aim_is_reached_and_never_looks_better(
    number: Number, value: float, told: str
) -> None:
    assert number.told({"right": value, "n": 60}) == told


def test_sets_of_different_runs_say_where_each_was_measured() -> None:
    sets = read()
    sets["squad2"] = {**sets["squad2"], "commit": "1234567890", "date": "2026-12-01"}
    last = tables(sets, before=False).splitlines()[-1]
    assert "commit 1234567 on 2026-12-01" in last
    assert last.endswith(": SQuAD 2.0.") or ": SQuAD 2.0;" in last

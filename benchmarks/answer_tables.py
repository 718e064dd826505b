"""The tables of answer quality in README.md and docs/quality.md, made from what `measure.py` measured.

In both files they stand between two comments; `filled` puts them there, and a test compares them with the numbers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
MEASURED = ROOT / "docs" / "measured.json"
FILES = {ROOT / "README.md": False, ROOT / "docs" / "quality.md": True}
"""The files with the tables -> whether theirs tell what was measured before, too."""

BEGIN = "<!-- measured: written by `make measure`, from docs/measured.json -->"
END = "<!-- /measured -->"

Sets = Mapping[str, Mapping[str, Any]]
"""Set -> "metrics", "before" (the metrics of an earlier version, if there are any), "commit", "date", "machine" …"""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a table: its name in the report of `qa eval`, its aim, and how many digits are printed.

    `answered_X` is the share of the rows of type X that is not refused, `refused_X` of those that are.
    """

    metric: str
    aim: float | None = None
    at_most: bool = False
    digits: int = 2
    counts: bool = False

    def told(self, metrics: Mapping[str, float | None], *, bold: bool = True) -> str:
        """Return it as the tables print it, bold where the aim is reached, "–" where nothing was measured.

        >>> Number("right", 0.8).told({"right": 0.798}), Number("right", 0.8).told({"right": 0.81})
        ('.798', '**.81**')
        """
        value = metrics.get(self.metric)
        if value is None:
            return "–"
        reached = self.aim is not None and (value <= self.aim if self.at_most else value >= self.aim)
        if self.counts:
            count, n = round(value * (metrics["n"] or 0)), metrics["n"]
            words = str(n) if count == n else f"{count} of {n}"
        else:
            words = next(
                words
                for digits in range(self.digits, 8)
                if self._looks_reached(words := f"{value:.{digits}f}") == reached or digits == 7
            )
        words = words.removeprefix("0") if words.startswith("0.") else words
        return f"**{words}**" if reached and bold else words

    def wanted(self) -> str:
        """Return its aim as the tables print it."""
        if self.aim is None:
            return "–"
        if self.counts and self.aim == 1:
            return "all"
        aim = f"{self.aim:.2f}".removeprefix("0")
        return f"at most {aim}" if self.at_most else aim

    def _looks_reached(self, words: str) -> bool:
        # .798 printed as .80 would look like an aim of .80 reached.
        if self.aim is None:
            return False
        return float(words) <= self.aim if self.at_most else float(words) >= self.aim


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the first table; `about` may use the numbers of its set: "{n}", "{unanswerable}"."""

    set: str
    about: str
    what: str
    numbers: Sequence[Number]


HITS = (Number("hits_at_10", 0.95), Number("hits_at_1", 0.75))
ROWS = (
    Row(
        "ours",
        "ours over `seeds/`, {n}, {unanswerable} of them unanswerable",
        "right",
        [Number("right", 0.95, counts=True)],
    ),
    Row("golden", "golden questions over the two source articles, {n}", "right", [Number("right", 1.0, counts=True)]),
    Row(
        "rtqa",
        "RealTime QA, July to December 2023: {n} questions, 3,707 articles, each asked as on its day",
        "Hits@10; Hits@1",
        HITS,
    ),
    Row(
        "rtqa",
        "",
        "contains; F1, where an article answers ({answerable})",
        [Number("contains", 0.6), Number("f1_answerable", 0.45)],
    ),
    Row(
        "rtqa",
        "",
        "refused where none answers; where one does",
        [Number("refused_unanswerable", 0.75), Number("refused_answerable", 0.15, at_most=True)],
    ),
    Row("recent", "the {n} of them whose article is at most three weeks old", "Hits@10; Hits@1", HITS),
    Row(
        "recent",
        "",
        "contains; F1; refused",
        [Number("contains", 0.6), Number("f1_answerable", 0.45), Number("refused_answerable", 0.15, at_most=True)],
    ),
    Row(
        "squad2",
        "SQuAD 2.0, four articles, {n}",
        "F1 over all; exact match on answerable",
        [Number("f1", 0.76), Number("exact_match_answerable", 0.65)],
    ),
    Row(
        "squad2",
        "",
        "refused, unanswerable; answerable",
        [Number("refused_unanswerable"), Number("refused_answerable")],
    ),
    Row("clapnq", "ClapNQ dev, {n}", "a gold sentence among the cited", [Number("support_recall", 0.85)]),
    Row(
        "clapnq",
        "",
        "refused, unanswerable; answerable",
        [Number("refused_unanswerable", 0.75), Number("refused_answerable", 0.15, at_most=True)],
    ),
    Row(
        "fitz_gov",
        "fitz-gov, {n}",
        "abstains on “abstain”; answers “trustworthy”, “disputed”",
        [Number("refused_abstain", 0.8), Number("answered_trustworthy", 0.85), Number("answered_disputed")],
    ),
    Row(
        "ramdocs",
        "RAMDocs, {n}",
        "all right answers told; contradictions shown",
        [Number("contains_all", 0.6), Number("contradictions_shown", 0.6)],
    ),
)
COLUMNS = {
    "ours": "ours",
    "golden": "golden",
    "rtqa": "RealTime QA",
    "recent": "the {n}",
    "squad2": "SQuAD 2.0",
    "clapnq": "ClapNQ",
    "fitz_gov": "fitz-gov",
    "ramdocs": "RAMDocs",
}
"""Set -> how the second table calls it."""

CALIBRATION = Number("ece", 0.05, at_most=True, digits=3)
WHOLE = {
    "area under the curve, answerable against unanswerable": Number("auroc"),
    "expected calibration error of `confidence` (aim: under .05)": CALIBRATION,
    "… of so many answers if confidence were true (`ece_by_chance`)": Number("ece_by_chance", digits=3),
    "seconds a question, median (aim: under .5)": Number("median_seconds", 0.5, at_most=True),
}
"""What the second table tells of every set."""


def read(file: Path = MEASURED) -> dict[str, dict[str, Any]]:
    """Return what was measured, by set; nothing if the file is not there."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}  # type: ignore[no-any-return]


def tables(sets: Sets, *, before: bool) -> str:
    """Return both tables in Markdown, with what was measured where; `before` adds the numbers of an earlier version."""
    lines = [_line(["set", "what", "aim", "reached", *(["before"] if before else [])], head=True)]
    for row in ROWS:
        found = sets.get(row.set, {})
        metrics, earlier = found.get("metrics", {}), found.get("before", {})
        aims = [number.wanted() for number in row.numbers]
        cells = [
            row.about.format(**_counts(metrics)),
            row.what.format(**_counts(metrics)),
            "; ".join(aims) if set(aims) != {"–"} else "",
            "; ".join(number.told(metrics) for number in row.numbers),
        ]
        cells += ["; ".join(number.told(earlier, bold=False) for number in row.numbers)] if before else []
        lines.append(_line(cells))
    names = [name.format(**_counts(sets.get(set_, {}).get("metrics", {}))) for set_, name in COLUMNS.items()]
    lines += ["", _line(["", *names], head=True)]
    for what, number in WHOLE.items():
        lines.append(_line([what, *(number.told(sets.get(set_, {}).get("metrics", {})) for set_ in COLUMNS)]))
        if before and number is CALIBRATION:
            earlier_ones = (number.told(sets.get(set_, {}).get("before", {}), bold=False) for set_ in COLUMNS)
            lines.append(_line(["… before", *earlier_ones]))
    return "\n".join([*lines, "", *_where(sets)])


def filled(text: str, sets: Sets, *, before: bool) -> str:
    """Return the text of a file with the tables between its comments; raises ValueError where it has none."""
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return f"{text[:start]}\n\n{tables(sets, before=before)}\n\n{text[end:]}"


def _counts(metrics: Mapping[str, Any]) -> dict[str, object]:
    n, answerable = metrics.get("n", "–"), metrics.get("answerable", "–")
    return {"n": n, "answerable": answerable, "unanswerable": n - answerable if metrics else "–"}


def _where(sets: Sets) -> list[str]:
    """Say of which commit, when and where the numbers are, the sets of one run together."""
    runs: dict[str, list[str]] = {}
    for set_, name in COLUMNS.items():
        if set_ in sets:
            found = sets[set_]
            run = f"at commit {found['commit'][:7]} on {found['date']}, {found['machine']}"
            runs.setdefault(run, []).append(name.format(**_counts(found["metrics"])))
    if len(runs) == 1:
        return [f"Measured {next(iter(runs))}."]
    told = (f"{run}: {', '.join(names)}" for run, names in runs.items())
    return [f"Measured {'; '.join(told)}."]


def _line(cells: Sequence[str], *, head: bool = False) -> str:
    line = f"| {' | '.join(cells)} |".replace("|  |", "| |") if head else f"| {' | '.join(cells)} |"
    return f"{line}\n|{'---|' * len(cells)}" if head else line

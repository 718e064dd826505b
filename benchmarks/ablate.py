"""Measure what each part of the offline answer is worth: leave it out, ask again, and print one table of differences.

    python benchmarks/ablate.py FILE... --articles FOLDER --index FOLDER [--limit N]

The files are question sets as `qa eval` reads them; N questions are spread over each. What the networks say of a
question and a text does not depend on these parts and is remembered, so that all runs together take little more than
one. The decision is not fitted again: `training/calibrate.py` prints what each of its signals is worth when it is.
"""

import argparse
import copy
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tqdm import tqdm
from writer import spread

from qa import compose, config, followup, reader, same, search
from qa.articles.sentences import sentences
from qa.chain import Chain
from qa.cli import _open
from qa.errors import QaError
from qa.evaluation import ask
from qa.metrics import metrics
from qa.models import Models, Reading
from qa.question_sets import Row, read_rows

MEASURES = {
    "right": "right",
    "contains": "contains",
    "F1": "f1",
    "gold cited": "support_recall",
    "all told": "contains_all",
    "sentences right": "sentences_right",
    "refused": "refused_answerable",
    "Hits@1": "hits_at_1",
    "contradictions": "contradictions_shown",
    "reports differ": "reports_differ",
    "calibration error": "ece",
}
"""What is shown -> its name in the report of `qa eval`. "Refused" is of the answerable."""

LEAST = 0.005
"""A smaller difference is not shown."""

LONG_AGO = 40_000
"""Days."""

Change = tuple[object, str, Any]
"""A module, the name of something in it, and what takes its place."""

Places = tuple[tuple[int, int], ...]


def decided(**numbers: Any) -> dict[str, Any]:
    """Return the decision with other numbers for every kind of question."""
    decision: dict[str, Any] = copy.deepcopy(reader.DECISION)
    for kind in decision.values():
        kind.update(numbers)
    return decision


WITHOUT: dict[str, Sequence[Change]] = {
    "nothing": [],
    "refusals": [(reader, "DECISION", decided(answers=0.0))],
    "a second and further answer": [(compose, "MOST_SENTENCES", 1), (compose, "MOST_DIFFERING", 1)],
    "reading single sentences again": [(reader, "_with_further", lambda question, seen, models: seen)],
    "asking more of what is likely beside the point": [(compose, "APART", 0.0)],
    "half of the passages and sentences": [(reader, "READ", reader.READ // 2), (reader, "JUDGED", reader.JUDGED // 2)],
    "counting articles that agree": [(reader, "_agreement", lambda *given: 0.0)],
    "recent articles first": [(search, "RECENT", LONG_AGO)],
    "the newest report first": [(compose, "asks_what_is_so", lambda question: False)],
    "telling times apart in “Reports differ”": [(compose, "RECENT", LONG_AGO)],
    "telling affirmed from denied": [(same, "negation_differs", lambda *given: False)],
    "dates from time words": [(search, "period", lambda *given: None)],
    "leaving time words out of the search": [(followup, "timeless", lambda question: question)],
    "asking an article only what one of its day would say": [
        (module, "as_asked_of", lambda node, query, scope: query) for module in (search, reader)
    ],
    "articles before digests and live blogs": [(search, "HANDICAP", {})],
    "units with numbers": [(reader, "with_unit", lambda question, text, start, end: (start, end))],
    "passing over questions, quizzes and stubs": [(reader, "candidates", sentences)],
    "fitting the confidence": [(reader, "DECISION", decided(answered=[0.0, 1.0], abstains=[0.0, -1.0]))],
}


class Remembering(Models):
    """Models that keep what they said of a question and a text."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder)
        self._relevance: dict[tuple[str, str], float] = {}
        self._readings: dict[tuple[str, str, Places], list[Reading]] = {}

    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        new = [text for text in texts if (query, text) not in self._relevance]
        logits = super().relevance(query, new) if new else []
        self._relevance.update(zip([(query, text) for text in new], logits, strict=True))
        return [self._relevance[query, text] for text in texts]

    def read(
        self, question: str, texts: Sequence[str], bounds: Sequence[Sequence[tuple[int, int]]]
    ) -> list[list[Reading]]:
        keys = [(question, text, tuple(places)) for text, places in zip(texts, bounds, strict=True)]
        new = [key for key in keys if key not in self._readings]
        found = super().read(question, [text for _, text, _ in new], [places for *_, places in new]) if new else []
        self._readings.update(zip(new, found, strict=True))
        return [self._readings[key] for key in keys]


def numbers(chain: Chain, sets: dict[str, list[Row]], changes: Sequence[Change], name: str) -> list[dict[str, float]]:
    """Ask all questions with these changes, and return the measures of each set."""
    with ExitStack() as changed:
        for module, attribute, value in changes:
            changed.enter_context(patch.object(module, attribute, value))
        found = [
            metrics([ask(chain, row) for row in tqdm(rows, desc=f"{file}, without: {name}", disable=None, leave=False)])
            for file, rows in sets.items()
        ]
    return [{shown: value for shown, key in MEASURES.items() if (value := told[key]) is not None} for told in found]


def cell(told: dict[str, float], before: dict[str, float]) -> str:
    """Return what differs: "F1 −.031, refused +.020"; a measure that has nothing left to count says nothing."""
    moved = {shown: told[shown] - value for shown, value in before.items() if shown in told}
    return ", ".join(f"{shown} {signed(value)}" for shown, value in moved.items() if abs(value) >= LEAST)


def signed(value: float) -> str:
    return ("−" if value < 0 else "+") + f"{abs(value):.3f}".removeprefix("0")


def table(chain: Chain, sets: dict[str, list[Row]]) -> Sequence[str]:
    """Return the lines of the table, in Markdown."""
    chain.models = chain.retriever._models = Remembering(chain.settings.models)
    lines = [f"| without | {' | '.join(f'{file} ({len(rows)})' for file, rows in sets.items())} |"]
    lines.append("|---" * (len(sets) + 1) + "|")
    before: list[dict[str, float]] = []
    for name, changes in WITHOUT.items():
        told = numbers(chain, sets, changes, name)
        if not before:
            before = told
            cells = [", ".join(f"{shown} {value:.3f}" for shown, value in of_set.items()) for of_set in told]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        else:
            lines.append(f"| {name} | {' | '.join(map(cell, told, before))} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    for name in ("articles", "index"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--limit", type=int, metavar="N", help="ask N questions of each file")
    options = parser.parse_args()
    try:
        sets = {file.stem: spread(read_rows(file), options.limit) for file in options.files}
        settings = config.load({"articles": options.articles, "index": options.index, "api_key": "", "base_url": ""})
        chain, _ = _open(settings)
        with closing(chain):
            print("\n".join(table(chain, sets)))
    except QaError as error:
        sys.exit(f"ablate: {error}")


if __name__ == "__main__":
    main()

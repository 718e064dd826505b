"""Read question sets with known answers: our own format, and those of the public benchmarks."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Row:
    """One question: one of `any` is an accepted answer, each of `all` must be told, one of `support` be quoted.

    `wrong` are answers that some articles give and others contradict. `type` is a name to group rows by.

    An answerable question without any of them is right if it is answered at all.
    `articles` are the paths of those that answer. `passages`, if there are any, are asked in place of the archive.
    With a day `as_of` the archive is asked as on that day.
    A row with a `rewrite`, the question as a person would ask it alone, is resolved and not asked at all.
    """

    id: str
    question: str
    history: tuple[str, ...]
    answerable: bool
    any: tuple[str, ...]
    all: tuple[str, ...]
    articles: tuple[str, ...]
    support: tuple[str, ...]
    passages: tuple[Mapping[str, str], ...]
    wrong: tuple[str, ...] = ()
    type: str = ""
    rewrite: str = ""
    as_of: date | None = None

    @property
    def asks_archive(self) -> bool:
        """Whether it is asked of the archive, and not of passages of its own or only resolved."""
        return not (self.passages or self.rewrite)


_TRUTH = {"any", "answers", "all", "support", "abstain", "answerable", "evidence", "articles", "rewrite"}


def read_rows(file: Path) -> list[Row]:
    """Return the questions of a JSON-lines file; raises EvaluationError with the line that is wrong."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(
            f"the question set {file} cannot be read ({error}): name a file of JSON lines."
        ) from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                rows.append(_row(json.loads(line), f"line {number}"))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise EvaluationError(
                    f"{file}, line {number}, is no question ({type(error).__name__}: {error}): every line is a JSON "
                    'object with at least "question" and "answers", or "abstain": true, or with "conversation", '
                    '"last_turn" and "rewrite".'
                ) from error
    if not rows:
        raise EvaluationError(f"{file} holds no question.")
    return rows


def _row(found: dict[str, Any], name: str) -> Row:
    for key in ("any", "answers", "all", "articles", "support", "history", "passages", "wrong_answers"):
        if not isinstance(found.get(key) or [], list):
            raise ValueError(f'"{key}" is {found[key]!r}, not a list')
    if not found.keys() & _TRUTH:
        raise ValueError(f"none of {', '.join(sorted(_TRUTH))} says what is right")
    if "rewrite" in found:
        asked, question, rewrite = (_turns(found[key]) for key in ("conversation", "last_turn", "rewrite"))
        found = {"id": found.get("id", name), "question": question[-1], "history": asked[:-1], "rewrite": rewrite[-1]}
    accepted = tuple(found.get("any") or ()) + tuple(found.get("answers") or ())
    needed = tuple(found.get("all") or ())
    # RealTime QA lists the articles that hold the answer: none, if the archive cannot answer.
    answerable = bool(found.get("answerable", not found.get("abstain", False) and found.get("evidence") != []))
    return Row(
        id=str(found.get("id", name)),
        question=str(found["question"]),
        history=tuple(found.get("history") or ()),
        answerable=answerable,
        any=accepted,
        all=needed,
        articles=tuple(found.get("articles") or found.get("gold") or found.get("evidence") or ()),
        support=tuple(str(s["text"] if isinstance(s, dict) else s) for s in found.get("support") or ()),
        passages=tuple(found.get("passages") or ()),
        wrong=tuple(found.get("wrong_answers") or ()),
        type=str(found.get("type") or ""),
        rewrite=str(found.get("rewrite") or ""),
        as_of=date.fromisoformat(found["date"]) if found.get("date") else None,
    )


def _turns(text: str) -> list[str]:
    """Return what the user said: "|user|: Who left?\\n|agent|: Henry.\\n|user|: Why?" -> ["Who left?", "Why?"]."""
    said = re.findall(r"^\|user\|:(.*?)(?=^\|\w+\|:|\Z)", text, re.DOTALL | re.MULTILINE)
    if not said:
        raise ValueError(f'{text!r} has no turn that begins with "|user|:"')
    return [" ".join(words.split()) for words in said]

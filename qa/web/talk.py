"""What becomes of the questions of one visitor: asked, answered, stopped, kept for a reload, judged."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path

from qa import receipt
from qa.errors import QaError, QuestionError
from qa.followup import Turn
from qa.web.answers import Entry

if TYPE_CHECKING:
    from qa.chain import Chain

Talk = list[Entry]
"""A conversation. Each visitor has one list, changed in place: two events at a time must not undo each other."""

Limits = tuple[str, str | None, str | None]
"""Outlet and dates, as they stand in the page."""

BROKEN = "Something went wrong in the program. Please ask again; the terminal it runs in says what happened."
STOPPED = "Stopped before the answer was complete."
CHANGED = "The articles have changed since this was answered, and its quotes no longer stand. Ask again."
KEPT = 100
"""Turns of a conversation that the browser keeps for a reload; a turn takes about 5 kB of the 5,000 that it gives."""

LONGEST = 100_000
"""Characters of a turn that is read back; what comes from a browser may be anything."""

FULL = 50_000_000
"""Bytes after which no more opinions are kept."""

log = logging.getLogger(__name__)


def answered(
    chain: "Chain",
    question: str,
    talk: Talk,
    limits: Limits = ("", None, None),
    *,
    alone: bool = False,
    any_time: bool = False,
) -> Iterator[Entry]:
    """Follow one question from asked to answered at the end of `talk`; what goes wrong becomes a message there.

    `alone`: it is not read as a follow-up. `any_time`: its time words limit nothing.
    """
    history = [Turn(entry.question, entry.answer) for entry in talk if entry.answer and not alone]
    asked = told = Entry(question, alone=alone, any_time=any_time)
    talk.append(told)
    yield told

    def tell(entry: Entry) -> bool:
        """Put an entry in the place of the one told before; False if that was stopped or cleared meanwhile."""
        nonlocal told
        for place, there in enumerate(talk):
            if there is told:
                talk[place] = told = entry
                return True
        return False

    try:
        outlet, since, until = limits
        for answer in chain.stream(
            question,
            history=history,
            source=outlet or None,
            since=as_day(since),
            until=as_day(until),
            any_time=any_time,
        ):
            if not tell(replace(asked, answer=answer)):
                return
            yield told
        ended = replace(told, done=True)
    except QaError as error:
        ended = replace(asked, trouble=str(error), done=True)
    except Exception:
        log.exception("no answer to %r", question)
        ended = replace(asked, trouble=BROKEN, done=True)
    if tell(ended):
        yield told


def stopped(entry: Entry) -> Entry:
    """Close an answer that was cut short: unchecked words go, and a notice says so."""
    if entry.done:
        return entry
    answer = entry.answer
    if answer is None or not answer.text:
        return Entry(entry.question, trouble=STOPPED, done=True)
    used = {number for sentence in answer.sentences for number in sentence.citations}
    citations = tuple(citation for citation in answer.citations if citation.number in used)
    return replace(entry, answer=replace(answer, citations=citations, pending="", notice=STOPPED), done=True)


def remembered(talk: Talk, models: dict[str, str]) -> list[dict[str, Any]]:
    """Return what the browser needs to keep for `restored`."""
    return [
        {
            "question": entry.question,
            "trouble": entry.trouble,
            "receipt": receipt.receipt(entry.answer, models) if entry.answer else None,
        }
        for entry in talk[-KEPT:]
        if entry.done
    ]


def restored(saved: Any, chain: "Chain") -> Talk:
    """Read back what the browser kept; an answer whose quotes no longer stand is withheld, and says so."""
    talk = []
    for kept in saved[-KEPT:] if isinstance(saved, list) else []:
        if not isinstance(kept, dict) or not isinstance(kept.get("question"), str) or len(str(kept)) > LONGEST:
            continue  # written by another version, or by hand
        question, trouble = kept["question"], str(kept.get("trouble") or "")
        answer = None
        if isinstance(kept.get("receipt"), dict):
            answer = receipt.restore(kept["receipt"], chain.store.archive)
            trouble = "" if answer else CHANGED
        talk.append(Entry(question, answer, trouble or ("" if answer else STOPPED), done=True))
    return talk


def keep_feedback(articles: Path, vote: str, remark: str, said: dict[str, Any]) -> Path:
    """Add an opinion on an answer, with the whole answer, to the file that it returns: a line of JSON each."""
    file = user_data_path("qa") / "feedback.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > FULL:
        raise OSError(f"{file} has more than {FULL // 1_000_000} MB: move it away")
    line = {"at": said["made"], "vote": vote, "remark": remark, "articles": str(articles), "answer": said}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as lines:
        if hasattr(os, "fchmod"):  # one that an earlier version made is open to all
            os.fchmod(lines.fileno(), 0o600)
        lines.write(json.dumps(line, ensure_ascii=False) + "\n")
    return file


def as_day(text: str | None) -> date | None:
    """Read a day as it is typed in the page; raises QuestionError."""
    text = (text or "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise QuestionError(f"{text!r} is no date: write it like 2024-03-07, or leave it empty.") from None

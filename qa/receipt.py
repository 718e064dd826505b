"""A receipt: one answer with all that is needed to check it later, against the same archive or a newer one.

What a receipt tells is compared with the archive as far as the archive can tell, and its signature says whether this
program made it as it is (`qa.signature`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa import __version__, signature
from qa.archive import Archive
from qa.citations import Answer, Scope
from qa.copies import cite, stories
from qa.errors import ReceiptError
from qa.receipt_faults import (
    Check,
    Fault,
    check_quote,
    cited_faults,
    facts_faults,
    missing_faults,
    numbered,
    scope_faults,
    scope_of,
    sentence_faults,
    sentences_of,
    span_faults,
    spans_of,
    text_faults,
    text_hash,
)
from qa.receipt_format import Told, parse

__all__ = ["Check", "Fault", "Verification", "read", "receipt", "restore", "text_hash", "verify"]

FORMAT = 2
"""Of what is made. Format 1 had no signature; it is still checked as far as it can be."""


def receipt(answer: Answer, models: dict[str, str]) -> dict[str, Any]:
    """Return an answer in plain types with the hash of each cited text, the models, the version and the time (UTC).

    It is signed with the key of this machine; `signature` is None where no key can be kept.
    """
    told = answer.to_dict()
    quoted = zip(told["citations"] + told["closest"], answer.citations + answer.closest, strict=True)
    for cited, citation in quoted:
        cited["article"]["sha256"] = text_hash(citation.article)
    said = {
        "receipt": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        **told,
        "models": models,
        "version": __version__,
    }
    return {**said, "signature": signature.sign(said)}


def read(file: Path) -> dict[str, Any]:
    """Return the receipt in a JSON file; raises ReceiptError when it is none."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReceiptError(f"{file} cannot be read ({error.strerror}): name a receipt, saved from the page.") from error
    except (ValueError, RecursionError) as error:
        raise ReceiptError(
            f"{file} is no JSON file: name a receipt, saved from the page as “Receipt as JSON”."
        ) from error
    if not isinstance(said, dict) or "receipt" not in said:
        raise ReceiptError(f"{file} is no receipt: save one from the page, or from Python with qa.receipt.receipt().")
    if said["receipt"] not in (1, FORMAT):
        raise ReceiptError(
            f"{file} is a receipt of format {said['receipt']!r}; this version of qa checks 1 to {FORMAT}."
        )
    return said


# ---- check one ------------------------------------------------------------------------------------


OWN = "made by this program on this machine, and not edited since"
OTHER = "made by another program or machine, and not edited since it was signed with the key"
UNSIGNED = "unsigned: nothing tells who made it"
EDITED = "the signature does not fit: the receipt was edited after it was signed"


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a receipt: of each quote, of each field that does not fit, of its signature.

    `origin` is one of OWN, OTHER (with the key behind it), UNSIGNED and EDITED. `open` names what nothing here tells.
    """

    quotes: tuple[Check, ...]
    faults: tuple[Fault, ...]
    origin: str
    open: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every quote holds and nothing else is at fault."""
        return all(check.holds for check in self.quotes) and not self.faults


def verify(said: dict[str, Any], archive: Archive) -> Verification:
    """Compare a receipt with an archive, and with its signature; raises ReceiptError when it is not whole."""
    told = parse(said)
    quoted = [*numbered("citations", told.citations), *numbered("closest", told.closest)]
    checks = tuple(check_quote(cited, archive) for _, cited in quoted)
    faults = [fault for place, cited in quoted for fault in cited_faults(place, cited, archive)]
    for place, facts in numbered("nearest", told.nearest):
        faults += facts_faults(place, facts, archive)
    faults += [
        *missing_faults(told),
        *sentence_faults(told),
        *text_faults(told),
        *span_faults(told),
        *scope_faults(told),
    ]
    origin, by_signature = _origin(said, told)
    named = {fault.field.partition("[")[0].partition(".")[0] for fault in faults}
    faults += [fault for fault in by_signature if fault.field not in named]
    return Verification(checks, tuple(faults), origin, _open(told, origin, archive))


def restore(said: dict[str, Any], archive: Archive) -> Answer | None:
    """Return the answer of a receipt, its citations tied to this archive; None unless all of it still holds.

    Nor is one taken back that this program did not sign, where it signs: it would sign it when it is saved again.
    """
    try:
        found = verify(said, archive)
        told = parse(said)
    except ReceiptError:
        return None  # not a receipt of ours: whoever asked decides what to show instead
    trusted = found.origin == OWN or (found.origin == UNSIGNED and signature.sign({}) is None)
    if not (found.holds and trusted):
        return None
    known = stories([c.article.id for c in told.citations + told.closest], archive.copies, Scope())
    citations, closest = (
        tuple(cite(c.number, archive.articles[c.article.id], c.start, c.end, known) for c in cited)
        for cited in (told.citations, told.closest)
    )
    return Answer(
        question=told.question,
        text=told.text,
        citations=citations,
        abstained=told.abstained,
        confidence=told.confidence,
        mode=told.mode,
        seconds=told.seconds,
        query=told.query,
        notice=told.notice,
        sentences=sentences_of(told),
        spans=spans_of(told.spans),
        conflicts=spans_of(told.conflicts),
        scope=scope_of(told),
        nearest=tuple(archive.articles[a.id] for a in told.nearest if a.id in archive.articles),
        closest=closest,
    )


def _origin(said: Mapping[str, Any], told: Told) -> tuple[str, list[Fault]]:
    """Return who made a receipt, and which fields are not what was signed."""
    if told.signature is None:
        return UNSIGNED, []
    signed, mine = {n: v for n, v in said.items() if n != "signature"}, said["signature"]
    changed = signature.edited(signed, mine)
    if changed is None:
        return EDITED, [Fault("signature", "does not fit")]
    if changed:
        return EDITED, [Fault(name, "is not what was signed") for name in changed]
    return (OWN if signature.is_own(mine) else f"{OTHER} {signature.fingerprint(mine)}"), []


def _open(told: Told, origin: str, archive: Archive) -> tuple[str, ...]:
    """Name what neither the archive nor the signature tells."""
    gone = [f.path for c in told.citations for f in c.also if f.id not in archive.articles]
    gone += [f.path for f in told.nearest if f.id not in archive.articles]
    notes = [f"{path} is no longer in the archive: what is told of it was not compared" for path in dict.fromkeys(gone)]
    if origin not in (OWN, EDITED):
        notes.append(
            "question, query, time words, confidence, mode, times, models, version and notice, which no article tells"
        )
        if not told.is_offline:
            notes.append(f"the sentences were written by {told.mode}: whether they are as it wrote them is not known")
    return tuple(notes)

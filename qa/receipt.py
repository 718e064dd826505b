"""A receipt: one answer with all that is needed to check its quotes later, against the same archive or a newer one."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from qa import __version__
from qa.archive import Archive
from qa.articles import Article
from qa.citations import ABSTENTION, Answer, Citation, Scope, Sentence, Span, text_of
from qa.copies import cite, stories
from qa.errors import ReceiptError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Check:
    """Whether quote `number` of a receipt still stands, word for word, where the receipt says; `finding` says why."""

    number: int
    quote: str
    holds: bool
    finding: str


def receipt(answer: Answer, models: dict[str, str]) -> dict[str, Any]:
    """Return an answer in plain types with the hash of each cited text, the models, the version and the time (UTC)."""
    told = answer.to_dict()
    quoted = zip(told["citations"] + told["closest"], answer.citations + answer.closest, strict=True)
    for cited, citation in quoted:
        cited["article"]["sha256"] = text_hash(citation.article)
    return {
        "receipt": FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        **told,
        "models": models,
        "version": __version__,
    }


def text_hash(article: Article) -> str:
    """Return the SHA-256 of an article's text in UTF-8."""
    return hashlib.sha256(article.text.encode()).hexdigest()


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
    if said["receipt"] != FORMAT:
        raise ReceiptError(f"{file} is a receipt of format {said['receipt']!r}; this version of qa checks {FORMAT}.")
    return said


def verify(said: dict[str, Any], archive: Archive) -> list[Check]:
    """Check every quote of a receipt against an archive; raises ReceiptError when the receipt does not fit together."""
    try:
        checks = [_check(cited, archive) for cited in said["citations"]]
        close = [_check(cited, archive) for cited in said.get("closest", ())]  # older receipts have none
        sentences = _sentences(said)
        known = {check.number for check in checks}
        marked = {number for sentence in sentences for number in sentence.citations}
        abstains = said["abstained"] is True and not checks and str(said["text"]).startswith(ABSTENTION)
        agrees = abstains or (said["abstained"] is False and said["text"] == text_of(sentences))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ReceiptError(f"the receipt lacks something or was edited ({error!r}): save it again.") from error
    if not agrees:
        raise ReceiptError("the text of the answer is not that of its cited sentences: the receipt was edited.")
    if not marked <= known:
        raise ReceiptError(
            f"the answer cites {sorted(marked - known)}, which the receipt does not have: it was edited."
        )
    if not abstains and not checks:
        raise ReceiptError("the answer has no quote at all: the receipt was edited.")
    return checks + close


def restore(said: dict[str, Any], archive: Archive) -> Answer | None:
    """Return the answer of a receipt, its citations tied to this archive; None unless every quote still holds."""
    try:
        if not all(check.holds for check in verify(said, archive)):
            return None
        quoted = said["citations"], said.get("closest", ())
        known = stories([c["article"]["id"] for cited in quoted for c in cited], archive.copies, Scope())
        citations, closest = (
            tuple(cite(c["number"], archive.articles[c["article"]["id"]], c["start"], c["end"], known) for c in cited)
            for cited in quoted
        )
        scope, confidence = said["scope"], float(said["confidence"])
        if not 0 <= confidence <= 1:
            return None
        return Answer(
            question=str(said["question"]),
            text=str(said["text"]),
            citations=citations,
            abstained=said["abstained"] is True,
            confidence=confidence,
            mode=str(said["mode"]),
            seconds=float(said["seconds"]),
            query=str(said["query"]),
            notice=str(said["notice"]),
            sentences=_sentences(said),
            spans=_spans(said["spans"], citations),
            conflicts=_spans(said["conflicts"], citations),
            scope=Scope(str(scope["source"]), _date(scope["since"]), _date(scope["until"]), str(scope["words"])),
            nearest=tuple(archive.articles[a["id"]] for a in said["nearest"] if a["id"] in archive.articles),
            closest=closest,
        )
    except (ReceiptError, AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return None  # not a receipt of ours: whoever asked decides what to show instead


def _check(cited: dict[str, Any], archive: Archive) -> Check:
    """Find the quote of one citation in the archive: where the receipt says, or in a newer version of its article."""
    number, quote, start, end, facts = (cited[name] for name in ("number", "quote", "start", "end", "article"))
    if not (isinstance(quote, str) and quote and type(start) is type(end) is type(number) is int and 0 <= start < end):
        raise ValueError(f"quote {number!r}")
    article = archive.articles.get(facts["id"])
    if article is not None and text_hash(article) == facts["sha256"]:
        if article.text[start:end] == quote:
            return Check(number, quote, True, f"stands word for word in {article.path}")
        return Check(
            number, quote, False, f"does not stand at {start} to {end} of {article.path}: the receipt was edited"
        )
    newer = next(
        (a for a in archive.articles.values() if a.path == facts["path"] or (a.url and a.url == facts["url"])), None
    )
    if newer is None:
        return Check(number, quote, False, f"its article {facts['path']} is no longer in the archive")
    now = "still holds these words" if quote in newer.text else "no longer holds these words"
    return Check(number, quote, False, f"{newer.path} was changed since, and {now}")


def _sentences(said: dict[str, Any]) -> tuple[Sentence, ...]:
    return tuple(Sentence(str(s["text"]), tuple(int(n) for n in s["citations"])) for s in said["sentences"])


def _spans(places: Sequence[dict[str, Any]], citations: Sequence[Citation]) -> tuple[Span, ...]:
    cited = {citation.number: citation.article for citation in citations}
    spans = tuple(Span(p["number"], p["text"], p["start"], p["end"]) for p in places)
    return tuple(span for span in spans if cited[span.number].text[span.start : span.end] == span.text)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

"""Find what does not fit in a receipt: against the archive, and against the rest of itself."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from qa.archive import Archive
from qa.articles import Article
from qa.articles.outlets import same_outlet
from qa.calendar_words import MONTHS
from qa.citations import Scope, Sentence, Span, abstention, limits_of, text_of
from qa.compose import of_day, replaced_since
from qa.copies import Story
from qa.receipt_format import Cited, Facts, Place, Told, place_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Check:
    """Whether quote `number` of a receipt still stands, word for word, where the receipt says; `finding` says why."""

    number: int
    quote: str
    holds: bool
    finding: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A field of a receipt, by its place ("citations[0].article.title"), that is not what it must be, and why."""

    field: str
    finding: str


def text_hash(article: Article) -> str:
    """Return the SHA-256 of an article's text in UTF-8."""
    return hashlib.sha256(article.text.encode()).hexdigest()


def numbered(name: str, values: Sequence[T]) -> Iterator[tuple[str, T]]:
    return ((place_of(name, number), value) for number, value in enumerate(values))


def check_quote(cited: Cited, archive: Archive) -> Check:
    """Find the quote of one citation in the archive: where the receipt says, or in a newer version of its article."""
    number, quote, facts = cited.number, cited.quote, cited.article
    article = archive.articles.get(facts.id)
    if article is not None and text_hash(article) == facts.sha256:
        if article.text[cited.start : cited.end] == quote and cited.end <= len(article.text):
            return Check(number, quote, True, f"stands word for word in {article.path}")
        where = f"{cited.start} to {cited.end} of {article.path}"
        return Check(number, quote, False, f"does not stand at {where}: the receipt was edited")
    newer = article or next(
        (a for a in archive.articles.values() if a.path == facts.path or (a.url and a.url == facts.url)), None
    )
    if newer is None:
        return Check(number, quote, False, f"its article {facts.path} is no longer in the archive")
    now = "still holds these words" if quote in newer.text else "no longer holds these words"
    return Check(number, quote, False, f"{newer.path} was changed since, and {now}")


def missing_faults(told: Told) -> Iterator[Fault]:
    """Name what every receipt has but those of format 1, of which the oldest lack it."""
    if told.receipt == 1:
        return
    for name in ("closest", "signature"):
        if name not in told.model_fields_set:
            yield Fault(name, "was taken away")
    for place, cited in [*numbered("citations", told.citations), *numbered("closest", told.closest)]:
        if "also" not in cited.model_fields_set:
            yield Fault(f"{place}.also", "was taken away")


def cited_faults(place: str, cited: Cited, archive: Archive) -> Iterator[Fault]:
    yield from facts_faults(f"{place}.article", cited.article, archive)
    for number, facts in enumerate(cited.also):
        copy = archive.articles.get(facts.id)
        yield from facts_faults(f"{place}.also[{number}]", facts, archive)
        if copy and not Story((copy,), frozenset()).holders(cited.quote):
            yield Fault(f"{place}.also[{number}]", f"{copy.path} does not hold the quote")


def facts_faults(place: str, facts: Facts, archive: Archive) -> Iterator[Fault]:
    """Compare what is told of an article with the archive; an id is a hash of the file that all of it comes from."""
    article = archive.articles.get(facts.id)
    for name in ("title", "source", "author", "url", "path", "published") if article else ():
        told, known = getattr(facts, name), getattr(article, name)
        if told != known:
            yield Fault(f"{place}.{name}", f"is “{told or ''}”, and “{known or ''}” in the archive")


def sentence_faults(told: Told) -> Iterator[Fault]:
    """Compare each sentence with its quotes; what a language model wrote has only the marks to compare."""
    cited = {citation.number: citation for citation in told.citations}
    marks = [number for sentence in told.sentences for number in sentence.citations]
    if list(cited) != list(range(1, len(told.citations) + 1)):
        yield Fault("citations", "are not numbered from 1")
    if list(dict.fromkeys(marks)) != list(cited):
        yield Fault("sentences", f"cite {sorted(set(marks))}, and the receipt has {sorted(cited)}")
    if not told.abstained and not cited:
        yield Fault("citations", "are missing: the answer has no quote at all")
    for place, sentence in numbered("sentences", told.sentences) if told.is_offline else ():
        first = cited.get(next(iter(sentence.citations), 0))
        if first is None:
            yield Fault(place, "has no quote")
            continue
        flat, published = " ".join(first.quote.split()), first.article.published
        if sentence.text not in (flat, of_day(published) + flat, replaced_since(published) + flat):
            yield Fault(f"{place}.text", f"is not what its quote [{first.number}] says")


_MONTHS = "|".join(MONTHS)
_DAYS = rf"(?:\d+(?: (?:{_MONTHS}))?(?: \d{{4}})? to )?\d+ (?:{_MONTHS}) \d{{4}}"
_COVERAGE = (
    r"\d+ articles?(?:, \d+ of them)?(?: from \d+ outlets?)?"
    rf"(?:, dated {_DAYS}|; \d+ dated {_DAYS}, \d+ undated|; all undated)?"
)
"""What `Archive.coverage` may have said: an archive grows, so that only the form of it can be compared."""


def text_faults(told: Told) -> Iterator[Fault]:
    """Compare the text with the sentences that it is made of, or with what an abstention says."""
    if not told.abstained:
        if told.text != text_of(sentences_of(told)):
            yield Fault("text", "is not that of the cited sentences")
        return
    if told.citations or told.sentences or told.spans or told.conflicts:
        yield Fault("abstained", "is true, but something is told")
    nearest = [Article(facts.id, "", facts.title) for facts in told.nearest]
    forms = (abstention(nearest, "\0", limits_of(scope_of(told), dated_only=only)) for only in (False, True))
    patterns = (re.escape(form).replace("\0", _COVERAGE) for form in forms)
    if not any(re.fullmatch(pattern, told.text) for pattern in patterns):
        yield Fault("text", "is not what an abstention says")


def span_faults(told: Told) -> Iterator[Fault]:
    """Compare answering and conflicting words with the quotes that they stand in."""
    cited = {citation.number: citation for citation in told.citations}
    for place, span in [*numbered("spans", told.spans), *numbered("conflicts", told.conflicts)]:
        quote = cited.get(span.number)
        start, end = (at - quote.start for at in (span.start, span.end)) if quote else (0, 0)
        if quote is None or not 0 <= start < end <= len(quote.quote) or quote.quote[start:end] != span.text:
            yield Fault(place, "does not stand in its quote")
    if len(told.conflicts) == 1:
        yield Fault("conflicts", "are one: reports differ where there are two")


def scope_faults(told: Told) -> Iterator[Fault]:
    """Compare the limits of the search with what was found within them."""
    scope = told.scope
    for place, cited in [*numbered("citations", told.citations), *numbered("closest", told.closest)]:
        source, day = cited.article.source, cited.article.published
        if scope.source and not same_outlet(source, scope.source):
            yield Fault("scope.source", f"is “{scope.source}”, but {place} is from “{source}”")
        for name, limit, outside in (
            ("since", scope.since, bool(day and scope.since and day < scope.since)),
            ("until", scope.until, bool(day and scope.until and day > scope.until)),
        ):
            if outside:
                yield Fault(f"scope.{name}", f"is {limit}, but {place} is of {day}")


def sentences_of(told: Told) -> tuple[Sentence, ...]:
    return tuple(Sentence(said.text, tuple(said.citations)) for said in told.sentences)


def spans_of(places: Sequence[Place]) -> tuple[Span, ...]:
    return tuple(Span(place.number, place.text, place.start, place.end) for place in places)


def scope_of(told: Told) -> Scope:
    return Scope(told.scope.source, told.scope.since, told.scope.until, told.scope.words)

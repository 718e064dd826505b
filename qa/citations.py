"""What `ask` returns: an answer whose every sentence cites an exact slice of an article."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

from qa.articles import Article
from qa.articles.outlets import outlet_key

ABSTENTION = "The articles do not say."
"""First words of every answer that abstains."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with its place: `article.text[start:end] == quote`, always.

    `number` counts from 1 and is the mark [number] in the text of the answer. `also` are copies of the article at other
    outlets that hold the quote too; `story` is the same for all copies, and "" where there are none.
    """

    number: int
    quote: str
    start: int
    end: int
    article: Article
    also: tuple[Article, ...] = ()
    story: str = ""

    @property
    def attribution(self) -> str:
        """Who says so, and when: "Latin Post, 7 March 2024"; what is not known is said."""
        return _outlet_and_day(self.article)

    @property
    def carried(self) -> str:
        """Who else carries the story: "also carried by Northern Wire, 5 March 2024; Herald, undated"; "" if nobody."""
        return f"also carried by {'; '.join(map(_outlet_and_day, self.also))}" if self.also else ""


@dataclass(frozen=True, slots=True)
class Span:
    """The shortest exact words that answer, inside citation `number`: `article.text[start:end] == text`."""

    number: int
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer and the numbers of its citations; without any it is unsupported.

    An unsupported sentence stands in `Answer.sentences`, to be shown struck out, and never in `Answer.text`.
    """

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The articles that a question was limited to: of one outlet, and of days from `since` to `until`, both included.

    `words` are the time words of the question, if it was they that set a day. `timed` are such words even if they leave
    out no article, or are lifted: the latest is not asked for. `days`, first and last, are the days on which what is
    asked happened, if those words name them.

    >>> str(Scope("Latin Post", since=date(2024, 3, 4)))
    'from Latin Post, since 4 March 2024'
    """

    source: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""
    timed: str = field(default="", compare=False)
    days: tuple[date, date] | None = field(default=None, compare=False)

    def __bool__(self) -> bool:
        return bool(self.source or self.since or self.until)

    def __str__(self) -> str:
        limits = [f"from {self.source}"] if self.source else []
        limits += [f"since {day(self.since)}"] if self.since else []
        limits += [f"until {day(self.until)}"] if self.until else []
        return ", ".join(limits) + (f" (“{self.words}”)" if self.words else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say about a question, or that they do not (`abstained`).

    `query` is the stand-alone question that was searched for; it differs from `question` for a follow-up.
    `confidence` is the estimated probability, 0 to 1, that the answer is right (when `abstained`: that it was
    right to abstain); None where the networks of `QA_MODELS` bring no numbers to estimate it by.
    `mode` is "offline" or the name of the language model. `notice` tells what went wrong on
    the way, if anything did. `spans` are the shortest words that answer, at most one in a quote; a quote without one
    answers as a whole. `conflicts` are the words of each different answer where articles contradict each other.
    `scope` tells which articles were searched, all if it is empty. `nearest` are the articles that come closest to a
    question on which the answer abstains, nearest first, and `closest` the sentences in them that may answer after all,
    quoted like citations: they were not probable enough to be told.
    `pending` holds words of a streamed answer that are not checked yet; it is "" in a finished one.
    """

    question: str
    text: str
    citations: tuple[Citation, ...]
    abstained: bool
    confidence: float | None
    mode: str
    seconds: float
    query: str = ""
    notice: str = ""
    sentences: tuple[Sentence, ...] = ()
    spans: tuple[Span, ...] = ()
    conflicts: tuple[Span, ...] = ()
    scope: Scope = Scope()
    nearest: tuple[Article, ...] = ()
    closest: tuple[Citation, ...] = ()
    pending: str = ""

    def __str__(self) -> str:
        """Return the answer and, below it, the quote of each citation with its outlet, date and file."""
        notes = [
            f"{'May answer:' if self.abstained else f'[{c.number}]'} {c.attribution}: "
            f"“{' '.join(c.quote.split())}” ({'; '.join(filter(None, (c.article.path, c.carried)))})"
            for c in self.citations or self.closest
        ]
        differ = [f"(Reports differ: {self.differing}.)"] if self.conflicts else []
        before = [f"({self.notice})"] if self.notice else []
        return "\n".join([*before, self.text, *differ, *([""] if notes else []), *notes])

    @property
    def differing(self) -> str:
        """The conflicting words with their marks: "“1,000” [1], “2,000” [2]"; "" if reports agree."""
        return ", ".join(f"“{' '.join(span.text.split())}” [{span.number}]" for span in self.conflicts)

    @property
    def sources(self) -> int:
        """How many independent outlets back the answer: those that carry the same story are one.

        An article that names no outlet counts for itself.
        """
        found: list[set[str]] = []
        for citation in self.citations:
            names = {outlet_key(citation.article.source) or citation.article.id, citation.story} - {""}
            apart = [other for other in found if not other & names]
            found = [*apart, names.union(*(other for other in found if other & names))]
        return len(found)

    def _repr_html_(self) -> str:
        """Return what a notebook shows; everything that comes from outside is escaped."""
        quotes = "".join(
            f"<li value={c.number}>{escape(c.attribution)}: <q>{escape(c.quote)}</q> "
            f"<small>{escape(', '.join(filter(None, (c.article.title, c.article.path, c.carried))))}</small></li>"
            for c in self.citations
        )
        notice = f"<p><em>{escape(self.notice)}</em></p>" if self.notice else ""
        return f"{notice}<p>{escape(self.text)}</p>" + (f"<ol>{quotes}</ol>" if quotes else "")

    def to_dict(self) -> dict[str, Any]:
        """Return the answer in plain types, as `qa ask --json` prints it; dates are YYYY-MM-DD or null."""
        return {
            "question": self.question,
            "text": self.text,
            "abstained": self.abstained,
            "confidence": None if self.confidence is None else round(self.confidence, 3),
            "mode": self.mode,
            "seconds": round(self.seconds, 3),
            "notice": self.notice,
            "query": self.query,
            "scope": {
                "source": self.scope.source,
                "since": self.scope.since.isoformat() if self.scope.since else None,
                "until": self.scope.until.isoformat() if self.scope.until else None,
                "words": self.scope.words,
            },
            "sentences": [{"text": s.text, "citations": list(s.citations)} for s in self.sentences],
            "citations": [_cited(citation) for citation in self.citations],
            "spans": [_place(span) for span in self.spans],
            "conflicts": [_place(span) for span in self.conflicts],
            "nearest": [_facts(article) for article in self.nearest],
            "closest": [_cited(citation) for citation in self.closest],
        }


def text_of(sentences: Sequence[Sentence]) -> str:
    """Join the supported sentences, each followed by its marks.

    (Sentence("Henry left.", (1, 2)), Sentence("He is ill.", ())) -> "Henry left. [1][2]"
    """
    return " ".join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in sentences if s.citations)


def abstention(nearest: Sequence[Article], coverage: str, limits: str) -> str:
    """Say that the articles do not say, which come nearest, what the archive has and what limits the search had."""
    return " ".join(filter(None, [ABSTENTION, nearest_line(nearest), f"The archive has {coverage}.", limits]))


def limits_of(scope: Scope, *, dated_only: bool = False) -> str:
    """Say in a sentence what a search was limited to, or ""; undated articles pass days unless `dated_only`."""
    undated = ", or undated" if (scope.since or scope.until) and not dated_only else ""
    return f"Only articles {scope}{undated} were searched." if scope else ""


def nearest_line(nearest: Sequence[Article]) -> str:
    """Name the articles that come nearest to an unanswered question, in one sentence; "" if there are none."""
    titles = [f"“{title}”" for title in dict.fromkeys(article.title for article in nearest)]
    listed = titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}" if titles else ""
    return f"The nearest passages are from {listed}." if listed else ""


def day(published: date | None) -> str:
    """Return a date for people, the same in every locale: "7 March 2024", or "undated"."""
    return f"{published.day} {calendar.month_name[published.month]} {published.year}" if published else "undated"


def _outlet_and_day(article: Article) -> str:
    return f"{article.source or 'outlet not named'}, {day(article.published)}"


def _place(span: Span) -> dict[str, str | int]:
    return {"number": span.number, "text": span.text, "start": span.start, "end": span.end}


def _cited(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "article": _facts(citation.article),
        "also": [_facts(article) for article in citation.also],
    }


def _facts(article: Article) -> dict[str, str | None]:
    names = ("id", "title", "source", "author", "url", "path")
    published = article.published.isoformat() if article.published else None
    return {**{name: getattr(article, name) for name in names}, "published": published}

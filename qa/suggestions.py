"""Questions that the articles answer, to be offered where nothing was asked yet and behind an answer."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import islice, zip_longest

from qa.archive import Archive
from qa.articles import Article
from qa.calendar_words import MONTHS
from qa.citations import Answer, Scope

SURE = 0.4
"""Confidence that the answer to an offered question must have; on a small archive it is too modest."""

MOST_EXAMPLES = 4

MOST_ABOUT = 100
"""Newest articles that the examples are about."""

MOST_NEXT = 3
"""Questions that are offered behind an answer, and the number of those tried for each kind of question."""

LONGEST_PAUSE = 30.0
"""Seconds that a suggestion waits for questions to be answered; then it is given up."""

# Not the end of a longer name: "the Alliance of Motion Picture and Television Producers".
_NAME = (
    r"(?<!and )(?<!of )(?<!& )(?<!the )(?<!The )\b((?:[Tt]he )?(?!Prime |Minister |President |The )"
    r"[A-Z][\w’-]+ [A-Z][\w’-]+)\b(?<!President)(?<!Minister)"
)
_ANY_NAME = (
    r"((?:\b[Tt]he )?\b(?!(?:A|An|But|He|I|In|It|She|That|The|They|This|We|Who)\b)[A-Z][\w’-]+(?: [A-Z][\w’-]+)*)"
)
_ASIDE = r"(?:, [^.!?]{1,90},)?"
_MONTH = "|".join(MONTHS)
_EXAMPLES = {
    rf"{_NAME}[^.!?]{{0,60}} (?:arrived|landed|travel|left|fled|flew|was (?:last )?seen)": "Where was {}?",
    rf"{_NAME}, (?:an?|the|who|whose)\b": "Who is {}?",
    rf"{_NAME}{_ASIDE} (?:said|says|told|warned|called|defended)\b": "What did {} say?",
    rf"{_ANY_NAME}{_ASIDE} announced\b": "What did {} announce?",
    rf"{_ANY_NAME}{_ASIDE} reported\b": "What did {} report?",
    rf"\b[Oo]n ((?:{_MONTH}) \d{{1,2}}|\d{{1,2}} (?:{_MONTH}))\b": "What happened on {}?",
    rf"(?:[Gg]ang leader|[Pp]resident|[Mm]inister|[Cc]hief|[Ss]poke\w+) {_NAME}": "Who is {}?",
}
"""What an article says of somebody or of a day, and the question that asks for it."""


def candidates(articles: Iterable[Article], most: int) -> Iterator[str]:
    """Yield questions of changing kinds about whom the articles name most, up to `most` of each kind."""
    text = "\n\n".join(article.text for article in articles)
    asked = [
        [
            question.format(re.sub(r"^The ", "the ", name))
            for name, _ in Counter(re.findall(pattern, text)).most_common(most)
        ]
        for pattern, question in _EXAMPLES.items()
    ]
    yield from dict.fromkeys(question for row in zip_longest(*asked) for question in row if question)


Ask = Callable[[str, Archive, Scope], Answer]
"""Answers a question offline."""


class Suggestions:
    """Questions that are surely answered: each was asked before it is offered. Safe to use from several threads.

    What asks is given with each call, not kept: a chain that ends shall let go of its index at once.
    """

    def __init__(self) -> None:
        self._examples: tuple[str, list[str]] = ("", [])
        self._making = threading.Lock()
        self._waited_for = 0
        self._counting = threading.Condition()

    @contextmanager
    def giving_way(self) -> Iterator[None]:
        """Hold back what is tried for `after` while somebody waits for an answer of their own."""
        with self._counting:
            self._waited_for += 1
        try:
            yield
        finally:
            with self._counting:
                self._waited_for -= 1
                self._counting.notify_all()

    def examples(self, archive: Archive, ask: Ask) -> list[str]:
        """Return up to four questions about the newest articles.

        While somebody else has them made for a new state of the archive, those of the state before are returned.
        """
        if self._examples[0] != archive.fingerprint and self._making.acquire(blocking=False):
            try:
                if self._examples[0] != archive.fingerprint:
                    newest = sorted(archive.articles.values(), key=lambda a: a.published or date.min, reverse=True)
                    about = candidates(newest[:MOST_ABOUT], MOST_EXAMPLES)
                    answered = _answered(about, archive, Scope(), ask)
                    self._examples = archive.fingerprint, list(islice(answered, MOST_EXAMPLES))
            finally:
                self._making.release()
        return self._examples[1]

    @property
    def is_making(self) -> bool:
        """Whether somebody has examples made at present."""
        return self._making.locked()

    def after(self, answer: Answer, archive: Archive, ask: Ask, earlier: Collection[str] = ()) -> list[str]:
        """Return up to three questions to go on with, none of them among `earlier`.

        They are about what the cited articles tell, or, behind an abstention, the nearest ones.
        """
        about = dict.fromkeys([*(citation.article for citation in answer.citations), *answer.nearest])
        known = {question.casefold() for question in (*earlier, answer.question, answer.query)}
        asked = (q for q in candidates(about, MOST_NEXT) if q.casefold() not in known and self._idle())
        # What is not answered costs as much as what is: a few attempts must do.
        answered = _answered(islice(asked, 2 * MOST_NEXT), archive, replace(answer.scope, words=""), ask)
        return list(islice(answered, MOST_NEXT))

    def _idle(self) -> bool:
        with self._counting:
            return self._counting.wait_for(lambda: not self._waited_for, LONGEST_PAUSE)


def _answered(questions: Iterable[str], archive: Archive, scope: Scope, ask: Ask) -> Iterator[str]:
    for question in questions:
        answer = ask(question, archive, scope)
        # "Who is …?" shall be answered by what somebody is, not by any sentence about them.
        to_the_point = bool(answer.spans) or not question.startswith("Who")
        if not answer.abstained and (answer.confidence is None or answer.confidence >= SURE) and to_the_point:
            yield question

"""Think of questions that a folder of articles may answer, to be offered where nothing was asked yet."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from qa.articles import Article

_NAME = r"\b([A-Z][\w’-]+ [A-Z][\w’-]+)\b(?<!President)(?<!Minister)"
_ANY_NAME = (
    r"((?:\b[Tt]he )?\b(?!(?:A|An|But|He|I|In|It|She|That|The|They|This|We|Who)\b)[A-Z][\w’-]+(?: [A-Z][\w’-]+)*)"
)
_ASIDE = r"(?:, [^.!?]{1,90},)?"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
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

"""Think of questions that a folder of articles may answer, to be offered where nothing was asked yet."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from qa.articles import Article

_NAME = r"\b([A-Z][\w’-]+ [A-Z][\w’-]+)\b(?<!President)(?<!Minister)"
_EXAMPLES = {
    rf"{_NAME}[^.!?]{{0,60}} (?:arrived|landed|travel|left|fled|flew|was (?:last )?seen)": "Where was {}?",
    rf"{_NAME}, (?:an?|the|who|whose)\b": "Who is {}?",
    rf"{_NAME}(?:, [^.!?]{{1,90}},)? (?:said|says|told|warned|called|defended)\b": "What did {} say?",
    rf"(?:[Gg]ang leader|[Pp]resident|[Mm]inister|[Cc]hief|[Ss]poke\w+) {_NAME}": "Who is {}?",
}
"""What an article says of somebody, and the question that asks for it."""


def candidates(articles: Iterable[Article], most: int) -> Iterator[str]:
    """Yield questions of changing kinds about whom the articles name most, up to `most` of each kind."""
    text = "\n\n".join(article.text for article in articles)
    asked = [
        [question.format(name) for name, _ in Counter(re.findall(pattern, text)).most_common(most)]
        for pattern, question in _EXAMPLES.items()
    ]
    yield from dict.fromkeys(question for row in zip_longest(*asked) for question in row if question)

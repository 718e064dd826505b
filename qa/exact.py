"""What of a question an article must hold word for word, or nearly: codes, phrases in quotation marks, places."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence

from llama_index.core.schema import NodeWithScore

from qa.articles import Article
from qa.calendar_words import CALENDAR
from qa.nouns import noun_phrases
from qa.periods import named_periods
from qa.support import stems

_QUOTED = re.compile(r"“([^”]*\w[^”]*)”|\"([^\"]*\w[^\"]*)\"|«([^»]*\w[^»]*)»")
_CODE = re.compile(r"(?=.*[^\W\d_])(?=.*\d)(?:[^\W_]+(?:[-/.][^\W_]+)*|[^\W\d_]{1,3} (?!(?:19|20)\d\d$)\d{3,})")
_LONG_CODE = re.compile(
    r"\b[A-Z]{1,4}[- ]?\d{3,}[A-Z]?\b|(?<![\w/-])(?!(?:19|20)\d\d\D(?:19|20)\d\d\b)(?=[\d/-]{8})\d+[-/]\d+\b(?![/-])"
)

_ROLE = re.compile(r"\b(?:the|an?) ([a-z]{3,}) ([A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+)")

ALIKE = 0.8
"""Likeness of two spellings of one name, from difflib: Kowalenko and Kovalenko have .89, Minsk and Pinsk .8."""

SHORTEST_ALIKE = 6
"""Letters of a name that may be spelt otherwise."""


def holding(question: str, hits: Sequence[NodeWithScore], articles: Mapping[str, Article]) -> list[NodeWithScore]:
    """Return the hits that hold what a question wants word for word, in articles that have its codes.

    None are left where no article of theirs has a place in which the question asks what happened: of 383 answerable
    questions of SQuAD 2.0 this loses 2, of 554 of fitz-gov 6, and refuses 7 and 17 of those that have no answer.
    """
    words, those = exact_words(question), codes(question)
    kept = [hit for hit in hits if not (words or those) or _holds(hit, articles, words, those)]
    kept = _of_role(question, kept, articles)
    named = places(question)
    read = {id_: _words(articles[id_]) for id_ in {hit.node.metadata["article"] for hit in kept} if named}
    return kept if all(any(_has(place, text) for text in read.values()) for place in named) else []


def _holds(
    hit: NodeWithScore,
    articles: Mapping[str, Article],
    words: Sequence[re.Pattern[str]],
    those: Sequence[re.Pattern[str]],
) -> bool:
    article = articles[hit.node.metadata["article"]]
    passage, whole = (f"{article.title}\n{text}" for text in (hit.node.get_content(), article.text))
    return all(form.search(passage) for form in words) and all(form.search(whole) for form in those)


def exact_words(question: str) -> tuple[re.Pattern[str], ...]:
    """Return what a passage must hold word for word to answer: phrases in quotation marks, a code that is asked alone.

    'Which captain "slept on the bridge"?' -> one form of the four words; "KL-9087" -> one that finds "KL 9087" too.
    """
    phrases = [match[1] or match[2] or match[3] for match in _QUOTED.finditer(question)]
    alone = question.strip(" .?!")
    return tuple(map(_word_for_word, [*phrases, alone] if _CODE.fullmatch(alone) else phrases))


def codes(question: str) -> tuple[re.Pattern[str], ...]:
    """Return the codes of a question, that an article must have to answer: "KL-9087", "A320", "2023/118", not "G7".

    A business year, "FY2022", is none: articles name it in other words.
    """
    found = (match[0] for match in _LONG_CODE.finditer(question))
    return tuple(_word_for_word(code) for code in found if not named_periods(code))


def _word_for_word(words: str) -> re.Pattern[str]:
    parts = re.findall(r"[^\W\d_]+|\d+", words)
    return re.compile(r"(?<!\w)" + r"[\W_]{0,3}".join(map(re.escape, parts)) + r"(?!\w|-\d)", re.I)


def _of_role(question: str, hits: list[NodeWithScore], articles: Mapping[str, Article]) -> list[NodeWithScore]:
    """Leave out articles about another person of a name: asked of the pilot John Smith, those about a baker John Smith.

    Only where an article has the role with the name; one that has it nowhere, and another role there, is left out.
    """
    for role, name in _ROLE.findall(question):
        texts = {hit.node.metadata["article"]: articles[hit.node.metadata["article"]] for hit in hits}
        before = {id_: re.findall(rf"(\w+) {re.escape(name)}\b", f"{a.title}\n{a.text}") for id_, a in texts.items()}
        if not any(role in map(str.lower, found) for found in before.values()):
            continue
        wrong = {
            id_
            for id_, found in before.items()
            if any(map(stems, found)) and not stems(role) & stems(f"{texts[id_].title} {texts[id_].text}")
        }
        hits = [hit for hit in hits if hit.node.metadata["article"] not in wrong]
    return hits


def places(question: str) -> list[list[str]]:
    """Return the names behind "in", "at", "to" or "from", in words of four letters or more: "in Sorn" -> [["sorn"]]."""
    found = []
    for noun in noun_phrases(question):
        if noun.named and noun.place:
            words = [
                word for word in re.findall(r"[^\W\d_]{4,}", noun.text) if word[0].isupper() and not word.isupper()
            ]
            found.append([_folded(word) for word in words if word.lower() not in CALENDAR])
    return [words for words in found if words]


def _has(place: Sequence[str], text: frozenset[str]) -> bool:
    """Whether a text has a word of a name, a word made of it (Haiti, Haitian), or another spelling of a long one."""
    return any(
        word in text
        or (len(word) > 4 and any(other.startswith(word[:4]) for other in text))
        or (len(word) >= SHORTEST_ALIKE and bool(difflib.get_close_matches(word, text, 1, ALIKE)))
        for word in place
    )


def _words(article: Article) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", _folded(f"{article.title} {article.source} {article.text}")))


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c))

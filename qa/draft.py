"""Check the draft of a language model: split it into sentences and tie each to the exact slices that support it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from llama_index.core.schema import NodeWithScore, TextNode

from qa.articles import Article
from qa.articles.sentences import sentences
from qa.citations import ABSTENTION, Citation, Sentence
from qa.copies import NO_COPIES, Story, cite
from qa.support import UNFINISHED, Score, Slice, support

_MARKUP = re.compile(r"(?m)^[ \t]*(?:#{1,6}[ \t]+|[•·●▪◦‣][ \t]*|[-–—−*][ \t]+|[0-9]{1,2}[.)][ \t]+)|\*\*|__|`")
_COUNTED = r"\^?[0-9]{1,3}(?:\s*[-\u2013,;]\s*\^?[0-9]{1,3})*"
_MARK = rf"[\[\u3010]\s*(?:passages?\s+)?{_COUNTED}\s*(?:\u2020[^\]\u3011\n]*)?[\]\u3011]"
_IN_BRACKETS = rf"\(\s*(?:see\s+|cf\.\s+)?{_MARK}(?:(?:\s|,|;|and)*{_MARK})*\s*\)"
_MARKS = re.compile(rf"[ \t]*(?:{_IN_BRACKETS}|{_MARK})", re.IGNORECASE)
_MARKS_ALONE = re.compile(rf"\s*\n(?=(?:{_MARKS.pattern})+[ \t]*(?:\n|$))", re.IGNORECASE)


def check(
    draft: str,
    hits: Sequence[NodeWithScore],
    articles: Mapping[str, Article],
    score: Score,
    stories: Mapping[str, Story] = NO_COPIES,
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Tie each sentence of `draft` to the slices of `hits` that support it; marks [n] count `hits` from 1.

    `score` tells how well each text fits the sentence: a cross-encoder's logits. Citations are numbered anew, in
    order of first use; each is used. An unmarked sentence has no support, and one that only abstains is left out.
    What is said again is said once, with the marks of both.

    "Henry left [2]. He is ill." -> (Sentence("Henry left.", (1,)), Sentence("He is ill.", ())), (Citation(1, ...),)
    """
    said: dict[str, list[int]] = {}
    for text, marks in _marked(draft):
        whole = next((earlier for earlier in said if earlier.startswith(text.removesuffix(UNFINISHED))), text)
        said.setdefault(whole if text.endswith(UNFINISHED) else text, []).extend(marks)
    numbers: dict[Slice, int] = {}
    checked = []
    for text, marks in said.items():
        if text.casefold().rstrip(".") == ABSTENTION.casefold().rstrip("."):
            continue
        cited = [hits[mark - 1] for mark in dict.fromkeys(marks) if 0 < mark <= len(hits)]
        found = support(text, [place for hit in cited if (place := _place(hit, articles))], score)
        slices = [_in_first_copy(place, stories) for place in found]
        checked.append(Sentence(text, tuple(dict.fromkeys(numbers.setdefault(s, len(numbers) + 1) for s in slices))))
    citations = (cite(n, *place, stories) for place, n in numbers.items())
    return tuple(checked), tuple(citations)


def _marked(draft: str) -> Iterator[tuple[str, list[int]]]:
    """Split into sentences without marks, and the marks of each, before or after its final stop.

    "Henry left [1]. He is in Kenya. (see [2, 3])" -> ("Henry left.", [1]), ("He is in Kenya.", [2, 3])
    """
    draft = re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[^\S\n]+", " ", draft))
    draft = _MARKS_ALONE.sub(" ", _MARKUP.sub("", draft))
    bare, places, done = "", [], 0
    for found in _MARKS.finditer(draft):
        bare += draft[done : found.start()]
        places += [(len(bare), mark) for mark in _expand(found[0])]
        done = found.end()
        if draft[done : done + 1].isalnum():
            bare += " "
    bare += draft[done:]
    spans = sentences(bare)
    marks: list[list[int]] = [[] for _ in spans]
    for place, mark in places:
        # A mark at the start of a line belongs to what follows, any other to what it stands in or behind.
        opens = not bare[:place].rpartition("\n")[2].strip()
        owners = [i for i, (start, _) in enumerate(spans) if (start >= place if opens else start < place)]
        if owners:
            marks[owners[0 if opens else -1]].append(mark)
    for (start, end), own in zip(spans, marks, strict=True):
        yield " ".join(bare[start:end].split()), own


def _expand(marks: str) -> Iterator[int]:
    """Yield the numbers in marks: "[1][2\u20134, 7]" -> 1, 2, 3, 4, 7."""
    for first, last in re.findall(r"([0-9]+)(?:\s*[-\u2013]\s*\^?([0-9]+))?", re.sub(r"\u2020[^\]\u3011]*", "", marks)):
        yield from range(int(first), int(last or first) + 1)


def _place(hit: NodeWithScore, articles: Mapping[str, Article]) -> Slice | None:
    """The slice of its article that a hit is, or None where it is none: a quote must be exact."""
    node, article = hit.node, articles.get(hit.node.metadata.get("article", ""))
    if article is None or not isinstance(node, TextNode) or node.start_char_idx is None or node.start_char_idx < 0:
        return None
    end = node.start_char_idx + len(node.text)
    return (article, node.start_char_idx, end) if article.text[node.start_char_idx : end] == node.text else None


def _in_first_copy(place: Slice, stories: Mapping[str, Story]) -> Slice:
    """Return the same words in the first copy of the story that holds them."""
    article, start, end = place
    story, quote = stories.get(article.id), article.text[start:end]
    first = next((copy for copy in story.articles if quote in copy.text), article) if story else article
    at = start if first == article else first.text.index(quote)
    return first, at, at + len(quote)


def finished(draft: str) -> int:
    """Return where the last sentence of a growing draft ends, its marks included, once another one has begun.

    "He left [1]. It is" -> 12;  "He left. [1] It" -> 12;  "He left. [1" -> 0, for the mark may still grow
    """
    bounds = sentences(draft)
    for start, _ in reversed(bounds[1:]):
        marks = re.compile(rf"(?:{_MARKS.pattern})*\s*", re.IGNORECASE).match(draft, start)
        end = marks.end() if marks else start
        if end < len(draft) and draft[end] not in "[(\u3010":
            return end
    return 0

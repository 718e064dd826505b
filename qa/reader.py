"""Answer without a language model: choose the sentences, and the words in them, that answer a question."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llama_index.core.schema import NodeWithScore, TextNode

from qa.articles import Article
from qa.citations import Citation, Sentence, Span
from qa.models import Models
from qa.sentences import sentences

READ = 5
"""Passages that the reader reads; each costs about 20 ms on two cores."""

JUDGED = 8
"""Sentences that the cross-encoder judges one by one."""

MOST_SENTENCES = 3

WEIGHTS = (-1.5, 0.26, 0.1, 0.065)
"""Of 1, the reader's score and the cross-encoder's logits for the sentence and for the passage.

Fitted on questions of RealTime QA before July 2023 and of the reader's SQuAD-like training files, asked of BM25 hits.
"""

ANSWERS = 0.3
"""Probability from which a sentence is taken for an answer; if none reaches it, the answer is an abstention.

On those news questions it refuses 15 % of the answerable and 64 % of the others, by weak labels.
"""

ADDS = 0.8
"""Share of the best finding's probability that another one must reach to be told beside it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence of a passage, the words in it that answer, and the probability that they do.

    Offsets are into the article: `start:end` is the sentence, `words_start:words_end` the words.
    """

    node: TextNode
    start: int
    end: int
    words_start: int
    words_end: int
    words: str
    signals: tuple[float, float, float]

    @property
    def probability(self) -> float:
        """How likely the sentence answers: logistic in the reader's score and the cross-encoder's two logits."""
        bias, *weights = WEIGHTS
        return logistic(bias + sum(w * x for w, x in zip(weights, self.signals, strict=True)))


def find(question: str, hits: Sequence[NodeWithScore], models: Models) -> list[Finding]:
    """Return the sentences of the best passages that may answer, best first, one finding for each sentence."""
    nodes = [hit.node for hit in hits[:READ] if isinstance(hit.node, TextNode)]
    relevance = {hit.node.node_id: hit.score or 0.0 for hit in hits}
    candidates = []
    for node, readings in zip(nodes, models.read(question, [node.text for node in nodes]), strict=True):
        taken = set()
        bounds = sentences(node.text)
        for reading in readings:
            sentence = next(((a, b) for a, b in bounds if a <= reading.start < reading.end <= b), None)
            if sentence is not None and sentence not in taken:
                taken.add(sentence)
                candidates.append((reading, sentence, node))
    candidates.sort(key=lambda candidate: -candidate[0].score)
    del candidates[JUDGED:]
    judged = models.relevance(question, [node.text[a:b] for _, (a, b), node in candidates])
    findings = []
    for (reading, (a, b), node), logit in zip(candidates, judged, strict=True):
        origin = node.start_char_idx or 0
        words = node.text[reading.start : reading.end]
        place = (origin + a, origin + b, origin + reading.start, origin + reading.end)
        findings.append(Finding(node, *place, words, (reading.score, logit, relevance[node.node_id])))
    return sorted(findings, key=lambda finding: -finding.probability)


def choose(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Group the findings that answer: one group for each different answer, its most probable finding first.

    Findings with the same answering words, or nearly the same sentence, are one answer told more than once.
    """
    groups: list[list[Finding]] = []
    for finding in findings:
        if finding.probability < max(ANSWERS, ADDS * findings[0].probability):
            break
        same = next((group for group in groups if _same(group[0], finding)), None)
        if same is not None:
            if all(other.node.metadata["article"] != finding.node.metadata["article"] for other in same):
                same.append(finding)
        elif len(groups) < MOST_SENTENCES:
            groups.append([finding])
    # What the newest report says leads; the undated follow, in order of probability.
    return sorted(groups, key=lambda group: group[0].node.metadata["published"], reverse=True)


def compose(
    groups: Sequence[Sequence[Finding]], articles: Mapping[str, Article]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...], tuple[Span, ...]]:
    """Return the sentences of the answer, each with a citation for every article that says so."""
    said: list[Sentence] = []
    citations: list[Citation] = []
    spans: list[Span] = []
    for group in groups:
        numbers = []
        for finding in group:
            article = articles[finding.node.metadata["article"]]
            number = len(citations) + 1
            numbers.append(number)
            quote = article.text[finding.start : finding.end]
            citations.append(Citation(number, quote, finding.start, finding.end, article))
            spans.append(Span(number, finding.words, finding.words_start, finding.words_end))
        said.append(Sentence(" ".join(citations[numbers[0] - 1].quote.split()), tuple(numbers)))
    return tuple(said), tuple(citations), tuple(spans)


def logistic(logit: float) -> float:
    """Return a logit as a probability."""
    return 1 / (1 + math.exp(-logit))


def _same(one: Finding, other: Finding) -> bool:
    a, b = _content(one.words), _content(other.words)
    if a == b or (a and b and (a <= b or b <= a)):
        return True
    a, b = _content(one.node.text[_inside(one)]), _content(other.node.text[_inside(other)])
    return len(a & b) >= 0.6 * min(len(a), len(b))


def _inside(finding: Finding) -> slice:
    origin = finding.node.start_char_idx or 0
    return slice(finding.start - origin, finding.end - origin)


def _content(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower().replace(",", ""))) - {"a", "an", "the", "of", "in", "on", "to"}

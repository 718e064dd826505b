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
from qa.support import negation_differs

READ = 5
"""Passages that the reader reads; each costs about 20 ms on two cores."""

JUDGED = 8
"""Sentences that the cross-encoder judges one by one."""

MOST_SENTENCES = 3

WEIGHTS = (-1.5, 0.26, 0.1, 0.065)
"""Of 1, the reader's score and the cross-encoder's logits for the sentence and for the passage.

Chosen by hand near what fits: on 200 SQuAD-like questions a bias of -1.4 and 0.9 times the weights, on 200 weakly
labelled ones of RealTime QA before July 2023 a bias of -2.4 and the weights as they are (`training/calibrate.py`).
"""

ANSWERS = 0.3
"""Probability from which a sentence is taken for an answer; if none reaches it, the answer is an abstention.

Set between the scores that right and wrong sentences had for about 25 questions over two news articles, the golden ones
among them. On those 200 RealTime QA questions it refuses 12 % of the answerable and 63 % of the others.
"""

ADDS = 0.8
"""Share of the best finding's probability that another one must reach to be told beside it."""


TOLD = 3
"""Passages whose every sentence the cross-encoder judges, for a question that no few words answer."""

TOLD_WEIGHTS = (-2.0, 0.6)
"""Of 1 and the cross-encoder's logit for a sentence that is itself the answer.

`ANSWERS` is reached at a logit of 2: over two news articles 29 of 32 answerable questions did, and 2 of 12 others.
"""

_OPEN = re.compile(
    r"(?:please )?(?:(?:tell|inform) (?:me|us)|describe|explain|summari[sz]e)\b"
    r"|what(?:'s| is| was| has| have)? (?:happen|going on|new\b|known|the latest|the situation)"
    r"|what (?:did|do|does|has|have) .*\b"
    r"(?:s[ae][yi]|told?|tell|report|announc|claim|argu|advi[sc]e|promis|warn|writ|wrote|do\b)",
    re.IGNORECASE,
)
_WHO_IS = re.compile(r"[Ww]ho(?: is| was|'s|’s) [A-Z][^'’]*$")
_ASKS = re.compile(r"\b(?:who|whom|whose|what|when|where|why|which|how)\b|\?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence of a passage, the words in it that answer, and the probability that they do.

    Offsets are into the article: `start:end` is the sentence, `words_start:words_end` the words. `signals` are the
    reader's score and the cross-encoder's logits for the sentence and for the passage.
    """

    node: TextNode
    start: int
    end: int
    words_start: int
    words_end: int
    words: str
    signals: tuple[float, float, float]
    probability: float


def find(question: str, hits: Sequence[NodeWithScore], models: Models) -> list[Finding]:
    """Return the sentences of the best passages that may answer, best first, one finding for each sentence."""
    passages = [(hit.node, hit.score or 0.0) for hit in hits if isinstance(hit.node, TextNode)]
    findings = {(f.node.node_id, f.start): f for f in _read(question, passages[:READ], models)}
    if is_open(question):
        for told in _told(question, passages[:TOLD], models):
            marked = findings.get((told.node.node_id, told.start))
            if marked is None or marked.probability < ANSWERS:
                findings[told.node.node_id, told.start] = told
    return sorted(findings.values(), key=lambda finding: -finding.probability)


def is_open(question: str) -> bool:
    """Whether whole sentences answer rather than a few words: "What did Kirby say?", "Who is Barbecue?", "Haiti"."""
    return bool(_OPEN.match(question) or _WHO_IS.match(question.rstrip(" ?")) or not _ASKS.search(question))


def _read(question: str, passages: Sequence[tuple[TextNode, float]], models: Models) -> list[Finding]:
    """Return the sentences in which the reader marks words, judged by the cross-encoder."""
    candidates = []
    readings_of = models.read(question, [node.text for node, _ in passages])
    for (node, relevance), readings in zip(passages, readings_of, strict=True):
        taken = set()
        bounds = sentences(node.text)
        for reading in readings:
            sentence = next(((a, b) for a, b in bounds if a <= reading.start < reading.end <= b), None)
            if sentence is not None and sentence not in taken:
                taken.add(sentence)
                candidates.append((reading, sentence, node, relevance))
    candidates.sort(key=lambda candidate: -candidate[0].score)
    del candidates[JUDGED:]
    judged = models.relevance(question, [node.text[a:b] for _, (a, b), node, _ in candidates])
    findings = []
    for (reading, sentence, node, relevance), logit in zip(candidates, judged, strict=True):
        signals = (reading.score, logit, relevance)
        chance = logistic(WEIGHTS[0] + sum(w * x for w, x in zip(WEIGHTS[1:], signals, strict=True)))
        findings.append(_finding(node, sentence, (reading.start, reading.end), signals, chance))
    return findings


def _told(question: str, passages: Sequence[tuple[TextNode, float]], models: Models) -> list[Finding]:
    """Return every sentence of the passages as an answer of its own, judged by the cross-encoder alone."""
    places = [(node, relevance, bounds) for node, relevance in passages for bounds in sentences(node.text)]
    logits = models.relevance(question, [node.text[a:b] for node, _, (a, b) in places])
    bias, weight = TOLD_WEIGHTS
    return [
        _finding(node, bounds, bounds, (0.0, logit, relevance), logistic(bias + weight * logit))
        for (node, relevance, bounds), logit in zip(places, logits, strict=True)
    ]


def _finding(
    node: TextNode,
    sentence: tuple[int, int],
    words: tuple[int, int],
    signals: tuple[float, float, float],
    probability: float,
) -> Finding:
    origin = node.start_char_idx or 0
    (a, b), (c, d) = sentence, words
    return Finding(node, origin + a, origin + b, origin + c, origin + d, node.text[c:d], signals, probability)


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
    return sorted(groups, key=lambda group: max(f.node.metadata["published"] for f in group), reverse=True)


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
            if finding.words != quote:  # a whole sentence needs no mark within itself
                spans.append(Span(number, finding.words, finding.words_start, finding.words_end))
        said.append(Sentence(" ".join(citations[numbers[0] - 1].quote.split()), tuple(numbers)))
    return tuple(said), tuple(citations), tuple(spans)


def logistic(logit: float) -> float:
    """Return a logit as a probability."""
    return 1 / (1 + math.exp(-logit))


def _same(one: Finding, other: Finding) -> bool:
    """Whether two findings tell the same; what one affirms and the other denies are two answers."""
    told, again = one.node.text[_inside(one)], other.node.text[_inside(other)]
    if negation_differs(told, again):
        return False
    a, b = _content(one.words), _content(other.words)
    if a and b and (a <= b or b <= a):
        return True
    a, b = _content(told), _content(again)
    return len(a & b) >= 0.6 * min(len(a), len(b))


def _inside(finding: Finding) -> slice:
    origin = finding.node.start_char_idx or 0
    return slice(finding.start - origin, finding.end - origin)


def _content(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower().replace(",", ""))) - {"a", "an", "the", "of", "in", "on", "to"}

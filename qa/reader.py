"""Find the sentences that answer a question, the words in them that do, and how probable it is that they do."""

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from llama_index.core.schema import NodeWithScore, TextNode

from qa.articles import Article
from qa.citations import Scope
from qa.copies import NO_COPIES, Story, story_id
from qa.models import Decision, Models, Reading
from qa.periods import tells_another
from qa.question import asks_for_news, is_topic, may_have_several, sought, takes_a_sentence, topic_words, with_unit
from qa.said import Said
from qa.same import say_same
from qa.search import AGED, as_asked_of, is_aged, is_of_days
from qa.support import stems
from qa.telling import candidates
from qa.when import names_time

READ = 6
"""Passages that the reader reads; each costs about 20 ms on two cores."""

ALONE, NEAR = 8, -6.0
"""Sentences that the reader reads once more, by themselves, and the score that they must have in their passage.

Of 200 answers to MultiSpanQA .42 are then whole, and .67 of their sentences right (without: .36 and .71). Beside 7 of
220 answers to SQuAD, where one is right, it tells a sentence that is not: better that than half an answer.
"""

RIVALS = 1.0
"""By how much less than the best of its passage a sentence may score by itself, for that to be read by itself too."""

JUDGED = 14
"""Sentences that the cross-encoder judges one by one, about 9 ms each, if they are to be about a topic.

Where a question is to be answered it tells no more than the other signals do: see docs/quality.md.
"""

NEVER = -15.0
"""The reader's score for a sentence of which it saw nothing."""

_NOTE = re.compile(
    r"(?:updated?|corrections?|clarifications?|editor['’]s note|this (?:story|article) (?:has|was))\b", re.I
)
"""What may stand above a report: "Correction: …", "This story has been updated …"."""

SIGNALS = ("reader", "sentence", "passage", "agreement")
"""What the probability of a sentence is made of, in the order of the weights:

the reader's score for its best words; of a topic the cross-encoder's logit for the sentence; its logit for the passage;
and, where a few words answer, in how many other articles, copies apart, the reader finds the same, as log(1 + n).
What is not asked for is 0.
"""

DECISION = json.loads((Path(__file__).parent / "reader_model" / "decision.json").read_text())
"""What `training/calibrate.py` found for the reader beside it: for a question that a few words answer, for one that
takes a sentence, and for a topic, bias and weights of the signals, the probability from which on to answer, and how to
be right about what is told in the end, when it answers and when it abstains."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence of a passage, the words in it that answer, and the probability that they do.

    Offsets are into the article: `start:end` is the sentence, `words_start:words_end` the words. `signals` are those
    that SIGNALS names.
    """

    node: TextNode
    start: int
    end: int
    words_start: int
    words_end: int
    words: str
    signals: tuple[float, ...]
    probability: float = 0.0

    @property
    def sentence(self) -> str:
        origin = self.node.start_char_idx or 0
        return self.node.text[self.start - origin : self.end - origin]

    def said(self, article: Article | None = None) -> Said:
        """Return what is compared with other findings; names are looked up in the passage without the `article`."""
        published = self.node.metadata["published"]
        return Said(
            self.sentence,
            self.words_start - self.start,
            self.words_end - self.start,
            date.fromisoformat(published) if published else None,
            article.text if article else self.node.text,
        )


def find(
    question: str,
    hits: Sequence[NodeWithScore],
    models: Models,
    stories: Mapping[str, Story] = NO_COPIES,
    scope: Scope = Scope(),  # noqa: B008  it is immutable
    recent: date | None = None,
) -> list[Finding]:
    """Return the sentences of the best passages that may answer, as `judged`; of the news, what each begins with.

    Where an article of the days that are asked for answers, later ones that do not name them are passed over.
    """
    if asks_for_news(question):
        return list(_leads(hits))
    asked = {hit.node.node_id: as_asked_of(hit.node, question, scope) for hit in hits[:READ]}
    found: list[Finding] = []
    for its in dict.fromkeys(asked.values()):
        those = [hit for hit in hits[:READ] if asked[hit.node.node_id] == its]
        found += signals(its, those, models, stories)
    found = [f for f in found if not _of_another_period(question, f)]
    found = judged(question, found, recent, models.decision)
    least = answers_from(question, models.decision)
    if any(f.probability >= least and is_of_days(f.node, scope) for f in found):
        found = [
            f
            for f in found
            if is_of_days(f.node, scope) or not f.node.metadata["published"] or names_time(scope.timed, f.node.text)
        ]
    return found


def _of_another_period(question: str, finding: Finding) -> bool:
    published: str = finding.node.metadata["published"]
    before = finding.node.text[: finding.start - (finding.node.start_char_idx or 0)]
    day = date.fromisoformat(published) if published else None
    return tells_another(question, finding.sentence, before, finding.node.metadata["title"], day)


def judged(
    question: str, findings: Sequence[Finding], recent: date | None = None, decision: Decision | None = None
) -> list[Finding]:
    """Return findings with their probabilities, most probable first.

    Where an article published since `recent` answers, it is less probable that an older one tells what is meant.
    A sentence with all the words of a topic tells about it, however probable the rest makes it.
    """
    bias, *weights = _decision(question, decision)["weights"]
    least = answers_from(question, decision)
    logits = [bias + sum(w * x for w, x in zip(weights, f.signals, strict=True)) for f in findings]
    aged = [is_aged(finding.node, recent) for finding in findings]
    told = [logistic(logit) >= least for logit in logits]
    dated = [bool(finding.node.metadata["published"]) for finding in findings]
    if any(answers and on and not old for answers, on, old in zip(told, dated, aged, strict=True)):
        logits = [logit - AGED * old for logit, old in zip(logits, aged, strict=True)]
    found = [replace(f, probability=logistic(logit)) for f, logit in zip(findings, logits, strict=True)]
    words = topic_words(question) if is_topic(question) else []
    if words and all(map(stems, words)):  # not "US troops", of which "us" would count for nothing
        wanted = stems(question)
        holds = [wanted <= stems(finding.sentence) for finding in found]
        found = [replace(f, probability=max(f.probability, least * all_)) for f, all_ in zip(found, holds, strict=True)]
    return sorted(found, key=lambda finding: -finding.probability)


def answers_from(question: str, decision: Decision | None = None) -> float:
    """Return the probability from which on a sentence is taken for an answer; below it, the answer is an abstention."""
    return float(_decision(question, decision)["answers"])


def confidence(question: str, best: float, decision: Decision | None = None, *, abstains: bool) -> float:
    """Return the probability that an answer, or an abstention, is right, by that of the best sentence.

    They differ: an answer has several sentences, and what is too unsure to be told may be an answer nevertheless.
    Fitted as in Platt, "Probabilistic outputs for support vector machines" (1999).
    """
    shift, scale = _decision(question, decision)["abstains" if abstains else "answered"]
    best = min(max(best, 1e-4), 1 - 1e-4)
    return logistic(shift + scale * math.log(best / (1 - best)))


def best_behind(question: str, confidence: float, decision: Decision | None = None, *, abstains: bool) -> float:
    """Return the best sentence's probability that a confidence was made from: answers and abstentions compare by it."""
    shift, scale = _decision(question, decision)["abstains" if abstains else "answered"]
    sure = min(max(confidence, 1e-12), 1 - 1e-12)
    return logistic((math.log(sure / (1 - sure)) - shift) / scale)


def _decision(question: str, decision: Decision | None) -> Mapping[str, Any]:
    """Return the numbers for a kind of question: of DECISION, but for networks of one's own that bring theirs."""
    question = sought(question)
    kind = "topic" if is_topic(question) else "sentence" if takes_a_sentence(question) else "words"
    numbers: Mapping[str, Any] = (decision or DECISION)[kind]
    return numbers


def signals(
    question: str, hits: Sequence[NodeWithScore], models: Models, stories: Mapping[str, Story] = NO_COPIES
) -> list[Finding]:
    """Return the sentences worth judging, with their signals; their probability is not set yet.

    What an article asks, the choices of its quiz and its stubs tell nothing; a list is one sentence.
    """
    passages = [(hit.node, hit.score or 0.0) for hit in hits if isinstance(hit.node, TextNode)][:READ]
    bounds = [candidates(node.text) for node, _ in passages]
    readings = models.read(question, [node.text for node, _ in passages], bounds)
    seen: list[_Seen] = []
    for (node, relevance), places, found in zip(passages, bounds, readings, strict=True):
        inside = {place: r for place in places for r in found if place[0] <= r.start and r.end <= place[1]}
        seen += [(node, relevance, place, inside.get(place, Reading(*place, NEVER))) for place in places]
    if may_have_several(question):
        seen = _with_further(question, seen, models)
    logits = [0.0] * len(seen)
    if is_topic(question):
        # What the reader prefers and, of the best passages, what it may have missed.
        seen.sort(key=lambda sentence: -(sentence[3].score + sentence[1]))
        del seen[JUDGED:]
        logits = models.relevance(question, [node.text[a:b] for node, _, (a, b), _ in seen])
    whole = takes_a_sentence(question)
    findings = []
    for (node, relevance, (a, b), reading), logit in zip(seen, logits, strict=True):
        origin = node.start_char_idx or 0
        marked = not whole or reading.score > 0
        end = reading.start + len(node.text[reading.start : reading.end].rstrip(" ,;:"))
        c, d = with_unit(question, node.text, reading.start, end) if marked else (a, b)
        of_sentence = (max(reading.score, NEVER), logit, relevance)
        findings.append(Finding(node, origin + a, origin + b, origin + c, origin + d, node.text[c:d], of_sentence))
    # What the reader finds above "none".
    told = [(story_id(f.node.metadata["article"], stories), f.said()) for f in findings if f.signals[0] > 0]
    return [replace(f, signals=(*f.signals, 0.0 if whole else _agreement(f, told, stories))) for f in findings]


_Seen = tuple[TextNode, float, tuple[int, int], Reading]
"""A sentence: its passage, what the cross-encoder thinks of that, where it stands, and what the reader found in it."""


def _with_further(question: str, seen: Sequence[_Seen], models: Models) -> list[_Seen]:
    """Read the next best sentences of passages that answer by themselves, for a second answer.

    The reader learnt that a passage has one answer: beside the best one, another is worth nothing to it.
    """
    best: dict[str, float] = {}
    for node, _, _, reading in seen:
        best[node.node_id] = max(best.get(node.node_id, NEVER), reading.score)
    next_ = [
        number
        for number, (node, _, _, reading) in enumerate(seen)
        if NEAR < reading.score < best[node.node_id] and best[node.node_id] > 0
    ]
    next_ = sorted(next_, key=lambda number: -seen[number][3].score)[:ALONE]
    texts = [node.text[a:b] for node, _, (a, b), _ in (seen[number] for number in next_)]
    read = models.read(question, texts, [[(0, len(text))] for text in texts]) if texts else []
    whole, rivalled = list(seen), set[str]()
    for number, found in zip(next_, read, strict=True):
        node, relevance, (a, b), before = seen[number]
        if found and found[0].score > before.score:
            rivalled |= {node.node_id} if found[0].score > best[node.node_id] - RIVALS else set()
            score = min(found[0].score, best[node.node_id] - 0.1)  # the best one stays the best
            whole[number] = (node, relevance, (a, b), Reading(a + found[0].start, a + found[0].end, score))
    return _without_misread(question, whole, rivalled, models)


def _without_misread(question: str, seen: list[_Seen], rivalled: Collection[str], models: Models) -> list[_Seen]:
    """Take the best sentence of a passage for none if it is none by itself, and another one by itself rivals it.

    "She was born in Elin. Police in Marle arrested her": beside the first the reader takes Marle for the place.
    """
    for number, (node, relevance, (a, b), reading) in enumerate(seen):
        if node.node_id in rivalled and reading.score == max(one[3].score for one in seen if one[0] is node):
            text = node.text[a:b]
            ((*_, alone),) = models.read(question, [text], [[(0, len(text))]]) or [[]]
            if alone.score < 0:
                seen[number] = (node, relevance, (a, b), Reading(reading.start, reading.end, alone.score))
    return seen


def _leads(hits: Sequence[NodeWithScore]) -> Iterator[Finding]:
    for node in (hit.node for hit in hits if isinstance(hit.node, TextNode)):
        start, end = next(((a, b) for a, b in candidates(node.text) if not _NOTE.match(node.text, a)), (0, 0))
        if end:
            a, b = ((node.start_char_idx or 0) + offset for offset in (start, end))
            yield Finding(node, a, b, a, b, node.text[start:end], (), 1.0)


def logistic(logit: float) -> float:
    """Return a logit as a probability."""
    return 1 / (1 + math.exp(-logit))


def _agreement(finding: Finding, told: Sequence[tuple[str, Said]], stories: Mapping[str, Story]) -> float:
    """Return log(1 + n), n being the other stories of those `told` that give the same answer."""
    said = finding.said()
    others = {story for story, other in told if say_same(other, said)}
    return math.log1p(len(others - {story_id(finding.node.metadata["article"], stories)}))

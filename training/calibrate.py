"""Find the numbers of qa/reader.py: how its signals become a probability, and from which one on to answer.

    python training/calibrate.py --rows FILE... [--seen FILE...] [--news FOLDER] [--questions 400] [--models FOLDER]
                                 [--out FILE]    (without it qa/reader_model/decision.json is overwritten)

--rows  files of JSON lines with `question`, `context`, `answers` [{text}] (empty: unanswerable) that the reader was not
        trained on; every question is asked of the passages of its own text
--seen  the same, of texts that it was trained on
--news  a folder with articles/ and questions.jsonl (`question`, `answers`, `evidence`: empty if no article answers), as
        `shared/bench/realtimeqa.py` makes it for the months before July 2023; every question is asked, as on its day,
        of the passages that BM25 finds. Seen as well. An article "answers" if it holds the words, so that questions of
        which only articles older than WEEKS do are left out: there they mostly stand by chance.

A sentence is right if it holds an accepted answer. Three logistic regressions, for questions that a few words answer,
for those that take a sentence and for topics (made of the texts of the first FILE), weigh the signals over the
sentences of all questions, each set counting the same; then bias and scale are fitted again on the best sentence of
each question, for that is the one whose probability is told. What a set has fewer than FEWEST of is left out.

The threshold of each kind is the highest at which, but for a chance of DOUBT, at most REFUSED of the answerable
questions are refused (after Learn then Test, Angelopoulos et al. 2021, with the binomial test). It is found on the sets
that the reader has not seen (it is surer of what it has) and that have at least FEWEST questions of both sorts, each
judged by weights fitted on the other sets; where there is one set only (questions that take a sentence, and topics), by
weights fitted on itself. So it leaves room for chance, and promises nothing for questions of a new kind.

Then the questions of the unseen sets are answered with these numbers, and two more regressions tell how probable it is
that an answer, and that an abstention, is right, by the probability of the best sentence; again each set counts the
same.

Printed besides: what each signal is worth, and what it brings to prefer recent articles.
"""

import argparse
import hashlib
import json
import math
import random
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import bm25s
import numpy as np
from llama_index.core.schema import MetadataMode, NodeWithScore, TextNode
from prepare import STEMMER, passages_of, tokens

from qa import reader
from qa.articles import Article, file_of
from qa.articles.sentences import sentences
from qa.compose import choose
from qa.metrics import holds
from qa.models import Models
from qa.passages import split
from qa.question import is_topic, sought, takes_a_sentence
from qa.reader import SIGNALS, Finding, signals
from qa.search import AGED, HANDICAP, RECENT, RERANKED, is_aged
from qa.when import timeless

KINDS = ("words", "sentence", "topic")
REFUSED, DOUBT = 0.15, 0.05
FEWEST = 30
WEEKS = timedelta(weeks=3)

ANSWERED = frozenset((Path(__file__).parent / "answered_after_all.txt").read_text().split())
"""Questions that NewsQA's articles answer although `gather.py` took out the paragraphs that hold the answer, or may:
found by reading all 267 such articles, half by each of two readers, known by the sha256 of question and text."""


class Question(NamedTuple):
    """A question, its accepted answers (none: unanswerable), the passages found, and since when one is recent."""

    text: str
    answers: list[str]
    passages: list[TextNode]
    recent: date | None = None


@dataclass(frozen=True)
class Asked:
    """The candidate sentences of one question: their signals (n x 4), and which of them are right.

    `first` is whether the passage found first holds an answer, of all alike and with recent articles preferred.
    """

    collection: str
    kind: str
    question: str
    answerable: bool
    findings: list[Finding]
    signals: np.ndarray
    right: np.ndarray
    recent: date | None
    first: tuple[bool, bool]


def closed(file: Path, most: int) -> Iterator[Question]:
    """Yield questions of the passages of their own text, half of them unanswerable, without those of ANSWERED."""
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    named = {hashlib.sha256((row["question"] + row["context"]).encode()).hexdigest()[:12]: row for row in rows}
    rows = [row for name, row in named.items() if name not in ANSWERED]
    random.Random(0).shuffle(rows)
    with_answer = [row for row in rows if row["answers"]][: most // 2]
    for row in with_answer + [row for row in rows if not row["answers"]][: most // 2]:
        nodes = split(Article("text", row["context"], str(row.get("title") or ""), ""))
        yield Question(row["question"], [answer["text"] for answer in row["answers"]], nodes)


def topics(file: Path, most: int) -> Iterator[Question]:
    """Yield topics of the texts of a file, as many that a sentence is about as ones that none is about.

    A topic is a name, or a name and a word of the same sentence; of the others either comes from another text. A
    sentence is about a topic if it holds all of it.
    """
    chance = random.Random(0)
    texts = sorted({json.loads(line)["context"] for line in file.read_text().splitlines()})
    chance.shuffle(texts)
    told = [[text[a:b] for a, b in sentences(text)] for text in texts]
    stems = [{STEMMER.stemWord(word) for word in re.findall(r"\w+", text.lower())} for text in texts]

    def drawn(number: int) -> tuple[str, str]:
        # Not the first word of a sentence, which has a capital anyway.
        pairs = [
            (name, word)
            for sentence in told[number]
            for name in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*", sentence)
            for word in re.findall(r"\b[a-z]{5,}\b", sentence)
        ]
        return chance.choice(pairs) if pairs else ("", "")

    for number in range(most):
        here, there = number % len(texts), (number + 1) % len(texts)
        (name, word), (other, strange) = drawn(here), drawn(there)
        with_word, answerable = number % 4 < 2, number % 2 == 0
        topic = (name, word) if answerable else (name, strange) if with_word else (other, "")
        wanted = {STEMMER.stemWord(w) for w in " ".join(topic if with_word else topic[:1]).lower().split()}
        if not wanted or (not answerable and wanted <= stems[here]):
            continue
        about = [
            sentence
            for sentence in told[here]
            if wanted <= {STEMMER.stemWord(w) for w in re.findall(r"\w+", sentence.lower())}
        ]
        nodes = split(Article("text", texts[here], "", ""))
        text = " ".join(filter(None, topic if with_word else topic[:1]))
        if is_topic(text):
            yield Question(text, about, nodes)


def news(folder: Path, most: int) -> Iterator[Question]:
    """Yield questions of the passages that BM25 finds among those of their day and before."""
    nodes = passages_of(folder)
    index = bm25s.BM25()
    index.index(tokens([node.get_content(MetadataMode.EMBED) for node in nodes]), show_progress=False)
    published = np.array([node.metadata["published"] for node in nodes])
    day_of = {file_of(node.metadata["path"]): node.metadata["published"] for node in nodes}
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
    random.Random(0).shuffle(rows)

    def is_told(row: dict[str, Any]) -> bool:
        earliest = (date.fromisoformat(row["date"]) - WEEKS).isoformat()
        return any(earliest <= day_of.get(path, "") <= row["date"] for path in row["evidence"])

    with_answer = [row for row in rows if is_told(row)][: most // 2]
    for row in with_answer + [row for row in rows if not row["evidence"]][: most // 2]:
        question = timeless(row["question"])
        words = bm25s.tokenize([question], stopwords="en", stemmer=STEMMER, return_ids=False, show_progress=False)[0]
        scores = index.get_scores(words, weight_mask=published <= row["date"])
        found = [nodes[i] for i in np.argsort(-scores, kind="stable")[: 2 * RERANKED] if scores[i] > 0]
        recent = date.fromisoformat(row["date"]) - timedelta(RECENT)
        yield Question(question, row["answers"] if row["evidence"] else [], found, recent)


def ask(name: str, questions: Iterator[Question], models: Models) -> Iterator[Asked]:
    for question, answers, nodes, recent in questions:  # as `qa.search.rerank` scores passages
        question = sought(question)
        relevance = models.relevance(question, [node.get_content(MetadataMode.EMBED) for node in nodes])
        relevance = [a - HANDICAP.get(node.metadata["kind"], 0.0) for a, node in zip(relevance, nodes, strict=True)]
        scores = [a - AGED * is_aged(node, recent) for a, node in zip(relevance, nodes, strict=True)]
        hits = [NodeWithScore(node=node, score=score) for node, score in zip(nodes, scores, strict=True)]
        found = signals(question, sorted(hits, key=lambda hit: -(hit.score or 0))[:RERANKED], models)
        right = np.array([any(holds(f.sentence, answer) for answer in answers) for f in found])
        firsts = [nodes[int(np.argmax(by))].text for by in (relevance, scores)]
        one, other = (any(holds(text, answer) for answer in answers) for text in firsts)
        if found:
            kind = KINDS[2] if is_topic(question) else KINDS[takes_a_sentence(question)]
            inputs = np.array([f.signals for f in found])
            yield Asked(name, kind, question, bool(answers), found, inputs, right, recent, (one, other))


def regression(inputs: np.ndarray, right: np.ndarray, counts: np.ndarray, ridge: float = 1e-2) -> np.ndarray:
    """Return bias and weights of a logistic regression over standardised inputs, by Newton's method."""
    mean, scale = inputs.mean(0), inputs.std(0) + 1e-9
    x = np.c_[np.ones(len(inputs)), (inputs - mean) / scale]
    weights = np.zeros(x.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-x @ weights))
        penalty = ridge * counts.sum() * np.r_[0, np.ones(len(scale))]
        curvature = (x.T * (counts * chance * (1 - chance))) @ x + np.diag(penalty + 1e-6)
        weights -= np.linalg.solve(curvature, x.T @ (counts * (chance - right)) + penalty * weights)
    return np.r_[weights[0] - (weights[1:] * mean / scale).sum(), weights[1:] / scale]


def enough(asked: Sequence[Asked]) -> list[Asked]:
    """Leave out what a collection has too little of: ten questions of a kind must not weigh like three hundred."""
    kinds = [(a.collection, a.kind) for a in asked]
    return [a for a, kind in zip(asked, kinds, strict=True) if kinds.count(kind) >= FEWEST]


def balance(asked: Sequence[Asked], sizes: Sequence[int]) -> np.ndarray:
    """Return a count for each input such that every collection weighs the same in all."""
    names = np.repeat([a.collection for a in asked], sizes)
    return np.array([1 / (names == name).sum() for name in names]) * len(names) / len(set(names))


def fit(asked: Sequence[Asked]) -> np.ndarray:
    sizes = [len(a.right) for a in asked]
    inputs, right = np.concatenate([a.signals for a in asked]), np.concatenate([a.right for a in asked])
    weights = regression(inputs, right, balance(asked, sizes))
    score = [a.signals @ weights[1:] for a in asked]
    best = [int(s.argmax()) for s in score]
    top = np.array([s[i] for s, i in zip(score, best, strict=True)])
    hit = np.array([a.right[i] for a, i in zip(asked, best, strict=True)])
    bias, scale = regression(top[:, None], hit, balance(asked, [1] * len(asked)), ridge=0)
    return np.r_[bias, scale * weights[1:]]


def probability(asked: Asked, weights: dict[str, np.ndarray]) -> tuple[float, bool]:
    """Return the probability of a question's best sentence, and whether it is right."""
    chance = 1 / (1 + np.exp(-weights[asked.kind][0] - asked.signals @ weights[asked.kind][1:]))
    return float(chance.max()), bool(asked.right[chance.argmax()])


def threshold(asked: Sequence[Asked], unseen: Set[str]) -> float:
    """Return the probability from which on questions of one kind are best answered.

    Each unseen set is judged by weights that were fitted on the others, for so the program meets what it is asked.
    """
    kind, names = asked[0].kind, sorted(unseen & {a.collection for a in asked})
    told = {}
    for name in names:
        weights = {kind: fit([a for a in asked if a.collection != name] or asked)}
        told[name] = [(probability(a, weights)[0], a.answerable) for a in asked if a.collection == name]
    both = [rows for rows in told.values() if min(sum(a is kind for _, a in rows) for kind in (True, False)) >= FEWEST]
    if not both:
        raise ValueError(f"none of {', '.join(names)} has {FEWEST} answerable and {FEWEST} unanswerable {kind}")
    best = [p for rows in both for p, answerable in rows if answerable]

    def by_chance(limit: float) -> float:
        """Return how probable so few refusals are at most, if REFUSED or more of all such questions are refused."""
        n, refused = len(best), sum(p < limit for p in best)
        return sum(math.comb(n, k) * REFUSED**k * (1 - REFUSED) ** (n - k) for k in range(refused + 1))

    fitting = [limit for limit in np.arange(0.01, 0.7, 0.01) if by_chance(limit) <= DOUBT]
    if not fitting:
        raise ValueError(f"no threshold refuses few enough {kind} of {', '.join(names)}")
    return float(round(max(fitting), 2))


def worth(asked: Sequence[Asked]) -> None:
    """Print how well the best sentence's score tells answerable questions from others without each of the signals."""
    both = [{a.collection for a in asked if a.answerable is kind} for kind in (True, False)]
    names = sorted(both[0] & both[1])
    every = range(len(SIGNALS))
    for title, kept in [
        ("all signals", list(every)),
        *((f"without {SIGNALS[left]}", [i for i in every if i != left]) for left in every),
        (f"{SIGNALS[0]} alone", [0]),
    ]:
        those = [replace(a, signals=a.signals[:, kept]) for a in asked]
        weights = {those[0].kind: fit(those)}
        curve = []
        for name in names:
            yes, no = (
                np.array([probability(a, weights)[0] for a in those if a.collection == name and a.answerable is kind])
                for kind in (True, False)
            )
            # Ties count half; the order of probabilities is that of scores.
            curve.append(f"{name} {np.mean((np.sign(yes[:, None] - no) + 1) / 2):.3f}")
        print(f"area under the curve, {title}: {', '.join(curve)}")


def latest(asked: Sequence[Asked]) -> None:
    """Print what preferring recent articles does to the first passage and to the best sentence, where one answers."""
    dated = [a for a in asked if a.recent and a.answerable]
    for number, title in enumerate(("all alike", "recent ones preferred")):
        right = 0
        for a in dated:
            best = reader.judged(a.question, a.findings, a.recent if number else None)[0]
            right += a.right[[(f.node.node_id, f.start) for f in a.findings].index((best.node.node_id, best.start))]
        first = np.mean([a.first[number] for a in dated])
        print(f"{title}: first passage right {first:.3f}, best sentence {right / len(dated):.3f} of {len(dated)}")


def told(asked: Asked) -> tuple[float, bool, bool]:
    """Return the best sentence's probability, whether the answer is an abstention, and whether that is right."""
    places = {(f.node.node_id, f.start): i for i, f in enumerate(asked.findings)}
    judged = reader.judged(asked.question, asked.findings, asked.recent)
    groups = choose(asked.question, judged)
    said = any(asked.right[places[group[0].node.node_id, group[0].start]] for group in groups)
    return judged[0].probability, not groups, bool(said) if groups else not asked.answerable


def sure(asked: Sequence[Asked]) -> dict[str, list[float]]:
    """Return shift and scale of the best probability's logit, for answers and for abstentions.

    Where none of them was wrong, or all were, there is nothing to fit: an answer is as probable as its best sentence,
    and an abstention as the contrary.
    """
    rows = [(a, *told(a)) for a in asked]
    found = {}
    for name, abstains in (("answered", False), ("abstains", True)):
        those = [row for row in rows if row[2] is abstains]
        best = np.clip([row[1] for row in those], 1e-4, 1 - 1e-4)
        right = np.array([row[3] for row in those], float)
        if len(set(right)) < 2:
            found[name] = [0.0, -1.0 if abstains else 1.0]
            continue
        counts = balance([row[0] for row in those], [1] * len(those))
        found[name] = regression(np.log(best / (1 - best))[:, None], right, counts, ridge=1e-3).round(4).tolist()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, nargs="+", required=True)
    parser.add_argument("--seen", type=Path, nargs="*", default=[])
    parser.add_argument("--news", type=Path)
    parser.add_argument("--questions", type=int, default=400, help="of each set, half of them unanswerable")
    parser.add_argument("--models", type=Path, help="a folder of models to use instead of the bundled ones")
    parser.add_argument("--out", type=Path, default=Path("qa/reader_model/decision.json"))
    args = parser.parse_args()
    models = Models(args.models)
    asked = [one for file in args.rows for one in ask(file.stem, closed(file, args.questions), models)]
    asked += ask("topics", topics(args.rows[0], args.questions), models)
    unseen = {a.collection for a in asked}
    asked += [one for file in args.seen for one in ask(file.stem, closed(file, args.questions), models)]
    if args.news:
        asked += ask("news", news(args.news, args.questions), models)
    asked = enough(asked)
    weights = {kind: fit([a for a in asked if a.kind == kind]) for kind in KINDS}
    limits = {kind: threshold([a for a in asked if a.kind == kind], unseen) for kind in KINDS}
    for name in dict.fromkeys(a.collection for a in asked):
        rows = [a for a in asked if a.collection == name]
        p, right = map(np.array, zip(*(probability(a, weights) for a in rows), strict=True))
        answerable, refused = np.array([a.answerable for a in rows]), p < np.array([limits[a.kind] for a in rows])
        print(
            f"{name}: {len(rows)} questions; best sentence right for {right[answerable].mean():.2f} of the answerable; "
            f"mean probability {p.mean():.2f}, right {right.mean():.2f}; refused {refused[~answerable].mean():.2f} "
            f"of the unanswerable, {refused[answerable].mean():.2f} of the answerable"
        )
    for kind in KINDS:
        print(kind, limits[kind], dict(zip(("bias", *SIGNALS), weights[kind].round(3).tolist(), strict=True)))
    found: dict[str, dict[str, object]] = {
        kind: {"answers": limits[kind], "weights": weights[kind].round(4).tolist()} for kind in KINDS
    }
    worth([a for a in asked if a.kind == KINDS[0]])
    reader.DECISION.update(found)  # from here on questions are answered by these numbers
    latest(asked)
    for kind in KINDS:
        found[kind] |= sure([a for a in asked if a.kind == kind and a.collection in unseen])
    args.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

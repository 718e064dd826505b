"""Choose the numbers of qa/reader.py: how three scores become a probability, and from which one on to answer.

    python training/calibrate.py SQUAD NEWS [--questions 300]

SQUAD is a folder of SQuAD-format files (*.json.gz), some of their questions unanswerable. NEWS holds articles/ and
questions.jsonl with `question`, `answers` and `evidence` (files that hold the answer; empty: refuse). Every question is
asked of the passages that BM25 finds in its own collection. A sentence is right if it holds an accepted answer: for
NEWS that label is weak, and right answers without evidence count as wrong. Prints, for several mixes of the scores, how
well the best finding of a question tells right from wrong, and the bias and scale that fit each set.
"""

import argparse
import gzip
import json
import random
import re
import string
from collections.abc import Iterator
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from llama_index.core.schema import MetadataMode, NodeWithScore, TextNode

from qa.articles import list_files, read_article
from qa.errors import UnreadableFile
from qa.models import Models
from qa.passages import passage, split
from qa.reader import ANSWERS, WEIGHTS, find
from qa.search import RERANKED

MIXES = {
    "reader alone": (1, 0, 0),
    "reader and passage": (0.7, 0, 0.3),
    "all three": (0.6, 0.25, 0.15),
    "even": (1, 1, 1),
}
STEMMER = Stemmer.Stemmer("english")
Question = tuple[str, list[str], list[TextNode]]


def plain(text: str) -> str:
    """Fold a text as SQuAD does: lower case, no punctuation, no articles."""
    words = text.lower().translate(str.maketrans("", "", string.punctuation))
    kept = re.sub(r"\b(a|an|the)\b", " ", words).split()
    return f" {' '.join(kept)} "


def searcher(nodes: list[TextNode]) -> bm25s.BM25:
    index = bm25s.BM25(corpus=nodes)
    index.index(tokens([node.get_content(MetadataMode.EMBED) for node in nodes]), show_progress=False)
    return index


def tokens(texts: list[str]) -> object:
    return bm25s.tokenize(texts, stopwords="en", stemmer=STEMMER, show_progress=False)


def asked(rows: list[tuple[str, list[str], bm25s.BM25]], most: int) -> Iterator[Question]:
    """Yield a balanced sample: half of the questions with an answer, half without, and the passages found for each."""
    random.Random(0).shuffle(rows)
    without = [row for row in rows if not row[1]][: most // 2]
    for question, answers, index in [*without, *[row for row in rows if row[1]][: most // 2]]:
        found, _ = index.retrieve(tokens([question]), k=min(RERANKED, len(index.corpus)), show_progress=False)
        yield question, answers, list(found[0])


def squad(folder: Path, most: int) -> Iterator[Question]:
    rows = []
    blank: dict[str, str | int] = {"article": "", "title": "", "source": ""}
    for file in sorted(folder.glob("*.json.gz")):
        for article in json.loads(gzip.decompress(file.read_bytes()))["data"]:
            index = searcher([passage(p["context"], 0, blank) for p in article["paragraphs"]])
            rows += [
                (q["question"], [a["text"] for a in q["answers"]], index)
                for p in article["paragraphs"]
                for q in p["qas"]
            ]
    return asked(rows, most)


def news(folder: Path, most: int) -> Iterator[Question]:
    nodes: list[TextNode] = []
    for file in list_files(folder / "articles")[0]:
        try:
            nodes += split(read_article(folder / "articles", file))
        except UnreadableFile as error:
            print(f"skipped {file.path}: {error}")
    index = searcher(nodes)
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
    return asked([(row["question"], row["answers"] if row["evidence"] else [], index) for row in rows], most)


def best_findings(questions: Iterator[Question], models: Models) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the signals, whether right, and whether answerable, of each question's best finding."""
    signals, right, answerable = [], [], []
    for question, answers, nodes in questions:
        relevance = models.relevance(question, [node.get_content(MetadataMode.EMBED) for node in nodes])
        hits = [NodeWithScore(node=node, score=score) for node, score in zip(nodes, relevance, strict=True)]
        findings = find(question, sorted(hits, key=lambda hit: -(hit.score or 0)), models)
        if findings:
            best = findings[0]
            start = best.node.start_char_idx or 0
            sentence = plain(best.node.text[best.start - start : best.end - start])
            signals.append(best.signals)
            right.append(any(plain(answer) in sentence for answer in answers))
            answerable.append(bool(answers))
    return np.array(signals), np.array(right), np.array(answerable)


def auroc(scores: np.ndarray, right: np.ndarray) -> float:
    ranks = np.argsort(np.argsort(scores)) + 1
    good = right.sum()
    return float((ranks[right].sum() - good * (good + 1) / 2) / (good * (~right).sum()))


def logistic_fit(score: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return bias and scale of a logistic regression, by Newton's method."""
    inputs, weights = np.c_[np.ones(len(score)), score], np.zeros(2)
    for _ in range(30):
        chance = 1 / (1 + np.exp(-inputs @ weights))
        curvature = (inputs.T * (chance * (1 - chance))) @ inputs + 1e-3 * np.eye(2)
        weights -= np.linalg.solve(curvature, inputs.T @ (chance - right))
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("squad", type=Path)
    parser.add_argument("news", type=Path)
    parser.add_argument("--questions", type=int, default=300)
    args = parser.parse_args()
    models = Models()
    for name, questions in (("squad", squad(args.squad, args.questions)), ("news", news(args.news, args.questions))):
        signals, right, answerable = best_findings(questions, models)
        print(
            f"{name}: {len(right)} questions, best finding right for {right[answerable].mean():.2f} of the answerable"
        )
        for mix, parts in MIXES.items():
            print(f"  {mix:20} auroc {auroc(signals @ np.array(parts), right):.3f}")
        score = signals @ np.array(WEIGHTS[1:])
        bias, scale = logistic_fit(score, right)
        chance = 1 / (1 + np.exp(-WEIGHTS[0] - score))
        print(f"  WEIGHTS: bias {bias:.2f}, scale {scale:.2f} would fit this set (now {WEIGHTS[0]}, 1)")
        refused = chance < ANSWERS
        told = f"{refused[~answerable].mean():.2f} of the unanswerable, {refused[answerable].mean():.2f} of the others"
        print(f"  refused: {told}")


if __name__ == "__main__":
    main()

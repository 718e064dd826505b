"""Fit the weights that turn the reader's and the cross-encoder's scores into a probability.

    python training/calibrate.py DATA [--questions 400]

DATA is a folder of SQuAD-format files (*.json.gz) with unanswerable questions among them. Each question is asked of
the paragraphs of its article that share its words best, as it would be asked of an archive; every sentence that the
reader proposes is one example: 1 if it holds an accepted answer, else 0. Prints WEIGHTS for qa/reader.py.
"""

import argparse
import gzip
import json
import random
from pathlib import Path

import bm25s
import numpy as np
from llama_index.core.schema import NodeWithScore

from qa.models import Models
from qa.passages import passage
from qa.reader import READ, find


def questions(folder: Path, most: int):
    """Yield (question, accepted answers, passages) for `most` questions, half of them unanswerable where possible."""
    rows = []
    for file in sorted(folder.glob("*.json.gz")):
        for article in json.loads(gzip.decompress(file.read_bytes()))["data"]:
            paragraphs = [p["context"] for p in article["paragraphs"]]
            index = bm25s.BM25()
            index.index(bm25s.tokenize(paragraphs, stopwords="en", show_progress=False), show_progress=False)
            for paragraph in article["paragraphs"]:
                for qa in paragraph["qas"]:
                    rows.append((qa["question"], [a["text"] for a in qa["answers"]], paragraphs, index))
    random.Random(0).shuffle(rows)
    no = [row for row in rows if not row[1]][: most // 2]
    for question, answers, paragraphs, index in [*no, *[row for row in rows if row[1]][: most - len(no)]]:
        tokens = bm25s.tokenize([question], stopwords="en", show_progress=False)
        found, _ = index.retrieve(tokens, corpus=paragraphs, k=min(READ, len(paragraphs)), show_progress=False)
        yield question, answers, [str(text) for text in found[0]]


def fit(signals: np.ndarray, right: np.ndarray, penalty: float = 1e-2) -> np.ndarray:
    """Return the weights of a logistic regression, by Newton's method."""
    weights = np.zeros(signals.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-signals @ weights))
        gradient = signals.T @ (chance - right) + penalty * weights
        curvature = (signals.T * (chance * (1 - chance))) @ signals + penalty * np.eye(len(weights))
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=400)
    args = parser.parse_args()
    models, signals, right = Models(), [], []
    blank = {"article": "", "title": "", "source": ""}
    for question, answers, texts in questions(args.data, args.questions):
        nodes = [passage(text, 0, blank) for text in texts]
        hits = [NodeWithScore(node=n, score=s) for n, s in zip(nodes, models.relevance(question, texts), strict=True)]
        for finding in find(question, sorted(hits, key=lambda hit: -(hit.score or 0)), models):
            sentence = finding.node.text[finding.start : finding.end].lower()
            signals.append([1.0, *finding.signals])
            right.append(any(answer.lower() in sentence for answer in answers))
    weights = fit(np.array(signals), np.array(right, float))
    print("WEIGHTS =", tuple(round(float(weight), 2) for weight in weights), f"# {len(right)} sentences, {sum(right)} right")
    np.savez("/tmp/cal.npz", x=np.array(signals), y=np.array(right, float))


if __name__ == "__main__":
    main()

"""Score the check that ties a written sentence to slices (`qa.support`) on human judgements, and print a table.

    python benchmarks/support.py FILE... [--limit N]

Each line of a FILE is a JSON object: `claim`, `evidence` (an article), `supported` (true or false) and, where a file
holds several sets, `source`; each source is a row of the table. `--limit N` takes at most N claims of a source, half
of them supported, spread over the file. The texts are copyrighted news: they are not in this repository. Public sets:

- QAGS (github.com/W4ngatang/qags): sentences of summaries of CNN/DM and XSum; true is what most of three people say.
- FactCC, human part (github.com/salesforce/factCC): sentences of summaries of CNN/DM.
- AggreFact-SOTA (github.com/Liyan06/AggreFact): whole summaries; it takes in parts of FRANK, XSumFaith and others.

How it is judged:
- An article is cut into passages as `qa index` does it, and the check gets the six that the cross-encoder ranks best
  for the claim. A claim of several sentences is supported if each of them is.
- "kept" is the share of the supported claims that the check lets through, "cut" the share of the others that it stops;
  balanced accuracy is their mean (0.5 is chance), with its 95% interval.
- Beside it: the cross-encoder's logit of the best sentence alone, and the share of the claim's words in the best
  sentence alone. Their thresholds are those that do best on the first source, where this flatters them.
- Some of these texts came without capitals, or with a space before each stop. Language models write neither, and
  the check knows names by their capitals: `restored` puts both right, with capitals learnt from the other articles.
"""

import argparse
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from qa.articles import Article
from qa.articles.sentences import sentences
from qa.chain import GIVEN_TO_WRITER
from qa.models import Models
from qa.passages import split
from qa.support import Score, Slice, _overlap, support

_WORD = re.compile(r"(?<!\w)(?<!\w['’])[^\W\d_](?:(?!['’]s\b)[\w'’&-])*(?:\.(?=\w)\w+)*")
_INSIDE = re.compile(rf"(?<=[a-z,] )(?:{_WORD.pattern})")
"""A word that opens no sentence: its capital is its own."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence or summary with its article, and whether people found that the article supports it."""

    text: str
    evidence: str
    supported: bool
    source: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the check and the two plain measures make of a claim."""

    claim: Claim
    carried: bool
    logit: float
    overlap: float


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the check of written sentences on human judgements.")
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="claims with their articles, JSON lines")
    parser.add_argument("--limit", metavar="N", type=int, help="take at most N claims of each source")
    flags = parser.parse_args()
    groups = read(flags.files, flags.limit)
    relevance = Models().relevance
    judged = {
        source: [judge(claim, relevance) for claim in tqdm(claims, desc=source, disable=None)]
        for source, claims in groups.items()
    }
    print(table(judged))


def read(files: Iterable[Path], limit: int | None) -> dict[str, list[Claim]]:
    """Return source -> its claims, restored."""
    lines = [(file.stem, json.loads(line)) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    claims = [
        Claim(line["claim"], line["evidence"], bool(line["supported"]), line.get("source", stem))
        for stem, line in lines
    ]
    common = capitals(dict.fromkeys(claim.evidence for claim in claims))
    groups: dict[str, list[Claim]] = {}
    for source in dict.fromkeys(claim.source for claim in claims):
        both = [[c for c in claims if c.source == source and c.supported is wanted] for wanted in (True, False)]
        share = min(limit // 2, *map(len, both)) if limit else len(claims)
        taken = [claim for group in both for claim in spread(group, share)]
        groups[source] = [restored(claim, common) for claim in taken]
    return groups


def spread(claims: Sequence[Claim], limit: int) -> list[Claim]:
    """Take `limit` claims at equal distances: ([1, 2, 3, 4], 2) -> [1, 3]."""
    count = min(limit, len(claims))
    return [claims[number * len(claims) // count] for number in range(count)]


def capitals(texts: Iterable[str]) -> dict[str, str]:
    """Return lower case -> how most texts write the word: {"haiti": "Haiti"}; texts without capitals do not count."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in filter(_has_capitals, texts):
        for word in _INSIDE.findall(text):
            counts[word.casefold()][word] += 1
    return {word: forms.most_common(1)[0][0] for word, forms in counts.items()}


def _has_capitals(text: str) -> bool:
    inside: list[str] = _INSIDE.findall(text)
    return sum(word[0].isupper() for word in inside) > 0.03 * len(inside)


def restored(claim: Claim, common: Mapping[str, str]) -> Claim:
    """Undo what a data set did to its texts: "` ruto left , ' he said ." -> "'Ruto left,' he said."."""
    known = {**common, **capitals([claim.evidence])}
    return replace(claim, text=_restored(claim.text, known), evidence=_restored(claim.evidence, known))


def _restored(text: str, known: Mapping[str, str]) -> str:
    text = re.sub(r"``|''|-[lr][rs]b-", lambda found: {"``": '"', "''": '"'}.get(found[0], "("), text).replace("`", "'")
    text = re.sub(r"[^\S\n]+(?=[.,;:!?%)\]]|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b)|(?<=[$£€(]) ", "", text)
    text = re.sub(r"\b(\w+) - (?=\w)", r"\1-", text)
    if not _has_capitals(text):
        text = _WORD.sub(lambda found: known.get(found[0], found[0]) if found[0].islower() else found[0], text)
    return re.sub(r"(?:\A|(?<=[.!?] )|(?<=\n))\W*[a-z]", lambda found: found[0].upper(), text.strip())


def judge(claim: Claim, relevance: Score) -> Judged:
    """Ask the check, and take the two plain measures of the same sentences."""
    scores: dict[tuple[str, str], float] = {}

    def score(query: str, texts: Sequence[str]) -> list[float]:
        new = [text for text in dict.fromkeys(texts) if (query, text) not in scores]
        scores.update(((query, text), logit) for text, logit in zip(new, relevance(query, new), strict=True))
        return [scores[query, text] for text in texts]

    article = Article(id="evidence", text=re.sub(r"\n+", "\n\n", claim.evidence), title="")
    nodes = split(article)
    if len(nodes) > GIVEN_TO_WRITER:
        ranks = score(claim.text, [node.text for node in nodes])
        nodes = [node for _, node in sorted(zip(ranks, nodes, strict=True), key=lambda pair: -pair[0])]
    passages: list[Slice] = []
    for node in nodes[:GIVEN_TO_WRITER]:
        start = node.start_char_idx or 0
        passages.append((article, start, start + len(node.text)))
    texts = [
        article.text[start + a : start + b] for _, start, end in passages for a, b in sentences(article.text[start:end])
    ]
    line = " ".join(claim.text.split())
    said = [line[a:b] for a, b in sentences(line)]
    return Judged(
        claim,
        carried=bool(said) and all(support(sentence, passages, score) for sentence in said),
        logit=min((max(score(sentence, texts)) for sentence in said), default=-math.inf),
        overlap=min((max(_overlap(sentence, text) for text in texts) for sentence in said), default=0.0),
    )


def table(judged: Mapping[str, Sequence[Judged]]) -> str:
    """Return the Markdown table: a row a source, three columns a way of judging."""
    first, *_ = judged.values()
    logit = best_threshold(first, lambda j: j.logit)
    overlap = best_threshold(first, lambda j: j.overlap)
    ways: dict[str, Callable[[Judged], bool]] = {
        "the check": lambda j: j.carried,
        f"logit ≥ {logit:.1f}": lambda j: j.logit >= logit,
        f"words ≥ {overlap:.2f}": lambda j: j.overlap >= overlap,
    }
    heads = ["source", "n", *(f"{way}: {what}" for way in ways for what in ("balanced accuracy", "kept", "cut"))]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for source, rows in judged.items():
        cells = [source, str(len(rows))]
        for way in ways.values():
            kept, cut, error = rates(rows, way)
            cells += [f"{(kept + cut) / 2:.2f} ± {error:.2f}", f"{kept:.0%}", f"{cut:.0%}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def rates(rows: Sequence[Judged], carries: Callable[[Judged], bool]) -> tuple[float, float, float]:
    """Return the shares of supported claims kept and of others cut, and half the 95% interval of their mean."""
    kept = [carries(row) for row in rows if row.claim.supported]
    cut = [not carries(row) for row in rows if not row.claim.supported]
    shares = [sum(group) / max(len(group), 1) for group in (kept, cut)]
    spread_of = [p * (1 - p) / max(len(group), 1) for p, group in zip(shares, (kept, cut), strict=True)]
    return shares[0], shares[1], 1.96 * math.sqrt(sum(spread_of)) / 2


def best_threshold(rows: Sequence[Judged], measure: Callable[[Judged], float]) -> float:
    """Return the value of `measure` at which "at least as much" is most often right, both kinds weighing the same."""
    return max({measure(row) for row in rows}, key=lambda limit: sum(rates(rows, lambda j: measure(j) >= limit)[:2]))


if __name__ == "__main__":
    main()

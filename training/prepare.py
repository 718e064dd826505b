"""Make the examples that the reader is trained on: a question, a passage, and the words in it that answer, or none.

    python training/prepare.py OUT --squad FILE... --rows FILE... --news FOLDER

--rows   files of JSON lines with `question`, `context`, `answers` [{text, start}] and `title`: what `gather.py` makes
--squad  SQuAD-format files (.json or .json.gz) of other sets, which hold nothing of the test sets
--news   a folder with articles/ and questions.jsonl (`question`, `answers`), as `shared/bench/realtimeqa.py` makes it
         with --since 2022-06-01 --until 2023-07-01; its questions have no marked words, only answers to look for

Texts are cut into passages as the product cuts them. What teaches the reader to say "none", scarcest first:
- the questions that people wrote to be unanswerable (SQuAD 2.0, SubjQA);
- news passages that the cross-encoder ranks high for a question and that do not hold its answer;
- near misses: an answerable question in which a name or a number is changed for another of its kind, a word for its
  opposite, or which is negated, after Rajpurkar et al. 2018 (section 3: most of SQuAD 2.0's unanswerable questions
  differ so);
- other passages of the same text or collection that BM25 finds for the question; of NewsQA's reports, which often say
  the same twice, only those in which the reader at hand finds no answer either (it errs too: some hard ones are lost).
Writes OUT/train.jsonl and OUT/held_out.jsonl, one example a line: question, passage, start, end (-1: none), kind.
"""

import argparse
import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import bm25s
import Stemmer
from llama_index.core.schema import MetadataMode, TextNode

from qa.articles import Article, list_files, read_articles
from qa.articles.sentences import sentences
from qa.errors import UnreadableFile
from qa.metrics import holds
from qa.models import Models
from qa.passages import split

STEMMER = Stemmer.Stemmer("english")
NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]*(?: (?:of |de |the )?[A-Z][\w’'-]*)*")
NUMBER = re.compile(r"\b\d[\d,.]*\b")
OPPOSITES = dict(
    pair.split("/")
    for half in (
        "first/last most/least more/less fewer/more largest/smallest highest/lowest oldest/youngest longest/shortest "
        "biggest/smallest best/worst better/worse strongest/weakest richest/poorest earliest/latest earlier/later "
        "early/late before/after inside/outside above/below always/never same/different large/small "
        "big/small high/low old/new strong/weak rich/poor easy/difficult hot/cold top/bottom upper/lower front/back "
        "modern/ancient north/south northern/southern east/west eastern/western internal/external public/private "
        "rural/urban legal/illegal known/unknown common/rare major/minor primary/secondary domestic/foreign "
        "positive/negative permanent/temporary minimum/maximum majority/minority conservative/liberal "
        "began/ended begin/end started/stopped start/stop opened/closed open/close won/lost win/lose gained/lost "
        "increased/decreased increase/decrease rose/fell rise/fall reduced/increased reduce/increase improved/worsened "
        "import/export imported/exported bought/sold buy/sell accepted/rejected accept/reject approved/rejected "
        "allowed/forbidden allow/forbid banned/allowed ban/allow supported/opposed support/oppose joined/left "
        "join/leave agreed/disagreed agree/disagree succeeded/failed succeed/fail arrived/departed attacked/defended "
        "attack/defend built/destroyed created/destroyed appointed/dismissed hired/fired arrested/released "
        "added/removed add/remove caused/prevented cause/prevent included/excluded include/exclude "
        "encouraged/discouraged success/failure victory/defeat advantage/disadvantage benefit/drawback ally/enemy "
        "winner/loser buyer/seller father/mother son/daughter brother/sister husband/wife king/queen man/woman "
        "men/women boy/girl uncle/aunt birth/death"
    ).split()
    for pair in (half, "/".join(reversed(half.split("/"))))
)
AUXILIARY = re.compile(r"\b(?:did|does|do|is|was|are|were|has|have|had|could|would|should)\b")
NEGATED = 0.1
"""Share of the questions that are asked once more with a "not"."""

RANKED = 8
"""News passages of a question that the cross-encoder ranks."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; `passage[start:end]` answers, or nothing does (-1)."""

    question: str
    passage: str
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question about a text, its answers in the text (none: unanswerable), and the collection it belongs to."""

    question: str
    context: str
    answers: tuple[tuple[str, int], ...]
    source: str
    title: str


def squad(file: Path) -> Iterator[Row]:
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    for article in json.loads(content)["data"]:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                answers = tuple((a["text"], a["answer_start"]) for a in asked["answers"])
                name = file.name.split(".")[0]
                yield Row(asked["question"], paragraph["context"], answers, name, article.get("title") or "")


def rows(file: Path) -> Iterator[Row]:
    with file.open() as lines:
        for line in lines:
            found = json.loads(line)
            answers = tuple((a["text"], a["start"]) for a in found["answers"])
            yield Row(found["question"], found["context"], answers, file.stem, str(found.get("title") or ""))


def examples(found: list[Row], chance: random.Random) -> Iterator[Example]:
    """Yield the examples of one collection."""
    cut = {context: split(Article("", context, "", "")) for context in {row.context for row in found}}
    collection = searcher([node for nodes in cut.values() for node in nodes]) if len(cut) > 20 else None
    phrases: dict[str, list[str]] = defaultdict(list)
    for row in found:
        phrases[row.title] += NAME.findall(row.question) + NUMBER.findall(row.question)
    for row in found:
        nodes = cut[row.context]
        if not row.answers:
            yield Example(row.question, chance.choice(nodes).text, -1, -1, f"{row.source}: unanswerable")
            continue
        words, start = Counter(row.answers).most_common(1)[0][0]
        end = start + len(words)
        home = next((n for n in nodes if (n.start_char_idx or 0) <= start and end <= (n.end_char_idx or 0)), None)
        if home is None or not words.strip():
            continue
        origin = home.start_char_idx or 0
        yield Example(row.question, home.text, start - origin, end - origin, f"{row.source}: answerable")
        missed = near_miss(row.question, home.text, phrases[row.title], chance)
        if missed is not None:
            yield Example(missed, home.text, -1, -1, f"{row.source}: near miss")
        reverse = opposite(row.question, home.text, chance)
        if reverse is not None:
            yield Example(reverse, home.text, -1, -1, f"{row.source}: opposite")
        others = [n for n in nodes if n is not home and not any(holds(n.text, words) for words, _ in row.answers)]
        if others:
            asked = set(STEMMER.stemWords(re.findall(r"\w+", row.question.lower())))
            nearest = max(others, key=lambda n: len(asked & set(STEMMER.stemWords(re.findall(r"\w+", n.text.lower())))))
            for other in {nearest.node_id: nearest, (some := chance.choice(others)).node_id: some}.values():
                yield Example(row.question, other.text, -1, -1, f"{row.source}: same text")
        elif collection is not None:
            retrieved = collection.retrieve(tokens([row.question]), k=6, show_progress=False)[0][0]
            further = [n for n in retrieved if n.node_id not in {m.node_id for m in nodes}]
            further = [n for n in further if not any(holds(n.text, words) for words, _ in row.answers)]
            if further:
                yield Example(row.question, further[0].text, -1, -1, f"{row.source}: retrieved")


def near_miss(question: str, passage: str, others: list[str], chance: random.Random) -> str | None:
    """Return the question with a name or number changed for another of its kind, half of them from the passage."""
    spans = [m for m in NAME.finditer(question) if m[0].lower() in passage.lower()] + list(NUMBER.finditer(question))
    if not spans:
        return None
    span = chance.choice(spans)
    kind = NUMBER if NUMBER.fullmatch(span[0]) else NAME
    near = [m[0] for m in kind.finditer(passage)]
    far = [p for p in others if kind.fullmatch(f" {p}", 1)]
    pool = [p for p in (near if chance.random() < 0.5 and near else far) if not overlap(p, question)]
    if not pool:
        return None
    return question[: span.start()] + chance.choice(pool) + question[span.end() :]


def opposite(question: str, passage: str, chance: random.Random) -> str | None:
    """Return the question with one word turned into its opposite, or with a "not"; None if neither is tried or fits."""
    if re.search(r"\bnot\b|n['’]t\b", question):
        return None
    if chance.random() < NEGATED and (verb := AUXILIARY.search(question)) and not question.lower().startswith("how"):
        other = " not" if verb[0] in ("is", "was", "are", "were") else "n't"
        return question[: verb.end()] + chance.choice(("n't", other)) + question[verb.end() :]
    said = set(re.findall(r"\w+", f"{question} {passage}".lower()))
    # "How old" asks for an age, and where the passage tells of both, the turned question may have an answer.
    spans = [
        m
        for m in re.finditer(r"(?<!\b[Hh]ow )\b[a-z]+\b(?![’'-])", question)
        if m[0] in OPPOSITES and OPPOSITES[m[0]] not in said
    ]
    if not spans:
        return None
    span = chance.choice(spans)
    return question[: span.start()] + OPPOSITES[span[0]] + question[span.end() :]


def answers_again(example: Example, models: Models) -> bool:
    """Whether the reader finds an answer in another passage of a report that NewsQA asks about."""
    if not re.match("newsqa.*: (?:same text|retrieved)", example.kind):
        return False
    (readings,) = models.read(example.question, [example.passage], [[(0, len(example.passage))]])
    return any(reading.score > 0 for reading in readings)


def overlap(phrase: str, text: str) -> bool:
    return bool(set(phrase.lower().split()) & set(re.findall(r"[\w’'-]+", text.lower())))


def news(folder: Path, models: Models) -> Iterator[Example]:
    """Yield the best-ranked passages of news questions: with the answer string (weakly answerable), and without."""
    index = searcher(passages_of(folder))
    for line in (folder / "questions.jsonl").read_text().splitlines():
        row = json.loads(line)
        found = index.retrieve(tokens([row["question"]]), k=3 * RANKED, show_progress=False)[0][0]
        distinct = list({node.text: node for node in found}.values())[:RANKED]
        relevance = models.relevance(row["question"], [node.get_content(MetadataMode.EMBED) for node in distinct])
        ranked = [node.text for _, node in sorted(zip(relevance, distinct, strict=True), key=lambda pair: -pair[0])]
        accepted = [answer.strip("“”\"'") for answer in row["answers"] if len(answer.strip("“”\"'")) > 1]
        places = {text: spans for text in ranked if (spans := found_in(text, accepted))}
        for text in [text for text in ranked if text in places][:2]:
            readings = models.read(row["question"], [text], [sentences(text)])[0]
            spot = next((p for r in readings for p in places[text] if r.start < p[1] and p[0] < r.end), None)
            # A passage that holds the words but in which the first reader sees no such answer is no good example.
            if spot is not None:
                yield Example(row["question"], text, *spot, "news: answerable")
        if accepted and not re.search(r"none of the above", row["question"], re.IGNORECASE):
            for text in [text for text in ranked if text not in places and not partly(text, accepted)][:3]:
                yield Example(row["question"], text, -1, -1, "news: retrieved")


def passages_of(folder: Path) -> list[TextNode]:
    """Return the passages of all articles in folder/articles, as the product reads and cuts them."""
    nodes: list[TextNode] = []
    for file in list_files(folder / "articles")[0]:
        try:
            found, _ = read_articles(folder / "articles", file)
        except UnreadableFile as error:
            print(f"skipped {file.path}: {error}")
            continue
        nodes += [node for article in found for node in split(article)]
    return nodes


def found_in(text: str, accepted: Iterable[str]) -> list[tuple[int, int]]:
    patterns = [rf"(?<!\w){re.escape(words)}(?!\w)" for words in accepted]
    return [match.span() for pattern in patterns for match in re.finditer(pattern, text, re.IGNORECASE)]


def partly(text: str, accepted: Iterable[str]) -> bool:
    """Whether most of the words of an accepted answer stand in the text, though not one after another."""
    words = set(re.findall(r"\w+", text.lower()))
    parts = [set(re.findall(r"\w{3,}", answer.lower())) for answer in accepted]
    return any(part and len(part & words) > 0.5 * len(part) for part in parts)


def searcher(nodes: list[TextNode]) -> bm25s.BM25:
    index = bm25s.BM25(corpus=nodes)
    index.index(tokens([node.text for node in nodes]), show_progress=False)
    return index


def tokens(texts: list[str]) -> object:
    return bm25s.tokenize(texts, stopwords="en", stemmer=STEMMER, show_progress=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--squad", type=Path, nargs="*", default=[])
    parser.add_argument("--rows", type=Path, nargs="*", default=[])
    parser.add_argument("--news", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    chance = random.Random(args.seed)
    collections: dict[str, list[Row]] = defaultdict(list)
    known: set[tuple[str, str]] = set()
    found = [row for file in args.squad for row in squad(file)] + [row for file in args.rows for row in rows(file)]
    for row in found:
        key = re.sub(r"\W", "", row.question.lower()), re.sub(r"\W", "", row.context.lower())[:40]
        if key not in known:
            known.add(key)
            collections[row.source].append(row)
    models = Models()
    made = [example for found in collections.values() for example in examples(found, chance)]
    made = [example for example in made if not answers_again(example, models)]
    made += news(args.news, models) if args.news else []
    # By passage, so that a question and its near miss stay together, and then by question.
    texts = sorted({example.passage for example in made})
    chance.shuffle(texts)
    passages = set(texts[: len(texts) // 40])
    held_out = {example.question for example in made if example.passage in passages}
    args.out.mkdir(parents=True, exist_ok=True)
    for name, wanted in (("train", False), ("held_out", True)):
        kept = [example for example in made if (example.passage in passages or example.question in held_out) == wanted]
        chance.shuffle(kept)
        with (args.out / f"{name}.jsonl").open("w") as file:
            file.writelines(json.dumps(asdict(example)) + "\n" for example in kept)
        print(name, len(kept), dict(Counter(example.kind for example in kept).most_common()))


if __name__ == "__main__":
    main()

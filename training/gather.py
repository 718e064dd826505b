"""Turn public question sets into the rows that `prepare.py` and `calibrate.py` read, without those of the test sets.

    git clone https://github.com/OWNER/NAME FOLDER/OWNER+NAME     (for each repository of SETS, below)
    python training/gather.py OUT --repositories FOLDER --apart FILE...

--apart  the test sets, as JSON lines: questions in `question`, `rewrite`, `input` or `question_sentence`, texts
         in `passages` or `support`. A row is dropped if its question is asked there, or if SHARED runs of twelve words
         of its text stand in theirs.

Writes OUT/NAME.jsonl to train on, a row a line: question, context, title and answers [{text, start}] (none:
unanswerable), each of which stands in the text at its start; and OUT/aside/NAME.jsonl, without titles, to calibrate:
- newsqa: every eighth article of NewsQA's development set, in the order of their texts. Half of the questions, by lot,
  are asked of the article without the paragraphs that hold the answer;
- wikiqa: WikiQA, all of whose texts are kept aside;
- sentence: what these two ask that takes a sentence (`qa.question` says which); they have the others;
- squad2: two articles of SQuAD 2.0.
"""

import argparse
import csv
import io
import json
import random
import re
import subprocess
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from qa.question import takes_a_sentence

RUN, SHARED = 12, 2
FEWEST = 4  # words of a question that is told from others by its words; "Who won?" may be asked of any text
TESTED = {"Imperialism", "Scottish_Parliament", "French_and_Indian_War", "1973_oil_crisis"}
ASIDE = {"Immune_system", "Steam_engine"}
SIGNS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
SIGNS |= {"``": '"', "''": '"', "`": "'"}
NOTHING = "ANSWERNOTFOUND"
GLUED = {*".,;:?!%)]}'", "...", "'s", "'S", "n't", "'re", "'ve", "'ll", "'d", "'m"}
LEADING = set("a an the he she they it to because his her their by in on with".split())


class Row(NamedTuple):
    """A question about a text and its answers with their places (-1: unknown); `whole` if they are whole sentences."""

    question: str
    context: str
    answers: list[tuple[str, int]]
    title: str = ""
    whole: bool = False


def squad(files: dict[str, str]) -> Iterator[Row]:
    """Read SQuAD's format, which TyDi QA, SQuADShifts and the sets of MRQA are in as well."""
    for article in (article for content in files.values() for article in json.loads(content)["data"]):
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                answers = [(answer["text"], answer["answer_start"]) for answer in asked["answers"]]
                yield Row(asked["question"], paragraph["context"], answers, article.get("title") or "")


def table(*contents: str) -> Iterator[dict[str, str]]:
    for content in contents:
        yield from csv.DictReader(io.StringIO(content))


def cotaeval(files: dict[str, str]) -> Iterator[Row]:
    for line in table(*files.values()):
        question, text, answer = (joined(line[name].split()) for name in ("question", "story_text", "answer"))
        yield Row(question, text, [(answer, -1)])


def fairytaleqa(files: dict[str, str]) -> Iterator[Row]:
    """Read the questions whose answer a story tells, each with the sections that it is about."""
    for path in (path for path in files if "/questions/" in path):
        story = files[path.replace("/questions/", "/section-stories/").replace("-questions.csv", "-story.csv")]
        sections = {line["section"].strip(): line["text"] for line in table(story)}
        for line in table(files[path]):
            numbers = [number.strip() for number in line["cor_section"].split(",")]
            text = "\n".join(sections[number] for number in numbers if number in sections)
            answers = [(answer, -1) for number in range(1, 7) if (answer := line[f"answer{number}"])]
            if text and line["ex-or-im1"].strip() == "explicit":
                yield Row(line["question"], text, answers, Path(path).stem.removesuffix("-questions"))


def subjqa(files: dict[str, str]) -> Iterator[Row]:
    """Read reviews; a question has a line for each person asked, who marked NOTHING if there was no answer."""
    asked: dict[str, Row] = {}
    for line in table(*files.values()):
        start, end = map(int, line["human_ans_indices"].strip("()").split(","))
        answer, text = line["review"][start:end], line["review"].removesuffix(NOTHING).rstrip()
        # An answer that is told otherwise than it stands in the review is not used.
        if NOTHING in answer or answer == line["human_ans_spans"]:
            row = asked.setdefault(line["q_review_id"], Row(line["question"], text, []))
            row.answers.extend([(answer, start)] if NOTHING not in answer else [])
    yield from asked.values()


def wikiqa(files: dict[str, str]) -> Iterator[Row]:
    """Read the sentences of paragraphs. Titles are left out, for only those of answerable questions are known."""
    marked: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in files["WikiQACorpus/WikiQASent.pos.ans.tsv"].splitlines():
        _, question, _, _, _, sentence, *phrases = line.split("\t")
        marked[question.strip(), untokenised(sentence)] += map(untokenised, phrases)
    for part in ("train", "dev", "test"):
        asked: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for line in files[f"WikiQACorpus/WikiQA-{part}.txt"].splitlines():
            question, sentence, label = line.split("\t")
            asked[question.strip()].append((untokenised(sentence), label.strip() == "1"))
        for question, told in asked.items():
            starts = accumulate((len(sentence) + 1 for sentence, _ in told), initial=0)
            whole = [(sentence, start) for (sentence, answers), start in zip(told, starts, strict=False) if answers]
            said = [(words, start) for sentence, start in whole for words in marked[question, sentence]]
            said = [(words, start) for words, start in said if words not in ("", "NO_ANS")]
            if whole or len(told) > 1:
                text = " ".join(sentence for sentence, _ in told)
                yield Row(question.strip(" ?") + "?", text, said or whole, whole=bool(whole) and not said)


class Source(NamedTuple):
    """A set, its licence, how it is read, and where it was had: repository and commit, files or folders."""

    name: str
    licence: str
    read: Callable[[dict[str, str]], Iterator[Row]]
    repository: str
    paths: str


SHIFTS, MRQA = "modestyachts/squadshifts-website b7cc4d50", "GastonRAraujo/BERT-QA a6416494"
GUIDE = "PhongNTDo/guide_train_MRC_transformers 631a448d"
TYDI = "language_data/english/english_tydiqa_train.json"
STORIES = "data-by-train-split/questions data-by-train-split/section-stories"
# The remaining training files of SubjQA were too large for where it was had.
REVIEWS = "SubjQA/*/splits/dev.csv SubjQA/*/splits/test.csv SubjQA/[egrt]*/splits/train.csv"
WIKIQA = "WikiQACorpus/WikiQASent.pos.ans.tsv WikiQACorpus/WikiQA-*.txt"
SETS = [
    Source("squad1_train_du_test", "CC BY-SA 4.0", squad, "tomhosking/aqleaderboard 79ed2dc0", "data/test-v1.1.json"),
    Source("squad2_train_part", "CC BY-SA 4.0", squad, GUIDE, "train-v2.0.json"),
    Source("squad2", "CC BY-SA 4.0", squad, "chrischute/squad 85623ade", "data/dev-v2.0.json"),
    Source("newsqa_val", "not free", squad, MRQA, "datasets/indomain_val/newsqa"),
    Source("newsqa_cotaeval", "not free", cotaeval, "boyiwei/CoTaEval e5aefd81", "eval_data/newsqa/*_utility.csv"),
    Source("tydiqa_en_train", "Apache-2.0", squad, "sagorbrur/tydiqa-language-specific 55c66494", TYDI),
    Source("new_wiki", "CC BY 4.0", squad, SHIFTS, "datasets/new_wiki_v1.0.json"),
    Source("amazon_reviews", "CC BY 4.0", squad, SHIFTS, "datasets/amazon_reviews_v1.0.json"),
    Source("reddit", "CC BY 4.0", squad, SHIFTS, "datasets/reddit_v1.0.json"),
    Source("fairytaleqa", "Apache-2.0", fairytaleqa, "uci-soe/FairytaleQAData a24ddc17", STORIES),
    Source("subjqa", "terms of the review sites", subjqa, "megagonlabs/SubjQA 6ea88c77", REVIEWS),
    Source("robustqa_duorc", "MIT", squad, MRQA, "datasets/oodomain_train/duorc datasets/oodomain_val/duorc"),
    Source("robustqa_race", "research only", squad, MRQA, "datasets/oodomain_train/race datasets/oodomain_val/race"),
    Source("wikiqa", "research only", wikiqa, "lucadiliello/BERT-on-WikiQA ab4e4984", WIKIQA),
]


def files(folder: Path, source: Source) -> dict[str, str]:
    """Return the texts of a set's files by path, out of the commit, so that a clone without its files will do."""
    repository, commit = source.repository.split()
    command = ["git", "-C", str(folder / repository.replace("/", "+")), "archive", commit, *source.paths.split()]
    packed = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        found = {entry.name: archive.extractfile(entry) for entry in archive}
        return {path: file.read().decode("utf-8-sig", "replace") for path, file in found.items() if file is not None}


def joined(tokens: Iterable[str]) -> str:
    """Put a text that was cut into tokens together again; a closing sign may stand for an opening quote as well."""
    text, quoted = "", False
    for token in tokens:
        sign = SIGNS.get(token, token)
        glued = sign in GLUED or text.endswith(("(", "[", "{", "$")) or (quoted and text.endswith('"'))
        if sign == '"':
            quoted = token == "``" or not quoted
            glued = not quoted or text.endswith(("(", "["))
        text += sign if glued or not text else f" {sign}"
    return text


def untokenised(text: str) -> str:
    glued = r" (?=[.,;:?!%)\]]|(?:'s|n't|'re|'ve|'ll|'d|'m)\b)|(?<=[(\[$]) "
    return re.sub(r" +", " ", re.sub(glued, "", text)).strip()


def place(context: str, answer: str, start: int) -> tuple[str, int] | None:
    """Return the answer as it stands in the text, and where: at start, else from there on, else anywhere."""
    if answer.strip() and start >= 0 and context.startswith(answer, start):
        return answer.strip(), start + len(answer) - len(answer.lstrip())
    answer = answer.strip(' .!?,;"')
    words = re.findall(r"\w+", answer)
    patterns = [re.escape(answer), r"\W*".join(words)]
    while start < 0 and words and words[0].lower() in LEADING:
        words = words[1:]
        patterns.append(r"\W*".join(words))
    for pattern in filter(None, patterns):
        spans = [match.span() for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", context, re.IGNORECASE)]
        if spans:
            first, end = next((span for span in spans if span[0] >= start), spans[0])
            return context[first:end], first
    return None


def folded(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


@lru_cache(1)  # the questions about a text follow each other
def runs(text: str) -> set[str]:
    words = folded(text)
    return {" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


class Tests:
    """The questions and texts of the test sets."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.questions: set[str] = set()
        self.runs: set[str] = set()
        for row in (json.loads(line) for path in paths for line in path.read_text().splitlines()):
            for name in ("question", "rewrite", "input", "question_sentence"):
                self.questions.add(" ".join(folded(row.get(name, "").removeprefix("|user|: "))))
            for passage in row.get("passages", []) + row.get("support", []):
                self.runs |= runs(passage if isinstance(passage, str) else passage["text"])

    def part(self, row: Row) -> str:
        """Return which part of the row is in a test set, if any."""
        if row.title in TESTED or len(runs(row.context) & self.runs) >= SHARED:
            return "text"
        words = folded(row.question)
        return "question" if len(words) >= FEWEST and " ".join(words) in self.questions else ""


def kept(source: Source, folder: Path, tests: Tests) -> list[Row]:
    """Return a set's rows with the places of their answers, and print how many were dropped and why."""
    found: dict[tuple[str, str], Row] = {}
    dropped: Counter[str] = Counter()
    for row in source.read(files(folder, source)):
        key = " ".join(folded(row.question)), " ".join(folded(row.context))
        places = [spot for answer, start in row.answers if (spot := place(row.context, answer, start)) is not None]
        if part := tests.part(row):
            dropped[f"{part} of a test set"] += 1
        elif row.answers and not places:
            dropped["answer not in the text"] += 1
        elif key in found:
            dropped["there already"] += 1
        else:
            found[key] = row._replace(question=row.question.strip(), answers=places)
    reasons = ", ".join(f"{count} {reason}" for reason, count in dropped.most_common())
    print(f"{source.name}: {len(found)} rows; dropped: {reasons or 'none'}", flush=True)
    return list(found.values())


def without_answer(row: Row) -> Row:
    """Return the row with a text that lacks the paragraphs that hold the answer."""
    words = [answer.rstrip(" ,;.").lower() for answer, _ in row.answers]
    left = [part for part in row.context.split("\n") if not any(answer in part.lower() for answer in words)]
    return row._replace(context="\n".join(left), answers=[])


def set_aside(gathered: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return the rows to calibrate with, and take those that the reader must not see out of the others."""
    news, wiki = gathered["newsqa_val"], gathered.pop("wikiqa")
    articles = set(sorted({row.context for row in news})[::8])
    chance = random.Random(0)
    told = [without_answer(row) if chance.random() < 0.5 else row for row in news if row.context in articles]
    found = {
        "newsqa": [row for row in told if not takes_a_sentence(row.question)],
        # Some words of a sentence answer these, not all of it.
        "wikiqa": [row for row in wiki if not (row.whole or takes_a_sentence(row.question))],
        "sentence": [row for row in told + wiki if takes_a_sentence(row.question)],
        "squad2": [row for row in gathered["squad2"] if row.title in ASIDE],
    }
    gathered["newsqa_val"] = [row for row in news if row.context not in articles]
    gathered["squad2"] = [row for row in gathered["squad2"] if row.title not in ASIDE]
    # Some titles are the beginning of the text.
    return {name: [row._replace(title="") for row in rows] for name, rows in found.items()}


def write(file: Path, rows: list[Row]) -> None:
    with file.open("w") as lines:
        for row in rows:
            answers = [{"text": text, "start": start} for text, start in row.answers]
            line = {"question": row.question, "context": row.context, "title": row.title, "answers": answers}
            lines.write(json.dumps(line) + "\n")
    print(f"{file}: {len(rows)} rows, {sum(not row.answers for row in rows)} of them unanswerable")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--apart", type=Path, nargs="+", required=True)
    args = parser.parse_args()
    tests = Tests(args.apart)
    gathered = {source.name: kept(source, args.repositories, tests) for source in SETS}
    aside = set_aside(gathered)
    (args.out / "aside").mkdir(parents=True, exist_ok=True)
    for folder, sets in ((args.out, gathered), (args.out / "aside", aside)):
        for name, rows in sets.items():
            write(folder / f"{name}.jsonl", rows)


if __name__ == "__main__":
    main()

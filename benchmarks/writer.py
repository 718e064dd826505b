"""Measure the answers that a language model writes, for numbers of passages and prompts, and print a table.

    OPENAI_BASE_URL=http://localhost:11434/v1 QA_MODEL=… python benchmarks/writer.py tests/questions.jsonl [--limit N]

The model is the one that the settings name. Questions with a history or with passages of their own are left out.
"offline" counts the questions where the offline answer took the model's place, because nothing that it wrote was backed
or its server failed; all others but the seconds are about what it wrote. `--limit N` takes N questions, spread over
the file.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from qa import chain, config, writer
from qa.citations import ABSTENTION
from qa.metrics import Result
from qa.question_sets import Row, read_rows

SHORT = f"""Answer the question in one or two sentences, only from the numbered passages of news articles.
Behind each sentence put the number of its passage in brackets, like this: [2].
If the passages do not hold the answer, reply exactly: {ABSTENTION}"""

EXAMPLE = f"""{writer._WRITE}

For example, from a passage [2] that says "On Monday the mayor, Ann Lee, resigned after eight years." \
the question "Who resigned?" is answered with: Mayor Ann Lee resigned on Monday [2]."""

PROMPTS = {"present": writer._WRITE, "short": SHORT, "example": EXAMPLE}

COLUMNS = "prompt passages right answered refused,_rightly refused,_wrongly kept cut offline median_s".split()


def spread(rows: Sequence[Row], limit: int | None) -> list[Row]:
    """Take `limit` rows at equal distances, for files are often sorted: ([1, 2, 3, 4], 2) -> [1, 3]."""
    count = min(limit or len(rows), len(rows))
    return [rows[number * len(rows) // count] for number in range(count)]


def summary(results: Sequence[Result]) -> list[str]:
    """Return the cells of a row of the table; shares as "right of all"."""
    written = [result for result in results if result.answer.mode != "offline"]
    answerable = [result for result in written if result.row.answerable]
    others = [result for result in written if not result.row.answerable]
    sentences = [sentence for result in written for sentence in result.answer.sentences]
    kept = sum(bool(sentence.citations) for sentence in sentences)
    return [
        f"{sum(result.right for result in written)} of {len(written)}",
        f"{sum(result.right for result in answerable)} of {len(answerable)}",
        f"{sum(result.answer.abstained for result in others)} of {len(others)}",
        f"{sum(result.answer.abstained for result in answerable)} of {len(answerable)}",
        str(kept),
        str(len(sentences) - kept),
        str(len(results) - len(written)),
        f"{statistics.median(result.answer.seconds for result in results):.1f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the answers of the language model that the settings name.")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="question set, as for `qa eval`")
    parser.add_argument("--articles", type=Path, metavar="FOLDER", help="folder of articles (QA_ARTICLES)")
    parser.add_argument("--index", type=Path, metavar="FOLDER", help="folder of the index (QA_INDEX)")
    parser.add_argument("--limit", type=int, metavar="N", help="only N questions")
    parser.add_argument("--passages", type=int, nargs="+", default=[3, 6, 8], metavar="N", help="default: 3 6 8")
    parser.add_argument("--prompts", nargs="+", default=list(PROMPTS), choices=list(PROMPTS), help="default: all")
    options = parser.parse_args()
    settings = config.load({"articles": options.articles, "index": options.index})
    if not settings.has_writer:
        sys.exit("no language model is configured: set OPENAI_BASE_URL and QA_MODEL")
    rows = [row for file in options.files for row in read_rows(file) if not (row.history or row.passages)]
    rows = spread(rows, options.limit)
    asked = chain.Chain(settings)
    asked.sync()
    print(f"{settings.model}, {len(rows)} questions\n")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}".replace("_", " "))
    for prompt in options.prompts:
        writer._WRITE = PROMPTS[prompt]
        for passages in options.passages:
            chain.GIVEN_TO_WRITER = passages
            results = [Result(row, list(asked.stream(row.question))[-1]) for row in rows]
            print(f"| {' | '.join([prompt, str(passages), *summary(results)])} |", flush=True)
    asked.close()


if __name__ == "__main__":
    main()

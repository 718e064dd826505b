"""Print the questions that an article of the days before answers, as `qa eval` reads them.

    python benchmarks/recent.py FOLDER [--days 21] > recent.jsonl

FOLDER holds articles/ and questions.jsonl (`date`, `evidence`: the files that hold the answer's words), as
`shared/bench/realtimeqa.py` makes it. In an article of another year those words mostly stand by chance.
"""

import argparse
import json
from datetime import date, timedelta
from pathlib import Path

from qa.articles import list_files, read_articles
from qa.errors import UnreadableFile


def main() -> None:
    parser = argparse.ArgumentParser(description="Print the questions that a recent article answers.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=21)
    options = parser.parse_args()
    rows = [json.loads(line) for line in (options.folder / "questions.jsonl").read_text("utf-8").splitlines()]
    wanted = {path for row in rows for path in row["evidence"]}
    published: dict[str, list[date | None]] = {}
    for file in list_files(options.folder / "articles")[0]:
        if file.path in wanted:
            try:
                found, _ = read_articles(options.folder / "articles", file)
            except UnreadableFile:
                continue
            published[file.path] = [article.published for article in found]
    for row in rows:
        asked = date.fromisoformat(row["date"])
        days = [day for path in row["evidence"] for day in published.get(path, [])]
        if any(day and asked - timedelta(options.days) <= day <= asked for day in days):
            print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()

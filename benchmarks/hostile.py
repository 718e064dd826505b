"""Read every file of a folder, each in a fresh process within its limits, and tell what it took and what became of it.

`python benchmarks/hostile.py FOLDER` prints a line a file: seconds of CPU time, megabytes at the peak, and the title
or the reason why there is no article; it ends with 1 if a file took more than its limits. POSIX only.
"""

import argparse
import resource
import sys
import time
from multiprocessing import get_context
from pathlib import Path

from qa import articles
from qa.articles.worker import MEGABYTES, SECONDS, Worker
from qa.errors import UnreadableFile

ALLOWED_SECONDS = SECONDS + 1
"""A process is looked at now and then, and takes a moment to start."""


def measure(folder: Path, file: articles.ArticleFile) -> tuple[float, float, str]:
    """Return the seconds and megabytes that the reading of one file took, and its outcome; for a fresh process."""
    worker = Worker()
    try:
        outcome = f"“{worker.run(articles.read_article, folder, file).title}”"
    except UnreadableFile as error:
        outcome = str(error)
    worker.close()
    took = resource.getrusage(resource.RUSAGE_CHILDREN)  # the largest of all ended ones: hence a fresh process
    return took.ru_utime + took.ru_stime, took.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024), outcome


def main() -> int:
    """Measure all files and print a line for each, the slowest first, and those that were not read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    started = time.monotonic()
    files, skipped = articles.list_files(folder)
    print(f"listed in {time.monotonic() - started:.1f} s: {len(files)} to read, {len(skipped)} left out")
    for one in skipped:
        print(f"   -      -     {one.path}: {one.reason}")
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        measured = [(*pool.apply(measure, (folder, file)), file.path) for file in files]
    for seconds, peak, outcome, path in sorted(measured, reverse=True):
        print(f"{seconds:5.2f} s {peak:5.0f} MB {path}: {outcome}")
    over = [path for seconds, peak, _, path in measured if seconds > ALLOWED_SECONDS or peak > MEGABYTES]
    print(f"{len(files) + len(skipped)} files, {len(over)} beyond the limits {', '.join(over)}")
    return bool(over)


if __name__ == "__main__":
    raise SystemExit(main())

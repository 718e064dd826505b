"""The command `qa`: index, add, ask, serve, status, verify and eval."""

import argparse
import io
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa import __version__, config
from qa.errors import EvaluationError, FetchError, QaError, SettingsError, StoreError
from qa.visible import visible, visible_json

MOST_NAMED = 10
"""Files that are named in one line."""

if TYPE_CHECKING:  # `qa --help` must answer at once: what is slow to import is imported by the command that needs it
    from qa.chain import Chain
    from qa.question_sets import Row
    from qa.store import Sync


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, or 1 for an error of the user's. A usage error exits with 2."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that knows no “ must not break an answer
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser = _parser()
    options = parser.parse_args(arguments)
    flags = {name: getattr(options, name, None) for name in ("articles", "index", "host", "port")}
    try:
        return int(options.run(options, config.load(flags)))
    except QaError as error:
        print(visible(f"qa: {error}"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("qa: stopped; what was indexed is kept, and the next run goes on from there.", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output, such as `head`, has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qa", description="Ask your articles, get answers you can check.")
    parser.add_argument("--version", action="version", version=f"qa {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Any, help_: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_, description=help_)
        sub.set_defaults(run=run)
        sub.add_argument("--index", type=Path, metavar="FOLDER", help="folder of the index (QA_INDEX)")
        return sub

    index = command("index", _index, "Bring the index up to date with a folder of articles.")
    index.add_argument("articles", type=Path, nargs="?", metavar="FOLDER", help="folder of articles (QA_ARTICLES)")
    index.add_argument("--rebuild", action="store_true", help="delete the index and build it again from the articles")
    add = command("add", _add, "Fetch articles from the web into the folder of articles.")
    where = add.add_mutually_exclusive_group(required=True)
    where.add_argument("urls", nargs="*", default=[], metavar="URL", help="address of an article")
    where.add_argument("--feed", metavar="URL", help="an RSS or Atom feed or a sitemap, and all articles it names")
    add.add_argument("--limit", type=_count, default=50, metavar="N", help="no more than N articles of the feed (50)")
    add.set_defaults(rebuild=False)  # the index is brought up to date as by `qa index`
    ask = command("ask", _ask, "Ask a question.")
    ask.add_argument("question", nargs="+", metavar="QUESTION")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("--source", metavar="OUTLET", help="only articles of this outlet")
    ask.add_argument("--since", type=_date, metavar="YYYY-MM-DD", help="only articles of this day or later, or undated")
    ask.add_argument(
        "--until", type=_date, metavar="YYYY-MM-DD", help="only articles of this day or earlier, or undated"
    )
    ask.add_argument(
        "--as-of", type=_date, metavar="YYYY-MM-DD", help="only what was published until this day, as if it were today"
    )
    serve = command("serve", _serve, "Serve the chat page; --open opens it in your browser.")
    serve.add_argument("--host", help="address to serve at (QA_HOST; default 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to serve at (QA_PORT; default 7860)")
    serve.add_argument("--open", action="store_true", help="open the page in your browser")
    status = command("status", _status, "Tell what the index holds.")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    verify = command("verify", _verify, "Check every quote of a receipt against the articles.")
    verify.add_argument("receipt", type=Path, metavar="RECEIPT", help="JSON file, saved from the page")
    evaluate = command("eval", _evaluate, "Measure answers on question sets with known answers (JSON lines).")
    evaluate.add_argument("files", type=Path, nargs="+", metavar="FILE", help="question set; the README describes it")
    evaluate.add_argument("--limit", type=_count, metavar="N", help="only the first N questions of each file")
    evaluate.add_argument("--out", type=Path, metavar="DIR", help="folder for report.json and report.md")
    for sub in (add, ask, serve, status, verify, evaluate):
        sub.add_argument("--articles", type=Path, metavar="FOLDER", help="folder of articles (QA_ARTICLES)")
    return parser


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: write it like 2024-03-07") from None


def _count(text: str) -> int:
    number = int(text) if text.removeprefix("-").isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of questions or articles: write 1 or more")
    return number


def _index(options: argparse.Namespace, settings: config.Settings) -> int:
    from qa.archive import count

    chain, done = _open(settings, rebuild=options.rebuild)
    for skipped in done.skipped:
        print(visible(f"qa: skipped {skipped.path}: {skipped.reason}"), file=sys.stderr)
    if done.hidden:
        named = ", ".join(done.hidden[:MOST_NAMED]) + (", …" if len(done.hidden) > MOST_NAMED else "")
        print(visible(f"qa: hidden text left out of {count(len(done.hidden), 'file')}: {named}"), file=sys.stderr)
    place = settings.chroma_url or settings.index_folder
    articles = done.added + done.changed + done.unchanged
    print(f"{count(articles, 'article')}, {count(chain.store.count(), 'passage')} in {place}")
    did = {name: getattr(done, name) for name in ("added", "changed", "removed", "unchanged")}
    print(", ".join(f"{number} {name}" for name, number in {**did, "skipped": len(done.skipped)}.items()))
    if options.articles is not None:
        flags = f"--articles {shlex.quote(str(options.articles))}"
        flags += f" --index {shlex.quote(str(options.index))}" if options.index is not None else ""
        print(f"Ask it with: qa ask QUESTION {flags}")
    return 1 if done.skipped else 0


def _add(options: argparse.Namespace, settings: config.Settings) -> int:
    from qa.articles import Skipped
    from qa.fetch import Added, add, add_feed

    folder, limit, allowed = settings.articles, settings.limit_bytes, settings.allowed_hosts
    if folder.resolve() == config.BRIEFS.resolve():
        raise SettingsError("the articles of the demonstration stay as they are: set --articles or QA_ARTICLES.")

    def each() -> Iterator[Added | Skipped]:
        for url in options.urls:
            try:
                yield add(url, folder, limit_bytes=limit, allowed=allowed)
            except FetchError as error:
                yield Skipped(error.url, error.reason)

    did = dict.fromkeys(("added", "updated", "unchanged", "skipped"), 0)
    feed = add_feed(options.feed or "", folder, limit_bytes=limit, allowed=allowed, limit=options.limit)
    for one in feed if options.feed else each():
        if isinstance(one, Added):
            did[one.state] += 1
            print(visible(f"{one.state} {one.path}: {one.title}"), flush=True)
        else:
            did["skipped"] += 1
            print(visible(f"qa: skipped {one.path}: it {one.reason}"), file=sys.stderr)
    print("fetched: " + ", ".join(f"{number} {state}" for state, number in did.items()), flush=True)
    indexed = _index(options, settings) if did["skipped"] < sum(did.values()) else 0
    return 1 if did["skipped"] else indexed


def _ask(options: argparse.Namespace, settings: config.Settings) -> int:
    chain, done = _open(settings)
    _tell_skipped(done)
    *_, answer = chain.stream(
        " ".join(options.question),
        source=options.source,
        since=options.since,
        until=options.until,
        as_of=options.as_of,
    )
    print(visible_json(answer.to_dict()) if options.json else visible(str(answer)))
    return 0


def _serve(options: argparse.Namespace, settings: config.Settings) -> int:
    from qa.chain import Chain
    from qa.progress import Display
    from qa.web import check_port, open_index, serve

    check_port(settings.host, settings.port)  # before the models are loaded, which may take a while
    # The page opens in any case, and says what is wrong with the index.
    chain = Chain(settings)
    open_index(chain, host=settings.host, port=settings.port)
    with closing(Display(sys.stderr)) as display:
        serve(
            chain,
            host=settings.host,
            port=settings.port,
            open_browser=options.open,
            progress=display,
            on_first=_tell_skipped,
        )
    return 0


def _status(options: argparse.Namespace, settings: config.Settings) -> int:
    from qa.chain import Chain

    if not (settings.chroma_url or (settings.index_folder / "chroma.sqlite3").exists()):
        raise StoreError(
            f"there is no index in {settings.index_folder} yet: run `qa index` with your folder of articles."
        )
    chain = Chain(settings)
    archive, folder = chain.store.archive, settings.index_folder
    dates = archive.dates
    newest = max(archive.articles.values(), key=lambda a: a.published or date.min, default=None)
    facts = {
        "articles": len(archive.articles),
        "passages": len(archive.passages),
        "sources": {name or "outlet not named": n for name, n in sorted(archive.sources.items())},
        "oldest": dates[0].isoformat() if dates else None,
        "newest": dates[-1].isoformat() if dates else None,
        "undated": len(archive.articles) - len(dates),
        "newest_article": newest.title if newest and newest.published else None,
        "articles_folder": str(settings.articles),
        "index": settings.chroma_url or str(folder),
        "index_megabytes": round(sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6, 1),
        "models": chain.models.fingerprints(),
        "writer": chain.writer.model if chain.writer else None,
        "version": __version__,
        "fingerprint": archive.fingerprint,
    }
    if options.json:
        print(visible_json(facts))
    else:
        for name, value in facts.items():
            shown = ", ".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, dict) else value
            print(visible(f"{name.replace('_', ' '):16} {'-' if shown in (None, '') else shown}"))
    return 0


def _verify(options: argparse.Namespace, settings: config.Settings) -> int:
    from qa import receipt

    said = receipt.read(options.receipt)
    chain, done = _open(settings)
    _tell_skipped(done)
    found = receipt.verify(said, chain.store.archive)
    lines = [said["question"], said["text"]]
    for check in found.quotes:
        words = " ".join(check.quote.split())
        lines.append(f"[{check.number}] {'holds' if check.holds else 'DOES NOT HOLD'}: “{words}” {check.finding}.")
    lines += [f"DOES NOT FIT: {fault.field} {fault.finding}." for fault in found.faults]
    lines += [f"Not compared: {note}." for note in found.open]
    holding, quotes = sum(check.holds for check in found.quotes), len(found.quotes)
    lines.append(f"{holding} of {quotes} quotes hold." if quotes else "The answer was that the articles do not say.")
    if found.faults:
        lines.append("But not all that the receipt tells fits: it was edited, or the articles are not what they were.")
    lines.append(f"Signature: {found.origin}.")
    print(visible("\n".join(" ".join(line.split()) for line in lines)))
    return 0 if found.holds and found.origin != receipt.UNSIGNED else 1


def _evaluate(options: argparse.Namespace, settings: config.Settings) -> int:
    from tqdm import tqdm

    from qa import evaluation, metrics, question_sets, report
    from qa.chain import Chain

    sets = {file.stem: question_sets.read_rows(file)[: options.limit] for file in options.files}
    if len(sets) < len(options.files):
        raise EvaluationError("two of the files have the same name, which their numbers go by: rename one.")
    settings = replace(settings, api_key="", base_url="")  # the offline path is what is measured
    asks_archive = any(row.asks_archive for rows in sets.values() for row in rows)
    chain = _open_for(sets.values(), settings) if asks_archive else Chain(settings)
    results = {}
    for name, rows in sets.items():
        results[name] = [evaluation.ask(chain, row) for row in tqdm(rows, desc=name, unit=" questions", disable=None)]
        print(f"{name}:")
        for metric, value in metrics.metrics(results[name]).items():
            if value is not None:
                print(f"  {metric:24} {value:.3f}" if isinstance(value, float) else f"  {metric:24} {value}")
    if options.out is not None:
        about = {
            "version": __version__,
            "commit": _commit(),
            "models": chain.models.fingerprints(),
            "settings": evaluation.settings(chain.models),
            "limit": options.limit,
        }
        if asks_archive:
            archive = chain.store.archive
            about |= {"articles": len(archive.articles), "fingerprint": archive.fingerprint}
        report.write(options.out, results, about)
        print(f"report in {options.out / 'report.md'}")
    return 0


def _open_for(sets: "Iterable[Sequence[Row]]", settings: config.Settings) -> "Chain":
    """Return the chain over the archive that these rows are asked of, and name the articles that it lacks."""
    chain, done = _open(settings)
    _tell_skipped(done)
    known = {path for a in chain.store.archive.articles.values() for path in (a.path, a.file)}
    named = {path for rows in sets for row in rows if row.asks_archive for path in row.articles}
    if strange := sorted(named - known):
        told = f"{', '.join(strange[:3])}{', …' if len(strange) > 3 else ''}"
        print(visible(f"qa: not in the archive, and so never found: {told} ({len(strange)} in all)"), file=sys.stderr)
    return chain


def _commit() -> str | None:
    """Return the commit of the checkout that runs, if it is one, with "-dirty" if files differ from it."""
    folder = Path(__file__).parent.parent
    if not (folder / ".git").exists():
        return None
    try:
        command = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)  # noqa: S603
    except OSError:
        return None
    return done.stdout.strip() or None


def _tell_skipped(done: "Sync") -> None:
    if done.skipped:
        from qa.archive import count

        print(f"qa: skipped {count(len(done.skipped), 'file')}: `qa index` on the folder says why.", file=sys.stderr)


def _open(settings: config.Settings, *, rebuild: bool = False) -> "tuple[Chain, Sync]":
    """Return the chain with its index up to date; progress is told on standard error."""
    from qa.chain import Chain
    from qa.progress import Display

    chain = Chain(settings, rebuild=rebuild)
    with closing(Display(sys.stderr)) as display:
        return chain, chain.sync(display)

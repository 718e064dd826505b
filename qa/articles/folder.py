"""List the files of a folder and read each: what can be read becomes an Article, the rest is named with the reason."""

import hashlib
import json
import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from qa.articles import live_blog
from qa.articles.article import Article, file_of, numbered
from qa.articles.facts import article_of
from qa.articles.formats import NAMED_SUFFIXES, READERS, RECORDS, SUFFIXES
from qa.articles.text import Content, Record, one_line
from qa.errors import ArticlesError, UnreadableFile

RULES = "clean/5"
"""Name of these rules, kept with the index: change it whenever the same file would give another article."""

LIMIT_BYTES = 20_000_000

_Parsed = TypeVar("_Parsed")


# Hidden files, and what systems and programs leave behind: no article of the user's.
_IGNORED = re.compile(
    r"(?i)\..*|~\$.*|~lock\..*#|.*~|thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r|__MACOSX|\$RECYCLE\.BIN"
)


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file that can be read: `id` is a hash over its path and bytes.

    What cannot be shown in `path` is escaped, so that the name can be found again: b"\\xe9.txt" -> "\\\\udce9.txt".
    """

    path: str
    id: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, folder or record that was left out; `reason` follows its path in a sentence and says what to do."""

    path: str
    reason: str


def list_files(
    folder: Path,
    *,
    limit_bytes: int = LIMIT_BYTES,
    seen: Callable[[int], object] = lambda size: None,
) -> tuple[list[ArticleFile], list[Skipped]]:
    """Return the articles under `folder` and what was left out, each sorted by path.

    Hidden and system files are passed over. `seen` is told the bytes of each article as it is found.
    """
    files, skipped = [], []
    pending, inside = [folder], ""
    while pending:
        place = pending.pop()
        path = _escape(place.relative_to(folder).as_posix())
        try:
            inside = inside or os.path.realpath(folder)
            if place == folder or (place.is_dir() and not place.is_symlink()):
                pending += [place / name for name in os.listdir(place) if not _IGNORED.fullmatch(name)]
            else:
                data = _load(place, limit_bytes, inside)
                files.append(ArticleFile(path, _file_id(path, data), len(data)))
                seen(len(data))
        except UnreadableFile as error:
            skipped.append(Skipped(path, str(error)))
        except (OSError, ValueError) as error:
            cause = getattr(error, "strerror", None) or str(error)
            if place == folder:
                name = _escape(str(folder))
                raise ArticlesError(
                    f"The folder of articles {name!r} cannot be used ({cause}): name another one, or set QA_ARTICLES."
                ) from error
            skipped.append(Skipped(path, f"cannot be opened ({cause}): allow reading this folder, or remove it"))
    return sorted(files, key=lambda file: file.path), sorted(skipped, key=lambda file: file.path)


def read_articles(
    folder: Path, file: ArticleFile, *, limit_bytes: int = LIMIT_BYTES
) -> tuple[tuple[Article, ...], tuple[Skipped, ...]]:
    """Read one file of `list_files(folder)`: its articles, and those of its records that hold none.

    The same bytes always give the same articles; what stands in a file twice is read once. Raises UnreadableFile when
    no record holds an article.
    """
    records = _records(folder, file, limit_bytes)
    found: dict[str, Article] = {}
    skipped = []
    for number, record in enumerate(records, start=1):
        path = numbered(file.path, number) if len(records) > 1 else file.path
        try:
            for article in _entries(path, record):
                found.setdefault(article.id, article)
        except UnreadableFile as error:
            skipped.append(Skipped(path, str(error)))
    if not found:
        reason = skipped[0].reason
        raise UnreadableFile(reason if len(records) == 1 else f"holds no article; its first record {reason}")
    return tuple(found.values()), tuple(skipped)


def read_article(folder: Path, file: ArticleFile, *, limit_bytes: int = LIMIT_BYTES) -> Article:
    """Read a file that holds one article; raises UnreadableFile when it holds several."""
    records = _records(folder, file, limit_bytes)
    if len(records) > 1:
        raise UnreadableFile(f"holds {len(records)} records: put each article into a file of its own")
    return _article(file.path, records[0])


def _records(folder: Path, file: ArticleFile, limit_bytes: int) -> Sequence[Record]:
    location = locate(folder, file.path)
    data = _load(location, limit_bytes, os.path.realpath(folder))
    if file.id != _file_id(file.path, data):
        raise UnreadableFile("was changed while it was being read: index again")
    suffix = location.suffix.lower()
    if suffix in READERS:
        return [partial(READERS[suffix], data)]
    records = _parsed(suffix, partial(RECORDS[suffix], data))
    if not records:
        raise UnreadableFile("holds no record: write one into it, or remove it")
    return records


def _article(path: str, record: Record) -> Article:
    article = article_of("", path, *_content(path, record))
    return replace(article, id=_article_id(article))


def _entries(path: str, record: Record) -> Iterator[Article]:
    """Yield the article of a record, or those of a live blog: what stands above its entries, and each of them."""
    blocks, facts = _content(path, record)
    whole = article_of("", path, blocks, facts)
    found = live_blog.entries(blocks, whole.published, is_live=whole.kind == "live blog")
    if not found:
        yield replace(whole, id=_article_id(whole))
    for number, entry in enumerate(found, start=1):
        title = f"{whole.title}: {entry.time}" if entry.time else whole.title
        given = {"title": title, "source": whole.source, "url": whole.url}
        try:
            one = article_of("", numbered(path, number), [*entry.blocks], given)
        except UnreadableFile:  # a stamp with a picture below it
            continue
        one = replace(one, title=title, author=one.author or whole.author, published=entry.day, kind="live blog")
        one = replace(one, has_hidden=whole.has_hidden)
        yield replace(one, id=_article_id(one))


def _content(path: str, record: Record) -> Content:
    return _parsed(Path(file_of(path)).suffix.lower(), record)


def _parsed(suffix: str, parse: Callable[[], _Parsed]) -> _Parsed:
    try:
        return parse()
    except (UnreadableFile, MemoryError):  # the worker tells what took the memory
        raise
    except Exception as error:  # Hostile bytes make the parsers raise anything.
        cause = one_line(str(error), 100) or type(error).__name__
        raise UnreadableFile(f"is a broken {suffix} file ({cause}): open it and save it again") from error


def _load(file: Path, limit_bytes: int, inside: str) -> bytes:
    if file.is_dir():
        raise UnreadableFile("is a link to a folder, and those are not followed: put the folder itself here")
    if file.suffix.lower() not in SUFFIXES:
        kind = f"{_escape(file.suffix)} files" if file.suffix else "files without a suffix"
        raise UnreadableFile(f"{kind} are not read: use {NAMED_SUFFIXES}")
    try:
        with _opened(file, inside) as opened:
            size = os.fstat(opened.fileno()).st_size
            data = opened.read(limit_bytes + 1) if size <= limit_bytes else b""  # it may grow meanwhile
        if not size:
            raise UnreadableFile("is empty: write something into it, or remove it")
        if max(size, len(data)) > limit_bytes:
            sizes = f"{limit_bytes / 1_000_000:g} MB ({math.ceil(size / 100_000) / 10:g} MB)"
            raise UnreadableFile(f"is larger than {sizes}: split it, or raise QA_MAX_MB")
        return data
    except FileNotFoundError as error:
        raise UnreadableFile("is no longer there, or is a link to nothing: index again, or remove the link") from error
    except OSError as error:
        raise UnreadableFile(f"cannot be read ({error.strerror}): allow reading it, or remove it") from error


def _opened(file: Path, inside: str) -> BinaryIO:
    """Open a regular file, or what a link leads to; raises UnreadableFile for one that lies outside of a folder.

    Opened first and looked at then: what a path leads to may be another thing a moment later.
    """
    if not file.is_file():
        file.stat()
        raise UnreadableFile("is not a regular file: remove it")
    waits_for_nobody = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    opened = os.fdopen(os.open(file, os.O_RDONLY | waits_for_nobody), "rb")
    try:
        real = os.readlink(f"/proc/self/fd/{opened.fileno()}")
    except OSError:  # a system that does not tell
        real = os.path.realpath(file)
    if not Path(real).is_relative_to(inside):
        opened.close()
        raise UnreadableFile("is a link that leaves the folder, and those are not followed: put a copy here")
    return opened


def locate(folder: Path, path: str) -> Path:
    """Return where the file of an article lies: what could not be shown in its path is found again."""
    return folder / re.sub(r"\\u([0-9a-f]{4})", lambda escaped: chr(int(escaped[1], 16)), file_of(path))


def _escape(name: str) -> str:
    unshowable = r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\\(?=u[0-9a-f]{4})"
    return re.sub(unshowable, lambda match: f"\\u{ord(match[0]):04x}", name)


def _article_id(article: Article) -> str:
    """Return a hash over the article's file and all that it says, wherever in its file it stands."""
    said = (article.file, article.kind, article.title, article.source, article.author, article.url, article.text)
    return hashlib.sha256(json.dumps([*said, str(article.published)]).encode()).hexdigest()[:32]


def _file_id(path: str, data: bytes) -> str:
    # Two hashes of one length, so that no path can run into the content.
    return hashlib.sha256(hashlib.sha256(path.encode()).digest() + hashlib.sha256(data).digest()).hexdigest()[:32]

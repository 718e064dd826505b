"""Put a file that a person brings into the folder of articles, and take one out of it again."""

import os
import re
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

from qa.articles import Article, list_files, locate, read_articles
from qa.articles.worker import shared
from qa.errors import ArticlesError, UnreadableFile, unwritable

REMOVED = ".removed"
"""Folder inside the folder of articles that keeps what was taken out; hidden, so it is not read."""

LONGEST_NAME = 60
"""Characters of a file's name before its suffix: many file systems take 255 bytes in all, and a letter up to four."""


def add_file(name: str, data: bytes, folder: Path, *, limit_bytes: int) -> tuple[Path, tuple[Article, ...]]:
    """Put a file into `folder`; return its path there, and the articles that are read from it.

    Where a file of this name has the same bytes nothing is written; where it has others, the new file gets a number.
    Raises UnreadableFile, and leaves the folder as it was, when no article can be read from the file.
    """
    name = safe_name(name)
    stem, suffix = os.path.splitext(name)
    target, number = folder / name, 1
    try:
        while target.exists():
            if target.is_file() and target.read_bytes() == data:
                break
            number += 1
            target = folder / f"{stem} ({number}){suffix}"
        # Hidden and in the same file system: nobody reads half a file, and it moves in one step.
        with TemporaryDirectory(dir=folder, prefix=".incoming-") as room:
            draft = Path(room) / target.name
            draft.write_bytes(data)
            files, skipped = list_files(Path(room), limit_bytes=limit_bytes)
            if skipped:
                raise UnreadableFile(skipped[0].reason)
            found, _ = shared().run(read_articles, Path(room), files[0], limit_bytes=limit_bytes)
            if not target.exists():
                os.replace(draft, target)
    except OSError as error:
        raise ArticlesError(
            f"{folder} cannot be written: {unwritable(error, len(data))}, or put the file there yourself."
        ) from error
    return target, found


def remove(article: Article, folder: Path) -> Path:
    """Move the file of an article into the hidden folder `.removed` and return where it is now; nothing is deleted.

    The other articles of that file go with it.
    """
    file = locate(folder, article.path)
    if not file.resolve().is_relative_to(folder.resolve()):
        raise ArticlesError(f"{article.file} lies outside of {folder}: it is not removed.")
    kept = folder / REMOVED / article.id[:8] / file.name
    try:
        number = 1
        while kept.exists():  # the same article was removed before
            number += 1
            kept = kept.with_name(f"{file.stem} ({number}){file.suffix}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, kept)
    except FileNotFoundError as error:
        raise ArticlesError(f"{article.file} is no longer in {folder}: there is nothing to remove.") from error
    except OSError as error:
        raise ArticlesError(
            f"{article.file} cannot be moved in {folder}: {unwritable(error)}, or move it away yourself."
        ) from error
    return kept


def safe_name(name: str) -> str:
    """Return a file name that is neither hidden nor a path: "../.x/Ä b?.txt" -> "Ä b.txt"."""
    flat = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    stem, suffix = os.path.splitext(re.sub(r"[^\w .()'’,&+-]", "", flat).strip(" ."))
    return f"{stem[:LONGEST_NAME].strip(' .') or 'article'}{suffix[:10]}"

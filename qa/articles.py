"""Read a folder of articles: the clean text, title, source, author, date and address of every file."""

import hashlib
import math
import os
import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import dateutil.parser

from qa import boilerplate
from qa.errors import ArticlesError, UnreadableFile
from qa.formats import HEADING, PROSE_ENDS, READERS, one_line
from qa.sentences import pieces

RULES = "clean/4"
"""Name of these rules, kept with the index: change it whenever the same file would give another article."""

LIMIT_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Article:
    """An immutable text with its metadata; every quote is a slice of `text`.

    `text` holds paragraphs separated by a blank line and sub-headings as lines that begin with "## ".
    `source` is the outlet. What a file does not say is "" (or None for `published`).
    `path` is relative to the folder of articles, with forward slashes. `kind` is "article", "live blog", "digest" (many
    stories on one page: news of the day, corrections, quiz, gallery) or "stub" (the cut-off beginning of a text).
    """

    id: str
    text: str
    title: str
    source: str = ""
    author: str = ""
    published: date | None = None
    url: str = ""
    path: str = ""
    kind: str = "article"


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file that can be read: `id` is a hash over its path and bytes, and the id of its Article.

    What cannot be shown in `path` is escaped, so that the name can be found again: b"\\xe9.txt" -> "\\\\udce9.txt".
    """

    path: str
    id: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was left out; `reason` follows its path in a sentence and says what to do."""

    path: str
    reason: str


def list_files(folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> tuple[list[ArticleFile], list[Skipped]]:
    """Return the articles under `folder` and what was left out, each sorted by path; hidden files are ignored."""
    files, skipped = [], []
    pending = [folder]
    while pending:
        place = pending.pop()
        path = _escape(place.relative_to(folder).as_posix())
        try:
            if place == folder or (place.is_dir() and not place.is_symlink()):
                pending += [place / name for name in os.listdir(place) if not name.startswith(".")]
            else:
                data = _load(place, limit_bytes)
                files.append(ArticleFile(path, _file_id(path, data), len(data)))
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


def read_article(folder: Path, file: ArticleFile, *, limit_bytes: int = LIMIT_BYTES) -> Article:
    """Read one file of `list_files(folder)`; the same bytes always give the same article."""
    location = locate(folder, file.path)
    data = _load(location, limit_bytes)
    if file.id != _file_id(file.path, data):
        raise UnreadableFile("was changed while it was being read: index again")
    suffix = location.suffix.lower()
    try:
        blocks, facts = READERS[suffix](data)
    except UnreadableFile:
        raise
    except Exception as error:  # Hostile bytes make the parsers raise anything.
        cause = one_line(str(error), 100) or type(error).__name__
        raise UnreadableFile(f"is a broken {suffix} file ({cause}): open it and save it again") from error
    return _article(file, blocks, facts)


def _load(file: Path, limit_bytes: int) -> bytes:
    if file.is_dir():
        raise UnreadableFile("is a link to a folder, and those are not followed: put the folder itself here")
    if file.suffix.lower() not in READERS:
        kind = f"{_escape(file.suffix)} files" if file.suffix else "files without a suffix"
        raise UnreadableFile(f"{kind} are not read: use .txt, .md, .html, .pdf or .docx")
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise UnreadableFile("is not a regular file: remove it")
        if not size:
            raise UnreadableFile("is empty: write something into it, or remove it")
        if size > limit_bytes:
            sizes = f"{limit_bytes / 1_000_000:g} MB ({math.ceil(size / 100_000) / 10:g} MB)"
            raise UnreadableFile(f"is larger than {sizes}: split it, or raise QA_MAX_MB")
        return file.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFile("is no longer there, or is a link to nothing: index again, or remove the link") from error
    except OSError as error:
        raise UnreadableFile(f"cannot be read ({error.strerror}): allow reading it, or remove it") from error


def locate(folder: Path, path: str) -> Path:
    """Return where the file of an article lies: what could not be shown in its path is found again."""
    return folder / re.sub(r"\\u([0-9a-f]{4})", lambda escaped: chr(int(escaped[1], 16)), path)


def _escape(name: str) -> str:
    unshowable = r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\\(?=u[0-9a-f]{4})"
    return re.sub(unshowable, lambda match: f"\\u{ord(match[0]):04x}", name)


def _file_id(path: str, data: bytes) -> str:
    # Two hashes of one length, so that no path can run into the content.
    return hashlib.sha256(hashlib.sha256(path.encode()).digest() + hashlib.sha256(data).digest()).hexdigest()[:32]


def _article(file: ArticleFile, blocks: list[str], given: dict[str, str]) -> Article:
    given = {name: value for name, value in given.items() if value}
    told, reported = _take_facts(boilerplate.removed(blocks))
    if "title" in given:
        byline, reported = _take_byline(reported)
        told = byline | told
    facts = told | given
    url = one_line(facts.pop("url", ""), 2_000)
    facts = {name: one_line(value) for name, value in facts.items()}
    title, reported = _take_title(reported, _bare_title(facts.get("title", ""), facts.get("source", "")))
    kind = boilerplate.kind(title, url, blocks, reported)
    if kind == "live blog":
        reported = boilerplate.unsigned(reported)
    reported = _mark_headings(reported)
    while reported and reported[-1].startswith(HEADING):
        reported.pop()
    text = "\n\n".join(reported)
    if not re.search(r"[^\W\d_]", text):
        if any(map(boilerplate.MESSAGE.search, blocks)):
            raise UnreadableFile("holds only a message of its site (a player, a form): save the article itself")
        raise UnreadableFile("has no words in it: check that it holds an article")
    if not title:
        start, end, _ = next(piece for piece in pieces(text) if piece[2])
        title = one_line(text[start:end], 80)
    return Article(
        id=file.id,
        text=text,
        title=title,
        source=facts.get("source", ""),
        author=facts.get("author", "").replace("; ", ", "),
        published=_date(facts.get("published", "")) or _date(facts.get("updated", "")),
        url=url if re.fullmatch(r"(?i)https?://[^\s<>\"…]+", url) else "",
        path=file.path,
        kind=kind,
    )


_NAME = r"(?-i:[^\W\d_a-zß-ÿ][^\s,&]*|and|bin|d[aeiu]|dela?|della|der|for|in|la|of|the|van|von)"
_WHEN = r"(?: (?:on|at))?\s*:?\s*"
_FACTS = (
    ("author", r"(?:(?:written|reported|words|story) by|authors?\s*:)\s*:?\s*(.{2,100})"),
    ("author", rf"by:?\s+((?:{_NAME}[\s,&]+){{1,9}}{_NAME})(?<![.!?])"),
    ("source", r"this (?:article|report|story) (?:is owned|was (?:\w+ )?published) by\s+(.{2,80}?)\.?"),
    ("source", r"source\s*:\s+((?!https?:).{2,80}?)\.?"),
    ("url", r"(?:link|source|url)\s*:\s*(https?://\S+)"),
    ("updated", rf"(?:last )?(?:updated|modified){_WHEN}(.{{8,60}})"),
    ("published", rf"(?:(?:\w+ )?(?:published|posted|date){_WHEN})?(.{{8,60}})"),
)


def _take_facts(blocks: list[str]) -> tuple[dict[str, str], list[str]]:
    facts: dict[str, str] = {}
    kept = []
    for number, block in enumerate(blocks):
        # Only a short line near the top or the end tells who wrote the article, and when.
        told = {} if 6 <= number < len(blocks) - 6 or len(block) > 200 else _told(block)
        facts = told | facts
        if not told:
            kept.append(block)
    return facts, kept


def _told(block: str) -> dict[str, str]:
    """Return the facts of a line that holds nothing else: "By Ana Ruiz | March 7, 2024" has two."""
    facts: dict[str, str] = {}
    for piece in re.split(r"(?i)\s*[|•·]\s*|[.,;]?(?<!\blast)\s+(?=(?:last )?updated\b)", block):
        for name, pattern in _FACTS:
            match = re.fullmatch(pattern, piece, re.IGNORECASE)
            if match and (name not in ("published", "updated") or _date(match[1])):
                facts.setdefault(name, match[1])
                break
        else:
            return {}
    return facts


_PERSON = r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|bin|de|la|van|von)){1,3}"
_BYLINE = re.compile(rf"{_PERSON}(?:,? (?:and )?{_PERSON})*(?:, (?:[A-Z]|The )[\w. ]{{2,30}})?")
_HOUSE = re.compile(  # The outlet, the post or the address below a name.
    r"(?i)@\S+|\S+@\S+|\S+\.(?:com|org)|(?:special|correspondent) (?:for|to) .{2,40}|24/7 wall st.{0,5}|.{0,40}\b(?:"
    r"columnist|communications|contributor|correspondent|courier|gazette|herald|journal|network|news(?:room)?|post|press"
    r"|record|register|reporter|republic|sentinel|staff|star|sun|times|today|tribune|usatoday|writer)\b.{0,30}"
)
_DATELINE = re.compile(r"[A-Z][A-Z .’'-]+(?:, [A-Z][\w. ]{1,20})?(?: \([A-Z]{2,4}\))? ?(?:[–—]|--?) ?[A-Z\"“]")


def _take_byline(blocks: list[str]) -> tuple[dict[str, str], list[str]]:
    """Take the name above a text whose title is known: with an outlet below it, or before "MIRNA (AP) — Ships…"."""
    for number, (line, after) in enumerate(pairwise(blocks[:3])):
        if len(line) <= 80 and _BYLINE.fullmatch(line):
            if len(after) <= 50 and _HOUSE.fullmatch(after):
                return {"author": line}, blocks[:number] + blocks[number + 2 :]
            if _DATELINE.match(after):
                return {"author": line}, blocks[:number] + blocks[number + 1 :]
    return {}, blocks


def _date(value: str) -> date | None:
    # Without four digits for the year the parser would take "3/7/24" for one of three days.
    if len(value) > 100 or not re.search(r"(?:1[5-9]|20)\d\d", value):
        return None
    value = re.sub(r"(?i)\b([ap])\.m\.?", r"\1m", value)
    try:
        # What the value leaves out differs between the two, so only a complete date is the same in both.
        one, other = (
            dateutil.parser.parse(value, default=default, ignoretz=True).date()
            for default in (datetime(2000, 1, 1), datetime(2001, 2, 2))
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return one if one == other else None


def _bare_title(title: str, source: str) -> str:
    """Drop the site's name and the dots of a search engine: "Ferries return to ... | Post" -> "Ferries return to…"."""
    title = re.sub(rf"(?i)\s+[-–—|:·]+\s+{re.escape(source or '|')}\Z", "", title)
    return re.sub(r"\s*\.\.\.\Z", "…", re.sub(r"(.{20})\s\|\s[^|]{1,30}\Z", r"\1", title))


def _take_title(blocks: list[str], title: str) -> tuple[str, list[str]]:
    first = blocks[0].removeprefix(HEADING) if blocks else ""
    if len(blocks) < 2 or (title and first.casefold() != title.casefold()):
        return title, blocks
    is_line = len(first.split()) <= 25 and not first.endswith((*PROSE_ENDS, "」"))
    if title or first != blocks[0] or (is_line and any(map(_is_prose, blocks[1:]))):
        return title or one_line(first), blocks[1:]
    return "", blocks


def _is_prose(block: str) -> bool:
    return len(block.split()) > 14 or block.endswith((*PROSE_ENDS, ":"))


def _mark_headings(blocks: list[str]) -> list[str]:
    """Where no heading is marked, mark the short lines that stand alone between paragraphs; lists stay text."""
    if any(block.startswith(HEADING) for block in blocks):
        return blocks
    marked = list(blocks)
    for number in range(1, len(blocks) - 1):
        before, line, after = blocks[number - 1 : number + 2]
        is_line = len(line) > 3 and len(line.split()) <= 14 and not line.endswith((*PROSE_ENDS, ",", ";", ":"))
        # Not a caption, "The pier in June. Ana Ruiz/Coast Post", nor a fact, "Where: East Pier".
        if is_line and re.match(r"[\"“‘'«]?[^\W_a-zß-ÿ](?!.*(?:/|: |[a-z]{4}\. |[–—]\Z))", line):
            marked[number] = HEADING + line if _is_prose(before) and _is_prose(after) else line
    return marked

"""Read a folder of articles: clean text and metadata out of .txt, .md, .html, .pdf and .docx files."""

import hashlib
import io
import logging
import math
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import dateutil.parser
import sentencex
import yaml
from charset_normalizer import from_bytes

from qa.errors import ArticlesError, UnreadableFile

RULES = "clean/1"
"""Name of these rules, kept with the index: change it whenever the same file would give another article."""

LIMIT_BYTES = 20_000_000
UNPACKED_LIMIT = 100_000_000
"""A .docx file is a zip file: a small one can hold enough to fill the memory."""
LONGEST_FACT = 300
LONGEST_MADE_TITLE = 80

# The parsers complain about the files of others; what a user has to know is in the reason of UnreadableFile.
for _parser in ("charset_normalizer", "courlan", "htmldate", "justext", "pypdf", "trafilatura"):
    logging.getLogger(_parser).setLevel(logging.CRITICAL + 1)

Found = tuple[list[str], dict[str, str]]
"""What a reader makes of a file: cleaned blocks (a heading begins with "## ") and facts by the names of Article."""


@dataclass(frozen=True, slots=True)
class Article:
    """An immutable text with its metadata; every quote is a slice of `text`.

    `text` holds paragraphs separated by a blank line and sub-headings as lines that begin with "## ".
    `source` is the outlet. What a file does not say is "" (or None for `published`).
    `path` is relative to the folder of articles, with forward slashes.
    """

    id: str
    text: str
    title: str
    source: str = ""
    author: str = ""
    published: date | None = None
    url: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file that can be read: `id` is a hash over its path and bytes, and the id of its Article.

    `path` is relative to the folder, with forward slashes; what cannot be shown in it is escaped, so that the name
    can still be found again: b"caf\\xe9.txt" -> "caf\\\\udce9.txt".
    """

    path: str
    id: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was left out; `reason` follows its path in a sentence and says what to do."""

    path: str
    reason: str


_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\\(?=u[0-9a-f]{4})")


def _escape(name: str) -> str:
    return _UNSHOWABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", name)


def _unescape(path: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), path)


def _file_id(path: str, content_hash: bytes) -> str:
    # Two hashes of one length, so that no path can run into the content.
    return hashlib.sha256(hashlib.sha256(path.encode()).digest() + content_hash).hexdigest()[:32]


def list_files(folder: Path, *, limit_bytes: int = LIMIT_BYTES) -> tuple[list[ArticleFile], list[Skipped]]:
    """Return the articles under `folder` and what was left out, each sorted by path; hidden files are ignored."""
    files, skipped = [], []
    pending = [folder]
    while pending:
        directory = pending.pop()
        try:
            with os.scandir(directory) as found:
                entries = [Path(entry) for entry in found if not entry.name.startswith(".")]
        except (OSError, ValueError) as error:
            cause = getattr(error, "strerror", None) or str(error)
            if directory == folder:
                raise ArticlesError(
                    f"The folder of articles {_escape(str(folder))!r} cannot be used ({cause}): "
                    "name another one, or set QA_ARTICLES."
                ) from error
            path = _escape(directory.relative_to(folder).as_posix())
            skipped.append(Skipped(path, f"cannot be opened ({cause}): allow reading this folder, or remove it"))
            continue
        for entry in entries:
            path = _escape(entry.relative_to(folder).as_posix())
            try:
                if entry.is_dir() and not entry.is_symlink():
                    pending.append(entry)
                    continue
                _check(entry, limit_bytes)
                with entry.open("rb") as stream:
                    files.append(ArticleFile(path, _file_id(path, hashlib.file_digest(stream, "sha256").digest())))
            except UnreadableFile as error:
                skipped.append(Skipped(path, str(error)))
            except OSError as error:
                skipped.append(Skipped(path, _cannot_read(error)))
    return sorted(files, key=lambda file: file.path), sorted(skipped, key=lambda file: file.path)


def _check(file: Path, limit_bytes: int) -> None:
    if file.is_symlink() and file.is_dir():
        raise UnreadableFile("is a link to a folder, and those are not followed: put the folder itself here")
    if file.suffix.lower() not in _READERS:
        kind = f"{_escape(file.suffix)} files" if file.suffix else "files without a suffix"
        raise UnreadableFile(f"{kind} are not read: use .txt, .md, .html, .pdf or .docx")
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile("is not a regular file: remove it")
    if not status.st_size:
        raise UnreadableFile("is empty: write something into it, or remove it")
    if status.st_size > limit_bytes:
        size = math.ceil(status.st_size / 100_000) / 10
        limit = f"{limit_bytes / 1_000_000:g} MB"
        raise UnreadableFile(f"is larger than {limit} ({size:g} MB): split it, or raise QA_MAX_MB")


def _cannot_read(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is no longer there, or is a link to nothing: index again, or remove the link"
    return f"cannot be read ({error.strerror or error}): allow reading it, or remove it"


def read_article(folder: Path, file: ArticleFile, *, limit_bytes: int = LIMIT_BYTES) -> Article:
    """Read one file of `list_files(folder)`; the same bytes always give the same article."""
    location = folder / _unescape(file.path)
    try:
        _check(location, limit_bytes)
        data = location.read_bytes()
    except OSError as error:
        raise UnreadableFile(_cannot_read(error)) from error
    if file.id != _file_id(file.path, hashlib.sha256(data).digest()):
        raise UnreadableFile("was changed while it was being read: index again")
    suffix = location.suffix.lower()
    try:
        blocks, facts = _READERS[suffix](data)
    except UnreadableFile:
        raise
    except Exception as error:  # Hostile bytes make the parsers raise anything.
        cause = _shorten(_line(str(error)) or type(error).__name__, 100)
        raise UnreadableFile(f"is a broken {suffix} file ({cause}): open it and save it again") from error
    return _article(file, blocks, facts, plain=suffix in (".txt", ".pdf"))


def _article(file: ArticleFile, blocks: list[str], facts: dict[str, str], *, plain: bool) -> Article:
    told, blocks = _take_facts([block for block in blocks if not _is_boilerplate(block)])
    facts = told | {name: value for name, value in facts.items() if value}
    title, blocks = _take_title(blocks, _shorten(_line(facts.get("title", "")), LONGEST_FACT))
    if plain:
        blocks = _mark_headings(blocks)
    while blocks and blocks[-1].startswith("## "):
        blocks.pop()
    if not re.search(r"[^\W\d_]", "".join(blocks)):
        raise UnreadableFile("has no words in it: check that it holds an article")
    url = _line(facts.get("url", ""))
    return Article(
        id=file.id,
        text="\n\n".join(blocks),
        title=title or _made_title(blocks) or _shorten(_line(Path(file.path).stem), LONGEST_FACT),
        source=_shorten(_line(facts.get("source", "")), LONGEST_FACT),
        author=_shorten(_line(facts.get("author", "")), LONGEST_FACT),
        published=_date(facts.get("published", "")) or _date(facts.get("updated", "")),
        url=url if re.fullmatch(r"https?://[^\s<>\"]{1,2000}", url, re.IGNORECASE) else "",
        path=file.path,
    )


_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
# Joiners shape Persian and Indic words and emoji; beside ASCII they are only dirt.
_STRAY_JOINER = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
_ENTITY = re.compile(r"&(?:amp|apos|gt|hellip|[lr][ds]quo|lt|[mn]dash|nbsp|quot|#\d{2,5}|#x[0-9a-fA-F]{2,5});")
_MARKS = re.compile(r"\A(?:#{1,6} )+")


def clean(text: str) -> str:
    """Return `text` with one form for line ends, spaces and letters, and no invisible characters.

    "A\\u00a0 ship\\r\\n\\r\\n\\r\\nsank\\u200b. " -> "A ship\\n\\nsank."
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # Most single lines: the rest would change nothing and cost much.
    text = re.sub(r"\xad[ \t]*\r?\n", "", text)
    text = re.sub(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]", "\n", text)
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", _STRAY_JOINER.sub("", re.sub(r"[^\S\n]+", " ", text)))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text))).strip()


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _block(text: str, *, heading: bool = False) -> str:
    # A "# " that the author typed must not look like our mark for headings.
    bare = _MARKS.sub("", _line(text))
    return f"## {bare}" if heading and bare else bare


def _entities(text: str) -> str:
    return _ENTITY.sub(lambda match: unescape(match[0]), text)


def _shorten(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    cut = text.rfind(" ", longest // 2, longest)
    return text[: cut if cut > 0 else longest - 1].rstrip(" ,;:–—-") + "…"


_BOILERPLATE = re.compile(
    r"""(?:read\ (?:next|more|also)|also\ read|see\ also|related|recommended|watch(?:\ (?:now|live|also|next))?)\s*:.*
    |(?-i:(?:READ\ (?:NEXT|MORE|ALSO)|RELATED|WATCH)\b.*)
    |read\ (?:next|more|also)|(?:related|recommended|more|top)\ (?:articles|coverage|news|stories)
    |(?:please\ )?subscribe\ (?:to|now|today|here|for)\b[^.;"“”]*\.?
    |sign\ up\ (?:for|to|here|now|today)\b.*\b(?:alerts?|briefing|e-?mails?|free|inbox|newsletters?|updates)\b.*
    |(?:get|receive)\b.*\b(?:in|to)\ your\ inbox\b.*
    |(?:follow|find|join|like)\ us\ on\ (?:bluesky|facebook|google|instagram|social|telegram|threads|tiktok|twitter|x
        |youtube)\b.*
    |share\ (?:this|on\ (?:facebook|twitter|x|whatsapp|linkedin))\b[^.]*\.?
    |advertise?ments?|(?:story|article)\ continues\ (?:below|after)\b.*|scroll\ (?:down\ )?to\ continue\b.*
    |click\ here\ (?:to|for)\b.*
    |(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*\d{4}.*|(?:©|\(c\)|copyright)?.*\ball\ rights\ reserved\b.*
    |(?:we|this\ (?:web)?site|our\ (?:web)?site)\ (?:and\ our\ partners\ )?uses?\ cookies\b.*
    |(?:accept|manage|reject)\ (?:all\ )?cookies|by\ (?:clicking|continuing|using)\b.*\bcookies\b.*""",
    re.IGNORECASE | re.VERBOSE,
)


def _is_boilerplate(block: str) -> bool:
    line = block.removeprefix("## ")
    return not line or (len(line) < 200 and bool(_BOILERPLATE.fullmatch(line)))


_NEAR = 6
"""So many blocks from the top or the end a line can tell who wrote the article, and when."""

_TOLD = {
    "author": re.compile(r"(?:(?:written|reported|words|story) by|authors?\s*:)\s*:?\s*(.{2,100})", re.IGNORECASE),
    "source": re.compile(
        r"(?:this (?:article|report|story) (?:is owned|was (?:first |originally )?published) by|source\s*:)\s+"
        r"((?!https?:).{2,80}?)\.?",
        re.IGNORECASE,
    ),
    "url": re.compile(r"(?:link|source|url)\s*:\s*(https?://\S+)", re.IGNORECASE),
}
_DATED = re.compile(
    r"(?:(?:(?:first |originally )?(published|posted|date)|(?:last )?(updated|modified))(?: (?:on|at))?\s*:?\s*)?"
    r"(.{8,60})",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"by:?\s+(\S.{2,80}[^.!?])", re.IGNORECASE)
_SMALL_WORDS = set("and for of in the de da del della di du la van von der bin".split())


def _take_facts(blocks: list[str]) -> tuple[dict[str, str], list[str]]:
    facts: dict[str, str] = {}
    kept = []
    for number, block in enumerate(blocks):
        told = _told(block) if number < _NEAR or number >= len(blocks) - _NEAR else {}
        facts = told | facts
        if not told:
            kept.append(block)
    return facts, kept


def _told(block: str) -> dict[str, str]:
    """Return the facts of a line that holds nothing else: "By Ana Ruiz | March 7, 2024" has two."""
    if len(block) > 200:
        return {}
    facts: dict[str, str] = {}
    for piece in re.split(r"\s*[|•·]\s*|[.,;]?(?<!\blast)\s+(?=(?:last )?updated\b)", block, flags=re.IGNORECASE):
        fact = _fact(piece)
        if not fact:
            return {}
        facts.setdefault(*fact)
    return facts


def _fact(line: str) -> tuple[str, str] | None:
    for name, pattern in _TOLD.items():
        if match := pattern.fullmatch(line):
            return name, match[match.lastindex or 0]
    if match := _BYLINE.fullmatch(line):
        words = [word for word in re.split(r"[\s,&]+", match[1]) if word and word.lower() not in _SMALL_WORDS]
        if len(words) < 9 and (len(words) > 1 or line.isupper()) and all(word[0].isupper() for word in words):
            return "author", match[1]
    if (match := _DATED.fullmatch(line)) and _date(match[3]):
        return "updated" if match[2] else "published", match[3]
    return None


def _date(value: str) -> date | None:
    # Without four digits for the year the parser would fill in the year of the day it runs.
    if len(value) > 100 or not re.search(r"(?:1[5-9]|20)\d\d", value):
        return None
    value = re.sub(r"\b([ap])\.m\.?", r"\1m", value, flags=re.IGNORECASE)
    try:
        # What the value leaves out differs between the two, so only a complete date is the same in both.
        first, second = (
            dateutil.parser.parse(value, default=default, ignoretz=True).date()
            for default in (datetime(2000, 1, 1), datetime(2001, 2, 2))
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return first if first == second else None


_ENDS = tuple(".!?…。！？")
_QUOTES = tuple("\"”’'»」")


def _take_title(blocks: list[str], title: str) -> tuple[str, list[str]]:
    if len(blocks) < 2:
        return title, blocks
    first = blocks[0].removeprefix("## ")
    if title:
        return title, blocks[1:] if first.casefold() == title.casefold() else blocks
    is_line = len(first) <= LONGEST_FACT and len(first.split()) <= 25 and not first.endswith((*_ENDS, '"', "”", "」"))
    if first != blocks[0] or (is_line and any(map(_is_prose, blocks[1:]))):
        return _shorten(first, LONGEST_FACT), blocks[1:]
    return "", blocks


def _made_title(blocks: list[str]) -> str:
    paragraph = next(block for block in blocks if not block.startswith("## "))
    return _shorten(next(iter(sentencex.segment("en", paragraph[:1_000]))).strip(), LONGEST_MADE_TITLE)


def _is_prose(block: str) -> bool:
    return len(block.split()) > 14 or block.endswith((*_ENDS, *_QUOTES, ":"))


def _mark_headings(blocks: list[str]) -> list[str]:
    """Mark the short lines that stand alone between paragraphs; what looks like a list stays text."""
    marked = list(blocks)
    for number in range(1, len(blocks) - 1):
        before, line, after = blocks[number - 1 : number + 2]
        is_short = 2 <= len(line.split()) <= 14 and not line.endswith((*_ENDS, *_QUOTES, ",", ";", ":"))
        is_begun = line[0].isupper() or line[0].isdigit() or line[0] in "\"“‘'«"
        if is_short and is_begun and _is_prose(before) and _is_prose(after):
            marked[number] = f"## {line}"
    return marked


_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32"}
_BOMS |= {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*(windows-125\d|iso-8859-\d+|koi8-[ru]|shift_jis|euc-jp|euc-kr|gbk|gb2312|big5)",
    re.IGNORECASE,
)
# In wide use; the other tables of the detector are so rare that they are found by mistake only.
_ENCODINGS = (
    "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp866 cp932 cp949 big5 euc_jp gb18030 "
    "iso8859_2 iso8859_5 koi8_r koi8_u mac_roman utf_16_be utf_16_le utf_32_be utf_32_le"
).split()
# Pages name the old encoding and mean its superset.
_SUPERSETS = {"iso-8859-1": "cp1252", "shift_jis": "cp932", "euc-kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030"}
_BINARY = "is binary, not text: export it as .txt, .md, .html, .pdf or .docx"


def _decode(data: bytes) -> str:
    text = _decoded(data)
    sample = text[:100_000]
    controls = re.findall(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", sample)
    if len(controls) * 50 > len(sample) or data.startswith((b"%PDF-", b"{\\rtf")):
        raise UnreadableFile(_BINARY)
    return text


def _decoded(data: bytes) -> str:
    marked = next((encoding for bom, encoding in _BOMS.items() if data.startswith(bom)), "")
    declared = _DECLARED.search(data[:4_096])
    name = declared[1].decode().lower() if declared else ""
    for encoding in (marked, "" if b"\0" in data else "utf-8", _SUPERSETS.get(name, name)):
        with suppress(UnicodeError):
            if encoding:
                return data.decode(encoding)
    loose = data.decode("utf-8", "replace")
    beyond_ascii = len(loose) - len(loose.encode("ascii", "ignore"))
    if b"\0" not in data and loose.count("\ufffd") * 20 < beyond_ascii:
        return loose  # UTF-8 with a few damaged bytes: any other table would spoil all the letters.
    matches = from_bytes(data, cp_isolation=_ENCODINGS)
    best = matches.best()
    if best is None or (b"\0" in data and not best.encoding.startswith(("utf_16", "utf_32"))):
        raise UnreadableFile(_BINARY if b"\0" in data else "is in no known encoding: save it as UTF-8")
    # Western letters score alike in many tables; this one is by far the most used.
    western = (match for match in matches if "cp1252" in (match.encoding, *match.could_be_from_charset))
    return str(next((m for m in western if m.chaos <= best.chaos and m.coherence >= best.coherence), best))


def _read_text(data: bytes) -> Found:
    lines = clean(_entities(_decode(data))).split("\n")
    pairs = [(line, after) for line, after in pairwise(lines) if line and after]
    lower = sum(after[0].islower() for _, after in pairs)
    if lower * 3 > len(pairs) and max(map(len, lines)) >= 40:
        lines = _unwrap(lines)
    return [_text_block(line) for line in lines], {}


def _text_block(line: str) -> str:
    is_heading = _MARKS.match(line) and len(line.split()) <= 15 and not line.endswith((*_ENDS, *_QUOTES, ",", ";"))
    return _block(line, heading=bool(is_heading))


def _unwrap(lines: list[str]) -> list[str]:
    """Join the lines of each paragraph; a line that had room for the next word ended its paragraph on purpose.

    ["The port of Mirna was", "opened to-", "day.", "Ships"] -> ["The port of Mirna was opened today.", "Ships"]
    """
    words = set(re.findall(r"[\w-]+", " ".join(lines).lower()))
    lengths = sorted(len(line) for line in lines if line) or [0]
    width = lengths[len(lengths) * 9 // 10]
    pieces, previous = [""], ""
    for line in lines:
        has_room = len(previous) + 1 + len(line.split(" ")[0]) <= 0.85 * width
        if not line or not previous or (has_room and not line[0].islower()) or re.match(r"[-*•–] ", line):
            pieces += ["\n", line]
        else:
            glue = _glue(previous, line, words)
            pieces[-1] = pieces[-1] if glue == " " else pieces[-1].removesuffix("-")
            pieces += [glue, line]
        previous = line
    return "".join(pieces).split("\n")


def _glue(previous: str, line: str, words: set[str]) -> str:
    broken = re.search(r"(\w+)-\Z", previous[-50:])
    if not broken or not line[0].isalnum():
        return " "
    begun, ended = broken[1], re.split(r"\W", line, maxsplit=1)[0]
    whole, compound = (begun + ended).lower() in words, f"{begun}-{ended}".lower() in words
    return "-" if compound or not ended[0].islower() or (begun[0].isupper() and not whole) else ""


_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEYS = {
    "title": ("title",),
    "source": ("source", "outlet", "publisher"),
    "author": ("author", "authors", "by"),
    "published": ("published", "date"),
    "url": ("url", "link"),
}
_INLINE = (
    (re.compile(r"<!--(?:(?!<!--).){0,5000}?-->", re.DOTALL), ""),
    (re.compile(r"!\[[^\[\]]{0,300}\]\([^()\s]{0,2000}(?:\s+\"[^\"]{0,300}\")?\)"), ""),
    (re.compile(r"\[([^\[\]]{1,500})\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?:\s+\"[^\"]{0,300}\")?\)"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"(?<![\\`])`([^`]{1,500})`(?!`)"), r"\1"),
    (re.compile(r"(?<!\\)\*\*(?=[^\s*])((?:[^*]|\*(?!\*)){1,1000}?)(?<=[^\s\\])\*\*"), r"\1"),
    (re.compile(r"(?<![\\\w])__(?=[^\s_])((?:[^_]|_(?!_)){1,1000}?)(?<=[^\s\\])__(?!\w)"), r"\1"),
    (re.compile(r"(?<![\\*])\*(?=[^\s*])([^*]{1,1000}?)(?<=[^\s\\])\*(?!\*)"), r"\1"),
    (re.compile(r"(?<![\\\w])_(?=[^\s_])([^_]{1,1000}?)(?<=[^\s\\])_(?!\w)"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!<>~|-])"), r"\1"),
)


def _read_markdown(data: bytes) -> Found:
    text = _decode(data).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    facts = {}
    if match := _FRONT_MATTER.match(text):
        facts, text = _front_matter(match[1]), text[match.end() :]
    return _markdown_blocks(clean(_entities(text)).split("\n")), facts


def _front_matter(text: str) -> dict[str, str]:
    try:
        # This loader leaves every value as it is written, so dates keep their own calendar day.
        values = yaml.BaseLoader(text).get_single_data() or {}
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableFile(f"has broken YAML front matter ({_shorten(_line(str(error)), 100)}): mend it") from error
    if not isinstance(values, dict):
        raise UnreadableFile("has broken YAML front matter (no 'name: value' lines between the '---'): mend it")
    values = {name.lower(): value for name, value in values.items() if isinstance(name, str)}
    facts = {}
    for fact, names in _KEYS.items():
        value = next((values[name] for name in names if values.get(name)), "")
        parts = value if isinstance(value, list) else [value]
        facts[fact] = ", ".join(part for part in parts if isinstance(part, str))
    return facts


def _markdown_blocks(lines: list[str]) -> list[str]:
    blocks, paragraph, in_list = [], list[str](), False

    def end(*, heading: bool = False) -> None:
        text = " ".join(paragraph)
        if re.search(r"[*_`<\[\\]", text):
            for pattern, kept in _INLINE:
                text = pattern.sub(kept, text)
        blocks.append(_block(text, heading=heading))
        paragraph.clear()

    for line in lines:
        line = re.sub(r"\A(?:> ?)+", "", line)
        if heading := re.fullmatch(r"#{1,6} (.*?)(?: #+)?", line):
            end()
            paragraph.append(heading[1])
            end(heading=True)
        elif re.fullmatch(r"=+|-+", line) and paragraph and not in_list:
            end(heading=True)
        elif not line or re.fullmatch(r"(?:[-*_] ?){3,}|(?:```|~~~).*", line):
            end()
            in_list = in_list and not line
        elif item := re.match(r"[-*+] " if paragraph and not in_list else r"(?:[-*+]|\d{1,3}[.)]) ", line):
            end()
            in_list = True
            paragraph.append(line[item.end() :])
        else:
            in_list = in_list and bool(paragraph)
            paragraph.append(line)
    end()
    return blocks


_HTML_BLOCKS = {"body", "cell", "div", "item", "lb", "list", "p", "quote", "row", "table"}
# htmldate would take today as the latest date, and guess dates from any number in the text.
_DATE_SEARCH = {"original_date": True, "extensive_search": False, "min_date": "1600-01-01", "max_date": "2100-01-01"}


def _read_html(data: bytes) -> Found:
    from trafilatura import bare_extraction  # Takes most of a second: only those who index pay.

    page: Any = bare_extraction(
        _decode(data),
        include_comments=False,
        include_tables=False,
        with_metadata=True,
        date_extraction_params=_DATE_SEARCH,
    )
    if page is None or page.body is None:
        raise UnreadableFile("has no article text in it: save the page of the article itself")
    blocks = [_block(line, heading=line.startswith("\x01")) for line in _html_lines(page.body).split("\n")]
    title, source = _line(page.title or ""), _line(page.sitename or "")
    if source:
        title = re.sub(rf"\s+[-–—|:·]+\s+{re.escape(source)}\Z", "", title, flags=re.IGNORECASE)
    facts = {"title": title, "source": source, "author": page.author, "published": page.date, "url": page.url}
    return blocks, {name: (value or "").replace("; ", ", ") for name, value in facts.items()}


def _html_lines(element: Any) -> str:
    """Return the text of an element, each block on a line of its own, headings marked by a control character."""
    text = (element.text or "") + "".join(_html_lines(child) + (child.tail or "") for child in element)
    if element.tag == "head":
        return f"\n\x01{' '.join(text.split())}\n"
    return f"\n{text}\n" if element.tag in _HTML_BLOCKS else text


_SENSELESS = re.compile(
    r"\W*|anonymous|unspecified|untitled.*|unknown|title|author|user|admin(?:istrator)?|owner|python-docx|microsoft.*"
    r"|windows user|word document|(?:document|presentation)\s*\d*|.*\.(?:docx?|indd|pdf|qxd|rtf|txt|tmp)",
    re.IGNORECASE,
)


def _sensible(value: str | None) -> str:
    bare = _line((value or "").strip("() \t\n"))
    return "" if _SENSELESS.fullmatch(bare) else bare


def _read_pdf(data: bytes) -> Found:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(io.BytesIO(data))
        is_open = not reader.is_encrypted or bool(reader.decrypt(""))
    except DependencyError:  # A cipher that needs a package which we do not bring.
        is_open = False
    if not is_open:
        raise UnreadableFile("is encrypted: save a copy of it without a password")
    pages = "\n".join(clean(page.extract_text()) for page in reader.pages)
    lines = [line for line in pages.split("\n") if not re.fullmatch(r"(?i:page )?\d{1,4}(?: (?:/|of) \d+)?", line)]
    if not re.search(r"\w", pages):
        raise UnreadableFile("has no text in it, perhaps a scan: run text recognition (OCR) on it first")
    about = reader.metadata
    facts = {"title": _sensible(about.title), "author": _sensible(about.author)} if about else {}
    return [_text_block(line) for line in _unwrap(lines)], facts


def _read_docx(data: bytes) -> Found:
    import docx

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("is encrypted or in the old .doc format: save it as .docx without a password")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > UNPACKED_LIMIT:
            raise UnreadableFile(f"unpacks to more than {UNPACKED_LIMIT / 1_000_000:g} MB: save its text as .txt")
    document = docx.Document(io.BytesIO(data))
    blocks = []
    for paragraph in document.paragraphs:
        heading = bool(paragraph.style and (paragraph.style.name or "").startswith(("Heading", "Title")))
        blocks += [_block(line, heading=heading) for line in paragraph.text.split("\n")]
    about = document.core_properties
    return blocks, {"title": _sensible(about.title), "author": _sensible(about.author)}


_READERS: dict[str, Callable[[bytes], Found]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
    ".docx": _read_docx,
}

"""Read one file: the bytes of a .txt, .md, .html, .pdf or .docx file become cleaned blocks and facts."""

import io
import logging
import re
import unicodedata
import zipfile
from html import unescape
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

import yaml
from charset_normalizer import from_bytes

from qa.errors import UnreadableFile

Content = tuple[list[str], dict[str, str]]
"""What a reader makes of a file: blocks (paragraphs, and headings that begin with "## ") and facts (see Article)."""

HEADING = "## "
PROSE_ENDS = tuple(".!?…。！？\"”’'»」")
"""A paragraph ends with one of these, a heading seldom does."""

# The parsers complain about the files of others; what a user has to know is in the reason of UnreadableFile.
for _parser in ("charset_normalizer", "courlan", "htmldate", "justext", "pypdf", "trafilatura"):
    logging.getLogger(_parser).setLevel(logging.CRITICAL + 1)

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f]"
)
# Joiners shape Persian and Indic words and emoji; beside ASCII they are only dirt.
_STRAY_JOINER = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")


def clean(text: str) -> str:
    """Return `text` with one form for line ends, spaces and letters, and no invisible characters.

    "A\\u00a0 ship\\r\\n\\r\\n\\r\\nsank\\u200b. " -> "A ship\\n\\nsank."
    """
    lines = re.sub(r"\xad[ \t]*\r?\n", "", text).splitlines()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_clean_line(line) for line in lines)).strip()


def _clean_line(line: str) -> str:
    if line.isprintable() and "  " not in line and unicodedata.is_normalized("NFC", line):
        return line.strip()  # Nearly every line: the rest would change nothing and cost much.
    line = unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", line).split()))
    return unicodedata.normalize("NFC", " ".join(_STRAY_JOINER.sub("", line).split()))


def one_line(text: str, longest: int = 300) -> str:
    """Return `text` clean and on a single line, cut at a word where it is longer than `longest`."""
    line = _clean_line(text)
    if len(line) <= longest:
        return line
    cut = line.rfind(" ", longest // 2, longest)
    return line[: cut if cut > 0 else longest - 1].rstrip(" ,;:–—-") + "…"


# Between two sentences that lost the space: "left the port.The wind", not "example.Com" or "St.Louis".
_GLUED = re.compile(
    r"[.!?”](?:(?<=[a-z]{2}[.!?])(?=(?!(?:Com|Net|Org)\b)[A-Z][a-z]+[ ,’']|“)|(?<=[a-z][.!?]”)(?=[A-Z]))"
)


def _block(text: str, *, heading: bool = False) -> str:
    # A "# " that the author typed must not look like our mark for headings.
    bare = _GLUED.sub(r"\g<0> ", re.sub(r"\A(?:#{1,6} )+", "", _clean_line(text)))
    return HEADING + bare if heading and bare else bare


# In wide use; the other tables of the detector are so rare that they are found by mistake only.
_ENCODINGS = (
    "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp866 cp932 cp949 big5 euc_jp gb18030 iso8859_2 "
    "iso8859_5 koi8_r koi8_u mac_roman utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le"
).split()


def _decode(data: bytes) -> str:
    text = data.decode("utf-8-sig", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    # UTF-8 with a few damaged bytes stays UTF-8: any other table would spoil all the letters.
    if b"\0" in data or (text.count("\ufffd") * 20 > beyond_ascii and "\ufffd".encode() not in data):
        text = _guess(data)
    sample = text[:100_000]
    controls = re.findall(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", sample)
    if len(controls) * 50 > len(sample) or data.startswith((b"%PDF-", b"{\\rtf")):
        raise UnreadableFile("is binary, not text: export it as .txt, .md, .html, .pdf or .docx")
    return text


def _guess(data: bytes) -> str:
    matches = from_bytes(data, cp_isolation=_ENCODINGS)
    best = matches.best()
    if best is None or (b"\0" in data and not best.encoding.startswith(("utf_16", "utf_32"))):
        raise UnreadableFile("is binary, or text in no known encoding: save it as UTF-8")
    # Western letters score alike in many tables; this one is by far the most used.
    western = (match for match in matches if "cp1252" in (match.encoding, *match.could_be_from_charset))
    return str(next((m for m in western if m.chaos <= best.chaos and m.coherence >= best.coherence), best))


def _entities(text: str) -> str:
    # Only what ends in a semicolon: "&copy=1" in an address is no entity.
    text = re.sub(r"&#?\w{2,8};", lambda entity: unescape(entity[0]), text)
    if not re.search("%[23]", text):
        return text
    # Punctuation that was escaped as if it stood in an address, which has slashes.
    return re.sub(r"(?i)(?<!\S)[^\s/%]*%(?:2[0-9a-c]|3[ab])[^\s/]*(?!\S)", lambda word: unquote(word[0]), text)


def _read_text(data: bytes) -> Content:
    facts, text = _take_front_matter(_decode(data))
    lines = clean(_entities(text)).split("\n")
    pairs = [(line, after) for line, after in pairwise(lines) if line and after]
    run_on = sum(after[0].islower() for _, after in pairs)
    if run_on * 3 > len(pairs) and max(map(len, lines)) >= 40:
        lines = _unwrap(lines)
    return [_block(line) for line in lines], facts


def _unwrap(lines: list[str]) -> list[str]:
    """Join the lines of each paragraph; a line that had room for the next word ended its paragraph on purpose.

    ["The port of Mirna was", "opened to-", "day.", "Ships"] -> ["The port of Mirna was opened today.", "Ships"]
    """
    lengths = sorted(len(line) for line in lines if line) or [0]
    width = lengths[len(lengths) * 9 // 10]
    text = previous = ""
    for line in lines:
        has_room = len(previous) + 1 + len(line.split(" ")[0]) <= 0.85 * width
        if not line or not previous or (has_room and not line[0].islower()) or re.match(r"[-*•–] ", line):
            text += "\n" + line
        elif broken := re.search(r"(\w)\w*-\Z", previous[-50:]):
            is_compound = broken[1].isupper() or not line[0].islower()  # "Kenya-led", "mid-March"
            text = (text if is_compound else text[:-1]) + line
        else:
            text += " " + line
        previous = line
    return text.split("\n")


_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEYS = {"outlet": "source", "publisher": "source", "authors": "author", "by": "author", "date": "published"}
_KEYS |= {"link": "url"} | {name: name for name in ("title", "source", "author", "published", "url")}

# Each kind of block becomes a piece between blank lines, a heading one that begins with "## ".
_STRUCTURE = (
    (r"<!--(?:(?!<!--)[\s\S]){0,5000}?-->", ""),
    (r"^(?:> ?)+", ""),
    (r"^(?<!\S\n)(\S.*)\n(?:=+|-{2,})$", r"## \1\n"),
    (r"^(?:(?:[-*_] ?){3,}|(?:```|~~~).*)$", ""),
    (r"^#{1,6} (.*?)(?: #+)?$", r"\n## \1\n"),
)
# The numbers stay: in a ranking they are the news.
_BULLET, _ITEM = r"(?m)^[-*+] ", r"(?m)^(?:[-*+] |(?=\d{1,3}[.)] ))"
_LINK = r"\[([^\[\]]{0,500})\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?: \"[^\"]{0,300}\")?\)"
_EMPHASIS = r"(?<![\\\w*_`])(\*{1,3}|_{1,3}|`)(?=[^\s*_`])((?:(?!\1).){1,1000})(?<=[^\s\\*_`])\1(?![*_`])(?!(?<=_)\w)"
_ESCAPE, _AUTOLINK = r"\\([\\`*_{}\[\]()#+.!<>~|-])", r"<(https?://[^<>\s]{1,2000})>"
# Emphasis twice, because it can hold another.
_INLINE = (("!" + _LINK, ""), (_LINK, r"\1"), (_AUTOLINK, r"\1"), *[(_EMPHASIS, r"\2")] * 2, (_ESCAPE, r"\1"))


def _read_markdown(data: bytes) -> Content:
    facts, text = _take_front_matter(_decode(data))
    text = clean(_entities(text))
    for pattern, replacement in _STRUCTURE:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    blocks = []
    for part in re.split(r"\n{2,}", text.strip("\n")):
        # A number begins an item only in a list of numbers; elsewhere "March\n7. Ships left." is wrapped text.
        for piece in re.split(_ITEM if re.match(_ITEM, part) else _BULLET, part):
            line = piece.replace("\n", " ")
            if re.search(r"[*_`<\[\\]", line):
                for pattern, replacement in _INLINE:
                    line = re.sub(pattern, replacement, line)
            blocks.append(_block(line, heading=piece.startswith(HEADING)))
    return blocks, facts


def _take_front_matter(text: str) -> tuple[dict[str, str], str]:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(text)
    return (_front_matter(match[1]), text[match.end() :]) if match else ({}, text)


def _front_matter(text: str) -> dict[str, str]:
    try:
        # This loader leaves every value as it is written, so dates keep their own calendar day.
        values = yaml.BaseLoader(text).get_single_data() or {}
        if not isinstance(values, dict):
            raise ValueError("no 'name: value' lines")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UnreadableFile(f"has broken YAML front matter ({one_line(str(error), 100)}): mend it") from error
    facts: dict[str, str] = {}
    for key, value in values.items():
        parts = [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str) and part]
        if parts and isinstance(key, str) and (name := _KEYS.get(key.lower())):
            facts.setdefault(name, _entities(", ".join(parts)))
    return facts


def _read_html(data: bytes) -> Content:
    from trafilatura import bare_extraction  # Takes most of a second: only those who index pay.
    from trafilatura.xml import xmltotxt

    # htmldate would take today as the latest date, and guess dates from any number in the text.
    dates = {"original_date": True, "extensive_search": False, "min_date": "1600-01-01", "max_date": "2100-01-01"}
    page: Any = bare_extraction(
        _decode(data), include_comments=False, include_tables=False, with_metadata=True, date_extraction_params=dates
    )
    if page is None or page.body is None:
        raise UnreadableFile("has no article text in it: save the page of the article itself")
    for heading in page.body.iter("head"):
        heading.text = HEADING + (heading.text or "")
    lines = xmltotxt(page.body, include_formatting=False).split("\n")
    facts = {"title": page.title, "source": page.sitename, "author": page.author, "published": page.date}
    blocks = [_block(line.removeprefix("- "), heading=line.startswith(HEADING)) for line in lines]
    return blocks, {name: value or "" for name, value in (facts | {"url": page.url}).items()}


def _properties(about: Any) -> dict[str, str]:
    """Return title and author of a document, without what programs write there by themselves."""
    facts = {name: one_line((getattr(about, name, "") or "").strip("() ")) for name in ("title", "author")}
    senseless = r"(?i)\W*|anonymous|un(?:known|specified|titled.*)|user|admin|owner|python-docx|microsoft.*|.*\.\w{3,4}"
    return {name: value for name, value in facts.items() if not re.fullmatch(senseless, value)}


def _read_pdf(data: bytes) -> Content:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableFile("is encrypted: save a copy of it without a password")
    lines = clean("\n".join(page.extract_text() for page in reader.pages)).split("\n")
    if not any(lines):
        raise UnreadableFile("has no text in it, perhaps a scan: run text recognition (OCR) on it first")
    lines = [line for line in lines if not re.fullmatch(r"(?i:page )?\d{1,4}(?: (?:/|of) \d+)?", line)]
    return [_block(line) for line in _unwrap(lines)], _properties(reader.metadata)


def _read_docx(data: bytes) -> Content:
    import docx

    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("is encrypted or in the old .doc format: save it as .docx without a password")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > 100_000_000:  # It would fill the memory.
            raise UnreadableFile("unpacks to more than 100 MB: save its text as .txt")
    document = docx.Document(io.BytesIO(data))
    blocks = []
    for paragraph in document.paragraphs:
        heading = bool(paragraph.style and (paragraph.style.name or "").startswith(("Heading", "Title")))
        blocks += [_block(line, heading=heading) for line in paragraph.text.split("\n")]
    return blocks, _properties(document.core_properties)


READERS = {".txt": _read_text, ".md": _read_markdown, ".html": _read_html, ".pdf": _read_pdf, ".docx": _read_docx}
READERS |= {".markdown": _read_markdown, ".htm": _read_html}

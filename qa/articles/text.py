"""Text as it comes out of files: decoded, and cleaned line by line into blocks."""

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

from charset_normalizer import from_bytes
from ftfy import fix_encoding
from ftfy.badness import is_bad
from w3lib.encoding import read_bom, to_unicode

from qa.errors import UnreadableFile

Content = tuple[list[str], dict[str, str]]
"""What a reader makes of a file: blocks (paragraphs, and headings that begin with "## ") and facts (see Article)."""

Record = Callable[[], Content]
"""One of the articles of a file, read when it is called; it may raise what a reader may."""

HEADING = "## "
PROSE_ENDS = tuple(".!?…。！？\"”’'»」")
"""A paragraph ends with one of these, a heading seldom does."""

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


_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[ﬀ-ﬆ]")


def _clean_line(line: str) -> str:
    if not line.isascii():
        line = _LIGATURE.sub(lambda letters: _LIGATURES[letters[0]], line)
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


def block(text: str, *, heading: bool = False) -> str:
    # A "# " that the author typed must not look like our mark for headings.
    bare = _GLUED.sub(r"\g<0> ", re.sub(r"\A(?:#{1,6} )+", "", _clean_line(text)))
    return HEADING + bare if heading and bare else bare


# In wide use; the other tables of the detector are so rare that they are found by mistake only.
_ENCODINGS = (
    "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp866 cp932 cp949 big5 euc_jp gb18030 iso8859_2 "
    "iso8859_5 koi8_r koi8_u mac_roman utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le"
).split()
# Pages that declare the standard's table are often written in the system's, which has letters for its control codes.
_WINDOWS = {"iso8859-2": "cp1250", "iso8859-5": "cp1251", "iso8859-6": "cp1256", "iso8859-7": "cp1253"}
_WINDOWS |= {"iso8859-8": "cp1255", "iso8859-4": "cp1257", "iso8859-13": "cp1257"}
# The detector names a language also where the table that it puts first has not all its letters.
_TABLES = dict.fromkeys("Croatian Czech Hungarian Polish Romanian Slovak Slovene".split(), "cp1250")
_TABLES |= {"Turkish": "cp1254", "Lithuanian": "cp1257", "Latvian": "cp1257", "Estonian": "cp1257"}
COHERENT = 0.3
"""Of 1; below it the language of a text is a guess."""

_WIDE = ("big5", "cp932", "cp949", "euc", "gb", "hz", "iso2022", "johab", "shift")


def decode(data: bytes, *, declared: str | None = None) -> str:
    """Return the text of a file: by its byte order mark, by the table that it declares, as UTF-8, or by a guess.

    `declared` is a name of Python's. Raises UnreadableFile for what is no text.
    """
    text = mended(_decoded(data, declared))
    sample = text[:100_000]
    controls = re.findall(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", sample)
    if len(controls) * 50 > len(sample) or data.startswith((b"%PDF-", b"{\\rtf")):
        raise UnreadableFile("is binary, not text: open it in its program and export it as .txt, .html, .pdf or .docx")
    return text


def _decoded(data: bytes, declared: str | None) -> str:
    marked, mark = read_bom(data)
    if mark and marked != "utf-8":
        # Half a letter at the end is a cut file, anything else is no text in this table.
        body = data[len(mark) : len(data) - len(data) % (4 if "32" in str(marked) else 2)]
        try:
            return body.decode(str(marked))
        except UnicodeDecodeError:
            return _guess(data)
    data = data.removeprefix(mark or b"")
    # The bytes that are no UTF-8 become lone surrogates.
    text = data.decode("utf-8", "surrogateescape")
    if text.isascii() and not declared and b"\0" not in data:
        return text
    strays = len(re.findall("[\udc80-\udcff]", text))
    letters = len(text) - len(text.encode("ascii", "ignore")) - strays
    # Text that is UTF-8 throughout is so by no accident, except for tables of two bytes a letter.
    is_table = declared is not None and (strays or not letters or declared.startswith(_WIDE))
    if declared and is_table and not mark and not declared.startswith("utf"):
        return _by_table(data, declared)
    if b"\0" in data or (strays > letters and not mark):
        return _guess(data)
    # UTF-8 with a few bytes of a pasted text stays UTF-8: any other table would spoil all the letters.
    return re.sub("[\udc80-\udcff]+", lambda stray: _western(stray[0]), text) if strays else text


def _western(strays: str) -> str:
    return strays.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _by_table(data: bytes, declared: str) -> str:
    text = to_unicode(data, declared)
    if declared in _WINDOWS and re.search(r"[\x80-\x84\x86-\x9f]", text):
        text = to_unicode(data, _WINDOWS[declared])
    # Some pages declare what they are not.
    return _guess(data) if text.count("\ufffd") * 20 > len(text) else text


def _guess(data: bytes) -> str:
    matches = from_bytes(data, cp_isolation=_ENCODINGS)
    best = matches.best()
    if best is None or (b"\0" in data and not best.encoding.startswith(("utf_16", "utf_32"))):
        raise UnreadableFile("is binary, or text in no known encoding: save it as UTF-8")
    # Western letters score alike in many tables; this one is by far the most used.
    western = (match for match in matches if "cp1252" in (match.encoding, *match.could_be_from_charset))
    best = next((m for m in western if m.chaos <= best.chaos and m.coherence >= best.coherence), best)
    if best.encoding == "cp1252" and best.coherence >= COHERENT:
        table = _TABLES.get(best.language, "cp1252")
        best = next((match for match in matches if match.encoding == table), best)
    standard = next((iso for iso, windows in _WINDOWS.items() if windows == best.encoding), None)
    # Signs where letters stand: the system's table was taken for the standard's.
    if standard and re.search(r"[^\W\d_][¶±©®»¦][^\W\d_]|(?<!\S)¶[^\W\d_]", str(best)):
        return data.decode(standard, "replace")
    return str(best)


def mended(text: str) -> str:
    """Return `text` with its letters restored where UTF-8 was read by another table: "ZoÃ« MÃ¼ller" -> "Zoë Müller"."""
    # Damage is a letter of that table before another sign beyond ASCII; most text has none.
    if text.isascii() or not re.search(r"[À-ӿ][^\x00-\x7f]|Ã ", text):
        return text
    return "\n".join(map(_mended_line, text.split("\n")))


def _mended_line(line: str) -> str:
    if line.isascii() or len(line) > 100_000 or not is_bad(line):
        return line
    # The last byte of a closing mark has no sign in that table, and many programs lose it.
    return fix_encoding(re.sub(r"â€(?=[\s.,;:!?)]|\Z)", "â€\x9d", line))


def unescaped(text: str) -> str:
    # Only what ends in a semicolon: "&copy=1" in an address is no entity.
    text = re.sub(r"&#?\w{2,8};", lambda entity: unescape(entity[0]), text)
    if not re.search("%[23]", text):
        return text
    # Punctuation that was escaped as if it stood in an address, which has slashes.
    return re.sub(r"(?i)(?<!\S)[^\s/%]*%(?:2[0-9a-c]|3[ab])[^\s/]*(?!\S)", lambda word: unquote(word[0]), text)


def unwrap(lines: list[str]) -> list[str]:
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

"""Read Rich Text: all that it shows in print, in its order, headings marked.

Its signs are walked here, because the one kept-up library (striprtf) keeps deletions and hidden text, drops footnotes
and pastes addresses into sentences.
"""

import codecs
import re
from dataclasses import dataclass, field, replace

from qa.articles.formats.cells import Cell, table_blocks
from qa.articles.formats.hidden import hidden_fact, is_legible
from qa.articles.formats.properties import read_properties
from qa.articles.text import Content, block
from qa.errors import UnreadableFile

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n]+", re.DOTALL
)
_SIGNS = {"tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’"}
_SIGNS |= {"ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ", "nestcell": "\t"}
_SYMBOLS = {"~": "\xa0", "_": "-", "-": "", "{": "{", "}": "}", "\\": "\\"}
# Groups whose text is shown nowhere, or is shown on every page; those that begin with \* are left out anyway.
_LEFT_OUT = frozenset(
    "info pict header headerl headerr headerf footer footerl footerr footerf fldinst nonesttables shprslt "
    "nonshppict objdata xe tc rxe txe stylesheet fonttbl filetbl ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn".split()
)
_TABLES = {0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5", 161: "cp1253"}
_TABLES |= {162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874"}
_TABLES |= {238: "cp1250", 254: "cp437", 255: "cp850"}
_SYMBOL_FONT = 2
DEEPEST = 2_000


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and gives back at its end."""

    into: str = "text"
    """Where text goes: "text", "aside" (notes, text boxes), the name of a table or fact, or "" (nowhere)."""
    font: int = -1
    style: int = 0
    level: int = 9
    after_unicode: int = 1
    hidden: bool = False
    deleted: bool = False
    in_table: bool = False
    colour: int = 0
    size: int = 24
    """Of the type, in half points."""
    marked: bool = False
    shaded: bool = False
    boxed: bool = False
    number: int = -1
    """Of the font or style that is being described."""


def read(data: bytes) -> Content:
    text = data.decode("latin-1").lstrip()
    if not text.startswith("{\\rtf"):
        raise UnreadableFile("is no Rich Text: save it as .rtf again")
    document = _Document()
    document.walk(text)
    facts = document.given
    blocks = document.finished()
    return blocks, read_properties(facts.get("title"), facts.get("author")) | hidden_fact(document.unseen)


@dataclass(slots=True)
class _Document:
    given: dict[str, str] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=lambda: [""])
    _blocks: list[str] = field(default_factory=list)
    _line: list[str] = field(default_factory=list)
    _aside: list[str] = field(default_factory=list)
    _cell: Cell = field(default_factory=list)
    _row: list[Cell] = field(default_factory=list)
    _rows: list[list[Cell]] = field(default_factory=list)
    _raw: bytearray = field(default_factory=bytearray)
    _fonts: dict[int, int] = field(default_factory=dict)
    _levels: dict[int, int] = field(default_factory=dict)
    _colours: list[str] = field(default_factory=list)
    _mix: dict[str, int] = field(default_factory=dict)
    _table: str = "cp1252"
    _default_font: int = -1
    _state: _State = field(default_factory=_State)
    _skip: int = 0

    def walk(self, text: str) -> None:
        stack: list[_State] = []
        at, starred = 0, False
        while at < len(text) and (token := _TOKEN.match(text, at)):
            at = token.end()
            word, number, code, symbol, brace, plain = token.groups()
            if brace == "{":
                self._decode()
                stack.append(self._state)
                if len(stack) > DEEPEST:
                    raise UnreadableFile("has groups in groups without end: save it as .rtf again")
            elif brace:
                self._decode()
                if not stack:
                    return
                before, self._state = self._state, stack.pop()
                if before.into == "aside" and self._state.into != "aside":
                    self._aside.append("\n")
                self._skip = 0
            elif word == "bin":
                at += max(0, int(number or 0))
            elif word:
                self._word(word, None if number is None else int(number), starred)
            elif symbol == "*":
                starred = True
                continue
            elif code:
                self._bytes(bytes([int(code, 16)]))
            elif symbol in ("\r", "\n"):
                self._word("par", None, False)
            elif symbol in _SYMBOLS:
                self._text(_SYMBOLS[symbol])
            elif plain:
                self._bytes(plain.encode("latin-1"))
            starred = False

    def finished(self) -> list[str]:
        self._end_paragraph()
        self._end_table()
        return self._blocks

    def _word(self, word: str, number: int | None, starred: bool) -> None:
        if word == "u" and number is not None:
            self._text(chr(number & 0xFFFF))
            self._skip = self._state.after_unicode
            return
        self._decode()
        state, on = self._state, number != 0
        if self._opens(word, starred):
            return
        if word in _SIGNS:
            self._text(_SIGNS[word])
        elif word in ("par", "sect", "page", "cell", "row", "nestrow"):
            self._ends(word)
        elif word == "ansicpg":
            self._table = _known(f"cp{number}")
        elif word == "deff":
            self._default_font = number or 0
            self._state = replace(state, font=self._default_font)
        elif word == "fcharset":
            self._fonts[state.number] = number or 0
        elif word == "f":
            self._state = replace(state, font=number or 0, number=number or 0)
        elif word == "s":
            self._state = replace(state, style=number or 0, number=number or 0)
        elif word == "outlinelevel":
            self._state = replace(state, level=number or 0)
            if state.into == "stylesheet":
                self._levels[state.number] = number or 0
        elif word == "uc":
            self._state = replace(state, after_unicode=max(0, min(number or 0, 8)))
        elif word == "v":
            self._state = replace(state, hidden=on)
        elif word == "deleted":
            self._state = replace(state, deleted=on)
        elif word in ("red", "green", "blue"):
            self._mix[word] = (number or 0) & 255
        elif word == "cf":
            self._state = replace(state, colour=number or 0)
        elif word == "fs":
            self._state = replace(state, size=24 if number is None else number)
        elif word in ("highlight", "cb", "chcbpat", "chshdng"):
            self._state = replace(state, marked=on)
        elif word in ("cbpat", "shading"):
            self._state = replace(state, shaded=on)
        elif word == "plain":
            self._state = replace(
                state, hidden=False, deleted=False, font=self._default_font, colour=0, size=24, marked=False
            )
        elif word == "pard":
            self._state = replace(state, style=0, level=9, in_table=False, shaded=False)
        elif word == "intbl":
            self._state = replace(state, in_table=True)

    def _opens(self, word: str, starred: bool) -> bool:
        """Take a word that begins a group of its own kind."""
        into = self._state.into
        if word in ("fonttbl", "stylesheet", "colortbl") or (word in ("title", "author") and into == "info"):
            self._state = replace(self._state, into=word)
        elif word == "info":
            self._state = replace(self._state, into="info")
        elif word == "footnote" and into in ("text", "aside"):
            self._state = replace(self._state, into="aside")
        elif word == "shpinst" and into in ("text", "aside"):
            self._state = replace(self._state, into="shape")
        elif word == "shptxt" and into == "shape":
            self._state = replace(self._state, into="aside", hidden=False, boxed=True)
        elif starred or word in _LEFT_OUT:
            self._state = replace(self._state, into="")
        else:
            return False
        return True

    def _ends(self, word: str) -> None:
        into = self._state.into
        if into == "aside":
            self._aside.append("\n")
        elif into == "text" and word == "cell":
            self._end_paragraph(in_cell=True)
            self._row.append(self._cell)
            self._cell = []
        elif into == "text" and word == "row":
            self._rows.append(self._row)
            self._row = []
        elif into == "text":
            self._end_paragraph()

    def _end_paragraph(self, *, in_cell: bool = False) -> None:
        self._decode()
        level = min(self._state.level, self._levels.get(self._state.style, 9))
        lines = _blocks_of("".join(self._line), heading=level < 9) + _blocks_of("".join(self._aside))
        self._line, self._aside = [], []
        self.unseen.append("")
        if in_cell or self._state.in_table:
            self._cell += lines
        elif lines:
            self._end_table()
            self._blocks += lines

    def _end_table(self) -> None:
        rows = [*self._rows, [*self._row, self._cell]]
        self._blocks += table_blocks(rows)
        self._rows, self._row, self._cell = [], [], []

    def _bytes(self, data: bytes) -> None:
        if self._skip:  # What stands for a letter in programs that do not know Unicode.
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self._raw += data

    def _decode(self) -> None:
        if not self._raw:
            return
        raw, self._raw = bytes(self._raw), bytearray()
        kind = self._fonts.get(self._state.font, -1)
        if kind == _SYMBOL_FONT and not raw.isascii():
            self._text("•" if b"\xb7" in raw else "")
            return
        self._text(raw.decode(_TABLES.get(kind, self._table), "replace"))

    def _text(self, text: str) -> None:
        if self._raw:
            self._decode()
        self._skip = 0
        state = self._state
        if state.into in ("title", "author"):
            self.given[state.into] = self.given.get(state.into, "") + text
        elif state.into == "colortbl":
            mix = [self._mix.get(name, 0) for name in ("red", "green", "blue")]
            self._colours += [f"rgb({','.join(map(str, mix))})" if self._mix else ""] * text.count(";")
            self._mix = {}
        elif state.into in ("text", "aside") and not state.deleted:
            if state.hidden or not self._is_legible():
                self.unseen[-1] += text
            else:
                (self._line if state.into == "text" else self._aside).append(text)

    def _is_legible(self) -> bool:
        state = self._state
        # What is white in a table or a box may stand on a ground that is not.
        is_on_paper = not (state.marked or state.shaded or state.boxed or state.in_table)
        colour = self._colours[state.colour] if is_on_paper and 0 < state.colour < len(self._colours) else ""
        return (state.size > 2 and not colour) or is_legible({"font-size": f"{state.size / 2}pt", "color": colour})


def _blocks_of(text: str, *, heading: bool = False) -> list[str]:
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # Pairs of halves become one letter.
    return [block(line, heading=heading) for line in whole.split("\n") if line.strip()]


def _known(table: str) -> str:
    try:
        return codecs.lookup(table).name
    except LookupError:
        return "cp1252"

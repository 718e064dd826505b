"""Ask PDFium for the letters of a page: where each stands, in which type, and whether anybody sees it."""

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from qa.articles.formats.pdf_hidden import has_no_ink, is_white, paper

MOST_CHARACTERS = 300_000
"""Of one page; what lies behind is not read: a broadsheet has 40,000."""

SLANTED = 10
"""Degrees; text that leans more against the rest of its page is no line of it, but a stamp or a watermark."""


@dataclass(slots=True)
class Letter:
    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    turned: int
    inked: bool = True


@dataclass(frozen=True, slots=True)
class _Type:
    size: float
    angle: float
    bold: bool
    inked: bool
    white: bool


def visible(letters: list[Letter], unseen: list[str]) -> list[Letter]:
    """Drop the letters without ink, unless they are the text under a scan; their words are added to `unseen`."""
    inked = sum(letter.inked for letter in letters if letter.text)
    is_scan = inked * 2 < sum(bool(letter.text) for letter in letters)
    if is_scan:
        return letters
    # Seen letters part what is not.
    text = "".join("\n" if letter.inked and letter.text else letter.text or " " for letter in letters)
    unseen += [words for words in text.split("\n") if words.strip()]
    return [letter for letter in letters if letter.inked]


def letters_of(page: Any) -> Iterator[Letter]:
    """Yield the letters in the order of the file, "" between words where the file has a space."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    x, y, box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
    types: dict[int, _Type] = {}
    names: dict[int, bool] = {}
    is_paper: Callable[[float, float, float], bool] | None = None
    for index in range(min(text_page.count_chars(), MOST_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        held = pdfium.FPDFText_GetTextObject(text_page, index)
        if not held or chr(code).isspace():
            yield Letter("", 0, 0, 0, 0, False, 0)
            continue
        if code in (0, 0xFFFE, 0xFFFF):
            continue
        key = ctypes.addressof(held.contents)
        kind = types.get(key) or types.setdefault(key, _type(text_page, index, held, names))
        pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
        pdfium.FPDFText_GetLooseCharBox(text_page, index, box)
        is_hidden = not kind.inked
        if kind.white and not is_hidden:
            is_paper = is_paper or paper(page)
            is_hidden = is_paper(box.left, box.right, y.value + kind.size / 4)
        # A hyphen at a line's end comes as this control character.
        text = "-" if code in (2, 0xAD) else chr(code)
        turned = 90 * round(kind.angle / 90) if abs(kind.angle - 90 * round(kind.angle / 90)) <= SLANTED else -1
        across, along = (box.left, box.right), (box.bottom, box.top)
        left, right, base = {
            0: (*across, -y.value),
            90: (*along, x.value),
            180: (-across[1], -across[0], y.value),
            270: (-along[1], -along[0], -x.value),
        }.get(turned % 360 if turned >= 0 else -1, (*across, -y.value))
        yield Letter(text, left, right, base, kind.size, kind.bold, turned % 360 if turned >= 0 else -1, not is_hidden)
    text_page.close()


def _type(text_page: Any, index: int, held: Any, names: dict[int, bool]) -> _Type:
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text_page, index, matrix)
    size = pdfium.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
    font = pdfium.FPDFTextObj_GetFont(held)
    key = ctypes.addressof(font.contents) if font else 0
    if key not in names:
        name = ctypes.create_string_buffer(200)
        if font:
            pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
        names[key] = bool(re.search(rb"(?i)bold|black|heavy|semib|demi", name.value))
    return _Type(
        max(size, 0.1),
        math.degrees(math.atan2(matrix.b, matrix.a)) % 360,
        names[key],
        not has_no_ink(held, size),
        is_white(held),
    )

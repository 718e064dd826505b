"""Drop what is no text of a PDF's article: running heads and feet, page numbers, what a browser prints, jump lines."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa.articles.formats.pdf_page import MOST_PIECES, Page, Piece

EDGE_ROWS = 4
"""Rows at the top and at the bottom of a page among which heads and feet are looked for."""

SMALL = 0.95
"""Parts of the usual type size below which a print date or an address is no line of the text."""

_NUMBER = (
    r"(?:[–—-] ?)?(?:(?:page|p\.|pg\.?|seite|página|pagina|pág\.) ?)?"
    r"[A-Z]?\d{1,4}(?: ?(?:/|of|von|de|sur|di) ?\d{1,4})?(?: ?[–—-])?"
)
PAGE_NUMBER = re.compile(rf"(?i){_NUMBER}")
_CLOCK = r"\d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?"
_STAMP = re.compile(
    rf"(?i)\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{2,4}},? {_CLOCK}(?:\s.*)?|(?:.*\s)?printed (?:on|at|from) .*"
)
ADDRESS = re.compile(rf"(?i)(?:https?://|www\.|file://)\S+(?: {_NUMBER})?")
_PAGE = r"(?:pages?|pg|pp?|seite|página|pagina|pág)\.?\s?[A-Z]?\d{1,3}|[A-Z]\d{1,2}"
_GO = r"(?:continue[sd]?|cont(?:['’]?d)?\.?|turn|see|jump|fortsetzung|suite|lire la suite|continúa|segue|weiter|more)"
_JUMP = re.compile(
    rf"(?i)\W*(?:{_GO}\b[^.!?]{{0,40}}?\b(?:{_PAGE})|(?:[\w’'&-]+[,:|]?\s){{0,4}}(?:continue[sd]?\s)?from\s(?:{_PAGE})"
    rf"|(?:[\w’'&-]+[,:|]\s){{1,2}}(?:{_PAGE})|viene de la (?:{_PAGE}))\W*"
)
_ASIDE = re.compile(rf"(?i)\s*[(\[]\s*{_GO}\b[^.!?()\[\]]{{0,40}}?\b(?:{_PAGE})\s*[)\]]\Z")
"""A jump in brackets behind the last words of a page."""

LONGEST_JUMP = 9


def is_jump(text: str) -> bool:
    """Tell a line that leads to or from another page: "Continued on page 4", "FERRY, from A1"."""
    return len(text.split()) <= LONGEST_JUMP and bool(_JUMP.fullmatch(text))


def is_resumed(text: str) -> bool:
    """Tell a jump line that leads back: what stands below it began on another page."""
    return is_jump(text) and bool(re.search(r"(?i)\b(?:from|von|de la)\b", text))


def without_furniture(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """Return the pages without heads, feet and jump lines, and the texts of these."""
    sizes = Counter(round(piece.size, 1) for page in pages for piece in page)
    usual = max(sizes, key=lambda size: (sizes[size], size), default=0.0)
    edges = [_edges(page, EDGE_ROWS) if len(page) <= MOST_PIECES else [] for page in pages]
    counts = Counter(key for edge in edges for key in {_key(piece) for piece in edge})
    # Left and right pages may have heads of their own; the first one may have none.
    repeated = {key for key, count in counts.items() if count >= max(2, len(pages) // 4) and key[0] != "#"}
    kept, dropped = [], []
    for page, edge in zip(pages, edges, strict=True):
        prints = [piece.base for piece in edge if piece.size < SMALL * usual and _is_print(piece.text)]
        out = {id(piece) for piece in edge if _key(piece) in repeated or _is_at(piece, prints)}
        out |= {id(piece) for piece in page if is_jump(piece.text)}
        for piece in _edges(page, EDGE_ROWS // 2) if edge else ():
            row = [other for other in page if _is_at(other, [piece.base])]
            if all(id(other) in out or PAGE_NUMBER.fullmatch(other.text) for other in row):
                out.add(id(piece))
        dropped += [piece.text for piece in page if id(piece) in out]
        kept.append(tuple(_without_aside(piece) for piece in page if id(piece) not in out))
    return kept, dropped


def _without_aside(piece: Piece) -> Piece:
    text = _ASIDE.sub("", piece.text)
    return piece if text == piece.text else replace(piece, text=text)


def _is_print(text: str) -> bool:
    return bool(_STAMP.fullmatch(text) or ADDRESS.fullmatch(text))


def _is_at(piece: Piece, bases: Iterable[float]) -> bool:
    return any(abs(piece.base - base) < 2 for base in bases)


def _edges(page: Page, rows: int) -> list[Piece]:
    bases = _rows(piece.base for piece in page)
    within = {*bases[:rows], *bases[-rows:]}
    return [piece for piece in page if _is_at(piece, within)]


def _rows(bases: Iterable[float]) -> list[float]:
    rows: list[float] = []
    for base in sorted(bases):
        if not rows or base - rows[-1] >= 2:
            rows.append(base)
    return rows


def _key(piece: Piece) -> tuple[str, int, int]:
    """Return what a repeated line has in common: its words without numbers, about where it stands, and its type."""
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", piece.text.casefold()), round(piece.base / 12), round(piece.size)

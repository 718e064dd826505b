"""Read a PDF: columns, tables and paragraphs in the order in which they are read, without what stands on every page.

pypdfium2 (BSD-3-Clause and Apache-2.0) tells where each letter stands; PDFium is what a large browser reads files with.
"""

import re
from typing import Any

from qa.articles.dates import read_date
from qa.articles.formats.cells import table_blocks
from qa.articles.formats.hidden import hidden_fact
from qa.articles.formats.pdf_bounds import check_streams
from qa.articles.formats.pdf_furniture import ADDRESS, is_resumed, without_furniture
from qa.articles.formats.pdf_layout import read_order
from qa.articles.formats.pdf_page import Page, pages_of
from qa.articles.formats.pdf_paragraphs import LARGER, LONGEST_HEADING, Paragraph, paragraphs, usual_size
from qa.articles.formats.properties import read_properties
from qa.articles.text import PROSE_ENDS, Content, block
from qa.errors import UnreadableFile

MOST_PAGES = 500
MOST_PIECES = 200_000
"""Lines of all pages; 500 pages of small print have 100,000."""


def read(data: bytes) -> Content:
    import pypdfium2

    check_streams(data)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableFile("is encrypted: save a copy of it without a password") from error
        raise
    try:
        if len(document) > MOST_PAGES:
            raise UnreadableFile(f"has {len(document)} pages, more than {MOST_PAGES}: split it")
        unseen: list[str] = []
        pages = _read_pages(document, unseen)
        about = {name: document.get_metadata_value(name) for name in ("Title", "Author")}
    finally:
        document.close()
    if not any(pages):
        raise UnreadableFile("has no text in it, perhaps a scan: run text recognition (OCR) on it first")
    return _content(pages, read_properties(about["Title"], about["Author"]) | hidden_fact(unseen))


def _read_pages(document: Any, unseen: list[str]) -> list[Page]:
    pages: list[Page] = []
    pieces = 0
    for page in pages_of(document, unseen):
        pages.append(page)
        pieces += len(page)
        if pieces > MOST_PIECES:
            raise UnreadableFile(f"has more than {MOST_PIECES:,} lines: split it")
    return pages


def _content(pages: list[Page], given: dict[str, str]) -> Content:
    kept, dropped = without_furniture(pages)
    ordered = [read_order(page) for page in kept]
    usual = usual_size([flow for page in ordered for flow in page])
    resumed = {number for number, page in enumerate(pages) if any(is_resumed(piece.text) for piece in page)}
    made = paragraphs(ordered, resumed)
    facts = dict(given)
    number = _find_title(made, usual, given.get("title", ""), dropped)
    if number is not None:
        facts["title"] = title = " ".join(made[number].text.split())
        facts |= _told_at_the_edges(title, dropped)
        above, made = made[:number], made[number + 1 :]
        facts |= _masthead(above)
        made = [paragraph for paragraph in above if not _is_label(paragraph)] + made
        facts |= _author(made)
    blocks: list[str] = []
    for paragraph in made:
        if paragraph.table:
            blocks += table_blocks([[[cell] if cell else [] for cell in row] for row in paragraph.table])
        else:
            is_heading = paragraph.size >= LARGER * usual and len(paragraph.text.split()) <= LONGEST_HEADING
            blocks.append(block(paragraph.text, heading=is_heading and not read_date(paragraph.text)))
    if any(re.match(r"(?i)(?:by|von|par|por|di)\s+\S", line) and len(line) < 100 for line in blocks[:6]):
        facts.pop("author", None)  # Who wrote the article is told in it; the property names who made the file.
    return blocks, facts


def _find_title(made: list[Paragraph], usual: float, stated: str, dropped: list[str]) -> int | None:
    """Return which paragraph is the title: the one in the largest type on the first page, but for the masthead."""
    first = next((paragraph.page for paragraph in made if paragraph.text), 0)
    large = [
        number
        for number, paragraph in enumerate(made)
        if paragraph.page == first and paragraph.size >= LARGER * usual and 1 <= len(paragraph.text.split()) <= 40
    ]
    for number, paragraph in enumerate(made[:12]):
        if stated and _letters(paragraph.text) and _letters(stated).startswith(_letters(paragraph.text)):
            return number if number in large or _letters(stated) == _letters(paragraph.text) else None
    while len(large) > 1 and _is_masthead(made, large[0], large[1], dropped):
        large.pop(0)
    return max(large, key=lambda number: (round(made[number].size), -number)) if large else None


def _is_masthead(made: list[Paragraph], number: int, following: int, dropped: list[str]) -> bool:
    """Tell the name of a paper or section above the headline: few words, and told again, with a day, or in capitals."""
    name, words = made[number].text, len(made[number].text.split())
    between, headline = made[number + 1 : following], made[following].text
    has_text_below = any(len(paragraph.text.split()) > 12 for paragraph in between)
    if number > 2 or words > 5 or has_text_below or headline.endswith(".") or len(headline.split()) > 20:
        return False
    named = re.compile(rf"(?i)[-–—|:·©,]\s*{re.escape(name)}\b")
    others = [paragraph.text for paragraph in made[number + 1 : 12] if len(paragraph.text.split()) <= 12] + dropped
    has_day = any(_day(paragraph.text) for paragraph in between)
    return has_day or any(map(named.search, others)) or (name.isupper() and words <= 3) or words == 1


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text.casefold())


def _is_label(paragraph: Paragraph) -> bool:
    """Tell the line of a section or a paper above the title from a name, a day or a sentence."""
    text = paragraph.text
    is_line = bool(text) and len(text.split()) <= 12 and not text.endswith(PROSE_ENDS)
    return is_line and not re.match(r"(?i)by\b", text) and not read_date(text)


def _masthead(above: list[Paragraph]) -> dict[str, str]:
    """Return the day of the issue; a day that the article tells goes before it."""
    days = [day for paragraph in above if _is_label(paragraph) and (day := _day(paragraph.text))]
    return {"updated": days[0]} if days else {}


def _day(text: str) -> str:
    """Return the part of a short line that is a day: "THE COAST POST – Thursday 7 March 2024" has one."""
    parts = re.split(r"\s*(?:[|•·–—]|\s-\s)\s*", text) if len(text) < 120 else []
    return next((part for part in parts if 8 <= len(part) <= 60 and read_date(part)), "")


def _told_at_the_edges(title: str, dropped: list[str]) -> dict[str, str]:
    """Return what the running heads tell: the outlet behind the title, the address of a printed page, the day."""
    facts: dict[str, str] = {}
    for text in dropped:
        outlet = re.fullmatch(rf"{re.escape(title)}\s+[-–—|:·]\s+(.{{2,40}})", text)
        if outlet:
            facts.setdefault("source", outlet[1])
        if ADDRESS.fullmatch(text) and text.startswith("http") and not re.search(r"…|\.\.\.", text):
            facts.setdefault("url", text.split()[0])
        if (day := _day(text)) and not re.search(r"\d[:.]\d\d\b", text):
            facts.setdefault("updated", day)
    return facts


_PERSON = re.compile(r"(?!By\b)[A-ZÀ-Þ][\w.'’-]+(?: (?:[A-ZÀ-Þ][\w.'’-]*|bin|de|la|van|von)){1,3}")


def _author(made: list[Paragraph]) -> dict[str, str]:
    """Take the bare name between a headline and a day off the paragraphs."""
    name, day = (paragraph.text for paragraph in made[:2]) if len(made) > 2 else ("", "")
    if len(name) <= 40 and _PERSON.fullmatch(name) and len(day) <= 60 and read_date(day):
        del made[0]
        return {"author": name}
    return {}

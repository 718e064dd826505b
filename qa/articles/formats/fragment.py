"""Read the text of an article that stands in a field, plain or as HTML."""

import contextlib
import re
from typing import Any

from qa.articles.formats import html, txt
from qa.articles.formats.hidden import drop_hidden
from qa.articles.formats.html_tree import rewrite
from qa.articles.text import HEADING, Content, block, unescaped
from qa.errors import UnreadableFile

_TAG = re.compile(
    r"(?i)</?(?:p|br|div|h[1-6]|ul|ol|li|a|b|i|em|q|strong|span|section|blockquote|img|figure|table)\b[^<>]*>"
)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {
    "p",
    "div",
    "br",
    "ul",
    "ol",
    "li",
    "section",
    "article",
    "blockquote",
    "figure",
    "figcaption",
    "table",
    "tr",
}
_BLOCKS |= _HEADINGS
_UNREAD = {"script", "style", "head", "noscript", "template", "title"}

KEPT = 0.8
"""Share of a page's words that the reader of pages must keep: a message has little beside its text, unlike a site."""


def read(text: str) -> Content:
    """Return the blocks of a text, whichever it is, and whether text that nobody sees was left out of it."""
    return read_html(text) if _TAG.search(text) else (txt.read(_bytes(text))[0], {})


def read_html(text: str) -> Content:
    """Return the blocks of HTML: of a page those of its article, of a fragment, which is the article, all of them."""
    from lxml import html as lxml_html  # slow to import

    tree = lxml_html.document_fromstring(_bytes(f"<article>{text}</article>").decode())
    hidden = {"hidden": "yes" if drop_hidden(tree) else ""}
    rewrite(tree)
    found: list[str] = [""]
    _walk(tree, found)
    lines = (block(part.removeprefix(HEADING), heading=part.startswith(HEADING)) for part in found)
    every = [line for line in lines if line]
    if "<body" in text.casefold():
        # The reader of pages looks for the article in the middle of much else; it glues the blocks of a fragment.
        with contextlib.suppress(UnreadableFile):
            blocks = html.read(_bytes(text))[0]
            if len(" ".join(blocks).split()) >= KEPT * len(" ".join(every).split()):
                return blocks, hidden
    return every, hidden


def bare(text: str) -> str:
    """Return a fact without tags and entities: "Ships &amp; <em>ports</em>" -> "Ships & ports"."""
    return unescaped(_TAG.sub("", text))


def _bytes(text: str) -> bytes:
    return text.replace("\0", "").encode("utf-8", "replace")


def _walk(element: Any, found: list[str]) -> None:
    """Append the words of an element to the last block of `found`, or to new ones."""
    is_block = element.tag in _BLOCKS
    if is_block:
        found.append(HEADING if element.tag in _HEADINGS else "")
    if isinstance(element.tag, str) and element.tag not in _UNREAD:
        found[-1] += element.text or ""
        for child in element:
            _walk(child, found)
    if is_block:
        found.append("")
    found[-1] += element.tail or ""

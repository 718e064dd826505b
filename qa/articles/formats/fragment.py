"""Read the text of an article that stands in a field, plain or as HTML."""

import contextlib
import re

from qa.articles.formats import html, txt
from qa.articles.formats.hidden import drop_hidden
from qa.articles.formats.html_tree import rewrite, text_blocks
from qa.articles.text import Content, unescaped
from qa.errors import UnreadableFile

_TAG = re.compile(
    r"(?i)</?(?:p|br|div|h[1-6]|ul|ol|li|a|b|i|em|q|strong|span|section|blockquote|img|figure|table)\b[^<>]*>"
)
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
    every = text_blocks(tree)
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

"""Read a web page: the article in it, and its metadata."""

import re
from typing import Any

from w3lib.encoding import html_body_declared_encoding

from qa.articles.dates import as_written
from qa.articles.formats.hidden import drop_hidden
from qa.articles.formats.html_lead import lead
from qa.articles.formats.html_live import entry_blocks, stamp_entries
from qa.articles.formats.html_title import headline
from qa.articles.formats.html_tree import rewrite, text_blocks
from qa.articles.text import HEADING, Content, block, decode
from qa.errors import UnreadableFile

# htmldate would take today as the latest date, and guess dates from any number in the text.
_DATES = {"original_date": True, "extensive_search": False, "min_date": "1600-01-01", "max_date": "2100-01-01"}

LONGEST_GLUED = 50_000
"""Characters; the extractor glues short pages, and in a longer text the search would take too long."""


def read(data: bytes) -> Content:
    from trafilatura import bare_extraction, extract_metadata, load_html  # Takes most of a second.
    from trafilatura.xml import xmltotxt

    html = decode(data, declared=_declared(data))
    tree: Any = load_html(html)
    if tree is None:
        raise UnreadableFile("has no article text in it: save the page of the article itself")
    # Before the tree changes: some facts stand in attributes of what is rewritten.
    about: Any = extract_metadata(tree, None, dict(_DATES), False)
    left_out = drop_hidden(tree)
    title, is_shown, site = headline(tree, about.title or "", about.sitename or "")
    stamps = stamp_entries(tree, title, about.url or "")
    rewrite(tree)
    page: Any = bare_extraction(tree, url=about.url, include_comments=False, include_tables=False)
    if page is None or page.body is None:
        raise UnreadableFile("has no article text in it: save the page of the article itself")
    for heading in page.body.iter("head"):
        heading.text = HEADING + (heading.text or "")
    lines = xmltotxt(page.body, include_formatting=False).split("\n")
    blocks = [block(line.removeprefix("- "), heading=line.startswith(HEADING)) for line in lines]
    shown = [block(title, heading=True)] if is_shown else []
    blocks = entry_blocks(stamps) or _parted(list(filter(None, blocks)), tree)
    blocks = [line for line in blocks if line and HEADING + line.removeprefix(HEADING) not in shown]
    facts = {"title": title, "source": site, "author": about.author, "published": as_written(about.date or "", html)}
    facts |= {"url": about.url, "hidden": "yes" if left_out else ""}
    return [*shown, *lead(tree, blocks), *blocks], {name: value or "" for name, value in facts.items()}


def _parted(blocks: list[str], tree: Any) -> list[str]:
    """Return the blocks of a page in place of one into which the extractor glued them, as it does with short pages."""
    if len(blocks) != 1 or len(blocks[0]) > LONGEST_GLUED:
        return blocks
    parts: list[str] = []
    glued, at = blocks[0], 0
    for line in text_blocks(tree):
        start = glued.find(bare := line.removeprefix(HEADING), at)
        if start >= 0:
            at, parts = start + len(bare), [*parts, line]
    return parts if sum(map(len, parts)) >= 0.9 * len(glued) else blocks


def _declared(data: bytes) -> str | None:
    """Return Python's name of the table of letters that a page declares, as browsers understand it."""
    # It looks at the beginning alone, where some pages have a long script.
    found = html_body_declared_encoding(data)
    late = None if found else re.search(rb"(?i)<meta[^>]{1,300}charset", data[:100_000])
    return html_body_declared_encoding(data[late.start() :]) if late else found

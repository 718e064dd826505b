"""Find the lead of an article where it stands between the headline and the box that holds the rest."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from qa.articles.headings import LEAD_WORDS
from qa.articles.text import HEADING, PROSE_ENDS, block

MOST = 6
"""Paragraphs; more of them before the article are another article."""

_INNER = frozenset(("p", "div", "h2", "h3", "section", "ul", "ol", "table", "article", "main", "aside", "nav", "form"))
_INLINE = frozenset(("b", "em", "font", "i", "span", "strong"))
_PASSED = frozenset(("nav", "aside", "footer", "form", "figure", "script", "style", "noscript", "template", "button"))
_CALLED = re.compile(r"(?i)\b(?:standfirst|lede?|lead|dek|deck|intro|sub-?(?:title|head|headline)|summary|teaser)\b")


def lead(tree: HtmlElement, blocks: list[str]) -> list[str]:
    """Return the paragraphs of `tree` between its headline and the first of the extracted `blocks` that they lack."""
    first = next((line for line in blocks if not line.startswith(HEADING)), "")
    heads = tree.xpath(".//h1")
    if not first or not heads:
        return []
    have, start = {_key(line) for line in blocks}, _key(first)
    found: list[str] = []
    for part in _leaves(tree, heads):
        text = block(part.text_content())
        if _key(text) == start:
            return found if len(found) <= MOST else []
        if _key(text) not in have and _is_lead(part, text):
            found.append(text)
            have.add(_key(text))
    return []


def _key(line: str) -> str:
    return re.sub(r"\W+", "", line.removeprefix(HEADING).casefold())[:60]


def _leaves(tree: HtmlElement, heads: list[HtmlElement]) -> Iterator[HtmlElement]:
    """Yield what holds text and no block, behind the first of `heads` on, outside menus and the like."""
    is_after, pending = False, [tree]
    while pending:
        part = pending.pop()
        if not isinstance(part.tag, str) or part.tag in _PASSED or _is_hidden(part):
            continue
        if part in heads:
            is_after = True
        elif part.tag in _INLINE or (part.tag in _INNER and not _holds_blocks(part)):
            if is_after:
                yield part
        else:
            pending += reversed(part)


def _holds_blocks(part: HtmlElement) -> bool:
    return any(child.tag in _INNER or child.tag == "h1" for child in part.iterdescendants())


def _is_hidden(part: HtmlElement) -> bool:
    style = re.sub(r"\s", "", part.get("style") or "").casefold()
    return part.get("hidden") is not None or part.get("aria-hidden") == "true" or "display:none" in style


def _is_lead(part: HtmlElement, text: str) -> bool:
    words = len(text.split())
    linked = sum(len(link.text_content()) for link in part.iter("a"))
    is_called = bool(_CALLED.search((part.get("class") or "").replace("_", "-")))
    is_long = part.tag in ("h2", "h3") and words >= LEAD_WORDS
    return linked * 2 < len(text) and words >= 6 and (text.endswith(PROSE_ENDS) or is_called or is_long)

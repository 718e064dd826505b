"""Find the headline of a page among its headings and what it declares: mastheads are none."""

import re
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from qa.articles.text import one_line

SHORT = 3
PROSE_WORDS = 10
"""Words; longer headings are no names of a site's parts, and longer paragraphs are prose."""

_APART = "ancestor::nav or ancestor::aside or ancestor::footer or @hidden or @aria-hidden='true'"
_DECLARED = ".//meta[@property='og:title' or @name='twitter:title' or @property='twitter:title']/@content"


class Headline(NamedTuple):
    """`title`, whether the page `is_shown` with it, and the name of the `site`; each may be ""."""

    title: str
    is_shown: bool
    site: str


def headline(tree: HtmlElement, title: str, site: str) -> Headline:
    """Return the headline of a page that says `title` and `site` of itself, and take its masthead out of `tree`.

    A heading wins that begins what the page declares ("Ferries return | Ana Ruiz" and "Ferries return | Ana Ruiz |
    Coast Post"), then the only one whose words are mostly declared, then the one right above the text.
    """
    declared = [one_line(text) for text in (*tree.xpath(_DECLARED), *tree.xpath("(.//title)[1]//text()"), title)]
    declared = [text for text in declared if text]
    above = _above_text(tree)
    mastheads = [heading for heading, text in above if _leads_home(heading) or _is_masthead(text, site, declared)]
    if mastheads and not site:
        site = next(text for heading, text in above if heading is mastheads[0])
    shown = {heading: text for heading, text in above if heading not in mastheads}
    found = _shown(list(shown.values()), declared)
    # A heading may begin with the name of its part: "Ferries Fire at sea" above "Fire at sea | Coast Post".
    if ending := next((text for text in map(_first_part, declared) if _is_ending(text, found)), ""):
        mastheads += [heading for heading, text in shown.items() if text == found]
        found = ending
    # A short one above another names the site or its part: "Coast Post", "News".
    short = [heading for heading, text in shown.items() if text != found and len(text.split()) <= SHORT]
    mastheads += [heading for heading in short if heading not in mastheads]
    told = [_without_site(text, site) for text in (title, *declared)]
    known = found or next((text for text in told if text and _words(text) != _words(site)), "")
    if not known:
        return Headline(title, False, site)
    for heading in mastheads:
        heading.drop_tree()
    is_shown = bool(found) or any(_words(known) == _words(h.text_content()) for h in islice(tree.iter("h2"), 3))
    return Headline(known, is_shown, site)


def _above_text(tree: HtmlElement) -> list[tuple[HtmlElement, str]]:
    """Return the main headings above the first paragraph of prose, or all where there are none above it."""
    above, all_ = [], []
    is_above = True
    for part in tree.iter("h1", "p"):
        if part.tag == "p":
            is_above = is_above and len(part.text_content().split()) < PROSE_WORDS
        elif (text := one_line(part.text_content())) and not part.xpath(_APART):
            all_.append((part, text))
            above += all_[-1:] if is_above else []
    return above or all_


def _shown(texts: list[str], declared: list[str]) -> str:
    """Return the heading that is the headline, or ""."""
    begun = [text for text in texts if any(_begins(text, other) for other in declared)]
    if begun and (texts[-1] in begun or len(max(begun, key=len).split()) > SHORT):
        return max(begun, key=len)
    alike = [text for text in texts if _is_alike(text, declared) and (text == texts[-1] or len(text.split()) > SHORT)]
    if len(alike) == 1:
        return alike[0]
    # None is declared: the title is that of the site, or made for search engines.
    return texts[-1] if texts and len(texts[-1].split()) > (2 if len(texts) > 1 else SHORT) else ""


def _first_part(title: str) -> str:
    return re.split(r"\s+[–—|-]\s+", title)[0]


def _is_ending(text: str, heading: str) -> bool:
    words, all_ = _words(text), _words(heading)
    return len(all_) > len(words) > 2 and all_[-len(words) :] == words


def _without_site(title: str, site: str) -> str:
    return re.sub(rf"(?i)\s+[-–—|:·»•]+\s+{re.escape(site or '|')}\Z", "", title)


def _leads_home(heading: HtmlElement) -> bool:
    """Tell the name of the site, which is a link to its front page."""
    links = heading.xpath(".//a/@href | ancestor::a/@href")
    return any(re.fullmatch(r"(?i)(?:https?://[^/]+)?/?(?:index\.\w+)?", link.strip()) for link in links)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _is_masthead(text: str, site: str, declared: list[str]) -> bool:
    """Tell the name of the site: declared so, or the last part of what is declared, after a bar or a dash."""
    words = _words(text)
    if words in (_words(site), _words(re.sub(r"\.\w+\Z", "", site))):
        return True
    # "Coast Post", of "Ferries return - Coast Post"; a site that names itself first has fewer words.
    ending = re.compile(rf"(?i)(.+)\s[-–—|:·»•]+\s+(?:the )?{re.escape(re.sub(r'(?i)^the ', '', text))}")
    before = [_words(match[1]) for other in declared if (match := ending.fullmatch(other))]
    return len(words) <= 5 and any(len(other) > len(words) and other != _words(site) for other in before)


def _begins(text: str, declared: str) -> bool:
    words, other = _words(text), _words(declared)
    return bool(words) and other[: len(words)] == words and (len(words) > 1 or words == other)


def _is_alike(text: str, declared: list[str]) -> bool:
    words = {word for word in _words(text) if len(word) > 3}
    return len(words) > 1 and any(2 * len(words & set(_words(other))) >= len(words) for other in declared)

"""Show articles: the front page, the table of the archive, and one article with its quotes marked.

Whatever comes from outside (articles, questions, models, files) passes through `esc` before it becomes HTML, here and
in the other files of the page, so all of it is shown as text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape
from itertools import pairwise
from urllib.parse import quote as percent
from urllib.parse import urlsplit

from qa.archive import Archive, count
from qa.articles import Article
from qa.articles.sentences import HEADING
from qa.citations import day
from qa.visible import visible

FRONT_PAGE = 12
"""How many articles the front page lists."""

ROWS = 100
"""How many rows of the table are shown at first, and how many more at a time."""

UNNAMED = "Outlet not named"

ORDERS = ("Newest first", "Oldest first", "By outlet", "By title")
"""Of the table."""

_BLOCK = re.compile(rf"^{HEADING.pattern}.*$|(?:^(?!{HEADING.pattern}).+\n?)+", re.MULTILINE)


def esc(text: str) -> str:
    """Escape text for HTML, with `visible`: "<\\u202e" -> "&lt;[U+202E]"."""
    return escape(visible(text))


def shorten(text: str, limit: int) -> str:
    """Cut a text at a word: ("one two three", 8) -> "one two…"."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[:limit].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def byline(article: Article) -> str:
    """Name the outlet and the day, as HTML."""
    return f'{esc(article.source or UNNAMED)} · <span class="date">{esc(day(article.published))}</span>'


def story_html(article: Article, opens: str = "", quote: str = "") -> str:
    """Show an article as a headline that opens it: by its beginning, or by a quote that the attributes `opens` name."""
    told = f'<q class="standfirst" dir="auto">{esc(shorten(quote, 240))}</q>' if quote else ""
    opens = opens or f'data-article="{esc(article.id)}"'
    return (
        f'<button type="button" class="headline" {opens}>'
        f'<span class="kicker">{byline(article)}</span>'
        f'<span class="title" dir="auto">{esc(article.title)}</span>'
        + (told or f'<span class="standfirst" dir="auto">{esc(shorten(_opening(article), 180))}</span>')
        + "</button>"
    )


def front_html(archive: Archive) -> str:
    """List the newest articles as a front page; undated ones come last."""
    newest = in_order(archive.articles.values(), ORDERS[0])
    stories = "".join(f"<li>{story_html(article)}</li>" for article in newest[:FRONT_PAGE])
    more = len(newest) - FRONT_PAGE
    rest = f'<p class="more">and {count(more, "more article")} under “Archive”</p>' if more > 0 else ""
    return f'<h2>In the archive</h2><ul class="stories">{stories}</ul>{rest}'


def table_html(archive: Archive, words: str, outlet: str, order: str, rows: int) -> str:
    """List the articles whose title, outlet, author or file has all the words, as a table of up to `rows` rows."""
    wanted = words.casefold().split()

    def fits(article: Article) -> bool:
        told = f"{article.title} {article.source} {article.author} {article.path}".casefold()
        return all(word in told for word in wanted) and outlet in ("", archive.outlets[article.source])

    found = in_order(filter(fits, archive.articles.values()), order)
    lines = "".join(
        f'<tr><td class="date">{esc(day(article.published))}</td>'
        f'<td dir="auto">{esc(article.source or "not named")}</td>'
        f'<td><button type="button" class="headline" data-article="{esc(article.id)}" dir="auto">'
        f"{esc(article.title)}</button></td></tr>"
        for article in found[:rows]
    )
    if not found:
        return '<p class="more" role="status">No article fits: take a word away, or choose another outlet.</p>'
    more = (
        '<p class="more"><button type="button" class="act" data-act="rows">Show more</button></p>'
        if len(found) > rows
        else ""
    )
    shown = f"{count(len(found), 'article')}" + (f", the first {rows} shown" if len(found) > rows else "")
    return (
        f'<p class="more" role="status">{shown}</p><table class="shelf"><thead><tr><th scope="col">Date</th>'
        f'<th scope="col">Outlet</th><th scope="col">Article</th></tr></thead><tbody>{lines}</tbody></table>{more}'
    )


def in_order(articles: Iterable[Article], order: str) -> list[Article]:
    """Sort articles in one of ORDERS; undated ones come last, and equal ones by title."""
    by_title = sorted(articles, key=lambda article: (article.title.casefold(), article.path))
    if order == "By title":
        return by_title
    if order == "By outlet":
        return sorted(by_title, key=lambda article: (not article.source, article.source.casefold()))
    dated = [article for article in by_title if article.published]
    dated.sort(key=lambda article: article.published or date.min, reverse=order == "Newest first")
    return dated + [article for article in by_title if not article.published]


def article_html(
    article: Article, quotes: Sequence[tuple[int, int]] = (), active: int | None = None, *, removable: bool = False
) -> str:
    """Show an article with the quote number `active` marked strongly and the other `quotes` softly."""
    chosen = quotes[active] if active is not None and 0 <= active < len(quotes) else None
    quote = article.text[slice(*chosen)] if chosen else ""
    facts = [f"By {esc(article.author)}"] if article.author else []
    facts.append(f'<span class="date">{esc(day(article.published))}</span>')
    link = original_url(article, quote)
    if link:
        host = esc(urlsplit(link).hostname or "")
        anchor = f'href="{esc(link)}" target="_blank" rel="noopener noreferrer"'
        facts.append(f"<a {anchor}>Read the original at {host}</a>")
    acts = []
    if quote:
        where = ", ".join(filter(None, [article.source, day(article.published), f"“{article.title}”", article.url]))
        copied = f"“{' '.join(quote.split())}” ({where})"
        acts.append(f'<button type="button" class="act" data-act="copy" data-copy="{esc(copied)}">Copy quote</button>')
    if removable:
        acts.append(_remove_html(article))
    return (
        f'<header><p class="kicker">{esc(article.source or UNNAMED)}</p>'
        f'<h2 dir="auto">{esc(article.title)}</h2><p class="byline">{" · ".join(facts)}</p>'
        + (f'<p class="acts">{"".join(acts)}</p>' if acts else "")
        + '</header><div class="text" role="region" aria-label="Article" tabindex="0">'
        f"{''.join(_blocks_html(article.text, quotes, chosen))}</div>"
    )


def _remove_html(article: Article) -> str:
    """Show the button that removes an article, or that says that its whole file goes with it."""
    file = esc(shorten(article.file, 60))
    is_alone = article.path == article.file
    asked = "Remove from the archive?" if is_alone else f"Remove all articles of {file} from the archive?"
    return (
        f'<button type="button" class="act" data-act="remove" data-asked="{asked}" data-article="{esc(article.id)}">'
        f"Remove{'' if is_alone else f' the whole file {file}'}…</button>"
    )


def original_url(article: Article, quote: str) -> str:
    """Point to the quote on the outlet's own page; "" unless the article's address is a web address."""
    try:
        parts = urlsplit(article.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return ""
    except ValueError:
        return ""
    if not quote:
        return article.url
    words = quote.split()
    # A long quote is named by its first and last words: a page may break it with markup that we do not have.
    ends = [words] if len(words) <= 12 else [words[:5], words[-5:]]
    fragment = ",".join(percent(" ".join(end), safe="").replace("-", "%2D") for end in ends)
    return article.url + ("" if "#" in article.url else "#") + ":~:text=" + fragment


def _blocks_html(text: str, quotes: Sequence[tuple[int, int]], chosen: tuple[int, int] | None) -> Iterator[str]:
    for block in _BLOCK.finditer(text):
        start, end = block.start(), block.start() + len(block[0].rstrip("\n"))
        if heading := HEADING.match(text, start):
            yield f'<h3 dir="auto">{_marked(text, heading.end(), end, quotes, chosen)}</h3>'
        else:
            yield f'<p dir="auto">{_marked(text, start, end, quotes, chosen)}</p>'


def _marked(text: str, start: int, end: int, quotes: Sequence[tuple[int, int]], chosen: tuple[int, int] | None) -> str:
    """Cut a slice wherever a quote begins or ends and wrap the pieces that lie in one."""
    cuts = sorted({start, end, *(edge for quote in quotes for edge in quote if start < edge < end)})
    out = []
    for low, high in pairwise(cuts):
        piece = esc(text[low:high])
        if chosen and chosen[0] <= low < chosen[1]:
            piece = f'<mark class="quote active">{piece}</mark>'
        elif any(quote[0] <= low < quote[1] for quote in quotes):
            piece = f'<mark class="quote">{piece}</mark>'
        out.append(piece)
    return "".join(out)


def _opening(article: Article) -> str:
    blocks = (block[0] for block in _BLOCK.finditer(article.text) if not HEADING.match(block[0]))
    return next(blocks, "")

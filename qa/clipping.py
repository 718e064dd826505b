"""Clip a web page: its article as Markdown that reads back word for word, or the reason why it holds none."""

import codecs
import contextlib
import math
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import yaml

from qa.articles import Article, list_files, read_article
from qa.articles.text import HEADING, PROSE_ENDS
from qa.download import SAVE_IT
from qa.errors import UnreadableFile


def clip(data: bytes, content_type: str, url: str, published: str, *, limit_bytes: int) -> Article:
    """Return the article of an HTML page, as `document` of it reads back.

    `published` is used where the page names no date of its own, the host's name where it names no outlet.
    Raises UnreadableFile for walls, lists, stubs, missing and empty pages; its text follows the address.
    """
    from trafilatura import load_html  # slow to import

    page = _as_utf8(data, content_type)
    tree: Any = load_html(page.decode("utf-8", "replace"))
    if tree is None:
        raise UnreadableFile(f"holds no page: {SAVE_IT}")
    try:
        article = _read(".html", page, limit_bytes)
    except UnreadableFile as error:
        no_text = Article("", "", str(tree.findtext(".//title") or ""))
        raise UnreadableFile(_no_article(no_text, tree) or str(error)) from error
    if reason := _no_article(article, tree):
        raise UnreadableFile(reason)
    article = replace(
        article, has_hidden=False, url=url, source=article.source or (urlsplit(url).hostname or "").removeprefix("www.")
    )
    return _settled(article, published, limit_bytes)


def document(article: Article, told: dict[str, str]) -> bytes:
    """Return an article as Markdown with front matter, to which `told` adds what the article itself does not say."""
    facts = {name: getattr(article, name) for name in ("title", "source", "author", "published", "url")}
    facts = {name: value for name, value in facts.items() if value}
    facts |= {name: value for name, value in told.items() if value and name not in facts}
    head = {name: _literal(value) if isinstance(value, str) else value for name, value in facts.items()}
    front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=math.inf)
    body = "\n\n".join(_markdown(block) for block in article.text.split("\n\n"))
    return f"---\n{front}---\n\n{body}\n".encode()


def _settled(article: Article, published: str, limit_bytes: int) -> Article:
    """Return what is left of an article when reading its document gives the very same one."""
    for _ in range(20):  # Each pass may drop a line that has come to the edge and now looks like a fact.
        again = _read(".md", document(article, {"published": published}), limit_bytes)
        if replace(again, id=article.id, path=article.path) == article:
            return article
        article = again
    raise UnreadableFile(f"is no plain text: {SAVE_IT}")


def _read(suffix: str, data: bytes, limit_bytes: int) -> Article:
    with TemporaryDirectory() as room:
        (Path(room) / f"page{suffix}").write_bytes(data)
        files, skipped = list_files(Path(room), limit_bytes=limit_bytes)
        if skipped:
            raise UnreadableFile(skipped[0].reason)
        return read_article(Path(room), files[0], limit_bytes=limit_bytes)


def _literal(text: str) -> str:
    return re.sub(r"&(?=#?\w{2,8};)", "&amp;", text)


def _markdown(block: str) -> str:
    mark = HEADING if block.startswith(HEADING) else ""
    # An address in angle brackets is a link however it is escaped.
    line = re.sub(r"<(https?://[^<>\s]*)>", r"\1", block.removeprefix(HEADING))
    line = re.sub(r"[\\`*_\[]|\]\(?|<!?", lambda special: "".join(f"\\{sign}" for sign in special[0]), _literal(line))
    return mark + re.sub(r"\A(\d{1,3}(?=[.)] )|)(?=[-+>#~.)])", r"\1\\", line)


_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?\s*((?:utf|iso|cp|windows|koi8|big5|gb|euc|shift|mac)[\w-]*)")


def _as_utf8(data: bytes, content_type: str) -> bytes:
    named = _CHARSET.search(content_type) or _CHARSET.search(data[:2_000].decode("latin-1"))
    try:
        data.decode()
    except UnicodeDecodeError:
        with contextlib.suppress(LookupError):  # else the reader finds out what it is
            name = codecs.lookup(named[1] if named else "utf-8").name
            if not name.startswith("utf"):
                # As browsers do: who says Latin-1 means the table with the typographic quotes.
                return data.decode("cp1252" if name == "iso8859-1" else name, "replace").encode()
    return data


# What it does, what to do, the words, and the longest article beside which they count anywhere on the page, in letters:
# beside a longer one they may be a banner or a footer, and count at its beginning only.
_WALLS = (
    (
        "does not exist",
        "check the address",
        r"\b(?:page|article|story|content)\b(?: you .{3,40}?)? (?:(?:was|is|could|can|does|has)? ?(?:not|no longer)"
        r"|\w+n['’]t) (?:be )?(?:found|exist|available)|\b404\b.{0,20}(?:not found|error)|error 404",
        300,
    ),
    (
        "asks whether you are a person",
        SAVE_IT,
        r"(?:verify|verifying|confirm|prove|make sure|checking if)\b.{0,30}\b(?:human|not a (?:ro)?bot)|unusual traffic"
        r"|captcha|checking your browser|(?:enable|turn on|requires?) javascript|javascript is |access denied",
        200,
    ),
    (
        "asks for consent first",
        SAVE_IT,
        r"before you continue to|(?:value|care about|respect) your privacy|accept (?:all|and continue)"
        r"|consent to (?:the use of )?cookies|our (?:\d+ )?partners (?:store|use|process|access)",
        200,
    ),
    (
        "shows only subscribers the whole article",
        SAVE_IT,
        r"(?:subscribe|sign in|log ?in|register|sign up)(?: now| today| here)? (?:to|and) (?:continue|keep|read|unlock)"
        r"|(?<!scroll )(?<!down )to (?:continue|keep) reading|unlock (?:this|the (?:full|rest|whole)) (?:article|story)"
        r"|(?:exclusive (?:to|for)|only for|reserved for|available (?:only )?to) (?:our )?(?:paying )?subscribers"
        r"|subscribers?[- ](?:only|exclusive)|read the (?:full|rest of th(?:e|is)) (?:article|story)"
        r"|free articles? left",
        1_500,
    ),
)
_ARTICLE_TYPE = re.compile(r"\"@type\"\s*:\s*(?:\[[^\]]{0,200})?\"(?:\w*Article|\w*BlogPosting|Report)\"")
_MISSING = re.compile(r"\W*(?:error )?404\b|(?:page|article|story|content) (?:not found|unavailable)", re.IGNORECASE)


def _no_article(article: Article, tree: Any) -> str:
    """Return why a page is no article, followed by what to do, or "" where it is one."""
    size, title = len(article.text), article.title
    seen = " ".join([title, *" ".join(tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]")).split()])
    for does, to_do, words, longest in _WALLS:
        if size < 3_000 and re.search(words, seen if size < longest else article.text[:200], re.IGNORECASE):
            return f"{does}: {to_do}"
    data = " ".join(map(str, tree.xpath("//script[contains(@type, 'ld+json')]/text()")))
    kinds = [str(kind).lower() for kind in tree.xpath("//meta[@property='og:type']/@content")]
    is_article = bool(_ARTICLE_TYPE.search(data)) or "article" in kinds
    if not is_article and _MISSING.match(title):
        return "does not exist: check the address"
    blocks = article.text.split("\n\n")
    is_sold = re.search(r"isAccessibleForFree\"\s*:\s*\"?false", data, re.IGNORECASE)
    is_cut = blocks[-1].endswith(("...", "…")) or (article.kind == "stub" and size < 400)
    if size < 1_500 and (is_sold or is_cut):
        return f"shows only how the article begins: {SAVE_IT}"
    if 0 < size < 150:
        return f"holds no more than {size} letters of text: {SAVE_IT}"
    links = {" ".join(link.text_content().split()).casefold() for link in tree.iter("a")}
    listed = sum(block.removeprefix(HEADING).casefold() in links for block in blocks)
    prose = sum(len(block) for block in blocks if len(block) > 200 or (len(block) > 60 and block.endswith(PROSE_ENDS)))
    heads = len(tree.xpath("//*[self::h2 or self::h3 or self::h4][ancestor::a or .//a]"))
    is_list = prose < 0.4 * size or (listed >= 5 and listed * 4 > len(blocks))
    if size and (is_list or (not is_article and heads >= 8 and size < 150 * heads)):
        return "is a list of articles or a menu, not an article: give the address of one article, or its feed"
    return ""

"""Take in the web: the articles of addresses, feeds and sitemaps, each kept as a Markdown file in the folder."""

import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser

import yaml

from qa.articles import Article, Skipped
from qa.articles.worker import shared
from qa.clipping import clip, document
from qa.download import SAVE_IT, Page, Web, bare, get, good, unpacked
from qa.errors import ArticlesError, FetchError, UnreadableFile, unwritable

SITEMAPS = 10
"""How many of the sitemaps that an index names are read."""


@dataclass(frozen=True, slots=True)
class Added:
    """An article of the web in the folder; `path` is relative to it, `state` is "added", "updated" or "unchanged"."""

    path: str
    title: str
    state: str


def add(url: str, folder: Path, *, limit_bytes: int, allowed: frozenset[str] = frozenset()) -> Added:
    """Fetch an article and keep it in `folder`; its file is written again only where the article has changed.

    Only public addresses are asked, and the hosts in `allowed`. Raises FetchError where no article is to be had, and
    ArticlesError where the folder cannot be written.
    """
    return _add(_Item(url), folder, _saved(folder), Web(limit_bytes, allowed))


def add_feed(
    url: str,
    folder: Path,
    *,
    limit_bytes: int,
    allowed: frozenset[str] = frozenset(),
    limit: int = 50,
    pause: float = 1.0,
) -> Iterator[Added | Skipped]:
    """Fetch the first `limit` articles of an RSS or Atom feed, or the newest of a sitemap, as robots.txt allows.

    Between two requests to a host pass `pause` seconds. The `path` of what is skipped is its address.
    Raises FetchError where the feed itself cannot be read, and ArticlesError where the folder cannot be written.
    """
    web, saved, robots = Web(limit_bytes, allowed, pause), _saved(folder), dict[str, RobotFileParser | str]()
    for item in _items(url, web, limit, robots):
        try:
            if isinstance(item, FetchError):
                raise item
            _heed(robots, item.url, web)
            yield _add(item, folder, saved, web)
        except FetchError as error:
            yield Skipped(error.url, error.reason)


@dataclass(frozen=True, slots=True)
class _Item:
    """What a feed names; `published` is in its own words."""

    url: str
    published: str = ""


@dataclass(frozen=True, slots=True)
class _Saved:
    """A file of the folder that holds the article of an address, and its front matter."""

    file: Path
    facts: dict[str, str]


def _add(item: _Item, folder: Path, saved: dict[str, _Saved], web: Web) -> Added:
    known = {address: one.facts for address, one in saved.items()}
    page = get(item.url, web, kinds=("text/html", "application/xhtml+xml"), known=known)
    address = bare(page.url)
    here = saved.get(address)
    if here and "fetched" not in here.facts:
        raise FetchError(item.url, f"is in {here.file.name}, a file of your own: delete that to have it fetched")
    if here and page.status == 304:
        return Added(here.file.relative_to(folder).as_posix(), here.facts.get("title", ""), "unchanged")
    before = here.facts if here else {}
    try:
        published = item.published or before.get("published", "")
        kind = page.headers.get("content-type", "")
        article = shared().run(clip, good(item.url, page).data, kind, address, published, limit_bytes=web.limit_bytes)
    except UnreadableFile as error:
        raise FetchError(item.url, str(error)) from error
    now = {
        "fetched": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "etag": page.headers.get("etag", ""),
        "last_modified": page.headers.get("last-modified", ""),
    }
    try:
        then = document(article, {name: before.get(name, "") for name in now})
        is_same = here is not None and here.file.read_bytes() == then
        file = here.file if here else _new_file(folder, article)
        if not is_same:
            _write(file, document(article, now))
            saved[address] = _Saved(file, {**now, "title": article.title, "published": published})
    except OSError as error:
        raise ArticlesError(f"{folder} cannot be written: {unwritable(error)}.") from error
    state = "unchanged" if is_same else "updated" if here else "added"
    return Added(file.relative_to(folder).as_posix(), article.title, state)


def _saved(folder: Path) -> dict[str, _Saved]:
    """Return the Markdown files of the folder that name an address, by address."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the one in C is 10 times as fast
    saved: dict[str, _Saved] = {}
    for file in sorted(folder.rglob("*.md")):
        if any(part.startswith(".") for part in file.relative_to(folder).parts):
            continue
        try:
            with file.open(encoding="utf-8-sig", errors="replace") as opened:
                front = re.match(r"---\n(.*?)^---$", opened.read(20_000), re.DOTALL | re.MULTILINE)
            values = loader(front[1]).get_single_data() if front else {}
            facts = {name: value.replace("&amp;", "&") for name, value in values.items() if isinstance(value, str)}
            saved.setdefault(bare(facts["url"]), _Saved(file, facts))
        except (AttributeError, FetchError, KeyError, OSError, RecursionError, yaml.YAMLError):
            continue  # It names no address; `qa index` tells what is wrong with it.
    return saved


def _new_file(folder: Path, article: Article) -> Path:
    """Return a path that is free, such as "2024-03-07-coast-post-ferries-return.md"."""
    told = _slug(article.title, 60) or hashlib.sha256(article.url.encode()).hexdigest()[:8]
    stem = "-".join(filter(None, (str(article.published or "undated"), _slug(article.source, 30), told)))
    file, number = folder / f"{stem}.md", 1
    while file.exists():
        number += 1
        file = folder / f"{stem}-{number}.md"
    return file


def _slug(text: str, longest: int) -> str:
    plain = unicodedata.normalize("NFKD", re.sub(r"['’]", "", text)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].rstrip("-")


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Hidden and in the same file system: nobody reads half an article, and it moves in one step.
    with TemporaryDirectory(dir=file.parent, prefix=".incoming-") as room:
        draft = Path(room) / file.name
        draft.write_bytes(data)
        os.replace(draft, file)


def _items(url: str, web: Web, limit: int, robots: dict[str, RobotFileParser | str]) -> list[_Item | FetchError]:
    """Return what a feed or a sitemap names, each once; an error stands for a sitemap that could not be read."""
    kind, named = _named(good(url, get(url, web)), web.limit_bytes)
    found: list[_Item | FetchError] = [*named] if kind != "sitemapindex" else []
    for part in named[:SITEMAPS] if kind == "sitemapindex" else []:
        if len(found) < limit:
            try:
                _heed(robots, part.url, web)
                found += _named(good(part.url, get(part.url, web)), web.limit_bytes)[1]
            except FetchError as error:
                found.append(error)
    if not found:
        raise FetchError(url, "names no article: give the address of another feed or sitemap")
    return list({item.url: item for item in found}.values())[:limit]


def _named(page: Page, limit_bytes: int) -> tuple[str, list[_Item]]:
    """Return the kind of a feed or sitemap and what it names: a feed in its order, a sitemap the newest first."""
    is_packed = page.data.startswith(b"\x1f\x8b")  # sitemap.xml.gz
    data = unpacked(page.url, [page.data], limit_bytes) if is_packed else page.data
    try:
        return shared().run(_parsed, data, page.url)
    except UnreadableFile as error:
        raise FetchError(page.url, str(error)) from error


def _parsed(data: bytes, url: str) -> tuple[str, list[_Item]]:
    import feedparser
    from lxml import etree

    feed: Mapping[str, Any] = feedparser.parse(io.BytesIO(data), response_headers={"content-location": url})
    if kind := feed.get("version"):
        # What is "updated" to the parser may be all that an Atom feed has, or the dc:date of an RSS feed.
        days = [[str(entry[name]) for name in ("published", "updated") if name in entry] for entry in feed["entries"]]
        links = [(str(entry.get("link", "")), (*day, "")[0]) for entry, day in zip(feed["entries"], days, strict=True)]
        return str(kind), [_Item(_joined(url, link), published) for link, published in links if link]
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
    except etree.XMLSyntaxError:
        root = None
    kind = str(etree.QName(root).localname) if root is not None else ""
    if kind not in ("urlset", "sitemapindex"):
        raise UnreadableFile("is neither an RSS or Atom feed nor a sitemap: give the address of one of them")
    rows = [[row.findtext(f".//{{*}}{name}") or "" for name in ("loc", "lastmod", "publication_date")] for row in root]
    rows.sort(key=lambda row: row[1] or row[2], reverse=True)
    return kind, [_Item(loc.strip(), published) for loc, _, published in rows if loc]


def _joined(base: str, link: str) -> str:
    """Return a link as an address, or as it is written where it makes none: what is wrong is told when it is asked."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def _heed(robots: dict[str, RobotFileParser | str], url: str, web: Web) -> None:
    """Raise FetchError where the robots.txt of the host wants no program at this address."""
    place = urljoin(bare(url), "/robots.txt")
    if place not in robots:
        rules = RobotFileParser()
        try:
            page = get(place, web)
            rules.parse(page.data.decode("utf-8", "replace").splitlines())
            # A host without this file allows everything; one that is out of order is better left alone.
            robots[place] = rules if page.status < 500 else f"cannot show its robots.txt (status {page.status})"
        except FetchError as error:
            robots[place] = f"has no robots.txt that can be read: it {error.reason}"
    rules_or_reason = robots[place]
    if isinstance(rules_or_reason, str):
        raise FetchError(url, rules_or_reason)
    if not rules_or_reason.can_fetch("qa", bare(url)):
        raise FetchError(url, f"is closed to programs by robots.txt: {SAVE_IT}")

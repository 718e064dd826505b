"""Articles from the web, from a real server on this machine that misbehaves in every way the web does."""

import contextlib
import gzip
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import clipping, download
from qa.articles import Article, Skipped, list_files, read_article
from qa.config import NAMES, load
from qa.errors import ArticlesError, FetchError, UnreadableFile
from qa.fetch import Added, add, add_feed

LOOPBACK = frozenset({"127.0.0.1"})
STORY = (
    "The ferry between Mirna and the islands returned to service on Thursday after eleven weeks in the dockyard.",
    "Harbour master Ana Ruiz said that both engines had been replaced at a cost of two million crowns.",
    "Two hundred people waited at the pier when the first boat left at seven in the morning, many with bicycles.",
    "The company expects to carry ninety thousand passengers before the end of the season, a tenth more than before.",
)
LINKED_DATA = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Ferries return to Mirna",
    "datePublished": "2024-03-07T23:30:00-05:00",
    "dateModified": "2024-03-09T08:00:00Z",
    "author": {"@type": "Person", "name": "Bert Hoover"},
    "publisher": {"@type": "Organization", "name": "Coast Post"},
}
OPEN_GRAPH = (
    '<meta property="og:type" content="article"><meta property="og:title" content="Ferries return to Mirna">'
    '<meta property="og:site_name" content="Coast Post"><meta name="author" content="Bert Hoover">'
    '<meta property="article:published_time" content="2024-03-07T10:00:00Z">'
)


def page(*paragraphs: str, head: str = OPEN_GRAPH, title: str = "Ferries return to Mirna") -> bytes:
    text = "".join(p if p.startswith("<") else f"<p>{p}</p>" for p in paragraphs or STORY)
    menu = "<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>"
    body = (
        f"<body>{menu}<main><article><h1>{title}</h1>{text}</article></main><footer>© 2019 Coast Post</footer></body>"
    )
    return f"<!doctype html><html><head><title>{title}</title>{head}</head>{body}</html>".encode()


def linked(data: Mapping[str, object]) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


Answer = tuple[int, Mapping[str, str], bytes]


class Site:
    """A web site whose pages a test sets: `site["/a"] = page()`, or a function of the request's headers."""

    def __init__(self, family: socket.AddressFamily = socket.AF_INET) -> None:
        self.pages: dict[str, bytes | Answer | Callable[[BaseHTTPRequestHandler], Answer | None]] = {}
        self.asked: list[tuple[str, dict[str, str], float]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, dict(self.headers), time.monotonic()))
                given = site.pages.get(self.path, (404, {}, b"nothing here"))
                answer = given(self) if callable(given) else given
                if answer is None:
                    return
                status, headers, body = (200, {}, answer) if isinstance(answer, bytes) else answer
                self.send_response(status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            address_family = family
            daemon_threads = True

            def handle_error(self, *_: object) -> None:  # the client has left, as it should
                pass

        self.server = Server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def __setitem__(
        self, path: str, answer: bytes | Answer | Callable[[BaseHTTPRequestHandler], Answer | None]
    ) -> None:
        self.pages[path] = answer

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "articles"


def take(site: Site, folder: Path, path: str = "/a", limit_bytes: int = 1_000_000) -> Added:
    return add(site.url(path), folder, limit_bytes=limit_bytes, allowed=LOOPBACK)


def refusal(site: Site, folder: Path, path: str = "/a", limit_bytes: int = 1_000_000) -> str:
    with pytest.raises(FetchError) as caught:
        take(site, folder, path, limit_bytes)
    assert str(caught.value).startswith(site.url(path) + " ")
    assert not folder.exists() or not list(folder.iterdir())
    return caught.value.reason


def read(folder: Path) -> Article:
    files, skipped = list_files(folder)
    assert not skipped
    assert len(files) == 1
    return read_article(folder, files[0])


def front(folder: Path, path: str) -> dict[str, object]:
    _, head, _ = (folder / path).read_text(encoding="utf-8").split("---\n", 2)
    return dict(yaml.safe_load(head))


def test_an_article_becomes_markdown_with_its_facts(site: Site, folder: Path) -> None:
    site["/a?utm_source=x&page=1&fbclid=y"] = (
        200,
        {"ETag": '"v1"'},
        page(STORY[0], STORY[1], "<h2>At the pier</h2>", *STORY[2:], head=linked(LINKED_DATA)),
    )
    added = take(site, folder, "/a?utm_source=x&page=1&fbclid=y#top")
    assert added == Added("2024-03-07-coast-post-ferries-return-to-mirna.md", "Ferries return to Mirna", "added")
    facts = front(folder, added.path)
    fetched = str(facts.pop("fetched"))
    assert fetched.endswith("Z")
    assert facts == {
        "title": "Ferries return to Mirna",
        "source": "Coast Post",
        "author": "Bert Hoover",
        "published": date(2024, 3, 7),
        "url": site.url("/a?page=1"),
        "etag": '"v1"',
    }
    body = (folder / added.path).read_text(encoding="utf-8").split("---\n", 2)[2].strip()
    assert body == "\n\n".join([*STORY[:2], "## At the pier", *STORY[2:]])
    article = read(folder)
    assert article.text == body
    assert (article.title, article.source, article.author) == ("Ferries return to Mirna", "Coast Post", "Bert Hoover")
    assert (article.published, article.url) == (date(2024, 3, 7), site.url("/a?page=1"))


def test_the_date_comes_from_the_page_and_never_from_the_clock(site: Site, folder: Path) -> None:
    site["/meta"] = page()
    site["/none"] = page(head="", title="Nobody knows the day")
    assert take(site, folder, "/meta").path.startswith("2024-03-07-coast-post-")
    undated = take(site, folder / "undated", "/none").path
    assert undated == "undated-127-0-0-1-nobody-knows-the-day.md"
    facts = front(folder / "undated", undated)
    assert "published" not in facts
    assert "fetched" in facts
    assert read(folder / "undated").published is None
    assert facts["source"] == "127.0.0.1"


def test_the_same_address_is_one_file_and_another_address_another(site: Site, folder: Path) -> None:
    site["/a"], site["/b"] = page(), page()
    first, second = take(site, folder, "/a"), take(site, folder, "/b")
    assert second.path == first.path.replace(".md", "-2.md")
    before = (folder / first.path).read_bytes()
    assert take(site, folder, "/a#comments") == Added(first.path, first.title, "unchanged")
    assert (folder / first.path).read_bytes() == before
    site["/a"] = page(*STORY, "A second boat joins the line in May, the harbour master told the council on Friday.")
    (folder / "deep").mkdir()
    (folder / first.path).rename(folder / "deep" / "ours.md")
    assert take(site, folder, "/a") == Added("deep/ours.md", first.title, "updated")
    assert "second boat" in (folder / "deep" / "ours.md").read_text()
    assert sorted(file.name for file in folder.rglob("*.md")) == [second.path, "ours.md"]
    assert not list(folder.rglob(".*"))


def test_an_unchanged_page_is_not_sent_twice(site: Site, folder: Path) -> None:
    def answer(request: BaseHTTPRequestHandler) -> Answer:
        is_known = request.headers["If-None-Match"] == '"v1"' and request.headers["If-Modified-Since"] == stamp
        return (304, {}, b"") if is_known else (200, {"ETag": '"v1"', "Last-Modified": stamp}, page())

    stamp = "Thu, 07 Mar 2024 10:00:00 GMT"
    site["/a"] = answer
    first = take(site, folder)
    before = (folder / first.path).read_bytes()
    assert take(site, folder) == Added(first.path, first.title, "unchanged")
    assert (folder / first.path).read_bytes() == before
    assert "If-None-Match" not in site.asked[0][1]


def test_a_file_of_the_users_own_is_left_alone(site: Site, folder: Path) -> None:
    site["/a"] = page()
    folder.mkdir()
    own = f"---\nurl: {site.url('/a')}\n---\nMy own notes about the ferry."
    (folder / "mine.md").write_text(own)
    with pytest.raises(FetchError, match=r"is in mine\.md, a file of your own"):
        take(site, folder)
    assert (folder / "mine.md").read_text() == own
    (folder / "broken.md").write_text("---\nurl: [\n---\nx")
    (folder / "list.md").write_text("---\n- url\n---\nx")
    site["/b"] = page()
    assert take(site, folder, "/b").state == "added"


def test_redirects_are_followed_and_the_last_address_is_kept(site: Site, folder: Path) -> None:
    for number in range(5):
        site[f"/{number}"] = 301 + number % 2, {"Location": f"{number + 1}?utm_medium=x"}, b""
        site[f"/{number}?utm_medium=x"] = site.pages[f"/{number}"]
    site["/5?utm_medium=x"] = page(head=f'{OPEN_GRAPH}<link rel="canonical" href="https://elsewhere.example/stolen">')
    added = take(site, folder, "/0")
    assert front(folder, added.path)["url"] == site.url("/5")
    site["/start"] = 302, {"Location": "/0"}, b""
    folder = folder / "other"
    assert "redirects more than 5 times" in refusal(site, folder, "/start")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/loop", "redirects more than 5 times"),
        ("http://10.0.0.1/", "redirects to a private address (10.0.0.1, 10.0.0.1)"),
        ("http://169.254.169.254/latest/meta-data/", "redirects to a private address"),
        ("http://[::ffff:10.0.0.1]/", "redirects to a private address"),
        ("file:///etc/passwd", "redirects to what is no web address"),
        ("http://user:secret@127.0.0.1/", "redirects to what is no web address"),
        ("http://0177.0.0.1/", "redirects to what is no web address"),
    ],
)
def test_every_redirect_is_checked(site: Site, folder: Path, location: str, reason: str) -> None:
    site["/loop"] = 302, {"Location": location}, b""
    assert refusal(site, folder, "/loop").startswith(reason)


def test_a_redirect_to_another_name_of_an_allowed_number_is_refused(site: Site, folder: Path) -> None:
    site["/a"] = 302, {"Location": site.url("/b", host="localhost")}, b""
    site["/b"] = page()
    assert "put localhost into QA_ALLOW_HOSTS" in refusal(site, folder)
    assert site.paths() == ["/a"]


@pytest.mark.parametrize(
    "host",
    "127.0.0.1 localhost 2130706433 0x7f000001 127.1 0 0.0.0.0 [::1] [::] [::ffff:127.0.0.1] [2002:7f00:1::]"
    " 10.1.2.3 172.16.0.1 192.168.1.1 100.64.0.1 169.254.169.254 192.0.2.1 224.0.0.1 240.0.0.1 255.255.255.255"
    " [fe80::1] [fd00::1] [ff02::1] [fec0::1] [64:ff9b::7f00:1]".split(),
)
def test_an_address_that_is_not_public_is_refused_in_every_spelling(site: Site, folder: Path, host: str) -> None:
    with pytest.raises(FetchError, match=r"is a private address .* QA_ALLOW_HOSTS"):
        add(site.url("/a", host), folder, limit_bytes=1_000_000)
    assert site.asked == []


def test_the_number_that_was_checked_is_the_one_connected_to(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, names = socket.getaddrinfo, []

    def first_here_then_elsewhere(host: str, *rest: object, **more: object) -> list[object]:
        names.append(host)
        number = {"rebinding.example": "127.0.0.1" if names.count(host) == 1 else "192.0.2.1"}.get(host, host)
        return list(resolve(number, *rest, **more))  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", first_here_then_elsewhere)
    site["/a"] = page()
    allowed = frozenset({"rebinding.example"})
    assert add(site.url("/a", "rebinding.example"), folder, limit_bytes=1_000_000, allowed=allowed).state == "added"
    assert names == ["rebinding.example", "127.0.0.1"]
    assert site.asked[0][1]["Host"] == f"rebinding.example:{site.port}"
    with pytest.raises(FetchError, match="private address"):  # the same name without being allowed
        add(site.url("/a", "rebinding.example"), folder, limit_bytes=1_000_000)


def test_no_proxy_of_the_environment_is_used(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:9")
    site["/a"] = page()
    assert take(site, folder).state == "added"


def test_an_ipv6_address_can_be_allowed(folder: Path) -> None:
    site = Site(socket.AF_INET6)
    try:
        site["/a"] = page()
        added = add(site.url("/a", "[::1]"), folder, limit_bytes=1_000_000, allowed=frozenset({"::1"}))
        assert front(folder, added.path)["url"] == site.url("/a", "[::1]")
        assert site.asked[0][1]["Host"] == f"[::1]:{site.port}"
    finally:
        site.close()


@pytest.mark.parametrize(
    "url",
    ["", "example.org/a", "ftp://example.org/a", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://[::1"],
)
def test_what_is_no_web_address_is_refused(folder: Path, url: str) -> None:
    with pytest.raises(FetchError, match="is no web address: write it like https://"):
        add(url, folder, limit_bytes=1_000_000)


def test_hosts_that_cannot_be_found_or_reached_are_named(folder: Path) -> None:
    for url in ("http://no-such-host.invalid/", f"http://{'x' * 60}.invalid/"):
        with pytest.raises(FetchError, match=r"names a host that cannot be found"):
            add(url, folder, limit_bytes=1_000_000)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(FetchError, match=r"cannot be downloaded \(.*refused"):
            add(f"http://127.0.0.1:{closed.getsockname()[1]}/", folder, limit_bytes=1_000_000, allowed=LOOPBACK)
    with pytest.raises(FetchError, match="holds a user name"):
        add("https://ana:secret@example.org/", folder, limit_bytes=1_000_000)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "status 404, does not exist"),
        (403, "refuses programs"),
        (401, "password"),
        (429, "too often"),
        (500, "try again later"),
        (204, "no page"),
        (418, "no page"),
        (304, "status 304, no page"),
    ],
)
def test_a_status_other_than_success_is_a_reason(site: Site, folder: Path, status: int, reason: str) -> None:
    site["/a"] = status, {}, page() if status not in (204, 304) else b""
    assert reason in refusal(site, folder)


def test_a_body_over_the_limit_is_cut_off(site: Site, folder: Path) -> None:
    site["/a"] = page("x" * 2_000_000)
    assert refusal(site, folder) == "is larger than 1 MB: raise QA_MAX_MB"

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        for _ in range(10_000):
            request.wfile.write(b"<p>" + b"x" * 100_000)

    site["/a"] = endless
    assert refusal(site, folder) == "is larger than 1 MB: raise QA_MAX_MB"


def test_a_compressed_page_is_unpacked_and_a_bomb_is_not(site: Site, folder: Path) -> None:
    packed = gzip.compress(page())
    site["/bomb"] = 200, {"Content-Encoding": "gzip"}, gzip.compress(b"<p>" + b"\0" * 50_000_000)
    assert refusal(site, folder, "/bomb") == "is larger than 1 MB: raise QA_MAX_MB"
    site["/half"] = 200, {"Content-Encoding": "gzip"}, packed[:-40]
    assert refusal(site, folder, "/half").startswith("breaks off")
    site["/no"] = 200, {"Content-Encoding": "gzip"}, page()
    assert refusal(site, folder, "/no").startswith("is damaged")
    site["/br"] = 200, {"Content-Encoding": "br"}, page()
    assert refusal(site, folder, "/br").startswith("is packed in a way that was not asked for (br)")
    site["/a"] = 200, {"Content-Encoding": "gzip"}, packed
    assert take(site, folder).state == "added"


@pytest.mark.parametrize("slow", ["silence", "headers", "body"])
def test_slow_hosts_are_given_up(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch, slow: str) -> None:
    monkeypatch.setattr(download, "PATIENCE", 0.5)
    monkeypatch.setattr(download, "LONGEST", 1.0)
    left = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        if slow == "body":
            request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(200):
            if left.wait(0.1):
                return
            request.wfile.write(b"" if slow == "silence" else b"x")

    site["/a"] = drip
    started = time.monotonic()
    try:
        assert refusal(site, folder) == "answers too slowly: try again later"
    finally:
        left.set()
    assert time.monotonic() - started < 2


def test_what_is_no_http_is_refused(site: Site, folder: Path) -> None:
    site["/a"] = lambda request: request.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n") and None
    assert refusal(site, folder).startswith("cannot be downloaded (")
    site["/b"] = lambda request: request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<p>x") and None
    assert refusal(site, folder, "/b").startswith("cannot be downloaded (")


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/json", "text/plain", "video/mp4"])
def test_what_is_no_page_is_refused(site: Site, folder: Path, kind: str) -> None:
    site["/a"] = 200, {"Content-Type": kind}, page()
    assert refusal(site, folder).startswith(f"is {kind}, no page")


CONSENT = """<title>Yahoo</title><body><h1>Before you continue to Yahoo</h1><form><p>We and our 237 partners store and
access information on a device, such as cookies, to measure audiences.</p><button>Accept all</button></form></body>"""
ROBOT = (
    "<title>Just a moment...</title><body><h2>Checking if the site connection is secure</h2><p>Verify you are human</p>"
)
EMPTY_APP = "<title>Coast Post</title><body><div id=app></div><noscript>You need to enable JavaScript to run this app."
CARD = "<article><h3><a href='/{0}'>Headline number {0} of the day in the harbour town</a></h3><p>{1}</p></article>"
FRONT_PAGE = "<title>Coast Post</title><body><main>" + "".join(CARD.format(n, STORY[n % 4]) for n in range(14))
LIVE_MENU = "<title>Live: storm</title><body><main><h1>Storm: as it happened</h1><ul>" + "".join(
    f"<li><a href='#{n}'>{n}:15 Gusts at station {n}</a></li>" for n in range(30)
)
GONE = "<title>Page not found</title><body><h1>Sorry</h1><p>The page you are looking for could not be found.</p>" + (
    "<p>Try the search, or one of the most read stories of this week from our archive of the coast and its towns.</p>"
)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (
            page(STORY[0], "<div class=offer><p>Subscribe to continue reading this story.</p></div>"),
            "shows only subscr",
        ),
        (page(STORY[0], STORY[1], head=linked(LINKED_DATA | {"isAccessibleForFree": False})), "shows only how the art"),
        (page(STORY[0], STORY[1], "The harbour office, which had promised the boats for…"), "shows only how the art"),
        (CONSENT.encode(), "asks for consent first"),
        (ROBOT.encode(), "asks whether you are a person"),
        (EMPTY_APP.encode(), "asks whether you are a person"),
        (FRONT_PAGE.encode(), "is a list of articles or a menu"),
        (LIVE_MENU.encode(), "is a list of articles or a menu"),
        (GONE.encode(), "does not exist"),
        (page("Ferry back.", "More soon."), "holds no more than 36 letters"),
        (b"<html><body></body></html>", "has no article text"),
        (b"", "holds no page"),
    ],
)
def test_walls_lists_stubs_and_empty_pages_are_recognised(site: Site, folder: Path, html: bytes, reason: str) -> None:
    site["/a"] = html
    assert refusal(site, folder).startswith(reason)


def test_a_short_article_below_a_cookie_banner_is_an_article(site: Site, folder: Path) -> None:
    banner = (
        "<div id=cookies><p>We value your privacy. Our partners store cookies.</p><button>Accept all</button></div>"
    )
    site["/a"] = page(*STORY, *STORY[:0]).replace(b"</main>", b"</main>" + banner.encode() * 2)
    site["/b"] = page(*(STORY * 5)).replace(b"</main>", b"</main><p>Log in to continue reading other stories</p>")
    take(site, folder)
    take(site, folder, "/b")
    assert not any("cookies" in file.read_text() for file in folder.iterdir())


def test_other_encodings_are_read(site: Site, folder: Path) -> None:
    story = [f"{line} Łódź wróciła do portu, mówi kapitan." for line in STORY]
    site["/a"] = (
        200,
        {"Content-Type": "text/html; charset=iso-8859-2"},
        page(*story).decode().encode("iso-8859-2", "ignore"),
    )
    site["/b"] = (
        200,
        {"Content-Type": "text/html"},
        page(*(f"{line} “Señor,” she said." for line in STORY), head=f'<meta charset="iso-8859-1">{OPEN_GRAPH}')
        .decode()
        .encode("cp1252"),
    )
    site["/c"] = (
        200,
        {"Content-Type": "application/xhtml+xml"},
        b'<?xml version="1.0" encoding="UTF-8"?>' + page(*story),
    )
    assert "Łódź wróciła" in (folder / take(site, folder, "/c").path).read_text(encoding="utf-8")
    assert "Łódź wróciła" in (folder / take(site, folder).path).read_text(encoding="utf-8")
    assert "“Señor,” she said." in (folder / take(site, folder, "/b").path).read_text(encoding="utf-8")


def test_a_hostile_page_ends_up_as_text(site: Site, folder: Path) -> None:
    title = '--- "x": [evil]\n../../etc/&lt;script&gt; : # &amp;amp; | > Ferry'
    told = "He typed &lt;script&gt;alert(1)&lt;/script&gt; and [here](javascript:alert(1)) and &amp;lt;b&amp;gt; there."
    site["/a"] = page(told, *STORY, head="", title=title)
    added = take(site, folder)
    assert re.fullmatch(r"undated-[a-z0-9-]+\.md", added.path)
    assert [file.name for file in folder.iterdir()] == [added.path]
    article = read(folder)
    assert article.title == added.title
    assert article.title.startswith('--- "x": [evil] ../../etc/<script> : # &')
    assert "<script>alert(1)</script> and [here](javascript:alert(1)) and <b> there" in article.text
    body = (folder / added.path).read_text().split("---\n", 2)[2]
    assert r"\<script>alert(1)\</script> and \[here\]\(javascript:alert(1)) and \<b> there" in body


def test_a_title_without_a_latin_letter_still_names_a_file(site: Site, folder: Path) -> None:
    site["/a"] = page(title="Судна повернулись", head="")
    name = take(site, folder).path
    assert len(name.removeprefix("undated-127-0-0-1-").removesuffix(".md")) == 8


LINES = (
    "## not a heading", "# nor this", "- an item", "* another", "+ third", "1. first", "12) twelfth", "> quoted", "---",
    "~~~", "```code```", "*bold* and _thin_ and __both__", "[a link](https://example.org) ![image](x)", "<b>bold</b>",
    "<!-- hidden --> shown", "<https://example.org/x>", "a \\ backslash \\* and \\\\", "&amp; &lt; &#65; &copy=1",
    "title: x", "Source: Reuters", "By Ana Ruiz", "Published: March 7, 2024", "https://example.org/a_b_c*d",
    "| a | b |", "#1 of 2 #", "READ MORE: Other news", "===", "5 * 3 * 2 = 30", "snake_case_name", "%2C and 100%20",
    "...", "«Ça va?»",
)  # fmt: skip


def _settled(text: str, title: str = "A title") -> tuple[Article, Article]:
    html = page(*(line.replace("&", "&amp;").replace("<", "&lt;") for line in text.split("\n\n")), title=title)
    article = clipping.clip(html, "text/html", "https://example.org/a", "", limit_bytes=1_000_000)
    return article, clipping._read(".md", clipping.document(article, {"fetched": "x"}), 1_000_000)


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_looks_like_markdown_or_a_fact_reads_back_as_it_was(line: str) -> None:
    text = "\n\n".join([*STORY, *STORY[:3], f"He said {line}", line, *STORY[1:], *STORY])
    article, again = _settled(text)
    assert again.text == article.text
    assert article.text.count(STORY[1]) == text.count(STORY[1])
    if not line.startswith(("<http", "%", "&")):  # what the readers of pages and of Markdown decode on their own
        assert f"He said {line}" in article.text


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.text(max_size=60), st.sampled_from([*LINES, *STORY])), max_size=12),
    st.text(min_size=1, max_size=80),
)
def test_whatever_a_page_says_reads_back_word_for_word(lines: list[str], title: str) -> None:
    told = Article("", "\n\n".join([*STORY, *(" ".join(line.split()) or "x" for line in lines), *STORY]), title)
    try:
        settled = clipping._settled(told, "", 1_000_000)
    except UnreadableFile:
        return
    again = clipping._read(".md", clipping.document(settled, {"etag": title}), 1_000_000)
    assert (again.text, again.title, again.url) == (settled.text, settled.title, settled.url)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="\\`*_[]()<>!#&;:-+.~|=%\"'{}/@ ab1Z", max_size=30), st.booleans())
def test_marks_of_markdown_in_a_sentence_stay_as_they_are(marks: str, leading: bool) -> None:
    line = " ".join(f"{'' if leading else 'They wrote '}{marks} on the wall of the harbour office.".split()).lstrip("#")
    line = line.strip().replace("http", "")
    told = Article("", "\n\n".join([*STORY, *STORY, line, *STORY, *STORY]), "A title")
    assert clipping._read(".md", clipping.document(told, {}), 1_000_000).text == told.text


def rss(*items: tuple[str, str]) -> bytes:
    entries = "".join(
        f"<item><title>t</title><link>{link}</link><pubDate>{when}</pubDate></item>" for link, when in items
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Coast</title>{entries}</channel></rss>".encode()


def feed(site: Site, folder: Path, path: str = "/feed", **more: float) -> list[Added | Skipped]:
    options = {"limit_bytes": 1_000_000, "allowed": LOOPBACK, "pause": 0.0, **more}
    return list(add_feed(site.url(path), folder, **options))  # type: ignore[arg-type]


def test_a_feed_brings_its_articles_in_full(site: Site, folder: Path) -> None:
    site["/feed"] = rss(("/dated", "x"), ("/undated?utm_source=rss", "Thu, 07 Mar 2024 23:30:00 -0500"), ("/gone", ""))
    site["/dated"], site["/undated?utm_source=rss"] = page(title="One"), page(title="Two", head="")
    one, two, gone = feed(site, folder)
    assert isinstance(one, Added)
    assert isinstance(two, Added)
    assert two.path == "2024-03-07-127-0-0-1-two.md"
    assert front(folder, two.path)["url"] == site.url("/undated")
    assert gone == Skipped(site.url("/gone"), "answers with status 404, does not exist: check the address")
    assert [getattr(one, "state", "skipped") for one in feed(site, folder)] == ["unchanged", "unchanged", "skipped"]
    assert take(site, folder, "/undated?utm_source=rss").state == "unchanged"  # and keeps the date of the feed


def test_an_item_that_is_there_is_asked_for_only_if_it_changed(site: Site, folder: Path) -> None:
    site["/feed"] = rss(("/a", ""))
    site["/a"] = lambda request: (
        (304, {}, b"") if request.headers["If-None-Match"] == "W/x" else (200, {"ETag": "W/x"}, page())
    )
    assert [getattr(one, "state", "") for one in feed(site, folder) + feed(site, folder)] == ["added", "unchanged"]


def test_atom_feeds_and_relative_links_are_read(site: Site, folder: Path) -> None:
    entry = "<entry><title>t</title><id>1</id><published>2023-05-01T00:00:00Z</published><link href='../b'/></entry>"
    site["/x/feed"] = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>f</title>{entry}</feed>".encode()
    site["/b"] = page(head="")
    (one,) = feed(site, folder, "/x/feed")
    assert isinstance(one, Added)
    assert front(folder, one.path)["published"] == date(2023, 5, 1)


@pytest.mark.parametrize(
    ("day", "published"),
    [
        ("<pubDate>Thu, 07 Mar 24 10:00:00 GMT</pubDate>", date(2024, 3, 7)),
        ("<pubDate>Do, 07 Mär 2024 10:00:00</pubDate>", date(2024, 3, 7)),
        ("<pubDate>jeu., 07 mars 2024 23:30:00 +0100</pubDate>", date(2024, 3, 7)),
        ("<pubDate>2024-03-07T23:30:00-05:00</pubDate>", date(2024, 3, 7)),
        ("<pubDate>07.03.2024</pubDate>", date(2024, 3, 7)),
        ("<pubDate>07/03/2024</pubDate>", None),
        ("<dc:date>2024-03-07T10:00:00Z</dc:date>", date(2024, 3, 7)),
        ("<dc:date>2024-03-09</dc:date><pubDate>Thu, 07 Mar 2024 10:00:00 GMT</pubDate>", date(2024, 3, 7)),
        ("<a:updated>2024-03-07T10:00:00Z</a:updated>", date(2024, 3, 7)),
        (
            "<a:updated>2024-03-09T10:00:00Z</a:updated><a:published>2024-03-07T10:00:00Z</a:published>",
            date(2024, 3, 7),
        ),
        ("<pubDate>soon</pubDate>", None),
    ],
)
def test_the_day_of_an_item_is_read_as_feeds_write_it(
    site: Site, folder: Path, day: str, published: date | None
) -> None:
    names = "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:a='http://www.w3.org/2005/Atom'"
    item = f"<item><title>t</title><link>/a</link>{day}</item>"
    site["/feed"] = f"<rss version='2.0' {names}><channel><title>Coast</title>{item}</channel></rss>".encode()
    site["/a"] = page(head="")
    (one,) = feed(site, folder)
    assert isinstance(one, Added)
    assert front(folder, one.path).get("published") == published


def test_atom_entries_without_a_day_of_publication_have_that_of_their_update(site: Site, folder: Path) -> None:
    entry = "<entry><title>t</title><id>1</id><updated>2023-05-01T00:00:00Z</updated><link href='/b'/></entry>"
    site["/feed"] = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>f</title>{entry}</feed>".encode()
    site["/b"] = page(head="")
    (one,) = feed(site, folder)
    assert isinstance(one, Added)
    assert front(folder, one.path)["published"] == date(2023, 5, 1)


def test_the_day_of_the_page_counts_before_that_of_the_feed(site: Site, folder: Path) -> None:
    site["/feed"] = rss(("/a", "Sat, 09 Mar 2024 10:00:00 GMT"))
    site["/a"] = page()
    (one,) = feed(site, folder)
    assert isinstance(one, Added)
    assert front(folder, one.path)["published"] == date(2024, 3, 7)


def test_a_broken_feed_gives_what_it_has(site: Site, folder: Path) -> None:
    site["/feed"] = rss(("/a", ""), ("javascript:alert(1)", ""), ("http://10.0.0.1/", "")).replace(
        b"</channel></rss>", b"<x &"
    )
    site["/a"] = page()
    states = [one.state if isinstance(one, Added) else one.reason for one in feed(site, folder)]
    assert states[0] == "added"
    assert states[1].startswith("is no web address")
    assert "is a private address" in states[2]


@pytest.mark.parametrize("address", ["http://xn--a/", "http://a:99999/", "http://a..b/", "http://u:p@h/"])
def test_a_malformed_address_is_named_and_the_rest_of_the_feed_goes_on(site: Site, folder: Path, address: str) -> None:
    site["/feed"] = rss(("/dated", "x")).replace(b"</item>", f"</item><item><link>{address}</link></item>".encode(), 1)
    site["/dated"] = page(title="One")
    good, bad = feed(site, folder)
    assert isinstance(good, Added)
    assert isinstance(bad, Skipped)
    assert bad.path == address


@given(st.text("htps:/xn-a1.[]@%#? \t\u202e\xad\u2100é\uff0f\ud8000", max_size=30).map(lambda rest: f"http://{rest}"))
def test_any_address_is_taken_or_refused_with_the_reason(url: str) -> None:
    with contextlib.suppress(FetchError):
        address = download.bare(url)
        assert download.bare(address) == address


@pytest.mark.parametrize(
    "data", [b"", b"nothing", b"\x1f\x8b\x08", b"<html><body>x</body></html>", page(), b"{}", b"<a/>"]
)
def test_what_is_no_feed_is_refused(site: Site, folder: Path, data: bytes) -> None:
    site["/feed"] = data
    with pytest.raises(FetchError, match=r"is neither an RSS or Atom feed nor a sitemap|breaks off"):
        feed(site, folder)


def test_a_feed_without_articles_is_named(site: Site, folder: Path) -> None:
    site["/feed"] = rss()
    with pytest.raises(FetchError, match="names no article"):
        feed(site, folder)


def sitemap(kind: str, *rows: tuple[str, str]) -> bytes:
    news = "<n:news xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><n:publication_date>2022-02-02</n:publication_date></n:news>"
    one = {"urlset": "url", "sitemapindex": "sitemap"}[kind]
    inner = "".join(f"<{one}><loc>{loc}</loc><lastmod>{when}</lastmod>{news}</{one}>" for loc, when in rows)
    return f"<{kind} xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{inner}</{kind}>".encode()


def test_a_sitemap_is_read_the_newest_first(site: Site, folder: Path) -> None:
    site["/map.xml"] = sitemap("sitemapindex", (site.url("/old.xml"), "2020"), (site.url("/new.xml.gz"), "2024"))
    site["/new.xml.gz"] = gzip.compress(
        sitemap("urlset", (site.url("/1"), "2024-01-01"), (site.url("/2"), "2024-02-02"))
    )
    for path in ("/1", "/2"):
        site[path] = page(head="", title=f"Number {path[1:]}")
    one, two, lost = feed(site, folder, "/map.xml")
    assert isinstance(one, Added)
    assert isinstance(two, Added)
    assert (one.title, two.title) == ("Number 2", "Number 1")
    assert front(folder, one.path)["published"] == date(2022, 2, 2)  # what was changed in 2024 was not published then
    assert lost == Skipped(site.url("/old.xml"), "answers with status 404, does not exist: check the address")


def test_entities_of_a_hostile_feed_are_not_expanded(site: Site, folder: Path) -> None:
    evil = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>" + "".join(
        f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'lol'}'>" for n in range(12)
    )
    for root in (rss((site.url("/&a;&l11;"), "")), sitemap("urlset", (site.url("/&a;&l11;"), ""))):
        site["/feed"] = (evil + "]>").encode() + root.removeprefix(b"<?xml version='1.0'?>")
        with contextlib.suppress(FetchError):
            assert all(isinstance(one, Skipped) for one in feed(site, folder))
    assert not any("root" in path or "lollol" in path for path in site.paths())


def test_robots_txt_is_heeded_in_feeds_only(site: Site, folder: Path) -> None:
    site["/robots.txt"] = 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /private/\n"
    site["/feed"] = rss(("/private/a", ""), ("/b", ""))
    site["/private/a"] = site["/b"] = page()
    closed, open_ = feed(site, folder)
    assert closed == Skipped(site.url("/private/a"), f"is closed to programs by robots.txt: {download.SAVE_IT}")
    assert isinstance(open_, Added)
    assert site.paths() == ["/feed", "/robots.txt", "/b"]
    assert take(site, folder, "/private/a").state == "added"
    site["/robots.txt"] = 503, {}, b""
    assert all("robots.txt (status 503)" in one.reason for one in feed(site, folder) if isinstance(one, Skipped))
    assert len(feed(site, folder)) == 2
    assert all(headers["User-Agent"].startswith("qa/") for _, headers, _ in site.asked)


def test_a_host_is_asked_slowly_and_no_more_often_than_the_limit(site: Site, folder: Path) -> None:
    site["/feed"] = rss(*((f"/{n}", "") for n in range(5)))
    for n in range(5):
        site[f"/{n}"] = page(title=f"Number {n}")
    assert len(feed(site, folder, limit=2, pause=0.2)) == 2
    times = [when for _, _, when in site.asked]
    assert len(times) == 4  # the feed, robots.txt, two articles
    assert all(after - before >= 0.19 for before, after in pairwise(times))


def test_a_folder_that_cannot_be_written_is_named(site: Site, tmp_path: Path) -> None:
    site["/a"] = page()
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArticlesError, match="cannot be written"):
        take(site, tmp_path / "file")


def test_the_hosts_of_the_setting_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "QA_ALLOW_HOSTS" in NAMES
    monkeypatch.setenv("QA_ALLOW_HOSTS", "Intranet.example.org, [::1],,192.168.1.20 ")
    assert load().allowed_hosts == {"intranet.example.org", "::1", "192.168.1.20"}
    monkeypatch.delenv("QA_ALLOW_HOSTS")
    assert load().allowed_hosts == frozenset()


def qa(tmp_path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8", **variables}
    command = [Path(sys.executable).parent / "qa", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120)


def test_the_command_fetches_indexes_and_tells_what_it_skipped(site: Site, tmp_path: Path) -> None:
    site["/a"], site["/feed"] = page(), rss(("/a", ""))
    places = ["--articles", str(tmp_path / "articles"), "--index", str(tmp_path / "index")]
    done = qa(tmp_path, "add", site.url("/a"), site.url("/b"), *places, QA_ALLOW_HOSTS="127.0.0.1")
    assert done.returncode == 1
    assert "added 2024-03-07-coast-post-ferries-return-to-mirna.md: Ferries return to Mirna" in done.stdout
    assert "fetched: 1 added, 0 updated, 0 unchanged, 1 skipped" in done.stdout
    assert "1 article, 1 passage in" in done.stdout
    assert f"skipped {site.url('/b')}: it answers with status 404" in done.stderr
    done = qa(tmp_path, "add", "--feed", site.url("/feed"), "--limit", "3", *places, QA_ALLOW_HOSTS="127.0.0.1")
    assert done.returncode == 0, done.stderr
    assert "fetched: 0 added, 0 updated, 1 unchanged, 0 skipped" in done.stdout
    done = qa(tmp_path, "add", site.url("/a"), *places)
    assert done.returncode == 1
    assert "is a private address" in done.stderr


def test_the_command_needs_an_address_and_a_folder_of_ones_own(tmp_path: Path) -> None:
    assert qa(tmp_path, "add").returncode == 2
    done = qa(tmp_path, "add", "https://example.org/a")
    assert done.returncode == 1
    assert "--articles or QA_ARTICLES" in done.stderr

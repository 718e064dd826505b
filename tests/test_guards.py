"""What the page's server refuses, asked over real HTTP, and what its headers keep a browser from doing."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import Visit, ask, folder_of, opened, picture
from gradio_client import Client
from playwright.sync_api import Browser, Page, expect

from qa.chain import Chain
from qa.citations import Answer
from qa.config import Settings
from qa.web.guards import LARGEST_BODY, MOST_WAITING, MOST_WAITING_AT_ADDRESS, Names

ARTICLES = {
    "mill": """---
title: The mill of Tarn burns
source: Tarn Gazette
published: 2025-02-03
url: https://gazette.example/mill
---
The old mill of Tarn burned down on Sunday night. Miller Jonas Ek lost 40 sacks of rye, he said.
""",
    "bridge": """---
title: A new bridge for Tarn
source: Vale Radio
published: 2025-02-05
---
Tarn gets a new bridge in June. Engineer Mira Holt will build it for 3 million crowns.
""",
}
SECRET = "folder-that-nobody-is-told"


@pytest.fixture(scope="module")
def tarn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    root = tmp_path_factory.mktemp(SECRET)
    chain = Chain(Settings(articles=folder_of(root / "articles", **ARTICLES), index=root / "index"))
    chain.sync()
    yield chain
    chain.close()


class Held:
    """A chain whose answers wait until they are let go."""

    def __init__(self, chain: Chain) -> None:
        self._chain, self.go_on = chain, threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)

    def stream(self, question: str, **filters: Any) -> Iterator[Answer]:
        assert self.go_on.wait(60)
        yield from self._chain.stream(question, **filters)


@pytest.fixture(scope="module")
def outside(tarn: Chain) -> Iterator[str]:
    with opened(tarn, editable=False, host="0.0.0.0, archive.example") as url:
        yield url.replace("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def local(tarn: Chain) -> Iterator[str]:
    with opened(tarn) as url:
        yield url


@pytest.fixture
def held(tarn: Chain) -> Iterator[tuple[Held, str]]:
    chain = Held(tarn)
    with opened(chain) as url:  # type: ignore[arg-type]
        yield chain, url
        chain.go_on.set()


class Trap(BaseHTTPRequestHandler):
    """An address that nobody has to fetch."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"internal")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    handler = type("Handler", (Trap,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/secret", handler.asked
    server.shutdown()
    server.server_close()


@cache
def numbered(url: str, name: str) -> int:
    """Return the number of an event of the page."""
    config = httpx.get(f"{url}config").json()
    return next(event["id"] for event in config["dependencies"] if event["api_name"] == name)


def join(url: str, question: object, session: str = "s1", name: str = "ask", **more: Any) -> httpx.Response:
    body = {"data": [question], "fn_index": numbered(url, name), "session_hash": session, **more}
    return httpx.post(f"{url}gradio_api/queue/join", json=body)


def file_data(path: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}, **more}


# ---- files and addresses --------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", ["queue/join", "call/ask", "call/v2/ask", "component_server"])
@pytest.mark.parametrize("room", ["outside", "local"])
def test_an_address_in_place_of_a_file_is_refused_and_not_fetched(
    request: pytest.FixtureRequest, trap: tuple[str, list[str]], room: str, endpoint: str
) -> None:
    url, (address, asked) = request.getfixturevalue(room), trap
    upper = address.replace("http:", "HTTP:")
    for given in (
        file_data(address),
        file_data(upper),
        {"path": address},
        file_data("a.md", url=address),
        file_data(address.removeprefix("http:")),
        {"deep": [[{"er": file_data(address)}]]},
    ):
        body = {"data": [given], "question": given, "event_data": given, "session_hash": "s1", "fn_index": 0}
        refused = httpx.post(f"{url}gradio_api/{endpoint}", json=body)
        assert refused.status_code == 403, given
        assert set(refused.json()) == {"detail"}
    assert asked == []


def test_a_file_of_the_server_is_refused_and_one_that_was_uploaded_is_taken(
    local: str, outside: str, tarn: Chain, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text("mine")
    uploaded = httpx.post(f"{local}gradio_api/upload", files={"files": ("new.md", b"words")})
    (path,) = uploaded.json()
    for given in (str(mine), "/etc/passwd", "etc/passwd", f"{path}/../../../{mine}", "\0", ""):
        assert join(local, file_data(given)).status_code == 403, given
    own = f"{local}gradio_api/file={path}"
    assert join(local, file_data(path, url=own, orig_name="new.md")).status_code == 200
    assert join(outside, file_data(path)).status_code == 403


def test_what_the_page_does_not_need_is_not_served(outside: str, local: str, trap: tuple[str, list[str]]) -> None:
    address, asked = trap
    for url in (outside, local):
        for path in (
            f"gradio_api/proxy={address}",
            f"gradio_api/file={address}",
            "gradio_api/file=/etc/passwd",
            "gradio_api/file//etc/passwd",
            "gradio_api/stream/a/b/1/playlist-file",
            "gradio_api/deep_link?session_hash=s1",
            "?deep_link=abc",
            "config?deep_link",
            "monitoring",
            "monitoring/summary",
            "docs",
            "openapi.json",
            "gradio_api/runs",
        ):
            assert httpx.get(url + path).status_code == 404, path
        for path in ("run/ask", "api/ask", "stream/x", "process_recording", "vibe-edit", "../login"):
            assert httpx.post(f"{url}gradio_api/{path}", json={"data": []}).status_code == 404, path
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            assert httpx.request(method, url).status_code == 404, method
    upload = httpx.post(f"{outside}gradio_api/upload", files={"files": ("new.md", b"words")})
    assert upload.status_code == 404
    assert asked == []


# ---- size -----------------------------------------------------------------------------------------


def test_a_body_over_a_megabyte_is_refused_before_it_is_read(outside: str) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 500_000_000:
            sent += 100_000
            yield b" " * 100_000

    long = json.dumps({"data": ["x" * LARGEST_BODY]}).encode()
    for endpoint in ("queue/join", "call/ask", "component_server", "reset"):
        assert httpx.post(f"{outside}gradio_api/{endpoint}", content=long).status_code == 413
        with suppress(httpx.WriteError):  # the server may have hung up
            # Without a length, as curl sends what comes from a pipe.
            assert httpx.post(f"{outside}gradio_api/{endpoint}", content=endless()).status_code == 413
        assert sent < 50_000_000
        sent = 0
    with socket.create_connection(("127.0.0.1", httpx.URL(outside).port or 0)) as line:
        line.sendall(
            b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n"
        )  # and not one byte of it
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_an_upload_has_a_bound_of_its_own(local: str, tarn: Chain) -> None:
    most = 10 * tarn.settings.limit_bytes
    address = f"{local}gradio_api/upload"
    assert httpx.post(address, files={"files": ("large.txt", b"x" * 3 * LARGEST_BODY)}).status_code == 200
    with socket.create_connection(("127.0.0.1", httpx.URL(local).port or 0)) as line:
        head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: {most + 1}\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    assert httpx.post(address, content=iter([b"x"])).status_code == 411


@pytest.mark.parametrize("body", [b"", b"[", b"[" * 200_000, b"1", b"[1]", b"\xff\xfe", b'{"a": '])
def test_what_is_no_json_object_is_refused(outside: str, body: bytes) -> None:
    assert httpx.post(f"{outside}gradio_api/queue/join", content=body).status_code == 400


# ---- many at once ---------------------------------------------------------------------------------


def answered(url: str, session: str) -> str:
    """Follow the events of a session until one is complete."""
    with httpx.stream("GET", f"{url}gradio_api/queue/data", params={"session_hash": session}, timeout=60) as events:
        for line in events.iter_lines():
            if '"process_completed"' in line:
                return line
    raise AssertionError("no answer came")


def test_who_has_ten_questions_waiting_waits_and_the_others_are_answered(held: tuple[Held, str]) -> None:
    chain, url = held
    asked = [join(url, "Who lost 40 sacks of rye?", "greedy").status_code for _ in range(60)]
    taken = asked.count(200)
    assert asked == [200] * taken + [429] * (60 - taken)
    assert MOST_WAITING <= taken <= MOST_WAITING + 8 + 1  # eight of them are being answered
    other = join(url, "Who lost 40 sacks of rye?", "other")
    assert other.status_code == 200
    chain.go_on.set()
    assert "Jonas Ek" in answered(url, "other")
    assert join(url, "Who lost 40 sacks of rye?", "greedy").status_code == 200


def test_who_makes_up_visitors_shares_the_bound_of_an_address(held: tuple[Held, str]) -> None:
    _, url = held
    asked = [join(url, "Who?", f"made-up-{n}").status_code for n in range(80)]
    taken = asked.count(200)
    assert asked == [200] * taken + [429] * (80 - taken)
    assert MOST_WAITING_AT_ADDRESS <= taken <= MOST_WAITING_AT_ADDRESS + 8 + 1
    refused = join(url, "Who?", "one-more")
    assert int(refused.headers["Retry-After"]) > 0
    # A proxy on this machine tells whom it asks for; on another machine that is not believed.
    body = {"data": ["Who?"], "fn_index": numbered(url, "ask"), "session_hash": "x"}
    elsewhere = httpx.post(f"{url}gradio_api/queue/join", json=body, headers={"X-Forwarded-For": "203.0.113.7"})
    assert elsewhere.status_code == 200


def test_events_that_come_at_the_same_moment_are_counted_too(held: tuple[Held, str]) -> None:
    _, url = held
    number, codes = numbered(url, "ask"), []
    body = {"data": ["Who?"], "fn_index": number, "session_hash": "s1"}

    def send() -> None:
        codes.append(httpx.post(f"{url}gradio_api/queue/join", json=body, timeout=30).status_code)

    threads = [threading.Thread(target=send) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert MOST_WAITING <= codes.count(200) <= MOST_WAITING + 8 + 2
    assert set(codes) == {200, 429}


def test_a_program_without_a_browser_asks(outside: str, local: str) -> None:
    for url in (outside, local):
        told = httpx.post(f"{url}gradio_api/call/ask", json={"data": ["Who lost 40 sacks of rye?"]})
        with httpx.stream("GET", f"{url}gradio_api/call/ask/{told.json()['event_id']}", timeout=60) as events:
            assert "Jonas Ek" in "".join(events.iter_text())
    said = Client(local, verbose=False).predict("Who builds the bridge?", api_name="/ask")
    assert "Mira Holt" in said["text"]


# ---- who asks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "fits"),
    [
        ("localhost:7860", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("archive.example", True),
        ("Archive.Example.", True),
        (socket.gethostname(), True),
        ("192.0.2.7:7860", True),  # an address cannot be rebound
        ("evil.example", False),
        ("archive.example.evil.example", False),
        ("localhost.evil.example", False),
        ("evil.example@localhost", True),  # that is localhost
        ("", False),
        ("[", False),
    ],
)
def test_only_known_names_are_answered(outside: str, header: str, fits: bool) -> None:
    assert (httpx.get(outside, headers={"Host": header}).status_code == 200) == fits
    if header:
        assert (httpx.get(outside, headers={"X-Forwarded-Host": header}).status_code == 200) == fits


def test_a_page_for_this_machine_alone_is_known_by_no_other_name() -> None:
    names = Names.of(["127.0.0.1"])
    assert names.know("localhost:7860")
    assert names.know("[::1]:7860")
    assert not any(map(names.know, ["192.0.2.7", "evil.example", "archive.example", f"{socket.gethostname()}"]))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "{own}"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),  # another port of this machine
        ({"Sec-Fetch-Site": "same-origin", "Origin": "{own}"}, 200),
        ({}, 200),
    ],
)
def test_pages_of_other_origins_change_and_read_nothing(outside: str, headers: dict[str, str], status: int) -> None:
    told = {name: value.replace("{own}", outside.rstrip("/")) for name, value in headers.items()}
    assert httpx.post(f"{outside}gradio_api/reset", json={"event_id": "x"}, headers=told).status_code == status
    assert httpx.get(f"{outside}config", headers=told).status_code == status


def test_a_link_from_elsewhere_opens_the_page_and_a_frame_does_not(outside: str) -> None:
    site = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert httpx.get(outside, headers={**site, "Sec-Fetch-Dest": "document"}).status_code == 200
    assert httpx.get(outside, headers={**site, "Sec-Fetch-Dest": "iframe"}).status_code == 403


def test_other_machines_are_not_told_where_the_articles_lie(outside: str, tarn: Chain) -> None:
    for path in ("", "config", "gradio_api/info", "gradio_api/nothing"):
        assert SECRET not in httpx.get(outside + path).text
    for name in ("refreshed", "_state", "arrive", "converse", "ask"):
        try:
            inputs = next(e for e in httpx.get(f"{outside}config").json()["dependencies"] if e["api_name"] == name)
        except StopIteration:
            continue
        body = {"data": [None] * len(inputs["inputs"]), "fn_index": inputs["id"], "session_hash": f"p-{name}"}
        assert httpx.post(f"{outside}gradio_api/queue/join", json=body).status_code == 200
        assert SECRET not in answered(outside, f"p-{name}")


# ---- what a browser is told -----------------------------------------------------------------------


def test_every_response_forbids_frames_and_what_comes_from_elsewhere(outside: str) -> None:
    for path, status in (("", 200), ("config", 200), ("theme.css", 200), ("gradio_api/file=x", 404)):
        response = httpx.get(outside + path)
        assert response.status_code == status
        policy = dict(rule.strip().split(" ", 1) for rule in response.headers["content-security-policy"].split(";"))
        assert policy["frame-ancestors"] == policy["default-src"] == "'none'"
        assert not re.search(r"https?:|\*", " ".join(policy.values()))
        assert "'unsafe-inline'" not in policy["script-src"]
        assert response.headers["x-frame-options"] == "DENY"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"
        assert response.headers["cross-origin-opener-policy"] == "same-origin"
        assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert len({httpx.get(outside).headers["content-security-policy"] for _ in range(2)}) == 2  # a nonce holds once


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_whole_session_breaks_no_rule_of_the_policy(tmp_path: Path, visit: Visit, dark: bool) -> None:
    """`visit` fails for any error in the browser's console, and for any request that leaves the page."""
    chain = Chain(Settings(articles=folder_of(tmp_path / "articles", **ARTICLES), index=tmp_path / "index"))
    chain.sync()
    with opened(chain) as url:
        page = visit(url, dark=dark)
        ask(page, "Who lost 40 sacks of rye?")
        page.locator(".cite").first.click()
        expect(page.locator("mark.active").first).to_be_visible()
        for kind in ("Receipt", "Receipt as JSON"):
            with page.expect_download() as saved:
                page.get_by_role("button", name=kind, exact=True).click()
            assert saved.value.suggested_filename.startswith("who-lost-40-sacks")
        page.get_by_role("button", name="Not helpful").click()
        expect(page.locator(".remark")).to_be_visible()
        archive(page)
        new = folder_of(tmp_path / "new", owl="The owl of Tarn\n\nAn owl moved into the ruin of the mill on Friday.")
        page.locator("#upload input[type=file]").set_input_files(str(new / "owl.md"))
        expect(page.locator("#report")).to_contain_text("The index is up to date", timeout=30_000)
        page.get_by_label("Find articles").fill("owl")
        expect(page.locator(".shelf .headline")).to_have_text(["The owl of Tarn"])
        page.emulate_media(media="print")
        page.emulate_media(media="screen")
        page.reload()
        expect(page.locator(".turn")).to_have_count(1)
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".welcome")).to_be_visible()
    chain.close()


def archive(page: Page) -> None:
    page.get_by_role("tab", name="Archive").click()
    expect(page.locator(".shelf")).to_be_visible()


FRAMING = '<h1>A foreign page</h1><iframe src="{}" width="800" height="600"></iframe>'


def test_a_foreign_page_that_frames_ours_stays_blank(local: str, browser: Browser) -> None:
    class Foreign(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(FRAMING.format(local).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_timeout(2_000)
        assert all("Reading Room" not in frame.content() for frame in page.frames)
        assert page.frame_locator("iframe").locator("#question").count() == 0
        picture(page, "framed")
        reached = page.evaluate(
            """async (url) => {
                const tries = [[url + "config"], [url + "gradio_api/reset", { method: "POST", body: "{}" }]];
                const sent = tries.map((one) => fetch(...one).then((r) => r.status, () => "blocked"));
                return await Promise.all(sent);
            }""",
            local,
        )
        assert set(reached) <= {"blocked", 403}
    finally:
        context.close()
        server.shutdown()
        server.server_close()


def test_a_script_that_is_smuggled_into_the_page_does_not_run(local: str, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(local)
    expect(page.locator(".welcome")).to_be_visible()
    page.evaluate("""() => {
        document.querySelector(".log").innerHTML =
            '<img src="x" onerror="window.pwned = 1"><a href="javascript:window.pwned=2">x</a>';
        const script = document.createElement("script");
        script.textContent = "window.pwned = 3";
        document.body.append(script);
        document.querySelector(".log a").click();
    }""")
    page.wait_for_timeout(500)
    assert page.evaluate("window.pwned") is None
    context.close()

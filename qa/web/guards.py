"""What a request must be before Gradio sees it.

Gradio serves more than the page needs: it proxies, hands out files, and downloads whatever address a `FileData` names.
So what is not needed is not served, and what is needed is looked through first. Pure ASGI, outside of Gradio's routes.
"""

import ipaddress
import json
import re
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import gradio as gr
from gradio.utils import get_upload_folder
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.headers import with_headers, with_nonce

LOCAL = ("127.0.0.1", "localhost", "::1")
"""Names by which this machine alone is reached."""

LARGEST_BODY = 1_000_000
"""Bytes of a request that is no upload; a whole conversation that a browser brings back takes half of it."""

MOST_WAITING = 10
"""Events of one visitor that may wait for their turn; the page itself never has more than four."""

MOST_WAITING_AT_ADDRESS = 40
"""Events that may wait of all at one address: it may be that of an office, or of one who makes up visitors."""

_API = "/gradio_api"
_READ = re.compile(
    rf"/|/(?:config|theme\.css|manifest\.json|robots\.txt|favicon\.ico)|/(?:assets|static|fonts)/.+|{_API}/(?:info"
    r"|startup-events|theme\.css|upload_progress|queue/(?:data|status)|heartbeat/[\w-]+|call/(?:v2/)?\w+/[\w-]+)/?"
)
_CHANGE = re.compile(rf"{_API}/(?:queue/join|component_server|cancel|reset|call/(?:v2/)?\w+)/?")
_UPLOAD = f"{_API}/upload"
_QUEUED = re.compile(rf"{_API}/(?:queue/join|call/(?:v2/)?\w+)/?")

_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//|\s*(?:data|file|javascript|blob):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """The names by which a page may be asked for; `addresses`: any IP address too, which nobody can rebind."""

    hosts: frozenset[str]
    addresses: bool = False

    @classmethod
    def of(cls, named: Iterable[str]) -> "Names":
        """Return those of a page that is served at the first of some names: "0.0.0.0" is every name of the machine."""
        named = [name.lower() for name in named]
        mine = socket.gethostname().lower()
        outside = named[0] not in LOCAL
        also = (mine, mine.split(".")[0], f"{mine.split('.')[0]}.local") if outside else ()
        return cls(frozenset((*named, *LOCAL, *also)), addresses=outside)

    def know(self, netloc: str) -> bool:
        """Whether a Host header, with or without a port, is one of them."""
        try:
            host = urlsplit(f"//{netloc}").hostname or ""
        except ValueError:
            return False
        if host.rstrip(".") in self.hosts:
            return True
        try:
            return self.addresses and bool(ipaddress.ip_address(host))
        except ValueError:
            return False


class Refusal(Exception):
    """A request that is not answered: the HTTP status, and why in a sentence."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Guard:
    """An ASGI application before Gradio's; see `check` for what is refused.

    `names` are those of the page, `upload_bytes` the most that one upload takes (0: nothing can be uploaded), `waiting`
    returns the events that wait.
    """

    def __init__(
        self, app: ASGIApp, *, names: Names, upload_bytes: int, waiting: Callable[[], Iterable[tuple[str, str]]]
    ) -> None:
        self._app, self._names, self._upload_bytes, self._waiting = app, names, upload_bytes, waiting
        self._joining: Counter[tuple[str, str]] = Counter()  # events that are on their way into the queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        send = with_headers(send, nonce)
        try:
            if scope["type"] != "http":
                raise Refusal(404, "There is nothing at this address.")
            self.check(scope)
            if scope["method"] == "POST" and scope["path"] != _UPLOAD:
                body = await _read_body(receive)
                sent = self._look_through(body)
                await self._in_turn(scope, sent, _again(body, receive), send)
            else:
                await self._app(scope, receive, with_nonce(send, nonce) if scope["path"] == "/" else send)
        except Refusal as refused:
            # Without a close the server would go on to read, and drop, whatever is still sent.
            headers = {"Connection": "close", **({"Retry-After": "5"} if refused.status == 429 else {})}
            await JSONResponse({"detail": refused.reason}, refused.status, headers)(scope, receive, send)

    def check(self, scope: Scope) -> None:
        """Raise Refusal for unknown hosts, requests of other pages, what the page does not need, and vast bodies."""
        method, path, headers = scope["method"], scope["path"], Headers(scope=scope)
        asked_as = [headers.get("host", ""), *headers.getlist("x-forwarded-host")]
        if not all(self._names.know(host) for host in asked_as):
            raise Refusal(400, "The page is not served under this name: QA_HOST may list further names.")
        if _is_foreign(scope, headers, asked_as):
            raise Refusal(403, "Only this page's own requests are answered.")
        uploads = method == "POST" and path == _UPLOAD and self._upload_bytes > 0
        served = _READ if method in ("GET", "HEAD") else _CHANGE if method == "POST" else None
        if not uploads and (served is None or not served.fullmatch(path)):
            raise Refusal(404, "There is nothing at this address.")
        if "deep_link" in parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True):
            raise Refusal(404, "There is nothing at this address.")
        length = headers.get("content-length")
        if uploads and length is None:
            raise Refusal(411, "An upload has to say how long it is.")
        most = self._upload_bytes if uploads else LARGEST_BODY
        if length is not None and not (length.isascii() and length.isdigit() and int(length) <= most):
            raise _too_large(most)

    def _look_through(self, body: bytes) -> Mapping[str, Any]:
        """Return the JSON object of a body; raises Refusal for another body and for a file that was not uploaded."""
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError):
            raise Refusal(400, "This is no JSON.") from None
        if not isinstance(sent, dict):
            raise Refusal(400, "This is no JSON object.")
        room = Path(get_upload_folder()).resolve() if self._upload_bytes else None
        values: list[Any] = [sent]
        while values:
            value = values.pop()
            if isinstance(value, dict):
                _check_file(value, room)
                values += value.values()
            elif isinstance(value, list):
                values += value
        return sent

    async def _in_turn(self, scope: Scope, sent: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Pass on a request; raises Refusal for an event of a visitor who has enough of them waiting.

        A visitor is an address with a session. Who makes up sessions shares the bound of an address. Behind a proxy on
        this machine the address is the one that its X-Forwarded-For tells.
        """
        if not _QUEUED.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        address = (scope.get("client") or ("", 0))[0]
        visitor = address, str(sent.get("session_hash") or "")
        waiting = Counter(self._waiting()) + self._joining
        at_address = sum(number for (where, _), number in waiting.items() if where == address)
        if waiting[visitor] >= MOST_WAITING or at_address >= MOST_WAITING_AT_ADDRESS:
            raise Refusal(429, "Too many questions are waiting: wait for the answers to those asked before.")
        self._joining[visitor] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._joining[visitor] -= 1
            self._joining += Counter()  # drops the zeros


def waiting_in(page: gr.Blocks) -> list[tuple[str, str]]:
    """Return the address and the session of each event in the queue of a page that has not begun."""
    events = [event for queue in page._queue.event_queue_per_concurrency_id.values() for event in queue.queue]
    # An event without a session, as of `curl`, has its own id for one.
    return [
        (
            event.request.client.host if event.request.client else "",
            event.session_hash * (event.session_hash != event._id),
        )
        for event in events
    ]


def _is_foreign(scope: Scope, headers: Headers, asked_as: Iterable[str]) -> bool:
    """Whether a page of another origin sends the request; browsers say so, other programs on this machine do not.

    A link from elsewhere may open the page.
    """
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() not in [host.lower() for host in asked_as]:
        return True
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    opens = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
    return not (opens and scope["method"] in ("GET", "HEAD") and scope["path"] == "/")


def _check_file(value: Mapping[str, Any], room: Path | None) -> None:
    """Raise Refusal if an object is a Gradio `FileData` that is not a file in the folder `room` of uploads."""
    path = value.get("path")
    if not isinstance(path, str):
        return
    if _ADDRESS.match(path):
        raise Refusal(403, "Addresses are not fetched: add an article under “Archive”, or with `qa add`.")
    if "meta" not in value:
        return
    # What Gradio itself says of an upload is its address on this page.
    elsewhere = _ADDRESS.match(str(value.get("url") or "")) and f"{_API}/file=" not in str(value["url"])
    try:
        uploaded = room is not None and Path(path).resolve().is_relative_to(room) and Path(path).is_absolute()
    except (OSError, ValueError):
        uploaded = False
    if elsewhere or not uploaded:
        raise Refusal(403, "Only files that were uploaded here are taken.")


def _too_large(most: int) -> Refusal:
    if most == LARGEST_BODY:
        return Refusal(413, "This is larger than 1 MB. If it is a long conversation: begin a new one.")
    return Refusal(413, f"This is larger than {most // 1_000_000} MB: add fewer files at a time.")


async def _read_body(receive: Receive) -> bytes:
    """Return the whole body; raises Refusal as soon as it is too large, whatever its length was said to be."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "The request was broken off.")
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _too_large(LARGEST_BODY)
        if not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that brings a body which was read already, and then whatever comes."""
    brought = False

    async def bring() -> Message:
        nonlocal brought
        if brought:
            return await receive()
        brought = True
        return {"type": "http.request", "body": body, "more_body": False}

    return bring

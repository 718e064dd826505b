"""Download one address of the web: public hosts only, checked at every redirect, within limits of size and time."""

import ipaddress
import math
import re
import socket
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from qa import __version__
from qa.errors import FetchError

PATIENCE = 10.0
"""Seconds to wait for a connection, and for the next bytes."""

LONGEST = 60.0
"""Seconds that one address may take with all its redirects."""

REDIRECTS = 5

SAVE_IT = "open it in your browser, save the page and put the file into the folder"
"""What a person can do where a program is not let in."""

_AGENT = f"qa/{__version__} (keeps news articles for one reader)"
_TRACKING = re.compile(r"(?:utm_\w*|fbclid|gclid)(?:=|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Web:
    """What may be downloaded, and how politely: hosts in `allowed` need not be public, `pause` is in seconds.

    `asked` tells when each host was asked last.
    """

    limit_bytes: int
    allowed: frozenset[str]
    pause: float = 0.0
    asked: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """What an address gave; `url` is the one after redirects, `data` is empty unless the status is 200."""

    url: str
    status: int
    headers: httpx.Headers
    data: bytes


def bare(url: str) -> str:
    """Return an address without its fragment and what only tells where a reader came from."""
    address = _address(url)
    kept = [part for part in address.query.decode().split("&") if part and not _TRACKING.match(part)]
    return str(address.copy_with(fragment=None, query="&".join(kept).encode() or None))


def get(
    url: str, web: Web, *, kinds: tuple[str, ...] = (), known: Mapping[str, Mapping[str, str]] | None = None
) -> Page:
    """Download an address, whatever its status; with `kinds`, only where its content type is one of them.

    `known` holds the `etag` and `last_modified` of bare addresses: where these are still right the status is 304.
    Raises FetchError for what is not public, is of another kind, too large, too slow, or cannot be reached.
    """
    target, ends = _address(url), time.monotonic() + LONGEST
    for _ in range(REDIRECTS + 1):
        time.sleep(max(0.0, web.asked.get(target.host, -math.inf) + web.pause - time.monotonic()))
        try:
            page = _ask(url, target, (known or {}).get(bare(str(target)), {}), ends, web, kinds)
        except httpcore.TimeoutException as error:
            raise FetchError(url, "answers too slowly: try again later") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError(url, f"cannot be downloaded ({error}): check the address and your connection") from error
        finally:
            web.asked[target.host] = time.monotonic()
        if page.status not in (301, 302, 303, 307, 308) or "location" not in page.headers:
            return page
        try:
            target = _address(str(target.join(page.headers["location"])))
        except (FetchError, httpx.InvalidURL, ValueError) as error:
            raise FetchError(url, "redirects to what is no web address: look for its new one") from error
    raise FetchError(url, f"redirects more than {REDIRECTS} times: {SAVE_IT}")


def good(url: str, page: Page) -> Page:
    """Return a page whose status is 200; raises FetchError for any other."""
    if page.status == 200:
        return page
    reasons = {
        401: f"asks for a password: {SAVE_IT}",
        402: f"asks for money: {SAVE_IT}",
        403: f"refuses programs: {SAVE_IT}",
        404: "does not exist: check the address",
        410: "exists no longer: look for another address",
        429: "was asked too often: try again later",
        451: f"is closed for legal reasons: {SAVE_IT}",
    }
    raise FetchError(url, f"answers with status {page.status}, " + reasons.get(page.status, "no page: try again later"))


def unpacked(url: str, chunks: Iterable[bytes], limit_bytes: int, *, encoding: str = "gzip") -> bytes:
    """Return the bytes of a body; raises FetchError as soon as they are more than `limit_bytes`, or do not unpack."""
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise FetchError(url, f"is packed in a way that was not asked for ({encoding[:40]}): {SAVE_IT}")
    unpack = None if encoding == "identity" else zlib.decompressobj(wbits=47)  # 47: gzip or zlib, as the data say
    data = bytearray()
    try:
        for chunk in chunks:
            data += unpack.decompress(chunk, limit_bytes + 1 - len(data)) if unpack else chunk
            if len(data) > limit_bytes:
                raise FetchError(url, f"is larger than {limit_bytes / 1_000_000:g} MB: raise QA_MAX_MB")
    except zlib.error as error:
        raise FetchError(url, f"is damaged ({error}): try again later") from error
    if unpack and not unpack.eof:
        raise FetchError(url, "breaks off: try again later")
    return bytes(data)


_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)


def _address(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url.strip())
        # A host that begins with xn-- is decoded only where it is asked for, and may turn out to be none.
        has_host = bool(address.host and _HOST.fullmatch(address.raw_host.decode("ascii")))
    except (httpx.InvalidURL, ValueError):
        address, has_host = httpx.URL(), False
    has_port = address.port is None or 0 < address.port < 65_536
    if not (has_host and has_port) or address.scheme not in ("http", "https") or len(url) > 2_000:
        raise FetchError(url[:2_000], "is no web address: write it like https://example.org/article")
    if address.userinfo:
        raise FetchError(url, "holds a user name: leave out what stands before the @")
    return address


def _ask(url: str, target: httpx.URL, known: Mapping[str, str], ends: float, web: Web, kinds: tuple[str, ...]) -> Page:
    headers = {"Host": target.netloc.decode(), "User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"}
    for name, value in (("If-None-Match", known.get("etag")), ("If-Modified-Since", known.get("last_modified"))):
        headers |= {name: value} if value else {}
    line = _Checked(_public_numbers(url, target, web.allowed), ends)
    asked = httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)
    # This pool knows of no proxy: one would look up the name again, and might be led elsewhere than was checked.
    with (
        httpcore.ConnectionPool(network_backend=line) as pool,
        pool.stream("GET", asked, headers=[(name.encode(), value.encode()) for name, value in headers.items()]) as got,
    ):
        told = httpx.Headers(got.headers)
        if got.status != 200:
            return Page(str(target), got.status, told, b"")
        kind = told.get("content-type", "").split(";")[0].strip().lower()
        if kinds and kind and kind not in kinds:
            raise FetchError(url, f"is {kind[:80]}, no page: give another address, or put the file into the folder")
        encoding = told.get("content-encoding", "identity").strip().lower()
        return Page(str(target), 200, told, unpacked(url, got.iter_stream(), web.limit_bytes, encoding=encoding))


def _public_numbers(url: str, target: httpx.URL, allowed: frozenset[str]) -> list[str]:
    """Return the numeric addresses of a host; raises FetchError where one is not public and the host not allowed."""
    host = target.raw_host.decode("ascii")
    try:
        found = socket.getaddrinfo(host, target.port or target.scheme, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(url, f"names a host that cannot be found ({host}): check it and your connection") from error
    numbers = list(dict.fromkeys(str(one[4][0]) for one in found))
    for number in numbers:
        if host not in allowed and not _is_public(number):
            leads = "is" if target == _address(url) else "redirects to"
            raise FetchError(
                url, f"{leads} a private address ({host}, {number}): if you trust it, put {host} into QA_ALLOW_HOSTS"
            )
    return numbers


def _is_public(number: str) -> bool:
    ip = ipaddress.ip_address(number)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour  # where such an address leads in the end
        return _is_public(str(inner)) if inner else ip.is_global and ip in _UNICAST
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that is given out so far; outside of it are private and mapped ones


class _Checked(httpcore.SyncBackend):
    """Connects to the numbers that were checked, whatever the host's name leads to by now, until `ends`."""

    def __init__(self, numbers: list[str], ends: float) -> None:
        self.numbers, self.ends = numbers, ends

    def connect_tcp(self, host: str, port: int, *_: Any, **settings: Any) -> "_Timed":
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        for number in self.numbers:
            try:
                settings["timeout"] = _left(self.ends)
                return _Timed(super().connect_tcp(number, port, **settings), self.ends)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem


class _Timed(httpcore.NetworkStream):
    """A connection that ends at a time on the clock, so that a byte now and then does not keep it open."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self.stream, self.ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, _left(self.ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(self.ends))

    def close(self) -> None:
        self.stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> "_Timed":
        return _Timed(self.stream.start_tls(ssl_context, server_hostname, _left(self.ends)), self.ends)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(ends: float) -> float:
    """Return how long to wait, in seconds; raises httpcore.ReadTimeout when the time is over."""
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return min(left, PATIENCE)

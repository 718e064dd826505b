"""A page in place of the page while the index cannot be opened: it says why, and what to do next."""

import secrets
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send

from qa.config import Settings
from qa.errors import DamagedIndex, IndexBusy, StaleIndex, StoreError
from qa.web.articles import esc
from qa.web.guards import LOCAL, Names
from qa.web.headers import with_headers
from qa.web.launch import names
from qa.web.talk import without_folders

if TYPE_CHECKING:
    from qa.chain import Chain

LOOKED = 1.0
"""Seconds after which it is looked whether somebody has mended the index."""

ASKED = 10.0
"""The same for an index on a Chroma server, whose files are not to be seen."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5"><title>The Reading Room</title>
<style>:root {{ color-scheme: light dark; }}
body {{ margin: 12vh auto; max-width: 38rem; padding: 0 1.2rem; font: 1.1rem/1.5 Georgia, serif; }}
p {{ overflow-wrap: anywhere; }}
h1 {{ font-size: 1.5rem; }}</style></head>
<body><h1>The index cannot be used</h1><p role="alert">{reason}</p>
<p>This page opens by itself once that is done.</p></body></html>
"""


def open_index(chain: "Chain", *, host: str, port: int) -> None:
    """Open the index of a chain; one that is stale or damaged is told in a page until it is mended.

    Raises the other errors of opening it.
    """
    settings = chain.settings
    try:
        _open(chain)
        return
    except (DamagedIndex, StaleIndex) as error:
        notice = _Notice(error, settings, host)
    server = uvicorn.Server(
        uvicorn.Config(notice, names(host)[0], port, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, name="qa-notice", daemon=True)
    thread.start()
    try:
        while True:
            seen = _seen(settings)
            while _seen(settings) == seen:
                time.sleep(LOOKED)
            try:
                _open(chain)
                return
            except IndexBusy:
                pass  # somebody is mending it
            except (DamagedIndex, StaleIndex) as error:
                notice.tell(error)
    finally:
        server.should_exit = True
        thread.join()


def _open(chain: "Chain") -> object:
    return chain.store


class _Notice:
    """The page that says why, to whoever asks for whatever."""

    def __init__(self, error: StoreError, settings: Settings, host: str) -> None:
        self._settings, self._host, self._reason = settings, host, ""
        self._names = Names.of(names(host))
        self.tell(error)

    def tell(self, error: StoreError) -> None:
        if str(error) != self._reason:
            print(f"qa: {error}", file=sys.stderr, flush=True)
        self._reason = str(error)
        is_local = set(names(self._host)) <= set(LOCAL)
        self._shown = str(error) if is_local else without_folders(error, self._settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        page = HTMLResponse(PAGE.format(reason=esc(self._shown)), 503, {"Retry-After": "5"})
        other = PlainTextResponse("The page is not served under this name.", 400)
        await (page if self._names.know(host) else other)(scope, receive, with_headers(send, secrets.token_urlsafe(16)))


def _seen(settings: Settings) -> object:
    """Return what changes with the files of an index; where they are not to be seen, with time.

    To open it takes its lock, and who comes to mend it must not find that taken.
    """
    if settings.chroma_url:
        return time.monotonic() // ASKED
    seen = {}
    for file in (settings.index_folder / ".seal", *settings.index_folder.glob("chroma.sqlite3")):
        try:
            found = Path(file).stat()
        except OSError:
            continue
        seen[file.name] = found.st_mtime_ns, found.st_size
    return seen

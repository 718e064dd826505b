"""Serve the page on this machine, or wherever it is told to."""

import errno
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import gradio as gr
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.config import BRIEFS
from qa.errors import SettingsError
from qa.watch import follow
from qa.web.page import build_page
from qa.web.theme import ReadingRoom

if TYPE_CHECKING:
    from qa.chain import Chain

HERE = Path(__file__).parent
LOCAL = ("127.0.0.1", "localhost")
PRELOAD = "".join(
    f'<link rel="preload" as="font" type="font/woff2" crossorigin href="/fonts/{name}-normal.woff2">'
    for name in ("newsreader-latin-opsz", "public-sans-latin-wght")
)
"""Fonts before the first words, so that nothing moves when they arrive."""


def launch(
    page: gr.Blocks,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    limit_bytes: int = 1000,
) -> str:
    """Start serving in the background and return the page's address; uploads of up to `limit_bytes` are taken."""
    check_port(host, port)
    # Gradio fetches its own page once to see that it runs; a proxy must not be asked for that.
    bypass = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(filter(None, [bypass, "127.0.0.1", "localhost", host]))
    # A foreign page must reach neither this page by another name for this machine, nor its uploads from elsewhere.
    guards = [Middleware(same_origin)]
    if host in LOCAL:
        guards.append(Middleware(TrustedHostMiddleware, allowed_hosts=[*LOCAL]))
    app, url, _ = page.launch(
        server_name=host,
        server_port=port,
        inbrowser=open_browser,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        app_kwargs={"middleware": guards},
        state_session_capacity=500,  # conversations that are kept in memory
        max_file_size=limit_bytes,  # Gradio's address for uploads is open even if nothing can be added
        mcp_server=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        theme=ReadingRoom(),
        # In the head, because Gradio rewrites the selectors of what it is given as `css`.
        head=f"{PRELOAD}<style>{(HERE / 'style.css').read_text(encoding='utf-8')}</style>",
    )
    # Ahead of Gradio's own routes, one of which takes every address.
    app.router.routes.insert(0, Mount("/fonts", StaticFiles(directory=HERE / "fonts")))
    return url


def same_origin(app: ASGIApp) -> ASGIApp:
    """Refuse what pages of other origins send; browsers name the origin of every such request."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != headers.get("host"):
                await PlainTextResponse("Only this page's own requests are answered.", 403)(scope, receive, send)
                return
        await app(scope, receive, send)

    return guarded


def serve(chain: "Chain", *, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = False) -> None:
    """Serve the page until Ctrl+C; the index follows the folder of articles meanwhile."""
    # What others can reach they could fill: then the folder is the only way in.
    # The demonstration's articles are those of the program.
    editable = host in LOCAL and chain.settings.articles.resolve() != BRIEFS.resolve()
    page = build_page(chain, editable=editable)
    # Ten times what is read: what is too large gets its reason in the report, and the others of its batch are taken.
    limit = 10 * chain.settings.limit_bytes if editable else 1000
    url = launch(page, host=host, port=port, open_browser=open_browser, limit_bytes=limit)
    chain.store.serving(url)
    stop_following = follow(chain, on_change=lambda _: chain.examples())
    print(f"The reading room is open at {url} (Ctrl+C closes it)", flush=True)
    try:
        page.block_thread()
    finally:
        stop_following()


def check_port(host: str, port: int) -> None:
    """Refuse an address that cannot be served on, before Gradio's five seconds of trying."""
    if not 0 < port < 65536:
        raise SettingsError(f"port {port} does not exist: choose one from 1 to 65535 with --port")
    if ":" in host:
        raise SettingsError(f"the page cannot be served on the IPv6 address {host}; --host 127.0.0.1 always works")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except UnicodeError as error:
        raise SettingsError(f"{host!r} is no host name; --host 127.0.0.1 always works") from error
    except OSError as error:
        other = port + 1 if port < 65535 else port - 1
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} on {host} is in use by another program: choose another with --port {other}"
        elif error.errno == errno.EACCES:
            message = f"port {port} needs administrator rights: choose one above 1023 with --port 7860"
        else:
            message = f"cannot serve on {host}: {error.strerror or error}; --host 127.0.0.1 always works"
        raise SettingsError(message) from error

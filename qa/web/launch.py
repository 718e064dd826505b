"""Serve the page on this machine, or wherever it is told to."""

import errno
import functools
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from qa.config import BRIEFS
from qa.errors import SettingsError
from qa.indexing import Indexing
from qa.progress import Progress
from qa.watch import follow
from qa.web.guards import LOCAL, Guard, Names, waiting_in
from qa.web.page import build_page
from qa.web.theme import ReadingRoom

if TYPE_CHECKING:
    from qa.chain import Chain
    from qa.store import Sync

HERE = Path(__file__).parent
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
    upload_bytes: int = 0,
) -> str:
    """Start serving in the background and return the page's address.

    `host` may name further names behind commas, by which a proxy knows this machine. Up to `upload_bytes` are taken in
    one upload, none if it is 0.
    """
    check_port(host, port)
    named = names(host)
    # Gradio fetches its own page once to see that it runs; a proxy must not be asked for that.
    bypass = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = ",".join(filter(None, [bypass, "127.0.0.1", "localhost", named[0]]))
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = hosts
    guard = Middleware(
        Guard, names=Names.of(named), upload_bytes=upload_bytes, waiting=functools.partial(waiting_in, page)
    )
    app, url, _ = page.launch(
        server_name=named[0],
        server_port=port,
        inbrowser=open_browser,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        app_kwargs={"middleware": [guard]},
        state_session_capacity=500,  # conversations that are kept in memory
        max_file_size=upload_bytes,
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


def names(host: str) -> list[str]:
    """Return the address to serve at, and the further names of a page: "0.0.0.0, news.example" has two."""
    return [name.strip() for name in host.split(",") if name.strip()] or ["127.0.0.1"]


def serve(
    chain: "Chain",
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    progress: Callable[[Progress], object] = lambda now: None,
    on_first: Callable[["Sync"], object] = lambda done: None,
) -> None:
    """Serve the page until Ctrl+C; the index follows the folder of articles meanwhile, from the first second on.

    `progress` is told how far it is, and `on_first` what came of the first sync, in another thread.
    """
    chain.indexing = Indexing()  # so that the page does not wait for the index
    # What others can reach they could fill: then the folder is the only way in.
    # The demonstration's articles are those of the program.
    editable = set(names(host)) <= set(LOCAL) and chain.settings.articles.resolve() != BRIEFS.resolve()
    page = build_page(chain, editable=editable)
    # Ten times what is read: what is too large gets its reason in the report, and the others of its batch are taken.
    upload = 10 * chain.settings.limit_bytes if editable else 0
    url = launch(page, host=host, port=port, open_browser=open_browser, upload_bytes=upload)
    chain.store.serving(url)
    print(f"The reading room is open at {url} (Ctrl+C closes it)", flush=True)

    def first(done: "Sync") -> None:
        on_first(done)
        chain.examples()

    stop_following = follow(chain, lambda _: chain.examples(), on_first=first, progress=progress)
    try:
        page.block_thread()
    finally:
        stop_following()


def check_port(host: str, port: int) -> None:
    """Refuse an address that cannot be served on, before Gradio's five seconds of trying."""
    host = names(host)[0]
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

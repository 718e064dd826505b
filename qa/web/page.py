"""Wire the conversation to the chain, and start the page."""

import errno
import logging
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from qa.errors import QaError, SettingsError
from qa.followup import Turn
from qa.web.render import Entry, article_html, front_html, turn_html, welcome_html
from qa.web.theme import ReadingRoom

if TYPE_CHECKING:
    from qa.chain import Chain

Talk = tuple[Entry, ...]

SCRIPT = Path(__file__).with_name("page.js")
STYLE = Path(__file__).with_name("style.css")
BROKEN = "Something went wrong in the program. Please ask again; the terminal it runs in says what happened."
STOPPED = "Stopped before the answer was complete."
READER = """
<div class="bar">
  <button type="button" class="back">← Back</button>
  <span class="place" aria-live="polite"></span>
  <button type="button" class="previous" aria-label="Previous quote" title="Previous quote">←</button>
  <button type="button" class="next" aria-label="Next quote" title="Next quote">→</button>
  <button type="button" class="close" aria-label="Close the article" title="Close (Escape)">×</button>
</div>
<div class="sheet"></div>
"""

log = logging.getLogger(__name__)


def build_page(chain: "Chain") -> gr.Blocks:
    """Make the page; answers follow the archive, its front page and example questions are those of this moment."""
    # Otherwise Gradio works out statistics, with pandas, after every event; nobody here looks at them.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
    archive = chain.store.archive
    welcome = welcome_html(archive, chain.examples())

    def read_article(wanted: dict[str, Any]) -> str:
        """Answer a click on a citation; it knows its place, so this needs no memory of the conversation."""
        try:
            article = chain.article(str(wanted["article"]))
            quotes = [(int(start), int(end)) for start, end in wanted["quotes"]]
            active = int(wanted["active"])
        except (KeyError, TypeError, ValueError):
            return ""  # the page says that the article is gone; anybody may call this, so nothing is trusted
        return article_html(article, quotes, active)

    def converse(question: str, talk: Talk, event: gr.EventData) -> Iterator[tuple[Any, Talk, Any]]:
        """Answer the question in the box, or the example that was chosen."""
        chosen = event.target is conversation
        asked = str(event.question) if chosen else question or ""
        if not asked.strip():
            yield gr.skip(), talk, gr.skip()
            return
        earlier = [turn_html(entry) for entry in talk]
        # The box is emptied once only: what is typed while an answer streams must stay.
        box: Any = gr.skip() if chosen else ""
        for entry in answered(chain, asked, talk):
            yield box, (*talk, entry), [*earlier, turn_html(entry)]
            box = gr.skip()

    def stop(talk: Talk) -> tuple[Talk, list[str]]:
        """Keep what was checked so far of an answer that was stopped."""
        talk = (*talk[:-1], stopped(talk[-1])) if talk else talk
        return talk, [turn_html(entry) for entry in talk] or [welcome]

    def ask(question: str) -> dict[str, Any]:
        """Answer one question from the articles."""
        try:
            *_, answer = chain.stream(question)
        except QaError as error:
            raise gr.Error(str(error), print_exception=False) from error
        said = answer.to_dict()
        for citation in said["citations"]:
            # Gradio's client takes any "path" for a file that it has to download.
            del citation["article"]["path"]
        return said

    page = gr.Blocks(title="The Reading Room", fill_width=True, analytics_enabled=False)
    with page:
        talk = gr.State(())
        with gr.Row(elem_id="masthead"):
            gr.HTML("<h1>The Reading Room</h1><p>Answers you can check</p>", apply_default_css=False, js_on_load=None)
            clear = gr.Button("New conversation", size="sm", elem_id="clear", scale=0)
        with gr.Row(elem_id="room"):
            with gr.Column(elem_id="chat"):
                conversation = gr.HTML(
                    [welcome],
                    # The one template that is safe: Gradio runs it as JavaScript, and here no text is part of it.
                    html_template='<div class="log" role="log" aria-label="Conversation" tabindex="0">'
                    "${value.join('')}</div>",
                    js_on_load=SCRIPT.read_text(encoding="utf-8"),
                    server_functions=[read_article],
                    apply_default_css=False,
                    elem_id="conversation",
                )
                with gr.Row(elem_id="asking"):
                    question = gr.Textbox(
                        label="Your question",
                        placeholder="Ask a question",
                        show_label=False,
                        container=False,
                        max_lines=5,
                        elem_id="question",
                        html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
                    )
                    send = gr.Button("Ask", variant="primary", elem_id="ask", scale=0)
                    halt = gr.Button("Stop", elem_id="stop", scale=0)
            with gr.Column(elem_id="pane"):
                gr.HTML(READER, apply_default_css=False, elem_id="reader", js_on_load=None)
                gr.HTML(
                    front_html(list(archive.articles.values())),
                    apply_default_css=False,
                    elem_id="front",
                    js_on_load=None,
                )

        asking = gr.on(
            [question.submit, send.click, conversation.submit],
            converse,
            [question, talk],
            [question, talk, conversation],
            show_progress="hidden",
            concurrency_limit=8,
            api_visibility="private",
        )
        halt.click(None, cancels=[asking], api_visibility="private").then(
            stop, talk, [talk, conversation], show_progress="hidden", api_visibility="private"
        )
        clear.click(None, cancels=[asking], api_visibility="private").then(
            lambda: ("", (), [welcome]),
            None,
            [question, talk, conversation],
            show_progress="hidden",
            api_visibility="private",
        )
        api(ask, api_name="ask", concurrency_limit=8)
    return page


def answered(chain: "Chain", question: str, talk: Talk) -> Iterator[Entry]:
    """Follow one question from asked to answered; what goes wrong becomes a message in the conversation."""
    history = [Turn(entry.question, entry.answer) for entry in talk if entry.answer]
    entry = Entry(question)
    yield entry
    try:
        for answer in chain.stream(question, history=history):
            entry = Entry(question, answer)
            yield entry
        yield replace(entry, done=True)
    except QaError as error:
        yield Entry(question, trouble=str(error), done=True)
    except Exception:
        log.exception("no answer to %r", question)
        yield Entry(question, trouble=BROKEN, done=True)


def stopped(entry: Entry) -> Entry:
    """Close an answer that was cut short: unchecked words go, and a notice says so."""
    if entry.done:
        return entry
    answer = entry.answer
    if answer is None or not answer.text:
        return Entry(entry.question, trouble=STOPPED, done=True)
    used = {number for sentence in answer.sentences for number in sentence.citations}
    citations = tuple(citation for citation in answer.citations if citation.number in used)
    return replace(entry, answer=replace(answer, citations=citations, pending="", notice=STOPPED), done=True)


def launch(page: gr.Blocks, *, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = False) -> str:
    """Start serving in the background and return the page's address."""
    check_port(host, port)
    # Gradio fetches its own page once to see that it runs; a proxy must not be asked for that.
    bypass = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(filter(None, [bypass, "127.0.0.1", "localhost", host]))
    _, url, _ = page.launch(
        server_name=host,
        server_port=port,
        inbrowser=open_browser,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        ssr_mode=False,
        max_file_size="1kb",  # nothing is uploaded here, but Gradio's address for it is open
        mcp_server=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        theme=ReadingRoom(),
        # In the head, because Gradio rewrites the selectors of what it is given as `css`.
        head=f"<style>{STYLE.read_text(encoding='utf-8')}</style>",
    )
    return url


def serve(chain: "Chain", *, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = False) -> None:
    """Serve the page until Ctrl+C."""
    page = build_page(chain)
    url = launch(page, host=host, port=port, open_browser=open_browser)
    print(f"The reading room is open at {url} (Ctrl+C closes it)", flush=True)
    page.block_thread()


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

"""Wire the conversation to the chain; the archive tab has a file of its own."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from qa import receipt
from qa.errors import QaError
from qa.web.answers import Entry, conversation_html, welcome_html
from qa.web.archive_tab import ALL_OUTLETS, SILENT, ArchiveTab
from qa.web.articles import article_html
from qa.web.takeaway import file_name, markdown, receipt_html
from qa.web.talk import Talk, answered, as_day, keep_feedback, remembered, restored, stopped, without_folders

if TYPE_CHECKING:
    from qa.chain import Chain

MOST_QUOTES = 50
"""Quotes that are marked in an article at a time; an answer has a dozen at most."""

SCRIPT = Path(__file__).with_name("page.js")
ALL_ARTICLES = "Searches all articles"
READER = """
<div class="bar">
  <button type="button" class="back">← Back</button>
  <span class="place" aria-live="polite"></span>
  <button type="button" class="previous" aria-label="Previous quote" title="Previous quote">←</button>
  <button type="button" class="next-quote" aria-label="Next quote" title="Next quote">→</button>
  <button type="button" class="close" aria-label="Close the article" title="Close (Escape)">×</button>
</div>
<div class="sheet"></div>
"""
STATE = """
<div class="line">
  <p class="words" aria-hidden="true"></p>
  <progress hidden aria-hidden="true"></progress>
  <p class="heard" role="status"></p>
</div>
"""
"""How far the index is; who listens to it is not told every two seconds."""
FOLLOWED, RETRIED = 2.0, 10.0
"""Seconds after which an open page asks again how far the index is, and whether a trouble is over."""

SAVE = """(parcel) => {
  if (!parcel) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([parcel.text], { type: parcel.type }));
  link.download = parcel.name;
  link.click();
  URL.revokeObjectURL(link.href);
}"""
"""What a browser needs to save a text as a file."""

log = logging.getLogger(__name__)


def build_page(chain: "Chain", *, editable: bool = True) -> gr.Blocks:
    """Make the page; it shows the archive as it is when it is opened or changed. `editable`: articles can be added."""
    # Otherwise Gradio works out statistics, with pandas, after every event; nobody here looks at them.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
    settings, models = chain.settings, chain.models.fingerprints()
    # Only who may change the folder is told where it is.
    say = str if editable else partial(without_folders, settings=settings)

    def shown(talk: Talk) -> list[str]:
        welcome = "" if talk else welcome_html(chain.archive, chain.examples(), reading=chain.indexing is not None)
        return conversation_html(talk, welcome)

    def converse(
        question: str, talk: Talk, saved: Any, outlet: str, since: str, until: str, event: gr.EventData
    ) -> Iterator[tuple[Any, Any]]:
        """Answer the question in the box, or the example that was chosen."""
        talk[:] = talk or restored(saved, chain)  # the program was started anew while the page was open
        chosen = isinstance(event.target, gr.HTML)
        asked = str(event.question) if chosen else question or ""
        if not asked.strip():
            yield gr.skip(), gr.skip()
            return
        talk[:] = [entry for entry in talk if not entry.editing]
        # The box is emptied once only: what is typed while an answer streams must stay.
        box: Any = gr.skip() if chosen else ""
        for _ in answered(chain, asked, talk, (outlet, since, until), say=say):
            yield box, shown(talk)
            box = gr.skip()

    def again(talk: Talk, outlet: str, since: str, until: str, event: gr.EventData) -> Iterator[list[str]]:
        """Ask the last question once more, of the articles as they are and as they are limited now."""
        if talk:
            last = talk.pop()
            widened = bool(event.any_time)  # whatever limited it is lifted
            any_time = last.any_time or widened
            limits = ("", "", "") if widened else (outlet, since, until)
            for _ in answered(chain, last.question, talk, limits, alone=last.alone, any_time=any_time, say=say):
                yield shown(talk)

    def suggest(talk: Talk) -> Any:
        """Offer questions that the archive answers; they are tried behind the answer, so that nobody waits for them."""
        entry = talk[-1] if talk else None
        if entry is None or not entry.done or not entry.answer or entry.suggested:
            return gr.skip()
        found = chain.suggest(entry.answer, [turn.question for turn in talk])
        if not talk or talk[-1].answer is not entry.answer:
            return gr.skip()  # it was asked on meanwhile
        talk[-1] = replace(talk[-1], suggested=tuple(found))
        return shown(talk)

    def stop(talk: Talk) -> list[str]:
        """Keep what was checked so far of an answer that was stopped."""
        talk[-1:] = [stopped(entry) for entry in talk[-1:]]
        return shown(talk)

    def clear_all(talk: Talk) -> tuple[str, list[str], list[Any]]:
        talk.clear()
        return "", shown(talk), []

    def edit(talk: Talk) -> tuple[Any, Any]:
        """Put the last question into the box; its turn stays until another question takes its place."""
        if not talk or not talk[-1].done:
            return gr.skip(), gr.skip()
        talk[-1] = replace(talk[-1], editing=True)
        return talk[-1].question, shown(talk)

    def keep(question: str, talk: Talk) -> tuple[Any, list[str]]:
        untouched = any(entry.editing and entry.question == question for entry in talk)
        talk[:] = [replace(entry, editing=False) for entry in talk]
        return "" if untouched else gr.skip(), shown(talk)

    def judge(talk: Talk, event: gr.EventData) -> Any:
        """Keep a thumb, and then the remark to it, with the whole answer."""
        entry = _turn(talk, event)
        remark = str(getattr(event, "remark", ""))[:2000]
        vote = entry.vote if entry and remark else str(getattr(event, "vote", ""))
        if entry is None or entry.answer is None or vote not in ("up", "down"):
            return gr.skip()
        try:
            keep_feedback(settings.articles, vote, remark, receipt.receipt(entry.answer, models))
        except OSError as error:
            log.warning("an opinion could not be kept: %s", error)
            gr.Warning(f"Your opinion could not be kept: {error if editable else 'the terminal says why'}.")
            return gr.skip()
        talk[int(event.turn)] = replace(entry, vote=vote, remarked=bool(remark))
        return shown(talk)

    def take(talk: Talk, event: gr.EventData) -> dict[str, str] | None:
        """Wrap up one answer as a receipt."""
        entry = _turn(talk, event)
        if entry is None or entry.answer is None:
            return None
        said = receipt.receipt(entry.answer, models)
        if getattr(event, "kind", "") == "json":
            text, kind, suffix = json.dumps(said, ensure_ascii=False, indent=2), "application/json", "json"
        else:
            text, kind, suffix = receipt_html(entry.answer, said), "text/html", "html"
        return {"name": file_name(entry.question, suffix), "type": kind, "text": text}

    def take_all(talk: Talk) -> dict[str, str] | None:
        if not talk:
            gr.Info("There is no conversation to save yet.")
            return None
        return {"name": file_name(talk[0].question, "md"), "type": "text/markdown", "text": markdown(talk)}

    def arrive(kept: Any, talk: Talk, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Open the page: the archive as it is now, the conversation of this browser, the question of the address."""
        talk[:] = talk or restored(kept, chain)  # a question may be faster than the opening of the page
        archive = tab.refreshed()
        yield shown(talk), *archive
        asked = str(request.query_params.get("q", ""))
        if asked.strip():
            for _ in answered(chain, asked, talk, alone=True, say=say):
                yield shown(talk), *[gr.skip()] * len(tab.shown)

    def renew(talk: Talk) -> Any:
        """Bring the welcome up to date: more was read, or there are questions to offer."""
        return gr.skip() if talk else shown(talk)

    def indexing(_: Any) -> dict[str, Any]:
        """Tell how far the index is: in words, as a share of 1, after how many seconds to ask again, if at all.

        When the `state` changes the page is to be renewed.
        """
        now, trouble = chain.indexing, chain.trouble
        words = (
            str(now) if now else f"The index could not follow the folder: {say(QaError(trouble))}" if trouble else ""
        )
        state = f"{len(chain.store.known.passages)} {now is None} {chain.is_busy}"
        again = FOLLOWED if chain.is_busy else RETRIED if trouble else 0
        share = now.done / now.total if now and now.total else None
        return {"words": words, "share": share, "again": again, "state": state, "trouble": bool(trouble and not now)}

    def scope_label(outlet: str, since: str, until: str) -> Any:
        """Say beside the question box what the question is limited to."""
        named = (("from", outlet), ("since", since), ("until", until))
        limits = [f"{word} {what.strip()}" for word, what in named if (what or "").strip()]
        try:
            as_day(since), as_day(until)
        except QaError as error:
            return gr.Accordion(label=str(error))
        return gr.Accordion(label=f"Searches only articles {', '.join(limits)}" if limits else ALL_ARTICLES)

    def read_article(wanted: dict[str, Any]) -> str:
        """Answer a click on a citation; it knows its place, so this needs no memory of the conversation."""
        try:
            article = chain.article(str(wanted["article"]))
            quotes = [(int(start), int(end), str(quote)) for start, end, quote in wanted["quotes"][:MOST_QUOTES]]
            active = int(wanted["active"])
        except (KeyError, OverflowError, TypeError, ValueError):
            return ""  # the page says that the article is gone; anybody may call this, so nothing is trusted
        if any(article.text[start:end] != quote for start, end, quote in quotes):
            return ""
        return article_html(article, [quote[:2] for quote in quotes], active, removable=editable)

    def ask(question: str) -> dict[str, Any]:
        """Answer one question from the articles."""
        try:
            *_, answer = chain.stream(question)
        except QaError as error:
            raise gr.Error(say(error), print_exception=False) from error
        said = answer.to_dict()
        cited = (*said["citations"], *said["closest"])
        told = (article for citation in cited for article in (citation["article"], *citation["also"]))
        for article in (*told, *said["nearest"]):
            # Gradio's client takes any "path" for a file that it has to download.
            del article["path"]
        return said

    # What was uploaded lies in the folder of articles by then, or was refused: copies go within the hour.
    page = gr.Blocks(title="The Reading Room", fill_width=True, analytics_enabled=False, delete_cache=(3600, 3600))
    with page:
        talk = gr.State([])
        # With a key of ours, or the conversation would be lost whenever the program starts anew; it hides nothing.
        key = f"qa-{settings.collection}-{settings.articles.name}"
        kept = gr.BrowserState([], storage_key=key, secret=key)
        parcel = gr.JSON(visible=False)
        with gr.Row(elem_id="masthead"):
            gr.HTML("<h1>The Reading Room</h1><p>Answers you can check</p>", apply_default_css=False, js_on_load=None)
            save = gr.Button("Save", size="sm", elem_id="save", scale=0)
            clear = gr.Button("New conversation", size="sm", elem_id="clear", scale=0)
        gr.HTML(STATE, apply_default_css=False, elem_id="state", js_on_load=None)
        with gr.Row(elem_id="room"):
            with gr.Column(elem_id="chat"), gr.Tabs(elem_id="tabs"):
                with gr.Tab("Conversation", elem_id="talk") as talking:
                    conversation = gr.HTML(
                        shown([]),
                        # The one template that is safe: Gradio runs it as JavaScript, and here no text is part of it.
                        html_template='<div class="log" role="log" aria-label="Conversation" tabindex="0">'
                        "${value.join('')}</div>",
                        js_on_load=SCRIPT.read_text(encoding="utf-8"),
                        server_functions=[read_article, indexing],
                        apply_default_css=False,
                        elem_id="conversation",
                    )
                    with gr.Accordion(ALL_ARTICLES, open=False, elem_id="scope") as scope, gr.Row():
                        outlet = gr.Dropdown(
                            [(ALL_OUTLETS, "")], value="", label="Outlet", min_width=150, allow_custom_value=True
                        )
                        since = gr.Textbox(label="Since", placeholder="2024-03-01", min_width=90, max_lines=1)
                        until = gr.Textbox(label="Until", placeholder="2024-03-31", min_width=90, max_lines=1)
                        widen = gr.Button("All articles", size="sm", elem_id="widen", scale=0)
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
                tab = ArchiveTab(chain, outlet, editable=editable)
            with gr.Column(elem_id="pane"):
                gr.HTML(READER, apply_default_css=False, elem_id="reader", js_on_load=None)
                tab.front.render()  # type: ignore[no-untyped-call]

        limits = [outlet, since, until]
        streams: dict[str, Any] = {"concurrency_limit": 8, "concurrency_id": "answers", **SILENT}
        asking = [
            page.load(arrive, [kept, talk], [conversation, *tab.shown], **streams),
            gr.on(
                [question.submit, send.click, conversation.submit],
                converse,
                [question, talk, kept, *limits],
                [question, conversation],
                **streams,
            ),
            conversation.retry(again, [talk, *limits], conversation, **streams),
        ]
        halted = halt.click(None, cancels=asking, api_visibility="private").then(stop, talk, conversation, **SILENT)
        for ended in (*asking, halted):
            remembering = ended.then(lambda talk: remembered(talk, models), talk, kept, **SILENT)
            remembering.then(suggest, talk, conversation, concurrency_limit=2, **SILENT)
        clear.click(None, cancels=asking, api_visibility="private").then(
            clear_all, talk, [question, conversation, kept], **SILENT
        )
        conversation.edit(edit, talk, [question, conversation], **SILENT)
        conversation.undo(keep, [question, talk], [question, conversation], **SILENT)
        conversation.tick(renew, talk, conversation, **SILENT)
        gr.on([conversation.like, conversation.apply], judge, talk, conversation, **SILENT)
        for taking in (
            conversation.download(take, talk, parcel, **SILENT),
            save.click(take_all, talk, parcel, **SILENT),
        ):
            taking.then(None, parcel, None, js=SAVE, api_visibility="private")
        gr.on([outlet.change, since.change, until.change], scope_label, limits, scope, **SILENT)
        widen.click(lambda: ("", "", ""), None, limits, **SILENT)
        tab.listen(conversation, talking)
        api(ask, api_name="ask", concurrency_limit=8)
    return page


def _turn(talk: Talk, event: gr.EventData) -> Entry | None:
    """Return the turn that an event of the page is about; what the page sends is not trusted."""
    try:
        return talk[range(len(talk))[int(event.turn)]]
    except (AttributeError, IndexError, TypeError, ValueError):
        return None

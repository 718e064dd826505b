"""The archive tab: every article in a table, how fresh it is, and adding and removing articles."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from qa import intake
from qa.archive import count
from qa.citations import day
from qa.errors import QaError
from qa.web.articles import ORDERS, ROWS, esc, front_html, table_html

if TYPE_CHECKING:
    from qa.chain import Chain

ALL_OUTLETS = "All outlets"
HOW_TO_ADD = "To add articles here, serve a folder of your own to this machine only: qa serve --articles FOLDER"

MOST_SKIPPED = 50
"""Files that are named as left out."""

FOLLOWED = 3.0
"""Seconds after which an open tab looks whether the archive has changed."""

SILENT: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""Of every event: the page shows itself that it works, and its inner calls are no API."""


class ArchiveTab:
    """The tab's components and events; made inside the page's tabs, and heard once the page is laid out.

    `shown` are the components that `refreshed()` brings up to date with the archive; among them are the front page, to
    be placed elsewhere, and the choice of outlets beside the question box.
    """

    def __init__(self, chain: "Chain", outlets: gr.Dropdown, *, editable: bool) -> None:
        self._chain, self._editable = chain, editable
        self.front = gr.HTML(
            front_html(chain.archive), apply_default_css=False, elem_id="front", js_on_load=None, render=False
        )
        with gr.Tab("Archive", elem_id="archive") as self._tab:
            self._fresh = gr.HTML(apply_default_css=False, js_on_load=None, elem_id="fresh")
            with gr.Row(elem_id="adding", visible=editable):
                self._upload = gr.File(file_count="multiple", label="Add articles", elem_id="upload", height=132)
                with gr.Column(min_width=160):
                    self._address = gr.Textbox(
                        label="Add from the web", placeholder="https://…", max_lines=1, elem_id="address"
                    )
                    self._fetch = gr.Button("Fetch", size="sm", elem_id="fetch")
            self._report = gr.HTML(apply_default_css=False, js_on_load=None, elem_id="report")
            with gr.Row(elem_id="finding"):
                words = gr.Textbox(label="Find articles", placeholder="Title, outlet or author", max_lines=1)
                outlet = gr.Dropdown(
                    [(ALL_OUTLETS, "")], value="", label="Outlet", min_width=120, allow_custom_value=True
                )
                order = gr.Dropdown(list(ORDERS), value=ORDERS[0], label="Order", min_width=120)
            self._table = gr.HTML(apply_default_css=False, js_on_load=None, elem_id="table")
            self._rows, self._seen = gr.State(ROWS), gr.State(self._state())
            self._timer = gr.Timer(FOLLOWED, active=False)
        self._finding = (words, outlet, order)
        self.shown = [self.front, self._fresh, outlets, outlet, self._table]

    def listen(self, conversation: gr.HTML, other: gr.Tab) -> None:
        """Set up the events; what is clicked in an article or below the table reaches Python through `conversation`.

        The archive is followed until the `other` tab is opened.
        """
        words, outlet, order = self._finding
        # One after the other: what is asked for last must stay.
        table: dict[str, Any] = {"concurrency_id": "table", **SILENT}
        gr.on(
            [words.change, outlet.change, order.change],
            lambda words, outlet, order: (self._browse(words, outlet, order, ROWS), ROWS),
            [*self._finding],
            [self._table, self._rows],
            trigger_mode="always_last",
            **table,
        )
        found = [*self._finding, self._rows]
        # The folder may have changed meanwhile.
        self._tab.select(
            lambda *found: (gr.Timer(active=True), *self.refreshed(*found)), found, [self._timer, *self.shown], **SILENT
        )
        other.select(lambda: gr.Timer(active=False), None, self._timer, **SILENT)
        self._timer.tick(self._state, None, self._seen, **SILENT)
        self._seen.change(self._redrawn, found, [self.front, self._fresh, self._table], **table)
        conversation.expand(lambda rows: rows + 4 * ROWS, self._rows, self._rows, **SILENT).then(
            self._browse, found, self._table, **SILENT
        )
        # While it is indexed, see `page.js`; who searches the table goes on to see what was searched for.
        conversation.tick(self.refreshed, found, self.shown, **table)
        if self._editable:
            told = [self._report, *self.shown]
            self._upload.upload(self._add_files, [self._upload, *found], [self._upload, *told], **SILENT)
            gr.on(
                [self._address.submit, self._fetch.click],
                self._add_address,
                [self._address, *found],
                [self._address, *told],
                **SILENT,
            )
            conversation.delete(self._remove, found, told, **SILENT)

    def refreshed(self, words: str = "", outlet: str = "", order: str = ORDERS[0], rows: int = ROWS) -> tuple[Any, ...]:
        """Return what `shown` has to show of the archive as it is now, the table as it is searched and sorted."""
        archive = self._chain.archive
        names = sorted((name for name in archive.sources if name), key=str.casefold)
        choice = gr.Dropdown(choices=[(ALL_OUTLETS, ""), *((name, name) for name in names)])
        return front_html(archive), self._fresh_html(), choice, choice, self._browse(words, outlet, order, rows)

    def _state(self) -> str:
        """Return what changes with the archive and with the files that are left out of it."""
        return f"{self._chain.archive.fingerprint} {self._chain.last_sync[1].skipped}"

    def _redrawn(self, words: str, outlet: str, order: str, rows: int) -> tuple[str, str, str]:
        """Return the archive anew, but for the choices of outlets: somebody may be about to choose."""
        archive = self._chain.archive
        return front_html(archive), self._fresh_html(), self._browse(words, outlet, order, rows)

    def _browse(self, words: str, outlet: str, order: str, rows: int) -> str:
        return table_html(self._chain.archive, words or "", outlet or "", order, int(rows))

    def _fresh_html(self) -> str:
        looked, done = self._chain.last_sync
        # Where it lies on this machine is nobody's business on another.
        folder = (
            f"From the folder <code>{esc(str(self._chain.settings.articles))}</code>, as" if self._editable else "As"
        )
        skipped = "".join(f"<li>{esc(file.path)}: {esc(file.reason)}</li>" for file in done.skipped[:MOST_SKIPPED])
        note = f"<details><summary>{count(len(done.skipped), 'file')} left out</summary><ul>{skipped}</ul></details>"
        return (
            f"<p>{esc(self._chain.archive.coverage())}.</p>"
            f"<p>{folder} it was on {day(looked.date())} at {looked:%H:%M}.</p>"
            + ("" if self._editable else f"<p>{HOW_TO_ADD}</p>")
            + (note if done.skipped else "")
        )

    def _add_files(self, paths: list[str] | None, *found: Any) -> Iterator[tuple[Any, ...]]:
        """Take each file into the folder of articles, then bring the index up to date."""
        settings, paths = self._chain.settings, paths or []
        told: list[str] = []
        waiting = [gr.skip()] * len(self.shown)
        for number, path in enumerate(paths, start=1):
            name = Path(path).name
            yield gr.skip(), _report([*told, f"Reading {esc(name)} ({number} of {len(paths)})…"]), *waiting
            try:
                kept, articles = intake.add_file(
                    name, Path(path).read_bytes(), settings.articles, limit_bytes=settings.limit_bytes
                )
                more = f" and {count(len(articles) - 1, 'more article')}" if len(articles) > 1 else ""
                told.append(f"<b>{esc(kept.name)}</b> is in: “{esc(articles[0].title)}”{more}")
            except (OSError, QaError) as error:
                told.append(f"Not added, <b>{esc(name)}</b>: {esc(str(error))}")
        yield None, _report([*told, "Bringing the index up to date…"]), *waiting
        told += self._synced()
        yield None, _report(told), *self.refreshed(*found)

    def _add_address(self, address: str, *found: Any) -> Iterator[tuple[Any, ...]]:
        """Fetch an article from the web into the folder of articles, then bring the index up to date."""
        from qa.fetch import add  # takes a second to import, and few add from the web

        if not (address or "").strip():
            return
        settings, waiting = self._chain.settings, [gr.skip()] * len(self.shown)
        yield gr.skip(), _report([f"Fetching {esc(address)}…"]), *waiting
        try:
            got = add(
                address.strip(),
                settings.articles,
                limit_bytes=settings.limit_bytes,
                allowed=settings.allowed_hosts,
            )
        except QaError as error:
            yield gr.skip(), _report([f"Nothing was added: {esc(str(error))}"]), *waiting
            return
        told = [f"<b>{esc(got.path)}</b> is {esc(got.state)}: “{esc(got.title)}”", *self._synced()]
        yield "", _report(told), *self.refreshed(*found)

    def _remove(self, words: str, outlet: str, order: str, rows: int, event: gr.EventData) -> tuple[Any, ...]:
        """Take an article out of the archive, and those of the same file; that is kept in a hidden folder."""
        try:
            article = self._chain.article(str(event.article))
            others = sum(a.file == article.file for a in self._chain.store.archive.articles.values()) - 1
            named = f"“{esc(article.title)}”"
            if others:
                named = f"{esc(article.file)}, with {named} and {count(others, 'more article')},"
            kept = intake.remove(article, self._chain.settings.articles)
            told = [
                f"{named} is removed. Its file is kept as {esc(str(kept))}",
                *self._synced(may_empty=True),
            ]
        except KeyError:
            told = ["This article is no longer in the archive."]
        except QaError as error:
            told = [esc(str(error))]
        return _report(told), *self.refreshed(words, outlet, order, rows)

    def _synced(self, *, may_empty: bool = False) -> list[str]:
        """Bring the index up to date and say so, as HTML; how much is new, who follows the folder may have counted."""
        try:
            self._chain.sync(may_empty=may_empty)
        except QaError as error:
            return [f"The index could not follow: {esc(str(error))}"]
        return ["The index is up to date."]


def _report(lines: Sequence[str]) -> str:
    """Show what became of each file; the lines are HTML already."""
    return f'<ul class="report" role="status">{"".join(f"<li>{line}</li>" for line in lines)}</ul>'

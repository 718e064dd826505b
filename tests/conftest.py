"""Fixtures: no setting of the machine reaches a test, and models, pages and browser are started once."""

import gc
import importlib
import inspect
import os
import re
import shutil
import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING

import pytest

from qa import config
from qa.chain import Chain
from qa.config import NAMES, Settings
from qa.models import Models

if TYPE_CHECKING:  # together they take seconds, which `make test-fast` does not pay
    from playwright.sync_api import Browser, Page

PICTURES = Path(__file__).parent.parent / "artifacts"
DESKTOP, PHONE = (1440, 900), (390, 844)
QUESTION = "Where was Ariel Henry last seen?"
CHROMIUM = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync \
--no-first-run".split()

HERE = Path(__file__).parent
SEEDS = HERE.parent / "seeds"

HEAVY = set("main Blocks Writer sync_playwright urlopen ThreadingHTTPServer HTTPServer Worker ahead".split())
HEAVY_MODULES = {
    "qa",
    "qa.chain",
    "qa.chat",
    "qa.models",
    "qa.store",
    "qa.cli",
    "subprocess",
    "uvicorn",
    "gradio_client",
}
"""What loads a network or starts a server, a browser or another process, by its name or where it is defined."""


def pytest_collect_file(file_path: Path) -> None:
    """Load the page for the files that need it."""
    if re.search(r"^(?:from|import) (?:qa\.web|gradio)", file_path.read_text("utf-8", "replace"), re.MULTILINE):
        with warnings.catch_warnings():
            # Gradio leaves event loops open, which would be laid to the tests that run when they are collected.
            warnings.simplefilter("ignore", ResourceWarning)
            importlib.import_module("qa.web")
            gc.collect()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what uses anything heavy: in the test, its fixtures, or what of the tests' code they use."""
    known: dict[object, bool] = {}
    for item in items:
        if isinstance(item, pytest.Function):
            fixtures = [d.func for defs in item._fixtureinfo.name2fixturedefs.values() for d in defs]
            if any(_is_heavy(function, known) for function in (item.function, *fixtures)):
                item.add_marker(pytest.mark.slow)


def _is_heavy(value: object, known: dict[object, bool]) -> bool:
    """Whether a function or class of the tests uses anything heavy, itself or by others of the tests."""
    value = getattr(getattr(value, "hypothesis", value), "inner_test", value)  # of a property test, the test itself
    if isinstance(value, type) and _is_ours(inspect.getmodule(value)):
        return any(_is_heavy(method, known) for method in vars(value).values())
    value = inspect.unwrap(value) if callable(value) else value
    if not isinstance(value, FunctionType) or not _is_ours(inspect.getmodule(value)):
        return False
    if value not in known:
        known[value] = False  # until it is known: functions may call each other
        names = set(_names(value.__code__))
        used = [value.__globals__[name] for name in names if name in value.__globals__]
        used += [vars(module)[n] for module in used if _is_ours(module) for n in names if n in vars(module)]
        modules = {u.__name__ if isinstance(u, ModuleType) else getattr(u, "__module__", "") for u in used}
        known[value] = bool(names & HEAVY or modules & HEAVY_MODULES) or any(_is_heavy(u, known) for u in used)
    return known[value]


def _is_ours(module: object) -> bool:
    return isinstance(module, ModuleType) and Path(getattr(module, "__file__", None) or "").parent == HERE


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in {*NAMES, *(name for name in os.environ if name.startswith("QA_"))}:
        monkeypatch.delenv(name, raising=False)
    # Neither the .env file of the checkout nor the user's data folder.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(scope="session")
def models() -> Models:
    models = Models()
    models.load()
    return models


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """The chain over the briefs in seeds/."""
    chain = Chain(Settings(articles=SEEDS, index=tmp_path_factory.mktemp("index")))
    chain.sync()
    yield chain
    chain.close()


def folder_of(root: Path, **files: str) -> Path:
    """Write articles: folder_of(tmp_path, a="text") makes tmp_path/a.md."""
    root.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / f"{name}.md").write_text(text, encoding="utf-8")
    return root


def settings_for(tmp_path: Path, **changes: object) -> Settings:
    """Settings with an articles and an index folder inside tmp_path."""
    flags = {"articles": tmp_path / "articles", "index": tmp_path / "index", **changes}
    return config.load(flags)


# ---- the page in a real browser -------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def opened(chain: Chain, *, editable: bool = True, host: str = "127.0.0.1") -> Iterator[str]:
    from qa.web import build_page, launch

    with warnings.catch_warnings():
        # Gradio makes event loops only to create locks, and leaves them open.
        warnings.simplefilter("ignore", ResourceWarning)
        page = build_page(chain, editable=editable)
        upload = 10 * chain.settings.limit_bytes if editable else 0
        url = launch(page, host=host, port=free_port(), upload_bytes=upload)
        gc.collect()
    yield url
    page.close(verbose=False)


@pytest.fixture(scope="session")
def room(seeds: Chain) -> Iterator[str]:
    with opened(seeds) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import expect, sync_playwright

    # Other work may share the machine; how fast the page is is measured in benchmarks/, not here.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=CHROMIUM
        )
        yield chromium
        chromium.close()


Visit = Callable[..., "Page"]


@pytest.fixture
def visit(browser: "Browser") -> Iterator[Visit]:
    """Open a page; afterwards, whatever the test did, no request may have left its origin and no script failed."""
    from playwright.sync_api import expect

    contexts, troubles = [], []

    def note(error: str) -> None:
        # Gradio's own: the stream of events of a page that is loaded again.
        if not re.search("AbortError|Connection errored out", error):
            troubles.append(error)

    def go(url: str, size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> "Page":
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=size == PHONE,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: None if request.url.startswith(url) else troubles.append(request.url))
        page.on("pageerror", lambda error: note(str(error)))
        page.on("console", lambda line: note(line.text) if line.type == "error" else None)
        page.goto(url)
        expect(page.locator(".welcome")).to_be_visible()
        return page

    yield go
    for context in contexts:
        context.close()
    assert troubles == []


def ask(page: "Page", question: str) -> None:
    turns = page.locator(".turn").count()
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    finished(page, turns + 1)


def finished(page: "Page", turns: int) -> None:
    from playwright.sync_api import expect

    expect(page.locator(".turn")).to_have_count(turns)
    expect(page.locator(".turn").last).to_have_attribute("aria-busy", "false", timeout=30_000)


def is_in_view(page: "Page", selector: str, inside: str) -> bool:
    return bool(
        page.evaluate(
            """([selector, inside]) => {
                const a = document.querySelector(selector).getBoundingClientRect();
                const b = document.querySelector(inside).getBoundingClientRect();
                return a.height > 0 && a.top >= b.top && a.bottom <= b.bottom && a.left >= b.left && a.right <= b.right;
            }""",
            [selector, inside],
        )
    )


def picture(page: "Page", name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"page-{name}.png")

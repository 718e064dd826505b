"""Fixtures: no setting of the machine reaches a test, and the models are loaded once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import config
from qa.chain import Chain
from qa.config import NAMES, Settings
from qa.models import Models

SEEDS = Path(__file__).parent.parent / "seeds"


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

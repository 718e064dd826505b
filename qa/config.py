"""Settings: what flags, the environment and a `.env` file say, in this order, and the defaults."""

import difflib
import hashlib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from urllib.parse import urlparse

from dotenv import dotenv_values
from platformdirs import user_data_path

from qa.errors import SettingsError

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent
_IN_CHECKOUT = (_CHECKOUT / "pyproject.toml").is_file() and (_CHECKOUT / "seeds").is_dir()

BRIEFS = _CHECKOUT / "seeds" if _IN_CHECKOUT else _PACKAGE / "seeds"
"""The demonstration articles: `seeds/` of the checkout, or their copy in the installed package."""

MODEL_FOLDERS = ("embedder", "cross-encoder", "reader")
"""What a folder of one's own models may hold; each takes the place of the bundled one."""

NAMES = {
    "QA_ARTICLES": "articles",
    "QA_INDEX": "index",
    "QA_MODEL": "model",
    "QA_TIMEOUT": "timeout",
    "QA_MODELS": "models",
    "QA_MAX_MB": "max_mb",
    "QA_ALLOW_HOSTS": "allow_hosts",
    "QA_HOST": "host",
    "QA_PORT": "port",
    "CHROMA_URL": "chroma_url",
    "OPENAI_API_KEY": "api_key",
    "OPENAI_BASE_URL": "base_url",
}
"""Environment variable -> field of Settings; `.env.example` explains each."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and what to use; `timeout` is in seconds, `max_mb` the largest article file in megabytes."""

    articles: Path = BRIEFS
    index: Path | None = None
    model: str = "gpt-4.1-mini"
    timeout: float = 30.0
    models: Path | None = None
    max_mb: float = 20.0
    allow_hosts: str = ""
    host: str = "127.0.0.1"
    port: int = 7860
    chroma_url: str = ""
    api_key: str = field(default="", repr=False)
    base_url: str = ""

    @property
    def index_folder(self) -> Path:
        """The index folder: `index/` for a checkout's own seeds, else one for each folder of articles."""
        folder = self.articles.resolve()
        if self.index is not None:
            # In the folder of articles itself it hides, so that its files are not taken for articles.
            return self.index / ".qa-index" if self.index.resolve() == folder else self.index
        if _IN_CHECKOUT and folder == BRIEFS.resolve():
            return _CHECKOUT / "index"
        return user_data_path("qa") / f"{folder.name or 'root'}-{_short_hash(folder)}"

    @property
    def collection(self) -> str:
        """The Chroma collection: on a server, one for each folder of articles, so that none deletes another's."""
        return f"qa-{_short_hash(self.articles)}" if self.chroma_url else "qa-articles"

    @property
    def limit_bytes(self) -> int:
        """The size of the largest file that is read."""
        return int(self.max_mb * 1_000_000)

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The hosts that `qa add` may ask though they are not public, in lower case."""
        return frozenset(filter(None, (host.strip(" []").lower() for host in self.allow_hosts.split(","))))

    @property
    def has_writer(self) -> bool:
        """Whether the user configured a language model; without one nothing is sent anywhere."""
        return bool(self.api_key or self.base_url)


def load(flags: Mapping[str, object] | None = None) -> Settings:
    """Return the settings of flags (by field, None if not given), the environment and .env in the working folder.

    Raises SettingsError for a value that cannot be used and for an unknown name that begins with QA_.
    """
    file = Path.cwd() / ".env"
    try:
        written = {name: value or "" for name, value in dotenv_values(file, encoding="utf-8-sig").items()}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read ({error}): mend or delete it.") from error
    given = {**written, **os.environ}
    for name in given:
        if name.startswith("QA_") and name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0)[0]
            where = file if name not in os.environ else "the environment"
            raise SettingsError(f"{name} in {where} is no setting: did you mean {near}? `.env.example` lists them all.")
    types = {field.name: field.type for field in fields(Settings)}
    values = {
        field: _parse(name, given[name], types[field]) for name, field in NAMES.items() if given.get(name, "").strip()
    }
    values.update({name: value for name, value in (flags or {}).items() if value is not None})
    settings = replace(Settings(), **values)  # type: ignore[arg-type]
    if not 0 < settings.port < 65_536:
        raise SettingsError(f"the port is {settings.port}: choose one from 1 to 65535.")
    if not (0 < settings.timeout < math.inf and 0 < settings.max_mb < math.inf):
        raise SettingsError("QA_TIMEOUT and QA_MAX_MB must be numbers above 0.")
    if settings.models is not None and not any((settings.models / name).is_dir() for name in MODEL_FOLDERS):
        raise SettingsError(
            f"QA_MODELS is {settings.models}, which holds none of {', '.join(MODEL_FOLDERS)}: see .env.example."
        )
    if settings.base_url and urlparse(settings.base_url).scheme not in ("http", "https"):
        raise SettingsError(
            f"OPENAI_BASE_URL is {settings.base_url!r}, which is no address: write it like http://localhost:11434/v1."
        )
    return settings


def _short_hash(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:8]


def _parse(name: str, value: str, kind: object) -> object:
    value = value.strip()
    if kind in (Path, Path | None):
        return Path(value).expanduser()
    try:
        return kind(value) if callable(kind) else value
    except ValueError:
        raise SettingsError(f"{name} is {value!r}: it must be a number.") from None

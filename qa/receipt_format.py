"""What stands in a receipt: the fields that `Answer.to_dict` and `receipt` write, and nothing else, as values."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from qa.errors import ReceiptError


def parse(said: dict[str, Any]) -> "Told":
    """Return a receipt as values; raises ReceiptError that names the first field that is missing or not as made."""
    try:
        return Told.model_validate(said)
    except (ValidationError, RecursionError) as error:
        wrong = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": str(error)}
        place = place_of(*wrong["loc"])
        raise ReceiptError(
            f"the receipt lacks something or was edited ({place}: {wrong['msg']}): save it again."
        ) from error


def place_of(*steps: str | int) -> str:
    """Name a place in JSON: ("citations", 0, "quote") -> "citations[0].quote"."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _day(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else value


Day = Annotated[date | None, BeforeValidator(_day)]


class _Value(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Facts(_Value):
    """What is told of an article."""

    id: str
    title: str
    source: str
    author: str
    url: str
    path: str
    published: Day


class CitedFacts(Facts):
    """The same of an article that is quoted, with the SHA-256 of its text."""

    sha256: str


class Cited(_Value):
    """A citation."""

    number: int = Field(ge=1)
    quote: str = Field(min_length=1)
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    article: CitedFacts
    also: list[Facts] = Field(default=[])


class Place(_Value):
    """Words inside a quote."""

    number: int
    text: str
    start: int
    end: int


class Said(_Value):
    """A sentence."""

    text: str
    citations: list[int]


class Limits(_Value):
    """A scope."""

    source: str
    since: Day
    until: Day
    words: str


class Signature(_Value):
    """What `qa.signature.sign` returned."""

    key: str
    fields: dict[str, str]
    value: str


class Told(_Value):
    """A whole receipt."""

    receipt: Literal[1, 2]
    made: str
    question: str
    text: str
    abstained: bool
    confidence: Annotated[float, Field(ge=0, le=1)] | None
    mode: str
    seconds: float = Field(ge=0)
    notice: str
    query: str
    scope: Limits
    sentences: list[Said]
    citations: list[Cited]
    spans: list[Place]
    conflicts: list[Place]
    nearest: list[Facts]
    closest: list[Cited] = Field(default=[])
    models: dict[str, str]
    version: str
    signature: Signature | None = None

    @property
    def is_offline(self) -> bool:
        """Whether no language model wrote it."""
        return self.mode == "offline"

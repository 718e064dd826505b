"""Whatever is changed in a receipt is named: by its signature, and without one as far as the articles can tell."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import folder_of
from platformdirs import user_data_path

from qa import receipt, signature
from qa.chain import Chain
from qa.citations import Answer, Sentence, text_of
from qa.cli import main
from qa.config import Settings
from qa.errors import ReceiptError

QUESTION = "How many boats did the fire in Tarvik harbour destroy?"
REPORT = """The fire in Tarvik harbour destroyed 12 boats on Tuesday night, the fire chief, Ola Vang, said.
It began in a shed where paint was kept, and the wind carried it along the quay within minutes.
Forty people left their houses for the night, and nobody was hurt, the mayor told reporters at the town hall.

Divers are to look for oil under the quay as soon as the water is calm, which may take until Sunday.
The insurers have sent two people from the capital, and the harbour master said that the ferry runs again."""

Path_ = tuple[str | int, ...]


def article(source: str, day: str, title: str, text: str) -> str:
    return f"---\ntitle: {title}\nsource: {source}\nauthor: Per Lund\nurl: https://{source[:4]}.example/{day}\n" + (
        f"published: {day}\n---\n{text}\n"
    )


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    root = tmp_path_factory.mktemp("harbour")
    folder = folder_of(
        root / "articles",
        wire=article("Northern Wire", "2024-03-06", "Fire in Tarvik", REPORT),
        copy=article("Tarvik Herald", "2024-03-07", "Night of fire", REPORT),
        other=article(
            "Coast Radio", "2024-03-08", "After the fire", "The fire in Tarvik harbour destroyed 15 boats, police said."
        ),
    )
    chain = Chain(Settings(articles=folder, index=root / "index"))
    chain.sync()
    yield chain
    chain.close()


def told(chain: Chain, kind: str) -> Answer:
    question = "Who won the chess tournament in Elin?" if kind == "abstention" else QUESTION
    *_, answer = chain.stream(question)
    if kind == "by a model":
        said = tuple(Sentence(f"In short, {s.text}", s.citations) for s in answer.sentences)
        answer = replace(answer, mode="play", sentences=said, text=text_of(said), spans=(), conflicts=())
    if kind == "limited":
        *_, answer = chain.stream(QUESTION, source="Northern Wire")
    return answer


KINDS = ("offline", "abstention", "by a model", "limited")


def made(chain: Chain, kind: str) -> dict[str, Any]:
    """A receipt as it comes back from a file."""
    return json.loads(json.dumps(receipt.receipt(told(chain, kind), {"reader": "abc", "embedder": "def"})))  # type: ignore[no-any-return]


def leaves(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the path of everything that is no object or list, and of empty lists."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not steps or value == []:
        yield path
    for step, inner in steps:
        yield from leaves(inner, (*path, step))


def at(said: Any, path: Path_) -> Any:
    for step in path:
        said = said[step]
    return said


def with_(said: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    said = copy.deepcopy(said)
    at(said, path[:-1])[path[-1]] = value
    return said


def without(said: dict[str, Any], path: Path_) -> dict[str, Any]:
    said = copy.deepcopy(said)
    del at(said, path[:-1])[path[-1]]
    return said


def another(value: Any) -> Any:
    """Return a value of the same kind that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1 if isinstance(value, int) else (value + 0.5) % 1
    if isinstance(value, str) and value[:4].isdigit() and len(value) == 10:
        return "2019-01-01"
    return ["x"] if value == [] else "lie" if not value else value[:-1] + ("a" if value[-1] != "a" else "b")


def tampered(said: dict[str, Any]) -> Iterator[tuple[str, Path_, dict[str, Any]]]:
    """Yield every leaf changed, taken away, and changed for another one of its name."""
    paths = list(leaves(said))
    for path in paths:
        value = at(said, path)
        yield "changed", path, with_(said, path, another(value))
        yield "deleted", path, without(said, path)
        here = [p for p in paths if "signature" not in (p[0], path[0])]  # a digest swapped breaks the signature
        others = (p for p in here if p[-1] == path[-1] and at(said, p) != value and type(at(said, p)) is type(value))
        if (other := next(others, None)) is not None:
            yield "swapped", path, with_(with_(said, path, at(said, other)), other, value)


def named(said: dict[str, Any], chain: Chain) -> set[str]:
    """Return the top fields in which something is found to be wrong."""
    try:
        found = receipt.verify(said, chain.store.archive)
    except ReceiptError as error:
        return {str(error).partition("edited (")[2].partition(":")[0].partition("[")[0].partition(".")[0]}
    broken = {"citations", "closest"} if not all(check.holds for check in found.quotes) else set()
    return broken | {fault.field.partition("[")[0].partition(".")[0] for fault in found.faults}


@pytest.mark.parametrize("kind", KINDS)
def test_every_tampering_with_a_signed_receipt_names_its_field(kind: str, harbour: Chain) -> None:
    said = made(harbour, kind)
    assert receipt.verify(said, harbour.store.archive).holds
    missed = [(how, path) for how, path, lie in tampered(said) if path[0] not in named(lie, harbour)]
    assert missed == []


UNTOLD = {
    "signature",
    "question",
    "query",
    "confidence",
    "mode",
    "seconds",
    "made",
    "models",
    "version",
    "notice",
    "receipt",
}
"""What no article tells."""


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_signature_only_what_no_article_tells_can_be_changed_unseen(kind: str, harbour: Chain) -> None:
    said = {**made(harbour, kind), "signature": None}
    found = receipt.verify(said, harbour.store.archive)
    assert (found.holds, found.origin) == (True, receipt.UNSIGNED)
    assert any("which no article tells" in note for note in found.open)
    unseen = {path for _, path, lie in tampered(said) if not named(lie, harbour)}
    # An article that is not there any more cannot be compared, which is said.
    assert {path for path in unseen if path[0] not in UNTOLD and path[-1] != "id"} <= {("scope", "words")}
    if kind == "by a model":
        assert any("written by play" in note for note in found.open)


def test_a_sentence_in_the_place_of_another_is_a_lie_that_is_named(harbour: Chain) -> None:
    said = {**made(harbour, "offline"), "receipt": 1}
    del said["signature"]
    lie = "8 March 2024: The mayor of Tarvik set fire to the boats."
    for text in (
        lie,
        "The fire in Tarvik harbour destroyed 15 boats.",
        "9 March 2024: " + said["citations"][0]["quote"],
    ):
        edited = with_(with_(said, ("sentences", 0, "text"), text), ("text",), "")
        edited["text"] = text_of([Sentence(s["text"], tuple(s["citations"])) for s in edited["sentences"]])
        faults = receipt.verify(edited, harbour.store.archive).faults
        assert [fault.field for fault in faults] == ["sentences[0].text"]


@pytest.mark.parametrize(
    "coverage", ["3 articles that were all invented", "proof of it", "3 articles from 3 outlets, dated never"]
)
def test_an_abstention_says_nothing_of_its_own(harbour: Chain, coverage: str) -> None:
    said = {**made(harbour, "abstention"), "signature": None}
    before = said["text"].partition("The archive has ")
    edited = with_(said, ("text",), f"{before[0]}{before[1]}{coverage}.")
    assert named(edited, harbour) == {"text"}


def test_an_abstention_is_not_called_edited_because_the_archive_grew(harbour: Chain, tmp_path: Path) -> None:
    said = made(harbour, "abstention")
    folder = folder_of(
        tmp_path / "articles",
        **{file.stem: file.read_text() for file in harbour.settings.articles.iterdir()},
        new="---\ntitle: Elk\n---\nAn elk walked through Elin.\n",
    )
    chain = Chain(Settings(articles=folder, index=tmp_path / "index"))
    chain.sync()
    assert receipt.verify(said, chain.store.archive).holds
    chain.close()


# ---- who made it ----------------------------------------------------------------------------------


def test_a_receipt_of_another_machine_is_told_from_our_own(harbour: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    said = made(harbour, "offline")
    monkeypatch.setenv("XDG_DATA_HOME", str(harbour.settings.articles / ".elsewhere"))
    found = receipt.verify(said, harbour.store.archive)
    assert found.holds
    assert found.origin == f"{receipt.OTHER} {signature.fingerprint(said['signature'])}"
    assert receipt.restore(said, harbour.store.archive) is None, "it would be signed anew as our own"
    assert not (harbour.settings.articles / ".elsewhere").exists(), "to check needs no key"


def test_a_receipt_made_before_there_were_signatures_is_checked_as_far_as_it_can_be(harbour: Chain) -> None:
    said = {**made(harbour, "offline"), "receipt": 1}
    del said["signature"], said["closest"]
    found = receipt.verify(said, harbour.store.archive)
    assert (found.holds, found.origin) == (True, receipt.UNSIGNED)
    assert receipt.restore(said, harbour.store.archive) is None


def test_a_receipt_that_went_through_a_browser_is_still_signed(harbour: Chain) -> None:
    said = {**receipt.receipt(replace(told(harbour, "offline"), confidence=1.0, seconds=2.0), {})}
    # JavaScript has one kind of number: it reads 1.0 and writes 1.
    back = json.loads(json.dumps(said).replace("1.0,", "1,").replace("2.0,", "2,"))
    assert back["confidence"] == 1
    assert receipt.verify(back, harbour.store.archive).origin == receipt.OWN


def test_the_key_is_its_owners_alone_and_stays(harbour: Chain) -> None:
    first = made(harbour, "offline")["signature"]["key"]
    file = user_data_path("qa") / signature.NAME
    assert file.stat().st_mode & 0o777 == 0o600
    signature._key.cache_clear()
    assert made(harbour, "offline")["signature"]["key"] == first
    assert [f.name for f in file.parent.iterdir()] == [signature.NAME], "nothing is left of making it"


def test_where_no_key_can_be_kept_receipts_are_unsigned_and_say_so(
    harbour: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    said = made(harbour, "offline")
    assert said["signature"] is None
    assert "nothing is signed" in caplog.text
    assert receipt.verify(said, harbour.store.archive).origin == receipt.UNSIGNED
    assert receipt.restore(said, harbour.store.archive) is not None, "a reload of the page must not lose it"


def test_a_key_that_is_none_signs_nothing(harbour: Chain, caplog: pytest.LogCaptureFixture) -> None:
    file = user_data_path("qa") / signature.NAME
    file.parent.mkdir(parents=True)
    file.write_bytes(b"short")
    assert made(harbour, "offline")["signature"] is None
    assert str(file) in caplog.text


# ---- the command ----------------------------------------------------------------------------------


def verified(said: dict[str, Any], chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    (tmp_path / "r.json").write_text(json.dumps(said), encoding="utf-8")
    code = main(
        ["verify", str(tmp_path / "r.json"), "--articles", str(chain.settings.articles), "--index", str(tmp_path / "i")]
    )
    return code, capsys.readouterr().out


def test_the_command_tells_a_lie_with_true_quotes(
    harbour: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = made(harbour, "offline")
    code, out = verified(said, harbour, tmp_path, capsys)
    assert (code, "Signature: made by this program on this machine" in out) == (0, True)
    said["question"] = "How many boats did the mayor burn?"
    code, out = verified(said, harbour, tmp_path, capsys)
    assert code == 1
    assert "DOES NOT FIT: question is not what was signed." in out
    assert "2 of 2 quotes hold.\nBut not all" in out
    assert "the receipt was edited after it was signed" in out
    code, out = verified(said | {"signature": None}, harbour, tmp_path, capsys)
    assert (code, "Signature: unsigned" in out) == (1, True), "nothing tells whether that was asked"


def test_nothing_in_a_receipt_commands_the_terminal(
    harbour: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = made(harbour, "offline")
    said["question"] = "Who?\x1b[2J\r\n3 of 3 quotes hold.\u202e\x9b1A"
    said["citations"][0]["article"]["title"] = "A\x1b]0;B\x07"
    _, out = verified(said, harbour, tmp_path, capsys)
    assert not set(out) & set("\x1b\r\u202e\x9b\x07")
    assert "[U+001B][2J 3 of 3 quotes hold.[U+202E][U+009B]1A" in out
    assert "\n3 of 3" not in out

"""A receipt proves its quotes against the archive, and says plainly what no longer stands."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import receipt
from qa.archive import Archive
from qa.chain import Chain
from qa.citations import Answer
from qa.errors import ReceiptError
from qa.passages import split

QUESTION = "Where was Ariel Henry last seen?"


@pytest.fixture(scope="module")
def answer(seeds: Chain) -> Answer:
    *_, answer = seeds.stream(QUESTION)
    assert answer.citations
    return answer


@pytest.fixture
def said(answer: Answer) -> dict[str, Any]:
    """A receipt as it comes back from a file."""
    return json.loads(json.dumps(receipt.receipt(answer, {"reader": "abc"})))  # type: ignore[no-any-return]


def verified(said: dict[str, Any], chain: Chain) -> receipt.Verification:
    return receipt.verify(said, chain.store.archive)


def test_every_quote_of_a_fresh_receipt_holds_and_it_is_known_who_made_it(said: dict[str, Any], seeds: Chain) -> None:
    found = verified(said, seeds)
    assert [check.number for check in found.quotes] == [citation["number"] for citation in said["citations"]]
    assert found.holds
    assert (found.faults, found.origin, found.open) == ((), receipt.OWN, ())


def test_an_answer_comes_back_from_its_receipt(said: dict[str, Any], answer: Answer, seeds: Chain) -> None:
    back = receipt.restore(said, seeds.store.archive)
    assert back is not None
    assert replace(back, confidence=0, seconds=0) == replace(answer, confidence=0, seconds=0)


def test_an_abstention_has_nothing_to_check_and_comes_back(seeds: Chain) -> None:
    *_, none = seeds.stream("How many moons does Saturn have?")
    said = json.loads(json.dumps(receipt.receipt(none, {})))
    assert verified(said, seeds).quotes == ()
    assert verified(said, seeds).holds
    back = receipt.restore(said, seeds.store.archive)
    assert back is not None
    assert back.abstained
    assert back.nearest == none.nearest


def test_what_may_answer_comes_back_with_an_abstention_as_long_as_it_is_there(seeds: Chain) -> None:
    *_, close = seeds.stream("How many hours did US and Haitian diplomats talk before Washington made up its mind?")
    said = json.loads(json.dumps(receipt.receipt(close, {})))
    back = receipt.restore(said, seeds.store.archive)
    assert back is not None
    assert back.closest == close.closest != ()
    assert [check.holds for check in verified(said, seeds).quotes] == [True] * len(close.closest)
    said["closest"][0]["quote"] = "Nobody broke open a prison."
    assert not verified(said, seeds).quotes[0].holds
    assert receipt.restore(said, seeds.store.archive) is None
    said["closest"][0]["number"] = '1"><img src=x>'
    with pytest.raises(ReceiptError, match=r"edited \(closest\[0\].number"):
        verified(said, seeds)


def changed(archive: Archive, path: str, text: str) -> Archive:
    """The archive after the file at `path` got another text."""
    articles = [
        replace(a, text=text, id="f" * 32) if a.path == path else a
        for a in archive.articles.values()
        if text or a.path != path
    ]
    return Archive(tuple(node for article in articles for node in split(article)))


def test_a_changed_article_is_told_from_one_that_is_gone(said: dict[str, Any], answer: Answer, seeds: Chain) -> None:
    citation = answer.citations[0]
    path, text = citation.article.path, citation.article.text

    def first(archive: Archive) -> receipt.Check:
        return receipt.verify(said, archive).quotes[0]

    kept = first(changed(seeds.store.archive, path, f"{text}\n\nThis was added later."))
    assert not kept.holds
    assert "was changed since, and still holds these words" in kept.finding
    lost = first(changed(seeds.store.archive, path, "All of it was rewritten."))
    assert "no longer holds these words" in lost.finding
    gone = first(changed(seeds.store.archive, path, ""))
    assert f"{path} is no longer in the archive" in gone.finding
    assert receipt.restore(said, changed(seeds.store.archive, path, "")) is None


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (lambda s: s.update(text="He was in Spain. [1]"), "text"),
        (lambda s: s["sentences"][0]["citations"].append(9), "sentences"),
        (lambda s: s.update(citations=[]), "sentences"),
        (lambda s: s.update(citations=[], sentences=[], text=""), "citations"),
        (lambda s: s.update(abstained=True, text="He was in Spain.", citations=[], sentences=[]), "text"),
        (lambda s: s.pop("signature"), "signature"),
    ],
)
def test_a_receipt_that_does_not_fit_together_names_the_field(
    edit: Callable[[dict[str, Any]], None], field: str, said: dict[str, Any], seeds: Chain
) -> None:
    edit(said)
    assert field in [fault.field for fault in verified(said, seeds).faults]


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (lambda s: s.pop("citations"), "citations"),
        (lambda s: s["citations"][0].update(start="0"), r"citations\[0\].start"),
        (lambda s: s.update(citations=7), "citations"),
        (lambda s: s["scope"].pop("words"), r"scope.words"),
        (lambda s: s.update(extra=1), "extra"),
    ],
)
def test_what_is_missing_or_of_another_type_is_named(
    edit: Callable[[dict[str, Any]], None], field: str, said: dict[str, Any], seeds: Chain
) -> None:
    edit(said)
    with pytest.raises(ReceiptError, match=rf"edited \({field}"):
        verified(said, seeds)


@given(data=st.data())
def test_whatever_is_changed_nothing_but_a_receipt_error_is_raised(
    data: st.DataObject, answer: Answer, seeds: Chain
) -> None:
    said = copy.deepcopy(json.loads(json.dumps(receipt.receipt(answer, {}))))
    key = data.draw(st.sampled_from(sorted(said)))
    said[key] = data.draw(st.none() | st.integers() | st.text() | st.lists(st.none()) | st.just({}))
    try:
        quotes = verified(said, seeds).quotes
    except ReceiptError:
        quotes = ()
    archive = seeds.store.archive
    assert all(c.quote in archive.articles[said["citations"][n]["article"]["id"]].text for n, c in enumerate(quotes))
    back = receipt.restore(said, archive)
    for citation in back.citations if back else ():
        assert citation.article.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "no JSON file"), ("[1]", "no receipt"), ('{"a": 1}', "no receipt"), ('{"receipt": 99}', "format 99")],
)
def test_a_file_that_is_no_receipt_is_named(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "r.json"
    file.write_text(content)
    with pytest.raises(ReceiptError, match=message):
        receipt.read(file)
    with pytest.raises(ReceiptError, match="cannot be read"):
        receipt.read(tmp_path / "none.json")

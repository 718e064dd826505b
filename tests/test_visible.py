"""What would hide or turn a text, or command a terminal, is named; nothing else is touched."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.visible import visible, visible_json

TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\x1b\x9b\r\n\t\u202e\u2028\U000e0041"), max_size=20)


@given(TEXTS)
def test_no_control_and_no_direction_is_left(text: str) -> None:
    shown = visible(text)
    left = {c for c in shown if unicodedata.category(c) in ("Cc", "Zl", "Zp")} - set("\n\t\r")
    assert not left
    assert not {c for c in shown if unicodedata.bidirectional(c) in "LRE RLE LRO RLO PDF LRI RLI FSI PDI".split()}
    assert "\r" not in shown.replace("\r\n", "")


@given(st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"])))
def test_readable_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS)))
def test_json_is_shown_without_them_and_means_the_same(value: dict[str, object]) -> None:
    shown = visible_json(value)
    assert json.loads(shown) == value
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "[U+001B][2J"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\rb\r\nc\td", "a[U+000D]b\r\nc\td"),
        ("x\U000e0041", "x[U+E0041]"),
        ("café “näher”", "café “näher”"),
    ],
)
def test_what_is_hidden_is_named(text: str, shown: str) -> None:
    assert visible(text) == shown

"""Make the characters visible that would hide or turn a text, or command a terminal."""

import json
import re
from typing import Any

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)"  # controls; a terminal obeys those of \x80 to \x9f, too
    "|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"  # of the direction of writing (Unicode's UAX 9)
    "|[\u2028\u2029\ud800-\udfff\U000e0000-\U000e007f]"  # line ends that are none, half characters, letters unseen
)


def visible(text: str) -> str:
    """Name the characters that would hide or turn a text: "\\u202e" -> "[U+202E]"; lines and tabs stay."""
    return _INVISIBLE.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def visible_json(value: Any) -> str:
    """Return a value as JSON to be read on a terminal: the same characters are escaped, so that it stays the same."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _INVISIBLE.sub(lambda match: json.dumps(match[0])[1:-1], text)

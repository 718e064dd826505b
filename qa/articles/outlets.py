"""Tell whether two files name the same outlet: by letter case, by address form, or by an address and a name."""

import re
from collections.abc import Mapping
from functools import lru_cache

_HOST = re.compile(r"(?:https?:)?(?://)?((?:[\w-]+\.)+[a-z][\w-]+)(?::\d+)?(?:/.*)?")
_FORMS = re.compile(r"(?:(?:www\d?|m|amp|mobile)\.)+(?=[^.]+\.)")
_SECOND = frozenset("ac co com edu gov net org".split())


@lru_cache(maxsize=10_000)
def outlet_key(source: str) -> str:
    """Return what is the same for one outlet however it is written; "" for none.

    "The Coast Post" and "coast post" -> "coastpost"; "https://www.coastpost.example/" -> "coastpost.example"
    """
    folded = source.strip().casefold()
    if host := _HOST.fullmatch(folded):
        return _FORMS.sub("", host[1], count=1)
    return re.sub(r"[\W_]+", "", re.sub(r"\Athe\s+", "", folded)) or folded


def same_outlet(one: str, other: str) -> bool:
    """Tell whether two spellings name one outlet: "Coast Post" and "m.coastpost.example" do; "" names none."""
    keys = outlet_key(one), outlet_key(other)
    return all(keys) and (keys[0] == keys[1] or _name(keys[0]) == keys[1] or keys[0] == _name(keys[1]))


def outlets(spelled: Mapping[str, int]) -> dict[str, str]:
    """Return for each spelling the one that most articles have of its outlet; `spelled` counts the articles of each.

    An address joins a name only where no other address of the archive could be meant by it.
    """
    keys = {source: outlet_key(source) for source in spelled}
    hosts: dict[str, set[str]] = {}
    for key in keys.values():
        if "." in key:
            hosts.setdefault(_name(key), set()).add(key)
    joined = {name: next(iter(found)) for name, found in hosts.items() if len(found) == 1}
    groups: dict[str, list[str]] = {}
    for source, key in keys.items():
        groups.setdefault(joined.get(key, key), []).append(source)
    shown: dict[str, str] = {}
    for group in groups.values():
        # Of two as frequent the one that is no address reads better.
        best = max(group, key=lambda source: (spelled[source], "." not in keys[source], source))
        shown |= dict.fromkeys(group, best)
    return shown


def _name(key: str) -> str:
    """Return the name in a host: "coastpost.example" and "news.coastpost.co.uk" -> "coastpost"."""
    parts = key.split(".")
    if len(parts) < 2:
        return ""
    is_second = len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in _SECOND
    return re.sub(r"\W|_", "", parts[-3] if is_second else parts[-2]).removeprefix("the")

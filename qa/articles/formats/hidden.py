"""Drop the text of a web page that nobody sees, so that it is neither read nor quoted.

The style of an element is what its attributes and the page's own style sheets say of it; those that a page only links
to are not there, and nothing is loaded. tinycss2 (BSD-3) reads the styles, cssselect (BSD-3) finds the elements.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

_MOST_CSS = 500_000
"""Characters of style sheets in a page that are looked at."""

_UNREAD = ("noscript", "template")
_NO_TEXT = ("head", "script", "style", "noscript", "template", "title")

_LENGTH = re.compile(r"(-?[\d.]+)(px|pt|em|rem|%|)(?!\S)")
_PIXELS = {"px": 1.0, "": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 0.16}
_CLIPPED = re.compile(r"rect\((?:[01](?:px)?[\s,]*){4}\)|inset\((?:[5-9]\d|100)%.*|circle\(0.*|polygon\(0 0, 0 0.*")
_UNSEEN_SENTENCE = re.compile(r"(?:\w\S*\s+){4,}.*[.!?:”\"’]")

Style = Mapping[str, str]
_Colour = tuple[float, float, float, float]
_WHITE: _Colour = (1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a text would be shown: what an element hands down to what stands in it."""

    visible: bool = True
    size: float = 16.0
    colour: _Colour | None = None
    ground: _Colour | None = _WHITE


def drop_hidden(tree: Any) -> bool:
    """Drop what cannot be seen from an lxml tree of HTML; return whether sentences of its article were among it."""
    for element in list(tree.iter(*_UNREAD)):
        _drop(element)
    styles = _styles(tree)
    found: list[tuple[Any, str]] = []
    root = tree.getroottree().getroot()
    pending: list[tuple[Any, _Seen]] = [(root, _Seen())]
    while pending:
        element, around = pending.pop()
        if not isinstance(element.tag, str) or element.tag in _NO_TEXT:
            continue
        style = {**styles.get(element, {}), **_declarations(element.get("style") or "")}
        is_page = element.tag in ("html", "body")  # hidden until a script shows it, on many pages
        if not is_page and (_is_hidden(element) or _hides(style)):
            found.append((_place(element), " ".join(element.itertext())))
            _drop(element)
            continue
        seen = _shown(around, style, element, is_page=is_page)
        if not is_page and not _is_legible(seen):
            found += [(_place(element), text) for text in _take_texts(element)]
        pending += [(child, seen) for child in element]
    in_article = any(_is_in_article(place) for place, _ in found)
    return bool(hidden_fact(text for place, text in found if _is_in_article(place) or not in_article))


def hidden_fact(texts: Iterable[str]) -> dict[str, str]:
    """Return the fact that a file hides text, where one of the texts that were dropped has a sentence in it."""
    return {"hidden": "yes"} if any(_UNSEEN_SENTENCE.search(" ".join(text.split())) for text in texts) else {}


def is_legible(style: Style) -> bool:
    """Whether text on white paper is seen, by its `color`, `font-size` and `background-color` in CSS."""
    return _is_legible(_shown(_Seen(), style, {}, is_page=False))


def _place(element: Any) -> list[str]:
    return [str(above.tag) for above in element.iterancestors()]


def _is_in_article(place: Iterable[str]) -> bool:
    above = set(place)
    return bool(above & {"article", "main", "p"}) and not above & {"nav", "footer", "header", "aside", "form", "dialog"}


def _drop(element: Any) -> None:
    """Remove an element, but not the text behind it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _take_texts(element: Any) -> list[str]:
    """Empty what stands in an element directly, not in those inside it, and return it."""
    texts = [element.text or "", *(child.tail or "" for child in element)]
    element.text = ""
    for child in element:
        child.tail = ""
    return [text for text in texts if text.strip()]


def _is_hidden(element: Any) -> bool:
    hidden = element.get("hidden")
    return hidden is not None and hidden.lower() != "until-found"


def _hides(style: Style) -> bool:
    """Whether a style hides an element with all that is in it, whatever that says itself."""
    if not style:
        return False
    off = [_pixels(style.get(side, "")) for side in ("left", "top", "right", "bottom", "text-indent", "margin-left")]
    sizes = [_pixels(style.get(side, "")) for side in ("height", "width", "max-height", "max-width")]
    is_cut = style.get("overflow", "").startswith(("hidden", "clip"))
    effects = f"{style.get('transform', '')} {style.get('filter', '')}"
    return (
        style.get("display") == "none"
        or style.get("content-visibility") == "hidden"
        or _number(style.get("opacity", "")) <= 0.05
        or any(length is not None and length <= -999 for length in off)
        or (is_cut and any(length is not None and length <= 1 for length in sizes))
        or bool(_CLIPPED.fullmatch(style.get("clip", "")) or _CLIPPED.fullmatch(style.get("clip-path", "")))
        or bool(re.search(r"scale[xy3d]*\(0[),\s]|opacity\(0[)%\s]", effects))
    )


def _shown(around: _Seen, style: Style, element: Any, *, is_page: bool) -> _Seen:
    """Return how text in an element is shown, by what is handed down to it and what its style says."""
    seen = around
    if style.get("visibility") and not is_page:
        seen = replace(seen, visible=style["visibility"] not in ("hidden", "collapse"))
    size = style.get("font-size", "")
    if size and (pixels := _pixels(size)) is not None:
        is_relative = size.endswith(("%", "em")) and not size.endswith("rem")
        seen = replace(seen, size=seen.size * pixels / 16 if is_relative else pixels)
    ground = style.get("background-color") or style.get("background") or element.get("bgcolor")
    if ground:
        said = next(filter(None, map(_colour, [ground, *ground.split()])), None)
        # On a picture any colour may be seen.
        is_opaque = said is not None and said[3] > 0.5
        seen = replace(
            seen, ground=said if is_opaque else None if "url(" in ground or "gradient" in ground else seen.ground
        )
    colour = _colour(style.get("color") or element.get("color") or "")
    if colour is not None:
        seen = replace(seen, colour=colour)
        if is_page and min(colour[:3]) > 0.6 and not ground:
            seen = replace(seen, ground=None)  # a dark page, whose ground is told in a style sheet that is not here
    return seen


def _is_legible(seen: _Seen) -> bool:
    if not seen.visible or seen.size <= 1.5:
        return False
    if seen.colour is None:
        return True
    if seen.colour[3] <= 0.05:
        return False
    return seen.ground is None or max(abs(a - b) for a, b in zip(seen.colour[:3], seen.ground[:3], strict=True)) > 0.04


def _styles(tree: Any) -> dict[Any, dict[str, str]]:
    """Return what the page's own style sheets say of its elements, of what may hide."""
    css = "\n".join(style.text or "" for style in tree.iter("style"))[:_MOST_CSS]
    if not css.strip():
        return {}
    import tinycss2
    from cssselect import SelectorError
    from lxml.cssselect import CSSSelector

    rules, otherwise = [], set()  # what a page shows on some screens is no secret
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.content and rule.lower_at_keyword in ("media", "supports", "layer"):
            for inner in tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True):
                if inner.type == "qualified-rule" and not _hides(_declarations(inner.content)):
                    otherwise.update(_selectors(inner))
        elif rule.type == "qualified-rule" and (said := _declarations(rule.content)):
            rules += [(selector, said) for selector in _selectors(rule)]
    styles: dict[Any, dict[str, str]] = {}
    for selector, said in rules:
        if selector in otherwise or re.search(r":(?!root|first|last|nth|only|not)", selector):
            continue
        try:
            for element in CSSSelector(selector, translator="html")(tree):
                styles.setdefault(element, {}).update(said)
        except (SelectorError, AssertionError):
            continue
    return styles


def _selectors(rule: Any) -> list[str]:
    import tinycss2

    return [" ".join(part.split()) for part in tinycss2.serialize(rule.prelude).split(",") if part.strip()]


_PROPERTIES = frozenset(
    "background background-color bottom clip clip-path color content-visibility display filter font-size height left"
    " margin-left max-height max-width opacity overflow right text-indent top transform visibility width".split()
)


def _declarations(css: Any) -> dict[str, str]:
    """Return the declarations that may hide."""
    if not css:
        return {}
    import tinycss2

    said: dict[str, str] = {}
    for node in tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration" and node.lower_name in _PROPERTIES:
            said[node.lower_name] = " ".join(tinycss2.serialize(node.value).lower().split())
    return said


def _pixels(value: str) -> float | None:
    match = _LENGTH.match(value)
    return float(match[1]) * _PIXELS[match[2]] if match and match[1].strip("-.").replace(".", "", 1).isdigit() else None


def _number(value: str) -> float:
    percent = value.endswith("%")
    try:
        return float(value.rstrip("%")) / (100 if percent else 1)
    except ValueError:
        return 1.0


def _colour(value: str) -> _Colour | None:
    if not value:
        return None
    from tinycss2.color3 import parse_color

    found = parse_color(value)
    return tuple(found) if found is not None and not isinstance(found, str) else None

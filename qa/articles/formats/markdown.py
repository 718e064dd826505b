"""Read Markdown: its blocks, without its marks."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from lxml import html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.articles.formats.front_matter import take_front_matter
from qa.articles.formats.hidden import drop_hidden, hidden_fact
from qa.articles.formats.html_tree import rewrite
from qa.articles.tables import table_lines
from qa.articles.text import HEADING, PROSE_ENDS, Content, block, clean, decode, unescaped

# What notes programs add: ![[picture]], [[page|shown]], ==marked==, %%hidden%%, [^1] and its text, ^block, > [!note].
_EXTENSIONS = (
    (r"!\[\[[^\[\]\n]{0,500}\]\]|%%[^%]{0,5000}%%|\[\^[^\]\s]{1,50}\](?!:)", ""),
    (r"\[\[(?:[^\[\]|\n]{0,500}\|)?([^\[\]|\n]{0,500})\]\]", r"\1"),
    (r"(?<![=\w])==(?=\S)([^=\n]{1,1000})(?<=\S)==(?![=\w])", r"\1"),
    (r"^\[\^[^\]\s]{1,50}\]: ?", ""),
    (r"(?:^|(?<=[ \t]))\^[A-Za-z\d-]{1,50}[ \t]*$", ""),
    (r"^((?:> ?)+)\[![\w-]{1,30}\][+-]? ?(.*)$", r"\1\2\n\1"),
    # Not a link that is defined for later, which has an address: "[Moss]: Never."
    (r"^(\[[^\]\n]{1,100}\]:)(?= (?!<?(?:https?:|mailto:|www\.|[/#.])))", r"\\\1"),
)
# Without any of these a text has no marks, and is read ten times as fast.
_MARKED = re.compile(
    r"\*|(?<!\w)_|[`\\]|~~|==|%%|<[a-zA-Z/!?]|&#?\w+;|\](?:\(|:|\[)|\[[\[^!]|-\|-"
    r"|^(?:[-+] |#{1,6} |>|\d{1,9}[.)] |[-=]+$|\|)|^ ?:?-+:? ?\||(?:^| )\^[\w-]+$",
    re.MULTILINE,
)
# An asterisk within a word is one, "f**k" and "2*3", unless one before a word opened an emphasis.
_STARRED_LINE = re.compile(r"^(?!.*(?:^|[\s(\"“‘'])\*+[^\s*]).*\w\*+\w.*$", re.MULTILINE)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")


def read(data: bytes) -> Content:
    facts, text = take_front_matter(decode(data))
    text = clean(text)
    if _MARKED.search(text):
        for pattern, replacement in _EXTENSIONS:
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        text = _STARRED_LINE.sub(lambda line: re.sub(r"(?<=\w)\*+(?=\w)", _escaped, line[0]), text)
        blocks = list(_blocks(_parser().parse(text), facts))
    else:
        blocks = [part.replace("\n", " ") for part in text.split("\n\n")]
    return [block(unescaped(line), heading=line.startswith(HEADING)) for line in blocks], facts


def _escaped(stars: re.Match[str]) -> str:
    return r"\*" * len(stars[0])


def _blocks(tokens: list[Token], facts: dict[str, str]) -> Iterator[str]:
    """Yield a line for each paragraph, heading, item and row; text that nobody sees becomes one of the `facts`."""
    mark, rows, unseen = "", list[list[str]](), ""
    for token, after in zip(tokens, [*tokens[1:], *tokens[:1]], strict=True):
        if token.type == "html_block" and not unseen:
            yield from _html_lines(token.content, facts)
        if token.type == "html_block":
            unseen = _still_unseen(unseen + token.content)
        elif unseen:
            facts |= hidden_fact([token.content])
        elif token.type == "heading_open":
            # A paragraph above a line of dashes is no heading.
            mark = "" if token.markup == "-" and after.content.endswith(PROSE_ENDS) else HEADING
        elif token.type == "list_item_open":
            # The number stays: in a ranking it is the news.
            mark = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "fence":
            yield from clean(token.content).split("\n")
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(" ".join(_lines(token.children or [], facts)))
        elif token.type == "inline":
            for line in _lines(token.children or [], facts):
                yield mark + line
                mark = ""
        elif token.type == "table_close":
            yield from table_lines(rows, headers=1)
            rows = []


_END = "\ue000"


def _still_unseen(content: str) -> str:
    """Return a piece of HTML if what stands behind it is not seen, because an element that hides it is open."""
    if not re.search(r"(?i)hidden|style|color|<(?:script|template|noscript)", content):
        return ""
    return "" if _END in _tree(content + _END, {}).text_content() else content


def _lines(children: Iterable[Token], facts: dict[str, str]) -> list[str]:
    """Return the text of a paragraph, parted where its author did; pictures, struck and hidden words are none."""
    text, struck, unseen = "", 0, ""
    for child in children:
        if child.type in ("s_open", "s_close"):
            struck += child.nesting
        elif struck:
            continue
        if child.type == "html_inline":
            unseen = _still_unseen(unseen + child.content)
        elif unseen:
            facts |= hidden_fact([child.content])
            continue
        if child.type in ("text", "code_inline", "text_special"):
            text += child.content
        elif child.type == "softbreak":
            text += " "
        elif child.type == "hardbreak" or re.match(r"(?i)<br\b", child.content):
            text += "\n"
    return [line for line in text.split("\n") if line.strip()]


def _html_lines(content: str, facts: dict[str, str]) -> Iterator[str]:
    """Yield the lines of a piece of HTML within Markdown."""
    if not re.search(r"[^\W_]", re.sub(r"<!--.*?(?:-->|\Z)|<[^>]*>", "", content, flags=re.DOTALL)):
        return
    tree = _tree(content, facts)
    rewrite(tree)
    for part in tree.iter("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "blockquote", "tr", "dd", "dt"):
        part.text = ("\n## " if re.fullmatch(r"h\d", part.tag) else "\n") + (part.text or "")
        part.tail = "\n" + (part.tail or "")
    yield from clean(tree.text_content()).split("\n")


def _tree(content: str, facts: dict[str, str]) -> Any:
    """Return a piece of HTML without what nobody sees."""
    tree = html.fragment_fromstring(content, create_parent="div")
    if drop_hidden(tree):
        facts["hidden"] = "yes"
    for unread in tree.xpath(".//script | .//style | .//comment()"):
        unread.drop_tree()
    return tree

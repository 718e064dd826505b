"""Read Markdown: its blocks, without its marks."""

import re

from qa.articles.formats.front_matter import take_front_matter
from qa.articles.text import HEADING, Content, block, clean, decode, unescaped

# Each kind of block becomes a piece between blank lines, a heading one that begins with "## ".
_STRUCTURE = (
    (r"<!--(?:(?!<!--)[\s\S]){0,5000}?-->", ""),
    (r"^(?:> ?)+", ""),
    (r"^(?<!\S\n)(\S.*)\n(?:=+|-{2,})$", r"## \1\n"),
    (r"^(?:(?:[-*_] ?){3,}|(?:```|~~~).*)$", ""),
    (r"^#{1,6} (.*?)(?: #+)?$", r"\n## \1\n"),
)
# The numbers stay: in a ranking they are the news.
_BULLET, _ITEM = r"(?m)^[-*+] ", r"(?m)^(?:[-*+] |(?=\d{1,3}[.)] ))"
_LINK = r"\[([^\[\]]{0,500})\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?: \"[^\"]{0,300}\")?\)"
_EMPHASIS = r"(?<![\\\w*_`])(\*{1,3}|_{1,3}|`)(?=[^\s*_`])((?:(?!\1).){1,1000})(?<=[^\s\\*_`])\1(?![*_`])(?!(?<=_)\w)"
_ESCAPE, _AUTOLINK = r"\\([\\`*_{}\[\]()#+.!<>~|-])", r"<(https?://[^<>\s]{1,2000})>"
# Emphasis twice, because it can hold another.
_INLINE = (("!" + _LINK, ""), (_LINK, r"\1"), (_AUTOLINK, r"\1"), *[(_EMPHASIS, r"\2")] * 2, (_ESCAPE, r"\1"))


def read(data: bytes) -> Content:
    facts, text = take_front_matter(decode(data))
    text = clean(unescaped(text))
    for pattern, replacement in _STRUCTURE:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    blocks = []
    for part in re.split(r"\n{2,}", text.strip("\n")):
        # A number begins an item only in a list of numbers; elsewhere "March\n7. Ships left." is wrapped text.
        for piece in re.split(_ITEM if re.match(_ITEM, part) else _BULLET, part):
            line = piece.replace("\n", " ")
            if re.search(r"[*_`<\[\\]", line):
                for pattern, replacement in _INLINE:
                    line = re.sub(pattern, replacement, line)
            blocks.append(block(line, heading=piece.startswith(HEADING)))
    return blocks, facts

"""Find the title and the sub-headings among the blocks of an article."""

import re

from qa.articles.text import HEADING, PROSE_ENDS, one_line


def bare_title(title: str, source: str) -> str:
    """Drop the site's name and the dots of a search engine: "Ferries return to ... | Post" -> "Ferries return to…"."""
    title = re.sub(rf"(?i)\s+[-–—|:·]+\s+{re.escape(source or '|')}\Z", "", title)
    return re.sub(r"\s*\.\.\.\Z", "…", re.sub(r"(.{20})\s\|\s[^|]{1,30}\Z", r"\1", title))


def take_title(blocks: list[str], title: str) -> tuple[str, list[str]]:
    first = blocks[0].removeprefix(HEADING) if blocks else ""
    if len(blocks) < 2 or (title and first.casefold() != title.casefold()):
        return title, blocks
    is_line = len(first.split()) <= 25 and not first.endswith((*PROSE_ENDS, "」"))
    if title or first != blocks[0] or (is_line and any(map(_is_prose, blocks[1:]))):
        return title or one_line(first), blocks[1:]
    return "", blocks


def _is_prose(block: str) -> bool:
    return len(block.split()) > 14 or block.endswith((*PROSE_ENDS, ":"))


def mark_headings(blocks: list[str]) -> list[str]:
    """Where no heading is marked, mark the short lines that stand alone between paragraphs; lists stay text."""
    if any(block.startswith(HEADING) for block in blocks):
        return blocks
    marked = list(blocks)
    for number in range(1, len(blocks) - 1):
        before, line, after = blocks[number - 1 : number + 2]
        is_line = len(line) > 3 and len(line.split()) <= 14 and not line.endswith((*PROSE_ENDS, ",", ";", ":"))
        # Not a caption, "The pier in June. Ana Ruiz/Coast Post", nor a fact, "Where: East Pier".
        if is_line and re.match(r"[\"“‘'«]?[^\W_a-zß-ÿ](?!.*(?:/|: |[a-z]{4}\. |[–—]\Z))", line):
            marked[number] = HEADING + line if _is_prose(before) and _is_prose(after) else line
    return marked

"""Find the title and the sub-headings among the blocks of an article."""

import re
from collections.abc import Mapping

from qa.articles.sentences import pieces
from qa.articles.text import HEADING, PROSE_ENDS, one_line

SENTENCE_WORDS, LEAD_WORDS = 5, 10
"""A heading of fewer words stays one, whatever it ends with: "The U.S.", "Repairs begin."."""


def bare_title(title: str, facts: Mapping[str, str], first: str) -> str:
    """Drop the site, the author and the dots of a search engine: "Ferries return ... | Post" -> "Ferries return…".

    What the `first` block of the article repeats is the title in full, "Ferries return | Ana Ruiz" too.
    """
    for ending in (
        rf"[-–—|:·]+\s+{re.escape(facts.get('source') or '|')}",
        rf"\W*by {re.escape(facts.get('author') or '|')}",
    ):
        title = re.sub(rf"(?i)\s+{ending}\Z", "", title)
    shown = first.removeprefix(HEADING)
    if shown and re.fullmatch(rf"(?i){re.escape(shown)}(?:\s+[-–—|:·]+\s+.{{1,40}})?", title):
        return shown if first.startswith(HEADING) else title
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


_STOPPED = re.compile(
    r".*\b(?!(?:[a-z]\.)*[a-z]\.|(?:co|corp|etc|inc|jr|ltd|no|sr|st|vs)\.)[\w%’')]+\.[\"”’')]?", re.IGNORECASE
)


def _is_sentence(line: str) -> bool:
    """Tell a whole sentence with its stop, or several, from a heading: "The U.S.", "1. Rest", "Cold? What to do"."""
    if len(line.split()) < SENTENCE_WORDS:
        return False
    if _STOPPED.fullmatch(line):
        return True
    first, *rest = [line[start:end].split() for start, end, _ in pieces(line)]
    return bool(rest) and first[-1].endswith(".") and min(map(len, (first, *rest))) >= 4


def unmark_prose(blocks: list[str]) -> list[str]:
    """Return the blocks with headings that are sentences as text: a heading is structure and can never be quoted.

    Such are sentences, and the many words of a lead right below the title.
    """
    prose = []
    for number, line in enumerate(blocks):
        bare = line.removeprefix(HEADING)
        is_lead = number == 0 and len(bare.split()) >= LEAD_WORDS and any(map(_is_prose, blocks[1:]))
        prose.append(bare if is_lead or (bare != line and _is_sentence(bare)) else line)
    return prose

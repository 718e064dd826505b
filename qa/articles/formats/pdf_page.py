"""Find the lines of a PDF's pages: where each stands, its letters in reading order, and in which type."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from qa.articles.formats.pdf_letters import Letter, letters_of, visible

MOST_PIECES = 3_000
"""Of one page; more are a drawing, and read as they stand."""

MOST_COLUMNS = 50

FEWEST_TURNED = 200
"""Letters; less text that is turned by 90 degrees is a credit at the edge of a picture."""

WORD_GAP, PIECE_GAP = 0.22, 0.6
"""Parts of the type size between letters that begin a new word, and between words that begin a new piece."""

_LEFTWARD = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand side by side on one line; the distances are points from the left and the top of the page."""

    text: str
    left: float
    right: float
    base: float
    """Where its letters stand, the larger the lower."""
    size: float
    """Of the type, in points."""
    bold: bool = False
    first_word: float = 0.0
    """Width of its first word."""

    @property
    def top(self) -> float:
        return self.base - 0.75 * self.size


Page = tuple[Piece, ...]
"""From top to bottom, those of one height from left to right."""


def pages_of(document: Any, unseen: list[str]) -> Iterator[Page]:
    """Yield the pages of a document of pypdfium2; words that nobody sees are added to `unseen`."""
    for page in document:
        letters = visible(list(letters_of(page)), unseen)
        yield tuple(_in_reading_direction(letters))
        page.close()


def _in_reading_direction(letters: list[Letter]) -> Iterator[Piece]:
    counts = Counter(letter.turned for letter in letters if letter.text)
    upright = [turned for turned, count in counts.most_common() if turned >= 0 and count >= FEWEST_TURNED]
    usual = [turned for turned, _ in counts.most_common(1)]
    below: float | None = None
    for turned in dict.fromkeys(usual + upright):
        some = [letter for letter in letters if not letter.text or letter.turned == turned]
        pieces = _pieces(_with_drop_caps(_without_stamps(list(_words(some)))))
        if pieces:
            shift = 0.0 if below is None else below + 20 - min(piece.top for piece in pieces)
            yield from (replace(piece, base=piece.base + shift) for piece in pieces)
            below = max(piece.base for piece in pieces) + shift


def _words(letters: Sequence[Letter]) -> Iterator[Piece]:
    word: list[Letter] = []
    for letter in letters:
        if word and (not letter.text or not _continues(word[-1], letter)):
            yield _word(word)
            word = []
        if letter.text and not (word and _is_mark(word, letter)):
            word.append(letter)
    if word:
        yield _word(word)


def _continues(before: Letter, letter: Letter) -> bool:
    size = min(before.size, letter.size)
    gap = max(letter.left - before.right, before.left - letter.right)
    return abs(letter.base - before.base) < 0.6 * size and gap < WORD_GAP * max(before.size, letter.size)


def _is_mark(word: list[Letter], letter: Letter) -> bool:
    """Tell a raised number that points to a note from a power: the mark of a note is no part of its word."""
    first = word[0]
    is_raised = letter.size < 0.8 * first.size and first.base - letter.base > 0.15 * first.size
    text = "".join(part.text for part in word)
    return is_raised and letter.text in "0123456789*†‡" and not re.search(r"\d\Z|(?:\b|[ckdm])m\Z|\bft\Z", text)


def _word(letters: list[Letter]) -> Piece:
    if sum(bool(_LEFTWARD.match(letter.text)) for letter in letters) * 2 > len(letters):
        letters = sorted(letters, key=lambda letter: -letter.left)
    text = "".join(letter.text for letter in letters)
    main = Counter((round(letter.size, 1), letter.base, letter.bold) for letter in letters).most_common(1)[0][0]
    left, right = min(letter.left for letter in letters), max(letter.right for letter in letters)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Piece(text, left, right, main[1], main[0], main[2], right - left)


def _without_stamps(words: list[Piece]) -> list[Piece]:
    """Drop large words that lie over the text of a page."""
    if not words or len(words) > 20_000:
        return words
    usual = _usual_size(words)
    large = [word for word in words if word.size > 1.5 * usual]
    if len(large) > 200:
        return words
    small = [word for word in words if word.size <= 1.5 * usual]
    stamps = {id(word) for word in large if sum(_lies_in(other, word) for other in small) >= 2}
    return [word for word in words if id(word) not in stamps]


def _lies_in(word: Piece, other: Piece) -> bool:
    middle = (word.left + word.right) / 2
    return other.left < middle < other.right and other.top < word.base - word.size / 4 < other.base


def _usual_size(words: Sequence[Piece]) -> float:
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(word.size, 1)] += len(word.text)
    return sizes.most_common(1)[0][0]


def _with_drop_caps(words: list[Piece]) -> list[Piece]:
    """Return the words with each large first letter that reaches down over several lines put before its word."""
    if not words:
        return words
    usual, counts = _usual_size(words), Counter(word.text for word in words)
    caps = [w for w in words if w.size > 1.7 * usual and re.fullmatch(r"[\"“‘«]?[^\W\d_a-zß-ÿ]", w.text)]
    for cap in caps[:20]:
        beside = [
            word
            for word in words
            if word.size < cap.size / 1.5
            and cap.top - usual < word.top < cap.base
            and 0 <= word.left - cap.right + usual / 2 < 2.5 * usual
        ]
        above = [w for w in words if w is not cap and w.size > 1.3 * usual and abs(w.base - cap.base) < usual / 2]
        if not beside or above:
            continue
        first = min(beside, key=lambda word: (round(word.base), word.left))
        is_apart = cap.text[-1] in "AIO" and counts[first.text] > 1  # "A storm", not "After"
        text = cap.text + " " * is_apart + first.text
        in_cap = {id(word) for word in beside}
        words = [
            replace(word, left=cap.left, text=text if word is first else word.text) if id(word) in in_cap else word
            for word in words
            if word is not cap
        ]
    return words


def _pieces(words: list[Piece]) -> list[Piece]:
    """Join the words of each line to pieces, parted where columns or cells are."""
    rows: list[list[Piece]] = []
    for word in sorted(words, key=lambda word: word.base):
        near = rows[-1] if rows else []
        if near and abs(word.base - near[-1].base) < 0.3 * min(word.size, near[-1].size):
            near.append(word)
        else:
            rows.append([word])
    parted = [list(_parted(sorted(row, key=lambda word: word.left))) for row in rows]
    joined: list[Piece] = []
    for number, row in enumerate(parted):
        if len(row) > MOST_COLUMNS:
            joined += map(_piece, row)
            continue
        around = [other for other in parted[max(0, number - 1) : number + 2] if other is not row]
        joined += [_piece(words) for words in _rejoined(row, around)]
    return joined


def _parted(row: list[Piece]) -> Iterator[list[Piece]]:
    begun = 0
    for number, (before, word) in enumerate(pairwise(row), 1):
        if (
            word.left - before.right > PIECE_GAP * min(before.size, word.size)
            or not 0.6 < word.size / before.size < 1.7
        ):
            yield row[begun:number]
            begun = number
    if row:
        yield row[begun:]


def _rejoined(row: list[list[Piece]], around: list[list[list[Piece]]]) -> list[list[Piece]]:
    """Join what only the wide spaces of a justified line part: a line above or below runs on across the gap.

    Between cells or columns, one of them has a gap in the same place.
    """
    joined = row[:1]
    for words in row[1:]:
        left, right, size = joined[-1][-1].right, words[0].left, words[0].size
        near = [other for other in around if abs(other[0][0].base - words[0].base) < 2 * size]
        is_crossed = any(part[0].left < left and part[-1].right > right for other in near for part in other)
        is_aligned = any(
            before[-1].right < right and after[0].left > left for other in near for before, after in pairwise(other)
        )
        if right - left < 3 * size and is_crossed and not is_aligned:
            joined[-1] = joined[-1] + words
        else:
            joined.append(words)
    return joined


def _piece(words: list[Piece]) -> Piece:
    letters = "".join(word.text for word in words)
    if len(_LEFTWARD.findall(letters)) * 2 > len(letters):
        words = words[::-1]
    length = sum(len(word.text) for word in words)
    return Piece(
        text=" ".join(word.text for word in words),
        left=min(word.left for word in words),
        right=max(word.right for word in words),
        base=median(word.base for word in words),
        size=_usual_size(words),
        bold=sum(len(word.text) for word in words if word.bold) * 2 > length,
        first_word=words[0].first_word,
    )

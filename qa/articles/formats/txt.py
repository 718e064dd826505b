"""Read plain text: paragraphs, or lines wrapped at a width."""

from itertools import pairwise

from qa.articles.formats.front_matter import take_front_matter
from qa.articles.text import Content, block, clean, decode, unescaped, unwrap


def read(data: bytes) -> Content:
    facts, text = take_front_matter(decode(data))
    lines = clean(unescaped(text)).split("\n")
    pairs = [(line, after) for line, after in pairwise(lines) if line and after]
    run_on = sum(after[0].islower() for _, after in pairs)
    if run_on * 3 > len(pairs) and max(map(len, lines)) >= 40:
        lines = unwrap(lines)
    return [block(line) for line in lines], facts

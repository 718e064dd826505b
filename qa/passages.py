"""Cut an article into passages: slices of about 120 words that tile its text and never cut through a sentence."""

import hashlib
from itertools import pairwise

from llama_index.core.schema import TextNode

from qa.articles import Article
from qa.articles.sentences import pieces

RULES = "passages/3"
"""Version of these rules, kept with the index: change it whenever the same text would be cut differently."""

PASSAGE_WORDS = 120
SHORTEST_PASSAGE_WORDS = 40


def split(article: Article) -> list[TextNode]:
    """Return the passages of `article` in order; their texts join to `article.text` exactly.

    A passage's id is a hash of its article's id, its start and its text. Its metadata is the article's, as text.
    """
    cuts, words = [0], 0
    cut = list(pieces(article.text))
    lengths = [len(article.text[start:end].split()) for start, end, _ in cut]
    left = sum(lengths)
    for (start, _, is_sentence), length in zip(cut, lengths, strict=True):
        # A sub-heading opens the passage that it is about.
        full = words + length > PASSAGE_WORDS or (not is_sentence and length > 0)
        if full and words >= SHORTEST_PASSAGE_WORDS and left >= SHORTEST_PASSAGE_WORDS:
            cuts.append(start)
            words = 0
        words += length
        left -= length
    cuts.append(len(article.text))
    metadata: dict[str, str | int] = {
        "article": article.id,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "published": article.published.isoformat() if article.published else "",
        "url": article.url,
        "path": article.path,
        "kind": article.kind,
        "passages": len(cuts) - 1,
    }
    return [passage(article.text[start:end], start, metadata) for start, end in pairwise(cuts)]


def moved(node: TextNode, path: str) -> TextNode:
    """Return a passage of an article that now stands at `path`."""
    metadata = node.metadata | {"path": path}
    return node if metadata == node.metadata else passage(node.text, node.start_char_idx or 0, metadata)


def passage(text: str, start: int, metadata: dict[str, str | int]) -> TextNode:
    """Return one passage as a LlamaIndex node; models see its title and outlet before its text."""
    content = f"{metadata['article']}\n{start}\n{text}".encode()
    return TextNode(
        id_=hashlib.sha256(content).hexdigest()[:32],
        text=text,
        start_char_idx=start,
        end_char_idx=start + len(text),
        # Chroma gives metadata back in any order: models shall see the title first, always.
        metadata={name: metadata[name] for name in ("title", "source")} | metadata,
        metadata_template="{value}",
        metadata_separator=". ",
        text_template="{metadata_str}\n{content}",
        excluded_embed_metadata_keys=[key for key in metadata if key not in ("title", "source")],
    )

"""Passages tile their article, and sentences end where readers would end them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.archive import Archive
from qa.articles import Article
from qa.articles.sentences import sentences
from qa.passages import PASSAGE_WORDS, split

# News text as it comes: stops, quotes, line breaks, headings, other scripts, and runs without any of them.
TEXT = st.text(st.sampled_from(list('abé A.B!?…"“”’()\n# 1,$%中。\u2028\u00a0')), min_size=1, max_size=400).filter(
    str.strip
)


def said(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(TEXT | st.text(min_size=1).filter(str.strip))
def test_passages_tile_any_text(text: str) -> None:
    nodes = split(Article("id", text, "title"))
    assert "".join(node.text for node in nodes) == text
    for node in nodes:
        assert text[node.start_char_idx : node.end_char_idx] == node.text
        assert node.text


def test_a_bullet_is_not_part_of_the_sentence_and_a_minus_is() -> None:
    text = "• Ford: 2 million trucks.\n\n- Two ships sank. -5 degrees were felt.\n\n— The Angels won."
    assert said(text) == ["Ford: 2 million trucks.", "Two ships sank.", "-5 degrees were felt.", "The Angels won."]


@given(TEXT)
def test_sentences_are_in_order_without_white_space_around_them(text: str) -> None:
    last = 0
    for start, end in sentences(text):
        assert last <= start < end
        assert text[start:end] == text[start:end].strip()
        last = end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lt. Gov. Dan Patrick met Gen. Smith at 5 p.m. Tuesday. He left.", 2),
        ("The U.S. Senate voted. The U.S. is out. It fell in the U.S. He knew.", 4),
        ("It cost $3.5 million. Mr. Henry paid 2.1 percent on Jan. 6, 2021.", 2),
        ("“Will he go?” she asked. “Yes!” he said.", 2),
        ('He noted, "It is a question. Nobody answers. Why?" Then he left.', 2),
        ("J.K. Rowling wrote No. 5 in St. Louis. Apple Inc. fell. Dr. No came.", 3),
        ("Is it over? Nobody knows… But then? Yes!", 4),
        ("中文。好的。", 2),
        ("## Heading without stop\n\nOne. Two.", 2),
        ("no stop at all", 1),
    ],
)
def test_sentence_ends(text: str, expected: int) -> None:
    assert len(said(text)) == expected, said(text)


def test_a_heading_opens_the_passage_that_it_is_about_and_is_no_sentence() -> None:
    body = "Officers left the city in the night and nobody followed them. " * 6
    text = f"{body}\n\n## Next\n\n{body}".strip()
    _, second = split(Article("id", text, "title"))
    assert second.text.startswith("## Next")
    assert not any(s.startswith("#") for s in said(text))


def test_passages_are_about_as_long_as_they_should_be() -> None:
    nodes = split(Article("id", "Seven words are in this short sentence. " * 300, "title"))
    lengths = [len(node.text.split()) for node in nodes]
    assert all(PASSAGE_WORDS - 10 <= length <= PASSAGE_WORDS for length in lengths[:-1])


@pytest.mark.parametrize("text", ["a" * 200_000, "word " * 50_000, '"' * 100_000, ". " * 50_000, "." * 200_000])
def test_a_huge_line_is_cut_into_pieces_a_model_can_read(text: str) -> None:
    nodes = split(Article("id", text.strip(), "title"))
    assert "".join(node.text for node in nodes) == text.strip()
    assert max(end - start for start, end in sentences(text)) <= 1_000


def test_an_embedder_sees_the_title_and_the_outlet_too() -> None:
    from llama_index.core.schema import MetadataMode

    (node,) = split(
        Article("id", "He left.", "Prime minister gone", source="Latin Post", author="Hidden", url="http://x")
    )
    assert node.get_content(MetadataMode.EMBED) == "Prime minister gone. Latin Post\nHe left."
    assert node.text == "He left."


def test_a_passage_tells_the_kind_of_its_page_but_not_to_models() -> None:
    from llama_index.core.schema import MetadataMode

    (node,) = split(Article("id", "He left.", "News quiz", kind="digest"))
    assert node.metadata["kind"] == "digest"
    assert "digest" not in node.get_content(MetadataMode.EMBED)
    assert Archive((node,)).articles["id"].kind == "digest"

"""Passages tile their article, and sentences end where readers would end them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.archive import Archive
from qa.articles import Article
from qa.articles.sentences import pieces, sentences
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


# Where " | " stands a sentence ends, and nowhere else.
LINES = """
A jury cleared Maj. Tom Rane of theft. | He went home.
Brig. Gen. Nora Falk was moved. | Her deputy stays.
Det. Insp. Ola Kern led the inquiry. | She retired in May.
Chief Supt. Ina Moor spoke first. | Then came the mayor.
Spc. Dana Reed and Cpl. Hugo Lam were hurt. | Both will live.
Atty. Gen. Rhea Pell sued. | The firm settled.
The trail up Mt. Orin is closed. | Ft. Dalen is a museum now.
He shook hands with his rep. | The deal was done.
She ran 200 ft. | The tower fell behind her.
Max Orr, Col. (ret.) Orr to his men, agreed. | He is 80.
Bus No. 14 was late. | It was the No. 1 song of the year.
Asked whether he would resign, he said no. | Residents cheered.
Did he steal it? | The jury said no. | I doubt it.
The reservoir, est. 1912, holds approx. 3 million litres. | It is half empty.
See fig. 3, vol. 2 and app. B. | They differ.
They came from Jan. 3 to Feb. 9. | It ended on Sat. Nov. 3.
The firm bought a mill in Sept. | Workers struck in Dec. | Prices fell.
J. K. Ardan wrote it. | The poem is by W. H. Osten, who died in 1973.
The bill is by William P. Doyle, a baker.
Ivo Karl was born in the U.S. | Police in Canada arrested him.
She left for the U.K. | Doctors there treated her.
The U.S. Senate voted. | The case is in the U.S. Supreme Court in May.
Money of the U.S. Rivers and Harbors Act paid for it.
The E.U. Commission fined the firm. | It serves in the U.N. Security Council now.
He flew to Washington, D.C. | Reporters followed him.
The train left at 6 a.m. and came at 9 p.m. on Monday.
Voting ended at 8 p.m. | Turnout was low.
Polls close at 7 p.m. Eastern time. | The gate shuts at 9 a.m. (ET) or 10 p.m. Tuesdays.
9:50 a.m. Crews clear the road. | It is wet.
The shop is at 12 Hill St. | Bread is sold there.
He lives on St. Mark St. near the port. | Cars park at 3043 N. Fort Road.
Olsen Inc., once Warner Bros. Olsen, was sold. | Fruit, bread, etc. are cheap. | So is JDC Demolition Co. Inc. of Elin.
Some fruits, e.g. Marle pears, rot fast. | Sell them soon.
‘We left at night. We rowed for nine hours,’ Kim Bell said. | The town gave them rooms.
Bell said: ‘It was dark. Nobody slept.’ | The boats were lost.
‘It is a scandal,’ he said. | ‘We will sue. All of us.’
'We lost all. Then we began again,' she said. | Her son nodded.
It’s the dogs’ park. | The cats’ home is next door. | The ’90s were ‘great’. | Nobody slept.
Rock ‘n’ roll came. | The players’ union met. | The owners’ offer was poor.
“They came at dawn. They took the goats,” he said. | Twelve goats are missing.
"Nothing is lost," she said. | "We will build it again."
He paused … and went on. | The line went dead… | Rescuers feared the worst.
The crowd waited ... | Then she signed.
« Nous sommes partis la nuit. Personne n’est venu », a dit Kim Bell. | La ville les loge.
Elle a dit : « C’est fini. » | Il est parti.
„Es war dunkel. Wir liefen“, sagte er. | Dann kam Hilfe.
Er rief: „Halt.“ | Niemand blieb stehen.
Am 7. März wurde er entlassen. | Der 3. Oktober ist ein Feiertag.
(The vote was close.) | It took an hour.
""".strip().splitlines()


@pytest.mark.parametrize("line", LINES)
def test_a_sentence_ends_at_its_stop_and_at_no_other(line: str) -> None:
    assert said(line.replace(" | ", " ")) == line.split(" | ")


WORDS = st.sampled_from(
    "Maj. Mt. no. No. 14 U.S. in the Police a.m. He said ‘We left. Then ’ ‘ ' 'Go “ ” « » „ … went,’ dogs’ St. 5"
    " 7. März Inc. (ret.) Orr. Karl’s p.m. Eastern".split()
)


@given(st.lists(st.tuples(WORDS, st.sampled_from([" ", "\n\n", "  "])), min_size=1, max_size=40))
def test_pieces_tile_any_news_and_no_sentence_begins_or_ends_inside_a_word(words: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in words)
    assert "".join(text[start:end] for start, end, _ in pieces(text)) == text
    for start, end in sentences(text):
        assert start == 0 or text[start - 1].isspace()
        assert end == len(text) or text[end].isspace()


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

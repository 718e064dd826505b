"""From question to answer with a language model at hand, real HTTP between: checked, streamed, and never lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import SEEDS, folder_of, settings_for
from model_server import ModelServer, closed_port, cut, page, reply, silence, status

from qa.articles import Article
from qa.chain import Chain
from qa.citations import ABSTENTION, Answer
from qa.followup import Turn
from qa.suggestions import candidates

SAID = "Ariel Henry arrived in Puerto Rico on a chartered flight from New Jersey"


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, server: ModelServer) -> Iterator[Chain]:
    root = tmp_path_factory.mktemp("chain")
    chain = Chain(settings_for(root, articles=SEEDS, base_url=server.url, model="play", timeout=1.5))
    chain.sync()
    yield chain
    chain.close()


def final(chain: Chain, question: str = "Where was Ariel Henry?", history: tuple[Turn, ...] = ()) -> Answer:
    *_, answer = chain.stream(question, history=history)
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
    return answer


def mark(chain: Chain, words: str = "Puerto Rico", question: str = "Where was Ariel Henry?") -> int:
    """Return the number under which the model gets the passage that holds these words."""
    hits = chain.retriever.search(question, chain.store.archive)
    return next(n for n, hit in enumerate(hits, start=1) if words in hit.node.text)


def test_what_the_model_writes_is_shown_with_exact_quotes(chain: Chain, server: ModelServer) -> None:
    server.play(reply(f"{SAID} [{mark(chain)}]."))
    answer = final(chain)
    assert answer.text == f"{SAID}. [1]"
    assert answer.mode == "play"
    assert not answer.notice
    assert "arrived in Puerto Rico" in answer.citations[0].quote


def test_a_model_tells_the_news_of_the_newest_articles_and_the_fallback_does(chain: Chain, server: ModelServer) -> None:
    quote = "An undisclosed number of Kenyan police officers no longer want to go to Haiti"
    number = mark(chain, quote, "What's the news?")
    server.play(reply(f"{quote} [{number}]."))
    told = final(chain, "What's the news?")
    assert told.text == f"{quote}. [1]"
    assert told.confidence > 0.9
    server.play(reply("He met the king of Spain [1]."))
    fallback = final(chain, "What's the news of 7 March 2024?")
    assert fallback.mode == "offline"
    assert {c.article.published and c.article.published.isoformat() for c in fallback.citations} <= {"2024-03-07", None}
    assert not fallback.abstained


def test_an_unsupported_sentence_is_kept_out_of_the_text_and_shown_as_such(chain: Chain, server: ModelServer) -> None:
    server.play(reply(f"{SAID} [{mark(chain)}]. He met the king of Spain [{mark(chain)}]. It rained [99]."))
    answer = final(chain)
    assert answer.text == f"{SAID}. [1]"
    assert [bool(sentence.citations) for sentence in answer.sentences] == [True, False, False]


def test_a_model_of_whose_words_nothing_is_supported_gives_way_to_the_offline_answer(
    chain: Chain, server: ModelServer
) -> None:
    server.play(reply("He met the king of Spain [1]."))
    answer = final(chain)
    assert answer.mode == "offline"
    assert answer.notice.startswith("Nothing that play wrote is backed by the passages.")
    assert "Spain" not in answer.text
    assert all(sentence.citations for sentence in answer.sentences)


def test_a_follow_up_that_the_model_does_not_rewrite_is_resolved_by_rules(chain: Chain, server: ModelServer) -> None:
    server.play(reply(f"{SAID} [{mark(chain)}]."))
    first = final(chain)
    server.play(reply("I do not know what you mean"), reply(ABSTENTION))
    answer = final(chain, "Why was he there?", (Turn("Where was Ariel Henry?", first),))
    assert "Ariel Henry" in answer.query


def test_a_supported_sentence_is_kept_though_the_model_also_abstained(chain: Chain, server: ModelServer) -> None:
    server.play(reply(f"{ABSTENTION} {SAID} [{mark(chain)}]."))
    answer = final(chain)
    assert not answer.abstained
    assert answer.text == f"{SAID}. [1]"


def test_a_sentence_is_never_shown_struck_out_while_its_mark_is_still_to_come(
    chain: Chain, server: ModelServer
) -> None:
    number = mark(chain)
    server.play(reply(f"{SAID}. [{number}] He was last seen in Kenya. [{number}]"))
    for answer in chain.stream("Where was Ariel Henry?"):
        assert all(sentence.citations for sentence in answer.sentences)


def test_a_model_that_abstains_is_believed(chain: Chain, server: ModelServer) -> None:
    server.play(reply(ABSTENTION))
    partial = list(chain.stream("Who won the world cup?"))
    assert len(partial) == 1
    assert partial[0].abstained
    assert "The archive has 6 articles" in partial[0].text
    assert partial[0].confidence > 0.5


def test_when_a_model_abstains_though_the_articles_answer_the_sentence_is_quoted_and_confidence_is_low(
    chain: Chain, server: ModelServer
) -> None:
    server.play(reply(ABSTENTION))
    answer = final(chain)
    assert answer.abstained
    assert 0 < answer.confidence < 0.5
    assert any("Kenya" in citation.quote for citation in answer.closest)


def test_the_answer_streams_and_what_is_unchecked_is_apart(chain: Chain, server: ModelServer) -> None:
    number = mark(chain)
    server.play(reply(f"{SAID} [{number}]. He was last seen in Kenya [{number}]."))
    partial = list(chain.stream("Where was Ariel Henry?"))
    assert any(answer.pending and not answer.text for answer in partial)
    assert any(answer.pending and answer.text == f"{SAID}. [1]" for answer in partial)
    assert partial[-1].pending == ""


@pytest.mark.parametrize(
    ("play", "word"),
    [
        (status(401), "key"),
        (status(404), "QA_MODEL"),
        (status(429), "429"),
        (status(500), "500"),
        (silence, "time"),
        (cut("Henry is in"), "broke off"),
        (page(), "OPENAI_BASE_URL"),
        (reply(""), "empty"),
    ],
    ids=["401", "404", "429", "500", "slow", "cut", "nonsense", "empty"],
)
def test_whatever_fails_the_offline_answer_comes_with_a_notice(
    chain: Chain, server: ModelServer, play: object, word: str
) -> None:
    server.play(play)  # type: ignore[arg-type]
    answer = final(chain)
    assert answer.mode == "offline"
    assert "Puerto Rico" in answer.text
    assert word.lower() in answer.notice.lower()
    assert answer.notice.endswith("This is the offline answer.")


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    url = closed_port()
    chain = Chain(settings_for(tmp_path, articles=SEEDS, base_url=url, timeout=0.5))
    chain.sync()
    answer = final(chain)
    assert url in answer.notice
    assert "Puerto Rico" in answer.text
    chain.close()


def test_a_follow_up_is_rewritten_by_the_model(chain: Chain, server: ModelServer) -> None:
    server.play(reply(f"{SAID} [{mark(chain)}]."))
    first = final(chain)
    server.play(reply("Where did Ariel Henry's chartered flight come from?"), reply(f"{SAID} [1]."))
    answer = final(chain, "And where did it come from?", (Turn("Where was Ariel Henry?", first),))
    assert answer.query == "Where did Ariel Henry's chartered flight come from?"
    assert SAID in server.prompts[-2]


def test_passages_are_given_as_quoted_material(chain: Chain, server: ModelServer) -> None:
    server.play(reply(ABSTENTION))
    final(chain)
    assert "[1]" in server.prompts[-1]
    assert "Latin Post" in server.prompts[-1]


def test_what_the_model_takes_from_a_copy_is_cited_from_the_earliest_one(tmp_path: Path, server: ModelServer) -> None:
    report = (
        "A fire destroyed the market hall of Marisol on Sunday night. The fire killed 12 people, the chief said. "
        "It began in a bakery on the ground floor and spread through the wooden roof within minutes, while more than "
        "200 firefighters from four towns fought the flames until noon. The mayor promised to rebuild the hall."
    )
    head = "---\ntitle: Fire\nsource: {}\ndate: {}\n---\n"
    folder = folder_of(
        tmp_path / "articles",
        wire=head.format("Coast Wire", "2024-03-05") + report,
        herald=head.format("Herald", "2024-03-06") + f"MARISOL. {report}",
        other="The market hall of Ilha was opened in 1911. It has a wooden roof and is visited by many people.",
    )
    chain = Chain(settings_for(tmp_path, articles=folder, base_url=server.url, model="play", timeout=5))
    chain.sync()
    question = "How many people did the fire kill?"
    server.play(reply(f"The fire killed 12 people [{mark(chain, '12 people', question)}]."))
    answer = final(chain, question)
    chain.close()
    assert answer.mode == "play"
    (citation,) = answer.citations
    assert citation.article.source == "Coast Wire"
    assert [copy.source for copy in citation.also] == ["Herald"]


@pytest.mark.parametrize(
    ("asked", "follows"),
    [
        ("Why did the harbour of Elin close?", " Nobody at the council would say on Monday."),
        (
            "Which town raises the most sheep?",
            "\n\nA. The Elin\n\nB. Marisol\n\nC. Ilha Verde",
        ),
    ],
)
def test_an_article_that_asks_the_same_does_not_answer(tmp_path: Path, asked: str, follows: str) -> None:
    folder = folder_of(tmp_path / "articles", a=f"{asked}{follows}")
    chain = Chain(settings_for(tmp_path, articles=folder))
    chain.sync()
    answer = final(chain, asked)
    chain.close()
    assert answer.abstained


def test_no_part_of_a_longer_name_is_asked_about() -> None:
    text = (
        "The Alliance of Motion Picture and Television Producers, the trade group, said no. "
        "Prime Minister Ariel Henry, who left, said so."
    )
    asked = list(candidates([Article("a", text, "Title")], 5))
    assert "Who is Ariel Henry?" in asked
    assert not [question for question in asked if "Producers" in question or "Minister" in question]


def test_a_name_keeps_its_article_in_a_suggestion() -> None:
    asked = list(candidates([Article("a", "The State Department said no. Kirby Smith said yes.", "Title")], 5))
    assert asked == ["What did the State Department say?", "What did Kirby Smith say?"]

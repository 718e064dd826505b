"""Search finds by meaning and by words, in titles and outlets too, and filters by outlet and date."""

from datetime import date
from pathlib import Path

import pytest
from conftest import folder_of, settings_for

from qa.chain import Chain
from qa.citations import Scope
from qa.errors import QuestionError
from qa.search import as_asked_of, scope_of


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    root = tmp_path_factory.mktemp("search")
    folder_of(
        root / "articles",
        old="---\ntitle: Budget passed\nsource: Morning Post\npublished: 2024-01-05\n---\nThe minister is Anna Bell.",
        new="---\ntitle: Cabinet changes\nsource: Evening News\npublished: 2024-03-05\n---\nThe minister is Carl Dunn.",
        undated="---\ntitle: Profile\nsource: Weekly\n---\nThe minister has a deputy called Eve Fox.",
    )
    chain = Chain(settings_for(root))
    chain.sync()
    return chain


def paths(chain: Chain, question: str = "Who is the minister?", **filters: object) -> set[str]:
    return {
        hit.node.metadata["path"] for hit in chain.retriever.search(question, chain.store.archive, Scope(**filters))
    }  # type: ignore[arg-type]


def test_without_filters_everything_is_searched(archive: Chain) -> None:
    assert paths(archive) == {"old.md", "new.md", "undated.md"}


def test_dates_keep_what_lies_between_them_and_what_is_undated(archive: Chain) -> None:
    assert paths(archive, since=date(2024, 2, 1)) == {"new.md", "undated.md"}
    assert paths(archive, until=date(2024, 2, 1)) == {"old.md", "undated.md"}
    assert paths(archive, since=date(2024, 1, 5), until=date(2024, 1, 5)) == {"old.md", "undated.md"}


def test_an_outlet_is_found_however_it_is_spelled(archive: Chain) -> None:
    assert paths(archive, source=" evening news ") == {"new.md"}


def test_every_spelling_of_an_outlet_is_meant(tmp_path: Path) -> None:
    folder_of(
        tmp_path / "articles",
        one="---\nsource: Latin Post\n---\nThe minister is Anna Bell.",
        two="---\nsource: LATIN POST\n---\nThe minister is Carl Dunn.",
    )
    chain = Chain(settings_for(tmp_path))
    chain.sync()
    assert paths(chain, source="latin post") == {"one.md", "two.md"}
    chain.close()


def test_an_unknown_outlet_is_answered_with_the_known_ones(archive: Chain) -> None:
    with pytest.raises(QuestionError, match="Evening News"):
        archive.retriever.search("Who?", archive.store.archive, Scope("Evening New"))


def test_the_outlet_in_a_question_takes_part_in_the_match(archive: Chain) -> None:
    best = archive.retriever.search("Who is the minister, according to the Morning Post?", archive.store.archive)[0]
    assert best.node.metadata["path"] == "old.md"


def test_the_title_takes_part_in_the_match(archive: Chain) -> None:
    assert archive.retriever.search("cabinet changes", archive.store.archive)[0].node.metadata["path"] == "new.md"


def test_an_article_comes_before_a_digest_that_says_the_same(tmp_path: Path) -> None:
    said = "The harbour of Elin was closed by Ole Brandt on Tuesday."
    folder_of(
        tmp_path / "articles",
        digest=f"---\ntitle: News quiz of Elin's harbour closed\n---\n{said}",
        report=f"---\ntitle: Storm\n---\n{said} Nobody was hurt in the storm.",
    )
    chain = Chain(settings_for(tmp_path))
    chain.sync()
    hits = chain.retriever.search("Who closed the harbour of Elin?", chain.store.archive)
    chain.close()
    assert [hit.node.metadata["kind"] for hit in hits] == ["article", "digest"]
    assert [hit.node.metadata["path"] for hit in hits] == ["report.md", "digest.md"]


def test_of_events_of_one_kind_the_latest_comes_first_unless_a_time_is_asked_for(tmp_path: Path) -> None:
    folder_of(
        tmp_path / "articles",
        older="---\ndate: 2022-11-26\n---\nStorm Arwen tore the roof off the market hall of Elin.",
        newer="---\ndate: 2024-03-07\n---\nThe roof of the market hall of Elin was torn off by Storm Babet on Friday.",
    )
    chain = Chain(settings_for(tmp_path))
    chain.sync()

    question = "Which storm tore the roof off the market hall of Elin?"

    def found(**limits: object) -> list[str]:
        hits = chain.retriever.search(question, chain.store.archive, Scope(**limits))  # type: ignore[arg-type]
        return [hit.node.metadata["path"] for hit in hits]

    assert found() == ["newer.md", "older.md"]
    assert found(since=date(2022, 1, 1)) == ["older.md", "newer.md"]
    assert found(until=date(2022, 12, 1)) == ["older.md"]
    assert found(until=date(2024, 6, 1)) == ["newer.md", "older.md"]
    assert scope_of(f"{question[:-1]} in 2022?", chain.store.archive).timed  # and leaves out no article
    assert found(timed="in 2022") == ["older.md", "newer.md"]
    chain.close()


def test_an_article_of_the_days_that_are_asked_for_need_not_name_them(tmp_path: Path) -> None:
    folder_of(
        tmp_path / "articles",
        march="---\ndate: 2024-03-07\n---\nStorm Babet tore the roof off the market hall of Elin on Friday.",
        may="---\ndate: 2024-05-07\n---\nStorm Cato tore the roof off the market hall of Elin on Monday.",
    )
    chain = Chain(settings_for(tmp_path))
    chain.sync()
    question = "Which storm tore the roof off the market hall of Elin in March 2024?"
    scope = scope_of(question, chain.store.archive)
    asked = {node.metadata["path"]: as_asked_of(node, question, scope) for node in chain.store.archive.passages}
    *_, answer = chain.stream(question)
    *_, since = chain.stream(question.replace("in March", "since March"))
    chain.close()
    assert asked == {
        "march.md": "Which storm tore the roof off the market hall of Elin?",
        "may.md": "Which storm tore the roof off the market hall of Elin in March?",
    }
    assert answer.spans[0].text == "Storm Babet"
    assert {span.text for span in since.spans} == {"Storm Babet", "Storm Cato"}


def test_the_day_after_still_tells_of_the_days_and_the_undated_tell_of_any(tmp_path: Path) -> None:
    said = "Tom Berg won the regatta of Elin."
    dates = {"last": "2024-03-31", "after": "2024-04-01", "later": "2024-04-02", "early": "2024-02-01"}
    articles = {name: f"---\ndate: {day}\n---\n{said}" for name, day in dates.items()}
    chain = Chain(settings_for(tmp_path, articles=folder_of(tmp_path / "articles", **articles, undated=said)))
    chain.sync()
    archive, question = chain.store.archive, "Who won the regatta of Elin in March 2024?"

    def asked_bare(question: str, **limits: bool) -> set[str]:
        scope = scope_of(question, archive, **limits)  # type: ignore[arg-type]
        asked = {n.metadata["path"]: as_asked_of(n, question, scope) for n in archive.passages}
        return {path for path, its in asked.items() if its == "Who won the regatta of Elin?"}

    assert asked_bare(question) == {"last.md", "after.md"}
    assert asked_bare(question, any_time=True) == set()
    assert asked_bare("Who won the regatta of Elin in March 2024 and in April 2024?") == set()
    assert asked_bare("Who won the regatta of Elin after the storm on 31 March 2024?") == set()
    chain.close()


def test_a_later_article_that_names_the_day_may_still_contradict(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "articles",
        first="---\ndate: 2024-03-04\n---\nAn attack on the market of Elin killed 12 people on Sunday.",
        later="---\ndate: 2024-03-12\n---\nThe attack on the market of Elin on 3 March 2024 killed 19 people.",
        other="---\ndate: 2024-05-12\n---\nAn attack on the market of Elin killed 40 people on Sunday.",
        undated="An attack on the market of Elin on 3 March 2024 killed 15 people.",
    )
    chain = Chain(settings_for(tmp_path, articles=folder))
    chain.sync()
    *_, answer = chain.stream("How many people died in the attack on the market of Elin on 3 March 2024?")
    chain.close()
    assert {citation.article.path for citation in answer.citations} == {"first.md", "later.md", "undated.md"}


def test_it_is_a_llama_index_retriever(archive: Chain) -> None:
    hits = archive.retriever.retrieve("Who is the minister?")
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)  # type: ignore[type-var]


def test_an_empty_archive_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    chain = Chain(settings_for(tmp_path))
    assert chain.retriever.search("Who?", chain.store.archive) == []
    *_, answer = chain.stream("Who is the minister?")
    assert answer.abstained
    assert "0 articles" in answer.text
    chain.close()


def test_the_newest_report_leads_where_a_state_changed(archive: Chain) -> None:
    *_, answer = archive.stream("Who is the minister?")
    dates = [citation.article.published for citation in answer.citations if citation.article.published]
    assert {span.text for span in answer.spans} >= {"Anna Bell", "Carl Dunn"}
    assert dates == sorted(dates, reverse=True)


def test_what_two_articles_say_alike_is_told_once_with_both_citations(tmp_path: Path) -> None:
    wire = "The harbour of Elin was closed by Ole Brandt on Tuesday."
    folder_of(
        tmp_path / "articles",
        one=f"---\ntitle: Port shut\nsource: Courier\n---\n{wire}",
        two=f"---\ntitle: Storm\nsource: Gazette\n---\n{wire} Nobody was hurt in the storm.",
    )
    chain = Chain(settings_for(tmp_path))
    chain.sync()
    *_, answer = chain.stream("Who closed the harbour of Elin?")
    chain.close()
    assert answer.text == f"{wire} [1][2]"
    assert {citation.article.source for citation in answer.citations} == {"Courier", "Gazette"}


def test_an_abstention_says_to_what_the_question_was_limited(archive: Chain) -> None:
    *_, answer = archive.stream("Who won the football cup?", source="Weekly", since=date(2024, 3, 1))
    assert answer.text.endswith("Only articles from Weekly, since 1 March 2024, or undated were searched.")


def test_what_one_report_affirms_and_another_denies_are_two_answers_newest_first(tmp_path: Path) -> None:
    folder_of(
        tmp_path / "articles",
        one="---\npublished: 2024-03-01\n---\nThe harbour of Elin was closed by Ole Brandt.",
        two="---\npublished: 2024-03-05\n---\nThe harbour of Elin was not closed by Ole Brandt, the council said.",
    )
    chain = Chain(settings_for(tmp_path))
    chain.sync()
    *_, answer = chain.stream("Who closed the harbour of Elin?")
    chain.close()
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (2,)]
    assert "not closed" in answer.sentences[0].text

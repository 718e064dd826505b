"""The Python call: `ask`, `Chat` and what an answer can do."""

import json
import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
from conftest import SEEDS, folder_of

import qa
from qa import Answer, Chat, ask
from qa.chat import open_chain
from qa.citations import Citation
from qa.errors import QaError, QuestionError


def test_the_public_names_are_these() -> None:
    assert qa.__all__ == [
        "Answer",
        "Article",
        "Chat",
        "Citation",
        "QaError",
        "Sentence",
        "Span",
        "Turn",
        "__version__",
        "ask",
    ]
    assert all(getattr(qa, name) for name in qa.__all__)


def test_ask_builds_the_index_and_answers_with_citations(tmp_path: Path) -> None:
    answer = ask("Who is Barbecue?", articles=SEEDS, index=tmp_path / "index")
    assert isinstance(answer, Answer)
    assert "gang leader" in answer.text
    assert (tmp_path / "index" / "chroma.sqlite3").exists()


def test_ask_follows_the_folder(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "articles", a="The minister of finance is Anna Bell.")
    question = "Who is the minister of finance?"
    assert "Anna Bell" in ask(question, articles=folder, index=tmp_path / "index").text
    folder_of(folder, a="The minister of finance is Carl Dunn.")
    answer = ask(question, articles=folder, index=tmp_path / "index")
    assert "Carl Dunn" in answer.text
    assert "Anna Bell" not in answer.text


def test_a_chat_understands_follow_ups(tmp_path: Path) -> None:
    chat = Chat(articles=SEEDS, index=tmp_path / "index")
    assert "Kenya" in chat.ask("Where was Ariel Henry last seen?").text
    answer = chat.ask("Why was he there?")
    assert "multinational security force" in answer.text
    assert [turn.question for turn in chat.history] == ["Where was Ariel Henry last seen?", "Why was he there?"]


def test_filters_reach_the_search(tmp_path: Path) -> None:
    answer = ask("Who is Barbecue?", articles=SEEDS, index=tmp_path / "index", source="Latin Post")
    assert answer.abstained
    with pytest.raises(QuestionError, match="swap"):
        ask("Who?", articles=SEEDS, index=tmp_path / "index", since=date(2024, 2, 1), until=date(2024, 1, 1))


def test_many_threads_get_the_same_answer(tmp_path: Path) -> None:
    answers: list[Answer] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(ask("Who is Barbecue?", articles=SEEDS, index=tmp_path / "index"))
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len({(answer.text, answer.confidence) for answer in answers}) == 1


def test_an_answer_reads_well_as_text_and_in_a_notebook(tmp_path: Path) -> None:
    hostile = folder_of(
        tmp_path / "articles", a="---\ntitle: <b>T</b>\n---\nThe minister is `<script>alert(1)</script>` Bell."
    )
    answer = ask("Who is the minister?", articles=hostile, index=tmp_path / "index")
    first, *_, last = str(answer).splitlines()
    assert first == answer.text
    assert last.startswith("[1] outlet not named, undated: “")
    html = answer._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<b>" not in html


def test_an_answer_is_plain_json(tmp_path: Path) -> None:
    answer = ask("When was the deployment deal formalized?", articles=SEEDS, index=tmp_path / "index")
    facts = json.loads(json.dumps(answer.to_dict()))
    (citation,) = facts["citations"]
    assert set(citation) == {"number", "quote", "start", "end", "article", "also"}
    assert set(citation["article"]) == {"id", "title", "source", "author", "published", "url", "path"}
    assert citation["article"]["published"] == "2024-03-07"
    assert {"question", "text", "abstained", "confidence", "mode", "seconds", "notice"} <= set(facts)


@pytest.mark.parametrize("question", ["", "   ", "\x00\x07", "?!", "\u202e\u200b"])
def test_an_empty_question_is_told_so(tmp_path: Path, question: str) -> None:
    with pytest.raises(QuestionError, match="empty"):
        ask(question, articles=SEEDS, index=tmp_path / "index")


def test_a_huge_question_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"100,000.*2,000"):
        ask("a" * 100_000, articles=SEEDS, index=tmp_path / "index")


@pytest.mark.parametrize(
    "question", ["Who is\x00 Barbecue\u202e?\n\n", "Who is Barbecue?" + " " * 5_000, "من هو Barbecue؟"]
)
def test_odd_questions_are_answered_all_the_same(tmp_path: Path, question: str) -> None:
    answer = ask(question, articles=SEEDS, index=tmp_path / "index")
    assert answer.question == " ".join(answer.question.split())
    assert answer.abstained or answer.citations


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(QaError, match="no-such-folder"):
        ask("Who?", articles=tmp_path / "no-such-folder", index=tmp_path / "index")


def test_the_models_are_loaded_once_for_all_folders(tmp_path: Path) -> None:
    other = folder_of(tmp_path / "articles", a="The minister is Anna Bell.")
    one, two = open_chain(SEEDS, tmp_path / "one"), open_chain(other, tmp_path / "two")
    assert one is not two
    assert one.models is two.models


def test_one_index_under_two_names_is_one_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path / "articles", a="The minister is Anna Bell.")
    monkeypatch.chdir(tmp_path)
    chat = Chat(articles="articles", index="index")
    assert "Anna Bell" in ask("Who is the minister?", articles=tmp_path / "articles", index=tmp_path / "index").text
    assert "Anna Bell" in chat.ask("Who is the minister?").text


def test_a_changed_setting_opens_the_same_index_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(articles=SEEDS, index=tmp_path / "index")
    monkeypatch.setenv("QA_TIMEOUT", "7")
    ask("Who is Barbecue?", articles=SEEDS, index=tmp_path / "index")
    assert "gang leader" in chat.ask("Who is Barbecue?").text


def test_articles_and_index_may_share_a_folder(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, a="The minister is Anna Bell.")
    assert "Anna Bell" in ask("Who is the minister?", articles=folder, index=folder).text
    chain = open_chain(folder, folder)
    assert (chain.sync().unchanged, chain.sync().skipped) == (1, ())


def test_questions_are_answered_while_the_folder_changes(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "articles", a="The minister is Anna Bell.", b="It rained in Zürich.")
    chain = open_chain(folder, tmp_path / "index")
    answers: list[Answer] = []
    asking = threading.Thread(
        target=lambda: answers.extend(a for _ in range(12) for a in chain.stream("Who is the minister?"))
    )
    asking.start()
    for name in ("Anna Bell", "Carl Dunn") * 4:
        folder_of(folder, a=f"The minister is {name}.")
        chain.sync()
    asking.join()
    assert len(answers) == 12
    assert all(c.article.text[c.start : c.end] == c.quote for answer in answers for c in answer.citations)
    assert all("Anna Bell" in answer.text or "Carl Dunn" in answer.text for answer in answers)


def test_a_date_must_be_a_date(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="date"):
        ask("Who?", articles=SEEDS, index=tmp_path / "index", since="2024-03-01")  # type: ignore[arg-type]


def test_nothing_goes_over_the_network_unless_configured(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "def watch(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto', 'urllib.Request'):\n"
        "        print('NETWORK', event, args)\n"
        "sys.addaudithook(watch)\n"
        "from qa import ask\n"
        f"print(ask('Who is Barbecue?', articles={str(SEEDS)!r}, index={str(tmp_path / 'index')!r}).text)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "gang leader" in done.stdout
    assert "NETWORK" not in done.stdout


def test_no_library_prepares_reports_about_its_use(tmp_path: Path) -> None:
    code = f"from qa import ask; ask('Who is Barbecue?', articles={str(SEEDS)!r}, index={str(tmp_path / 'index')!r})"
    environment = {**os.environ, "HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "home" / ".cache")}
    (tmp_path / "home").mkdir()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []


def test_citation_attribution_says_what_is_not_known() -> None:
    article = qa.Article("id", "text", "title", source="Latin Post", published=date(2024, 3, 7))
    assert Citation(1, "text", 0, 4, article).attribution == "Latin Post, 7 March 2024"

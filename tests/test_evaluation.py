"""`qa eval`: the numbers are what they say, and the report holds every one of them."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SEEDS

from qa.articles import Article
from qa.chain import Chain
from qa.citations import Answer, Citation, Sentence, Span
from qa.cli import main
from qa.errors import EvaluationError
from qa.evaluation import ask
from qa.index_folder import own
from qa.metrics import Result, bins, by_type, holds, metrics, plain, token_f1
from qa.question_sets import Row, read_rows

OURS = Path(__file__).parent / "questions.jsonl"
ARTICLE = Article("id", "He flew to Kenya on March 3. It rained.", "Flight")


def row(**changes: object) -> Row:
    values: dict[str, object] = {"id": "1", "question": "Where?", "history": (), "answerable": True, "any": ("Kenya",)}
    values |= {"all": (), "articles": (), "support": (), "passages": (), **changes}
    return Row(**values)  # type: ignore[arg-type]


def told(confidence: float = 0.75) -> Answer:
    quote = ARTICLE.text[:28]
    citation = Citation(1, quote, 0, 28, ARTICLE)
    spans, said = (Span(1, "Kenya", 11, 16),), (Sentence(quote, (1,)),)
    return Answer("Where?", f"{quote} [1]", (citation,), False, confidence, "offline", 0.2, sentences=said, spans=spans)


def refused(confidence: float = 0.75) -> Answer:
    return Answer("Where?", "The articles do not say.", (), True, confidence, "offline", 0.4)


def test_answers_are_scored_as_squad_scores_them() -> None:
    assert plain("The  U.S., a Nation!") == "us nation"
    assert token_f1("March 3", "March 3, 2024") == pytest.approx(0.8)
    assert token_f1("Kenya", "Chad") == 0
    numbers = metrics([Result(row(), told()), Result(row(any=("Chad",)), told()), Result(row(), refused())])
    assert numbers["exact_match_answerable"] == pytest.approx(1 / 3)
    assert numbers["contains"] == pytest.approx(1 / 3)
    assert numbers["median_seconds"] == 0.2


def test_refusals_are_two_shares_and_an_order() -> None:
    no = row(answerable=False, any=())
    numbers = metrics(
        [Result(row(), told(0.9)), Result(row(), refused(0.6)), Result(no, refused(0.8)), Result(no, told(0.1))]
    )
    assert (numbers["refused_unanswerable"], numbers["refused_answerable"]) == (0.5, 0.5)
    # By how sure it was that the articles answer.
    assert numbers["auroc"] == 1
    assert numbers["exact_match"] == 0.5


def test_what_is_close_to_an_answer_is_counted_apart_from_answers() -> None:
    close = replace(refused(), closest=told().citations)
    no = row(answerable=False, any=())
    numbers = metrics(
        [Result(row(), told()), Result(row(), close), Result(row(any=("Chad",)), close), Result(no, refused())]
    )
    assert (numbers["close_answerable"], numbers["close_unanswerable"]) == (0.5, 0)
    assert numbers["contains"] == pytest.approx(1 / 3)
    assert metrics([Result(no, close), Result(no, refused())])["close_unanswerable"] == 0.5


def test_calibration_compares_confidence_with_what_came_true() -> None:
    results = [Result(row(), told(0.75))] * 3 + [Result(row(any=("Chad",)), told(0.75))]
    assert bins(results) == [(4, 0.75, 0.75)]
    assert metrics(results)["ece"] == 0
    assert metrics([Result(row(any=("Chad",)), told(0.75))])["ece"] == 0.75
    by_chance = metrics([Result(row(any=("Chad",)), told(0.75))] * 100)["ece_by_chance"]
    assert by_chance == pytest.approx(0.0346, abs=0.001)  # the mean of 20,000 draws of 100 such answers


def test_support_is_judged_by_gold_sentences() -> None:
    numbers = metrics(
        [Result(row(support=("He flew to Kenya on March 3.",)), told()), Result(row(support=("No.",)), told())]
    )
    assert (numbers["support_precision"], numbers["support_recall"]) == (0.5, 0.5)
    assert numbers["quotes_exact"] == 1


def test_every_one_of_several_answers_and_both_sides_of_a_contradiction_are_asked_for() -> None:
    later = Article("id2", "He flew to Chad.", "Flight")
    citations = (*told().citations, Citation(2, later.text, 0, 16, later))
    said = (*told().sentences, Sentence(later.text, (2,)))
    both = replace(told(), text=f"{ARTICLE.text[:28]} [1] {later.text} [2]", citations=citations, sentences=said)
    numbers = metrics([Result(row(any=("Kenya", "Chad")), both), Result(row(any=("Kenya", "Mali")), both)])
    assert numbers["contains_all"] == 0.5
    contradicted = row(any=("Kenya",), wrong=("Chad",))
    shown = replace(both, conflicts=(Span(1, "Kenya", 11, 16), Span(2, "Chad", 11, 15)))
    assert metrics([Result(contradicted, both), Result(contradicted, shown)])["contradictions_shown"] == 0.5
    assert metrics([Result(row(), both), Result(row(), shown), Result(contradicted, shown)])["reports_differ"] == 0.5


def test_marks_dates_and_parts_of_words_are_no_answers() -> None:
    dated = replace(told(), text="3 March 2024: He flew to Kenya on March 3. [1]")
    for words, right in (("3", True), ("March 3", True), ("1", False), ("2024", False), ("enya", False)):
        assert Result(row(any=(words,)), dated).right is right, words
    assert holds("A Kenya-led mission left at 5:48 p.m.", "Kenya")
    assert not holds("A mission left at 5:48 p.m.", "8")
    assert not holds("A mission left at 5:48 p.m.", "5")


def test_rows_are_counted_by_their_type() -> None:
    results = [Result(row(type="a"), told()), Result(row(type="a"), refused()), Result(row(type="b"), refused())]
    assert by_type(results)["a"] == {"n": 2, "refused": 0.5, "right": 0.5}
    assert by_type(results)["b"]["refused"] == 1


def test_retrieval_counts_articles_before_and_after_reranking() -> None:
    results = [Result(row(articles=("a.md",)), told(), 2, 1), Result(row(articles=("a.md",)), told(), 0, 4)]
    numbers = metrics(results)
    assert (numbers["hits_at_1_fused"], numbers["hits_at_1"], numbers["hits_at_4"]) == (0, 0.5, 1)
    assert numbers["mrr_at_10"] == (1 + 1 / 4) / 2


def test_a_row_with_passages_is_asked_of_them_and_not_of_the_archive(seeds: Chain) -> None:
    passages = ({"text": "The mayor of Elin is Ole Brandt.", "title": "Elin"}, {"text": "It rained in Zürich."})
    result = ask(seeds, row(question="Who is the mayor of Elin?", any=("Ole Brandt",), passages=passages))
    assert result.right
    assert result.answer.citations[0].quote == passages[0]["text"]
    assert ask(seeds, row(question="Who is John Kirby?", answerable=False, any=(), passages=passages)).right


def test_a_row_without_passages_is_asked_of_the_archive_with_its_history(seeds: Chain) -> None:
    rows = {found.id: found for found in read_rows(OURS)}
    result = ask(seeds, rows["followup-why"])
    assert result.right
    assert result.rank_reranked == 1


def test_a_rewritten_follow_up_is_resolved_and_not_asked(seeds: Chain, tmp_path: Path) -> None:
    conversation = "|user|: Where was Ariel Henry?\n|agent|: In Kenya.\n|user|: "
    turns = [("Why did he leave?", "Why did Ariel Henry leave?"), ("Who is John Kirby?", "who is John Kirby")]
    lines = [
        {"conversation": conversation + last, "last_turn": f"|user|: {last}", "rewrite": f"|user|: {rewrite}"}
        for last, rewrite in turns
    ]
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    rows = read_rows(file)
    assert (rows[0].history, rows[0].question) == (("Where was Ariel Henry?",), "Why did he leave?")
    results = [ask(seeds, found) for found in rows]
    assert [result.answer.query for result in results] == ["Why did Ariel Henry leave?", "Who is John Kirby?"]
    numbers = metrics(results)
    assert (numbers["rewrite_f1"], numbers["left_alone"]) == (1, 1)
    assert numbers["rewrite_f1_unchanged"] == pytest.approx(2 * 3 / 9)
    assert numbers["n"] == 2
    assert {numbers[name] for name in ("right", "refused_answerable", "ece", "auroc", "f1", "median_seconds")} == {None}
    assert bins(results) == []


def test_rewritten_follow_ups_leave_the_numbers_of_other_rows_alone() -> None:
    asked = [Result(row(), told()), Result(row(answerable=False, any=()), refused())]
    follow_up = Result(row(history=("Who?",), rewrite="Where?"), refused())
    numbers, more = metrics(asked), metrics([*asked, follow_up])
    assert numbers["rewrite_f1"] is numbers["left_alone"] is None
    assert {name for name in numbers if numbers[name] != more[name]} == {"n", "left_alone"}


def test_a_question_for_which_no_article_is_listed_is_unanswerable(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(
        '{"question": "Who?", "answers": ["He"], "evidence": []}\n{"question": "Who?", "evidence": ["a.md"]}\n'
        '{"question": "Who?", "answers": ["He"]}\n{"question": "Who?", "abstain": true}\n'
    )
    assert [found.answerable for found in read_rows(file)] == [False, True, True, False]


def test_what_is_no_question_is_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"question": "Who?", "answers": ["He"]}\nnot json\n')
    with pytest.raises(EvaluationError, match="line 2"):
        read_rows(file)
    file.write_text("\n")
    with pytest.raises(EvaluationError, match="no question"):
        read_rows(file)
    with pytest.raises(EvaluationError, match=r"missing\.jsonl"):
        read_rows(tmp_path / "missing.jsonl")


@pytest.mark.parametrize(
    ("line", "named"),
    [('{"question": "Who?", "any": "He"}', '"any"'), ('{"question": "Who?", "anwers": ["He"]}', "none of")],
)
def test_a_row_that_could_never_be_wrong_is_no_question(tmp_path: Path, line: str, named: str) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(line)
    with pytest.raises(EvaluationError, match=named):
        read_rows(file)


def test_files_of_one_name_are_not_measured_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "questions.jsonl").write_text('{"question": "Who?", "abstain": true}')
    assert main(["eval", str(OURS), str(tmp_path / "questions.jsonl"), "--articles", str(SEEDS)]) == 1
    assert "rename one" in capsys.readouterr().err


def test_articles_that_the_archive_does_not_have_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "questions.jsonl").write_text('{"question": "Who left?", "any": ["Henry"], "articles": ["tipo.md"]}')
    where = ["--articles", str(SEEDS), "--index", str(tmp_path / "index")]
    assert main(["eval", str(tmp_path / "questions.jsonl"), *where]) == 0
    assert "not in the archive, and so never found: tipo.md (1 in all)" in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["0", "-1", "two"])
def test_a_limit_that_leaves_no_question_is_refused(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["eval", str(OURS), "--limit", limit])
    assert refused.value.code == 2
    assert f"'{limit}' is no number of questions" in capsys.readouterr().err


def test_a_set_with_its_own_passages_needs_no_index_and_no_lock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mayor = {"text": "The mayor of Elin is Ole Brandt.", "title": "Elin", "source": "Coast Radio"}
    asked = {"question": "Who is the mayor of Elin?", "answers": ["Ole Brandt"], "passages": [mayor]}
    file = tmp_path / "closed.jsonl"
    file.write_text(json.dumps(asked), encoding="utf-8")
    index = tmp_path / "index"
    command = ["eval", str(file), "--articles", str(SEEDS), "--index", str(index), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    assert not index.exists(), "it left an index behind"
    busy = own(index)  # as while the page is open
    try:
        assert main(command) == 0
    finally:
        busy.release()
    assert "closed:\n" in capsys.readouterr().out
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["files"]["closed"]["right"] == 1
    assert "fingerprint" not in report


def test_what_is_measured_is_what_a_search_finds(seeds: Chain) -> None:
    question = "Who is the president of Kenya?"
    archive = seeds.store.archive
    nodes, hits = seeds.retriever.stages(question, archive, deep=30)
    found = seeds.retriever.search(question, archive)
    assert [(hit.node.node_id, hit.score) for hit in hits] == [(hit.node.node_id, hit.score) for hit in found]
    assert {hit.node.node_id for hit in hits} == {node.node_id for node in nodes[: len(hits)]}
    first = hits[0].node.metadata["path"]
    assert ask(seeds, row(question=question, articles=(first,))).rank_reranked == 1


def test_answers_that_tell_no_confidence_are_left_out_of_what_it_measures() -> None:
    silent = replace(told(), confidence=None)
    none = row(answerable=False, any=())
    numbers = metrics([Result(row(), silent), Result(none, replace(refused(), confidence=None))])
    assert (numbers["ece"], numbers["ece_by_chance"], numbers["auroc"], numbers["right"]) == (None, None, None, 1)
    mixed = [Result(row(), silent), Result(row(), told(0.75)), Result(none, refused(0.75))]
    assert metrics(mixed)["ece"] == metrics(mixed[1:])["ece"]


def test_the_command_writes_a_report_with_every_number_and_answer(tmp_path: Path) -> None:
    command = [Path(sys.executable).parent / "qa", "eval", OURS, "--limit", "4", "--out", tmp_path / "out"]
    command += ["--articles", SEEDS, "--index", tmp_path / "index"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    numbers = report["files"]["questions"]
    assert {"hits_at_1", "hits_at_10", "mrr_at_10", "exact_match", "f1", "contains", "quotes_exact"} <= set(numbers)
    assert {"support_precision", "support_recall", "refused_unanswerable", "refused_answerable"} <= set(numbers)
    assert {"auroc", "ece", "median_seconds"} <= set(numbers)
    assert numbers["n"] == len(numbers["rows"]) == 4
    assert report["settings"]["reranked"] == 8
    assert report["settings"]["decision"]["words"]["answers"] > 0
    assert report["models"]["reader"] == "a475ee24e141"
    page = (tmp_path / "out" / "report.md").read_text()
    assert "reliability-questions.svg" in page
    assert (tmp_path / "out" / "reliability-questions.svg").read_text().startswith("<svg")

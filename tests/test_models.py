"""The bundled networks: deterministic, right on plain cases, and clear about damage."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import SEEDS

import qa
from qa.chain import Chain
from qa.citations import Answer
from qa.config import Settings
from qa.errors import ModelsError
from qa.models import Models, Network, _bundled
from qa.receipt import receipt
from qa.web.takeaway import receipt_html

TEXTS = ["He flew to Kenya.", "Prices rose by 3.4 percent in March, the bank said.", "word " * 400]


def test_a_text_has_the_same_vector_in_any_company(models: Models) -> None:
    together = models.embedder.get_text_embedding_batch(TEXTS)
    alone = [models.embedder.get_text_embedding(text) for text in reversed(TEXTS)]
    assert together == alone[::-1]
    assert np.allclose(np.linalg.norm(together, axis=1), 1)


def test_what_answers_is_more_relevant_than_what_does_not(models: Models) -> None:
    answers, about, other = models.relevance(
        "Where was Ariel Henry last seen?",
        ["Ariel Henry was last seen in Kenya.", "Ariel Henry is a politician.", "Prices rose in March."],
    )
    assert answers > about > other


def test_the_reader_marks_the_words_that_answer_in_each_sentence(models: Models) -> None:
    text = "Kenya and Haiti formalized the deal on March 1 in Nairobi. It rained."
    (readings,) = models.read("When was the deal formalized?", [text], [[(0, 58), (59, 69)]])
    best, other = readings
    assert text[best.start : best.end] == "March 1"
    assert best.score > max(0, other.score)
    assert 59 <= other.start < other.end <= 69


def test_the_reader_prefers_none_where_nothing_answers(models: Models) -> None:
    text = "Prices rose by 3.4 percent in March."
    (readings,) = models.read("Who is the president of France?", [text], [[(0, len(text))]])
    assert readings[0].score < 0


def test_what_lies_beyond_what_the_reader_sees_has_no_reading(models: Models) -> None:
    text = "word " * 600 + "He left on March 1."
    (readings,) = models.read("When did he leave?", [text], [[(0, 20), (3000, len(text))]])
    assert len(readings) == 1


def test_nothing_to_read_is_nothing_read(models: Models) -> None:
    assert models.relevance("Who?", []) == []
    assert models.read("Who?", [], []) == []


@pytest.mark.parametrize("damage", [lambda f: f.write_bytes(f.read_bytes()[:-1]), lambda f: f.unlink()])
def test_a_damaged_or_missing_model_names_the_file_and_the_way_out(tmp_path: Path, damage: object) -> None:
    folder = tmp_path / "reranker_en"
    shutil.copytree(_bundled("reranker_en"), folder)
    damage(folder / "model.onnx")  # type: ignore[operator]
    with pytest.raises(ModelsError, match=r"reranker_en/model\.onnx.*pip install"):
        Network("cross-encoder", folder / "model.onnx", folder / "tokenizer.json")


def test_a_folder_of_ones_own_takes_the_place_of_a_bundled_model(tmp_path: Path) -> None:
    shutil.copytree(_bundled("reranker_en"), tmp_path / "cross-encoder")
    assert Models(tmp_path).relevance("Who?", ["He."])
    (tmp_path / "cross-encoder" / "model.onnx").write_bytes(b"no network")
    with pytest.raises(ModelsError, match=r"cross-encoder cannot be loaded|cross-encoder in .* cannot be loaded"):
        Models(tmp_path).relevance("Who?", ["He."])


READER = Path(qa.__file__).parent / "reader_model"


def with_reader(tmp_path: Path, decision: dict[str, object] | None) -> Path:
    """A folder of models with a reader of one's own: the bundled one, under another name."""
    folder = tmp_path / "reader"
    folder.mkdir()
    shutil.copy(READER / "model.onnx", folder)
    shutil.copy(_bundled("reranker_en") / "tokenizer.json", folder)
    if decision is not None:
        (folder / "decision.json").write_text(json.dumps(decision), encoding="utf-8")
    return tmp_path


def answered(models_folder: Path, tmp_path: Path, question: str) -> Answer:
    chain = Chain(Settings(articles=SEEDS, index=tmp_path / "index", models=models_folder))
    chain.sync()
    *_, answer = chain.stream(question)
    chain.close()
    return answer


def test_a_reader_without_its_decision_numbers_answers_but_tells_no_confidence(tmp_path: Path) -> None:
    answer = answered(with_reader(tmp_path, None), tmp_path, "Who is the president of Kenya?")
    assert not answer.abstained
    assert answer.confidence is None
    assert answer.to_dict()["confidence"] is None
    assert "probability" not in receipt_html(answer, receipt(answer, {}))


def test_a_reader_decides_by_the_numbers_that_it_brings(tmp_path: Path) -> None:
    numbers = json.loads((READER / "decision.json").read_text())
    for kind in numbers.values():
        kind["answers"] = 1.1  # nothing is probable enough
        kind["abstains"] = [3.0, 0.0]  # and it is sure of that: 1 / (1 + e**-3)
    answer = answered(with_reader(tmp_path, numbers), tmp_path, "Who is the president of Kenya?")
    assert answer.abstained
    assert answer.confidence == pytest.approx(0.9526, abs=1e-4)


@pytest.mark.parametrize("decision", [{}, {"words": {"answers": 0.5}}, {"words": 1, "sentence": 2, "topic": 3}])
def test_decision_numbers_that_cannot_be_used_are_named(tmp_path: Path, decision: dict[str, object]) -> None:
    with pytest.raises(ModelsError, match=r"reader/decision\.json does not say"):
        _ = Models(with_reader(tmp_path, decision)).decision


def test_the_bundled_networks_are_calibrated_and_another_embedder_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "embedder").mkdir()
    for folder in (None, tmp_path):
        assert Models(folder).is_calibrated
        assert Models(folder).decision is None
    (tmp_path / "cross-encoder").mkdir()
    assert not Models(tmp_path).is_calibrated, "its logits are a signal, too"

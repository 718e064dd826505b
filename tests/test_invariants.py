"""What must never break, over generated archives: quotes are exact and every sentence is cited (invariants 1 and 2).

Invariant 3 (passages tile) is in test_passages.py, 4 (the index is a function of the articles) in test_store.py and
5 (nothing goes over the network) in test_python.py and test_page.py.
"""

import shutil

import pytest
from conftest import folder_of, settings_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.chain import Chain
from qa.citations import ABSTENTION, Answer, text_of

PEOPLE = ["Anna Bell", "Carl Dunn", "Eve Fox", "Ángel Ñúñez"]
PLACES = ["Nairobi", "San Juan", "Port-au-Prince", "Zürich"]
SENTENCES = st.builds(
    "{} {} {} on {}{}".format,
    st.sampled_from(PEOPLE),
    st.sampled_from(["arrived in", "was last seen in", "“never left”", "did not go to"]),
    st.sampled_from(PLACES),
    st.sampled_from(["March 3", "Jan. 6, 2021", "3.30 p.m. Tuesday", "the 3rd"]),
    st.sampled_from([". ", "! ", ".\n\n", " \u2028", ".\n\n## A heading\n\n", ". <b>Now</b> [1](x) ", "… "]),
)
ARTICLES = st.lists(st.lists(SENTENCES, min_size=1, max_size=12).map("".join), min_size=1, max_size=4)
QUESTIONS = st.builds(
    "{} {}?".format, st.sampled_from(["Where was", "When did we see", "Who is"]), st.sampled_from(PEOPLE)
)


def holds(answer: Answer) -> None:
    assert all(c.article.text[c.start : c.end] == c.quote for c in answer.citations)
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    by_number = {c.number: c for c in answer.citations}
    for span in answer.spans:
        citation = by_number[span.number]
        assert citation.start <= span.start < span.end <= citation.end
        assert citation.article.text[span.start : span.end] == span.text
    if answer.abstained:
        assert answer.text.startswith(ABSTENTION)
        assert not answer.citations
    else:
        assert answer.sentences
        assert all(sentence.citations and set(sentence.citations) <= set(by_number) for sentence in answer.sentences)
        assert answer.text == text_of(answer.sentences)
    assert 0 <= answer.confidence <= 1


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ARTICLES, then=ARTICLES, question=QUESTIONS)
def test_quotes_are_exact_and_every_sentence_is_cited_after_every_sync(
    tmp_path_factory: pytest.TempPathFactory, first: list[str], then: list[str], question: str
) -> None:
    root = tmp_path_factory.mktemp("invariants")
    (root / "articles").mkdir()
    chain = Chain(settings_for(root))
    for texts in (first, then):
        shutil.rmtree(root / "articles", ignore_errors=True)
        folder_of(root / "articles", **{f"n{n}": text for n, text in enumerate(texts)})
        chain.sync()
        for answer in chain.stream(question):
            holds(answer)
    chain.close()

"""Every quote says the sentence under which it stands, over all question sets; the judge shares no code with qa."""

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import folder_of, settings_for
from text_to_num import alpha2digit

from qa.articles import Article
from qa.chain import Chain
from qa.citations import Answer, Citation

OURS = Path(__file__).parent / "questions.jsonl"
SHARED = Path(__file__).parents[2] / "shared"
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "bn": 10**9, "lakh": 10**5}


def tokens(text: str) -> list[str]:
    letters = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    letters = re.sub(r"(\d)bn", r"\1 bn", re.sub(r"per ?cent", "%", letters)).replace(",", "")
    if not re.search("|".join(SCALES), letters):  # of "5 billion" it makes two numbers
        letters = alpha2digit(letters, "en")
    words = re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+|%", letters)
    written: list[str] = []
    for word in words:
        if word in SCALES and written and re.fullmatch(r"[\d.]+", written[-1]):
            written[-1] = f"{float(written[-1]) * SCALES[word]:.0f}"
        elif word not in ("a", "an", "the", "rd", "th", "st", "nd"):
            written.append(word)
    return written


def stands_in(words: str, text: str) -> bool:
    return f" {' '.join(tokens(words))} " in f" {' '.join(tokens(text))} "


MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Today Tomorrow Yesterday".split()
TITLES = "President Vice Mayor Minister Senator Governor Judge General Pope King Queen Mr Mrs Ms Dr The".split()


def numbers(text: str) -> list[str]:
    return sorted(word for word in tokens(text) if word[0].isdigit())


def names(text: str) -> set[str]:
    """Return the capitalised words of a text, without days of the week, titles and short signs ("Rs", "US")."""
    return {word for word in re.findall(r"[A-Z]\w\w+", text) if word not in (*WEEKDAYS, *TITLES)}


def first_names(last: str, *texts: str) -> set[str]:
    before = {word for text in texts for word in re.findall(rf"\b([A-Z][\w-]+) {re.escape(last)}\b", text)}
    return before - {*TITLES, *WEEKDAYS, *MONTHS}


def says(one: Citation, told: str, other: Citation, words: str) -> bool:
    """Whether a quote, in which `words` are marked, says what another one answers with `told`."""
    if numbers(told) or numbers(words):  # whatever is counted may be named by one only, and the year
        a, b = ([n for n in numbers(text) if not re.fullmatch(r"(?:19|20)\d\d", n)] for text in (told, words))
        days = [{m for m in MONTHS if m in text} for text in (told, words)]
        if re.search("day\\b", told + words) and not all(days):
            return True  # "on Thursday" is "7 March": the day of the article knows
        return (a == b != [] or numbers(told) == numbers(words)) and days[0] == days[1]
    last = re.findall(r"\w+", told)[-1:]
    if last != re.findall(r"\w+", words)[-1:]:
        return tokens(told) == tokens(words)
    # Another form of a name: nobody else has the same last name in these articles.
    shorter = not names(told) ^ names(words) or names(told) < names(words) or names(words) < names(told)
    return shorter and len(first_names(last[0], told, words, one.article.text, other.article.text)) <= 1


def counts_otherwise(one: str, other: str) -> bool:
    """Whether two quotes have another number before the same word: a high of "6 degrees" and "5 degrees"."""
    a, b = ({(w, n) for n, w in pairwise(tokens(quote)) if n[0].isdigit()} for quote in (one, other))
    return any(w == v and n != m for w, n in a - b for v, m in b - a)


def judge(answer: Answer) -> Iterator[str]:
    """Yield what no quote says."""
    quotes = {citation.number: citation for citation in answer.citations}
    marked = {span.number: span.text for span in answer.spans}
    for sentence in answer.sentences:
        first = quotes[sentence.citations[0]]
        if not sentence.text.endswith(" ".join(first.quote.split())):
            yield f"{sentence.text!r} is not its first quote {first.quote!r}"
        for citation in (quotes[number] for number in sentence.citations[1:]):
            if first.number in marked and citation.number in marked:
                if not says(first, marked[first.number], citation, marked[citation.number]):
                    yield f"{citation.quote!r} does not say {marked[first.number]!r}"
                if counts_otherwise(first.quote, citation.quote):
                    yield f"{citation.quote!r} does not say {first.quote!r}"
                continue
            a, b = set(tokens(first.quote)), set(tokens(citation.quote))
            alike = numbers(first.quote) == numbers(citation.quote) and names(first.quote) == names(citation.quote)
            if not alike or len(a & b) < 0.75 * max(len(a), len(b)):
                yield f"{citation.quote!r} does not say {first.quote!r}"
        for citation in (quotes[number] for number in sentence.citations):
            yield from (
                f"{a.path} lacks {citation.quote!r}" for a in citation.also if not stands_in(citation.quote, a.text)
            )
            if citation.number in marked and not stands_in(marked[citation.number], citation.quote):
                yield f"{citation.quote!r} lacks its marked words"


def questions(file: Path) -> list[str]:
    return [json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines()]


def wrong(chain: Chain, asked: list[str]) -> list[str]:
    return [f"{q}: {said}" for q in asked for said in judge(list(chain.stream(q))[-1])]


def test_every_quote_of_our_questions_says_its_sentence(seeds: Chain) -> None:
    assert wrong(seeds, questions(OURS)) == []


@pytest.mark.skipif(not (SHARED / "golden").is_dir(), reason="the golden questions are not part of this repository")
def test_every_quote_of_the_golden_questions_says_its_sentence(tmp_path: Path) -> None:
    chain = Chain(settings_for(tmp_path, articles=SHARED / "seeds"))
    chain.sync()
    found = wrong(chain, questions(SHARED / "golden" / "seeds.jsonl"))
    chain.close()
    assert found == []


REPORTS = {
    "a1": ("2024-03-07", "Post", "Hillary Clinton opened the new harbour of Elin on Thursday. She cut a ribbon."),
    "a2": ("2024-03-07", "Mail", "The new harbour of Elin was opened on Thursday by Bill Clinton, the Mail saw."),
    "b1": ("2024-03-09", "Post", "Leeds United won the cup of Mirna on Saturday before 900 people."),
    "b2": ("2024-03-10", "Mail", "The cup of Mirna was won by Manchester United on Saturday."),
    "c1": ("2024-04-02", "Post", "The Supreme Court of Haiti stopped the vote on the ferry law on Tuesday."),
    "c2": ("2024-04-03", "Mail", "The vote on the ferry law was stopped by the Supreme Court of Kenya on Tuesday."),
    "d1": ("2024-05-06", "Post", "The mill of Tarn was sold for $5bn on Monday, its owner said."),
    "d2": ("2024-05-07", "Mail", "The mill of Tarn was sold to a fund for 5 billion dollars on Monday."),
    "e1": ("2024-06-03", "Post", "Twenty-five people drowned when the dam of Sorn broke on Sunday."),
    "e2": ("2024-06-04", "Mail", "When the dam of Sorn broke on Sunday, 25 people drowned."),
    "f1": ("2024-07-01", "Post", "The ferry Zephyr sank off Orla on 28 June in a storm."),
    "f2": ("2024-07-02", "Mail", "Off Orla the ferry Zephyr sank on June 28th, 2024, in a storm."),
    "h1": ("2024-09-02", "Post", "It will be mostly cloudy in Brisa with light winds and a high of 6 degrees."),
    "h2": ("2024-09-03", "Mail", "It will be mostly cloudy in Brisa with light winds and a high of 5 degrees."),
    "i1": ("2024-10-01", "Post", "Bo Lind won the chess cup of Vell in the town hall of Norra."),
    "i2": ("2024-10-02", "Mail", "Bo Lind won the chess cup of Vell in the town hall of Sudra."),
    "g1": (
        "2024-08-01",
        "Post",
        "“We told the truth,” Rena Okafor said of the bridge of Vell. The bridge of Vell is shut.",
    ),
    "g2": (
        "2024-08-02",
        "Mail",
        "Ivo Brandt left the inquiry into the bridge of Vell.\n\n“They were given the truth.”\n\nRain.",
    ),
}
ASKED = {
    "Who opened the harbour of Elin?": ["Hillary Clinton", "Bill Clinton"],
    "Which team won the cup of Mirna?": ["Leeds United", "Manchester United"],
    "Which court stopped the vote on the ferry law?": ["Haiti", "Kenya"],
    "For how much was the mill of Tarn sold?": ["5"],
    "How many people drowned when the dam of Sorn broke?": ["25"],
    "When did the Zephyr sink?": ["28"],
    "What will the weather in Brisa be?": ["6 degrees", "5 degrees"],
    "Who won the chess cup of Vell?": ["Norra", "Sudra"],
    "What was said about the bridge of Vell?": ["Okafor"],
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    root = tmp_path_factory.mktemp("reports")
    files = {n: f"---\npublished: {day}\nsource: {by}\n---\n{text}\n" for n, (day, by, text) in REPORTS.items()}
    folder_of(root / "articles", **files)
    chain = Chain(settings_for(root))
    chain.sync()
    yield chain
    chain.close()


def quote(words: str, text: str) -> Citation:
    return Citation(1, words, text.index(words), text.index(words) + len(words), Article("a", text, "A"))


@pytest.mark.parametrize(
    ("told", "words", "text", "same"),
    [
        ("12 March", "March 12th, 2024", "It sank on March 12th, 2024.", True),
        ("12 March", "12 April", "It sank on 12 April.", False),
        ("5 million", "5,000,000", "It cost 5,000,000.", True),
        ("12 of 40", "12 of 50", "It was 12 of 50.", False),
        ("Hillary Clinton", "Clinton", "Hillary Clinton came. Clinton left.", True),
        ("Hillary Clinton", "Bill Clinton", "Bill Clinton came with Hillary Clinton.", False),
        ("Hillary Clinton", "Clinton", "Bill Clinton came with Hillary Clinton. Clinton left.", False),
    ],
)
def test_the_judge_knows_one_value_from_another(told: str, words: str, text: str, same: bool) -> None:
    assert says(quote(told, f"It was {told}."), told, quote(words, text), words) is same


@pytest.mark.parametrize(("question", "told"), ASKED.items())
def test_two_reports_are_one_sentence_only_if_both_say_it(reports: Chain, question: str, told: list[str]) -> None:
    *_, answer = reports.stream(question)
    assert list(judge(answer)) == []
    assert all(words in alpha2digit(answer.text, "en") for words in told)
    if len(told) == 2:
        assert len(answer.sentences) == 2
        assert all(len(sentence.citations) == 1 for sentence in answer.sentences)
    elif told[0][0].isdigit():
        assert len(answer.sentences) == 1
        assert len(answer.citations) == 2
        assert answer.conflicts == ()
    else:
        assert "They were given" not in answer.text or "Brandt" not in answer.text

"""An answer is composed so that reports which differ stand side by side and every claim keeps its speaker."""

from dataclasses import replace
from datetime import date

import pytest

from qa.articles import Article
from qa.citations import Citation, Scope, Span
from qa.compose import choose, compose
from qa.copies import Story, group, stories, story
from qa.passages import split
from qa.reader import Finding, answers_from


def article(id_: str, text: str, published: date | None = None) -> Article:
    return Article(id_, text, f"Title {id_}", f"Outlet {id_}", published=published)


def finding(told: Article, sentence: str, words: str, probability: float = 0.9, score: float = 3.0) -> Finding:
    (node,) = split(told)
    start = told.text.index(sentence)
    at = start + sentence.index(words)
    return Finding(node, start, start + len(sentence), at, at + len(words), words, (score, 0.0, 0.0, 0.0), probability)


def answer(
    question: str, *findings: Finding, carried: dict[str, Story] | None = None
) -> tuple[list[str], tuple[Citation, ...], tuple[Span, ...]]:
    carried = carried or {}
    known = {copy.id: copy for told in carried.values() for copy in told.articles} | {
        f.node.metadata["article"]: Article(
            f.node.metadata["article"],
            f.node.text,
            f.node.metadata["title"],
            f.node.metadata["source"],
            published=date.fromisoformat(day) if (day := f.node.metadata["published"]) else None,
        )
        for f in findings
    }
    said, citations, _, conflicts = compose(question, choose(question, findings, carried), known, carried)
    return [sentence.text for sentence in said], citations, conflicts


EARLY = article("a", "The fire in the mill killed 12 people.", date(2024, 3, 1))
LATE = article("b", "Officials now say that the fire in the mill killed 19 people.", date(2024, 3, 4))


def test_reports_that_contradict_each_other_stand_side_by_side_newest_first_and_dated() -> None:
    said, citations, conflicts = answer(
        "How many people died?",
        finding(EARLY, EARLY.text, "12 people", 0.95),
        finding(LATE, LATE.text, "19 people", 0.9),
    )
    assert said == [
        f"4 March 2024: {LATE.text}",
        f"1 March 2024: {EARLY.text}",
    ]
    assert [span.text for span in conflicts] == ["19 people", "12 people"]
    assert all(citations[s.number - 1].article.text[s.start : s.end] == s.text for s in conflicts)


def test_two_answers_of_one_article_do_not_contradict() -> None:
    both = article("a", "Henry was in Kenya. Henry landed in Puerto Rico.")
    said, _, conflicts = answer(
        "Where was Henry?",
        finding(both, "Henry was in Kenya.", "Kenya"),
        finding(both, "Henry landed in Puerto Rico.", "Puerto Rico"),
    )
    assert len(said) == 2
    assert conflicts == ()


def test_several_right_answers_do_not_contradict() -> None:
    one, other = article("a", "The gangs attacked the airport."), article("b", "The gangs attacked two prisons.")
    said, _, conflicts = answer(
        "What did the gangs attack?",
        finding(one, one.text, "the airport"),
        finding(other, other.text, "two prisons"),
    )
    assert len(said) == 2
    assert conflicts == ()


def test_several_right_answers_are_told_in_the_order_of_their_probability() -> None:
    old = article("a", "The gangs attacked the airport.", date(2024, 3, 1))
    new = article("b", "The gangs attacked two prisons.", date(2024, 3, 4))
    said, *_ = answer(
        "What did the gangs attack?",
        finding(old, old.text, "the airport", 0.9),
        finding(new, new.text, "two prisons", 0.8),
    )
    assert said == ["The gangs attacked the airport.", "The gangs attacked two prisons."]


def test_what_two_articles_say_alike_is_told_once_with_both_quotes() -> None:
    one, other = article("a", "The fire killed 12 people."), article("b", "In all 12 people died in the fire.")
    said, citations, conflicts = answer(
        "How many people died?", finding(one, one.text, "12 people"), finding(other, other.text, "12 people")
    )
    assert said == ["The fire killed 12 people."]
    assert [citation.article.id for citation in citations] == ["a", "b"]
    assert conflicts == ()


def test_different_numbers_are_different_answers_even_in_nearly_the_same_sentence() -> None:
    one, other = article("a", "He became baronet in 1784."), article("b", "He became the baronet in 1808.")
    said, _, conflicts = answer(
        "When did he become baronet?", finding(one, one.text, "1784"), finding(other, other.text, "1808")
    )
    assert len(said) == len(conflicts) == 2


def test_a_name_in_another_form_is_told_once_where_an_article_has_both_and_never_a_contradiction() -> None:
    one = article("a", "Donald Trump won the vote of Elin.")
    other = article("b", "President Trump won the vote of Elin.")
    both = article("c", "President Trump won the vote of Elin. Donald Trump thanked his voters.")
    sentence = "President Trump won the vote of Elin."
    for second, told in ((other, 2), (both, 1)):
        said, _, conflicts = answer(
            "Who won?", finding(one, one.text, "Donald Trump"), finding(second, sentence, "President Trump")
        )
        assert len(said) == told
        assert conflicts == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hillary Clinton", "Bill Clinton"),
        ("Manchester United", "Leeds United"),
        ("New York", "Kansas City"),
        ("the Supreme Court of Haiti", "the Supreme Court of Kenya"),
        ("Bart Pike", "BP"),
    ],
)
def test_two_names_that_end_or_begin_alike_are_two_answers(one: str, other: str) -> None:
    first = article("a", f"On Monday {one} opened the harbour.")
    second = article("b", f"The harbour was opened by {other} on Monday.")
    said, citations, _ = answer(
        "Who opened the harbour?", finding(first, first.text, one), finding(second, second.text, other)
    )
    assert [len(sentence.split("harbour")) for sentence in said] == [2, 2]
    assert [citation.article.id for citation in citations] == ["a", "b"]


def test_a_much_less_probable_finding_is_left_out() -> None:
    said, *_ = answer(
        "How many people died?",
        finding(EARLY, EARLY.text, "12 people", 0.95),
        finding(LATE, LATE.text, "19 people", 0.2),
    )
    assert said == [EARLY.text]


def test_a_further_answer_may_be_less_probable_than_one_that_stands_alone() -> None:
    question, least = "How many people died?", answers_from("How many people died?")
    early, late = (
        finding(EARLY, EARLY.text, "12 people", least + 0.01),
        finding(LATE, LATE.text, "19 people", 0.7 * least),
    )
    said, *_ = answer(question, early, late)
    assert len(said) == 2
    assert choose(question, [late]) == []


def test_a_further_answer_that_the_reader_itself_would_not_give_is_left_out() -> None:
    said, *_ = answer(
        "How many people died?",
        finding(EARLY, EARLY.text, "12 people", 0.5),
        finding(LATE, LATE.text, "19 people", 0.45, score=-1.0),
    )
    assert said == [EARLY.text]


def test_reports_of_other_times_do_not_contradict_but_are_dated() -> None:
    old = article("a", "The fire killed 12 people.", date(2019, 3, 1))
    said, _, conflicts = answer(
        "How many people died?", finding(old, old.text, "12 people"), finding(LATE, LATE.text, "19 people")
    )
    assert said == [f"4 March 2024: {LATE.text}", f"1 March 2019: {old.text}"]
    assert conflicts == ()


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("five people", "5 people", False),
        ("$12.6 million", "$12,600,000", False),
        ("three thousand", "3,000", False),
        ("5 people", "5 million people", True),
        ("2 million dollars", "twenty-two million dollars", True),
        ("1.2 million", "1.3 million", True),
        ("North Korea", "South Korea", True),
        ("4%", "4.5%", True),
        ("2-1", "1-2", True),
    ],
)
def test_words_contradict_if_they_mean_something_else(one: str, other: str, differ: bool) -> None:
    first = article("a", f"The board of the mill in Tarn voted for {one}, he said.")
    second = article("b", f"She said that the board of the mill in Tarn voted for {other}.")
    said, _, conflicts = answer(
        "What number did the board vote for?", finding(first, first.text, one), finding(second, second.text, other)
    )
    asked_for_one, _, conflicts = answer(
        "Which number won?", finding(first, first.text, one), finding(second, second.text, other)
    )
    assert bool(conflicts) is differ
    assert len(asked_for_one) == len(said) == 1 + differ


@pytest.mark.parametrize(("day", "differ"), [(4, True), (5, False)])
def test_what_is_told_days_later_is_no_contradiction_but_dated(day: int, differ: bool) -> None:
    late = replace(LATE, published=date(2024, 3, day))
    said, _, conflicts = answer(
        "How many people died?", finding(EARLY, EARLY.text, "12 people"), finding(late, late.text, "19 people")
    )
    assert said == [f"{day} March 2024: {LATE.text}", f"1 March 2024: {EARLY.text}"]
    assert bool(conflicts) is differ


def test_the_same_words_are_no_contradiction_though_one_report_denies_something_else() -> None:
    one = article("a", "A player in California won, ending a stretch without a winner.", date(2024, 3, 1))
    other = article("b", "The ticket was sold in California.", date(2024, 3, 2))
    said, _, conflicts = answer(
        "Where was the ticket sold?",
        finding(one, one.text, "California"),
        finding(other, other.text, "California"),
    )
    assert len(said) == 1
    assert conflicts == ()


@pytest.mark.parametrize(("chance", "told"), [(0.74, False), (0.76, True)])
def test_what_an_older_report_answers_is_told_only_if_it_is_nearly_as_probable(chance: float, told: bool) -> None:
    new = article("a", "Ford is recalling 2.9 million vehicles.", date(2024, 3, 1))
    old = article("b", "Toyota recalled 2.9 million vehicles.", date(2022, 3, 1))
    said, *_ = answer(
        "Which automaker recalled 2.9 million vehicles?",
        finding(new, new.text, "Ford", 0.9),
        finding(old, old.text, "Toyota", 0.9 * chance),
    )
    assert any("Toyota" in sentence for sentence in said) is told


def test_an_older_state_is_told_beside_the_present_one() -> None:
    new = article("a", "Jo Lind leads the council.", date(2024, 3, 1))
    old = article("b", "Ana Diaz leads the council.", date(2023, 3, 1))
    said, *_ = answer(
        "Who leads the council?", finding(new, new.text, "Jo Lind", 0.9), finding(old, old.text, "Ana Diaz", 0.5)
    )
    assert said == [f"1 March 2024: {new.text}", f"1 March 2023: {old.text}"]


@pytest.mark.parametrize(("question", "sentences"), [("When was the party?", 1), ("Where was the party?", 2)])
def test_an_article_gives_a_second_answer_only_where_a_question_may_have_several(question: str, sentences: int) -> None:
    both = article("a", "The party was in Elin on Monday. Some guests came to Tarn on Friday.")
    first, second = (("Monday", "Friday"), ("Elin", "Tarn"))[question.startswith("Where")]
    said, *_ = answer(
        question,
        finding(both, "The party was in Elin on Monday.", first, 0.9),
        finding(both, "Some guests came to Tarn on Friday.", second, 0.5),
    )
    assert len(said) == sentences


def test_a_newer_report_needs_no_more_than_another_of_the_same_time() -> None:
    old = article("a", "Toyota recalled 2.9 million vehicles.", date(2022, 3, 1))
    new = article("b", "Ford is recalling 2.9 million vehicles.", date(2024, 3, 1))
    said, *_ = answer(
        "Which automaker recalled 2.9 million vehicles?",
        finding(old, old.text, "Toyota", 0.9),
        finding(new, new.text, "Ford", 0.4),
    )
    assert said[0].endswith(new.text)


def test_a_second_sentence_of_an_article_is_told_where_sentences_answer() -> None:
    both = article("a", "Ada Quill said the port is closed. She said that ships must wait.")
    one, other = "Ada Quill said the port is closed.", "She said that ships must wait."
    said, *_ = answer("What did Ada Quill say?", finding(both, one, one, 0.9), finding(both, other, other, 0.5))
    assert said == [one, other]


def test_who_denies_an_answer_does_not_back_it() -> None:
    one = article("a", "Thomas Crooks opened fire from a roof at the president.")
    other = article("b", "At the rally of the president, Thomas Crooks never opened fire, his lawyer said.")
    said, *_ = answer(
        "Who shot the president?",
        finding(one, one.text, "Thomas Crooks"),
        finding(other, other.text, "Thomas Crooks", 0.8),
    )
    assert said == [one.text, other.text]


def test_what_backs_nothing_is_not_heard() -> None:
    one = article("a", "The flood in Tarn left 72 people dead.", date(2024, 3, 1))
    other = article(
        "b", "Rescuers came 72 hours later. Officials say the flood in Tarn left 19 people dead.", date(2024, 3, 2)
    )
    said, _, conflicts = answer(
        "How many people died in the flood?",
        finding(one, one.text, "72", 0.9),
        finding(other, "Rescuers came 72 hours later.", "72", 0.65),
        finding(other, "Officials say the flood in Tarn left 19 people dead.", "19", 0.6),
    )
    assert len(said) == 2
    assert [span.text for span in conflicts] == ["19", "72"]


def test_who_asks_within_a_quotation_is_not_its_speaker() -> None:
    quote = "“He asked us to pay, and we will not.”"
    told = article("a", f"Mayor Ana Diaz spoke to reporters. {quote} Diaz said nothing else.")
    said, *_ = answer("What will the city do?", finding(told, quote, "not"))
    assert said == [f"{quote} Diaz said nothing else."]


def test_a_quotation_is_told_with_the_sentence_that_names_its_speaker() -> None:
    told = article(
        "a", "Mayor Ana Diaz spoke to reporters on Monday. “We will not pay.” Diaz said nothing else. It rained."
    )
    said, (citation,), _ = answer("What will the city do?", finding(told, "“We will not pay.”", "not pay"))
    assert said == ["“We will not pay.” Diaz said nothing else."]
    assert told.text[citation.start : citation.end] == citation.quote == said[0]


def test_a_quotation_that_names_its_speaker_stays_as_it_is() -> None:
    told = article("a", "It rained. “We will not pay,” Mayor Ana Diaz said. She left.")
    said, *_ = answer("What will the city do?", finding(told, "“We will not pay,” Mayor Ana Diaz said.", "not pay"))
    assert said == ["“We will not pay,” Mayor Ana Diaz said."]


# ---- a changing state ----------------------------------------------------------------------------

OPEN = article("a", "The bridge is open to all.", date(2024, 2, 1))
SHUT = article("b", "The bridge is closed to lorries after cracks were found.", date(2024, 2, 20))
AGAIN = article("c", "Cars may cross the Tarn once more, the council told us.", date(2024, 3, 5))


def whole(told: Article, probability: float) -> Finding:
    return finding(told, told.text, told.text, probability)


def test_two_sentences_that_end_in_the_same_name_tell_two_things() -> None:
    early = article("a", "Parliament passed the budget on Tuesday.", date(2024, 3, 1))
    late = article("b", "A ferry with 200 people sank off Elin on Tuesday.", date(2024, 3, 4))
    said, _, _ = answer("What's the news?", whole(early, 0.9), whole(late, 0.9))
    assert said == [f"4 March 2024: {late.text}", f"1 March 2024: {early.text}"]


def test_what_is_so_is_told_by_the_newest_report_first_and_every_date_is_named() -> None:
    said, _, conflicts = answer("Is the bridge open?", whole(OPEN, 0.9), whole(SHUT, 0.88), whole(AGAIN, 0.7))
    assert said == [f"5 March 2024: {AGAIN.text}", f"20 February 2024: {SHUT.text}", f"1 February 2024: {OPEN.text}"]
    assert conflicts == ()


def test_what_only_one_report_says_is_so_is_dated_too() -> None:
    told = article("a", "Dana Osei leads the port.", date(2024, 3, 1))
    assert answer("Who leads the port?", finding(told, told.text, "Dana Osei"))[0] == [
        "1 March 2024: Dana Osei leads the port."
    ]


def test_what_was_once_is_not_dated() -> None:
    told = article("a", "The bridge was built in 1931.", date(2024, 3, 1))
    assert answer("When was the bridge built?", finding(told, told.text, "1931"))[0] == [told.text]


def test_a_day_is_named_once_for_sentences_of_one_day() -> None:
    both = article("a", "Cars may cross the bridge. Lorries must take the detour.", date(2024, 3, 1))
    first, then = "Cars may cross the bridge.", "Lorries must take the detour."
    said, *_ = answer("Is the bridge open?", finding(both, first, first), finding(both, then, then, 0.8))
    assert said == [f"1 March 2024: {first}", then]


def test_what_several_say_is_so_is_told_in_the_words_of_the_newest() -> None:
    old = article("a", "Hugo Varga leads the port.", date(2024, 2, 1))
    new = article("b", "Port chief Hugo Varga called the walkout illegal.", date(2024, 2, 14))
    said, citations, _ = answer(
        "Who leads the port?", finding(old, old.text, "Hugo Varga", 0.9), finding(new, new.text, "Hugo Varga", 0.8)
    )
    assert said == ["14 February 2024: Port chief Hugo Varga called the walkout illegal."]
    assert [citation.article.id for citation in citations] == ["b", "a"]


def test_an_undated_report_of_what_is_so_follows_and_is_called_undated() -> None:
    undated = replace(OPEN, id="u", published=None)
    said, *_ = answer("Is the bridge open?", whole(undated, 0.9), whole(SHUT, 0.8))
    assert said == [f"20 February 2024: {SHUT.text}", f"Undated: {OPEN.text}"]


def test_a_newer_sentence_that_answers_much_less_well_does_not_lead() -> None:
    said, *_ = answer("Is the bridge open?", whole(SHUT, 0.9), whole(AGAIN, 0.5))
    assert said[0] == f"20 February 2024: {SHUT.text}"


# ---- copies and versions -------------------------------------------------------------------------

REPORT = (
    "A fire destroyed the market hall of Marisol in the night to Monday. The fire killed 12 people, the chief said. "
    "It began in a bakery on the ground floor and spread through the wooden roof within minutes, while more than 200 "
    "firefighters from four towns fought the flames until noon. The mayor promised to rebuild the hall."
)
KILLED = "The fire killed 12 people, the chief said."
WIRE = article("wire", REPORT, date(2024, 3, 5))
HERALD = article("herald", f"MARISOL. {REPORT}", date(2024, 3, 6))


def same(*articles: Article) -> dict[str, Story]:
    found = stories([a.id for a in articles], group(articles), Scope())
    assert set(found) == {a.id for a in articles}
    return found


def test_of_copies_the_earliest_is_cited_and_the_others_are_named() -> None:
    said, (citation,), conflicts = answer(
        "How many people died?",
        finding(HERALD, KILLED, "12 people", 0.9),
        finding(WIRE, KILLED, "12 people", 0.8),
        carried=same(WIRE, HERALD),
    )
    assert said == [KILLED]
    assert (citation.article, citation.also) == (WIRE, (HERALD,))
    assert WIRE.text[citation.start : citation.end] == citation.quote == KILLED
    assert conflicts == ()


def test_a_copy_that_was_not_found_itself_is_cited_when_it_is_the_earliest() -> None:
    question, carried = "How many people died?", same(WIRE, HERALD)
    groups = choose(question, [finding(HERALD, KILLED, "12 people")], carried)
    _, (citation,), (span,), _ = compose(question, groups, {"wire": WIRE, "herald": HERALD}, carried)
    assert citation.article == WIRE
    assert WIRE.text[span.start : span.end] == span.text == "12 people"


def test_a_sentence_that_the_earliest_copy_lacks_is_cited_from_one_that_has_it() -> None:
    cut = replace(WIRE, text=REPORT[: REPORT.index(" The mayor")])
    rebuilt = "The mayor promised to rebuild the hall."
    _, (citation,), _ = answer(
        "What did the mayor promise?", finding(HERALD, rebuilt, rebuilt), carried=same(cut, HERALD)
    )
    assert (citation.article, citation.also) == (HERALD, ())
    assert citation.quote == rebuilt


def test_copies_that_differ_in_what_answers_are_set_side_by_side() -> None:
    changed = replace(HERALD, text=REPORT.replace("12 people", "19 people"))
    said, citations, conflicts = answer(
        "How many people died?",
        finding(WIRE, KILLED, "12 people", 0.9),
        finding(changed, KILLED.replace("12", "19"), "19 people", 0.8),
        carried=same(WIRE, changed),
    )
    assert [line[:12] for line in said] == ["6 March 2024", "5 March 2024"]
    assert [span.text for span in conflicts] == ["19 people", "12 people"]
    assert citations[0].story == citations[1].story != ""


def test_two_sentences_that_stand_in_every_copy_do_not_contradict() -> None:
    began = "It began in a bakery on the ground floor"
    sentence = REPORT[REPORT.index(began) : REPORT.index(" The mayor")]
    said, citations, conflicts = answer(
        "Where was the fire?",
        finding(WIRE, "A fire destroyed the market hall of Marisol in the night to Monday.", "Marisol", 0.9),
        finding(HERALD, sentence, "bakery", 0.8),
        carried=same(WIRE, HERALD),
    )
    assert len(said) == 2
    assert {citation.article.id for citation in citations} == {"wire"}
    assert conflicts == ()


def test_the_newest_version_of_a_page_leads_and_what_it_changed_is_said() -> None:
    old = replace(WIRE, source="Post")
    new = replace(HERALD, source="Post", text=REPORT.replace("12 people", "19 people"))
    said, citations, conflicts = answer(
        "How many people died?",
        finding(old, KILLED, "12 people", 0.9),
        finding(new, KILLED.replace("12", "19"), "19 people", 0.5),
        carried=same(old, new),
    )
    assert said == [
        "6 March 2024: The fire killed 19 people, the chief said.",
        "5 March 2024, in a version since replaced: The fire killed 12 people, the chief said.",
    ]
    assert [citation.article.id for citation in citations] == ["herald", "wire"]
    assert conflicts == ()


def test_what_both_versions_say_is_cited_from_the_newest() -> None:
    old, new = replace(WIRE, source="Post"), replace(HERALD, source="Post")
    said, (citation,), _ = answer("How many people died?", finding(old, KILLED, "12 people"), carried=same(old, new))
    assert said == [KILLED]
    assert (citation.article, citation.also) == (new, ())
    assert story([old, new]).replaced == {"wire"}


@pytest.mark.parametrize(
    ("newer", "older", "first"),
    [
        ("The report blames former director Tobias Renk.", "Nadia Ferrow is the acting director.", "Nadia Ferrow"),
        ("Tobias Renk was the former director.", "Nadia Ferrow is the acting director.", "Nadia Ferrow"),
        ("In late March Nadia Ferrow became director.", "Tobias Renk is the director.", "Nadia Ferrow"),
        ("The former mayor praised Nadia Ferrow, the director.", "Tobias Renk is the director.", "Nadia Ferrow"),
    ],
)
def test_who_was_in_office_follows_who_is(newer: str, older: str, first: str) -> None:
    told = []
    for text, day, chance in ((newer, date(2024, 10, 9), 0.9), (older, date(2024, 5, 17), 0.6)):
        report = article(f"a{day:%m}", text, day)
        told.append(finding(report, text, next(n for n in ("Tobias Renk", "Nadia Ferrow") if n in text), chance))
    said, *_ = answer("Who is the director?", *told)
    assert len(said) == 2
    assert first in said[0]


def test_who_was_in_office_leads_where_that_is_asked() -> None:
    new = article("a", "The report blames former director Tobias Renk.", date(2024, 10, 9))
    old = article("b", "Nadia Ferrow is the acting director.", date(2024, 5, 17))
    told = finding(new, new.text, "Tobias Renk", 0.9), finding(old, old.text, "Nadia Ferrow", 0.6)
    said, *_ = answer("Who is the former director?", *told)
    assert "Renk" in said[0]


def test_whether_something_happened_is_told_by_the_newest_report_first_with_dates() -> None:
    no = article("a", "No one has died.", date(2024, 5, 6))
    yes = article("b", "A man died during the evacuation.", date(2024, 5, 8))
    said, *_ = answer("Did anyone die?", finding(no, no.text, no.text, 0.9), finding(yes, yes.text, yes.text, 0.8))
    assert said == [f"8 May 2024: {yes.text}", f"6 May 2024: {no.text}"]


def test_the_latest_is_told_by_the_newest_of_the_sentences_that_are_about_it() -> None:
    texts = (
        "Cranes at the port lift grain for Kenya again.",
        "A storm closed the port to ferries.",
        "Pilots of the port went on strike over pay.",
        "Fire destroyed twelve boats in the port.",
        "Eels returned to the port after cleaning.",
    )
    reports = [article(f"a{n}", text, date(2024, 3, n)) for n, text in enumerate(texts, 1)]
    about = [finding(r, r.text, r.text, 0.9 - n / 100) for n, r in enumerate(reports)]
    said, *_ = answer("port", *about)  # "What is the latest on the port?"
    assert [sentence.split(":")[0] for sentence in said] == ["5 March 2024", "4 March 2024", "3 March 2024"]


def test_words_of_nobody_stand_alone_but_not_before_those_of_another() -> None:
    told = article("a", "Ana Ruiz said the dam of Tarn is safe.\n\nIt rained.\n\n“The dam of Tarn has cracks.”")
    quote = finding(told, "“The dam of Tarn has cracks.”", "“The dam of Tarn has cracks.”", 0.9)
    hers = finding(told, "Ana Ruiz said the dam of Tarn is safe.", "Ana Ruiz said the dam of Tarn is safe.", 0.8)
    known = {"a": told}

    def leads(question: str, *findings: Finding) -> list[Finding]:
        return [group[0] for group in choose(question, findings, articles=known)]

    assert leads("What was said about the dam of Tarn?", quote, hers) == [hers]
    assert leads("What was said about the dam of Tarn?", quote) == [quote]
    assert leads("What did Bo Lind say about the dam of Tarn?", quote, hers) == []

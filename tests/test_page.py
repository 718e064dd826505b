"""The page in a real browser, over the real chain; pictures of its states go to artifacts/."""

import asyncio
import html
import json
import re
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from conftest import PHONE, QUESTION, Visit, ask, finished, free_port, is_in_view, opened, picture
from gradio_client import Client
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from qa import receipt
from qa.articles import Article
from qa.chain import Chain
from qa.citations import ABSTENTION, Answer, Citation, Sentence, Span
from qa.config import Settings
from qa.errors import QuestionError, SettingsError
from qa.web import launch
from qa.web.answers import Entry, answer_html, turn_html
from qa.web.articles import article_html, esc, original_url
from qa.web.guards import LARGEST_BODY
from qa.web.page import build_page
from qa.web.takeaway import markdown, receipt_html
from qa.web.talk import BROKEN, STOPPED, Talk, answered, remembered, restored, stopped

HOSTILE = """---
title: "<script>window.pwned='title'</script> **Bold** [x](javascript:window.pwned='link') \\u202eelttit"
source: "<img src=http://evil.example/outlet.png onerror=window.pwned='outlet'>"
author: "<b onmouseover=window.pwned='author'>Ann</b>"
date: 2024-03-07
url: "javascript:window.pwned='url'"
---
The harbour master Ole Brandt closed the port of Elin on Tuesday `<script>window.pwned='text'</script>` after a storm.

The storm sank <img src=http://evil.example/x.png onerror="window.pwned='quote'"> forty boats, **Ole Brandt** said.

Repairs cost ${window.pwned='template'} {{constructor}} $\\frac{1}{2}$ million crowns \u202eesrever\u202c altogether.
"""


# ---- the rooms ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def slow_room(seeds: Chain) -> Iterator[str]:
    with opened(Slow(seeds)) as url:  # type: ignore[arg-type]
        yield url


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "articles").mkdir()
    (folder / "articles" / "port.md").write_text(HOSTILE, encoding="utf-8")
    chain = Chain(Settings(articles=folder / "articles", index=folder / "index"))
    chain.sync()
    yield chain
    chain.close()


@pytest.fixture(scope="module")
def hostile_room(hostile: Chain) -> Iterator[str]:
    with opened(hostile) as url:
        yield url


# ---- in the browser -------------------------------------------------------------------------------


def test_empty_page_says_what_the_archive_covers_and_offers_questions(room: str, visit: Visit, seeds: Chain) -> None:
    page = visit(room)
    expect(page.locator(".coverage")).to_have_text(seeds.store.archive.coverage())
    assert page.locator(".chip").all_inner_texts() == seeds.examples()
    expect(page.locator("#question textarea")).to_be_focused()
    picture(page, "empty")


def test_enter_asks_and_the_answer_cites_its_sources(room: str, visit: Visit) -> None:
    page = visit(room)
    ask(page, QUESTION)
    expect(page.locator(".asked")).to_have_text(QUESTION)
    expect(page.locator("#question textarea")).to_have_value("")
    mark = page.locator(".cite").first
    expect(mark).to_have_attribute("aria-label", re.compile(r"^Citation 1: .+, (\d+ \w+ \d{4}|undated): .+"))
    expect(page.locator(".about")).to_contain_text("source")
    assert page.locator(".source").count() >= 1
    picture(page, "answer")


def test_an_example_question_is_asked_by_a_click(room: str, visit: Visit) -> None:
    page = visit(room)
    expect(page.locator(".chip").last).to_be_visible()
    question = page.locator(".chip").last.inner_text()
    page.locator(".chip").last.click()
    finished(page, 1)
    expect(page.locator(".asked")).to_have_text(question)


def test_clicking_a_citation_shows_the_highlighted_quote_beside_the_chat(room: str, visit: Visit, seeds: Chain) -> None:
    page = visit(room)
    ask(page, QUESTION)
    mark = page.locator(".cite").first
    mark.click()
    expect(page.locator("mark.active").first).to_be_visible()
    quoted = "".join(page.locator("mark.active").all_inner_texts())
    assert quoted.split() == (mark.get_attribute("data-quote") or "").split()
    assert is_in_view(page, "mark.active", "#reader .text")
    expect(mark).to_be_in_viewport()
    expect(page.locator(".sheet .date")).to_have_text(re.compile(r"\d{4}|undated"))
    article = seeds.article(mark.get_attribute("data-article") or "")
    expect(page.locator(".sheet h2")).to_have_text(article.title)
    expect(page.locator(".sheet .kicker")).to_have_text(article.source)
    picture(page, "article")


def test_a_citation_opens_in_a_fifth_of_a_second(room: str, visit: Visit) -> None:
    page = visit(room)
    ask(page, QUESTION)
    script = """async () => {
        const mark = document.querySelector(".cite");
        const start = performance.now();
        mark.click();
        while (!document.querySelector("mark.active")) await new Promise(requestAnimationFrame);
        const taken = performance.now() - start;
        document.querySelector(".sheet").replaceChildren();
        return taken;
    }"""
    # The best of a few, because other work may share the machine.
    assert min(page.evaluate(script) for _ in range(5)) < 200


def test_marks_of_earlier_answers_keep_working(room: str, visit: Visit) -> None:
    page = visit(room)
    for question in (QUESTION, "Who is Barbecue?"):
        ask(page, question)
    for turn in page.locator(".turn").all():
        mark = turn.locator(".cite").first
        mark.click()
        expect(mark).to_have_attribute("aria-current", "true")
        expect(page.locator("mark.active").first).to_contain_text((mark.get_attribute("data-quote") or "")[:20])


def test_next_and_previous_walk_through_the_quotes_of_an_answer(
    hostile_room: str, visit: Visit, hostile: Chain
) -> None:
    page = visit(hostile_room)
    (article,) = hostile.store.archive.articles.values()
    paragraphs = list(re.finditer(r".+", article.text))
    cites = tuple(Citation(n, p[0], *p.span(), article) for n, p in ((1, paragraphs[0]), (2, paragraphs[-1])))
    said = tuple(Sentence(cite.quote, (cite.number,)) for cite in cites)
    answer = replace(ANSWER, citations=cites, sentences=said, spans=())
    # Put straight into the page: how many quotes a real answer has is the reader's affair.
    page.evaluate("made => { document.querySelector('.log').innerHTML = made }", turn_html(Entry("?", answer)))
    page.locator(".cite").first.click()
    expect(page.locator(".place")).to_have_text("Quote 1 of 2")
    expect(page.locator(".previous")).to_be_disabled()
    expect(page.locator("mark.active")).to_have_text(cites[0].quote)
    expect(page.locator("mark.quote:not(.active)")).to_have_text(cites[1].quote)
    page.locator(".next-quote").click()
    expect(page.locator(".place")).to_have_text("Quote 2 of 2")
    expect(page.locator("mark.active")).to_have_text(cites[1].quote)
    page.locator(".close").click()
    expect(page.locator("#reader")).to_be_hidden()


def test_keyboard_alone_is_enough(room: str, visit: Visit) -> None:
    page = visit(room)
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    finished(page, 1)
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('.cite')"):
            break
    mark = page.locator(".cite:focus-visible")
    expect(mark).to_have_css("outline-style", "solid")
    expect(page.locator("#tip")).to_contain_text((mark.get_attribute("data-quote") or "")[:20])
    label = mark.get_attribute("aria-label")
    page.keyboard.press("Enter")
    expect(page.locator("mark.active").first).to_be_visible()
    expect(page.locator("#reader .text")).to_be_focused()
    picture(page, "keyboard")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator(":focus")).to_have_attribute("aria-label", label or "")


def test_hovering_a_mark_shows_outlet_date_and_quote(room: str, visit: Visit) -> None:
    page = visit(room)
    ask(page, QUESTION)
    mark = page.locator(".cite").first
    mark.hover()
    expect(page.locator("#tip strong")).to_have_text(mark.get_attribute("data-where") or "")
    expect(page.locator("#tip span")).to_have_text(mark.get_attribute("data-quote") or "")
    picture(page, "hover")


def test_on_a_phone_the_article_slides_over_and_goes_back(room: str, visit: Visit) -> None:
    page = visit(room, PHONE)
    picture(page, "phone-empty")
    ask(page, QUESTION)
    picture(page, "phone-answer")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.locator(".cite").first.tap()
    expect(page.locator("mark.active").first).to_be_visible()
    assert is_in_view(page, "mark.active", "#reader .text")
    assert page.locator("#reader").bounding_box() == {"x": 0, "y": 0, "width": PHONE[0], "height": PHONE[1]}
    assert page.evaluate("document.querySelector('#chat').inert")
    picture(page, "phone-article")
    page.locator(".back").tap()
    expect(page.locator("#reader")).to_be_hidden()
    page.locator(".cite").first.tap()
    expect(page.locator("mark.active").first).to_be_visible()
    page.go_back()  # the phone's own gesture
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator(".turn")).to_have_count(1)
    assert not page.evaluate("document.querySelector('#chat').inert")


@pytest.mark.parametrize("size", [(390, 844), (899, 700), (900, 700), (1440, 900)])
def test_nothing_is_cut_off_at_any_width(room: str, visit: Visit, size: tuple[int, int]) -> None:
    page = visit(room, size)
    ask(page, QUESTION)
    for selector in ("#question textarea", "#ask", "#clear", ".said"):
        assert is_in_view(page, selector, "body"), selector


def test_dark_follows_the_system(room: str, visit: Visit) -> None:
    def lightness(page: Page, selector: str, what: str) -> float:
        colour = page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).{what}")
        return sum(map(int, re.findall(r"\d+", colour)[:3])) / 765

    light, dark = visit(room), visit(room, dark=True)
    for page in (light, dark):
        ask(page, QUESTION)
        page.locator(".cite").first.click()
        expect(page.locator("mark.active").first).to_be_visible()
    picture(dark, "dark")
    for selector in ("#pane", ".gradio-container"):
        assert lightness(light, selector, "backgroundColor") > 0.9 > 0.2 > lightness(dark, selector, "backgroundColor")
    assert lightness(light, ".said", "color") < 0.2 < 0.8 < lightness(dark, ".said", "color")


def test_an_abstention_looks_like_one(room: str, visit: Visit) -> None:
    page = visit(room)
    ask(page, "How many moons does Saturn have?")
    expect(page.locator(".abstained .said")).to_contain_text(ABSTENTION)
    expect(page.locator(".cite")).to_have_count(0)
    picture(page, "abstention")


def test_hostile_articles_and_questions_are_shown_as_text(hostile_room: str, visit: Visit) -> None:
    page = visit(hostile_room)
    question = "Who closed the port of Elin? <img src=http://evil.example/q.png onerror=window.pwned='question'> **b**"
    ask(page, question)
    expect(page.locator(".asked")).to_have_text(question)
    page.locator(".headline, .cite").first.click()
    expect(page.locator(".sheet h2")).to_contain_text("<script>window.pwned='title'</script> **Bold** [x](javascript:")
    expect(page.locator(".sheet .text")).to_contain_text("<script>window.pwned='text'</script>")
    expect(page.locator(".sheet .text")).to_contain_text("${window.pwned='template'} {{constructor}} $\\frac{1}{2}$")
    assert page.locator("#reader a, #front a, .log a, .log img, .sheet img, #front img, .log script").count() == 0
    page.locator(".headline, .cite").first.hover()
    assert page.evaluate("window.pwned") is None
    picture(page, "hostile")


def test_a_question_that_cannot_be_asked_gets_a_notice(room: str, visit: Visit) -> None:
    page = visit(room)
    ask(page, "x" * 100_000)
    expect(page.locator(".notice")).to_be_visible()
    expect(page.locator(".notice")).not_to_contain_text("Traceback")
    picture(page, "error")


def test_an_empty_question_is_not_asked(room: str, visit: Visit) -> None:
    page = visit(room)
    page.locator("#question textarea").fill("  ")
    page.locator("#question textarea").press("Enter")
    page.wait_for_timeout(500)
    expect(page.locator(".welcome")).to_be_visible()


def test_an_answer_grows_and_can_be_stopped(slow_room: str, visit: Visit) -> None:
    page = visit(slow_room)
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#ask").click()
    expect(page.locator(".pending")).to_contain_text("and then 2")
    page.locator(".cite").first.click()
    expect(page.locator("mark.active").first).to_be_visible()
    picture(page, "streaming")
    page.locator("#stop").click()
    expect(page.locator(".notice")).to_have_text(STOPPED)
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator("#stop")).to_be_hidden()
    page.wait_for_timeout(500)
    page.locator("#question textarea").fill("Who is Barbecue?")
    page.locator("#ask").click()
    expect(page.locator(".pending")).to_contain_text("and then 1")
    expect(page.locator(".notice")).to_have_text(STOPPED)  # the stopped turn stays stopped
    page.locator("#stop").click()
    expect(page.locator(".turn .notice")).to_have_count(2)
    expect(page.locator("#ask")).to_be_visible()


def test_a_new_conversation_starts_empty(room: str, visit: Visit) -> None:
    page = visit(room)
    ask(page, QUESTION)
    page.locator(".cite").first.click()
    expect(page.locator("#reader")).to_be_visible()
    page.locator("#clear").click()
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator(".turn")).to_have_count(0)


def test_the_http_api_answers(room: str) -> None:
    client = Client(room, verbose=False)
    answer = client.predict(QUESTION, api_name="/ask")
    client.close()
    assert answer["question"] == QUESTION
    assert answer["citations"][0]["quote"]


# ---- without a browser ----------------------------------------------------------------------------

ARTICLE = Article(
    id="a1",
    text="The ferries stopped on Tuesday.\n\n## Repairs\n\nThey will sail again on 2 April, Ada Quill said.",
    title="Ferries stop",
    source="Elin Courier",
    published=date(2024, 3, 5),
    url="https://courier.example/ferries",
)
QUOTE = "They will sail again on 2 April, Ada Quill said."
START = ARTICLE.text.index(QUOTE)
ANSWER = Answer(
    question="When?",
    text=f"{QUOTE} [1]",
    citations=(Citation(1, QUOTE, START, START + len(QUOTE), ARTICLE),),
    abstained=False,
    confidence=0.9,
    mode="offline",
    seconds=0.1,
    sentences=(Sentence(QUOTE, (1,)),),
    spans=(Span(1, "2 April", START + 24, START + 31),),
)


class Scripted:
    """A chain whose stream is given: answers are yielded, an exception is raised."""

    def __init__(self, *script: Answer | Exception) -> None:
        self.script = script
        self.history: list[Any] = []

    def stream(self, question: str, *, history: Sequence[Any] = (), **limits: Any) -> Iterator[Answer]:
        self.history = list(history)
        for item in self.script:
            if isinstance(item, Exception):
                raise item
            yield item


class Slow:
    """A chain that takes its time with the end of an answer."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.article, self.store = chain.article, chain.store
        self.archive, self.indexing, self.trouble, self.is_busy = chain.archive, None, "", False
        self.settings, self.models, self.last_sync = chain.settings, chain.models, chain.last_sync

    def examples(self) -> list[str]:
        return []

    def suggest(self, answer: Answer, earlier: Sequence[str]) -> list[str]:
        return []

    def stream(self, question: str, *, history: Sequence[Any] = (), **limits: Any) -> Iterator[Answer]:
        *_, answer = self.chain.stream(question, history=history, **limits)
        for step in range(100):
            yield replace(answer, pending=f"and then {step}")
            time.sleep(0.1)


def test_an_unsupported_sentence_is_struck_out_and_labelled() -> None:
    shown = answer_html(replace(ANSWER, sentences=(*ANSWER.sentences, Sentence("Pigs <fly>.", ()))))
    assert "<s>Pigs &lt;fly&gt;.</s> <small>not backed by a passage</small>" in shown


def test_what_may_answer_does_not_stand_below_words_that_say_nothing_does() -> None:
    abstention = replace(ANSWER, text=f"{ABSTENTION} The archive has 2 articles.", abstained=True, citations=())
    close = answer_html(replace(abstention, closest=ANSWER.citations, nearest=(ARTICLE,)))
    assert "No sure answer" in close
    assert ABSTENTION not in close
    assert ABSTENTION in answer_html(abstention)


def test_answering_words_pending_words_and_notices_are_marked() -> None:
    shown = answer_html(replace(ANSWER, pending="And <then>", notice="<server> down"), done=False)
    assert '<em class="key">2 April</em>' in shown
    assert '<span class="pending">And &lt;then&gt;</span>' in shown
    assert "&lt;server&gt; down" in shown
    assert 'class="sources"' not in shown


def test_reports_that_differ_are_set_side_by_side_with_their_marks() -> None:
    other = replace(ARTICLE, id="other", text="It killed <19> people.", source="Wire", published=date(2024, 3, 4))
    citations = (*ANSWER.citations, Citation(2, "It killed <19> people.", 0, 22, other))
    conflicts = (Span(1, "12", 0, 2), Span(2, "<19>", 10, 14))
    shown = answer_html(replace(ANSWER, citations=citations, conflicts=conflicts))
    differ = shown[shown.index("Reports differ") : shown.index('class="about"')]
    assert '<strong dir="auto">&lt;19&gt;</strong>' in differ
    assert "Wire" in differ
    assert "4 March 2024" in differ
    assert differ.count('class="cite"') == 2
    assert "Reports differ" not in answer_html(ANSWER)


def test_what_is_taken_away_says_where_reports_differ() -> None:
    answer = replace(ANSWER, conflicts=(Span(1, "2 <April>", 0, 1), Span(2, "3 April", 0, 1)))
    assert "Reports differ: “2 \\<April\\>” \\[1\\], “3 April” \\[2\\]" in markdown([Entry("When?", answer)])
    said = {"made": "", "models": {}, "version": ""}
    assert "Reports differ:</strong> “2 &lt;April&gt;” [1], “3 April” [2]" in receipt_html(answer, said)
    assert "Reports differ" not in markdown([Entry("When?", ANSWER)]) + receipt_html(ANSWER, said)


def test_words_are_marked_behind_the_date_of_a_sentence() -> None:
    dated = Sentence(f"4 March 2024: {ANSWER.sentences[0].text}", ANSWER.sentences[0].citations)
    key = re.search('<em class="key">.*?</em>', answer_html(ANSWER))
    assert key
    assert key[0] in answer_html(replace(ANSWER, sentences=(dated, *ANSWER.sentences[1:])))


def test_an_answer_names_its_mode_and_its_sources() -> None:
    shown = answer_html(replace(ANSWER, mode="gpt-5"))
    assert "Written by gpt-5, each quote checked · 1 source, 5 March 2024" in shown
    assert "Elin Courier" in shown
    assert "undated" in answer_html(
        replace(ANSWER, citations=(replace(ANSWER.citations[0], article=replace(ARTICLE, published=None)),))
    )


def test_two_quotes_of_one_outlet_are_one_source() -> None:
    twice = replace(ANSWER, citations=(ANSWER.citations[0], replace(ANSWER.citations[0], number=2)))
    assert "2 quotes from 1 source, 5 March 2024" in answer_html(twice)


def test_how_sure_an_abstention_is_is_not_called_like_the_confidence_in_an_answer() -> None:
    refused = replace(ANSWER, text=f"{ABSTENTION} The archive has 1 article.", citations=(), abstained=True)
    shown = answer_html(refused)
    assert "about 90% sure of that" in shown
    assert "confidence" not in shown


def test_what_goes_wrong_becomes_a_message_in_the_conversation() -> None:
    *_, refused = answered(Scripted(QuestionError("too long: shorten it")), "?", [])  # type: ignore[arg-type]
    assert refused == Entry("?", trouble="too long: shorten it", done=True)
    *_, broken = answered(Scripted(ANSWER, RuntimeError("secret")), "?", [])  # type: ignore[arg-type]
    assert broken == Entry("?", trouble=BROKEN, done=True)
    assert "secret" not in turn_html(broken)


def test_earlier_answers_are_the_history_of_a_follow_up() -> None:
    chain = Scripted(ANSWER)
    list(answered(chain, "And then?", [Entry("When?", ANSWER, done=True), Entry("?", trouble="no", done=True)]))  # type: ignore[arg-type]
    assert [(turn.question, turn.answer) for turn in chain.history] == [("When?", ANSWER)]


def test_what_was_cleared_or_stopped_does_not_come_back() -> None:
    talk: Talk = []
    running = answered(Scripted(ANSWER, replace(ANSWER, pending="more")), "When?", talk)  # type: ignore[arg-type]
    next(running)
    next(running)
    talk.clear()
    assert list(running) == []
    assert talk == []
    running = answered(Scripted(ANSWER, replace(ANSWER, pending="more")), "When?", talk)  # type: ignore[arg-type]
    next(running)
    next(running)
    talk[-1] = ended = stopped(talk[-1])
    assert list(running) == []
    assert talk == [ended]


def test_two_questions_at_a_time_both_get_their_answers() -> None:
    talk: Talk = []
    first = answered(Scripted(replace(ANSWER, question="1")), "1", talk)  # type: ignore[arg-type]
    second = answered(Scripted(replace(ANSWER, question="2")), "2", talk)  # type: ignore[arg-type]
    next(first)
    next(second)
    list(first)
    list(second)
    assert [(entry.question, entry.answer and entry.answer.question, entry.done) for entry in talk] == [
        ("1", "1", True),
        ("2", "2", True),
    ]


def test_what_a_browser_gives_back_is_not_trusted(seeds: Chain) -> None:
    said = receipt.receipt(next(iter(seeds.stream(QUESTION))), {})
    for forged in ("x", [1], [{}], [{"question": 1}], [{"question": "x" * 200_000}]):
        assert restored(forged, seeds) == []
    for change in (
        {"confidence": -1},
        {"confidence": float("nan")},
        {"seconds": 10**400},
        {"scope": 1},
        {"spans": [1]},
    ):
        (entry,) = restored([{"question": "?", "receipt": {**said, **change}}], seeds)
        assert entry.answer is None
    (entry,) = restored([{"question": "?", "receipt": said}], seeds)
    assert entry.answer is not None


def test_a_browser_keeps_no_more_than_it_may_bring_back(seeds: Chain) -> None:
    *_, answer = seeds.stream(QUESTION)
    talk = [Entry(f"{n}?", replace(answer, text=f"{n}" * 20_000), done=True) for n in range(60)]
    kept = remembered(talk, {})
    assert [turn["question"] for turn in kept] == [f"{n}?" for n in range(60)][-len(kept) :]  # the newest
    assert LARGEST_BODY / 4 < len(json.dumps(kept)) < LARGEST_BODY * 3 / 4


def test_only_its_own_pages_reach_the_page(room: str) -> None:
    port = room.rsplit(":", 1)[1].strip("/")

    def status(method: str, **headers: str) -> int:
        return httpx.request(method, room, headers=headers).status_code

    assert status("GET") == 200
    assert status("GET", host=f"evil.example:{port}") == 400
    assert status("POST", origin="http://evil.example") == 403
    assert status("POST", origin=f"http://127.0.0.1:{int(port) + 1}") == 403
    assert status("POST", origin=f"http://127.0.0.1:{port}") not in (400, 403)


def test_stopping_keeps_what_was_checked() -> None:
    second = replace(ANSWER.citations[0], number=2)
    cut = stopped(Entry("?", replace(ANSWER, pending="And", citations=(*ANSWER.citations, second))))
    assert cut.answer == replace(ANSWER, notice=STOPPED)
    assert cut.done
    assert stopped(Entry("?")) == Entry("?", trouble=STOPPED, done=True)


def test_only_web_addresses_are_linked_and_they_point_to_the_quote() -> None:
    link = original_url(ARTICLE, "a well-known, short quote")
    assert link == "https://courier.example/ferries#:~:text=a%20well%2Dknown%2C%20short%20quote"
    assert original_url(replace(ARTICLE, url="https://e.example/#top"), "x").endswith("#top:~:text=x")
    long = original_url(ARTICLE, " ".join(f"w{i}" for i in range(20)))
    assert long.endswith("text=w0%20w1%20w2%20w3%20w4,w15%20w16%20w17%20w18%20w19")
    for bad in ("javascript:alert(1)", "data:text/html,x", "//evil.example", "http://[", "ferry.html", "http://"):
        assert original_url(replace(ARTICLE, url=bad), "x") == ""
        assert "<a " not in article_html(replace(ARTICLE, url=bad))


def test_override_and_control_characters_are_named() -> None:
    assert esc("a\u202eb\x00c\ud800\n") == "a[U+202E]b[U+0000]c[U+D800]\n"


texts = st.text(alphabet=st.sampled_from("ab <>&\"'#\n"), max_size=80)


@given(text=texts, quotes=st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=4))
def test_marking_quotes_changes_no_word_of_an_article(text: str, quotes: list[tuple[int, int]]) -> None:
    shown = article_html(replace(ARTICLE, text=text), quotes, 0)
    body = shown.split('tabindex="0">', 1)[1]
    words = html.unescape(re.sub(r"<[^>]*>", " ", body)).split()
    assert "".join(words) == "".join(re.sub(r"(?m)^#{1,6} ", "", text).split())
    if quotes and quotes[0][0] < quotes[0][1]:
        start, end = quotes[0]
        marked = html.unescape("".join(re.findall(r'<mark class="quote active">(.*?)</mark>', body, re.DOTALL)))
        assert "".join(marked.split()) in "".join(text[start:end].split())


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(SettingsError, match=rf"port {port} .*in use.*--port {port + 1}"):
            launch(gr.Blocks(), port=port)
        assert time.monotonic() - started < 1


@pytest.mark.parametrize("port", [0, -1, 70_000])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(SettingsError, match="1 to 65535"):
        launch(gr.Blocks(), port=port)


def test_a_host_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"256\.1\.1\.1"):
        launch(gr.Blocks(), host="256.1.1.1", port=free_port())


def test_a_question_that_is_faster_than_the_opening_of_the_page_stays(seeds: Chain) -> None:
    async def built() -> gr.Blocks:  # Gradio makes a loop of its own where none runs, and never closes it
        return build_page(seeds)

    with ThreadPoolExecutor(1) as apart:  # from Playwright's loop, if that runs
        page = apart.submit(lambda: asyncio.run(built())).result()
    arrive = next(event.fn for event in page.fns.values() if event.name == "arrive")
    talk: Talk = [Entry("Where was Ariel Henry?")]
    assert arrive is not None
    (shown, *_), *rest = arrive([], talk, SimpleNamespace(query_params={}))
    assert not rest
    assert [entry.question for entry in talk] == ["Where was Ariel Henry?"]
    assert "Where was Ariel Henry?" in "".join(shown)

"""Show a conversation: questions, answers with their marks and sources, and what can be done with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from qa.archive import Archive, count, period
from qa.citations import ABSTENTION, Answer, Citation, Sentence, Span, day, nearest_line
from qa.web.articles import byline, esc, shorten, story_html

UNSUPPORTED = "not backed by a passage"

UNSURE = "No sentence of the articles is a sure enough answer; below is what may be one."

CERTAINTY = ((0.66, "high confidence"), (0.4, "medium confidence"), (0.0, "low confidence: read the quotes"))
"""What a probability is called, from which on; at .66 an answer is right twice as often as wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of a conversation and what came of it; `trouble` is a message in place of an answer.

    `vote` is "up", "down" or "", `suggested` are questions to go on with. An entry that is `editing` gives way to the
    next question. `alone` and `any_time` tell how it was asked (see `answered`).
    """

    question: str
    answer: Answer | None = None
    trouble: str = ""
    done: bool = False
    vote: str = ""
    remarked: bool = False
    suggested: tuple[str, ...] = ()
    editing: bool = False
    alone: bool = False
    any_time: bool = False


def conversation_html(talk: Sequence[Entry], welcome: str) -> list[str]:
    """Show every turn of a conversation, or the welcome before the first."""
    last = len(talk) - 1
    return [turn_html(entry, number, last=number == last) for number, entry in enumerate(talk)] or [welcome]


def welcome_html(archive: Archive, examples: Sequence[str], *, reading: bool = False) -> str:
    """Open an empty conversation: what this is, what the archive covers, and questions to start with.

    `reading`: more articles are being read.
    """
    if not archive.passages and reading:
        return (
            '<section class="welcome"><h2>The articles are being read</h2>'
            "<p>What is read can be asked at once, and more with every moment.</p></section>"
        )
    if not archive.passages:
        return (
            '<section class="welcome"><h2>The archive is empty</h2>'
            "<p>Add articles under “Archive”, or put them into its folder.</p></section>"
        )
    return (
        '<section class="welcome"><h2>Ask the articles</h2>'
        "<p>Every sentence of an answer is backed by an exact quote. "
        "Choose its number to read the quote in its article.</p>"
        f'<p class="coverage">{esc(archive.coverage())}</p>{_chips_html(examples, "Example questions")}</section>'
    )


def turn_html(entry: Entry, number: int = 0, *, last: bool = True) -> str:
    """Show one question with its answer, or how far it has come."""
    if entry.trouble:
        body = f'<p class="notice" role="alert">{esc(entry.trouble[0].upper() + entry.trouble[1:])}</p>'
    elif entry.answer:
        body = answer_html(entry.answer, done=entry.done)
    else:
        body = '<p class="waiting">Reading the articles…</p>'
    if entry.editing:
        body += (
            '<p class="notice">Change the question in the box below; the new one takes the place of this one. '
            '<button type="button" class="act" data-act="undo">Keep this one</button></p>'
        )
    elif entry.done:
        body += _acts_html(entry, last=last)
        if last and entry.suggested:
            head = "What the articles do answer" if entry.answer and entry.answer.abstained else "Ask next"
            body += f'<div class="next"><p class="label">{head}</p>{_chips_html(entry.suggested, head)}</div>'
    return (
        f'<section class="turn{" editing" if entry.editing else ""}" data-turn="{number}" '
        f'aria-busy="{"false" if entry.done else "true"}">'
        f'<h2 class="asked" dir="auto">{esc(shorten(entry.question, 300))}</h2>{body}</section>'
    )


def answer_html(answer: Answer, *, done: bool = True) -> str:
    """Show an answer: its sentences with their marks, what went wrong, and (when `done`) where it comes from."""
    cited = {citation.number: citation for citation in answer.citations}
    shown = [_sentence_html(sentence, cited, answer.spans) for sentence in answer.sentences]
    if answer.abstained:
        text = answer.text.replace(nearest_line(answer.nearest), "").strip()
        text = text.replace(ABSTENTION, UNSURE, 1) if answer.closest else text
        shown = [f"<span>{esc(' '.join(text.split()))}</span>"]
    if answer.pending:
        shown.append(f'<span class="pending">{esc(answer.pending)}</span>')
    head = "No sure answer" if answer.closest else "Not in the articles"
    label = f'<p class="label">{head}</p>' if answer.abstained else ""
    notice = f'<p class="notice" role="status">{esc(answer.notice)}</p>' if answer.notice else ""
    return (
        f'<div class="answer{" abstained" if answer.abstained else ""}">{label}'
        f'<p class="said" dir="auto">{" ".join(shown)}</p>{notice}{_conflicts_html(answer, cited)}'
        + (f'<p class="about">{" · ".join(_about(answer))}</p>{_sources_html(answer)}' if done else "")
        + "</div>"
    )


def _conflicts_html(answer: Answer, cited: dict[int, Citation]) -> str:
    """Set the quotes in which reports differ side by side, each with its outlet, its date and its mark."""
    if not answer.conflicts:
        return ""
    told = "".join(
        f'<li><strong dir="auto">{esc(" ".join(span.text.split()))}</strong>'
        f'<span class="kicker">{byline(cited[span.number].article)}</span>{_mark_html(cited[span.number])}'
        f'<q dir="auto">{esc(shorten(cited[span.number].quote, 160))}</q></li>'
        for span in answer.conflicts
    )
    return f'<div class="differ"><p class="label">Reports differ</p><ul>{told}</ul></div>'


def _about(answer: Answer) -> list[str]:
    """Say how the answer stands: who wrote it, on how many sources, of when, and how sure it is."""
    facts = ["Answered offline" if answer.mode == "offline" else f"Written by {esc(answer.mode)}, each quote checked"]
    if answer.citations:
        dates = sorted(c.article.published for c in answer.citations if c.article.published)
        undated = any(c.article.published is None for c in answer.citations)
        of = f", {period(dates[0], dates[-1])}{' and undated' if undated else ''}" if dates else ", undated"
        quotes, sources = count(len(answer.citations), "quote"), count(answer.sources, "source")
        facts.append((sources if len(answer.citations) == answer.sources else f"{quotes} from {sources}") + of)
    if not answer.closest and answer.confidence is not None:  # "no sure answer" says how sure
        certainty = next((words for least, words in CERTAINTY if answer.confidence >= least), CERTAINTY[-1][1])
        if answer.abstained:  # "high confidence" would be taken for that of an answer
            certainty = f"about {answer.confidence:.0%} sure of that"
        facts.append(f'<span title="Estimated probability of being right: {answer.confidence:.0%}">{certainty}</span>')
    facts.append(f"{answer.seconds:.1f} s")
    if answer.query and answer.query != answer.question:
        facts.append(f"searched for “{esc(answer.query)}”")
    if answer.scope:
        facts.append(f"only articles {esc(str(answer.scope))}")
    return facts


def _sources_html(answer: Answer) -> str:
    """List the quotes, one line each, of several days as a timeline; for an abstention the nearest articles."""
    if answer.nearest:
        close = {c.article.id: story_html(c.article, _data(c), c.quote) for c in answer.closest}
        near = [story_html(article) for article in answer.nearest if article.id not in close]
        return "".join(
            f'<p class="label">{head}</p><ul class="stories nearest"><li>{"</li><li>".join(stories)}</li></ul>'
            for head, stories in (("May answer", close.values()), ("The nearest articles", near))
            if stories
        )
    if not answer.citations:
        return ""
    days = {c.article.published for c in answer.citations} - {None}
    head, cited = "Sources", answer.citations
    if len(days) > 1:
        head, cited = "Timeline", tuple(sorted(cited, key=lambda c: (c.article.published or date.max, c.number)))
    lines = "".join(
        f'<li><button type="button" class="source"{_data(c)} title="{esc(c.article.title)}">'
        f'<span class="numbers">{c.number}</span><span class="date">{esc(day(c.article.published))}</span>'
        f'<span class="outlet" dir="auto">{esc(c.article.source or "not named")}</span>'
        f'<q dir="auto">{esc(shorten(c.quote, 200))}</q>'
        + (f'<span class="carried">{esc(c.carried)}</span>' if c.carried else "")
        + "</button></li>"
        for c in cited
    )
    return f'<p class="label">{head}</p><ol class="sources" aria-label="{head}">{lines}</ol>'


def _acts_html(entry: Entry, *, last: bool) -> str:
    """Offer what can be done with a turn."""
    acts = []

    def offer(name: str, words: str, **data: str) -> None:
        told = "".join(f' data-{key}="{esc(value)}"' for key, value in data.items())
        pressed = f' aria-pressed="{str(entry.vote == data["vote"]).lower()}"' if "vote" in data else ""
        acts.append(f'<button type="button" class="act" data-act="{name}"{told}{pressed}>{words}</button>')

    if entry.answer:
        offer("copy", "Copy", copy=f"{entry.question}\n\n{entry.answer}")
    if last:
        if entry.answer and entry.answer.scope:
            offer("retry", "Search all articles", **{"any-time": ""})
        offer("retry", "Ask again")
        offer("edit", "Edit question")
    if entry.answer:
        offer("like", "Helpful", vote="up")
        offer("like", "Not helpful", vote="down")
        offer("download", "Receipt", kind="html")
        offer("download", "Receipt as JSON", kind="json")
    remark = ""
    if entry.vote and not entry.remarked:
        asked = "What was good about it?" if entry.vote == "up" else "What was wrong with it?"
        remark = (
            f'<form class="remark"><label>{asked} <small>Optional, kept on this machine.</small>'
            '<input name="remark" maxlength="2000" autocomplete="off"></label>'
            '<button type="submit" class="act">Save</button></form>'
        )
    elif entry.vote:
        remark = '<p class="kicker" role="status">Thank you, your remark is kept on this machine.</p>'
    return f'<div class="acts" role="group" aria-label="This answer">{"".join(acts)}</div>{remark}'


def _chips_html(questions: Sequence[str], name: str) -> str:
    chips = "".join(f'<li><button type="button" class="chip">{esc(question)}</button></li>' for question in questions)
    return f'<ul class="chips" aria-label="{esc(name)}">{chips}</ul>' if chips else ""


def _sentence_html(sentence: Sentence, cited: dict[int, Citation], spans: Sequence[Span]) -> str:
    if not sentence.citations:
        return f'<span class="unsupported"><s>{esc(sentence.text)}</s> <small>{UNSUPPORTED}</small></span>'
    marks = "".join(_mark_html(cited[number]) for number in sentence.citations if number in cited)
    keys = []
    first = cited.get(sentence.citations[0])
    if first and sentence.text.endswith(first.quote):
        # Offsets hold where the sentence is the quote itself, perhaps behind its date; a model's words are its own.
        shift = len(sentence.text) - len(first.quote) - first.start
        keys = [(s.start + shift, s.end + shift) for s in spans if s.number == first.number]
    # A mark must not begin a line: it stays with the last word.
    last = sentence.text.rfind(" ") + 1
    end = f'<span class="end">{_keyed(sentence.text, last, len(sentence.text), keys)}{marks}</span>'
    return f'<span class="sentence">{_keyed(sentence.text, 0, last, keys)}{end}</span>'


def _keyed(text: str, start: int, end: int, keys: Sequence[tuple[int, int]]) -> str:
    """Mark the answering words in a slice of a sentence."""
    cuts = sorted({start, end, *(edge for key in keys for edge in key if start < edge < end)})
    pieces = [(low, high, any(key[0] <= low < key[1] for key in keys)) for low, high in pairwise(cuts)]
    return "".join(
        f'<em class="key">{esc(text[low:high])}</em>' if marked else esc(text[low:high]) for low, high, marked in pieces
    )


def _mark_html(citation: Citation) -> str:
    name = f"Citation {citation.number}: {citation.attribution}: {shorten(citation.quote, 90)}"
    return f'<button type="button" class="cite" aria-label="{esc(name)}"{_data(citation)}>{citation.number}</button>'


def _data(citation: Citation) -> str:
    """Write down what the page needs to open a citation, so that a mark works as long as it is on the screen."""
    return (
        f' data-number="{citation.number}" data-article="{esc(citation.article.id)}" data-start="{citation.start}"'
        f' data-end="{citation.end}" data-where="{esc(citation.attribution)}" data-quote="{esc(citation.quote)}"'
    )

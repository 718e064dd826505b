"""What a person takes away: the conversation as Markdown, one answer as a receipt to read, print or check."""

import json
import re
from collections.abc import Sequence
from typing import Any

from qa.citations import Answer, Scope
from qa.receipt import text_hash
from qa.visible import visible
from qa.web.answers import Entry
from qa.web.articles import esc, original_url

STYLE = """
body { max-width: 44rem; margin: 3rem auto; padding: 0 1.25rem; color: #1f1c18; background: #fff;
  font: 1.05rem/1.6 Georgia, "Times New Roman", serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.05rem; margin-top: 2rem; }
blockquote { margin: .3rem 0; padding: .3rem 0 .3rem 1rem; border-left: 3px solid #8f2a1c; white-space: pre-line; }
li { margin-bottom: 1.2rem; break-inside: avoid; } s { color: #665f54; }
small, dl { color: #574f45; font: .85rem/1.5 system-ui, sans-serif; } dt { font-weight: 600; } dd { margin: 0 0 .5rem; }
"""


def markdown(talk: Sequence[Entry]) -> str:
    """Return a conversation as Markdown: each question, its answer and its quotes with their attribution."""
    parts = ["# Conversation\n"]
    for entry in talk:
        parts.append(f"## {_plain(entry.question)}\n")
        if entry.answer is None:
            parts.append(f"*{_plain(entry.trouble or 'Not answered.')}*\n")
            continue
        if entry.answer.notice:
            parts.append(f"*{_plain(entry.answer.notice)}*\n")
        parts.append(f"{_plain(entry.answer.text)}\n")
        if entry.answer.conflicts:
            parts.append(f"Reports differ: {_plain(entry.answer.differing)}\n")
        if entry.answer.closest:
            parts.append("May answer:\n")
        for c in entry.answer.citations or entry.answer.closest:
            url = original_url(c.article, c.quote)
            title = f"[{_plain(c.article.title)}](<{url}>)" if url else _plain(c.article.title)
            parts.append(
                f"{c.number}. > {_plain(c.quote)}\n\n   {_plain(c.attribution)}: {title}{_carried(_plain(c.carried))}\n"
            )
        parts.append(f"*{_standing(entry.answer)}*\n")
    return "\n".join(parts)


def receipt_html(answer: Answer, said: dict[str, Any]) -> str:
    """Return a page of its own for one answer and its receipt `said`; it loads nothing and runs nothing."""
    sentences = " ".join(
        f"{esc(s.text)} {''.join(f'<a href=#q{n}>[{n}]</a>' for n in s.citations)}"
        if s.citations
        else f"<s>{esc(s.text)}</s> <small>not backed by a passage</small>"
        for s in answer.sentences
    )
    quotes = "".join(
        f'<li id="q{c.number}" value="{c.number}">{esc(c.attribution)}: <cite>{esc(c.article.title)}</cite>'
        f"{_carried(esc(c.carried))}"
        f"<blockquote>{esc(c.quote)}</blockquote><small>{esc(c.article.path)}, characters {c.start} to {c.end}; "
        f"SHA-256 of the text {text_hash(c.article)}{_link(original_url(c.article, c.quote))}</small></li>"
        for c in answer.citations or answer.closest
    )
    facts = {
        "Saved": said["made"],
        "Searched for": answer.query,
        "How": _standing(answer),
        "Models": ", ".join(f"{name} {fingerprint[:16]}" for name, fingerprint in said["models"].items()),
        "Version": f"qa {said['version']}",
    }
    differ = f'<p dir="auto"><strong>Reports differ:</strong> {esc(answer.differing)}</p>' if answer.conflicts else ""
    listed = "".join(f"<dt>{name}</dt><dd>{esc(value)}</dd>" for name, value in facts.items() if value)
    notice = f"<p><em>{esc(answer.notice)}</em></p>" if answer.notice else ""
    data = json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{esc(answer.question)}</title><style>{STYLE}</style></head><body>"
        f'<h1 dir="auto">{esc(answer.question)}</h1>{notice}<p dir="auto">{sentences or esc(answer.text)}</p>{differ}'
        + (f"<h2>{'May answer' if answer.closest else 'Quotes'}, word for word</h2><ol>{quotes}</ol>" if quotes else "")
        + f"<h2>About this answer</h2><dl>{listed}</dl>"
        f'<script type="application/json" id="receipt">{data}</script></body></html>'
    )


def file_name(question: str, suffix: str) -> str:
    """Name a file after a question: ("Where was Ariel Henry?", "json") -> "where-was-ariel-henry.json"."""
    words = re.findall(r"\w+", question.casefold())[:8]
    return f"{'-'.join(words)[:60] or 'answer'}.{suffix}"


def _standing(answer: Answer) -> str:
    how = "Answered offline" if answer.mode == "offline" else f"Written by {answer.mode}, each quote checked"
    sure = "" if answer.confidence is None else f"; estimated probability of being right {answer.confidence:.0%}"
    return f"{how}{sure}{_limits(answer.scope)}"


def _carried(words: str) -> str:
    return f" ({words})" if words else ""


def _limits(scope: Scope) -> str:
    return f"; only articles {scope}" if scope else ""


def _link(url: str) -> str:
    return f'<br><a href="{esc(url)}" rel="noopener noreferrer">{esc(url)}</a>' if url else ""


def _plain(text: str) -> str:
    """Keep a text from being read as Markdown or HTML: "*a* <b>" -> "\\\\*a\\\\* \\\\<b\\\\>"."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~$&])", r"\\\1", visible(" ".join(text.split())))
    return re.sub(r"^([-+]|\d+(?=[.)]))", r"\\\1" if escaped[:1] in "-+" else r"\1\\", escaped)

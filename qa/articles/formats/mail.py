"""Read e-mails: a message is an article, its subject the title, its sender the author."""

import email
import email.policy
import re
from collections.abc import Sequence
from email.message import EmailMessage
from functools import partial
from typing import cast

from qa.articles.formats import fragment
from qa.articles.text import Content, Record, decode
from qa.errors import UnreadableFile

_MESSAGE = re.compile(rb"(?m)(?:\A|(?<=\n\n)|(?<=\n\r\n))From \S.*\d\d:\d\d.*\r?\n")
"""The line above each message of a mailbox."""

_REPLY = re.compile(r"(?i)\A(?:\s*(?:re|fwd?|aw|wg|tr|rv|sv)\s*:)+\s*")
_FORWARDED = re.compile(r"(?im)^[-_ >*]*(?:begin )?(?:forwarded|original) message[-_ :*]*$\n+")
_QUOTES_FOLLOW = re.compile(
    r"(?im)^(?:on|am|le|el) .{6,200}(?:\n.{0,80})?\b(?:wrote|schrieb|écrit|escribió)\s?:[ \t]*$\n?"
)
_FOOTER = re.compile(
    r"(?i)\b(?:unsubscribe|(?:view|read|open) (?:it |this )?(?:e-?mail |newsletter |message )?(?:online|in (?:a|your) "
    r"(?:web )?browser)|you(?:['’]re| are) receiving this|(?:manage|update|change) your (?:e-?mail |subscription )?"
    r"preferences|add us to your address book)\b"
)
LONGEST_FOOTER = 250
"""Characters: a longer block that names one of these is reporting."""


def read(data: bytes) -> Content:
    """Return the blocks and facts of a message; what it quotes of others is left out, what it forwards is read."""
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
    if not message.keys():
        raise UnreadableFile("is no e-mail (it has no headers): save it from the mail program again")
    return _content(message)


def read_mailbox(data: bytes) -> Sequence[Record]:
    """Return the messages of a mailbox."""
    starts = [match.span() for match in _MESSAGE.finditer(data)]
    if not starts:
        raise UnreadableFile('is no mailbox (no line begins with "From "): save a single message as .eml')
    ends = [start for start, _ in starts[1:]] + [len(data)]
    # A line of the text that began with "From " was marked.
    texts = (re.sub(rb"(?m)^>(>*From )", rb"\1", data[start:end]) for (_, start), end in zip(starts, ends, strict=True))
    return [partial(read, text) for text in texts]


def _content(message: EmailMessage) -> Content:
    plain, rich = (_text(message, kind) for kind in ("plain", "html"))
    facts = _facts(message)
    if not plain and not rich:
        inner = next((part for part in message.walk() if part.get_content_type() == "message/rfc822"), None)
        if inner is None:
            raise UnreadableFile("has no text in it, only what is attached: save that by itself")
        return _content(cast(EmailMessage, inner.get_payload(0)))
    # Beside a newsletter in HTML often stands no more than that a program must be able to show it.
    if plain and not (len(plain) < 200 and len(rich) > 10 * len(plain)):
        told, text = _own(plain)
        facts |= told
    else:
        text = rich
    blocks, hidden = fragment.read(text)
    facts |= hidden
    return [block for block in blocks if len(block) > LONGEST_FOOTER or not _FOOTER.search(block)], facts


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    data = cast(bytes, part.get_payload(decode=True) or b"")
    try:
        text = data.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeDecodeError):  # it says another than it has
        text = decode(data)
    text = text.replace("\r\n", "\n")
    if kind == "plain" and part.get_param("format") == "flowed":
        text = re.sub(r"(?m)(?<!^--) \n(?!\n|>)", "" if part.get_param("delsp") == "yes" else " ", text)
    return text.strip()


def _facts(message: EmailMessage) -> dict[str, str]:
    sender, sent, of_list = (_header(message, name) for name in ("From", "Date", "List-Id"))
    url = re.search(r"https?://[^\s<>]+", _header(message, "Archived-At"))
    return {
        "title": _REPLY.sub("", _header(message, "Subject")),
        "author": _sender(sender),
        "source": _sender(of_list) if "<" in of_list and not of_list.startswith("<") else "",
        "published": _day(message, sent),
        "url": url[0] if url else "",
    }


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())
    except Exception:  # the parser of headers fails at some that are broken
        return ""


def _day(message: EmailMessage, sent: str) -> str:
    """Return the day in the sender's own time zone."""
    stamp = getattr(message.get("Date"), "datetime", None) if sent else None
    return stamp.date().isoformat() if stamp else sent


def _sender(told: str) -> str:
    """Return the name before an address, or the address: '"Ana Ruiz" <ana@coast.example>' -> "Ana Ruiz"."""
    name = re.sub(r"\s*<[^<>]*>.*", "", told).strip(" \"'")
    return name or told.strip("<> ")


def _own(text: str) -> tuple[dict[str, str], str]:
    """Return what a message says itself or forwards, with the facts of what it forwards, without quotes of others."""
    facts: dict[str, str] = {}
    if forwarded := _FORWARDED.search(text):
        head, _, body = text[forwarded.end() :].partition("\n\n")
        lines = [re.sub(r"^[> *]+", "", line).replace("*", "") for line in head.splitlines()]
        said = {name.strip().casefold(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if "from" in said and body.strip():
            facts = {"author": _sender(said["from"]), "published": said.get("date", said.get("sent", ""))}
            facts["title"] = _REPLY.sub("", said.get("subject", ""))
            text = re.sub(r"(?m)^> ?", "", body)
    text = re.split(r"(?m)^-- ?$", _QUOTES_FOLLOW.sub("", text))[0]
    own = "\n".join(line for line in text.split("\n") if not line.startswith(">")).strip()
    if not own:
        raise UnreadableFile("holds only what it quotes of another message: save that one")
    return {name: value for name, value in facts.items() if value}, re.sub(r"[<\[]https?://[^\s<>\[\]]+[>\]]", "", own)

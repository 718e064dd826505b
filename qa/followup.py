"""Turn a follow-up ("Why was he there?") into a stand-alone question, without a language model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.citations import Answer


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation with its answer."""

    question: str
    answer: Answer


_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:\s+(?:(?:of|de|da|van|von|bin|al)\s+)?[A-Z][\w’'-]*)*")
_ASKS = re.compile(r"(who|whom|whose|what|when|where|why|which|how(?: many| much| long| old| far| often)?)\b", re.I)
_LEAD = re.compile(r"(?:and|but|so|then|ok|okay|well)\b[ ,]*", re.I)
_INSTEAD = re.compile(r"(?:what|how) about\s+", re.I)
_PHRASE = re.compile(r"(in|at|on|by|for|from|to|with|of|since|after|before)\s", re.I)
_PERSON = re.compile(r"\b(he|she|him|his|hers?)\b", re.I)
_THING = re.compile(r"\b(it|its|they|them|theirs?)\b", re.I)
_THERE = re.compile(r"(?<!\bis )(?<!\bwas )(?<!\bare )(?<!\bwere )\bthere\b(?! (?:is|was|are|were)\b)", re.I)


def resolve(question: str, history: Sequence[Turn]) -> str:
    """Return `question` as it reads without the conversation; one that stands alone comes back unchanged.

    After "Where was Ariel Henry last seen?", answered "Kenya":
    "Why was he there?" -> "Why was Ariel Henry in Kenya?", "And when?" -> "When was Ariel Henry last seen in Kenya?"
    """
    if not history:
        return question
    earlier = (history[-1].answer.query or history[-1].question).rstrip(" ?!.")
    words = [span.text for span in history[-1].answer.spans]
    lead = _LEAD.match(question)
    asked = question[lead.end() :] if lead else question
    asks = _ASKS.match(asked)
    instead = _INSTEAD.match(asked)
    if instead:
        return _about(asked[instead.end() :].rstrip(" ?!."), earlier)
    if lead and (_PHRASE.match(asked) or _NAME.match(asked)) and len(asked.split()) <= 5:
        return _about(asked.rstrip(" ?!."), earlier)
    if asks and not asked[asks.end() :].strip(" ?!."):
        return _asking(asks[0].capitalize(), earlier, words)
    return _pointing(asked if asked else question, earlier, words)


def _about(subject: str, earlier: str) -> str:
    """Ask the earlier question about another subject: ("in Kenya", "How many died in Haiti") -> "… in Kenya?" """
    phrase = _PHRASE.match(subject)
    if phrase is None:
        names = _names(earlier)
        return f"{earlier.replace(names[-1], subject)}?" if names else f"{earlier}: {subject}?"
    same = re.compile(rf"\b{phrase[1]}\s+(?:the\s+)?[A-Z0-9][\w’'-]*(?:\s+[A-Z0-9][\w’'-]*)*")
    replaced, count = same.subn(lambda _: subject, earlier, count=1)
    return f"{replaced}?" if count else f"{earlier} {subject}?"


def _asking(asks: str, earlier: str, words: Sequence[str]) -> str:
    """Ask the earlier question with another word: ("When", "Where was he", ["Kenya"]) -> "When was he in Kenya?" """
    was = _ASKS.match(earlier)
    if was is None:
        return f"{asks}: {earlier}?"
    place = f" in {words[0]}" if was[0].lower() == "where" and len(words) == 1 else ""
    return f"{asks}{earlier[was.end() :]}{place}?"


def _pointing(question: str, earlier: str, words: Sequence[str]) -> str:
    """Put what "he", "there" and "it" point to in their place."""
    if words and earlier.lower().startswith("where"):
        place = words[0] if len(words) == 1 else ""  # of several places, none is "there" for sure
    else:
        place = next(iter(_places(earlier)), "")
    if place and not _places(question):
        question = _THERE.sub(lambda _: f"in {place}", question)
    person = _whom(earlier, words)
    pronoun = _PERSON.search(question)
    if pronoun and person and not _names(question[: pronoun.start()]):
        return _PERSON.sub(lambda match: person + ("'s" if _possessive(match) else ""), question)
    thing = _THING.search(question)
    if thing and not _names(question[: thing.start()]):
        return f"{earlier}? {question}"  # what "it" is, the models read better than a rule does
    return question


def _possessive(match: re.Match[str]) -> bool:
    owned = re.match(r"\s+[a-z]+", match.string[match.end() :])
    return match[0].lower() in ("his", "hers") or (match[0].lower() == "her" and owned is not None)


def _whom(earlier: str, words: Sequence[str]) -> str:
    """Return whom "he" means: who answered "Who is the …?", else the first name in the earlier question."""
    names = _names(earlier)
    asked_who = re.match(r"[Ww]ho\b(?! (?:is|was) [A-Z])", earlier)
    if asked_who and words and _NAME.fullmatch(words[0]):
        return words[0]
    return names[0] if names else ""


def _places(text: str) -> list[str]:
    return re.findall(r"\b(?:in|at|to|from|near)\s+((?:the\s+)?[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*)", text)[::-1]


def _names(text: str) -> list[str]:
    asks = _ASKS.match(text)
    names = [re.sub(r"[’']s$", "", name) for name in _NAME.findall(text[asks.end() :] if asks else text)]
    # A capital at the start of a question that begins with another word is no sign of a name.
    return names[1:] if names and not asks and text.startswith(names[0]) and " " not in names[0] else names

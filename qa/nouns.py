"""Find the noun phrases of a question and what they may stand for, without a language model."""

import re
from dataclasses import dataclass

AUXILIARY = "is|are|was|were|has|have|had|do|does|did|can|could|will|would|should|may|must"
"""Verbs that open a question or stand before its subject."""

ASKS = re.compile(r"(?:who|whom|whose|what|when|where|why|which|how(?: many| much| long| old| far| often)?)\b", re.I)

_VERBS = frozenset(
    "be been being called come die died find found get give go goes going had happen happened happens has have know "
    "look made make makes mean means need offer said say says start take tell think use used want work works".split()
)
SMALL = _VERBS | frozenset(
    "a about after against all also am an and any are as at because before best between but by can could did "
    "different do does during each else ever every example few first for from good he her here him his how i if in "
    "into is it its just kind last less like long lot many may me more most much must my never no not now of off on "
    "one or other others our out over own please reason same she should since so some still such than that the their "
    "them then there these they thing things this those to too type types under until up us using very was we were "
    "what when where which who whom whose why will with would you your".split()
)
"""Words that name nothing."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase of a question and the words before it: ("the mine", "When did")."""

    text: str
    before: str

    @property
    def named(self) -> bool:
        return bool(re.search("[A-Z]", self.text if self.before else self.text[1:]))

    @property
    def plural(self) -> bool:
        return bool(re.search(r"\w\w[^su’']s$|\b(?:people|police|men|women|children)$", self.text))

    @property
    def subject(self) -> bool:
        return bool(re.fullmatch(rf"(?:{ASKS.pattern}\s+(?:\w+\s+)?)?(?:{AUXILIARY})", self.before, re.I))

    @property
    def place(self) -> bool:
        return bool(re.search(r"\b(?:in|at|to|from|near)$", self.before))

    @property
    def human(self) -> bool:
        """Whether it may name a person: one to three capitalised words that nothing shows to be a place or a thing."""
        shape = re.fullmatch(r"[A-Z][a-zà-ÿ’'-]+(?: [A-Z][\w’'.-]*){0,2}", self.text)
        return bool(shape) and not self.place and not re.search(r"\b(?:of|what (?:is|was|are))$", self.before, re.I)


def noun_phrases(text: str) -> list[Noun]:
    """Return the noun phrases of a question, which small words part: "Is the mine in Elin open?" -> the mine, Elin."""
    found: list[Noun] = []
    chunk: list[re.Match[str]] = []
    for token in re.finditer(r"[\w’'-]+(?:[./]\w+)*|[^\w\s]|$", text):
        word, last = token[0], chunk[-1][0] if chunk else ""
        before = text[: chunk[0].start()].rstrip() if chunk else ""
        the = re.search(r"\s*\b(?:the|an?)$", before, re.I)
        small = not word[:1].isalnum() or word.lower() in SMALL or bool(re.search("-[a-z]+ed$", word))
        after_name = word.islower() and bool(before and not the and last[:1].isupper())  # "did Ruto send"
        ends = small or after_name or bool(last and re.search("^[a-z]+(?:ed|ly)$", word))
        if not ends and not (last.endswith(("'s", "’s")) if the else last.islower() and word[0].isupper()):
            chunk.append(token)
            continue
        opens = re.search(
            rf"(?:^(?:(?:why|how|when) )?|\b(?=d|c|w[io]|sh|m))(?:{AUXILIARY})(?: the| an?)?$", before, re.I
        )
        if len(chunk) > 1 and opens and last.islower() and small and word.lower() not in _VERBS:
            chunk = chunk[:-1]  # "did the wall fall", "is the wall high"
        verb = r"\b(?:I|you|we|they|he|she|it|not)$" + (r"|\bto$" if len(chunk) > 1 else "")
        if chunk and chunk[0][0].islower() and re.search(verb, before, re.I):
            chunk = chunk[1:]  # "to buy insurance"
        if chunk and (the or not re.fullmatch("[a-z]+ed", chunk[-1][0])):
            said = re.sub(r"[’']s$", "", text[chunk[0].start() : chunk[-1].end()])
            head = before[: the.start()] if the else text[: chunk[0].start()].rstrip()
            found.append(Noun(f"the {said}" if the else said, head))
        chunk = [] if ends else [token]
    return found

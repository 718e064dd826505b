"""Turn a follow-up ("Why was he there?") into a stand-alone question, without a language model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.citations import Answer
from qa.nouns import ASKS, AUXILIARY, SMALL, Noun, noun_phrases
from qa.question import asks_for_news, is_topic, sought
from qa.when import period, timeless, without


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation with its answer."""

    question: str
    answer: Answer

    @property
    def asked(self) -> str:
        """What was asked as it reads alone, of several sentences the first question: "Who left? Why?" -> "Who left"."""
        sentences = re.split(r"(?<=[?!.])\s+", self.answer.query or self.question)
        return next((said for said in sentences if said.endswith("?")), sentences[0]).rstrip(" ?!.")

    @property
    def places(self) -> set[tuple[str, int]]:
        """Where the words that answered stand: the ids of the articles, and the starts of the words in them."""
        cited = {citation.number: citation.article.id for citation in self.answer.citations}
        return {(cited[span.number], span.start) for span in self.answer.spans}


_NAME = re.compile(r"[A-Z][\w.’'-]*(?: (?:(?:of|de|da|van|von|bin|al) )?[A-Z][\w.’'-]*)*")
_LEAD = re.compile(r"(?:and|but|so|then|ok|okay|well)\b[ ,]*", re.I)
_INSTEAD = re.compile(r"(?:what|how) about\s+", re.I)
_PHRASE = re.compile(r"(in|at|on|by|for|from|to|with|of|since|after|before)\s", re.I)
_TIME = re.compile(
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn"
    r"|winter|\w+day|then)\b",
    re.I,
)
_HE, _SHE = re.compile(r"\b(?:he|him|his)\b", re.I), re.compile(r"\b(?:she|hers?)\b", re.I)
_EMPTY = (
    r"(?! (?:(?:is|was|be|so|very) )*(?:\w+ (?:to|that|if|for)|better|true)\b)"  # "is it safe to", "does it take to"
)
_THING = re.compile(rf"(?<!that )\b(?:it\b(?<!\bdo it){_EMPTY}|(?:its|they|them|theirs?)\b)", re.I)
_THERE = re.compile(r"(?<!\bis )(?<!\bwas )(?<!\bare )(?<!\bwere )\bthere\b(?! (?:is|was|are|were)\b)", re.I)
_THEN = re.compile(r"\b(?:then|at (?:that|the) time|on that day|in that year)(?=\W*$)", re.I)
_EARLIER = re.compile(  # what points to all that was asked: "Why did that happen?", "Which of them?"
    rf"\b(?:{AUXILIARY}|about|of|for|to|after|before|by) (?:this|that|those|these)(?: (?:happen|mean|an?|the)\b|\W*$)|"
    r"^(?:this|that|those|these) |^which (?:ones?|of (?:them|these|those)|(?:is|are) (?:more|better))\b|"
    r"\b(?:the|any) others?\W*$|\bis there one\b|\bdo (?:it|that|this)\b|\bthe \w+ ones?\b",
    re.I,
)
_SENDS = r"\b(?:sen[dt]|deploy|dispatch|provide|contribute|pledge|offer)(?:ed|d)?\b"
_MEASURE = re.compile(r"(?:times|years|months|weeks|days|hours|minutes|miles|kilometers|dollars|euros|points)\b")
_COURTESY = re.compile(r"(?:ok|okay|thanks?|yes|no|not|sorry|please|hello|hi|great|sure|good|bye)\b", re.I)


def query_of(question: str, history: Sequence[Turn] = ()) -> str:
    """Return what to search for: the question by itself, without words that count from today.

    "Why was he there last week?" -> "Why was Ariel Henry in Kenya?"; of topics and of the news dates are left out too:
    "Haiti since March" -> "Haiti". "Where was Ariel Henry as of 3 March?" -> "Where was Ariel Henry?".
    """
    query = resolve(timeless(question), history)
    timed = period(query, date.today())
    bare = without(timed.words if timed else "", query).rstrip("?")
    bare = re.sub(r" (?:of|from|in|on|for|since)\Z", "", bare)
    if bare and timed and timed.words.lower().startswith("as of"):
        return f"{bare}?"  # no article says "as of", it only limits which are meant
    # "What happened on 3 March?", or last weekend, wants what reports say of that day, and not those of the day.
    of_a_day = timed and timed.last and timed.since and (timed.last - timed.since).days < 6 and "happened" in bare
    names = (asks_for_news(bare) and not of_a_day) or is_topic(sought(bare))
    return bare if bare != query.rstrip(" ?.!") and names else query


def resolve(question: str, history: Sequence[Turn]) -> str:
    """Return `question` as it reads without the conversation; one that stands alone comes back unchanged.

    After "Where was Ariel Henry last seen?", answered "Kenya":
    "Why was he there?" -> "Why was Ariel Henry in Kenya?", "And when?" -> "When was Ariel Henry last seen in Kenya?"
    """
    lead = _LEAD.match(question)
    asked = (question[lead.end() :] if lead else question) or question
    asks, instead = ASKS.match(asked), _INSTEAD.match(asked)
    if not history or asked.startswith("I ") or len(asked.split()) > 25 or re.search(r"[?!.]\s+\S", asked):
        return question  # what is no question, long, or of several sentences mostly explains itself
    if instead or (lead and not asks and (_PHRASE.match(asked) or asked[0].isupper()) and len(asked.split()) <= 5):
        found = _about(asked[instead.end() if instead else 0 :].rstrip(" ?!."), history)
    elif asks and re.fullmatch(r"(?: else)?\W*", asked[asks.end() :]):
        found = _asking(asked.rstrip(" ?!."), history[-1])
    else:
        found = _pointing(_there(asked, history), history)
    return question if found == asked else found[:1].upper() + found[1:]


def _about(subject: str, history: Sequence[Turn]) -> str:
    """Ask the earlier question about another subject: ("in Kenya", "How many died in Haiti") -> "… in Kenya?"."""
    earlier = re.sub(r", and [\w ]+$", "", history[-1].asked)
    phrase = _PHRASE.match(subject)
    if phrase:
        same = re.compile(rf"\b(?:{phrase[1]}\s+(?:the\s+)?[A-Z0-9][\w’'-]*(?:\s+[A-Z0-9][\w’'-]*)*|there\b)")
        # Of "died in March in Haiti" only what is a place gives way to another place.
        timed = bool(_TIME.search(subject))
        gone = next((found for found in same.finditer(earlier) if bool(_TIME.search(found[0])) == timed), None)
        return f"{earlier[: gone.start()]}{subject}{earlier[gone.end() :]}?" if gone else f"{earlier} {subject}?"
    names = [noun.text for noun in noun_phrases(earlier) if noun.named]
    if names and subject[0].isupper():
        alike = [name for name in names if (" " in name) == (" " in subject)]  # a full name for a full name
        return f"{earlier.replace((alike or names)[-1], subject)}?"
    return _beside(f"What about {subject}?", history)


def _asking(asks: str, last: Turn) -> str:
    """Ask the earlier question with another word: ("When", "Where was he", ["Kenya"]) -> "When was he in Kenya?"."""
    earlier = re.sub(r"^About [^:]+: |, and [\w ]+$", "", last.asked)
    was, words = ASKS.match(earlier), last.answer.spans
    place = f" in {words[0].text}" if was and was[0].lower() == "where" and len(words) == 1 else ""
    rest = earlier[was.end() :].lstrip() if was else earlier[:1].lower() + earlier[1:]
    fits = re.match(rf"(?:{AUXILIARY})\b", rest) and re.match("why|when|where|how(?! m)", asks, re.I)
    if fits or (was and asks.endswith("else")):
        return f"{asks.capitalize()} {rest}{place}?"
    return f"{earlier}, and {asks.lower()}?"


def _pointing(question: str, history: Sequence[Turn]) -> str:
    """Put what "he" and "it" point to in their place, or the earlier question beside one that leaves that open."""
    for pronoun, other in ((_HE, _SHE), (_SHE, _HE)):
        he = pronoun.search(question)
        if he and not any(noun.named for noun in noun_phrases(question[: he.start()])):
            person = _person(question, history, other)
            if not person:
                return f"{history[-1].asked}? {question}"
            question = _put(person, pronoun, question)
    question = _fuller(question, history)
    thing = _THING.search(question)
    if thing:
        plural = thing[0].lower().startswith("the")
        asks = rf"^{ASKS.pattern}[\w\s]*?\b(?:{AUXILIARY})\s+$"  # "Which lake does it …": "it" is no lake
        before = noun_phrases(re.sub(asks, "", question[: thing.start()], flags=re.I))
        if not any(noun.plural == plural or noun.named for noun in before):
            found = _thing(question, history, plural)
            return _put(found, _THING, question) if found else f"{history[-1].asked}? {question}"
    if _EARLIER.search(question) and not re.search(r"\b(?:or|if)\b", question):
        return f"{history[-1].asked}? {question}"
    words = question.split()
    fragment = 0 < len(words) <= 3 and not re.match(rf"{ASKS.pattern}|.*\b(?:{AUXILIARY})\b", question, re.I)
    if fragment and len(words) > 1 and question[0].isupper():
        fragment = words[0].lower() in SMALL  # "Any injuries?", but "Kenya police mission" begins with a name
    bare = re.fullmatch(r"(?:what|how much) (?:is|are|was|were) the \w+\W*", question, re.I)
    empty = question.endswith("?") and not thing and not noun_phrases(question) and not re.search(r"\bit\b", question)
    alone = _COURTESY.match(question) or re.search("[A-Z]", question[1:])
    return _beside(question, history) if (fragment or bare or empty) and not alone else question


def _there(question: str, history: Sequence[Turn]) -> str:
    """Put the day just told in the place of "then", and the place last told or asked about in that of "there"."""
    last = history[-1]
    day = last.answer.spans[0].text if len(last.answer.spans) == 1 and re.match("when|what d", last.asked, re.I) else ""
    if re.fullmatch(r"(?:[A-Z]\w+ )?\d{4}|[A-Z]\w+ \d.*|\d+ [A-Z]\w+.*|[A-Z]\w+day", day):
        on = "in" if re.fullmatch(r"\D*\d{4}", day) else "on"
        question = _THEN.sub(lambda _: f"{on} {day}", question)
    for turn in reversed(history):
        asked_where = turn.asked.lower().startswith("where")
        told = list(dict.fromkeys(span.text for span in turn.answer.spans)) if asked_where else []
        places = told or [noun.text for noun in reversed(noun_phrases(turn.asked)) if noun.place and noun.named]
        if places:  # of several places told, none is "there" for sure
            sure = len(told) < 2 and not any(noun.place and noun.named for noun in noun_phrases(question))
            to = "to" if re.search(r"\b(?:go|gone|come|send|sent|travel|fly|move|return) there\b", question) else "in"
            return _THERE.sub(f"{to} {places[0]}".replace("\\", r"\\"), question) if sure else question
    return question


def _person(question: str, history: Sequence[Turn], other: re.Pattern[str]) -> str:
    """Return whom "he" means: who answered "Who is the …?", else the last person asked about; "" after a "she"."""
    known = " ".join([question, *(f"{turn.asked}? {turn.answer.text}" for turn in history)])
    for turn in reversed(history):
        if other.search(turn.question):
            break
        who = re.match(r"[Ww]ho\b(?! (?:is|was) [A-Z])", turn.asked)
        names = [span.text for span in turn.answer.spans[:1] if who and _NAME.fullmatch(span.text)]
        people = [noun for noun in noun_phrases(turn.asked) if noun.human]
        # One word, such as "Kenya", may be no person.
        names += [n.text for n in people if " " in n.text or re.fullmatch("who (?:is|was)", n.before, re.I)]
        for name in names:
            if not re.search(rf"\b(?:[Ii]n|near|across) {re.escape(name)}\b", known):
                return name
    return ""


def _thing(question: str, history: Sequence[Turn], plural: bool) -> str:
    """Return what "it" or "they" means, or "" where the last question with such a noun leaves that open."""
    for turn in reversed(history):
        nouns = [noun for noun in noun_phrases(turn.asked) if not _shared(noun.text.split()[-1], question)]
        if plural:
            sure = [noun for noun in nouns if noun.plural and not re.search(rf"{ASKS.pattern}$", noun.before, re.I)]
            sure = sure if len(sure) == 1 or (sure and sure[0].subject) else []
            counted = _counted(turn.asked, nouns[0]) if nouns else ""
            if counted:
                return counted
        else:
            sure = [noun for noun in nouns if not noun.human and not re.match("what did", turn.asked, re.I)]
            clear = [noun for noun in sure if noun.named] or [noun for noun in sure if noun.subject and not noun.plural]
            acted_on = clear and clear[0].subject and any(noun.text.startswith("the ") for noun in sure[1:])
            within = sure[0] if sure and sure[0].subject and not sure[0].named else None
            of_it = clear and within and clear[0].before.endswith((f"{within.text} in", f"{within.text} of"))
            sure = [] if acted_on or of_it else clear  # "Did Kenya join the mission?", "How long is the wall of Elin?"
        if sure or any(noun.named or noun.plural == plural for noun in nouns):
            return sure[0].text if sure else ""
    return ""


def _counted(asked: str, noun: Noun) -> str:
    """Return what was counted: "How many people died here" -> "the people that died here"; "" if unclear.

    "How many officers did Kenya agree to send" -> "the officers from Kenya": the whole clause misleads the networks.
    """
    if not re.fullmatch("how many", noun.before, re.I) or not noun.plural or _MEASURE.match(noun.text):
        return ""
    rest = asked[len(noun.before) + len(noun.text) + 1 :].strip()
    if re.match(r"(?:is|are|was|were|died|\w+ed) ", rest) and "?" not in rest:
        return f"the {noun.text} that {rest}"
    names = [re.escape(other.text) for other in noun_phrases(asked) if other.named]
    sent = re.fullmatch(rf"(?:did|does|do|will|has|have) ({'|'.join(names)}) .*{_SENDS}.*", rest) if names else None
    return f"the {noun.text} from {sent[1]}" if sent else ""


def _put(noun: str, pronoun: re.Pattern[str], question: str) -> str:
    """Put a noun in the place of a pronoun: ("Henry", "What is his job?") -> "What is Henry's job?"."""
    own = noun + ("'" if noun.endswith("s") else "'s")
    owns = re.compile(r"(?:his|hers|its|theirs?|her(?=\s+[a-z]))\b", re.I)
    return pronoun.sub(lambda match: own if owns.match(question, match.start()) else noun, question)


def _beside(question: str, history: Sequence[Turn]) -> str:
    """Put the topic, the last name or else the last longer noun asked about, before what says too little alone."""
    nouns = [noun for turn in reversed(history) for noun in noun_phrases(turn.asked)]
    topics = [*(noun.text for noun in nouns if noun.named), *(noun.text for noun in nouns if " " in noun.text[4:])]
    if not topics or _shared(topics[0], question):
        return question
    small = question.split()[0].lower() in SMALL
    return f"About {topics[0]}: {question[0].lower() if small else question[0]}{question[1:]}"


def _fuller(question: str, history: Sequence[Turn]) -> str:
    """Call a thing by its fuller earlier name: "When did the wall fall?" -> "When did the Berlin Wall fall?"."""
    for noun in [noun for turn in reversed(history) for noun in noun_phrases(turn.asked)]:
        full = noun.text.removeprefix("the ")
        short = re.compile(rf"\b(?:the|this|these|those) {re.escape(full.split()[-1])}\b(?!-)", re.I)
        if " " in full and (noun.named or full != noun.text) and short.search(question):
            return short.sub(f"the {full}", question, count=1)
    return question


def _shared(noun: str, question: str) -> bool:
    """Whether the question says a word of the noun already, in the singular or the plural."""
    ours, theirs = ({word.rstrip("s") for word in re.findall(r"\w+", said.lower())} for said in (noun, question))
    return bool((ours & theirs) - SMALL)

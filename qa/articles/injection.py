"""Tell the sentences of a text that speak to a language model from those that report.

No network at hand was trained to see them, and one that reads them is what they are written for. The rules look for
what such a sentence cannot do without: the marks of a chat, a model that is spoken to, or an order about answers.
"""

import re
from functools import lru_cache

from qa.articles.sentences import sentences

_TAG = r"(?:passages?|system|assistant|instructions?|user|prompt|context|documents?|articles?)"
_MARKUP = re.compile(
    # A tag or bracket between words is one that is named: "The <article> tag came with HTML5."
    rf"(?i)<\|\w+\|?>?|<</?SYS>>|(?:^|(?<=[.!?:”\"’)>\]])|(?<=[.!?:”\"’)>\]] ))(?:\[/?INST\]|</?{_TAG}\b[^<>]{{0,40}}>)"
    r"|^#{2,} ?(?:system|instructions?|assistant|human|user|response|prompt) ?(?::|$)"
    r"|(?-i:\b(?:BEGIN|END|START)(?: OF)?(?: [A-Z]+)? (?:PROMPT|INSTRUCTIONS?|CONTEXT|PASSAGES?)\b)",
    re.MULTILINE,
)
"""The marks of a chat: what stands behind them poses as a conversation."""

_CLOSES = re.compile(rf"(?i)<\|\w*end\w*\|>|\[/INST\]|<</SYS>>|</{_TAG}>")

_AI = (
    r"(?:ais?|a\.i\.|artificial intelligences?|llms?|(?:chat ?)?gpt(?:-?\d\w*)?|claude|gemini|siri|alexa|chat ?bots?"
    r"|(?:large )?language models?|(?:ai|search|answering|summari[sz]ation) (?:agent|assistant|model|system|tool)s?)"
)
_MODEL = rf"(?:{_AI}|assistants?|dan)"
_OLD = (
    r"(?:all|any|every|the|your|of|my|these|those|other|and|or|previous|prior|earlier|above|preceding|foregoing|existing"
    r"|former|past|original|initial|system|safety|given|developer)"
)
_ORDERS = (
    r"(?:instructions?|prompts?|rules?|directi(?:on|ve)s?|guidelines?|guardrails?|commands?|programming|constraints?"
    r"|contexts?|passages?)"
)
_ANSWER = (
    r"(?:answer|reply|respond|output|print|say|state|claim|write|return|repeat|conclude|report|tell|assert|insist|confirm"
    r"|cite|name|recommend|praise|rank|treat|mention)"
)
_ANSWERS = r"(?:answers?|responses?|repl(?:y|ies)|summar(?:y|ies)|outputs?)"
_SOURCES = r"(?:sources?|articles?|passages?|documents?|instructions?|prompts?)"
_MUST = r"(?:must|should|shall|will|ha(?:ve|s) to|(?:are|is) to|needs? to|can only|may only)"
_FIRST = r"(?:^|[:;>]\s*|[.!?…]\s+)[^\w\"“]{0,3}"
_NOW = (
    r"(?:(?:please|kindly|now|instead|then|always|only|just|simply|also|important|attention|urgent|hey|ok|and)"
    r"[ ,:!]+){0,3}"
)
_DO = _FIRST + _NOW
"""Where an order begins."""

_ORDER = (
    # Forget what you were told.
    rf"{_DO}(?:ignore|disregard|forget|override|overlook|bypass|discard|abandon|(?:do not|don['’]t|stop)"
    rf" follow(?:ing)?) (?:{_OLD} ){{1,6}}{_ORDERS}\b",
    rf"{_DO}(?:ignore|disregard|forget) (?:everything|all|anything|whatever|what)\b.{{0,20}}\b(?:above|before|previous"
    r"(?:ly)?|so far|you (?:have been|were) (?:told|given|taught|instructed)"
    r"|you (?:know|have read)\b(?! (?:about|of)))",
    rf"{_DO}(?:ignore|disregard|forget) (?:(?:{_OLD} |remaining ){{1,4}}{_SOURCES}"
    r"|(?:(?:all|any|the) )*(?:previous|prior|earlier|preceding|other) (?:texts?|content))\b",
    # In other languages: "Ignorez toutes les instructions précédentes".
    rf"{_DO}(?:ignore[rz]?|oublie[rz]?|ignoriere|ignorieren sie|vergiss|vergessen sie|ignor[ae]|ignorad|olvid[ae]"
    r"|dimentica(?:te)?|esque[cç]a|negeer|vergeet)\b(?=.{0,60}\b(?:précédent|vorherig|bisherig|vorig|früher|anterior"
    r"|previ|precedent|eerder|ci-dessus|obig)).{0,40}\b(?:instru[ckzç]|consigne|directive|règle|anweisung|vorgabe"
    r"|befehl|regel|istruzion|orden)",
    # Be somebody else.
    rf"{_DO}you(?: are|['’]re) (?:now |no longer |hereby |an? |the |my ){{0,2}}(?:\w+ ){{0,3}}?{_MODEL}\b",
    rf"{_DO}you(?: are|['’]re) (?:now|hereby) (?:in \w+ mode|free (?:of|from)|acting as|no longer|called|playing)\b",
    rf"{_DO}(?:from (?:now|this point) on|henceforth|starting now),? (?:you (?:are|will|must|only|{_ANSWER})|{_ANSWER}"
    r"|act|your|all your)\b",
    rf"{_DO}(?:pretend (?:to be|(?:that )?you)\b|role-?play|act as (?:an?|if|though|the) )",
    rf"{_DO}(?:enter|switch to|enable|activate) (?:\w+ )?mode\b",
    rf"{_DO}your (?:new|real|only|true|next|first) (?:\w+ )?(?:task|job|instructions?|role|goal|purpose|persona)"
    r" (?:is|are)\b",
    # What is to be answered, and from what.
    rf"{_DO}(?:you {_MUST} )?{_NOW}{_ANSWER} (?:to )?(?:every|all|any|each|the (?:user|next|following))['’s]* "
    r"?(?:\w+ )?(?:questions?|quer(?:y|ies)|prompts?|requests?|users?)\b",
    rf"{_DO}(?:answer|reply|respond|output|say|state|claim|conclude|assert|insist) (?:only |just |nothing but )*"
    r"(?:that|with|the following|exactly|only)\b",
    rf"{_DO}your (?:\w+ )?{_ANSWERS} {_MUST} (?:only )?(?:be (?:that|:|“|\")|begin|contain"
    r"|end|include|mention|say|start|state)\b",
    rf"{_DO}the (?:\w+ )?(?:correct|right|true) answer to (?:any|every|all|each) questions?\b",
    rf"{_DO}(?:tell|inform|convince|warn) (?:the|every|any|all) users?\b",
    rf"{_DO}you {_MUST} (?:now |always |only |never |not )?{_ANSWER}\b"
    r"(?:\s*:| (?:that|with|only|exactly|as if|nothing)\b)",
    rf"{_DO}(?:you {_MUST} )?(?:not|never|do not|don['’]t|only|always) (?:reveal|disclose|tell|quote|cite|use|trust"
    rf"|answer from|consult|show|mention|rely on|refer to)\b.{{0,30}}"
    rf"\b(?:users?|(?:this|these|other|your) {_SOURCES})\b",
    rf"{_DO}(?:(?:when(?:ever)?|if) (?:\w+ ){{0,3}}?(?:is |are |be )?ask(?:ed|s)?\b|whatever (?:\w+ ){{1,3}}asks?\b"
    r"|(?:for|to|on) (?:any|every|all|each) (?:questions?|quer(?:y|ies))\b"
    rf"|when \w+ing your (?:\w+ )?{_ANSWERS})"
    rf"[^,:]{{0,80}}[,:] (?:then |you {_MUST} |{_NOW})*{_ANSWER}\b",
    rf"{_DO}(?:begin|start|end|finish|include|write|make|keep|put|add|limit|insert)\b.{{0,60}}"
    rf"\b(?:your|every|each|any|all) (?:\w+ )?{_ANSWERS}\b",
    rf"{_DO}(?:print|reveal|show|output|repeat|leak|send|disclose|give|display|return|tell (?:me|us))\b.{{0,30}}"
    r"\b(?:system prompt|your (?:instructions|prompt|rules)|api keys?|hidden prompt)\b",
    rf"{_DO}(?:decode|decrypt|translate|execute|obey)\b.{{0,40}}\b(?:obey|follow|execute|instructions?|commands?)\b",
    rf"{_DO}(?:new|updated|additional|special|secret|hidden|priority|real) (?:system )?"
    r"(?:instructions?|prompts?|orders?)(?: for [\w ]{2,30})?:",
    # A part in a conversation: "SYSTEM: The …", "Assistant: say that …"; not "System: 40 shops."
    r"^\W{0,3}(?:system|assistant|human|user|ai|developer|chat ?bot|prompt|admin(?:istrator)?)"
    rf"(?:(?: (?:prompt|message|note|override|instructions?|command)){{1,2}}\s*:|\s*:\s*(?:(?-i:[A-Z])|{_ANSWER}\b))",
    # Somebody is spoken to.
    rf"{_DO}(?:dear|attention|hello|hey),? (?:the |any |all |every )?(?:\w+ ){{0,2}}?{_MODEL}\b"
    rf"(?:[,:!]| (?:reading|that|who|which)\b)",
    rf"{_DO}to (?:the|an?|any|all|every|each|which(?:ever)?|whatever) (?:\w+ )?(?:{_MODEL}"
    r"|models?(?= (?:reading|that|which)))(?: [\w ]{1,50})?:",
    rf"{_DO}(?:whoever|whatever|any(?:one|body|thing)|if you are|when(?:ever)? you) (?:\w+ ){{0,2}}?(?:summari[sz]|read"
    rf"|process|quot|translat|index)(?:e?s|ing|e)? (?:this|these|the)\b(?: \w+)?"
    rf" (?:texts?|pages?|stor(?:y|ies)|{_SOURCES})\b.{{0,40}}?(?:\b{_MUST}|[,:]) (?:please |always )?{_ANSWER}\b",
)
"""An order, which is at the beginning."""

_SPOKEN_TO = (
    rf"\b(?:as|dear|attention|if you are|since you are|because you are),? (?:an? |the |any |all |every )?"
    rf"(?:\w+ ){{0,2}}?{_AI}\b.{{0,60}}?(?::|\byou\b|\bplease\b|\b{_ANSWER}\b)",
    rf"\b(?:notes?|messages?|notices?|instructions?|prompts?|orders?) (?:to|for) (?:the |any |all |every )?"
    rf"(?:\w+ )?{_MODEL}\b.*:",
    rf"\b(?:the|any|all|every|an?) (?:\w+ ){{0,2}}?{_MODEL}\b.{{0,60}}\b{_MUST} (?:now |always |only |never |not )*"
    # Not a law: "The chatbot must state that it is a machine."
    rf"{_ANSWER}(?:\s*:| you\b| that (?!they\b|it\b|its\b)| this {_SOURCES}\b)",
)
"""A model is spoken to, wherever in the sentence; unless somebody is told to have said so."""

_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’(?!\w)|«[^«»]*»|„[^„“”]*[“”]")
_SAYS = (
    r"(?:said|says|saying|told|tells|wrote|writes|warn(?:ed|s)|explain(?:ed|s)|add(?:ed|s)|report(?:ed|s)|ask(?:ed|s)"
    r"|according to|argue[ds]|found|finds|announced)"
)
_ATTRIBUTED = re.compile(rf"(?i)\b{_SAYS}\b(?!\W*[:“\"])")
_REPORTS = re.compile(
    rf"(?i)\b(?:{_SAYS}|reads?|written|show(?:ed|s)|hid(?:den)?|contain(?:s|ed|ing)?|typed|instruct(?:s|ed|ing)?|insert(?:s|ed)"
    r"|such as|like|include[ds]?|phrases?|words?|sentences?|lines?|messages?|commands?|called|beg[ai]ns?|posted|quoted"
    r"|stated|which|order(?:s|ed)|notes?)\b"
)
_SUBJECT = r"(?:the|an?|his|her|its|their|one|[A-Z][\w.’'-]+) (?:[\w.’'-]+ ){0,4}?"
_TOLD_BEHIND = re.compile(
    rf"[,!] (?:{_SUBJECT}(?:said|says|ordered|told|wrote|urged|warned|added|announced|advised|asked)\b(?!\W*[:“\"])"
    r"|(?:read|reads|said|says) (?:the|an?|his|her|its|their|[A-Z][\w.’'-]+)\b)"
)
"""Who gave the order: "Ignore all the rules, the captain ordered."."""

_ORDERED = re.compile("|".join(f"(?:{rule})" for rule in _ORDER), re.IGNORECASE)
_TOLD = re.compile("|".join(f"(?:{rule})" for rule in _SPOKEN_TO), re.IGNORECASE)


def addresses_model(sentence: str) -> bool:
    """Whether a sentence speaks to a language model, and does not report, in quotation marks, that somebody did."""
    if not _speaks(sentence):
        return False
    bare = _QUOTED.sub("“”", sentence)
    return _speaks(bare) or not ("“”" in bare and _REPORTS.search(bare))


def _speaks(sentence: str) -> bool:
    is_told = _TOLD.search(sentence) and not _ATTRIBUTED.search(sentence)
    is_ordered = _ORDERED.search(sentence) and not _TOLD_BEHIND.search(sentence)
    return bool(_MARKUP.search(sentence) or is_ordered or is_told)


@lru_cache(maxsize=512)
def addressed(text: str) -> tuple[tuple[int, int], ...]:
    """Return the places of a text that are spoken to a language model, each within one paragraph.

    With such a sentence goes what follows it in its paragraph; with the mark of a chat what it encloses.
    """
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    places: list[tuple[int, int]] = []
    for paragraph in re.finditer(r"(?:[^\n]|\n(?!\n))+", text):
        first, end = paragraph.span()
        if marks := _MARKUP.search(bare, first, end):
            closes = [close.end() for close in _CLOSES.finditer(bare, marks.end(), end)]
            places.append((marks.start(), closes[-1] if closes else end))
    for start, end in sentences(text):
        if not any(first <= start < last for first, last in places) and addresses_model(text[start:end]):
            stop = text.find("\n", end)
            places.append((start, len(text) if stop < 0 else stop))
    return _joined(places)


def _joined(places: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            start, end = joined[-1][0], max(end, joined.pop()[1])
        joined.append((start, end))
    return tuple(joined)

"""Tell the sentences of a text that speak to a language model from those that report.

No network at hand was trained to see them, and one that reads them is what they are written for. The rules look for
what such a sentence cannot do without: the marks of a chat, a model that is spoken to, or an order about answers.
"""

import re
from functools import lru_cache

from qa.articles.sentences import sentences

_MARKUP = re.compile(
    r"(?i)<\|\w+\|?>?|\[/?INST\]|<</?SYS>>"
    r"|</?(?:passages?|system|assistant|instructions?|user|prompt|context|documents?|articles?)\b[^<>]{0,40}>"
    r"|^#{2,} ?(?:system|instructions?|assistant|human|user|response|prompt)\b ?:?"
    r"|(?-i:\b(?:BEGIN|END|START)(?: OF)?(?: [A-Z]+)? (?:PROMPT|INSTRUCTIONS?|CONTEXT|PASSAGES?)\b)",
    re.MULTILINE,
)
"""The marks of a chat: what stands behind them poses as a conversation."""

_AI = (
    r"(?:ais?|a\.i\.|artificial intelligences?|llms?|(?:chat ?)?gpt(?:-?\d\w*)?|claude|gemini|chat ?bots?"
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
_NOW = r"(?:(?:please|now|instead|then|always|only|just|simply|also|important|attention|urgent|hey|ok|and)[ ,:!]+){0,3}"
_DO = _FIRST + _NOW
"""Where an order begins."""

_ORDER = (
    # Forget what you were told.
    rf"{_DO}(?:ignore|disregard|forget|override|overlook|bypass|discard|abandon|(?:do not|don['’]t|stop)"
    rf" follow(?:ing)?) (?:{_OLD} ){{1,6}}{_ORDERS}\b",
    rf"{_DO}(?:ignore|disregard|forget) (?:everything|all|anything|whatever|what)\b.{{0,20}}\b(?:above|before|previous"
    r"(?:ly)?|so far|you (?:have been|were|know|read))",
    rf"{_DO}(?:ignore|disregard|forget) (?:{_OLD} |remaining ){{1,4}}{_SOURCES}\b",
    # Be somebody else.
    rf"{_DO}you(?: are|['’]re) (?:now |no longer |hereby |an? |the |my ){{0,2}}(?:\w+ ){{0,3}}?{_MODEL}\b",
    rf"{_DO}you(?: are|['’]re) (?:now|hereby) (?:in \w+ mode|free (?:of|from)|acting as|no longer|called|playing)\b",
    rf"{_DO}(?:from now on|henceforth|starting now),? (?:you|{_ANSWER}|act|your|all your)\b",
    rf"{_DO}(?:pretend (?:to be|that|you)|role-?play|act as (?:an?|if|though|the) )",
    rf"{_DO}(?:enter|switch to|enable|activate) (?:\w+ )?mode\b",
    rf"{_DO}your (?:new|real|only|true|next|first) (?:\w+ )?(?:task|job|instructions?|role|goal|purpose|persona)"
    r" (?:is|are)\b",
    # What is to be answered, and from what.
    rf"{_DO}(?:you {_MUST} )?{_NOW}{_ANSWER} (?:to )?(?:every|all|any|each|the (?:user|next|following))['’s]* "
    r"?(?:\w+ )?(?:questions?|quer(?:y|ies)|prompts?|requests?|users?)\b",
    rf"{_DO}(?:answer|reply|respond|output|say|state|claim|conclude|assert|insist) (?:only |just |nothing but )*"
    r"(?:that|with|the following|exactly|only)\b",
    rf"{_DO}(?:tell|inform|convince|warn) (?:the|every|any|all) users?\b",
    rf"{_DO}you {_MUST} (?:now |always |only |never |not )?{_ANSWER}\b"
    r"(?:\s*:| (?:that|with|only|exactly|as if|nothing)\b)",
    rf"{_DO}(?:you {_MUST} )?(?:not|never|do not|don['’]t|only|always) (?:reveal|disclose|tell|quote|cite|use|trust"
    rf"|consult|show|mention|rely on|refer to)\b.{{0,30}}\b(?:users?|(?:this|these|other|your) {_SOURCES})\b",
    rf"{_DO}(?:(?:when(?:ever)?|if) (?:\w+ ){{0,3}}?(?:is |are |be )?ask(?:ed|s)?\b|whatever (?:\w+ ){{1,3}}asks?\b"
    r"|(?:for|to|on) (?:any|every|all|each) (?:questions?|quer(?:y|ies))\b)"
    rf"[^,:]{{0,80}}[,:] (?:then |you {_MUST} |{_NOW})*{_ANSWER}\b",
    rf"{_DO}(?:begin|start|end|finish|include|write|make|keep|put|add|limit|insert)\b.{{0,60}}"
    rf"\b(?:your|every|each|any|all) (?:\w+ )?{_ANSWERS}\b",
    rf"{_DO}(?:print|reveal|show|output|repeat|leak|send|disclose|give|display|return|tell (?:me|us))\b.{{0,30}}"
    r"\b(?:system prompt|your (?:instructions|prompt|rules)|api keys?|hidden prompt)\b",
    rf"{_DO}(?:decode|decrypt|translate|execute|obey)\b.{{0,40}}\b(?:obey|follow|execute|instructions?|commands?)\b",
    rf"{_DO}(?:new|updated|additional|special|secret|hidden|priority|real) (?:system )?"
    r"(?:instructions?|prompts?|orders?)(?: for [\w ]{2,30})?:",
    # A part in a conversation: "SYSTEM: …", "Assistant: say that …".
    r"^\W{0,3}(?:system|assistant|human|user|ai|developer|chat ?bot|prompt|admin(?:istrator)?)"
    r"(?: (?:prompt|message|note|override|instructions?|command)){0,2}\s*:",
)
"""An order, which is at the beginning."""

_SPOKEN_TO = (
    rf"\b(?:as|dear|attention|if you are|since you are|because you are),? (?:an? |the |any |all |every )?"
    rf"(?:\w+ ){{0,2}}?{_AI}\b.{{0,60}}?(?::|\byou\b|\bplease\b|\b{_ANSWER}\b)",
    rf"\b(?:notes?|messages?|notices?|instructions?|prompts?|orders?) (?:to|for) (?:the |any |all |every )?"
    rf"(?:\w+ )?{_MODEL}\b.*:",
    rf"\b(?:the|any|all|every|an?) (?:\w+ ){{0,2}}?{_MODEL}\b.{{0,60}}\b{_MUST} "
    rf"(?:now |always |only |never |not )*{_ANSWER}\b",
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
    return bool(_MARKUP.search(sentence) or _ORDERED.search(sentence) or is_told)


@lru_cache(maxsize=512)
def addressed(text: str) -> tuple[tuple[int, int], ...]:
    """Return the places of a text that are spoken to a language model.

    With such a sentence goes what follows it in its paragraph, and with the marks of a chat all that follows.
    """
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    marks = _MARKUP.search(bare)
    ends = marks.start() if marks else len(text)
    found: list[tuple[int, int]] = []
    for start, end in sentences(text[:ends]):
        if (not found or start >= found[-1][1]) and addresses_model(text[start:end]):
            stop = text.find("\n", end)
            found.append((start, ends if stop < 0 else min(stop, ends)))
    return (*found, (ends, len(text))) if marks else tuple(found)

"""Tell the reporting of a page from what the page says about itself, and what kind of page it is."""

import re
from collections import Counter
from itertools import pairwise

from qa.articles.text import HEADING, PROSE_ENDS

_OUTLET = r"(?:the )?(?:afp|ap|associated press|cnn|reuters|usa today)(?: ?business)?"
_SITE = r"(?:bluesky|facebook|google|instagram|linkedin|social|telegram|threads|tiktok|twitter|whatsapp|x|youtube)"
_REACH = r"(?:contact|connect with|e-?mail|find|follow|reach|tweet)"
_BOILERPLATE = re.compile(
    "(?i)"
    # Links to other stories. One that lost its space, "Coming storms:How to prepare", seldom ends with a full stop.
    r"(?:(?:read|learn|see) (?:more|next|also)|also read|related|recommended)\s*:.*|(?:read|(?-i:STORY))\s*:[^.…]*"
    r"|(?:more|(?:just )?for subscribers|podcasts?)\s*:.*|opinion:\S.*|watch(?: now| live| also| next)?\s*:.*"
    r"|(?:(?-i:BACKGROUND)|check out|fact check|graphics?|live updates?|opinion|photos|previously|videos?)\s*:[^.]*"
    r"|(?-i:(?:READ (?:NEXT|MORE|ALSO)|RELATED|WATCH)\b[^.]*)|video ad feedback\b.*"
    r"|(?=[^:]*[^\W\d_])(?![•∎])[^:]{3,70}(?-i:(?<!\s):[\"'“‘]?[A-Z])(?:\S* ){2,}\S*(?<!\.)(?<!\.[\"”])"
    r"|(?-i:[A-Z][^a-z:]* [^a-z:]{2,60}:[A-Z])\S.*\."
    r"|(?-i:[A-Z][A-Z' ]{2,24}(?:CENTRAL|LEADERBOARD|MONEY|PICTURES|UPDATES)):.*"
    r"|[^.]{0,60}https?://(?:apnews|(?:www\.)?twitter)\.com/\S+(?: and https?://\S+)?|visit \S+\.com\S* for more\b.*"
    # Calls to subscribe, to follow, to share, to support.
    r"|(?:please )?subscribe (?:to|now|today|here|for)\b[^.;\"“”]*\.?|the \w+ newsletter provides\b.*"
    r"|sign up (?:for|to|here|now|today)\b.*\b(?:alerts?|briefing|e-?mails?|free|inbox|newsletters?|updates)\b.*"
    r"|(?:get|receive)\b.*\b(?:in|to) your inbox\b.*|click here (?:to|for)\b.*|copy this url\b.*"
    rf"|(?:follow|find|join|like) us on {_SITE}\b.*|share (?:this|on {_SITE})\b[^.]*\.?"
    r"|share\s*:?|newsletters?(?:\s*:[^.]{0,40})?"
    r"|(?:(?:image|photo)s?\s*:\s*)?(?:[^.]{0,40}(?:/| via ))?getty images"
    # Who wrote it and how to reach them, and who helped.
    rf"|{_REACH} .*@\w.*|(?:e-?mail|{_SITE}): \S*@\w.*|(?:have|got) an? (?:\w+ )*(?:idea|question|story|tip)\b.*@.*"
    r"|contribut(?:ing|ors?)\s*:.*|.{0,120}\bcontributed to this (?:article|report|reporting|story)\W*"
    rf"|\(?{_OUTLET}\)?|(?:[^.!?:]{{0,60}} )?{_OUTLET}\s?[—–]|from .{{0,30}}\bwire reports"
    r"|(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*\d{4}.*"
    # Messages of the site, and lines without a letter or a digit.
    r"|this (?:article|file|page|post|report|story)\b.{0,12}\b(?:has been|is|was|will be)\b.{0,20}\bupdated"
    r"(?: (?:as|throughout|when|with)\b.*|\W*)"
    r"|(?:editor['’]s note\s*:\s*)?(?:follow|for|get|read|see) the latest\b.*\b(?:here|live updates)\b.*"
    r"|advertise?ments?|(?:article|story) continues (?:after|below)\b.*|scroll (?:down )?to continue\b.*"
    r"|(?:we|this (?:web)?site|our (?:web)?site) (?:and our partners )?uses? cookies\b.*"
    r"|(?:accept|manage|reject) (?:all )?cookies|by (?:clicking|continuing|using)\b.*\bcookies\b.*"
    r"|.*\bsign up here\W*|\W+"
)
# To the reader, not "He asked them to subscribe to his newsletter".
_NAMED = r"(?: [A-Z]\w+)* (?:was|were|is|has|had|will|[a-z]{2,}ed)\b"
"""Behind the name of a thing: "The newsletter Subscribe Now was sold."."""

_SUBSCRIBE = (
    rf"(?:(?-i:S(?:ign up|ubscribe)(?!{_NAMED}))"
    r"|(?:(?<![a-z] )|(?<= and )|(?<= can )|(?<=please ))(?:sign up|subscribe))"
)
_CALL = re.compile(
    rf"(?i)\b(?:{_SUBSCRIBE}\b.{{0,80}}\b(?:here|inbox|newsletters?)"
    rf"|newsletters?\b.{{0,80}}\b(?:{_SUBSCRIBE}|(?:in|to) your inbox)|{_SUBSCRIBE} for (?:cnn|usa today)"
    rf"|by subscribing (?:at|to|today)|download our (?:\w+ )?apps?|follow (?:her|him|them) on {_SITE}"
    r"|(?:(?<![a-z] )(?:help )?support(?! (?:among|for|from|of)\b)|(?:consider|thank you for) supporting|to empower)"
    r" (?:\w+ ){0,2}journalism"
    r"|stay informed\. subscribe|check your local forecast here"
    r"|all rights reserved(?=\W*\Z|\s*[.,|·•©–—(])|please subscribe|created this story using technology"
    rf"|(?:(?:(?:can|may) be (?:contacted|emailed|followed|reached)|you can {_REACH}|is on twitter"
    rf"|{_REACH} (?:her|him|me|the reporter|them))\b.*(?:@|\btwitter)))\b"
)
"""Stands in a line of the site, unless it is _SAID."""

_SPEAKS = re.compile(r"\b(?:said|says|told|wrote|announced|warned|testified)\b|\baccording to (?!our\b|your\b)")
# "…, the crowd shouted outside the court.", "…, a report found."
_TOLD_LAST = re.compile(
    r", (?:(?:an?|her|his|its|one|the|their|two) (?:[\w’'-]+ ){1,4}|(?:[A-Z][\w.’'-]+ ){1,3}|[a-z]{2,12} )"
    r"(?:found|say|[a-z]{2,}ed)\b[^.,:]{0,60}\.\Z"
)
_READER = re.compile(r"(?i)\b(?:our|us|you|your)\b|\bcontributed to\b")
_GOES_ON = re.compile(r"(?:[A-Z][a-z]+ ){0,2}[A-Z]?[a-z]+: [a-z\d][^:]*\.\Z")
"""A label and words that are no headline: "More: the union wants 4 percent."."""

_HEADLINE = re.compile(r"[^:.]{2,70}:\s?[\"'“‘]*[A-Z]")
_ADDRESS = re.compile(r"@\w|https?://|\bwww\.")
_SAID = re.compile(r"(?i)[\"“”]|\banyone with\b")
LONGEST = 250
"""Characters; a longer block is reporting unless it is a MESSAGE."""

SHORTEST = 60
"""Words; a shorter text whose end is missing is a stub."""

MESSAGE = re.compile(
    r"(?i)\b(?:brands as detailed here|content partner (?:offering|providing)|how relevant is this ad"
    r"|object to the use of your data|subscribe & save|transcript was automatically generated"
    r"|video player was slow to load|we will use the (?:details|information) you have shared|name: your email address"
    r"|would you like to receive .{2,40} newsletters? ?\?"
    r"|may earn (?:an? )?(?:affiliate |small )?(?:commissions?|fees?|revenue)\b"
    r"|(?:coverage|reporting|story|work)\b.{0,60}\b(?:made possible|supported)\b.{0,20} grants?\b)"
)
"""Stands in what a page says about itself in many words."""

_LINKS_FOLLOW = re.compile(
    r"(?i)(?:also read|full coverage|(?:just )?for subscribers|keep reading|more|must[- ]reads?(?: .{1,20})?"
    r"|more from .{2,30}|read (?:also|more|next)|recommended|see also"
    r"|(?:more|related|recommended|top) (?:articles|coverage|headlines|news|stories)(?: .{1,20})?)\s*[:.]?"
)


def removed(blocks: list[str]) -> list[str]:
    """Return the blocks without boilerplate, and without the beginnings that repeat the end of the block before."""
    kept: list[str] = []
    among_links = False
    for before, block in pairwise(["", *filter(None, blocks)]):
        line = _own(block.removeprefix(HEADING), before)
        is_label = bool(_LINKS_FOLLOW.fullmatch(line))
        among_links = is_label or (among_links and not line.endswith(".") and 3 < len(line.split()) <= 25)
        if not (among_links or MESSAGE.search(line) or (len(line) <= LONGEST and _is_boilerplate(line))):
            kept.append(HEADING + line if block.startswith(HEADING) else line)
    return _without_repeats(kept)


def _without_repeats(blocks: list[str]) -> list[str]:
    """Drop pull quotes: a line of several words, alone between paragraphs, whose words stand in a longer block too."""
    alone = [number for number in range(1, len(blocks) - 1) if _stands_alone(*blocks[number - 1 : number + 2])]
    if not alone or sum(map(len, blocks)) > LONGEST_SEARCHED:
        return blocks
    plain = [" ".join(re.findall(r"\w+", block.casefold())) for block in blocks]
    whole, times = f" {' | '.join(plain)} ", Counter(plain)
    repeated = {number for number in alone if whole.count(f" {plain[number]} ") > times[plain[number]]}
    return [block for number, block in enumerate(blocks) if number not in repeated]


def _stands_alone(before: str, line: str, after: str) -> bool:
    # A list and a dialogue name again what they are about.
    is_line = not line.startswith(HEADING) and PULLED_WORDS[0] <= line.count(" ") < PULLED_WORDS[1] and ": " not in line
    return is_line and all(len(other) > len(line) and other.endswith(PROSE_ENDS) for other in (before, after))


def _is_boilerplate(line: str) -> bool:
    is_call = _BOILERPLATE.fullmatch(line) or (_CALL.search(line) and not _SAID.search(line))
    return bool(is_call) and not _is_reporting(line)


def _is_reporting(line: str) -> bool:
    """Tell a sentence that only begins like a call or a label: somebody says it, or it goes on as no headline does."""
    if not line.endswith(PROSE_ENDS) or _ADDRESS.search(line) or _HEADLINE.match(line):
        return False
    is_told = _SPEAKS.search(line) or (_TOLD_LAST.search(line) and not _READER.search(line))
    return bool(is_told or _GOES_ON.match(line))


def _own(line: str, before: str) -> str:
    """Drop what a nested list gave twice: ("Two left. None came.", "On Monday: Two left.") -> "None came."."""
    at = before.rfind(line[:24]) if len(line) > 24 else 0
    repeated = before[at:] if at > 0 else ""
    rest = line.removeprefix(repeated)
    return rest.lstrip() if repeated.endswith(PROSE_ENDS) and re.match(r" [\"“‘]?[A-Z]", rest) else line


PULLED_WORDS = (5, 40)
LONGEST_SEARCHED = 300_000
"""Characters; in a longer text the search would take too long."""

_SIGNATURE = re.compile(r"[–—−-]{1,2} ?[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}(?:, .{2,40})?")


def unsigned(blocks: list[str]) -> list[str]:
    """Return the blocks without the signatures below the entries of a live blog: "– Ana Ruiz"."""
    return [block for block in blocks if not _SIGNATURE.fullmatch(block)]


_LIVE = re.compile(r"(?i)\blive (?:\w+ ){0,2}(?:blog|coverage|updates)\b|\Alive(?: updates)?:|\bupdates:|\Athe latest:")
_PERHAPS_LIVE = re.compile(r"(?i): updates\Z")
_LIVE_ADDRESS = re.compile(r"(?i)\blive-?(?:blog|coverage|news|updates)\b")
_CLOCK = re.compile(r"(?i)\W{0,3}\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b.{0,60}")
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_START = r"(?:\A|[-–—:|,.;!?] )"
_DIGEST = re.compile(
    r"(?i)\b50 states(?: round-?up)?\Z|\bcorrections (?:&|and) clarifications\b|\bletters to the editor(?::|\Z)"
    # Not "Senators quiz the mayor", "Thief seen in photos", "Actor leaves podcast".
    rf"|\Aquiz(?::| of\b)|\b(?:current affairs|{_DAY}|daily|day|news|our|trivia|week|weekly)(?:['’]s)? quiz\b|\bquiz:"
    r"|\btake (?:our|the|this)\b.{0,30}\bquiz\b|\A(?:\w+ )?crossword\b|\bcrossword(?: \w+)?(?::|\Z)"
    rf"|\bthings (?:you need )?to know (?:for|on|today|this (?:morning|week)|{_DAY})\b"
    rf"|\A(?:gallery|photos?)\b.{{0,20}}:|{_START}in (?:photos|pictures)\b|{_START}(?:the )?(?:best|see|these) photos\b"
    r"|\bphotos (?:of the|this) week\b|\A(?:daily|evening|morning) briefing\b|\bnews round-?up\b"
    r"|\Apodcast\b|\bpodcast:|\bthe [A-Z]?\w+ podcast\Z|\b(?:week|year) in review\b|\A(?:the|this) week in\b"
)
_MANY_STORIES = re.compile(
    r"(?i)\b(?:news round-?up|daily briefing author|on today['’]s episode"
    rf"|here (?:are|is) (?:{_DAY}['’]s |the )?(?:biggest|latest|top) (?:headlines|stories))\b"
)


def is_live(title: str, url: str) -> bool:
    """Whether a page calls itself a live blog."""
    return bool(_LIVE.search(title) or _LIVE_ADDRESS.search(url))


def kind(title: str, url: str, blocks: list[str], reported: list[str]) -> str:
    """Tell what a page of `blocks`, of which some are `reported`, is; the kinds are those of `Article`."""
    clocks = sum(bool(_CLOCK.fullmatch(block.removeprefix(HEADING))) for block in blocks)
    signed = len(reported) - len(unsigned(reported))
    if _PERHAPS_LIVE.search(title) and clocks + signed > 1:
        return "live blog"
    if is_live(title, url) or clocks >= 8:
        return "live blog"
    if _DIGEST.search(title) or any(map(_MANY_STORIES.search, blocks[:8])):
        return "digest"
    is_short = sum(len(block.split()) for block in reported) < SHORTEST
    is_cut = not "".join(reported[-1:]).endswith(PROSE_ENDS) or any(map(MESSAGE.search, blocks))
    return "stub" if is_short and is_cut else "article"

"""Make an Article of the blocks and facts of a file: title, outlet, author, date and address are told from the text."""

import re
from itertools import pairwise

from qa.articles import furniture
from qa.articles.article import Article
from qa.articles.dates import PUBLISHED, UPDATED, Order, is_ambiguous, order_of, read_date
from qa.articles.headings import bare_title, mark_headings, take_title, unmark_prose
from qa.articles.sentences import pieces
from qa.articles.text import HEADING, one_line
from qa.errors import UnreadableFile


def article_of(id_: str, path: str, blocks: list[str], given: dict[str, str]) -> Article:
    """Return the article that the blocks and facts of a file make; raises UnreadableFile if it holds no words."""
    given = {name: value for name, value in given.items() if value}
    order = _order(blocks, given)
    told, reported = _take_facts(furniture.removed(blocks), order, given.get("published", ""))
    if "title" in given:
        byline, reported = _take_byline(reported)
        told = byline | told
    facts = told | given
    has_hidden = bool(facts.pop("hidden", ""))
    url = one_line(facts.pop("url", ""), 2_000)
    facts = {name: one_line(value) for name, value in facts.items()}
    title, reported = take_title(reported, bare_title(facts.get("title", ""), facts, "".join(reported[:1])))
    kind = furniture.kind(title, url, blocks, reported)
    if kind == "live blog":
        reported = furniture.unsigned(reported)
    reported = unmark_prose(mark_headings(reported))
    while reported and reported[-1].startswith(HEADING):
        reported.pop()
    text = "\n\n".join(reported)
    if not re.search(r"[^\W\d_]", text):
        if any(map(furniture.MESSAGE.search, blocks)):
            raise UnreadableFile("holds only a message of its site (a player, a form): save the article itself")
        raise UnreadableFile("has no words in it: check that it holds an article")
    dateline = _DATED.match(text) or _DATELINE.match(text)
    if not title:
        begins = max(dateline.end() - 1, 0) if dateline else 0
        start, end, _ = next(piece for piece in pieces(text) if piece[2] and piece[1] > begins)
        title = one_line(text[max(start, begins) : end], 80)
    day = read_date(dateline["day"], order) if dateline and "day" in dateline.groupdict() else None
    return Article(
        id=id_,
        text=text,
        title=title,
        source=facts.get("source", ""),
        author=facts.get("author", "").replace("; ", ", "),
        published=read_date(facts.get("published", ""), order) or read_date(facts.get("updated", ""), order) or day,
        url=url if re.fullmatch(r"(?i)https?://[^\s<>\"…]+", url) else "",
        path=path,
        kind=kind,
        has_hidden=has_hidden,
    )


_NAME = r"(?-i:[^\W\d_a-zß-ÿ][^\s,&]*|and|bin|d[aeiu]|dela?|della|der|for|in|la|of|the|van|von)"
_OUTLET = rf"{_NAME}(?: {_NAME}){{0,4}}"
_WHEN = r"(?: (?:on|at|le|am|el|em|il|op|den))?\s*:?\s*"
_FACTS = (
    ("author", r"(?:(?:written|reported|words|story) by|authors?\s*:)\s*:?\s*(.{2,100})"),
    ("author", rf"by:?\s+((?:{_NAME}[\s,&]+){{1,9}}{_NAME})(?<![.!?])"),
    ("source", r"this (?:article|report|story) (?:is owned|was (?:\w+ )?published) by\s+(.{2,80}?)\.?"),
    ("source", r"source\s*:\s+((?!https?:).{2,80}?)\.?"),
    ("url", r"(?:link|source|url)\s*:\s*(https?://\S+)"),
    ("updated", rf"(?:last |dernière )?(?:{UPDATED}){_WHEN}(.{{6,60}})"),
    ("published", rf"(?:\w+ )?(?:{PUBLISHED}){_WHEN}(.{{6,60}})"),
    ("dated", r"(?!\d+\Z)(.{6,60})"),
)
_HOUR = re.compile(r"\s*[|•·]\s*\d{1,2}[:.]\d\d(?: ?[ap]\.?m\b\.?)?(?: [A-Z]{2,4}\b)?\Z")
_DATES = ("updated", "published", "dated")
# Where one line tells several facts: "Ana Ruiz | March 7, 2024", "Updated: 9 March 2024; published: 7 March 2024".
_NEXT_FACT = re.compile(
    r"\s*[|•·]\s*|[.,;]?(?: [–—-])?(?<!\b(?:last|date))(?<!\bfirst)(?<!\boriginally)(?<!\bpublication)\s+\(?"
    rf"(?=(?:(?:last|first|originally) )?(?:{UPDATED}|{PUBLISHED})\b(?! by\b))",
    re.I,
)


def _order(blocks: list[str], given: dict[str, str]) -> Order:
    """Return the order of numeric dates, where the file has any that needs one."""
    edges = [given.get("published", ""), *blocks[:8], *blocks[-6:]]
    if not any(map(is_ambiguous, edges)):
        return ""
    links = (match[1] for block in edges if (match := re.match(r"(?i)(?:link|source|url)\s*:\s*(https?://\S+)", block)))
    address = given.get("url") or next(links, "") or given.get("source", "")
    return order_of([*given.values(), *blocks], address)


def _take_facts(blocks: list[str], order: Order, published: str) -> tuple[dict[str, str], list[str]]:
    """Return what lines of their own tell, and the other blocks; `published` is what the file says elsewhere."""
    facts: dict[str, str] = {}
    taken: set[int] = set()
    alone: list[int] = []
    for number, block in enumerate(blocks):
        # Only a short line near the top or the end tells who wrote the article, and when.
        told = {} if 6 <= number < len(blocks) - 6 or len(block) > 200 else _told(block, order)
        if told.keys() == {"dated"}:
            alone.append(number)
            continue
        if "dated" in told:
            told["published"] = told.pop("dated")
        if told:
            taken.add(number)
        facts = told | facts
    known = read_date(published, order) or read_date(facts.get("published", ""), order)
    if alone and not known and _is_publication(blocks, alone[0], order):
        facts["published"] = blocks[alone[0]]
        known = read_date(blocks[alone[0]], order)
    taken |= {number for number in alone if read_date(blocks[number], order) == known}
    return facts, [block for number, block in enumerate(blocks) if number not in taken]


def _is_publication(blocks: list[str], number: int, order: Order) -> bool:
    """Whether a date on a line of its own is the article's and begins no timeline: no other one is later."""
    day = read_date(blocks[number], order)
    others = [read_date(block, order) for block in blocks[number + 1 :] if len(block) <= 60]
    return day is not None and all(other <= day for other in others if other)


def _told(block: str, order: Order) -> dict[str, str]:
    """Return the facts of a line that holds nothing else: "By Ana Ruiz | March 7, 2024" has two."""
    facts: dict[str, str] = {}
    outlet = ""
    for piece in filter(None, _NEXT_FACT.split(_HOUR.sub("", block))):
        for name, pattern in _FACTS:
            match = re.fullmatch(pattern, piece, re.IGNORECASE)
            if match and (name not in _DATES or read_date(match[1], order)):
                facts.setdefault(name, match[1])
                break
        else:
            if outlet or not re.fullmatch(_OUTLET, piece):
                return {}
            outlet = piece
    if (
        outlet and "author" in facts and {"published", "dated"} & facts.keys()
    ):  # "By Ana Ruiz | The Coast Post | March 7, 2024"
        return {"source": outlet} | facts
    return {} if outlet else facts


_PERSON = r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|bin|de|la|van|von)){1,3}"
_BYLINE = re.compile(rf"{_PERSON}(?:,? (?:and )?{_PERSON})*(?:, (?:[A-Z]|The )[\w. ]{{2,30}})?")
_HOUSE = re.compile(  # The outlet, the post or the address below a name.
    r"(?i)@\S+|\S+@\S+|\S+\.(?:com|org)|(?:special|correspondent) (?:for|to) .{2,40}|24/7 wall st.{0,5}|.{0,40}\b(?:"
    r"columnist|communications|contributor|correspondent|courier|gazette|herald|journal|network|news(?:room)?|post|press"
    r"|record|register|reporter|republic|sentinel|staff|star|sun|times|today|tribune|usatoday|writer)\b.{0,30}"
)
_DATELINE = re.compile(r"[A-Z][A-Z .’'-]+(?:, [A-Z][\w. ]{1,20})?(?: \([A-Z]{2,4}\))? ?(?:[–—]|--?) ?[A-Z\"“]")

# The same with its day: "MIRNA (AP) — 7 March 2024 — Ships…", "MIRNA, Elin, 12 Feb 24 - Ships…".
_DATED = re.compile(
    r"[A-Z][A-Z .’'-]+(?:, [A-Z][^\d,–—-]{1,20}?)?(?: \([A-Z][A-Za-z]{1,9}\))?(?: ?(?:[–—]|--?) ?|, )"
    r"(?P<day>(?:[A-Z][a-z]+\.? )?\d[^–—]{4,20}?) ?(?:[–—]|--?) ?[A-Z\"“]"
)


def _take_byline(blocks: list[str]) -> tuple[dict[str, str], list[str]]:
    """Take the name above a text whose title is known: with an outlet below it, or before "MIRNA (AP) — Ships…"."""
    for number, (line, after) in enumerate(pairwise(blocks[:3])):
        if len(line) <= 80 and _BYLINE.fullmatch(line):
            if len(after) <= 50 and _HOUSE.fullmatch(after):
                return {"author": line}, blocks[:number] + blocks[number + 2 :]
            if _DATELINE.match(after):
                return {"author": line}, blocks[:number] + blocks[number + 1 :]
    return {}, blocks

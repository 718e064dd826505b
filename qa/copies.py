"""Group the articles that carry one story: a wire report under several mastheads, the versions of one page."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, combinations
from types import MappingProxyType
from urllib.parse import urlsplit

from llama_index.core.schema import TextNode
from rensa import RMinHash, RMinHashLSH

from qa.articles import Article
from qa.articles.outlets import outlet_key, same_outlet
from qa.citations import Citation, Scope
from qa.values import Amount, Day, values

SHINGLE = 3
"""Words in a row that are compared."""

HEAD = 200
"""Words at the beginning that copies have in common: outlets cut from the end, and add boilerplate there."""

SAME_HEAD = 0.5
"""Share of the shingles of the shorter head that must stand in the other one."""

SAME_TEXT = 0.75
"""Share of the shingles of the shorter text that must stand in the longer one.

On RealTime QA's 3,658 articles the pairs above both are copies, 10 of 10; the nearest below are two reports of one
outlet with the same background (.72), and a page that is written anew for each drawing of a lottery (.71). One word
in twenty may be edited.
"""

SAME_PAGE = 0.5
"""The same for two articles of one address: a page that is written anew altogether is another report."""

FEWEST = 20
"""Shingles that a head must have: two reports may have a sentence in common by chance."""

COMPARED = 6_000
"""Characters in which the days and numbers of two reports of one outlet are compared."""

FEW, HALF = 4, 0.5
"""Numbers that two reports of one outlet must have before they are compared, and the share that versions keep."""

PERMUTATIONS, BANDS, SEED = 128, 64, 1
"""Of MinHash and its locality-sensitive hashing: of two heads that share a fifth, it finds 93 %, of a third 99.9 %."""

REMEMBERED = 1_000
"""Articles whose shingles are kept while pairs are compared, about 0.1 MB each."""

_WORD = re.compile(r"\w+")
_HOST = re.compile(r"^(?:www|m|mobile|amp)\.(?=[^.]+\.)")
_TRACKERS = re.compile(r"(?:^|&)(?:utm_\w*|\w*clid)=[^&]*")


@dataclass(frozen=True, slots=True)
class Story:
    """The articles that carry one story, the one to cite first.

    First stand those that no newer version replaces, the earliest first, then the `replaced` ones, the newest first;
    undated articles follow the dated.
    """

    articles: tuple[Article, ...]
    replaced: frozenset[str]

    @property
    def id(self) -> str:
        """The same for every copy."""
        return min(article.id for article in self.articles)

    def also(self, cited: Article, quote: str) -> tuple[Article, ...]:
        """Return the articles of other outlets that hold a quote too, one of each."""
        outlets = {outlet_key(cited.source) or cited.id: cited}
        for article in self.holders(quote):
            outlets.setdefault(outlet_key(article.source) or article.id, article)
        return tuple(article for article in outlets.values() if article is not cited)

    def holders(self, quote: str) -> list[Article]:
        """Return the articles that hold a quote, whatever their typography."""
        words = f" {' '.join(_words(quote))} "
        return [article for article in self.articles if words in f" {' '.join(_words(article.text))} "]


NO_COPIES: Mapping[str, Story] = MappingProxyType({})


def group(articles: Iterable[Article]) -> dict[str, tuple[Article, ...]]:
    """Return for the id of every article that has copies all articles of its group, in any order the same.

    Copies begin alike and the words of the shorter stand in the longer; versions of a page keep half of them. What one
    outlet writes anew for each day with the same words, such as the weather, is another report.
    """
    known = sorted(articles, key=lambda article: article.id)
    leader = list(range(len(known)))

    def led_by(i: int) -> int:
        while leader[i] != i:
            leader[i] = i = leader[leader[i]]
        return i

    head = lru_cache(4 * REMEMBERED)(lambda i: _head(known[i]))
    text = lru_cache(REMEMBERED)(lambda i: _shingles(known[i].text))
    for i, j in chain(_of_one_address(known), _candidates(known)):
        # Two that are of one group already need no comparison: what is joined does not depend on the order.
        if led_by(i) == led_by(j):
            continue
        one_page = _are_of_one_page(known[i], known[j])
        copied = _share(head(i), head(j)) >= SAME_HEAD and _share(text(i), text(j)) >= SAME_TEXT
        if not copied and not (one_page and _share(text(i), text(j)) >= SAME_PAGE):
            continue
        of_one = one_page or _are_of_one_outlet(known[i], known[j])
        if not of_one or _tell_of_one_day(known[i], known[j]):
            leader[led_by(j)] = led_by(i)
    members: dict[int, list[Article]] = {}
    for i, article in enumerate(known):
        members.setdefault(led_by(i), []).append(article)
    return {a.id: tuple(carried) for carried in members.values() if len(carried) > 1 for a in carried}


def stories(ids: Iterable[str], groups: Mapping[str, Sequence[Article]], scope: Scope) -> dict[str, Story]:
    """Return the stories that these articles share with others of a scope, by the id of every copy."""
    found: dict[str, Story] = {}
    for id_ in ids:
        carried = [article for article in groups.get(id_, ()) if _is_in(article, scope)]
        if id_ not in found and len(carried) > 1:
            found |= dict.fromkeys((article.id for article in carried), story(carried))
    return found


def story_id(article: str, known: Mapping[str, Story]) -> str:
    """Return what the copies of an article have in common: the id of one of them."""
    return known[article].id if article in known else article


def cite(number: int, article: Article, start: int, end: int, known: Mapping[str, Story]) -> Citation:
    """Cite a slice of an article, and name the copies that hold it too."""
    quote, told = article.text[start:end], known.get(article.id)
    also = told.also(article, quote) if told else ()
    return Citation(number, quote, start, end, article, also, told.id if told else "")


def story(carried: Sequence[Article]) -> Story:
    """Put the articles of one story into the order in which to cite them."""
    replaced = frozenset(a.id for a in carried if any(_replaces(b, a) for b in carried))
    first = sorted(carried, key=lambda a: (a.published or date.max, -len(a.text), a.id))
    newest = sorted(carried, key=_age, reverse=True)
    current, older = (a for a in first if a.id not in replaced), (a for a in newest if a.id in replaced)
    return Story((*current, *older), replaced)


def without_repeats(nodes: Iterable[TextNode], groups: Mapping[str, Sequence[Article]]) -> list[TextNode]:
    """Return passages in their order, less those of which every word stands in earlier ones of the same story."""
    kept, read = [], dict[str, frozenset[str]]()
    for node in nodes:
        article = node.metadata["article"]
        carried, told = groups.get(article), _shingles(node.text)
        leader = carried[0].id if carried else article
        before = read.get(leader, frozenset())
        if carried is None or not told <= before:
            kept.append(node)
            read[leader] = before | told
    return kept


def _candidates(known: Sequence[Article]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that probably begin alike, by their places."""
    index = RMinHashLSH(0.0, PERMUTATIONS, BANDS)
    for j, sketch in enumerate(RMinHash.from_token_sets(map(_head, known), PERMUTATIONS, SEED)):
        for i in index.query(sketch):
            yield i, j
        index.insert(j, sketch)


def _head(article: Article) -> frozenset[str]:
    # The words of 200 have 12 letters at most on average: the rest of a long text need not be looked at.
    head = _shingles(article.text[: 12 * HEAD], HEAD)
    return head if len(head) >= FEWEST else frozenset()


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _shingles(text: str, most: int | None = None) -> frozenset[str]:
    words = _words(text)[:most]
    last = max(len(words) - SHINGLE, 0)
    return frozenset(" ".join(words[i : i + SHINGLE]) for i in range(last + 1) if words)


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (min(len(one), len(other)) or 1)


def _address(url: str) -> str:
    """Return what an address has of its page, or "": "http://m.a.org/x/?utm_id=1#c" -> "a.org/x"."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    path, query = parts.path.rstrip("/"), _TRACKERS.sub("", parts.query).strip("&")
    # Whoever names the front page of an outlet names no article.
    return f"{_HOST.sub('', parts.netloc.casefold())}{path}?{query}".rstrip("?") if path or query else ""


def _page(article: Article) -> str:
    """Return the address of the page of which an article is a version; the entries of a live blog are not of theirs."""
    return "" if article.kind == "live blog" and article.path != article.file else _address(article.url)


def _age(article: Article) -> tuple[date, int, str]:
    return article.published or date.min, len(article.text), article.id


def _replaces(newer: Article, older: Article) -> bool:
    """Whether one copy is a version of the other's page: of its address, or of its outlet and no excerpt.

    A page that says nearly all the same the next day, 16 buses for 14 aside, was corrected: address, days, most figures
    are known to be the same, and nothing else would make it news. Under one address the weather has other days and
    figures each day, which replace nothing.
    """
    if _age(newer) <= _age(older):
        return False
    if _are_of_one_page(newer, older):
        is_version = _share(_shingles(newer.text), _shingles(older.text)) >= SAME_PAGE
    else:
        long_enough = len(newer.text) >= SAME_TEXT * len(older.text)
        of_outlet = long_enough and _are_of_one_outlet(newer, older)
        is_version = of_outlet and _share(_shingles(newer.text), _shingles(older.text)) >= SAME_TEXT
    return is_version and _tell_of_one_day(newer, older)


def _are_of_one_page(one: Article, other: Article) -> bool:
    return _page(one) != "" and _page(one) == _page(other)


def _are_of_one_outlet(one: Article, other: Article) -> bool:
    return same_outlet(one.source, other.source)


def _of_one_address(known: Sequence[Article]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of articles that have one address, by their places."""
    places: dict[str, list[int]] = {}
    for i, article in enumerate(known):
        if address := _page(article):
            places.setdefault(address, []).append(i)
    for of_one in places.values():
        yield from combinations(of_one, 2)


def _tell_of_one_day(one: Article, other: Article) -> bool:
    """Whether two texts may tell of one event: they name a day in common, and half of the numbers.

    The daily weather, the markets and the lottery have the same words each day, and other days and numbers; where no
    day is named, few numbers are enough to tell two days of publication apart.
    """
    (days, figures), (others, counted) = _values(one), _values(other)
    if days and others and not days & others:
        return False
    of_days = days & others or one.published == other.published
    fewest = min(len(figures), len(counted))
    return fewest < (FEW if of_days else 1) or len(figures & counted) >= HALF * fewest


def _values(article: Article) -> tuple[set[Day], set[Amount]]:
    found = [value for _, _, value in values(article.text[:COMPARED], article.published)]
    return {value for value in found if isinstance(value, Day)}, {v for v in found if isinstance(v, Amount)}


def _is_in(article: Article, scope: Scope) -> bool:
    return (not scope.source or same_outlet(article.source, scope.source)) and (
        article.published is None
        or (
            (scope.since is None or article.published >= scope.since)
            and (scope.until is None or article.published <= scope.until)
        )
    )

"""Compose an answer from findings: which are told, which of them say the same, and which contradict each other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from qa.articles import Article
from qa.articles.sentences import sentences
from qa.citations import Citation, Sentence, Span, day
from qa.copies import NO_COPIES, Story, cite, story_id
from qa.models import Decision
from qa.passages import split
from qa.question import asks_for_one, asks_what_is_so, is_topic, may_have_several, takes_a_sentence
from qa.reader import Finding, answers_from, distinct_words, same_words
from qa.search import RECENT
from qa.support import negation_differs, stems

MOST_SENTENCES = 3
MOST_DIFFERING = 5
"""Sentences, where articles may contradict each other."""

ADDS = 0.5
"""Share of the best finding's probability that another one must reach to be told beside it.

On 100 questions of MultiSpanQA 0.75 tells all answers of 44 % in 1.0 sentences, 0.5 of 56 % in 1.4, 0.3 of 63 % in 1.9.
It alone counts once the best finding is told: an answer is as sure as its best sentence.
"""

DIFFERS = 0.4
"""The same for what another article answers to a question with one answer: a contradiction is worth knowing."""

APART = 0.75
"""The same where another answer to a question that has one is likely beside the point: a second one of an article, or
one that is more than RECENT days older, for that mostly tells of another event.

Of 300 answers to RealTime QA before July 2023 as many hold an accepted answer as with DIFFERS (.767), in 1.3 sentences
for 1.5, of which .66 for .59 do.
"""

LEADS = 0.7
"""The same for a newer sentence to be told before the best one, where whole sentences answer: it may answer less well.

Of 34 questions about invented and real reports the right newest sentences have .77 or more, the wrong ones .62 or less.
Where a few words answer, right ones have .43, as low as DIFFERS lets pass.
"""

_SPOKEN = re.compile(
    r"\b(?:sa(?:id|ys|ying)|told|tells|add(?:s|ed)|wr(?:ote|ites)|according to|announced|warned|argued|claim(?:s|ed)"
    r"|asked|explain(?:s|ed)|stat(?:es|ed)|insist(?:s|ed)|call(?:s|ed)|tweeted|posted|declared|replied|noted|acknowledged)\b",
    re.I,
)
_QUOTATION = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|^[^“\"]*”")
_MOST_QUOTED_WORDS = 80

_FORMER = re.compile(r"\b(?:former|ex|ousted|previous)[ -]((?:[a-z’'-]+ ){1,3})\Z")
_WAS_THE_FORMER = re.compile(r",? (?:(?:is|was) )?(?:the |a )?(?:former|previous) ((?:[a-z’'-]+\W?){1,3})")
"""Before a name and behind it: who held a role, not who holds it."""

_SIDE = re.compile(r"(?:North|South|East|West|New|San|Saint|St\.?|Los|Las|El|Port)\Z")
"""What makes another place of the same last word: South Korea is not North Korea."""


def choose(
    question: str,
    findings: Sequence[Finding],
    stories: Mapping[str, Story] = NO_COPIES,
    decision: Decision | None = None,
) -> list[list[Finding]]:
    """Group the findings that answer: one group for each different answer, the most probable first.

    Where a question has one answer, or asks what is so, the newest report leads: what is so may have changed.

    Findings with the same answering words, or nearly the same sentence, are one answer told more than once; of those
    in the copies of one story, which `stories` has by the ids of their articles, one is enough.
    """
    best = max((finding.probability for finding in findings), default=0.0)
    if best < answers_from(question, decision):
        return []
    one, several, by_words = asks_for_one(question), may_have_several(question), not takes_a_sentence(question)
    is_so = asks_what_is_so(question)
    differs, most = (DIFFERS, MOST_DIFFERING) if one else (ADDS, MOST_SENTENCES)
    if is_topic(question):  # of what may well lead, the newest
        findings = sorted(findings, key=lambda f: _published(f) if f.probability >= LEADS * best else "", reverse=True)
    groups: list[list[Finding]] = []
    heard: set[str] = set()
    for finding in (_in_first_copy(finding, stories) for finding in findings):
        holders = _holders(finding, stories)
        if finding.probability < (ADDS if holders & heard else differs) * best:
            continue
        if groups and by_words and finding.signals[0] <= 0:
            continue  # a further answer must be one that the reader prefers to none
        same = next((group for group in groups if _same(group[0], finding)), None)
        again = holders & heard and not several
        past = groups and not is_so and _is_much_older(finding, than=groups[0][0])
        if same is not None:
            # The same words may belong to something else: another 72 hours back nothing.
            about = stems(question) - stems(finding.words)
            if by_words and about and not about & stems(finding.sentence):
                continue
            _join(finding, same, stories)
        elif len(groups) < most and (finding.probability >= APART * best or not (one and (again or past))):
            groups.append([finding])
        else:
            continue
        heard |= holders

    return _in_order(groups, question, best, stories)


def _in_order(
    groups: list[list[Finding]], question: str, best: float, stories: Mapping[str, Story]
) -> list[list[Finding]]:
    """Put first what is told first, in the groups and among them."""

    def holds(finding: Finding) -> bool:
        return not _is_replaced(finding, stories)

    is_so = asks_what_is_so(question)
    for group in groups:
        # What several say is so is told as the newest of them has it.
        group.sort(key=lambda finding: (holds(finding), _published(finding) if is_so else ""), reverse=True)
    if not asks_for_one(question) and not is_so:
        return sorted(groups, key=lambda group: holds(group[0]), reverse=True)

    def rank(group: Sequence[Finding]) -> tuple[bool, bool, str, bool]:
        likely = max(finding.probability for finding in group) >= LEADS * best
        gone = is_so and _is_former(group[0], question)
        return likely or not takes_a_sentence(question), not gone, _published(group[0]), holds(group[0])

    # The undated follow, in order of probability.
    return sorted(groups, key=rank, reverse=True)


def compose(
    question: str,
    groups: Sequence[Sequence[Finding]],
    articles: Mapping[str, Article],
    stories: Mapping[str, Story] = NO_COPIES,
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...], tuple[Span, ...], tuple[Span, ...]]:
    """Return the sentences of the answer, a citation for every story that says so, the answering words, conflicts.

    Conflicts are the different words with which different articles answer a question that has one answer.
    """
    one = asks_for_one(question)
    differing = _differing(groups, stories) if one else []
    was_replaced = any(_is_replaced(group[0], stories) for group in groups)
    apart = one and any(not _of_one_time(groups[0][0], group[0]) for group in groups)
    dated = bool(differing) or apart or was_replaced or asks_what_is_so(question)
    said: list[Sentence] = []
    citations: list[Citation] = []
    spans: list[Span] = []
    conflicts: list[Span] = []
    before: date | None = None
    for group in groups:
        numbers = []
        for finding in group:
            article = articles[finding.node.metadata["article"]]
            number = len(citations) + 1
            numbers.append(number)
            citations.append(cite(number, article, *with_speaker(finding), stories))
            span = Span(number, finding.words, finding.words_start, finding.words_end)
            if (finding.start, finding.end) != (finding.words_start, finding.words_end):
                spans.append(span)  # a whole sentence needs no mark within itself
            if group in differing and finding is group[0]:
                conflicts.append(span)
        first = citations[numbers[0] - 1]
        published = first.article.published
        if _is_replaced(group[0], stories):
            when = replaced_since(published)
        else:
            when = of_day(published) if dated and published != before else ""
        before = published
        said.append(Sentence(when + " ".join(first.quote.split()), tuple(numbers)))
    return tuple(said), tuple(citations), tuple(spans), tuple(conflicts)


def _in_first_copy(finding: Finding, stories: Mapping[str, Story]) -> Finding:
    """Return the same sentence in the first copy that holds it word for word."""
    told = finding.sentence
    story = stories.get(finding.node.metadata["article"])
    for copy in story.articles if story else ():
        if copy.id == finding.node.metadata["article"]:
            break
        for node in split(copy):
            if (at := node.text.find(told)) >= 0:
                on = (node.start_char_idx or 0) + at - finding.start
                places = (finding.start, finding.end, finding.words_start, finding.words_end)
                start, end, words_start, words_end = (place + on for place in places)
                return replace(finding, node=node, start=start, end=end, words_start=words_start, words_end=words_end)
    return finding


def _join(finding: Finding, group: list[Finding], stories: Mapping[str, Story]) -> None:
    """Add a finding to those that say the same, once for each story, and then rather not from a replaced version."""
    story = story_id(finding.node.metadata["article"], stories)
    for i, other in enumerate(group):
        if story_id(other.node.metadata["article"], stories) == story:
            if _is_replaced(other, stories) and not _is_replaced(finding, stories):
                group[i] = finding
            return
    group.append(finding)


def _is_replaced(finding: Finding, stories: Mapping[str, Story]) -> bool:
    article = finding.node.metadata["article"]
    return article in stories and article in stories[article].replaced


def _published(finding: Finding) -> str:
    published: str = finding.node.metadata["published"]
    return published


def _is_former(finding: Finding, question: str) -> bool:
    """Whether a sentence calls those whom it names the former holders of the role that is asked for."""
    if re.search(r"\b(?:former|ex|ousted|previous)\b", question, re.I):
        return False
    said, start, end = finding.sentence, finding.words_start - finding.start, finding.words_end - finding.start
    before, behind = _FORMER.search(said[:start]), _WAS_THE_FORMER.match(said[end:])
    roles = [before[1].split()[-1]] if before else []
    roles += behind[1].split() if behind else []
    return bool(stems(" ".join(roles)) & stems(question))


def of_day(published: date | None) -> str:
    """Return what stands before a sentence where days are told apart: "7 March 2024: "."""
    return f"{day(published) if published else 'Undated'}: "


def replaced_since(published: date | None) -> str:
    """Return what stands before a sentence of a version of a page that a newer one has replaced."""
    return f"{of_day(published)[:-2]}, in a version since replaced: "


def _holders(finding: Finding, stories: Mapping[str, Story]) -> set[str]:
    """Return the ids of the articles in which a sentence stands."""
    article = finding.node.metadata["article"]
    story = stories.get(article)
    return {article, *(a.id for a in (story.holders(finding.sentence) if story else ()))}


def _differing(groups: Sequence[Sequence[Finding]], stories: Mapping[str, Story]) -> list[Sequence[Finding]]:
    """Return the groups that contradict the first: in other words, from other articles of about the same time.

    What an article says of another year is another event, or has changed; a version since replaced contradicts nobody.
    """
    found: list[Sequence[Finding]] = []
    heard: set[str] = set()
    for group in groups:
        holders = set().union(*(_holders(finding, stories) for finding in group))
        if holders & heard or all(_is_replaced(finding, stories) for finding in group):
            continue
        if found and not _of_one_time(found[0][0], group[0]):
            continue
        if not any(same_words(group[0].words, other[0].words) for other in found):
            found.append(group)
            heard |= holders
    return found if len(found) > 1 else []


def _of_one_time(one: Finding, other: Finding) -> bool:
    days = [date.fromisoformat(_published(finding)) for finding in (one, other) if _published(finding)]
    return len(days) < 2 or abs(days[0] - days[1]) <= timedelta(RECENT)


def _is_much_older(finding: Finding, than: Finding) -> bool:
    return not _of_one_time(finding, than) and _published(finding) < _published(than)


def with_speaker(finding: Finding) -> tuple[int, int]:
    """Return the sentence with the neighbour that says whose words it quotes: an attributed claim is not a fact."""
    text, origin = finding.node.text, finding.node.start_char_idx or 0
    a, b = finding.start - origin, finding.end - origin
    if not re.search('["“”]', text[a:b]) or _speaks(text[a:b]):
        return finding.start, finding.end
    for (c, d), (e, f) in pairwise(sentences(text)):
        between = text[d:e]
        near = (c, d) if (e, f) == (a, b) else (e, f) if (c, d) == (a, b) else None
        if near and "\n" not in between.strip(" ") and _speaks(text[slice(*near)]):
            start, end = min(a, near[0]), max(b, near[1])
            if len(text[start:end].split()) <= _MOST_QUOTED_WORDS:
                return origin + start, origin + end
    return finding.start, finding.end


def _speaks(text: str) -> bool:
    """Whether a text says who speaks, outside of what is quoted: “He asked us to pay.” names nobody."""
    return _SPOKEN.search(_QUOTATION.sub(" ", text)) is not None


def _same(one: Finding, other: Finding) -> bool:
    """Whether two findings tell the same; what one affirms and the other denies are two answers."""
    told, again = one.sentence, other.sentence
    if negation_differs(told, again) and negation_differs(again, told):
        return False
    if same_words(one.words, other.words):
        return True
    if one.words != told and other.words != again:
        return _last_name(one.words) == _last_name(other.words) != "" or _is_short_for(one.words, other.words)
    a, b = distinct_words(told), distinct_words(again)
    return len(a & b) >= 0.6 * min(len(a), len(b))


def _last_name(words: str) -> str:
    """Return the name that the words end in: "President Trump" -> "Trump", "1,000 officers" -> ""."""
    before, _, last = words.rstrip(".,;:!?\"'”’ ").rpartition(" ")
    side = _SIDE.search(before)
    name = f"{side[0]} {last}" if side else last
    return name if last[:1].isupper() else ""


def _is_short_for(one: str, other: str) -> bool:
    """Whether one is made of the other's first letters: "GM" and "General Motors"."""
    letters = {words: "".join(word[0] for word in words.split() if word[0].isupper()) for words in (one, other)}
    short = {words: words.replace(".", "") for words in (one, other)}
    return any(len(letters[a]) > 1 and short[b] == letters[a] for a, b in ((one, other), (other, one)))

"""Compose an answer from findings: which are told, which of them say the same, and which contradict each other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from types import MappingProxyType

from qa.articles import Article
from qa.citations import Citation, Sentence, Span, day
from qa.copies import NO_COPIES, Story, cite, story_id
from qa.models import Decision
from qa.order import LEADS, in_order, is_replaced, published_on
from qa.passages import split
from qa.question import asks_for_one, asks_what_is_so, is_topic, may_have_several, takes_a_sentence
from qa.reader import Finding, answers_from
from qa.said import Said, plain
from qa.same import contradict, has_values, is_near_copy, say_same
from qa.search import RECENT
from qa.speakers import asked_speaker, lacks_speaker, speaks_another, with_speaker
from qa.support import stems

NO_ARTICLES: Mapping[str, Article] = MappingProxyType({})

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

AT_ONCE = 3
"""Days between two articles that may contradict each other: later a toll has risen, a jackpot was won.

Of 60 contradictions written for the verifier 58 are at most 2 days apart, of 19 updates 18 at least 4.
"""


def choose(
    question: str,
    findings: Sequence[Finding],
    stories: Mapping[str, Story] = NO_COPIES,
    articles: Mapping[str, Article] = NO_ARTICLES,
    decision: Decision | None = None,
) -> list[list[Finding]]:
    """Group the findings that answer: one group for each different answer, the most probable first.

    Where a question has one answer, or asks what is so, the newest report leads: what is so may have changed.

    Findings with the same answer, or nearly the same sentence where sentences answer, are one answer told more than
    once; of those in the copies of one story, which `stories` has by the ids of their articles, one is enough. Whom a
    name means is looked up in `articles`.
    """
    best = max((finding.probability for finding in findings), default=0.0)
    if best < answers_from(question, decision):
        return []
    one, several, by_words = asks_for_one(question), may_have_several(question), not takes_a_sentence(question)
    is_so = asks_what_is_so(question)
    differs, most = (DIFFERS, MOST_DIFFERING) if one else (ADDS, MOST_SENTENCES)
    if is_topic(question):  # of what may well lead, the newest
        findings = sorted(
            findings, key=lambda f: published_on(f) if f.probability >= LEADS * best else "", reverse=True
        )
    groups: list[list[Finding]] = []
    heard: set[str] = set()
    for finding in (_in_first_copy(finding, stories) for finding in findings):
        holders = _holders(finding, stories)
        if finding.probability < (ADDS if holders & heard else differs) * best:
            continue
        if groups and by_words and finding.signals[0] <= 0:
            continue  # a further answer must be one that the reader prefers to none
        # The same words may belong to something else: another 72 hours back nothing.
        about = stems(question) - stems(finding.words)
        beside = by_words and about and not about & stems(finding.sentence)
        if beside and any(plain(group[0].words) == plain(finding.words) for group in groups):
            continue
        same = next(
            (group for group in groups if all(_say_same(other, finding, question, articles) for other in group)), None
        )
        again = holders & heard and not several
        past = groups and not is_so and _is_much_older(finding, than=groups[0][0])
        if same is not None:
            if beside:
                continue
            _join(finding, same, stories)
        elif len(groups) < most and (finding.probability >= APART * best or not (one and (again or past))):
            groups.append([finding])
        else:
            continue
        heard |= holders

    return _tellable(question, in_order(groups, question, best, stories), articles)


def _tellable(question: str, groups: list[list[Finding]], articles: Mapping[str, Article]) -> list[list[Finding]]:
    """Leave out what was quoted before, another's words where a person is asked for, and words of nobody among others'.

    A quotation without a speaker may stand alone: beside another's words it would be read as theirs.
    """
    kept, cited = list[list[Finding]](), list[tuple[str, int, int]]()
    for group in groups:
        article, start, end = _place(group[0], articles)
        again = any(article == id_ and start < b and a < end for id_, a, b in cited)
        text = articles[article].text if article in articles else ""
        missing = text and len(groups) > 1 and lacks_speaker(text, group[0].start, group[0].end)
        if not again and not missing and not speaks_another(question, text, start, end):
            kept.append(group)
            cited.append((article, start, end))
    return kept if kept or asked_speaker(question) else groups[:1]


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
    differing = _differing(question, groups, articles, stories) if one else []
    was_replaced = any(is_replaced(group[0], stories) for group in groups)
    apart = one and any(not _of_one_time(groups[0][0], group[0], AT_ONCE) for group in groups)
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
            citations.append(cite(number, article, *with_speaker(article.text, finding.start, finding.end), stories))
            span = Span(number, finding.words, finding.words_start, finding.words_end)
            if (finding.start, finding.end) != (finding.words_start, finding.words_end):
                spans.append(span)  # a whole sentence needs no mark within itself
            if group in differing and finding is group[0]:
                conflicts.append(span)
        first = citations[numbers[0] - 1]
        published = first.article.published
        if is_replaced(group[0], stories):
            when = replaced_since(published)
        else:
            when = of_day(published) if dated and published != before else ""
        before = published
        said.append(Sentence(when + " ".join(first.quote.split()), tuple(numbers)))
    return tuple(said), tuple(citations), tuple(spans), tuple(conflicts)


def _place(finding: Finding, articles: Mapping[str, Article]) -> tuple[str, int, int]:
    """Return which slice of which article is quoted for a finding, with the sentence that names its speaker."""
    id_, place = finding.node.metadata["article"], (finding.start, finding.end)
    return (id_, *(with_speaker(articles[id_].text, *place) if id_ in articles else place))


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
            if is_replaced(other, stories) and not is_replaced(finding, stories):
                group[i] = finding
            return
    group.append(finding)


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


def _differing(
    question: str,
    groups: Sequence[Sequence[Finding]],
    articles: Mapping[str, Article],
    stories: Mapping[str, Story],
) -> list[Sequence[Finding]]:
    """Return the groups that contradict another: values that exclude each other, from other articles of a few days.

    What is told later is another event, or has changed; a version since replaced contradicts nobody.
    """
    standing = [group for group in groups if not all(is_replaced(finding, stories) for finding in group)]
    holders = [set().union(*(_holders(finding, stories) for finding in group)) for group in standing]
    said = [_said(group[0], articles) for group in standing]
    found: set[int] = set()
    for i, j in combinations(range(len(standing)), 2):
        apart = not holders[i] & holders[j] and _of_one_time(standing[i][0], standing[j][0], AT_ONCE)
        if apart and contradict(said[i], said[j], question):
            found |= {i, j}
    return [group for i, group in enumerate(standing) if i in found]


def _of_one_time(one: Finding, other: Finding, within: int = RECENT) -> bool:
    days = [date.fromisoformat(published_on(finding)) for finding in (one, other) if published_on(finding)]
    return len(days) < 2 or abs(days[0] - days[1]) <= timedelta(within)


def _is_much_older(finding: Finding, than: Finding) -> bool:
    return not _of_one_time(finding, than) and published_on(finding) < published_on(than)


def _said(finding: Finding, articles: Mapping[str, Article]) -> Said:
    return finding.said(articles.get(finding.node.metadata["article"]))


def _say_same(one: Finding, other: Finding, question: str, articles: Mapping[str, Article]) -> bool:
    """Whether the quote of one says the sentence of the other, so that both may stand under it."""
    ours, theirs = _said(one, articles), _said(other, articles)
    if takes_a_sentence(question):
        return is_near_copy(ours, theirs)
    # The same number of another time is another event's.
    return say_same(ours, theirs, question) and (_of_one_time(one, other) or not has_values(ours))

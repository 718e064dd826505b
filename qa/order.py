"""Put findings into the order in which they are told: of what is so the newest first, whoever was in office last."""

import re
from collections.abc import Mapping, Sequence

from qa.copies import Story
from qa.question import asks_for_one, asks_what_is_so, takes_a_sentence
from qa.reader import Finding
from qa.support import stems

LEADS = 0.7
"""The same for a newer sentence to be told before the best one, where whole sentences answer: it may answer less well.

Of 34 questions about invented and real reports the right newest sentences have .77 or more, the wrong ones .62 or less.
Where a few words answer, right ones have .43, as low as DIFFERS lets pass.
"""

_FORMER = re.compile(r"\b(?:former|ex|ousted|previous)[ -]((?:[a-z’'-]+ ){1,3})\Z")
_WAS_THE_FORMER = re.compile(r",? (?:(?:is|was) )?(?:the |a )?(?:former|previous) ((?:[a-z’'-]+\W?){1,3})")
"""Before a name and behind it: who held a role, not who holds it."""


def in_order(
    groups: list[list[Finding]], question: str, best: float, stories: Mapping[str, Story]
) -> list[list[Finding]]:
    """Put first what is told first, in the groups and among them."""

    def holds(finding: Finding) -> bool:
        return not is_replaced(finding, stories)

    is_so = asks_what_is_so(question)
    for group in groups:
        # What several say is so is told as the newest of them has it.
        group.sort(key=lambda finding: (holds(finding), published_on(finding) if is_so else ""), reverse=True)
    if not asks_for_one(question) and not is_so:
        return sorted(groups, key=lambda group: holds(group[0]), reverse=True)

    def rank(group: Sequence[Finding]) -> tuple[bool, bool, str, bool]:
        likely = max(finding.probability for finding in group) >= LEADS * best
        gone = is_so and _is_former(group[0], question)
        return likely or not takes_a_sentence(question), not gone, published_on(group[0]), holds(group[0])

    # The undated follow, in order of probability.
    return sorted(groups, key=rank, reverse=True)


def is_replaced(finding: Finding, stories: Mapping[str, Story]) -> bool:
    article = finding.node.metadata["article"]
    return article in stories and article in stories[article].replaced


def published_on(finding: Finding) -> str:
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

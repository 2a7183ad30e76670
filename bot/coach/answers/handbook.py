"""Handbook answers without a model: the fitting part of the best section, quoted, with its key.

Nothing is rephrased, so nothing can be wrong by paraphrase. Below the relevance floor the answer says
that the handbook has nothing on it, where such an answer lives if that is known, and offers the nearest
page by name only.
"""

from datetime import datetime

from bot.coach.answers.menu import plain
from bot.coach.excerpt import excerpt
from bot.coach.guidance import citation
from bot.coach.reply import CoachReply, Outcome, Section
from bot.handbook.model import Passage
from bot.handbook.search import Finding, Handbook

EXCERPT_WORDS = 145
_RELATED = 3
_RELATED_SHARE = 0.7
"""Share of the best score from which a section of another page is worth a glance; below, it shares words only."""

_NOT_OPEN = (
    "There is no handbook to look in: it is not indexed yet, or its index fits another model. Someone with shell "
    "access runs `coach handbook index`; `coach doctor` says which of the two it is."
)


def answer_handbook(question: str, handbook: Handbook | None, as_of: datetime) -> CoachReply:
    """Answer a question that is about no deal."""
    if handbook is None:
        return plain(_NOT_OPEN, as_of)
    finding = handbook.find(question, k=_RELATED)
    if not finding.passages:
        return plain(_nothing(finding), as_of)
    best, *others = finding.passages
    section = handbook.section(best.id)
    quoted = excerpt(section.text if section else best.text, best.title, question, best.text, EXCERPT_WORDS)
    see_also = [passage for passage in others if _is_related(passage, best)]
    more = f"\nSee also: {'; '.join(f'{passage.title} ({passage.key})' for passage in see_also)}." if see_also else ""
    return CoachReply(
        outcome=Outcome.ANSWER_HANDBOOK,
        as_of=as_of,
        headline=best.title,
        text=f"*{best.title}* ({best.key})\n{quoted}{more}",
        sections=(Section(title=best.title, lines=tuple(quoted.splitlines())),),
        citations=tuple(citation(passage) for passage in [best, *see_also]),
    )


def _is_related(other: Passage, best: Passage) -> bool:
    return other.doc == best.doc or other.score >= _RELATED_SHARE * best.score


def _nothing(finding: Finding) -> str:
    elsewhere = f" {finding.route.answer}" if finding.route else ""
    near = finding.near
    offer = f" The nearest page is “{near.title}” ({near.key}); ask for it by name if that helps." if near else ""
    return f"The handbook has nothing on this.{elsewhere}{offer}"

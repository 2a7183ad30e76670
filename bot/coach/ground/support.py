"""Whether one segment of a claim is carried by one part of one fact.

Carried means: the part holds every word, number, date and name of the segment, says yes or no as it does,
and loses none of its limits. Because it is one part, a true number cannot stand beside the wrong thing
and two true halves cannot be joined to a false whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.coach.ground.model import Reason
from bot.coach.ground.segments import Segment


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a fact or of a quote's "who, when"; `id` is that of the whole."""

    id: str
    says: Segment


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a part does not carry a segment; `size` orders gaps, so that the nearest miss is explained."""

    reason: Reason
    detail: str
    size: int


def carried_by(segment: Segment, parts: Sequence[Part], subject: frozenset[str]) -> Part | Gap:
    """The part that carries `segment`, else the smallest gap. `subject` words are always allowed."""
    gaps = []
    for part in parts:
        gap = _gap(segment, segment.words - subject, part.says)
        if gap is None:
            return part
        gaps.append(gap)
    return min(gaps, key=lambda gap: gap.size, default=Gap(Reason.UNCITED, "it cites no fact", 0))


def _gap(segment: Segment, words: frozenset[str], part: Segment) -> Gap | None:
    unknown = words - part.words
    if unknown:
        reason = Reason.NAME if unknown & segment.names else Reason.WORDS
        return Gap(reason, f"not in one cited fact: {', '.join(sorted(unknown))}", 10 + len(unknown))
    telling = part.words - part.names or part.words
    apart = bool(telling) and not words & telling
    if segment.figures and (apart or not segment.figures <= part.figures):
        return Gap(Reason.NUMBER, f"{_listed(segment.figures)}: not what the cited fact says", 8)
    if segment.days and (apart or not segment.days <= part.days):
        return Gap(Reason.DATE, f"{_listed(segment.days)}: not what the cited fact says", 8)
    if apart:
        return Gap(Reason.WORDS, "it does not say what the cited fact says", 9)
    return _turned(segment, part) or _loosened(segment, part)


def _turned(segment: Segment, part: Segment) -> Gap | None:
    if segment.negations == part.negations:
        return None
    said = "says no" if part.negative else "does not say no"
    return Gap(Reason.POLARITY, f"the cited fact {said}", 3)


def _loosened(segment: Segment, part: Segment) -> Gap | None:
    """A claim keeps "only", "if" and "last"; of a denial every figure: "none in 30 days" is not "none"."""
    lost = part.limits - segment.limits
    if part.figures & segment.figures or part.days & segment.days:
        lost |= part.figure_limits - segment.figure_limits
    if lost:
        return Gap(Reason.QUALIFIER, f"the cited fact says “{', '.join(sorted(lost))}”", 2)
    if part.negative and not (part.figures <= segment.figures and part.days <= segment.days):
        return Gap(Reason.QUALIFIER, "the cited fact limits this by a number or date", 2)
    return None


def _listed(items: frozenset[object]) -> str:
    return ", ".join(sorted(str(item) for item in items))

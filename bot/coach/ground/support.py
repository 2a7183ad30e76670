"""Whether one segment of a claim is carried by one fact.

A segment is carried when a single fact holds all its words, numbers, dates and names, says yes or no
as it does, and loses none of its limits. A number or date must stand in a part of the fact that shares
a word with the segment: a true number beside the wrong thing is not carried.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.coach.ground.days import Day
from bot.coach.ground.figures import Figure
from bot.coach.ground.lexicon import Lexicon
from bot.coach.ground.model import Reason
from bot.coach.ground.segments import Segment


@dataclass(frozen=True, slots=True)
class Source:
    """A fact or quote that may carry segments: its id and its parts."""

    id: str
    parts: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a source does not carry a segment; `size` orders gaps, so that the nearest miss is explained."""

    reason: Reason
    detail: str
    size: int


def carried_by(segment: Segment, sources: Sequence[Source], subject: frozenset[str]) -> Source | Gap:
    """The source that carries `segment`, else the smallest gap. `subject` words are always allowed."""
    gaps = []
    for source in sources:
        gap = _gap(segment, source, subject)
        if gap is None:
            return source
        gaps.append(gap)
    nothing = Gap(Reason.UNCITED, "it cites no fact", 0)
    return min(gaps, key=lambda gap: gap.size, default=nothing)


def _gap(segment: Segment, source: Source, subject: frozenset[str]) -> Gap | None:
    words = segment.words - subject
    known = _words(source.parts)
    unknown = words - known
    if unknown:
        reason = Reason.NAME if unknown & segment.names else Reason.WORDS
        return Gap(reason, f"not in the cited fact: {', '.join(sorted(unknown))}", 10 + len(unknown))
    touched = [part for part in source.parts if _touches(segment, words, part)]
    return (
        _wrong_figure(segment, words, source)
        or _wrong_day(segment, words, source)
        or _wrong_polarity(segment, words, touched)
        or _lost_limit(segment, touched)
    )


def _words(parts: Iterable[Segment]) -> frozenset[str]:
    return frozenset().union(*(part.words for part in parts))


def _touches(segment: Segment, words: frozenset[str], part: Segment) -> bool:
    """Whether the segment takes something from this part of the fact."""
    return bool(words & part.words or segment.figures & part.figures or segment.days & part.days)


def _wrong_figure(segment: Segment, words: frozenset[str], source: Source) -> Gap | None:
    for figure in segment.figures:
        if not any(figure in part.figures and _about_the_same(words, part) for part in source.parts):
            return Gap(Reason.NUMBER, f"{figure} is not what the cited fact says", 5)
    return None


def _wrong_day(segment: Segment, words: frozenset[str], source: Source) -> Gap | None:
    for day in segment.days:
        if not any(day in part.days and _about_the_same(words, part) for part in source.parts):
            return Gap(Reason.DATE, f"{day} is not what the cited fact says", 5)
    return None


def _about_the_same(words: frozenset[str], part: Segment) -> bool:
    return bool(words & part.words) or not part.words


def _wrong_polarity(segment: Segment, words: frozenset[str], touched: Sequence[Segment]) -> Gap | None:
    if segment.negations > max((part.negations for part in touched), default=0):
        return Gap(Reason.POLARITY, "the cited fact does not say no", 3)
    if not segment.negative and not words <= _words(part for part in touched if not part.negative) | _alone(touched):
        return Gap(Reason.POLARITY, "the cited fact says no", 3)
    if not segment.negative and any(_figures(part) & _figures(segment) and part.negative for part in touched):
        return Gap(Reason.POLARITY, "the cited fact says no", 3)
    return None


def _alone(_: Sequence[Segment]) -> frozenset[str]:
    return frozenset()


def _figures(segment: Segment) -> frozenset[Figure | Day]:
    return segment.figures | segment.days


def _lost_limit(segment: Segment, touched: Sequence[Segment]) -> Gap | None:
    """A claim keeps "only", "if", "last"; and of a denial every figure: "no meeting in 30 days" is not "no meeting"."""
    for part in touched:
        lost = part.limits - segment.limits
        if lost:
            return Gap(Reason.QUALIFIER, f"the cited fact says “{', '.join(sorted(lost))}”", 2)
        if part.negative and not part.figures <= segment.figures:
            return Gap(Reason.QUALIFIER, "the cited fact limits this by a number", 2)
        if part.figures & segment.figures and not part.figure_limits <= segment.figure_limits:
            return Gap(Reason.QUALIFIER, "the cited fact says how the number is meant", 2)
    return None


def source_of(id_: str, parts: Iterable[Segment]) -> Source:
    """A fact or quote as a source."""
    return Source(id_, tuple(parts))


__all__ = ["Gap", "Lexicon", "Source", "carried_by", "source_of"]

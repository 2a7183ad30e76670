"""A rubric scored: what each part reached, why, and the question that would move the weakest one."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.coach.rubrics.playbook import Band, Part, Rubric


@dataclass(frozen=True, slots=True)
class Reading:
    """What the record says about one part: its level and the reason; level None is unknown, which scores nothing."""

    level: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Score:
    """One part of a card with its points."""

    part: Part
    reading: Reading

    @property
    def points(self) -> int | None:
        """Points of the level reached, None if unknown."""
        if self.reading.level is None:
            return None
        return self.part.points[min(self.reading.level, len(self.part.points) - 1)]

    @property
    def most(self) -> int:
        """The points of the highest level."""
        return self.part.points[-1]


@dataclass(frozen=True, slots=True)
class RubricCard:
    """A scored rubric. `points` sums what is known; `unknown` counts the parts nothing is on record about."""

    rubric: Rubric
    scores: tuple[Score, ...]

    @property
    def points(self) -> int:
        """The sum over the known parts."""
        return sum(score.points or 0 for score in self.scores)

    @property
    def most(self) -> int:
        """The highest sum there is."""
        return sum(score.most for score in self.scores)

    @property
    def unknown(self) -> int:
        """How many parts are unknown."""
        return sum(score.points is None for score in self.scores)

    @property
    def open_points(self) -> int:
        """The most points the unknown parts could still bring."""
        return sum(score.most for score in self.scores if score.points is None)

    @property
    def band(self) -> Band | None:
        """What the sum means; None while the unknown parts could still change it."""
        low, high = self.rubric.band(self.points), self.rubric.band(self.points + self.open_points)
        return low if low == high else None

    @property
    def weakest(self) -> Score | None:
        """The part to ask about: the first with the smallest share of its points; None if all are full."""
        open_parts = [score for score in self.scores if (score.points or 0) < score.most]
        return min(open_parts, key=lambda score: (score.points or 0) / score.most, default=None)


def scored(rubric: Rubric, readings: Mapping[str, Reading]) -> RubricCard:
    """Put readings (by part) and rubric together, in the rubric's order."""
    return RubricCard(rubric, tuple(Score(part, readings[name]) for name, part in rubric.parts.items()))

"""The model of `knowledge/playbook/rubrics.yaml`."""

import re
from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.coach.evidence.cues import Pattern


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Band(_Model):
    """What a sum means from `at_least` points on."""

    at_least: int = Field(alias="from", ge=0)
    name: str
    advice: str


class Part(_Model):
    """One part of a rubric: the points of its levels, lowest first, and the question that would raise it."""

    label: str
    points: tuple[int, ...] = Field(min_length=2)
    ask: str

    @model_validator(mode="after")
    def points_rise(self) -> Self:
        """Refuse a level that is worth less than the one below it."""
        if list(self.points) != sorted(self.points):
            raise ValueError(f"points must not fall from level to level, found {list(self.points)}")
        return self


class Rubric(_Model):
    """A rubric: its parts in order and its bands, the highest first."""

    title: str
    bands: tuple[Band, ...] = Field(min_length=1)
    parts: dict[str, Part] = Field(min_length=1)

    @model_validator(mode="after")
    def bands_reach_the_ground(self) -> Self:
        """Refuse bands that are out of order or leave the lowest sums without a name."""
        floors = [band.at_least for band in self.bands]
        if floors != sorted(floors, reverse=True) or floors[-1] != 0:
            raise ValueError("bands must go from the highest `from` down to 0")
        return self

    def band(self, points: int) -> Band:
        """The band a sum of `points` lies in."""
        return next(band for band in self.bands if points >= band.at_least)


class ProfileField(_Model):
    """One trait of a good customer: a CRM field with the values or the range that count."""

    field: str
    points: int = Field(ge=1)
    any_of: tuple[str, ...] = ()
    low: float | None = Field(default=None, alias="from")
    high: float | None = Field(default=None, alias="to")

    @property
    def configured(self) -> bool:
        """Whether anything is said about what counts."""
        return bool(self.any_of) or self.low is not None or self.high is not None


class WeekLine(_Model):
    """One line of the final week: when (days from the close date), who, what, and what proves it."""

    start: int = Field(alias="from")
    end: int = Field(alias="to")
    owner: str
    text: str
    done_when: str
    seen: tuple[Pattern, ...] = ()


class CloseWeek(_Model):
    """The checklist of the final week."""

    title: str
    starts_days_before: int = Field(gt=0)
    lines: tuple[WeekLine, ...] = Field(min_length=1)


class RubricCues(_Model):
    """What a buyer writes that tells more than interest."""

    deep: tuple[Pattern, ...]
    specific: tuple[Pattern, ...]
    soon: tuple[Pattern, ...]
    milestone: tuple[Pattern, ...]
    day: tuple[Pattern, ...]
    work: tuple[Pattern, ...]
    constraint: tuple[Pattern, ...]
    owner: tuple[Pattern, ...]

    @cached_property
    def _compiled(self) -> dict[str, re.Pattern[str]]:
        named: dict[str, tuple[str, ...]] = dict(self)
        return {name: re.compile("|".join(f"(?:{each})" for each in cues), re.I) for name, cues in named.items()}

    def found(self, name: str, sentence: str) -> bool:
        """Whether `sentence` holds a cue of the group `name`."""
        return bool(self._compiled[name].search(sentence))


class RubricPlaybook(_Model):
    """All rubric cards."""

    cues: RubricCues
    intent: Rubric
    budget: Rubric
    readiness: Rubric
    gates: Rubric
    fit: Rubric
    profile: tuple[ProfileField, ...]
    close_week: CloseWeek

    @model_validator(mode="after")
    def parts_are_known(self) -> Self:
        """Refuse a part nobody can compute, and a rubric that lacks one."""
        for name, wanted in _PARTS.items():
            found = set(getattr(self, name).parts)
            if found != wanted:
                raise ValueError(f"{name} must have exactly the parts {', '.join(sorted(wanted))}")
        return self


_PARTS = {
    "intent": {"evaluation", "timing", "commitment"},
    "budget": {"budget", "procurement"},
    "readiness": {"urgency", "authority", "process", "friction"},
    "gates": {"fit", "problem", "decision", "timing", "commercial", "next_step"},
    "fit": {"profile", "use_case", "feasibility"},
}

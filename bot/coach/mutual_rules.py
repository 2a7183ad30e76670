"""The model of `knowledge/playbook/mutual_plan.yaml`."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.coach.reply import Element


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StepRule(_Model):
    """One step of every plan; the file says what its fields mean."""

    key: str = Field(pattern=r"^[a-z_]{1,30}$")
    phase: str = Field(max_length=30)
    side: Literal["theirs", "ours"]
    text: str = Field(max_length=100)
    days: int = Field(ge=1, le=90)
    role: tuple[str, ...] = ()
    duration: tuple[str, ...] = ()
    settled_by: Element | None = None
    alongside: bool = False

    @field_validator("duration")
    @classmethod
    def readable(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse a pattern that is no regular expression."""
        for pattern in patterns:
            re.compile(pattern)
        return patterns


class MutualPlanRules(_Model):
    """`mutual_plan.yaml`."""

    title: str
    steps: tuple[StepRule, ...] = Field(min_length=2, max_length=20)

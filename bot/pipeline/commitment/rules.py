"""The commitment playbook as typed data: minimum steps, windows and the cues of a buyer's mail (DOMAIN 4.1)."""

import re
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationInfo, field_validator, model_validator

from bot.pipeline.stages import StageModel
from bot.playbook import load_playbook


class Step(IntEnum):
    """How far the buyer has gone; each step asks more of them than the one before."""

    SILENT = 0
    """Did nothing."""
    WORDS = 1
    """Wrote, without handing anything over."""
    CALENDAR = 2
    """Gave time: accepted or attended a meeting."""
    WIDENING = 3
    """Brought a person we had not met."""
    WORK = 4
    """Produced something: requirements, data, a test, a form."""
    PLAN = 5
    """Confirmed a plan in writing."""
    PROCESS = 6
    """Moved the organisation: procurement, redlines, order, approval, signature."""

    @property
    def label(self) -> str:
        """The step as people read it: "2 calendar"."""
        return f"{self.value} {self.name.lower()}"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _checked(pattern: str) -> str:
    try:
        _compiled(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


class Cue(_Strict):
    """One way a sentence of the buyer proves a step; `about` may stand anywhere in subject or mail."""

    says: str
    about: str | None = None

    @field_validator("says", "about")
    @classmethod
    def be_an_expression(cls, pattern: str | None) -> str | None:
        """Refuse what cannot be compiled."""
        return _checked(pattern) if pattern is not None else None

    def proves(self, sentence: str, mail: str) -> bool:
        """Whether `sentence`, out of `mail` (subject and body), is this act."""
        return bool(_compiled(self.says).search(sentence)) and (
            self.about is None or bool(_compiled(self.about).search(mail))
        )


class Cues(_Strict):
    """What a buyer's mail must say for steps 4 to 6; a sentence that matches `never` proves nothing."""

    never: tuple[str, ...]
    work: tuple[Cue, ...]
    plan: tuple[Cue, ...]
    process: tuple[Cue, ...]

    @field_validator("never")
    @classmethod
    def be_expressions(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what cannot be compiled."""
        return tuple(_checked(pattern) for pattern in patterns)

    @cached_property
    def _never(self) -> re.Pattern[str]:
        return _compiled("|".join(f"(?:{pattern})" for pattern in self.never) or r"(?!)")

    def step_of(self, sentence: str, mail: str) -> Step:
        """The step this one sentence proves; WORDS if it is only words."""
        if sentence.rstrip().endswith("?") or self._never.search(sentence):
            return Step.WORDS
        ladder = ((Step.PROCESS, self.process), (Step.PLAN, self.plan), (Step.WORK, self.work))
        return next((step for step, cues in ladder if any(cue.proves(sentence, mail) for cue in cues)), Step.WORDS)


class Rebooking(_Strict):
    """Which held meetings are counted, and when one left with a next one."""

    days: PositiveInt
    booked_within_working_days: PositiveInt
    next_within_days: PositiveInt


class Replies(_Strict):
    """How an answer is told from the buyer's own initiative."""

    prefixes: Annotated[tuple[str, ...], Field(min_length=1)]
    answers_within_days: PositiveInt


class CommitmentRules(_Strict):
    """`commitment.yaml`. Validated against the stage model: every stage named must be an open one of it."""

    window_days: PositiveInt
    fall_alert_steps: Annotated[int, Field(ge=1, le=6)]
    call_minutes: PositiveInt
    minimum_by_stage: dict[str, Step]
    rebooking: Rebooking
    replies: Replies
    cues: Cues

    @field_validator("minimum_by_stage")
    @classmethod
    def name_open_stages(cls, minimum: dict[str, Step], info: ValidationInfo) -> dict[str, Step]:
        """Refuse a stage that `stages.yaml` does not have, which would silently never be asked anything."""
        if isinstance(info.context, StageModel):
            known = [stage.name for stage in info.context.open_stages]
            unknown = [name for name in minimum if name not in known]
            if unknown:
                raise ValueError(f"no open stage {unknown[0]!r} in stages.yaml; use {', '.join(known)}")
        return minimum

    @model_validator(mode="after")
    def ask_more_of_later_stages(self) -> Self:
        """Refuse a later stage that asks less than an earlier one."""
        steps = list(self.minimum_by_stage.values())
        if steps != sorted(steps):
            raise ValueError("minimum_by_stage must not fall from one stage to the next")
        return self


def load_commitment(playbook_dir: Path, stages: StageModel) -> CommitmentRules:
    """Read `commitment.yaml`. Raises PlaybookError with file, line, field and fix."""
    return load_playbook(playbook_dir / "commitment.yaml", CommitmentRules, context=stages)

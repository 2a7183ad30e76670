"""The model of `knowledge/playbook/consult.yaml`."""

import re
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.memory.consults import ConsultKind, ConsultPhase

OTHER = "other"
"""Stands for every segment that has no amount of its own."""
PREFILLED = ("background", "state", "message", "gaps", "challenges")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuestionRules(_Model):
    """How many questions a consult has, and what makes one closed or leading (DOMAIN 6.3)."""

    fewest: int = Field(ge=1, le=10)
    most: int = Field(ge=1, le=10)
    closed_openings: tuple[str, ...] = Field(min_length=1)
    leading: tuple[str, ...]
    asking_words: tuple[str, ...] = Field(min_length=1)

    def fault(self, text: str) -> str | None:
        """What is wrong with a question, as a sentence; None if it is open and two-sided."""
        said = " ".join(text.casefold().replace("’", "'").split())
        if any(said.startswith(f"{opening} ") for opening in self.closed_openings):
            opening = text.split()[0]
            return f"“{opening} …” invites a yes. Begin with what, who, how, when or which."
        if any(hint in said for hint in self.leading):
            return "It says which answer you would like. Leave that out."
        if not re.search(rf"\b(?:{'|'.join(map(re.escape, self.asking_words))})\b", said):
            return "It can be answered with yes or no. Ask what, who, how, when or which."
        return None


class LightQuestion(_Model):
    """One question of a light review."""

    about: str
    text: str


class OverviewField(_Model):
    """One field of the seller's overview sheet; `prefilled` names what it is filled with beforehand."""

    key: str = Field(pattern=r"^[a-z_]{1,30}$")
    label: str = Field(max_length=60)
    prefilled: str | None = Field(default=None, alias="from")
    hint: str = Field(default="", max_length=150)

    @model_validator(mode="after")
    def known_source(self) -> Self:
        """Refuse a source nobody can fill in."""
        if self.prefilled is not None and self.prefilled not in PREFILLED:
            raise ValueError(f"`from: {self.prefilled}` is not known; use {', '.join(PREFILLED)} or leave it out")
        return self


class Cadence(_Model):
    """How often which deals are consulted on."""

    every_days: int = Field(ge=1, le=90)
    largest: int = Field(ge=0, le=20)
    flags: tuple[str, ...]
    monthly_from: Mapping[str, float]

    @model_validator(mode="after")
    def covers_every_segment(self) -> Self:
        """Refuse a list that leaves some segment without an amount."""
        if OTHER not in self.monthly_from:
            raise ValueError(f"monthly_from needs an amount for `{OTHER}`, which stands for all further segments")
        return self

    def full_from(self, segment: str | None) -> float:
        """The amount from which a deal of this segment gets a full consult every month."""
        return self.monthly_from.get(segment or OTHER, self.monthly_from[OTHER])


class GuestRules(_Model):
    """For how many days, and how many at a time, colleagues are let into a consult."""

    days: int = Field(ge=1, le=60)
    most: int = Field(ge=1, le=20)


class ConsultRules(_Model):
    """`consult.yaml`: sessions, questions, the overview sheet, follow-up, cadence and guests."""

    minutes: Mapping[ConsultKind, Mapping[ConsultPhase, int]]
    questions: QuestionRules
    light_questions: tuple[LightQuestion, ...] = Field(min_length=1, max_length=10)
    overview: tuple[OverviewField, ...] = Field(min_length=1, max_length=10)
    command_plan: tuple[str, ...]
    follow_up_days: int = Field(ge=1, le=30)
    cadence: Cadence
    guests: GuestRules

    @model_validator(mode="after")
    def every_kind_ends_in_a_plan(self) -> Self:
        """Refuse a session without an action plan at its end."""
        for kind in ConsultKind:
            if list(self.minutes.get(kind, {}))[-1:] != [ConsultPhase.PLAN]:
                raise ValueError(f"minutes.{kind.value} must be there and end with `plan`")
        return self

    def phases(self, kind: ConsultKind) -> tuple[ConsultPhase, ...]:
        """The parts of a session in their order."""
        return tuple(self.minutes[kind])

    def total_minutes(self, kind: ConsultKind) -> int:
        """How long a session takes."""
        return sum(self.minutes[kind].values())

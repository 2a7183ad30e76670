"""The hygiene playbook as typed data (DOMAIN 5.3, 12.1)."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, field_validator, model_validator

from bot.pipeline.commitment import Step
from bot.playbook import load_playbook

CODES = tuple(f"S{number}" for number in range(1, 18))
CUSTOM_FIELDS = ("industry", "source", "blocker", "blocker_since", "artefacts", "hand_off")
MINIMUM_FIELDS = (
    "account", "type", "amount", "currency", "stage", "close_date", "forecast_category", "next_step", "contact",
    "industry", "source",
)  # fmt: skip


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CheckRules(_Strict):
    """How one check is called, how much it matters and what mends it."""

    severity: Severity
    title: str
    fix: str
    off: bool = False


class Limits(_Strict):
    """The numbers of the checks; days are calendar days."""

    far_out_months: PositiveInt
    reason_within_days: PositiveInt
    look_back_days: PositiveInt
    long_factor: Annotated[float, Field(gt=1)]
    stalled_days: PositiveInt
    commit_step: Step
    pushes: PositiveInt
    buyer_evidence_days: PositiveInt
    probability_points: Annotated[float, Field(gt=0, le=100)]
    blocker_days: PositiveInt
    stale_days: PositiveInt


class HygieneRules(_Strict):
    """`hygiene.yaml`. Raises ValidationError for a check that does not exist or is missing."""

    checks: dict[str, CheckRules]
    limits: Limits
    commit_categories: frozenset[str]
    blockers: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    minimum_fields: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def name_every_check(self) -> Self:
        """Refuse a missing check: switching one off is written down."""
        missing = [code for code in CODES if code not in self.checks]
        if missing:
            raise ValueError(f"checks: {missing[0]} is missing; write it with `off: true` to leave it out")
        return self

    @field_validator("checks")
    @classmethod
    def know_every_code(cls, checks: dict[str, CheckRules]) -> dict[str, CheckRules]:
        """Refuse a code nobody runs."""
        _refuse_unknown(checks, CODES, "check")
        return checks

    @field_validator("fields")
    @classmethod
    def know_every_field(cls, fields: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Refuse a field nobody reads."""
        _refuse_unknown(fields, CUSTOM_FIELDS, "field")
        return fields

    @field_validator("minimum_fields")
    @classmethod
    def know_every_minimum_field(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse a field that is not looked at."""
        _refuse_unknown(names, MINIMUM_FIELDS, "field")
        return names


def _refuse_unknown(given: Iterable[str], known: Collection[str], noun: str) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"no {noun} {name!r}; use {', '.join(known)}")


def load_hygiene(playbook_dir: Path) -> HygieneRules:
    """Read `hygiene.yaml`. Raises PlaybookError with file, line, field and fix."""
    return load_playbook(playbook_dir / "hygiene.yaml", HygieneRules)

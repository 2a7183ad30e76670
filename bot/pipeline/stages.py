"""The stage model: which stages a sale passes, what proves each, and what an undated deal may assume.

Read from `knowledge/playbook/stages.yaml` (DOMAIN 5.1). The five default stages, their aliases and both
sets of probabilities are configuration; code only asks for order, status and criteria.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from bot.pipeline.model import DealStatus
from bot.playbook import load_playbook

FEWEST_OPEN_STAGES = 5  # fewer hide where deals stop (DOMAIN 5.1)
MOST_OPEN_STAGES = 7  # more are told apart by nobody (DOMAIN 5.1)
VAGUE_NAMES = frozenset({"active", "engaging", "in progress", "ongoing", "open", "pending", "working"})

Share = Annotated[float, Field(ge=0, le=1)]
Texts = Annotated[tuple[str, ...], Field(default=())]


class ProbabilityPreset(StrEnum):
    """Which set of stage probabilities is used where a deal carries none."""

    DEFAULT = "default"
    """Rises from stage to stage."""
    BOOK = "book"
    """The worked example of the book: Commercial lies below Solution."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Probabilities(_Strict):
    """Chance of winning from a stage, 0-1, once per preset."""

    default: Share
    book: Share


class Stage(_Strict):
    """One stage. `typical_days` is configured, not measured, and None for closed stages."""

    name: str = Field(min_length=1)
    order: PositiveInt
    status: DealStatus
    aliases: Texts
    owner_role: str
    probability: Probabilities
    typical_days: PositiveInt | None = None
    entry: Texts
    exit: Texts
    evidence: Texts

    @property
    def is_open(self) -> bool:
        """Whether a deal in this stage can still be won."""
        return self.status is DealStatus.OPEN


class DealTypeWords(_Strict):
    """Words inside a CRM opportunity type that decide its motion; existing business is looked for first."""

    existing_business: tuple[str, ...]
    new_business: tuple[str, ...]


class StageModel(_Strict):
    """All stages in order, with the words that sort deal types.

    Raises ValidationError for fewer than five or more than seven open stages, orders that do not rise,
    a name or alias used by two stages, and a missing or repeated won or lost stage.
    """

    probability_preset: ProbabilityPreset = ProbabilityPreset.DEFAULT
    stages: tuple[Stage, ...]
    deal_types: DealTypeWords

    @model_validator(mode="after")
    def hold_a_ladder(self) -> Self:
        """Refuse a model whose steps cannot be counted or told apart."""
        if not FEWEST_OPEN_STAGES <= len(self.open_stages) <= MOST_OPEN_STAGES:
            raise ValueError(
                f"{len(self.open_stages)} open stages; a sale needs {FEWEST_OPEN_STAGES} to {MOST_OPEN_STAGES} of them"
            )
        for before, after in pairwise(self.stages):
            if after.order <= before.order:
                raise ValueError(f"order must rise: {after.name} ({after.order}) follows {before.order}")
        self._refuse_closed_before_open()
        self._refuse_shared_names()
        return self

    def _refuse_closed_before_open(self) -> None:
        for status in (DealStatus.WON, DealStatus.LOST):
            if sum(stage.status is status for stage in self.stages) != 1:
                raise ValueError(f"exactly one stage must have status {status}")
        if not all(stage.is_open for stage in self.stages[: len(self.open_stages)]):
            raise ValueError("closed stages must come after all open stages")

    def _refuse_shared_names(self) -> None:
        owners: dict[str, Stage] = {}
        for key, stage in self.names():
            other = owners.setdefault(key, stage)
            if other is not stage:
                both = f"both {other.name} and {stage.name}" if other.name != stage.name else "two stages"
                raise ValueError(f"{key!r} names {both}; keep it in one place")

    def names(self) -> Iterator[tuple[str, Stage]]:
        """Yield every name and alias, folded for comparison, with its stage."""
        for stage in self.stages:
            for name in (stage.name, *stage.aliases):
                yield folded(name), stage

    @cached_property
    def _by_name(self) -> dict[str, Stage]:
        return dict(self.names())

    @property
    def open_stages(self) -> tuple[Stage, ...]:
        """The stages in which a deal can still be won, first to last."""
        return tuple(stage for stage in self.stages if stage.is_open)

    @property
    def won(self) -> Stage:
        """The stage of signed deals."""
        return next(stage for stage in self.stages if stage.status is DealStatus.WON)

    @property
    def lost(self) -> Stage:
        """The stage of deals that ended without a contract."""
        return next(stage for stage in self.stages if stage.status is DealStatus.LOST)

    def resolve(self, name: str | None) -> Stage | None:
        """Return the stage with this name or alias, whatever its case and spacing; None if unknown."""
        return self._by_name.get(folded(name)) if name else None

    def same(self, one: str, other: str) -> bool:
        """Whether two names mean one stage, by name or alias; names nobody knows only if they are equal."""
        stage = self.resolve(one)
        return folded(one) == folded(other) or (stage is not None and stage is self.resolve(other))

    def probability_of(self, stage: Stage, preset: ProbabilityPreset | None = None) -> float:
        """Return the configured chance of winning from `stage`, 0-1: never a measured rate."""
        return float(getattr(stage.probability, (preset or self.probability_preset).value))

    def probabilities(self) -> dict[str, float]:
        """Every open stage with its configured chance of winning, 0-1."""
        return {stage.name: self.probability_of(stage) for stage in self.open_stages}

    def warnings(self, preset: ProbabilityPreset | None = None) -> list[str]:
        """Say what is allowed but doubtful: probabilities that do not rise, vague names, missing criteria."""
        doubts = []
        for before, after in pairwise(self.open_stages):
            low, high = self.probability_of(before, preset), self.probability_of(after, preset)
            if high <= low:
                doubts.append(
                    f"the probability of {after.name} ({high:.0%}) does not rise above {before.name} ({low:.0%})"
                )
        for stage in self.open_stages:
            doubts += _doubts_about(stage)
        return doubts


def folded(name: str) -> str:
    """Return `name` as stages are compared: lower case, outer and repeated blanks gone."""
    return " ".join(name.lower().split())


def load_stages(playbook_dir: Path) -> StageModel:
    """Read `stages.yaml` of a playbook folder. Raises PlaybookError with file, line and fix."""
    return load_playbook(playbook_dir / "stages.yaml", StageModel)


def _doubts_about(stage: Stage) -> list[str]:
    checks = {
        "has a name that says nothing about the customer": folded(stage.name) in VAGUE_NAMES,
        "has no entry criteria": not stage.entry,
        "has no exit criteria": not stage.exit,
        "names no evidence": not stage.evidence,
        "has no typical_days": stage.typical_days is None,
    }
    return [f"{stage.name} {doubt}" for doubt, found in checks.items() if found]

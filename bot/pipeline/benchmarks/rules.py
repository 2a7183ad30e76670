"""The benchmark playbook as typed data: cohort ladder and when a cohort is enough (DOMAIN 2.4)."""

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from bot.playbook import load_playbook


class Metric(StrEnum):
    """The five benchmarks, under the names everybody sees."""

    CYCLE = "typical_cycle"
    """Days from creation to Closed Won."""
    DAYS_IN_STAGE = "typical_days_in_stage"
    """Days a visit to the stage lasts, in deals that were won or lost."""
    DAYS_TO_WON = "typical_days_to_won_from_stage"
    """Days from first entering the stage to Closed Won."""
    CONTACTS = "typical_contacts_won"
    """Distinct persons the owner engaged while the deal was open, in won deals."""
    WIN_RATE = "typical_win_rate_from_stage"
    """Wins among closed deals that reached the stage, 0-1."""

    @property
    def of_stage(self) -> bool:
        """Whether the value differs from stage to stage."""
        return self not in {Metric.CYCLE, Metric.CONTACTS}


class Shared(StrEnum):
    """What the deals of a cohort have in common with the deal compared."""

    OWNER = "owner"
    TYPE = "type"
    SEGMENT = "segment"
    DISCIPLINE = "discipline"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(_Strict):
    """One rung: which deals are compared, or the configured stage default."""

    code: Annotated[str, Field(pattern=r"^[RL]\d$")]
    same: tuple[Shared, ...] = ()
    days: PositiveInt | None = None
    configured: bool = False

    @model_validator(mode="after")
    def be_one_kind(self) -> Self:
        """Refuse a rung that is both measured and configured, or neither."""
        if self.configured == (self.days is not None):
            raise ValueError("write either days (and same) or configured: true")
        return self

    @property
    def wording(self) -> str:
        """The level as people read it, its ladder code first."""
        if self.configured:
            return f"{self.code}: configured, not measured"
        return f"{self.code}: {_sharing(self.same)}, last {self.days} d"


def _sharing(same: tuple[Shared, ...]) -> str:
    if Shared.OWNER in same:
        return "own deals of the rep, same type"
    if not same:
        return "all types, whole company"
    if same == (Shared.TYPE,):
        return "same type, whole company"
    *first, last = same
    return f"same {', '.join(first)} and {last}"


class EnoughForMean(_Strict):
    """Fewest values, and the largest standard error as a share of the mean."""

    deals: Annotated[int, Field(ge=2)]
    relative_error: Annotated[float, Field(gt=0)]


class EnoughForRate(_Strict):
    """Fewest closed deals."""

    deals: PositiveInt


class Enough(_Strict):
    """When a cohort is large and even enough to be quoted."""

    mean: EnoughForMean
    win_rate: EnoughForRate


class BenchmarkRules(_Strict):
    """Ladder and sample rules. Raises ValidationError for an empty ladder or a repeated code."""

    enough: Enough
    smallest_cohort_of_one_other_rep: PositiveInt
    left_out_loss_reasons: tuple[str, ...]
    win_rate_ladder: tuple[Level, ...]
    ladder: Annotated[tuple[Level, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def have_distinct_codes(self) -> Self:
        """Refuse two rungs with one code: nobody could tell them apart."""
        codes = Counter(level.code for level in (*self.win_rate_ladder, *self.ladder))
        if repeated := [code for code, times in codes.items() if times > 1]:
            raise ValueError(f"ladder: the codes {repeated} are used twice")
        return self

    @property
    def longest_window(self) -> int:
        """How many days back any rung looks."""
        return max((level.days or 1) for level in (*self.win_rate_ladder, *self.ladder))

    def levels(self, metric: Metric) -> tuple[Level, ...]:
        """Return the rungs tried for a metric, the closest first; win rates start with the rep's own."""
        return (*self.win_rate_ladder, *self.ladder) if metric is Metric.WIN_RATE else self.ladder


def load_benchmark_rules(playbook_dir: Path) -> BenchmarkRules:
    """Read `benchmarks.yaml` of a playbook folder. Raises PlaybookError with file, line and field."""
    return load_playbook(playbook_dir / "benchmarks.yaml", BenchmarkRules)

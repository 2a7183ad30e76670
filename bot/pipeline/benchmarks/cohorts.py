"""All cohorts at once: every rung of the ladder, every motion, segment, discipline, rep and stage (DOMAIN 2.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.pipeline.benchmarks.rules import BenchmarkRules, Level, Metric, Shared

COLUMN_OF = {
    Shared.OWNER: "owner_id",
    Shared.TYPE: "deal_type",
    Shared.SEGMENT: "segment",
    Shared.DISCIPLINE: "discipline",
}
_KEYS = tuple(COLUMN_OF.values())

SAMPLES = ibis.schema(
    {
        "opportunity_id": "string",
        "owner_id": "string",
        "deal_type": "string",
        "segment": "string",
        "discipline": "string",
        "closed_on": "date",
        "age_days": "int64",
        "metric": "string",
        "stage": "string",
        "value": "float64",
    }
)

CellKey = tuple[str, str, str | None, str | None, str | None, str | None, str | None]
"""Level code, metric, stage, owner, type, segment, discipline; None where the cohort does not share it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cohort's figures. `deviation` is the sample standard deviation, None for a single value.

    `owners` counts the reps behind it and `an_owner` is the only one if there is one.
    """

    n: int
    mean: float
    deviation: float | None
    median: float
    p75: float
    owners: int
    an_owner: str


def cell_table(rules: BenchmarkRules) -> ir.Table:
    """One row a cohort that has any sample: its key and its figures."""
    samples = ibis.table(SAMPLES, name="samples")
    rate = samples.metric == Metric.WIN_RATE.value
    own = [_cells(samples.filter(rate), level) for level in rules.win_rate_ladder if not level.configured]
    common = [_cells(samples, level) for level in rules.ladder if not level.configured]
    return ibis.union(*own, *common)


def _cells(samples: ir.Table, level: Level) -> ir.Table:
    shared = [COLUMN_OF[kind] for kind in level.same]
    rows = samples.filter(samples.age_days < level.days, *(samples[key].notnull() for key in shared))
    rows = rows.mutate(level=ibis.literal(level.code), member=rows.owner_id)
    apart = {key: ibis.null("string") for key in _KEYS if key not in shared}
    rows = rows.mutate(**apart)
    return rows.group_by(["level", "metric", "stage", *_KEYS]).aggregate(
        n=rows.count(),
        mean=rows.value.mean(),
        deviation=rows.value.std(how="sample"),
        median=rows.value.median(),
        p75=rows.value.quantile(0.75),
        owners=rows.member.nunique(),
        an_owner=rows.member.min(),
    )


def cells_of(rows: Iterable[tuple[Any, ...]]) -> dict[CellKey, Cell]:
    """Return the cohorts by key from the rows of `cell_table`."""
    return {row[:7]: Cell(*row[7:]) for row in rows}

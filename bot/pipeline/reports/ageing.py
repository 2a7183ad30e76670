"""Stage ageing: how long closed deals stayed, and which open ones stay longer than three quarters of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from statistics import median
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.pipeline.reports.journeys import stay_lengths
from bot.pipeline.reports.rules import AgeingRules
from bot.pipeline.service import Pipeline
from bot.pipeline.stages import StageModel, folded


@dataclass(frozen=True, slots=True)
class AgedDeal:
    """An open deal above its stage's 75th percentile."""

    id: str
    name: str
    owner: str
    days: int
    over: float


@dataclass(frozen=True, slots=True)
class StageAge:
    """One stage. `median_days` and `p75_days` of `stays` finished ones; None while there are too few.

    `open_median_days` is the median of the `open_deals` that are in the stage now.
    """

    stage: str
    stays: int
    median_days: float | None
    p75_days: float | None
    open_deals: int
    open_median_days: float | None
    above: tuple[AgedDeal, ...]


def stage_ageing(
    pipeline: Pipeline,
    as_of: datetime,
    stages: StageModel,
    rules: AgeingRules,
    deal_ids: Sequence[str] | None = None,
) -> list[StageAge]:
    """Return the stages in order, each with its open deals above P75, the longest over first (None = all deals)."""
    closed = tuple(folded(name) for name, stage in stages.names() if not stage.is_open)
    measured = {row["stage"]: row for row in pipeline.report(_statement(closed, rules.days), as_of, deal_ids)}
    rows = pipeline.facet_rows(as_of, deal_ids)
    rows = [row for row in rows if row["status"] == "open" and row["days_in_stage"] is not None]
    orders = {stage.name: stage.order for stage in stages.open_stages}
    names = {row["stage"] for row in rows} | set(measured)
    ordered = sorted(names, key=lambda name: (orders.get(name, 99), name))
    return [_age(name, measured.get(name), [row for row in rows if row["stage"] == name], rules) for name in ordered]


@lru_cache
def _statement(closed_stages: tuple[str, ...], days: int) -> str:
    return str(ibis.to_sql(stay_table(closed_stages, days), dialect="duckdb"))


def stay_table(closed_stages: tuple[str, ...], days: int) -> ir.Table:
    """One row a stage: finished stays of deals that closed in the last `days`, their median and P75."""
    rows = stay_lengths(closed_stages)
    rows = rows.filter(rows.today.delta(rows.ended_on, unit="day") < days)
    return rows.group_by("stage").aggregate(
        stays=rows.count(), median_days=rows.length.median(), p75_days=rows.length.quantile(0.75)
    )


def _age(
    stage: str, measured: Mapping[str, Any] | None, rows: Sequence[Mapping[str, Any]], rules: AgeingRules
) -> StageAge:
    stays = measured["stays"] if measured else 0
    enough = measured is not None and stays >= rules.least_visits
    p75 = float(measured["p75_days"]) if measured and enough else None
    above = [
        AgedDeal(
            row["id"], row["name"], row["owner_name"] or row["owner"], row["days_in_stage"], row["days_in_stage"] - p75
        )
        for row in rows
        if p75 is not None and row["days_in_stage"] > p75
    ]
    return StageAge(
        stage=stage,
        stays=stays,
        median_days=float(measured["median_days"]) if measured and enough else None,
        p75_days=p75,
        open_deals=len(rows),
        open_median_days=float(median(row["days_in_stage"] for row in rows)) if rows else None,
        above=tuple(sorted(above, key=lambda deal: -deal.over)),
    )

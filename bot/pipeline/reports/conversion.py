"""Conversion per step by entry month, and the bottleneck (DOMAIN 5.2).

Conversion of a step is the share of the deals that entered its stage which went on to a later one. Young
months hold deals that are still waiting; their number stands beside the rate.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.pipeline.reports.journeys import entries
from bot.pipeline.reports.rules import BottleneckRules, ConversionRules
from bot.pipeline.service import Pipeline
from bot.pipeline.stages import StageModel, folded
from bot.pipeline.tables import RECORDED

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Flow:
    """Deals that entered a stage, and what became of them.

    `rate` = advanced ÷ entered, 0-1, None if nothing entered. `undocumented` advances have no note near them;
    None if notes are not recorded. `value` maps currency to (entered, advanced) amounts.
    """

    entered: int
    advanced: int
    lost: int
    waiting: int
    rate: float | None
    undocumented: int | None
    value: dict[str | None, tuple[float, float]]

    @property
    def settled(self) -> int:
        """Deals that left the stage, one way or the other."""
        return self.advanced + self.lost


@dataclass(frozen=True, slots=True)
class MonthFlow:
    """Deals that entered a stage in the month that begins on `first`."""

    first: date
    flow: Flow


@dataclass(frozen=True, slots=True)
class StepConversion:
    """One step of the ladder: all shown months together, and each entry month."""

    stage: str
    towards: str
    total: Flow
    months: tuple[MonthFlow, ...]


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """One step compared with what it used to convert, by deals that left it.

    `baseline` and `actual` are rates 0-1. `lost_deals` = (baseline − actual) × deals that left it lately: how
    many advances are missing. `measured` is False where the configured chances stand in for a baseline.
    `actual` is None while too few left it lately, and so is `lost_deals`.
    """

    stage: str
    baseline: float
    baseline_deals: int
    measured: bool
    actual: float | None
    actual_deals: int
    lost_deals: float | None
    hint: str | None


def conversion(
    pipeline: Pipeline,
    as_of: datetime,
    stages: StageModel,
    rules: ConversionRules,
    deal_ids: Sequence[str] | None = None,
    months: int | None = None,
) -> list[StepConversion]:
    """Return the steps in order for the last months of `rules` (or `months`), over these deals (None = all)."""
    rows = pipeline.report(_statement(_closed(stages), rules.note_within_days), as_of, deal_ids)
    first = months_back(as_of.date(), (months or rules.months) - 1)
    kept = [row for row in rows if _month(row) >= first]
    has_notes = any(row["documented"] for row in rows)
    return [_step(stage, towards, kept, has_notes) for stage, towards in _ladder(rows, stages)]


def bottlenecks(
    pipeline: Pipeline,
    as_of: datetime,
    stages: StageModel,
    rules: ConversionRules,
    limits: BottleneckRules,
    deal_ids: Sequence[str] | None = None,
) -> list[Bottleneck]:
    """Return every step, the largest loss against its baseline first, steps without a verdict last."""
    months = limits.recent_months + limits.baseline_months
    steps = conversion(pipeline, as_of, stages, rules, deal_ids, months)
    recent = months_back(as_of.date(), limits.recent_months - 1)
    found = [_compared(step, recent, stages, limits) for step in steps]
    judged = [each for each in found if each]
    return sorted(judged, key=lambda each: (each.lost_deals is None, -(each.lost_deals or 0)))


def months_back(today: date, count: int) -> date:
    """Return the first day of the month `count` months before today's."""
    months = today.year * 12 + today.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


@lru_cache
def _statement(closed_stages: tuple[str, ...], note_within_days: int) -> str:
    return str(ibis.to_sql(flow_table(closed_stages, note_within_days), dialect="duckdb"))


def flow_table(closed_stages: tuple[str, ...], note_within_days: int) -> ir.Table:
    """One row a stage, entry month and currency: how many and how much entered, advanced, lost, waiting."""
    rows = _documented(entries(closed_stages), note_within_days)
    advanced = rows.outcome == "advanced"
    amount = rows.amount.fill_null(0.0)
    return rows.group_by("stage", "currency", year=rows.entered_on.year(), month=rows.entered_on.month()).aggregate(
        stage_order=rows.stage_order.min(),
        entered=rows.count(),
        advanced=rows.count(where=advanced),
        lost=rows.count(where=rows.outcome == "lost"),
        waiting=rows.count(where=rows.outcome == "waiting"),
        documented=rows.count(where=advanced & rows.has_note),
        entered_value=amount.sum(),
        advanced_value=ibis.coalesce(amount.sum(where=advanced), 0.0),
    )


def _documented(rows: ir.Table, note_within_days: int) -> ir.Table:
    """Entries, each with whether a note stands close to its advance."""
    notes = ibis.table(RECORDED["notes"], name="notes").select("opportunity_id", noted_on="on")
    pairs = rows.filter(rows.advanced_on.notnull()).inner_join(notes, "opportunity_id")
    distance = pairs.advanced_on.delta(pairs.noted_on, unit="day").abs()
    near = pairs.filter(distance <= note_within_days).select("opportunity_id", "stage").distinct()
    near = near.mutate(marked=ibis.literal(True)).rename(noted_deal="opportunity_id", noted_stage="stage")
    joined = rows.left_join(near, (rows.opportunity_id == near.noted_deal) & (rows.stage == near.noted_stage))
    return joined.mutate(has_note=joined.marked.fill_null(False))


def _closed(stages: StageModel) -> tuple[str, ...]:
    return tuple(folded(name) for name, stage in stages.names() if not stage.is_open)


def _ladder(rows: Iterable[Row], stages: StageModel) -> list[tuple[str, str]]:
    """Stages deals entered, in order, each with the one its deals go towards."""
    orders = {row["stage"]: row["stage_order"] or 0 for row in rows}
    names = sorted(orders, key=lambda name: (orders[name], name))
    return [*pairwise(names), (names[-1], stages.won.name)] if names else []


def _step(stage: str, towards: str, rows: Sequence[Row], has_notes: bool) -> StepConversion:
    by_month: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        if row["stage"] == stage:
            by_month[_month(row)].append(row)
    months = tuple(MonthFlow(first, _flow(found, has_notes)) for first, found in sorted(by_month.items()))
    return StepConversion(
        stage, towards, _flow([row for found in by_month.values() for row in found], has_notes), months
    )


def _month(row: Row) -> date:
    return date(row["year"], row["month"], 1)


def _flow(rows: Sequence[Row], has_notes: bool) -> Flow:
    counts = {name: sum(row[name] for row in rows) for name in ("entered", "advanced", "lost", "waiting", "documented")}
    value: dict[str | None, tuple[float, float]] = {}
    for row in rows:
        entered, advanced = value.get(row["currency"], (0.0, 0.0))
        value[row["currency"]] = (entered + row["entered_value"], advanced + row["advanced_value"])
    documented = counts.pop("documented")
    undocumented = counts["advanced"] - documented if has_notes else None
    rate = counts["advanced"] / counts["entered"] if counts["entered"] else None
    return Flow(**counts, rate=rate, undocumented=undocumented, value=value)


def _compared(step: StepConversion, recent: date, stages: StageModel, limits: BottleneckRules) -> Bottleneck | None:
    now = [month.flow for month in step.months if month.first >= recent]
    then = [month.flow for month in step.months if month.first < recent]
    (advanced, left), (advanced_then, left_then) = _settled(now), _settled(then)
    measured = left_then >= limits.least_deals
    baseline = advanced_then / left_then if measured else _configured(step.stage, stages)
    if baseline is None:
        return None
    actual = advanced / left if left >= limits.least_deals else None
    return Bottleneck(
        stage=step.stage,
        baseline=baseline,
        baseline_deals=left_then,
        measured=measured,
        actual=actual,
        actual_deals=left,
        lost_deals=None if actual is None else (baseline - actual) * left,
        hint=limits.hints.get(step.stage),
    )


def _settled(flows: Iterable[Flow]) -> tuple[int, int]:
    known = list(flows)
    return sum(flow.advanced for flow in known), sum(flow.settled for flow in known)


def _configured(name: str, stages: StageModel) -> float | None:
    """The chance of passing a stage that the playbook's chances of winning imply; None for unknown stages."""
    stage = stages.resolve(name)
    if stage is None or not stage.is_open:
        return None
    later = [each for each in stages.open_stages if each.order > stage.order]
    beyond = stages.probability_of(later[0]) if later else 1.0
    return min(1.0, stages.probability_of(stage) / beyond) if beyond else None

"""Win and loss by stage and reason, what the stage chances were worth, and what blocks open deals (DOMAIN 5.2)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.types as ir

from bot.pipeline.benchmarks.ladder import wilson
from bot.pipeline.forecast import AccuracyRules
from bot.pipeline.model import Deal
from bot.pipeline.records import STAGE_NOT_RECORDED
from bot.pipeline.reports.journeys import entries, lives, open_stage_visits
from bot.pipeline.reports.rules import WinLossRules
from bot.pipeline.service import Pipeline
from bot.pipeline.stages import StageModel, folded

REASON_NOT_RECORDED = "no reason recorded"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ending:
    """Deals that ended the same way from the same stage. `value` by currency; amounts nobody recorded are left out."""

    stage: str
    won: bool
    reason: str | None
    deals: int
    value: Mapping[str | None, float]


@dataclass(frozen=True, slots=True)
class WinLoss:
    """Endings of the period, lost ones by stage and reason. `win_rate` 0-1 with its 95 % interval; None without any."""

    days: int
    won: int
    lost: int
    win_rate: float | None
    interval: tuple[float, float] | None
    endings: tuple[Ending, ...]

    def reasons(self) -> list[tuple[str, int]]:
        """Loss reasons with the number of deals, the most frequent first."""
        counts: Counter[str] = Counter()
        for ending in self.endings:
            if not ending.won:
                counts[ending.reason or REASON_NOT_RECORDED] += ending.deals
        return counts.most_common()


@dataclass(frozen=True, slots=True)
class StageAccuracy:
    """What a stage's configured chance of winning was worth: wins of the closed deals that reached it.

    `measured` and `interval` (95 % Wilson) are None while fewer deals closed than the playbook asks for.
    """

    stage: str
    configured: float
    deals: int
    measured: float | None
    interval: tuple[float, float] | None

    @property
    def is_off(self) -> bool:
        """Whether the configured chance lies outside the interval: worth a change."""
        return self.interval is not None and not self.interval[0] <= self.configured <= self.interval[1]


@dataclass(frozen=True, slots=True)
class Blocked:
    """Open deals with the same blocker; `value` by currency. `listed` says whether it is one of the playbook's."""

    blocker: str
    deals: tuple[str, ...]
    value: Mapping[str | None, float]
    listed: bool


def win_loss(
    pipeline: Pipeline,
    as_of: datetime,
    stages: StageModel,
    rules: WinLossRules,
    deal_ids: Sequence[str] | None = None,
) -> WinLoss:
    """Count the deals that closed in the period, over these deals (None = all)."""
    rows = pipeline.report(_endings(_closed(stages), rules.days), as_of, deal_ids)
    endings = _grouped(rows)
    won = sum(each.deals for each in endings if each.won)
    total = sum(each.deals for each in endings)
    return WinLoss(
        days=rules.days,
        won=won,
        lost=total - won,
        win_rate=won / total if total else None,
        interval=wilson(won / total, total) if total else None,
        endings=tuple(endings),
    )


def stage_accuracy(
    pipeline: Pipeline,
    as_of: datetime,
    stages: StageModel,
    rules: AccuracyRules,
    deal_ids: Sequence[str] | None = None,
) -> list[StageAccuracy]:
    """Compare every open stage's configured chance with closed deals that entered it."""
    rows = {row["stage"]: row for row in pipeline.report(_reached(_closed(stages), rules.days), as_of, deal_ids)}
    return [
        _accuracy(stage.name, stages.probability_of(stage), rows.get(stage.name), rules.least_deals)
        for stage in stages.open_stages
    ]


def blocked_deals(deals: Iterable[Deal], names: Collection[str], listed: Collection[str]) -> list[Blocked] | None:
    """Group open deals by the blocker in the first of the custom fields `names`; None if no deal has such a field."""
    known = list(deals)
    wanted = {name.lower() for name in names}
    if not any(key.lower() in wanted for deal in known for key in deal.custom):
        return None
    groups: dict[str, list[Deal]] = defaultdict(list)
    for deal in known:
        blocker = next((value for key, value in deal.custom.items() if key.lower() in wanted and value), None)
        if deal.is_open and blocker:
            groups[str(blocker)].append(deal)
    folded_list = {folded(name) for name in listed}
    found = [
        Blocked(blocker, tuple(deal.name for deal in each), _value(each), folded(blocker) in folded_list)
        for blocker, each in groups.items()
    ]
    return sorted(found, key=lambda each: (-len(each.deals), each.blocker))


def _value(deals: Iterable[Deal]) -> dict[str | None, float]:
    totals: dict[str | None, float] = defaultdict(float)
    for deal in deals:
        if deal.amount is not None:
            totals[deal.currency] += deal.amount
    return dict(totals)


@lru_cache
def _endings(closed_stages: tuple[str, ...], days: int) -> str:
    return str(ibis.to_sql(ending_table(closed_stages, days), dialect="duckdb"))


def ending_table(closed_stages: tuple[str, ...], days: int) -> ir.Table:
    """One row a last open stage, outcome, reason and currency: deals that closed in the last `days`."""
    deals = lives()
    deals = deals.filter(~deals.is_open, deals.today.delta(deals.ended_on, unit="day") < days)
    visits = open_stage_visits(closed_stages)
    last = visits.position == visits.position.max().over(ibis.window(group_by=visits.opportunity_id))
    ends = visits.filter(last).select(ended_deal="opportunity_id", last_stage="stage", last_order="stage_order")
    rows = deals.left_join(ends, deals.opportunity_id == ends.ended_deal)
    rows = rows.mutate(last_stage=ibis.coalesce(rows.last_stage, STAGE_NOT_RECORDED))
    return rows.group_by("last_stage", "status", "loss_reason", "currency").aggregate(
        stage_order=rows.last_order.min(), deals=rows.count(), value=ibis.coalesce(rows.amount.sum(), 0.0)
    )


@lru_cache
def _reached(closed_stages: tuple[str, ...], days: int) -> str:
    rows = entries(closed_stages)
    rows = rows.filter(~rows.is_open, rows.today.delta(rows.ended_on, unit="day") < days)
    counts = rows.group_by("stage").aggregate(deals=rows.count(), won=rows.count(where=rows.closed_won))
    return str(ibis.to_sql(counts, dialect="duckdb"))


def _closed(stages: StageModel) -> tuple[str, ...]:
    return tuple(folded(name) for name, stage in stages.names() if not stage.is_open)


def _grouped(rows: Sequence[Row]) -> list[Ending]:
    """Fold currencies into one ending each, in the order of stages, the most frequent reason first."""
    orders: dict[str, int] = {}
    groups: dict[tuple[str, bool, str | None], list[Row]] = defaultdict(list)
    for row in rows:
        orders[row["last_stage"]] = row["stage_order"] or 0
        won = row["status"] == "won"
        groups[row["last_stage"], won, None if won else row["loss_reason"]].append(row)
    endings = [
        Ending(stage, won, reason, sum(row["deals"] for row in each), {row["currency"]: row["value"] for row in each})
        for (stage, won, reason), each in groups.items()
    ]
    return sorted(endings, key=lambda each: (orders[each.stage], each.won, -each.deals, each.reason or ""))


def _accuracy(stage: str, configured: float, row: Row | None, least: int) -> StageAccuracy:
    deals = row["deals"] if row else 0
    if row is None or deals < least:
        return StageAccuracy(stage, configured, deals, None, None)
    rate = row["won"] / deals
    return StageAccuracy(stage, configured, deals, rate, wilson(rate, deals))

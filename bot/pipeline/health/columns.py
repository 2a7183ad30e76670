"""Many deals through the same rule table, as two columns of an ibis expression (DOMAIN 2.5)."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from bot.pipeline.brief import HealthBucket
from bot.pipeline.health.inputs import input_columns
from bot.pipeline.health.rules import CapRule, HealthRules, SignalRule
from bot.pipeline.model import DealType

_RANKS = {bucket: rank for rank, bucket in enumerate(reversed(HealthBucket))}
"""0 = worst. Buckets are compared as numbers and named at the end."""


def health_table(rules: HealthRules, facet_rows: ir.Table) -> ir.Table:
    """Return `opportunity_id`, `health_bucket` and `health_net_points` of every row of a facet table.

    Both are NULL for a closed deal; too little data gives Average and NULL points.
    """
    rows = input_columns(facet_rows)
    rows = rows.mutate(**{_points(code): column for code, column in _point_columns(rules, rows).items()})
    enough = ~_any(reason.when.column(rows) for reason in rules.insufficient)
    rows = rows.mutate(net=_net(rules, rows), enough=enough)
    rows = rows.mutate(rank=_rank(rules, rows))
    return rows.select(
        "opportunity_id",
        health_bucket=ibis.cases(
            (~rows.is_open, ibis.null("string")),
            (~rows.enough, HealthBucket.AVERAGE.value),
            *((rows["rank"] == rank, bucket.value) for bucket, rank in _RANKS.items()),
        ),
        health_net_points=(rows.is_open & rows.enough).ifelse(rows.net, ibis.null(rows.net.type())),
    )


def _points(code: str) -> str:
    return f"points_{code}"


def _point_columns(rules: HealthRules, rows: ir.Table) -> dict[str, ir.IntegerValue]:
    columns: dict[str, ir.IntegerValue] = {}
    for deal_type, signals in rules.tables.items():
        concerned = rows.deal_type == deal_type.value
        for signal in signals:
            columns[signal.code] = concerned.ifelse(_signal_points(signal, rows, columns), 0)
    return columns


def _signal_points(signal: SignalRule, rows: ir.Table, before: dict[str, ir.IntegerValue]) -> ir.IntegerValue:
    branches = []
    for line in signal.lines:
        holds = line.when.column(rows)
        for code in line.unless:
            holds &= before[code] == 0
        branches.append((holds, line.points))
    return ibis.cases(*branches, else_=0)


def _net(rules: HealthRules, rows: ir.Table) -> ir.IntegerValue:
    codes = [signal.code for signals in rules.tables.values() for signal in signals]
    return reduce(lambda total, code: total + rows[_points(code)], codes, ibis.literal(0))


def _rank(rules: HealthRules, rows: ir.Table) -> ir.IntegerValue:
    """The rank of the points, lowered by caps and settled by overrides."""
    floors = [(rows.net >= cut.at_least, _RANKS[cut.bucket]) for cut in rules.cut_offs[:-1]]
    earned = ibis.cases(*floors, else_=_RANKS[rules.cut_offs[-1].bucket])
    rank: ir.IntegerValue = ibis.least(earned, *(_limit(cap, rows) for cap in rules.caps))
    settled = [(_concerns(rule.only, rows) & rule.when.column(rows), _RANKS[rule.bucket]) for rule in rules.overrides]
    return ibis.cases(*settled, else_=rank) if settled else rank


def _limit(cap: CapRule, rows: ir.Table) -> ir.IntegerValue:
    """The best rank a cap allows; the very best while it does not hold."""
    holds = _concerns(cap.only, rows) & cap.when.column(rows)
    if cap.fired:
        holds &= _any(rows[_points(code)] != 0 for code in cap.fired)
    return holds.ifelse(_RANKS[cap.best], max(_RANKS.values()))


def _concerns(only: DealType | None, rows: ir.Table) -> ir.BooleanValue:
    return ibis.literal(True) if only is None else rows.deal_type == only.value


def _any(columns: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(or_, columns, ibis.literal(False))

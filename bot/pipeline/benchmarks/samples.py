"""What every closed deal contributes to the benchmarks: one row a deal, metric and stage (DOMAIN 2.4).

A sample is dated by its deal's closing day. Cohorts pick by that date, so nothing that happened after
`as_of` can leak into a benchmark.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from bot.pipeline.benchmarks.rules import Metric
from bot.pipeline.tables import DERIVED, RECORDED

PERIOD = ibis.schema({"today": "!date", "since": "!date"})
"""One row: the day of the benchmark and the first closing day that any rung looks back to."""

_COHORT = ("opportunity_id", "owner_id", "deal_type", "segment", "discipline", "closed_on", "age_days")


def sample_table(left_out_loss_reasons: Sequence[str], closed_stages: Sequence[str]) -> ir.Table:
    """One row a sample: the columns of a cohort, `metric`, `stage` (NULL if it has none) and `value`.

    `age_days` is how long ago the deal closed: 0 = today. `closed_stages` are names in lower case.
    """
    deals = _closed_deals(left_out_loss_reasons)
    won = deals.filter(deals.status == "won")
    visits = _open_stage_visits(deals, closed_stages)
    return ibis.union(
        _sample(won, Metric.CYCLE, won.closed_on.delta(won.created_on, unit="day")),
        _sample(*_contacts(won)),
        _sample(visits, Metric.DAYS_IN_STAGE, visits.length, visits.stage),
        _sample(*_days_to_won(visits)),
        _sample(*_outcomes(deals, visits)),
    )


def _closed_deals(left_out_loss_reasons: Sequence[str]) -> ir.Table:
    """Deals won or lost in the period that were a sale at all, with their owner's cohort."""
    opportunities = ibis.table(RECORDED["opportunities"], name="opportunities")
    users = ibis.table(RECORDED["users"], name="users")
    period = ibis.table(PERIOD, name="period")
    deals = opportunities.cross_join(period)
    reason = deals.loss_reason.fill_null("").lower()
    never_a_sale = reduce(or_, [reason.contains(words) for words in left_out_loss_reasons], ibis.literal(False))
    deals = deals.filter(
        deals.status != "open",
        deals.closed_on <= deals.today,
        deals.closed_on >= deals.since,
        (deals.amount > 0).fill_null(True),
        (deals.closed_on >= deals.created_on).fill_null(True),
        ~((deals.status == "lost") & never_a_sale),
    )
    deals = deals.mutate(age_days=deals.today.delta(deals.closed_on, unit="day"))
    current = users.select(owner="user_id", segment_now="segment", discipline_now="discipline")
    deals = deals.left_join(current, deals.owner_id == current.owner)
    deals = deals.left_join(_roles_at_closing(deals), "opportunity_id", rname="role_{name}")
    told = deals.role_opportunity_id.notnull()
    return deals.mutate(
        segment=told.ifelse(deals.role_segment, deals.segment_now),
        discipline=told.ifelse(deals.role_discipline, deals.discipline_now),
    )


def _roles_at_closing(deals: ir.Table) -> ir.Table:
    """One row a deal whose owner has a role history that covers the closing day (DOMAIN 1)."""
    history = ibis.table(RECORDED["role_history"], name="role_history")
    closings = deals.select("opportunity_id", "owner_id", "closed_on")
    spans = history.inner_join(closings, history.user_id == closings.owner_id)
    spans = spans.filter(
        (spans.valid_from <= spans.closed_on).fill_null(True), (spans.valid_to >= spans.closed_on).fill_null(True)
    )
    return spans.group_by("opportunity_id").aggregate(
        role_segment=spans.segment.max(), role_discipline=spans.discipline.max()
    )


def _sample(rows: ir.Table, metric: Metric, value: ir.Value, stage: ir.Value | None = None) -> ir.Table:
    """Rows with a known value as samples of one metric."""
    sample = rows.select(
        *_COHORT,
        metric=ibis.literal(metric.value),
        stage=ibis.null("string") if stage is None else stage,
        value=value.cast("float64"),
    )
    return sample.filter(sample.value.notnull())


def _open_stage_visits(deals: ir.Table, closed_stages: Sequence[str]) -> ir.Table:
    """Visits to open stages: the step into Closed Won or Closed Lost is where a deal's journey ends.

    That step is known by its name, or, if a CRM uses names of its own, by being the last one and not
    earlier than the closing day.
    """
    visits = ibis.table(RECORDED["stage_visits"], name="stage_visits")
    joined = visits.inner_join(deals, "opportunity_id", rname="deal_{name}")
    last = joined.position == joined.position.max().over(ibis.window(group_by=joined.opportunity_id))
    named_closed = joined.stage.lower().isin(closed_stages)
    joined = joined.mutate(closing=named_closed | (last & (joined.entered_on >= joined.closed_on)))
    joined = joined.filter(~joined.closing, joined.entered_on <= joined.closed_on)
    left = ibis.coalesce(joined.left_on, joined.closed_on)
    until = (left > joined.closed_on).ifelse(joined.closed_on, left)
    return joined.mutate(length=until.delta(joined.entered_on, unit="day"))


def _days_to_won(visits: ir.Table) -> tuple[ir.Table, Metric, ir.Value, ir.Value]:
    won = visits.filter(visits.status == "won")
    entries = won.group_by([*_COHORT, "stage"]).aggregate(entered_on=won.entered_on.min())
    days = entries.closed_on.delta(entries.entered_on, unit="day")
    return entries, Metric.DAYS_TO_WON, days, entries.stage


def _contacts(won: ir.Table) -> tuple[ir.Table, Metric, ir.Value]:
    """Persons the owner engaged between creation and closing. Deals of which no person is known say nothing."""
    engagements = ibis.table(DERIVED["engagements"], name="engagements")
    engagements = engagements.drop("opportunity_id")
    numbers = ibis.table(DERIVED["deal_rows"], name="deal_rows")
    lives = won.select("opportunity_id", "created_on", "closed_on").inner_join(numbers, "opportunity_id")
    rows = engagements.inner_join(lives, "deal_row")
    declined = (rows.response == "declined").fill_null(False) & (rows.kind == "meeting")
    born = (rows.on >= rows.created_on).fill_null(True)
    rows = rows.filter(rows.counts, rows.is_tied, ~declined, born, rows.on <= rows.closed_on)
    persons = rows.group_by("opportunity_id").aggregate(persons=rows.email.nunique())
    joined = won.inner_join(persons, "opportunity_id")
    return joined, Metric.CONTACTS, joined.persons


def _outcomes(deals: ir.Table, visits: ir.Table) -> tuple[ir.Table, Metric, ir.Value, ir.Value]:
    """1 for a win and 0 for a loss, once for every stage the deal reached: entered it or a later one.

    Only deals with a stage history take part; a won deal reached them all.
    """
    furthest = visits.group_by("opportunity_id").aggregate(furthest=visits.stage_order.max())
    stages = visits.group_by("stage").aggregate(order=visits.stage_order.min()).rename(reached="stage")
    entered = visits.select("opportunity_id", reached="stage", entered=ibis.literal(True)).distinct()
    pairs = deals.inner_join(furthest, "opportunity_id").cross_join(stages)
    pairs = pairs.left_join(entered, ["opportunity_id", "reached"], rname="entered_{name}")
    won = pairs.status == "won"
    pairs = pairs.filter(won | pairs.entered.notnull() | (pairs.furthest >= pairs.order).fill_null(False))
    return pairs, Metric.WIN_RATE, (pairs.status == "won").ifelse(1, 0), pairs.reached

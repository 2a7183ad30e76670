"""Where each deal went from each stage, as portable table expressions: the ground of every report.

Nothing after `today` is seen: a deal that closed later is open, a stage entered later is not entered.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from bot.pipeline.facets.deals import days_between, measured_deals
from bot.pipeline.tables import RECORDED


def lives() -> ir.Table:
    """One row a chosen deal: what its record says, and whether it stood open on `today` or `ended_on` when."""
    clocks = measured_deals().select("opportunity_id", "today", "is_open", "ended_on", "counted_to")
    record = ibis.table(RECORDED["opportunities"], name="opportunities").select(
        "opportunity_id", "owner_id", "deal_type", "amount", "currency", "status", "loss_reason"
    )
    return record.inner_join(clocks, "opportunity_id")


def open_stage_visits(closed_stages: Sequence[str]) -> ir.Table:
    """One row a visit of a chosen deal to an open stage, with the deal beside it.

    The step into a closed stage is an ending, not a visit. It is known by its name (`closed_stages`, in lower
    case) or, if a CRM uses names of its own, by being the last one and not earlier than the closing day.
    """
    deals = lives()
    visits = ibis.table(RECORDED["stage_visits"], name="stage_visits")
    rows = visits.inner_join(deals, "opportunity_id")
    rows = rows.filter(rows.entered_on <= rows.today)
    last = rows.position == rows.position.max().over(ibis.window(group_by=rows.opportunity_id))
    ending = rows.stage.lower().isin(closed_stages) | (last & (rows.entered_on >= rows.ended_on).fill_null(False))
    return rows.filter(~ending)


def entries(closed_stages: Sequence[str]) -> ir.Table:
    """One row a deal and an open stage it entered: when first, and what became of it from there.

    `outcome` is advanced (entered a later stage afterwards, or was won), lost or waiting. `advanced_on` is
    the day of it. `closed_won` tells whether the deal is won by now.
    """
    visits = open_stage_visits(closed_stages)
    first = visits.group_by("opportunity_id", "stage").aggregate(
        entered_on=visits.entered_on.min(), position=visits.position.min(), stage_order=visits.stage_order.min()
    )
    deals = visits.select(
        "opportunity_id", "owner_id", "deal_type", "amount", "currency", "status", "is_open", "ended_on", "today"
    ).distinct()
    rows = first.left_join(_advances(first, visits), ["opportunity_id", "stage"]).drop(
        "opportunity_id_right", "stage_right"
    )
    rows = rows.inner_join(deals, "opportunity_id")
    won = ~rows.is_open & (rows.status == "won")
    advanced = rows.stepped_on.notnull() | won
    outcome = advanced.ifelse("advanced", rows.is_open.ifelse("waiting", "lost"))
    advanced_on = ibis.coalesce(rows.stepped_on, won.ifelse(rows.ended_on, ibis.null("date")))
    return rows.mutate(outcome=outcome, advanced_on=advanced_on, closed_won=won)


def _advances(first: ir.Table, visits: ir.Table) -> ir.Table:
    """The first later visit to a higher stage, for each entry that has one."""
    later = visits.select("opportunity_id", "entered_on", later_position="position", later_order="stage_order")
    pairs = first.inner_join(later, "opportunity_id", rname="later_{name}")
    pairs = pairs.filter(
        pairs.later_position > pairs.position, (pairs.later_order > pairs.stage_order).fill_null(False)
    )
    return pairs.group_by("opportunity_id", "stage").aggregate(stepped_on=pairs.later_entered_on.min())


def stay_lengths(closed_stages: Sequence[str]) -> ir.Table:
    """One row a finished visit to an open stage of a closed deal, with its length in days."""
    rows = open_stage_visits(closed_stages).filter(lambda row: ~row.is_open)
    left = ibis.coalesce(rows.left_on, rows.ended_on)
    until = (left > rows.ended_on).ifelse(rows.ended_on, left)
    return rows.mutate(length=days_between(rows.entered_on, until))

"""The deals being measured, each with its own "today" and with the stage it was in on that day."""

import ibis
import ibis.expr.types as ir

from bot.pipeline.facets.moment import CLOCK
from bot.pipeline.tables import RECORDED

CHOSEN = ibis.schema({"opportunity_id": "!string"})


def days_between(start: ir.DateValue, end: ir.DateValue) -> ir.IntegerValue:
    """Days from `start` to `end`; 0 if a CRM has them in the wrong order, NULL if either is unknown."""
    days = end.delta(start, unit="day")
    return (days < 0).ifelse(0, days)


def measured_deals() -> ir.Table:
    """One row a chosen deal: its record, its clock, and `is_open` as it stood on `today`.

    `ended_on` is the closing day of a deal that was closed by then and NULL for an open one; `counted_to`
    is the last day of its life so far.
    """
    chosen = ibis.table(CHOSEN, name="chosen")
    clock = ibis.table(CLOCK, name="clock")
    opportunities = ibis.table(RECORDED["opportunities"], name="opportunities")
    deals = opportunities.semi_join(chosen, "opportunity_id").inner_join(clock, "timezone")
    still_open = (deals.status == "open") | (deals.closed_on > deals.today).fill_null(False)
    deals = deals.mutate(is_open=still_open)
    ended = deals.is_open.ifelse(ibis.null("date"), deals.closed_on)
    return deals.mutate(ended_on=ended, counted_to=ibis.coalesce(ended, deals.today))


def connected_deals(deals: ir.Table) -> ir.Table:
    """One row a deal: is its owner's mail and calendar known to be fed (DOMAIN 2.1).

    An owner without any described source counts as fed if the snapshot holds activities at all.
    """
    sources = ibis.table(RECORDED["sources"], name="sources")
    fed = sources.filter(sources.source.isin(["mail", "calendar"]))
    fed = fed.inner_join(deals, fed.user_id == deals.owner_id)
    broken = ~fed.connected | (fed.last_sync < fed.stale_before).fill_null(False)
    described = fed.group_by("opportunity_id").aggregate(broken=broken.cast("int32").max())
    joined = deals.left_join(described, "opportunity_id")
    return joined.select(
        "opportunity_id",
        connected=ibis.coalesce(joined.broken == 0, joined.activity_recorded),
    )


def stage_visits(deals: ir.Table) -> ir.Table:
    """One row a stage visit begun by `today`, with its length so far and the order of the one before."""
    visits = ibis.table(RECORDED["stage_visits"], name="stage_visits")
    known = visits.inner_join(deals.select("opportunity_id", "today", "counted_to", "since_30"), "opportunity_id")
    known = known.filter(known.entered_on <= known.today)
    in_turn = ibis.window(group_by=known.opportunity_id, order_by=known.position)
    left = ibis.coalesce(known.left_on, known.counted_to)
    known = known.mutate(
        order_before=known.stage_order.lag().over(in_turn),
        last_position=known.position.max().over(ibis.window(group_by=known.opportunity_id)),
        until=(left > known.counted_to).ifelse(known.counted_to, left),
    )
    return known.mutate(length=days_between(known.entered_on, known.until))


def stage_facets(visits: ir.Table) -> ir.Table:
    """One row a deal with a stage history: current visit, advances and moves back (DOMAIN 2.3)."""
    current = visits.position == visits.last_position
    advanced = visits.stage_order > visits.order_before
    back = visits.stage_order < visits.order_before
    moves = visits.group_by("opportunity_id").aggregate(
        visited_stage=visits.stage.max(where=current),
        visited_order=visits.stage_order.max(where=current),
        entered_on=visits.entered_on.max(where=current),
        last_advance=visits.entered_on.max(where=advanced),
        last_move_back=visits.entered_on.max(where=back),
    )
    stays = visits.inner_join(moves.select("opportunity_id", "visited_stage"), "opportunity_id")
    stays = stays.filter(stays.stage == stays.visited_stage)
    total = stays.group_by("opportunity_id").aggregate(days_in_all_visits=stays.length.sum())
    return moves.left_join(total, "opportunity_id").drop("opportunity_id_right")


def close_date_pushes(deals: ir.Table) -> ir.Table:
    """One row a deal whose close date was ever moved to a later one: how often, up to `as_of`."""
    history = ibis.table(RECORDED["field_history"], name="field_history")
    moves = history.inner_join(deals.select("opportunity_id", "as_of"), "opportunity_id")
    # ISO dates compare as text, and text survives every engine and every malformed entry.
    pushed = moves.filter(moves.field == "close_date", moves.at <= moves.as_of, moves.new > moves.old)
    return pushed.group_by("opportunity_id").aggregate(pushes=pushed.count())

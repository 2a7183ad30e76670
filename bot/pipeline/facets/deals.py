"""The deals being measured, each with its own "today" and as it stood on that day."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from bot.pipeline.facets.moment import CLOCK, MOMENTS
from bot.pipeline.tables import DERIVED, RECORDED

CHOSEN = ibis.schema({"opportunity_id": "!string"})

REWOUND = {"owner_id": "string", "close_date": "date", "amount": "float64", "forecast_category": "string"}
"""The fields whose changes are recorded, and so whose earlier values can be known."""

_KEPT = ("opportunity_id", "deal_type", "status", "stage", "stage_order", "created_on", "closed_on", "timezone")


def days_between(start: ir.DateValue, end: ir.DateValue) -> ir.IntegerValue:
    """Days from `start` to `end`; 0 if a CRM has them in the wrong order, NULL if either is unknown."""
    days = end.delta(start, unit="day")
    return (days < 0).ifelse(0, days)


def measured_deals(*, rewound: bool = True) -> ir.Table:
    """One row a chosen deal: its record, its clock, and `is_open` as it stood on `today`.

    `ended_on` is the closing day of a deal that was closed by then and NULL for an open one; `counted_to`
    is the last day of its life so far. With `rewound`, owner, close date, amount and forecast category are
    those of `as_of` as far as changes of them were recorded; that costs a join and says nothing new while
    every recorded change lies before `as_of`.
    """
    deals = _chosen().inner_join(ibis.table(CLOCK, name="clock"), "timezone")
    return _standing(_rewound(deals) if rewound else deals)


def deals_at_moments() -> ir.Table:
    """The same, rewound, with each chosen deal at its own instant of the table `moments`.

    Where no change of a close date was ever recorded, the record of a closed deal holds the last one only:
    nobody knew that one then, so it is left out.
    """
    deals = _chosen().inner_join(ibis.table(MOMENTS, name="moments"), "opportunity_id")
    known = deals.changes_recorded.ifelse(deals.close_date, ibis.null("date"))
    return _standing(_rewound(deals.mutate(close_date=known)))


def _chosen() -> ir.Table:
    opportunities = ibis.table(RECORDED["opportunities"], name="opportunities").select(*_KEPT, *REWOUND)
    deals = opportunities.semi_join(ibis.table(CHOSEN, name="chosen"), "opportunity_id")
    return deals.inner_join(ibis.table(DERIVED["deal_rows"], name="deal_rows"), "opportunity_id")


def _standing(deals: ir.Table) -> ir.Table:
    still_open = (deals.status == "open") | (deals.closed_on > deals.today).fill_null(False)
    deals = deals.mutate(is_open=still_open)
    ended = deals.is_open.ifelse(ibis.null("date"), deals.closed_on)
    return deals.mutate(ended_on=ended, counted_to=ibis.coalesce(ended, deals.today))


def _rewound(deals: ir.Table) -> ir.Table:
    """Put back what the first change after `as_of` replaced. An owner who is not named stays the last known."""
    changes = ibis.table(DERIVED["changes"], name="changes")
    later = changes.inner_join(deals.select("opportunity_id", "as_of"), "opportunity_id")
    later = later.filter(later["at"] > later.as_of)
    first = later.group_by(["opportunity_id", "field"]).aggregate(first_at=later["at"].min())
    undone = later.inner_join(
        first, [later.opportunity_id == first.opportunity_id, later.field == first.field, later["at"] == first.first_at]
    ).select(*later.columns)
    before = undone.group_by("opportunity_id").aggregate(
        **{f"was_{name}": undone[f"old_{name}"].max() for name in REWOUND},
        **{f"has_{name}": (undone.field == name).cast("int32").max() for name in REWOUND},
    )
    before = before.rename(changed="opportunity_id")
    rows = deals.left_join(before, deals.opportunity_id == before.changed)
    known = {name: (rows[f"has_{name}"] == 1).fill_null(False) for name in REWOUND}
    values = {name: known[name].ifelse(rows[f"was_{name}"], rows[name]) for name in REWOUND}
    values["owner_id"] = ibis.coalesce(values["owner_id"], rows.owner_id)
    return rows.mutate(**values).select(*deals.columns)


def connected_deals(deals: ir.Table) -> ir.Table:
    """One row a deal: is its owner's mail and calendar known to be fed (DOMAIN 2.1).

    An owner without any described source counts as fed if the snapshot holds activities at all.
    """
    sources = ibis.table(RECORDED["sources"], name="sources")
    fed = sources.filter(sources.source.isin(["mail", "calendar"]))
    owned = deals.select("opportunity_id", "owner_id", "stale_before")
    fed = fed.inner_join(owned, fed.user_id == owned.owner_id)
    broken = ~fed.connected | (fed.last_sync < fed.stale_before).fill_null(False)
    return fed.group_by("opportunity_id").aggregate(broken=broken.cast("int32").max())


def stage_visits(deals: ir.Table, closed_stages: Sequence[str]) -> ir.Table:
    """One row a stage visit, with its length so far and the order of the open stage before it.

    Visits that begin after `today` are marked `is_ahead`: nobody knew of them, but that they are recorded
    says that the stage of the record is not the stage of `today`. A step into a closed stage and back, as a
    reopened deal has, is no visit on the ladder: it neither advances nor moves back. `closed_stages` are
    names in lower case.
    """
    visits = ibis.table(RECORDED["stage_visits"], name="stage_visits")
    rows = visits.inner_join(deals.select("opportunity_id", "today", "counted_to", "since_30"), "opportunity_id")
    ahead = rows.entered_on > rows.today
    left = ibis.coalesce(rows.left_on, rows.counted_to)
    rows = rows.mutate(
        is_ahead=ahead,
        is_closing=rows.stage.lower().isin(closed_stages) if closed_stages else ibis.literal(False),
        known_position=ahead.ifelse(ibis.null("int32"), rows.position),
        until=(left > rows.counted_to).ifelse(rows.counted_to, left),
    )
    deal = ibis.window(group_by=rows.opportunity_id)
    climb = ibis.window(group_by=[rows.opportunity_id, rows.is_closing], order_by=rows.position)
    rows = rows.mutate(
        order_before=rows.stage_order.lag().over(climb),
        is_current=(rows.position == rows.known_position.max().over(deal)).fill_null(False),
        length=days_between(rows.entered_on, rows.until),
    )
    current = rows.is_current.ifelse(rows.stage, ibis.null("string"))
    return rows.mutate(current_stage=current.max().over(ibis.window(group_by=rows.opportunity_id)))


def stage_facets(visits: ir.Table) -> ir.Table:
    """One row a deal with a stage history: current visit, advances and moves back (DOMAIN 2.3)."""
    climbing = ~visits.is_ahead & ~visits.is_closing
    advanced = (climbing & (visits.stage_order > visits.order_before)).fill_null(False)
    back = (climbing & (visits.stage_order < visits.order_before)).fill_null(False)
    same = (~visits.is_ahead & (visits.stage == visits.current_stage)).fill_null(False)
    return visits.group_by("opportunity_id").aggregate(
        moves_ahead=visits.is_ahead.cast("int32").max(),
        visited_stage=visits.current_stage.max(),
        visited_order=visits.stage_order.max(where=visits.is_current),
        entered_on=visits.entered_on.max(where=visits.is_current),
        last_advance=visits.entered_on.max(where=advanced),
        last_move_back=visits.entered_on.max(where=back),
        days_in_all_visits=visits.length.sum(where=same),
    )


def close_date_pushes(deals: ir.Table) -> ir.Table:
    """One row a deal whose close date was ever moved to a later one: how often, up to `as_of`."""
    changes = ibis.table(DERIVED["changes"], name="changes")
    moves = changes.inner_join(deals.select("opportunity_id", "as_of"), "opportunity_id")
    pushed = moves.filter(
        moves.field == "close_date", moves["at"] <= moves.as_of, moves.new_close_date > moves.old_close_date
    )
    return pushed.group_by("opportunity_id").aggregate(pushes=pushed.count())

"""All measured facets of many deals as one ibis expression (DOMAIN 2.3).

The same expression compiles for every engine ibis speaks to: no dialect SQL, no quantiles, and the clock,
the chosen deals and their benchmarks come in as three small tables (`clock`, `chosen`, `yardsticks`).
"""

from dataclasses import fields

import ibis
import ibis.expr.types as ir

from bot.pipeline.brief import Facets
from bot.pipeline.facets.deals import (
    close_date_pushes,
    connected_deals,
    days_between,
    measured_deals,
    stage_facets,
    stage_visits,
)
from bot.pipeline.facets.engagement import people_facets, touch_facets

YARDSTICKS = ibis.schema({"opportunity_id": "!string", "typical_cycle": "float64", "typical_contacts_won": "float64"})

FACET_NAMES = tuple(field.name for field in fields(Facets))
CONTEXT_NAMES = ("opportunity_id", "deal_type", "today", "is_open", "connected", "typical_contacts_won")
"""Columns beside the facets: what health needs to know and what joins a row to its deal."""

_COUNTS = (
    "touches_last_14", "inbound_last_14", "meetings_total", "meetings_last_14", "meetings_last_30",
    "meetings_last_90", "meetings_next_30", "meetings_next_90",
)  # fmt: skip
_DAYS = ("next_meeting", "last_meeting")


def facet_table() -> ir.Table:
    """One row a chosen deal: `CONTEXT_NAMES` and every field of `Facets`, under the same names."""
    deals = measured_deals()
    rows = _joined(deals)
    facets = _age_facets(rows) | _stage_facets(rows) | _touch_facets(rows) | _people_facets(rows)
    return rows.select(*CONTEXT_NAMES, **{name: facets[name] for name in FACET_NAMES})


def standing_table() -> ir.Table:
    """One row a chosen deal: what decides its benchmarks - owner, motion and the stage it was in then.

    The stage of the record is today's; at an earlier `as_of` the history knows better.
    """
    deals = measured_deals()
    moves = stage_facets(stage_visits(deals))
    rows = deals.left_join(moves, "opportunity_id")
    rewound = (rows.status != "open") & rows.is_open
    return rows.select(
        "opportunity_id",
        "owner_id",
        "deal_type",
        "today",
        "is_open",
        stage=rewound.ifelse(ibis.coalesce(rows.visited_stage, rows.stage), rows.stage),
        stage_order=rewound.ifelse(ibis.coalesce(rows.visited_order, rows.stage_order), rows.stage_order),
    )


def _joined(deals: ir.Table) -> ir.Table:
    """Deals with every part beside them; one flat chain of joins, which small engines can parse too."""
    parts = (
        connected_deals(deals),
        stage_facets(stage_visits(deals)),
        close_date_pushes(deals),
        touch_facets(deals),
        people_facets(deals),
        ibis.table(YARDSTICKS, name="yardsticks"),
    )
    rows = deals
    for number, part in enumerate(parts):
        part = part.rename({f"deal_{number}": "opportunity_id"})
        rows = rows.left_join(part, rows.opportunity_id == part[f"deal_{number}"])
    return rows


def _age_facets(rows: ir.Table) -> dict[str, ir.Value]:
    age = days_between(rows.created_on, rows.counted_to)
    until_close = rows.close_date.delta(rows.today, unit="day")
    pushes = ibis.coalesce(rows.pushes, 0)
    return {
        "opp_age": age,
        "age_ratio": age.cast("float64") / rows.typical_cycle.nullif(0),
        "days_until_close": rows.is_open.ifelse(until_close, ibis.null("int64")),
        "close_date_pushes": rows.changes_recorded.ifelse(pushes, ibis.null("int64")),
    }


def _stage_facets(rows: ir.Table) -> dict[str, ir.Value]:
    entered = ibis.coalesce(rows.entered_on, rows.created_on)
    days = days_between(entered, rows.counted_to)
    return {
        "days_in_stage": days,
        "days_in_stage_estimated": rows.entered_on.isnull(),
        "cumulative_days_in_stage": ibis.coalesce(rows.days_in_all_visits, days),
        "last_advance": rows.last_advance,
        "last_move_back": rows.last_move_back,
        "advanced_last_30": (rows.last_advance >= rows.since_30).fill_null(False),
        "moved_back_last_30": (rows.last_move_back >= rows.since_30).fill_null(False),
    }


def _touch_facets(rows: ir.Table) -> dict[str, ir.Value]:
    """Unknown, not zero, while the owner's mail and calendar are not connected."""
    facets = {name: ibis.coalesce(rows[name], 0) for name in _COUNTS}
    facets |= {name: rows[name] for name in _DAYS}
    facets["days_untouched"] = rows.today.delta(rows.last_touch, unit="day")
    facets["days_since_inbound"] = rows.today.delta(rows.last_inbound, unit="day")
    return {name: _if(rows.connected, value) for name, value in facets.items()}


def _people_facets(rows: ir.Table) -> dict[str, ir.Value]:
    """Unknown too if there was contact but the snapshot records no guests or correspondents at all."""
    known = rows.connected & (rows.guests_recorded | (ibis.coalesce(rows.touched, 0) == 0))
    facets = {
        "contacts_engaged": ibis.coalesce(rows.contacts_engaged, 0),
        "new_stakeholders_last_30": ibis.coalesce(rows.new_stakeholders_last_30, 0),
        "unanswered_inbound_days": rows.today.delta(rows.waiting_since, unit="day"),
    }
    return {name: _if(known, value) for name, value in facets.items()}


def _if(known: ir.BooleanValue, value: ir.Value) -> ir.Value:
    return known.ifelse(value, ibis.null(value.type()))

"""All measured facets of many deals as portable ibis expressions (DOMAIN 2.3).

The same expressions compile for every engine ibis speaks to: no dialect SQL, no quantiles, and the clock,
the chosen deals and their benchmarks come in as three small tables (`clock`, `chosen`, `yardsticks`). They
come in three steps - deals as they stood, what was measured of them, and that rated against benchmarks -
because benchmarks depend on the stage a deal was in; `facet_table` is all three as one expression.
"""

from collections.abc import Sequence
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
STANDING = (
    "opportunity_id", "deal_type", "today", "is_open", "connected", "owner_id", "stage", "stage_order", "close_date",
    "amount", "forecast_category",
)  # fmt: skip
"""Columns beside the facets: the deal as it stood, which decides its benchmarks, and what joins a row to it."""
CONTEXT_NAMES = (*STANDING, "typical_contacts_won")

_COUNTS = (
    "touches_last_14", "inbound_last_14", "meetings_total", "meetings_last_14", "meetings_last_30",
    "meetings_last_90", "meetings_next_30", "meetings_next_90",
)  # fmt: skip
_DAYS = ("next_meeting", "last_meeting")


def facet_table(closed_stages: Sequence[str] = ()) -> ir.Table:
    """One row a chosen deal: `CONTEXT_NAMES` and every field of `Facets`, under the same names."""
    return rated_table(measured_table(measured_deals(), closed_stages))


def measured_table(deals: ir.Table, closed_stages: Sequence[str] = ()) -> ir.Table:
    """One row of `deals` each: `STANDING` and every facet that needs no benchmark."""
    rows = _joined(deals, closed_stages)
    rows = rows.mutate(connected=ibis.coalesce(rows.broken == 0, rows.activity_recorded), **_standing(rows))
    facets = _age_facets(rows) | _stage_facets(rows) | _touch_facets(rows) | _people_facets(rows)
    return rows.select(*STANDING, **facets)


def rated_table(measured: ir.Table) -> ir.Table:
    """`measured` beside `yardsticks`: the facets that compare a deal with those before it."""
    typical = ibis.table(YARDSTICKS, name="yardsticks").rename(rated="opportunity_id")
    rows = measured.left_join(typical, measured.opportunity_id == typical.rated)
    ratio = rows.opp_age.cast("float64") / rows.typical_cycle.nullif(0)
    return rows.mutate(age_ratio=ratio).select(*CONTEXT_NAMES, *FACET_NAMES)


def _joined(deals: ir.Table, closed_stages: Sequence[str]) -> ir.Table:
    """Deals with every part beside them; one flat chain of joins, which small engines can parse too."""
    parts = (
        (connected_deals(deals), "opportunity_id"),
        (stage_facets(stage_visits(deals, closed_stages)), "opportunity_id"),
        (close_date_pushes(deals), "opportunity_id"),
        (touch_facets(deals), "deal_row"),
        (people_facets(deals), "deal_row"),
    )
    rows = deals
    for number, (part, key) in enumerate(parts):
        part = part.rename({f"deal_{number}": key})
        rows = rows.left_join(part, rows[key] == part[f"deal_{number}"])
    return rows


def _standing(rows: ir.Table) -> dict[str, ir.Value]:
    """The stage on `today`. The record holds the latest; once it was left since, the history knows better."""
    moved_since = (rows.moves_ahead == 1).fill_null(False) | ((rows.status != "open") & rows.is_open)
    return {
        "stage": moved_since.ifelse(rows.visited_stage, rows.stage),
        "stage_order": moved_since.ifelse(rows.visited_order, rows.stage_order),
    }


def _age_facets(rows: ir.Table) -> dict[str, ir.Value]:
    age = days_between(rows.created_on, rows.counted_to)
    until_close = rows.close_date.delta(rows.today, unit="day")
    pushes = ibis.coalesce(rows.pushes, 0)
    return {
        "opp_age": age,
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

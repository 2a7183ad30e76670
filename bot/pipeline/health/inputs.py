"""The names a health rule may use: every facet, and a few figures that follow from them.

The derived figures are defined twice, side by side: for one deal in Python and for a table in ibis.
"""

from dataclasses import asdict
from datetime import date
from types import MappingProxyType

import ibis
import ibis.expr.types as ir

from bot.pipeline.brief import Benchmark, Facets
from bot.pipeline.facets.measure import FACET_NAMES

Value = float | bool | date | None
Inputs = dict[str, Value]

YES_NO = frozenset({"advanced_last_30", "moved_back_last_30", "days_in_stage_estimated"})
DATES = frozenset({"next_meeting", "last_meeting", "last_advance", "last_move_back"})
DERIVED = MappingProxyType(
    {
        "effective_days_untouched": "days_untouched; the deal's age if it was never touched",
        "days_to_next_meeting": "days from today to next_meeting",
        "contacts_ratio": "contacts_engaged / typical_contacts_won",
    }
)
NAMES = frozenset(FACET_NAMES) | DERIVED.keys()
NUMBERS = NAMES - YES_NO - DATES


def inputs_of(facets: Facets, today: date, contacts: Benchmark | None) -> Inputs:
    """Return what the rules may ask about one deal; a figure that cannot be known is None."""
    untouched = facets.days_untouched
    if untouched is None and facets.touches_last_14 is not None:
        untouched = facets.opp_age
    ahead = (facets.next_meeting - today).days if facets.next_meeting else None
    ratio = None
    if contacts and contacts.value and facets.contacts_engaged is not None:
        ratio = facets.contacts_engaged / contacts.value
    return asdict(facets) | {
        "effective_days_untouched": untouched,
        "days_to_next_meeting": ahead,
        "contacts_ratio": ratio,
    }


def input_columns(rows: ir.Table) -> ir.Table:
    """Add the derived figures to a facet table (its columns `today` and `typical_contacts_won` included)."""
    if_never = rows.touches_last_14.notnull().ifelse(rows.opp_age, ibis.null(rows.opp_age.type()))
    return rows.mutate(
        effective_days_untouched=ibis.coalesce(rows.days_untouched, if_never),
        days_to_next_meeting=rows.next_meeting.delta(rows.today, unit="day"),
        contacts_ratio=rows.contacts_engaged.cast("float64") / rows.typical_contacts_won.nullif(0),
    )

"""Facets: everything measured about a deal, as portable table expressions (DOMAIN 2.1-2.3)."""

from bot.pipeline.facets.deals import CHOSEN, deals_at_moments, measured_deals
from bot.pipeline.facets.measure import (
    CONTEXT_NAMES,
    FACET_NAMES,
    YARDSTICKS,
    facet_table,
    measured_table,
    rated_table,
)
from bot.pipeline.facets.moment import CLOCK, MOMENTS, clock_rows, local_date

__all__ = [
    "CHOSEN",
    "CLOCK",
    "CONTEXT_NAMES",
    "FACET_NAMES",
    "MOMENTS",
    "YARDSTICKS",
    "clock_rows",
    "deals_at_moments",
    "facet_table",
    "local_date",
    "measured_deals",
    "measured_table",
    "rated_table",
]

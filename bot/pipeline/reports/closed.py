"""Deals that were won or lost, one by one: the ground of questions about results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import ibis

from bot.pipeline.reports.journeys import lives
from bot.pipeline.service import Pipeline
from bot.pipeline.tables import RECORDED


@dataclass(frozen=True, slots=True)
class ClosedDeal:
    """One deal that ended. `days` from creation to the end, None if either is unknown; so are amount and reason."""

    name: str
    owner_id: str
    won: bool
    ended_on: date
    amount: float | None
    currency: str | None
    reason: str | None
    days: int | None


def closed_deals(pipeline: Pipeline, as_of: datetime, deal_ids: Sequence[str]) -> list[ClosedDeal]:
    """Return those of the deals that had ended by `as_of`, the latest first; one without an end day is left out."""
    return [
        ClosedDeal(
            name=row["name"],
            owner_id=row["owner_id"],
            won=row["status"] == "won",
            ended_on=row["ended_on"],
            amount=row["amount"],
            currency=row["currency"],
            reason=row["loss_reason"] or None,
            days=(row["ended_on"] - row["created_on"]).days if row["created_on"] else None,
        )
        for row in pipeline.report(_statement(), as_of, deal_ids)
    ]


@lru_cache
def _statement() -> str:
    named = ibis.table(RECORDED["opportunities"], name="opportunities").select("opportunity_id", "name", "created_on")
    deals = lives()
    rows = deals.filter(~deals.is_open, deals.ended_on.notnull()).inner_join(named, "opportunity_id")
    return str(ibis.to_sql(rows.order_by(ibis.desc("ended_on"), "name"), dialect="duckdb"))

"""Closed deals put back to the middle of their lives and rated with what was known then (DOMAIN 2.5).

Left out are deals without both a creation and a closing day, those that closed on the day they were created,
and those that were never a sale. Nothing recorded after the middle of a deal enters its row: activities, stage
changes and changes of owner, amount and close date are undone, and benchmarks come from deals closed before.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.pipeline.backtest.figures import Backtest, Rated, summarise
from bot.pipeline.service import Pipeline

Row = Mapping[str, Any]

_CLOSED = """
SELECT o.opportunity_id, o.status, o.created_on, o.closed_on, o.amount, o.loss_reason, o.timezone
FROM opportunities o JOIN chosen USING (opportunity_id) JOIN clock USING (timezone)
WHERE o.status <> 'open' AND coalesce(o.closed_on <= clock.today, TRUE)
"""


def backtest(
    pipeline: Pipeline,
    as_of: datetime,
    *,
    never_a_sale: Sequence[str],
    bookings_known: timedelta = timedelta(0),
) -> Backtest:
    """Rate every deal closed by `as_of` as of the middle of its life and compare buckets with outcomes.

    `never_a_sale` are words of a loss reason that leave a deal out. A meeting that lay ahead counts only if it
    began within `bookings_known`: when it was booked is not recorded, so by default none is taken as known.
    """
    closed = pipeline.report(_CLOSED, as_of)
    usable = [row for row in closed if _is_usable(row, never_a_sale)]
    moments = {row["opportunity_id"]: _middle(row) for row in usable}
    rows = {row["id"]: row for row in pipeline.rows_at(moments, bookings_known=bookings_known)} if moments else {}
    rated = [_rated(row, rows[row["opportunity_id"]]) for row in usable]
    return summarise(
        rated, left_out=len(closed) - len(usable), blind_spots=_blind_spots(pipeline, rated, bookings_known)
    )


def _is_usable(row: Row, never_a_sale: Sequence[str]) -> bool:
    reason = (row["loss_reason"] or "").lower()
    return (
        row["created_on"] is not None
        and row["closed_on"] is not None
        and row["closed_on"] > row["created_on"]
        and (row["amount"] is None or row["amount"] > 0)
        and not (row["status"] == "lost" and any(words in reason for words in never_a_sale))
    )


def _middle(row: Row) -> datetime:
    """The end of the day half-way between creation and closing, in the zone of the deal."""
    day: date = row["created_on"] + (row["closed_on"] - row["created_on"]) // 2
    if day == row["closed_on"]:
        day -= timedelta(days=1)
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(row["timezone"])).astimezone(UTC)


def _rated(record: Row, row: Row) -> Rated:
    return Rated(
        deal_id=record["opportunity_id"],
        won=record["status"] == "won",
        closed_on=record["closed_on"],
        bucket=row["health_bucket"] if row["health_net_points"] is not None else None,
        net=row["health_net_points"],
        engagement_known=row["touches_last_14"] is not None,
    )


def _blind_spots(pipeline: Pipeline, rated: Iterable[Rated], bookings_known: timedelta) -> tuple[str, ...]:
    """What the data cannot tell about the past, and what that does to the figures."""
    recorded = pipeline.recorded
    found = [] if recorded["changes_recorded"] else [_FINAL_CLOSE_DATES]
    if not recorded["activity_recorded"]:
        return (_NO_ACTIVITY, *found)
    if dark := sum(not each.engagement_known for each in rated):
        found.append(f"{dark:,} deals belong to people whose mail or calendar is not connected; they are not rated")
    found.append(_BOOKINGS_ASSUMED.format(days=bookings_known.days) if bookings_known else _BOOKINGS_UNKNOWN)
    found.append(_UNDATED_CONTACTS)
    return tuple(found)


_NO_ACTIVITY = "no mail, meetings or calls are recorded, so no deal can be rated by what people did"
_FINAL_CLOSE_DATES = (
    "no change of a close date is recorded: only the final dates are known, and nobody knew those then, so no signal "
    "that needs a close date could score"
)
_BOOKINGS_ASSUMED = (
    "when a meeting was booked is not recorded; those up to {days} days ahead are assumed to have been in the calendar"
)
_BOOKINGS_UNKNOWN = (
    "when a meeting was booked is not recorded, so none counts as booked ahead and no new-business deal can be Good; "
    "--booked-ahead 7 assumes that a week's meetings were in the calendar"
)
_UNDATED_CONTACTS = "contacts and their roles carry no dates: which mail belongs to which deal is judged by today's"

"""The clock as data: what "today" and every window mean in each time zone at one instant (DOMAIN 2.1).

The facet expressions join this table instead of holding dates, so their SQL never changes and is
compiled once a process.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import ibis

STALE_AFTER = timedelta(hours=48)
"""A source that last synced longer ago than this says nothing about the present (DOMAIN 2.1)."""

CLOCK = ibis.schema(
    {
        "timezone": "!string",
        "today": "!date",
        "as_of": "!timestamp",
        "stale_before": "!timestamp",
        "since_14": "!date",  # first day of the 14 calendar days that end today
        "since_30": "!date",
        "since_90": "!date",
        "until_30": "!date",  # last day that is at most 30 days ahead
        "until_90": "!date",
        "booked_until": "timestamp",  # meetings that begin later are not known to be booked; NULL = all are
        "activity_recorded": "!boolean",  # does the snapshot know any activity, of anybody
        "guests_recorded": "!boolean",
        "changes_recorded": "!boolean",
    }
)


MOMENTS = ibis.schema({"opportunity_id": "!string"} | {n: t for n, t in CLOCK.items() if n != "timezone"})
"""The clock of a back-test: each deal at an instant of its own."""


def local_date(as_of: datetime, zone: str, fallback: str = "UTC") -> date:
    """Return the date of `as_of` in `zone`, or in `fallback` if that zone does not exist."""
    try:
        return as_of.astimezone(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return as_of.astimezone(ZoneInfo(fallback)).date()


def clock_rows(
    zones: Iterable[str], as_of: datetime, recorded: dict[str, bool], fallback: str = "UTC"
) -> list[dict[str, Any]]:
    """Return one row of `CLOCK` for each zone; `recorded` holds its three last columns.

    Raises ValueError if `as_of` carries no time zone: it would name no instant.
    """
    if as_of.tzinfo is None:
        raise ValueError(f"as_of {as_of} has no time zone; add an offset such as +00:00")
    instant = as_of.astimezone(UTC).replace(tzinfo=None)
    common = {"as_of": instant, "stale_before": instant - STALE_AFTER, "booked_until": None} | recorded
    return [_windows(local_date(as_of, zone, fallback)) | {"timezone": zone} | common for zone in zones]


def _windows(today: date) -> dict[str, date]:
    past = {f"since_{days}": today - timedelta(days=days - 1) for days in (14, 30, 90)}
    ahead = {f"until_{days}": today + timedelta(days=days) for days in (30, 90)}
    return {"today": today} | past | ahead

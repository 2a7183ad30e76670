"""Whether mail, calendar and calls of a deal's owner feed its facets, in words (DOMAIN 2.1)."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.pipeline.brief import SourceStatus
from bot.pipeline.facets.moment import STALE_AFTER


def source_statuses(
    rows: Iterable[Mapping[str, Any]], as_of: datetime, activity_recorded: bool
) -> tuple[SourceStatus, ...]:
    """Describe an owner's sources from their rows of the table `sources`.

    Without any row the snapshot itself answers: recorded activities, of anybody, count as a feed.
    """
    described = tuple(_described(row, as_of) for row in sorted(rows, key=lambda row: str(row["source"])))
    if described:
        return described
    if activity_recorded:
        return (SourceStatus("activities", True, "mail, calendar and calls as imported"),)
    return tuple(SourceStatus(source, False, _unconnected(source)) for source in ("calendar", "mail"))


def _described(row: Mapping[str, Any], as_of: datetime) -> SourceStatus:
    source, last_sync = str(row["source"]), row["last_sync"]
    if not row["connected"]:
        return SourceStatus(source, False, _unconnected(source))
    if last_sync is None:
        return SourceStatus(source, True, f"{_is(source)} connected")
    said = f"{last_sync.day} {last_sync:%b %Y %H:%M} UTC"
    if last_sync < as_of.astimezone(UTC).replace(tzinfo=None) - STALE_AFTER:
        hours = int(STALE_AFTER.total_seconds() // 3600)
        return SourceStatus(source, False, f"{source} last synced {said}, more than {hours} hours ago")
    return SourceStatus(source, True, f"{_is(source)} connected, last synced {said}")


def _unconnected(source: str) -> str:
    return f"{_is(source)} not connected; nothing about {'them' if _is_many(source) else 'it'} is known"


def _is(source: str) -> str:
    return f"{source} are" if _is_many(source) else f"{source} is"


def _is_many(source: str) -> bool:
    return source.endswith("s")  # calls; mail and calendar are one

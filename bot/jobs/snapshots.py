"""The nightly snapshots: today's buckets, so that tomorrow can say what changed, and the week's shares."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.coach.digest import AT_RISK
from bot.coach.share_history import week_of
from bot.memory.health import HealthRow
from bot.memory.shares import ShareRow
from bot.pipeline.shares import shares_of
from bot.runtime import Runtime


def record_health(runtime: Runtime, now: datetime) -> int:
    """Store bucket and points of every open deal under today's workspace date; return how many."""
    day = now.astimezone(ZoneInfo(runtime.settings.timezone)).date()
    rows = [row for row in runtime.coach.open_pipeline().facet_rows(now) if row["status"] == "open"]
    before = runtime.memory.health_on([row["id"] for row in rows], day - timedelta(days=1))
    runtime.memory.record_health((_health(row, before.get(row["id"]), day) for row in rows), day)
    return len(rows)


def _health(row: Mapping[str, Any], before: HealthRow | None, day: date) -> HealthRow:
    """Today's snapshot of a deal; how long it has been at risk goes on from yesterday's."""
    bucket, since, is_exact = row["health_bucket"], None, None
    if bucket in AT_RISK:
        began = before is None or before.bucket not in AT_RISK
        since = day if began or before is None else before.since
        is_exact = (before is not None) if began or before is None else before.since_is_exact
    return HealthRow(
        row["id"], bucket, row["health_net_points"], day, next_meeting=row["next_meeting"], since=since,
        since_is_exact=is_exact,
    )  # fmt: skip


def record_shares(runtime: Runtime, now: datetime) -> int:
    """Store everybody's at-risk share under the current week; return how many people.

    Runs every night: the last night that it ran is what the week is remembered by, so one missed night
    never costs a week.
    """
    week = week_of(now, runtime.settings.timezone)
    return _record_week(runtime, week, now)


def record_past_shares(runtime: Runtime, now: datetime, weeks: int) -> int:
    """Work out and store the shares of the last complete weeks that have none yet; return how many weeks.

    For a new installation, so that alerts need not wait half a year. Nothing later than each Sunday night is
    used, except what a CRM keeps no history of: amounts and owners are today's.
    """
    zone = ZoneInfo(runtime.settings.timezone)
    monday = week_of(now, runtime.settings.timezone)
    asked = [monday - timedelta(weeks=back) for back in range(1, weeks + 1)]
    missing = [week for week in asked if not runtime.memory.shares_between(week, week + timedelta(weeks=1))]
    for week in missing:
        _record_week(runtime, week, datetime.combine(week + timedelta(days=6), time(23, 59, 59), zone))
    return len(missing)


def _record_week(runtime: Runtime, week: date, at: datetime) -> int:
    shares = shares_of(runtime.coach.open_pipeline().facet_rows(at), runtime.alert_rules)
    runtime.memory.record_shares(
        ShareRow(
            user_id=share.user_id,
            week=week,
            by_value=share.by_value,
            by_count=share.by_count,
            open_value=share.open_value,
            currency=share.currency,
            open_count=share.open_count,
        )
        for share in shares.values()
    )
    return len(shares)

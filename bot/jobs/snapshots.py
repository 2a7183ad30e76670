"""The nightly health snapshot: what today's buckets are, so that tomorrow can say what changed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.memory.health import HealthRow
from bot.runtime import Runtime


def record_health(runtime: Runtime, now: datetime) -> int:
    """Store bucket and points of every open deal under today's workspace date; return how many."""
    day = now.astimezone(ZoneInfo(runtime.settings.timezone)).date()
    rows = [
        HealthRow(row["id"], row["health_bucket"], row["health_net_points"])
        for row in runtime.coach.open_pipeline().facet_rows(now)
    ]
    runtime.memory.record_health(rows, day)
    return len(rows)

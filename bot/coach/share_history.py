"""Everybody's at-risk share now beside their stored weeks, ready to be judged (DOMAIN 2.7)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.memory.service import Memory
from bot.memory.shares import ShareRow
from bot.pipeline.service import Pipeline
from bot.pipeline.shares import AlertRules, PipelineShare, ShareHistory, shares_of


def week_of(now: datetime, zone: str) -> date:
    """The Monday of the week `now` falls into, in the workspace's time zone."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return today - timedelta(days=today.weekday())


def share_histories(
    pipeline: Pipeline, memory: Memory, now: datetime, zone: str, rules: AlertRules
) -> Mapping[str, ShareHistory]:
    """Return the history of everybody with an open deal whose share can be told, by user id.

    The weeks are those before the current one, as far back as the personal alert looks.
    """
    monday = week_of(now, zone)
    stored = memory.shares_between(monday - timedelta(weeks=rules.personal.weeks), monday)
    current = shares_of(pipeline.facet_rows(now), rules)
    histories = {user_id: _history(share, stored.get(user_id, ())) for user_id, share in current.items()}
    return {user_id: history for user_id, history in histories.items() if history}


def _history(share: PipelineShare, weeks: Sequence[ShareRow]) -> ShareHistory | None:
    by_count = share.by_value is None
    now = share.by_count if by_count else share.by_value
    if now is None:
        return None
    known = [(row.week, row.by_count if by_count else row.by_value) for row in weeks]
    dated = [(week, value) for week, value in known if value is not None]
    return ShareHistory(
        now=now,
        weekly=tuple(value for _, value in dated),
        open_count=share.open_count,
        weeks=tuple(week for week, _ in dated),
        by_count=by_count,
    )

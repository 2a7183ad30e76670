"""What memory holds of the deals of many readers, in the shape the coach asks for."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.coach.dates import day_words
from bot.coach.digest import Told, Wishes
from bot.coach.mornings import Wanted
from bot.coach.news import Before
from bot.jobs.mailing import TOO_LATE, Round
from bot.memory import DeliveryRow, DeliveryStatus, HealthRow
from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import User

_MISSED_LOOK_BACK = timedelta(days=7)


def before_of(row: HealthRow) -> Before:
    """A stored snapshot as the coach compares with it."""
    bucket = HealthBucket(row.bucket) if row.bucket else None
    return Before(bucket, row.day, row.next_meeting, row.since, bool(row.since_is_exact))


def wanted(circle: Round, kind: str, readers: Sequence[User]) -> list[Wanted]:
    """Everything a digest of each reader depends on besides the deals themselves."""
    memory, ids = circle.runtime.memory, [reader.id for reader in readers]
    days = {reader.id: circle.today_of(reader) for reader in readers}
    before = {day: _before(circle, day) for day in set(days.values())}
    woken = memory.preferences.ended(min(days.values()) - timedelta(days=3), max(days.values()))
    said = memory.mailings.said_to(ids)
    missed = _missed(memory.mailings.since(kind, min(days.values()) - _MISSED_LOOK_BACK), days)
    due = _due(circle, days)
    fresh = circle.now - timedelta(hours=circle.rules.content.again_after_hours)
    return [
        Wanted(
            reader,
            before[days[reader.id]],
            Wishes(
                quiet=frozenset(
                    deal_id
                    for deal_id, snooze in circle.snoozed.get(reader.id, {}).items()
                    if snooze.until > days[reader.id]
                ),
                woken={
                    deal_id: _woken_words(snooze.reason)
                    for deal_id, snooze in woken.get(reader.id, {}).items()
                    if snooze.until == days[reader.id]
                },
                told={
                    deal_id: Told(each.state) for deal_id, each in said.get(reader.id, {}).items() if each.at > fresh
                },
                due=due.get(reader.id, {}),
                missed=missed.get(reader.id, ()),
            ),
            own_only=circle.leads(reader),
        )
        for reader in readers
    ]


def _before(circle: Round, today: date) -> Mapping[str, Before]:
    """Each open deal as the last night before `today` stored it; read once a round and day."""
    rows = circle.runtime.memory.health_on(list(circle.standings.rows), today - timedelta(days=1))
    return {deal_id: before_of(row) for deal_id, row in rows.items()}


def _woken_words(reason: str | None) -> str:
    return f"snoozed until today: {reason}" if reason else "snoozed until today"


def _due(circle: Round, days: Mapping[str, date]) -> dict[str, dict[str, str]]:
    """Each reader's own actions due today or before, one a deal."""
    found: dict[str, dict[str, str]] = {}
    for item in circle.runtime.memory.actions.open_of(list(days)):
        today = days[item.owner_id]
        if item.due <= today:
            when = "today" if item.due == today else f"since {day_words(item.due, today)}"
            found.setdefault(item.owner_id, {}).setdefault(item.deal_id, f"your action is due {when}")
    return found


def _missed(rows: Sequence[DeliveryRow], days: Mapping[str, date]) -> dict[str, tuple[date, ...]]:
    """The days skipped as too late since each reader's last digest; none for who never had one."""
    last = {row.reader_id: row.day for row in reversed(rows) if row.status is DeliveryStatus.SENT}
    found: dict[str, list[date]] = {}
    for row in reversed(rows):
        late = row.status is DeliveryStatus.SKIPPED and row.reason == TOO_LATE
        if late and row.reader_id in days and row.reader_id in last and row.day > last[row.reader_id]:
            found.setdefault(row.reader_id, []).append(row.day)
    return {reader_id: tuple(missed) for reader_id, missed in found.items()}

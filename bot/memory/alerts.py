"""Which alerts are armed, and those that fired and wait to be told (DOMAIN 2.7).

Invariant: an alert changes its state and leaves its notices in one transaction, so that of any number of
replicas one fires it, and a crash afterwards loses nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, select, update

from bot.memory.database import reading, writing
from bot.memory.schema_mailings import alert_notices, alert_states
from bot.memory.upsert import insert_into

BATCH = 500


@dataclass(frozen=True, slots=True)
class AlertMark:
    """Whether an alert may fire, and when it last did."""

    armed: bool = True
    fired_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One alert for one reader. `subject_id` is whom (or which deal) it is about; `payload` is JSON."""

    reader_id: str
    subject_id: str
    metric: str
    day: date
    payload: dict[str, Any]
    id: int | None = None


class AlertBook:
    """Every alert's state and notices. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def marks(self, metric: str) -> dict[str, AlertMark]:
        """Return the states of one metric, by subject; one that never fired is armed and left out."""
        query = select(alert_states).where(alert_states.c.metric == metric)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return {row.subject_id: AlertMark(row.armed, row.fired_on) for row in rows}

    def record(self, metric: str, marks: Mapping[str, AlertMark], notices: Sequence[Notice]) -> None:
        """Store new states of a metric together with what they set off; a notice that exists stays one."""
        states = [
            {"subject_id": subject, "metric": metric, "armed": mark.armed, "fired_on": mark.fired_on}
            for subject, mark in marks.items()
        ]
        values = [{name: getattr(each, name) for name in _KEPT} for each in notices]
        with writing(self._engine) as connection:
            if states:
                put = insert_into(connection, alert_states)
                fresh = {"armed": put.excluded.armed, "fired_on": put.excluded.fired_on}
                put = put.on_conflict_do_update(index_elements=["subject_id", "metric"], set_=fresh)
                connection.execute(put, states)
            if values:
                connection.execute(insert_into(connection, alert_notices).on_conflict_do_nothing(), values)

    def waiting(self, since: date) -> dict[str, list[Notice]]:
        """Return the notices from `since` on that nobody was told yet, by reader, oldest first."""
        query = select(alert_notices).where(alert_notices.c.told_at.is_(None), alert_notices.c.day >= since)
        found: dict[str, list[Notice]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query.order_by(alert_notices.c.id)):
                notice = Notice(id=row.id, **{name: getattr(row, name) for name in _KEPT})
                found.setdefault(row.reader_id, []).append(notice)
        return found

    def told(self, notice_ids: Collection[int], now: datetime) -> None:
        """Note that these notices have reached their reader."""
        wanted = list(notice_ids)
        with writing(self._engine) as connection:
            for start in range(0, len(wanted), BATCH):
                batch = wanted[start : start + BATCH]
                connection.execute(update(alert_notices).where(alert_notices.c.id.in_(batch)).values(told_at=now))


_KEPT = ("reader_id", "subject_id", "metric", "day", "payload")

"""Each deal's health once a day, so that a digest can say what got worse."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from bot.memory.schema_health import health_snapshots
from bot.memory.upsert import insert_into

LOOK_BACK = timedelta(days=7)  # bridges week-ends and a night the job did not run
BATCH = 500  # well under the number of bound values either database takes


_SAVED = ("bucket", "net", "next_meeting", "since", "since_is_exact")


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One deal's health on `day`. `bucket` None = the deal was closed; `net` None = too little data.

    `since` is the first day in a row on which it was at risk, None if it is not; unless `since_is_exact` it was so
    when snapshots began. `next_meeting` is what stood in the calendar that day.
    """

    deal_id: str
    bucket: str | None
    net: int | None
    day: date | None = None
    next_meeting: date | None = None
    since: date | None = None
    since_is_exact: bool | None = None


def save(connection: Connection, rows: Iterable[HealthRow], day: date) -> None:
    """Store the health of `day`, replacing what an earlier run of that day stored."""
    values = [{"deal_id": row.deal_id, "day": day} | {name: getattr(row, name) for name in _SAVED} for row in rows]
    if not values:
        return
    statement = insert_into(connection, health_snapshots)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["deal_id", "day"],
            set_={name: statement.excluded[name] for name in _SAVED},
        ),
        values,
    )


def latest(connection: Connection, deal_ids: Iterable[str], day: date) -> dict[str, HealthRow]:
    """Return each deal's newest snapshot of `day` or up to LOOK_BACK before; others are left out."""
    found: dict[str, HealthRow] = {}
    for batch in _batches(list(deal_ids)):
        query = (
            select(health_snapshots)
            .where(health_snapshots.c.deal_id.in_(batch))
            .where(health_snapshots.c.day.between(day - LOOK_BACK, day))
            .order_by(health_snapshots.c.day)
        )
        for row in connection.execute(query):
            found[row.deal_id] = HealthRow(**row._mapping)
    return found


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))

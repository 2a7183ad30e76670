"""How much of everybody's open pipeline was at risk, once a week, so that an alert can compare."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, select

from bot.memory.schema_health import share_snapshots
from bot.memory.upsert import insert_into


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One person's week, named by its Monday. Shares in percent; None = could not be told that week."""

    user_id: str
    week: date
    by_value: float | None
    by_count: float | None
    open_value: float | None
    currency: str | None
    open_count: int


def save(connection: Connection, rows: Iterable[ShareRow]) -> None:
    """Store weeks, replacing what an earlier run of the same week stored."""
    values = [asdict(row) for row in rows]
    if not values:
        return
    statement = insert_into(connection, share_snapshots)
    figures = ("by_value", "by_count", "open_value", "currency", "open_count")
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "week"],
            set_={name: statement.excluded[name] for name in figures},
        ),
        values,
    )


def between(connection: Connection, since: date, before: date) -> dict[str, list[ShareRow]]:
    """Return each person's weeks from `since` up to, but not with, `before`, oldest first."""
    query = (
        select(share_snapshots)
        .where(share_snapshots.c.week >= since, share_snapshots.c.week < before)
        .order_by(share_snapshots.c.week)
    )
    found: dict[str, list[ShareRow]] = {}
    for row in connection.execute(query):
        found.setdefault(row.user_id, []).append(ShareRow(**row._mapping))
    return found

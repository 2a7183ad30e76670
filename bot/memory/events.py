"""Which Slack events were seen: Slack delivers some twice, and each must be answered once."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from bot.memory.schema_conversations import seen_events
from bot.memory.upsert import insert_into

KEPT_FOR = timedelta(days=2)  # Slack retries for about an hour; delayed events for up to a day


def first_sight(connection: Connection, event_id: str, now: datetime) -> bool:
    """Remember `event_id` and say whether this call was the first to name it; forget old ones."""
    connection.execute(delete(seen_events).where(seen_events.c.seen_at < now - KEPT_FOR))
    row = {"event_id": event_id, "seen_at": now}
    statement = insert_into(connection, seen_events).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(seen_events.c.event_id)).first() is not None

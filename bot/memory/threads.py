"""What a person and the bot are talking about in one Slack thread.

The focus is kept per person: two people in one thread may see different deals.
"""

from datetime import datetime

from sqlalchemy import Connection, Row, or_, select

from bot.memory.schema_conversations import threads
from bot.memory.upsert import insert_into


def find(connection: Connection, channel: str, thread_ts: str, user_id: str) -> Row[str | None, bool] | None:
    """Return (deal_id, started_by_bot) of the person's thread, or None if nothing is remembered."""
    return connection.execute(
        select(threads.c.deal_id, threads.c.started_by_bot).where(
            threads.c.channel == channel, threads.c.thread_ts == thread_ts, threads.c.user_id == user_id
        )
    ).one_or_none()


def save(
    connection: Connection,
    *,
    channel: str,
    thread_ts: str,
    user_id: str,
    deal_id: str | None,
    started_by_bot: bool,
    now: datetime,
) -> None:
    """Set the focus; a thread once started by the bot stays so."""
    statement = insert_into(connection, threads)
    row = {
        "channel": channel,
        "thread_ts": thread_ts,
        "user_id": user_id,
        "deal_id": deal_id,
        "started_by_bot": started_by_bot,
        "updated_at": now,
    }
    connection.execute(
        statement.values(row).on_conflict_do_update(
            index_elements=["channel", "thread_ts", "user_id"],
            set_={
                "deal_id": statement.excluded.deal_id,
                "started_by_bot": or_(threads.c.started_by_bot, statement.excluded.started_by_bot),
                "updated_at": statement.excluded.updated_at,
            },
        )
    )

"""The audit of what was answered to whom, and what people thought of it.

The words of question and answer are not kept: only their kind, the deal, and which facts and
handbook passages the answer rested on.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select

from bot.memory.errors import UnknownReplyError
from bot.memory.schema_conversations import feedback, replies
from bot.memory.upsert import insert_into


class FeedbackValue(StrEnum):
    """What a person pressed under an answer."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not helpful"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRecord:
    """One answered question. `question_length` is in characters; `deal_id` None = not about one deal."""

    asker_id: str
    surface: str
    question_kind: str
    question_length: int
    outcome: str
    deal_id: str | None = None
    fact_ids: tuple[str, ...] = ()
    chunk_keys: tuple[str, ...] = ()


def add(connection: Connection, reply: ReplyRecord, now: datetime) -> int:
    """Store one reply and return its id."""
    row = {
        "asker_id": reply.asker_id,
        "surface": reply.surface,
        "question_kind": reply.question_kind,
        "question_length": reply.question_length,
        "outcome": reply.outcome,
        "deal_id": reply.deal_id,
        "fact_ids": list(reply.fact_ids),
        "chunk_keys": list(reply.chunk_keys),
        "created_at": now,
    }
    reply_id: int = connection.execute(insert(replies).returning(replies.c.id), row).scalar_one()
    return reply_id


def add_feedback(
    connection: Connection,
    reply_id: int,
    user_id: str,
    value: FeedbackValue,
    reason: str | None,
    at: datetime,
) -> None:
    """Store a person's verdict; pressing again replaces it. Raises UnknownReplyError."""
    if connection.execute(select(replies.c.id).where(replies.c.id == reply_id)).first() is None:
        raise UnknownReplyError(f"no reply {reply_id} was recorded; feedback needs the id of a stored reply")
    row = {"reply_id": reply_id, "user_id": user_id, "value": value, "reason": reason, "at": at}
    statement = insert_into(connection, feedback).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["reply_id", "user_id"],
            set_={
                "value": statement.excluded.value,
                "reason": statement.excluded.reason,
                "at": statement.excluded.at,
            },
        )
    )


def reasons(connection: Connection) -> list[str]:
    """The reasons people gave with their verdicts, the newest first."""
    given = select(feedback.c.reason).where(feedback.c.reason.is_not(None)).order_by(feedback.c.at.desc())
    return [row.reason for row in connection.execute(given)]


def tally(connection: Connection) -> dict[FeedbackValue, int]:
    """Count verdicts by value; a value nobody chose counts 0."""
    counted = connection.execute(select(feedback.c.value, func.count()).group_by(feedback.c.value))
    return dict.fromkeys(FeedbackValue, 0) | {FeedbackValue(value): count for value, count in counted}

"""Tables of what people asked and how they were answered: threads, replies, thumbs, buttons to come, shares."""

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.memory.schema import Instant, metadata

seen_events = Table(
    "seen_events",
    metadata,
    Column("event_id", String(255), primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Index(None, "seen_at"),
)

threads = Table(
    "threads",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("thread_ts", String(32), primary_key=True),
    Column("user_id", String(64), primary_key=True),
    Column("deal_id", String(255)),
    Column("started_by_bot", Boolean(create_constraint=False), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

replies = Table(
    "replies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asker_id", String(255), nullable=False),
    Column("surface", String(64), nullable=False),
    Column("question_kind", String(64), nullable=False),
    Column("question_length", Integer, nullable=False),  # characters; the words are not kept
    Column("outcome", String(32), nullable=False),
    Column("deal_id", String(255)),
    Column("fact_ids", JSON, nullable=False),
    Column("chunk_keys", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "asker_id", "created_at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("reply_id", ForeignKey(replies.c.id, ondelete="CASCADE"), primary_key=True),
    Column("user_id", String(255), primary_key=True),
    Column("value", String(16), nullable=False),
    Column("reason", Text),
    Column("at", Instant, nullable=False),
    CheckConstraint("value IN ('helpful', 'not helpful')", name="value"),
)

offers = Table(
    "offers",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("user_id", String(255), nullable=False),
    Column("deal_id", String(255)),
    Column("payload", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "expires_at"),
)

channel_shares = Table(
    "channel_shares",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("user_id", String(255), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("audience", Integer),  # people who could read it; NULL: refused before they were counted
    Column("outcome", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "deal_id"),
)

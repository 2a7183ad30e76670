"""Table and column names of the bot's memory, in one place.

Instants are stored in UTC and always read back aware. Days are plain dates of the reader's zone.
A change here needs a new file in `migrations/versions/`; a test compares the two.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Time,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant. SQLite has no zones, so UTC is stored and the zone put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC; a naive one is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; pass an aware datetime")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the stored instant, aware, in UTC."""
        if value is None:
            return None
        stored: datetime = value
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


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

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("reader_id", String(255), nullable=False),
    Column("day", Date, nullable=False),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("client_token", String(36), nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Column("claimable_from", Instant, nullable=False),  # end of the lease, or when a retry may start
    Column("sent_at", Instant),
    Column("message_ts", String(32)),
    Column("reason", Text),
    UniqueConstraint("kind", "reader_id", "day"),
    CheckConstraint("status IN ('claimed', 'sent', 'skipped', 'failed', 'dead')", name="status"),
    Index(None, "status"),
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

health_snapshots = Table(
    "health_snapshots",
    metadata,
    Column("deal_id", String(255), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("bucket", String(32)),  # NULL: the deal was closed
    Column("net", Integer),  # NULL: too little data to score
    Column("next_meeting", Date),
    Column("since", Date),  # the first day in a row that it was At Risk or Poor; NULL: it is not
    Column("since_is_exact", Boolean(create_constraint=False)),  # false: it was so when snapshots began
    Index(None, "day"),
)

model_calls = Table(
    "model_calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asker_id", String(255), nullable=False),
    Column("deal_id", String(255)),
    Column("job", String(32), nullable=False),
    Column("prompt", String(64), nullable=False),  # id@version
    Column("model", String(255), nullable=False),
    Column("day", Date, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("tokens", Integer, nullable=False),  # an estimate until the call is over
    Column("cost", Float),  # NULL: no price is configured
    Column("seconds", Float),
    Column("created_at", Instant, nullable=False),
    Index(None, "asker_id", "day"),
)

model_verdicts = Table(
    "model_verdicts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asker_id", String(255), nullable=False),
    Column("deal_id", String(255)),
    Column("job", String(32), nullable=False),
    Column("prompt", String(64), nullable=False),
    Column("model", String(255), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("checked", Integer, nullable=False),  # statements
    Column("removed", Integer, nullable=False),
    Column("reasons", JSON, nullable=False),  # reason: how often
    Column("created_at", Instant, nullable=False),
    Index(None, "created_at"),
)

model_answers = Table(
    "model_answers",
    metadata,
    Column("key", String(64), primary_key=True),  # hash of everything that was asked
    Column("answer", JSON, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "expires_at"),
)

share_snapshots = Table(
    "share_snapshots",
    metadata,
    Column("user_id", String(255), primary_key=True),
    Column("week", Date, primary_key=True),  # its Monday
    Column("by_value", Float),  # percent of open value at risk; NULL: amounts cannot be added up
    Column("by_count", Float),  # percent of open deals at risk
    Column("open_value", Float),
    Column("currency", String(16)),
    Column("open_count", Integer, nullable=False),
    Index(None, "week"),
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

action_items = Table(
    "action_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("deal_name", String(255), nullable=False),
    Column("source", String(16), nullable=False),
    Column("source_key", String(64), nullable=False, unique=True),  # one press makes one item
    Column("advice", String(64)),  # what was advised, so that the same advice is not tracked twice
    Column("owner_id", String(255), nullable=False),
    Column("owner_name", String(255), nullable=False),
    Column("counterpart", String(255)),
    Column("text", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("done_when", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("moves", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_by", String(255), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("status IN ('open', 'done', 'dropped')", name="status"),
    Index(None, "owner_id", "status"),
    Index(None, "deal_id", "status"),
)

action_changes = Table(
    "action_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", ForeignKey(action_items.c.id, ondelete="CASCADE"), nullable=False),
    Column("what", String(16), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("due", Date),
    Column("note", Text),
    Column("at", Instant, nullable=False),
    Index(None, "item_id"),
)

contests = Table(
    "contests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("by_name", String(255), nullable=False),
    Column("claim", Text, nullable=False),
    Column("context", Text),
    Column("before_bucket", String(32)),
    Column("before_net", Integer),
    Column("after_bucket", String(32)),
    Column("after_net", Integer),
    Column("at", Instant, nullable=False),
    Index(None, "deal_id", "at"),
)

told_statements = Table(
    "told_statements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("by_name", String(255), nullable=False),
    Column("said_on", Date, nullable=False),
    Column("quote", Text, nullable=False),
    Column("source", String(255), nullable=False),  # the file's name, or "pasted text"
    Column("told_at", Instant, nullable=False),
    Index(None, "deal_id"),
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

preferences = Table(
    "preferences",
    metadata,
    Column("user_id", String(255), primary_key=True),
    Column("digest_on", Boolean(create_constraint=False), nullable=False),
    Column("digest_at", Time),  # NULL: when the playbook says
    Column("quiet_from", Time),
    Column("quiet_until", Time),
    Column("when_empty", Boolean(create_constraint=False)),  # a line on a day without need; NULL: as the playbook says
    Column("team_channel", String(64)),  # where the team digest goes; NULL: direct message
    Column("updated_at", Instant, nullable=False),
)

snoozes = Table(
    "snoozes",
    metadata,
    Column("user_id", String(255), primary_key=True),
    Column("deal_id", String(255), primary_key=True),
    Column("until", Date, nullable=False),  # the first day it shows again
    Column("reason", Text),
    Column("created_at", Instant, nullable=False),
)

consults = Table(
    "consults",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("deal_name", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("manager_id", String(255), nullable=False),
    Column("manager_name", String(255), nullable=False),
    Column("seller_id", String(255), nullable=False),
    Column("seller_name", String(255), nullable=False),
    Column("channel", String(64)),  # NULL: in direct messages
    Column("thread_ts", String(32)),
    Column("state", String(32), nullable=False),
    Column("phase", String(16)),  # NULL: no session is running
    Column("phase_since", Instant),
    Column("running_deal", String(255), unique=True),  # the deal until the wrap-up is out, so that one consult runs
    Column("overview", JSON),  # what the seller wrote, by field; NULL: not written yet
    Column("overview_by", String(255)),
    Column("questions", JSON, nullable=False),
    Column("recap", Text),
    Column("follow_up_on", Date),
    Column("shared_at", Instant),
    Column("ended_because", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint(
        "state IN ('requested', 'prepared', 'in session', 'actions agreed', 'shared', 'followed up', 'closed')",
        name="state",
    ),
    Index(None, "deal_id"),
    Index(None, "manager_id", "state"),
    Index(None, "seller_id", "state"),
)

consult_changes = Table(
    "consult_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consult_id", ForeignKey(consults.c.id, ondelete="CASCADE"), nullable=False),
    Column("what", String(64), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "consult_id"),
)

consult_panels = Table(
    "consult_panels",
    metadata,
    Column("consult_id", ForeignKey(consults.c.id, ondelete="CASCADE"), primary_key=True),
    Column("user_id", String(255), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("ts", String(32), nullable=False),
)

mentions = Table(
    "mentions",
    metadata,
    Column("reader_id", String(255), primary_key=True),
    Column("deal_id", String(255), primary_key=True),
    Column("state", String(64), nullable=False),  # a hash of what was said of the deal
    Column("at", Instant, nullable=False),
)

unreachable = Table(
    "unreachable",
    metadata,
    Column("reader_id", String(255), primary_key=True),
    Column("address", String(64), primary_key=True),
    Column("reason", String(64), nullable=False),
    Column("since", Instant, nullable=False),
    Column("reported_at", Instant),
)

alert_states = Table(
    "alert_states",
    metadata,
    Column("subject_id", String(255), primary_key=True),
    Column("metric", String(64), primary_key=True),
    Column("armed", Boolean(create_constraint=False), nullable=False),
    Column("fired_on", Date),
)

alert_notices = Table(
    "alert_notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reader_id", String(255), nullable=False),
    Column("subject_id", String(255), nullable=False),
    Column("metric", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("told_at", Instant),
    UniqueConstraint("reader_id", "subject_id", "metric", "day"),
    Index(None, "told_at"),
)

action_asks = Table(
    "action_asks",
    metadata,
    Column("item_id", ForeignKey(action_items.c.id, ondelete="CASCADE"), primary_key=True),
    Column("due", Date, nullable=False),
    Column("asked_on", Date, nullable=False),
)

plan_reminders = Table(
    "plan_reminders",
    metadata,
    Column("deal_id", String(255), primary_key=True),
    Column("refreshed_on", Date, nullable=False),
    Column("days", Integer, nullable=False),  # the longest age people were reminded of
)

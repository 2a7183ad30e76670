"""Tables of what the coach sends by itself: deliveries, mentions of deals, alerts, and what each reader wishes."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
)

from bot.memory.schema import Instant, metadata

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

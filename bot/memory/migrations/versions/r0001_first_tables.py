"""The first tables: events, threads, deliveries, replies, feedback, health."""

import sqlalchemy as sa
from alembic import op

from bot.memory.schema import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_conversation()
    _create_deliveries()
    _create_audit()
    _create_health()


def downgrade() -> None:
    """Drop the tables and all they hold."""
    for name in ("health_snapshots", "feedback", "replies", "deliveries", "threads", "seen_events"):
        op.drop_table(name)


def _create_conversation() -> None:
    op.create_table(
        "seen_events",
        sa.Column("event_id", sa.String(255), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_seen_events"),
    )
    op.create_index("ix_seen_events_seen_at", "seen_events", ["seen_at"])
    op.create_table(
        "threads",
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("thread_ts", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("deal_id", sa.String(255)),
        sa.Column("started_by_bot", sa.Boolean(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "thread_ts", "user_id", name="pk_threads"),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("reader_id", sa.String(255), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("client_token", sa.String(36), nullable=False),
        sa.Column("claimed_at", Instant(), nullable=False),
        sa.Column("claimable_from", Instant(), nullable=False),
        sa.Column("sent_at", Instant()),
        sa.Column("message_ts", sa.String(32)),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("kind", "reader_id", "day", name="uq_deliveries_kind_reader_id_day"),
        sa.CheckConstraint("status IN ('claimed', 'sent', 'failed', 'dead')", name=op.f("ck_deliveries_status")),
    )
    op.create_index("ix_deliveries_status", "deliveries", ["status"])


def _create_audit() -> None:
    op.create_table(
        "replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.String(255), nullable=False),
        sa.Column("surface", sa.String(64), nullable=False),
        sa.Column("question_kind", sa.String(64), nullable=False),
        sa.Column("question_length", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("deal_id", sa.String(255)),
        sa.Column("fact_ids", sa.JSON(), nullable=False),
        sa.Column("chunk_keys", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_replies"),
    )
    op.create_index("ix_replies_asker_id_created_at", "replies", ["asker_id", "created_at"])
    op.create_table(
        "feedback",
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("value", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("reply_id", "user_id", name="pk_feedback"),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name="fk_feedback_reply_id", ondelete="CASCADE"),
        sa.CheckConstraint("value IN ('helpful', 'not helpful')", name=op.f("ck_feedback_value")),
    )


def _create_health() -> None:
    op.create_table(
        "health_snapshots",
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("bucket", sa.String(32)),
        sa.Column("net", sa.Integer()),
        sa.PrimaryKeyConstraint("deal_id", "day", name="pk_health_snapshots"),
    )
    op.create_index("ix_health_snapshots_day", "health_snapshots", ["day"])

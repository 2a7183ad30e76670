"""What digests, alerts and follow-ups have to remember between two days."""

import sqlalchemy as sa
from alembic import op

from bot.memory.schema import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STATUSES = "'claimed', 'sent', 'skipped', 'failed', 'dead'"
_FORMER = "'claimed', 'sent', 'failed', 'dead'"
TABLES = ("plan_reminders", "unreachable", "action_asks", "alert_notices", "alert_states", "mentions")


def upgrade() -> None:
    """Create the tables, and let a delivery be skipped."""
    _allow(_STATUSES)
    op.add_column("preferences", sa.Column("when_empty", sa.Boolean()))
    op.add_column("preferences", sa.Column("team_channel", sa.String(64)))
    op.add_column("health_snapshots", sa.Column("next_meeting", sa.Date()))
    op.add_column("health_snapshots", sa.Column("since", sa.Date()))
    op.add_column("health_snapshots", sa.Column("since_is_exact", sa.Boolean()))
    _create_mentions()
    _create_alerts()
    _create_follow_ups()


def downgrade() -> None:
    """Drop them and all they hold."""
    for name in TABLES:
        op.drop_table(name)
    for name in ("since_is_exact", "since", "next_meeting"):
        op.drop_column("health_snapshots", name)
    for name in ("team_channel", "when_empty"):
        op.drop_column("preferences", name)
    op.execute("DELETE FROM deliveries WHERE status = 'skipped'")
    _allow(_FORMER)


def _allow(statuses: str) -> None:
    """SQLite cannot change a check, so the table is copied; the copy starts without the old one."""
    name = op.f("ck_deliveries_status")
    recreated = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("deliveries", recreate="always" if recreated else "never") as table:
        if not recreated:
            table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"status IN ({statuses})")


def _create_mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("reader_id", sa.String(255), nullable=False),
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("reader_id", "deal_id", name="pk_mentions"),
    )
    op.create_table(
        "unreachable",
        sa.Column("reader_id", sa.String(255), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("reported_at", Instant()),
        sa.PrimaryKeyConstraint("reader_id", "address", name="pk_unreachable"),
    )


def _create_alerts() -> None:
    op.create_table(
        "alert_states",
        sa.Column("subject_id", sa.String(255), nullable=False),
        sa.Column("metric", sa.String(64), nullable=False),
        sa.Column("armed", sa.Boolean(), nullable=False),
        sa.Column("fired_on", sa.Date()),
        sa.PrimaryKeyConstraint("subject_id", "metric", name="pk_alert_states"),
    )
    op.create_table(
        "alert_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.String(255), nullable=False),
        sa.Column("subject_id", sa.String(255), nullable=False),
        sa.Column("metric", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("told_at", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_alert_notices"),
        sa.UniqueConstraint(
            "reader_id", "subject_id", "metric", "day", name="uq_alert_notices_reader_id_subject_id_metric_day"
        ),
    )
    op.create_index("ix_alert_notices_told_at", "alert_notices", ["told_at"])


def _create_follow_ups() -> None:
    op.create_table(
        "action_asks",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_action_asks"),
        sa.ForeignKeyConstraint(["item_id"], ["action_items.id"], name="fk_action_asks_item_id", ondelete="CASCADE"),
    )
    op.create_table(
        "plan_reminders",
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("refreshed_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("deal_id", name="pk_plan_reminders"),
    )

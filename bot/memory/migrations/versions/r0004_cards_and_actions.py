"""What buttons lead to: offers, action items, contests, told statements, shares, preferences."""

import sqlalchemy as sa
from alembic import op

from bot.memory.schema import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "snoozes",
    "preferences",
    "channel_shares",
    "told_statements",
    "contests",
    "action_changes",
    "action_items",
    "offers",
)


def upgrade() -> None:
    """Create the tables."""
    _create_offers()
    _create_actions()
    _create_statements()
    _create_shares()
    _create_preferences()


def downgrade() -> None:
    """Drop the tables and all they hold."""
    for name in TABLES:
        op.drop_table(name)


def _create_offers() -> None:
    op.create_table(
        "offers",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("deal_id", sa.String(255)),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_offers"),
    )
    op.create_index("ix_offers_expires_at", "offers", ["expires_at"])


def _create_actions() -> None:
    op.create_table(
        "action_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("deal_name", sa.String(255), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("source_key", sa.String(64), nullable=False),
        sa.Column("advice", sa.String(64)),
        sa.Column("owner_id", sa.String(255), nullable=False),
        sa.Column("owner_name", sa.String(255), nullable=False),
        sa.Column("counterpart", sa.String(255)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done_when", sa.Text(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(255), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_action_items"),
        sa.UniqueConstraint("source_key", name="uq_action_items_source_key"),
        sa.CheckConstraint("status IN ('open', 'done', 'dropped')", name=op.f("ck_action_items_status")),
    )
    op.create_index("ix_action_items_owner_id_status", "action_items", ["owner_id", "status"])
    op.create_index("ix_action_items_deal_id_status", "action_items", ["deal_id", "status"])
    op.create_table(
        "action_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("by_id", sa.String(255), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("note", sa.Text()),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_action_changes"),
        sa.ForeignKeyConstraint(["item_id"], ["action_items.id"], name="fk_action_changes_item_id", ondelete="CASCADE"),
    )
    op.create_index("ix_action_changes_item_id", "action_changes", ["item_id"])


def _create_statements() -> None:
    op.create_table(
        "contests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("by_id", sa.String(255), nullable=False),
        sa.Column("by_name", sa.String(255), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("context", sa.Text()),
        sa.Column("before_bucket", sa.String(32)),
        sa.Column("before_net", sa.Integer()),
        sa.Column("after_bucket", sa.String(32)),
        sa.Column("after_net", sa.Integer()),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contests"),
    )
    op.create_index("ix_contests_deal_id_at", "contests", ["deal_id", "at"])
    op.create_table(
        "told_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("by_id", sa.String(255), nullable=False),
        sa.Column("by_name", sa.String(255), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("source", sa.String(255), nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_told_statements"),
    )
    op.create_index("ix_told_statements_deal_id", "told_statements", ["deal_id"])


def _create_shares() -> None:
    op.create_table(
        "channel_shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("audience", sa.Integer()),
        sa.Column("outcome", sa.String(64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channel_shares"),
    )
    op.create_index("ix_channel_shares_deal_id", "channel_shares", ["deal_id"])


def _create_preferences() -> None:
    op.create_table(
        "preferences",
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("digest_on", sa.Boolean(), nullable=False),
        sa.Column("digest_at", sa.Time()),
        sa.Column("quiet_from", sa.Time()),
        sa.Column("quiet_until", sa.Time()),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_preferences"),
    )
    op.create_table(
        "snoozes",
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "deal_id", name="pk_snoozes"),
    )

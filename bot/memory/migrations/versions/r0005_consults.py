"""Opportunity consults: their state, what was written in them, where they are shown."""

import sqlalchemy as sa
from alembic import op

from bot.memory.schema import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATES = "'requested', 'prepared', 'in session', 'actions agreed', 'shared', 'followed up', 'closed'"


def upgrade() -> None:
    """Create the three tables."""
    _create_consults()
    op.create_table(
        "consult_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consult_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("by_id", sa.String(255), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consult_changes"),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consults.id"], name="fk_consult_changes_consult_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_consult_changes_consult_id", "consult_changes", ["consult_id"])
    op.create_table(
        "consult_panels",
        sa.Column("consult_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("consult_id", "user_id", name="pk_consult_panels"),
        sa.ForeignKeyConstraint(
            ["consult_id"], ["consults.id"], name="fk_consult_panels_consult_id", ondelete="CASCADE"
        ),
    )


def _create_consults() -> None:
    op.create_table(
        "consults",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("deal_name", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("manager_id", sa.String(255), nullable=False),
        sa.Column("manager_name", sa.String(255), nullable=False),
        sa.Column("seller_id", sa.String(255), nullable=False),
        sa.Column("seller_name", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(64)),
        sa.Column("thread_ts", sa.String(32)),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("phase", sa.String(16)),
        sa.Column("phase_since", Instant()),
        sa.Column("running_deal", sa.String(255)),
        sa.Column("overview", sa.JSON()),
        sa.Column("overview_by", sa.String(255)),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("recap", sa.Text()),
        sa.Column("follow_up_on", sa.Date()),
        sa.Column("shared_at", Instant()),
        sa.Column("ended_because", sa.Text()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consults"),
        sa.UniqueConstraint("running_deal", name="uq_consults_running_deal"),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_consults_state")),
    )
    op.create_index("ix_consults_deal_id", "consults", ["deal_id"])
    op.create_index("ix_consults_manager_id_state", "consults", ["manager_id", "state"])
    op.create_index("ix_consults_seller_id_state", "consults", ["seller_id", "state"])


def downgrade() -> None:
    """Drop them and all they hold."""
    for name in ("consult_panels", "consult_changes", "consults"):
        op.drop_table(name)

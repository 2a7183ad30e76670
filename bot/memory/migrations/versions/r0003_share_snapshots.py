"""The at-risk share of everybody's pipeline, week by week."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "share_snapshots",
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("by_value", sa.Float()),
        sa.Column("by_count", sa.Float()),
        sa.Column("open_value", sa.Float()),
        sa.Column("currency", sa.String(16)),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "week", name="pk_share_snapshots"),
    )
    op.create_index("ix_share_snapshots_week", "share_snapshots", ["week"])


def downgrade() -> None:
    """Drop the table and all it holds."""
    op.drop_table("share_snapshots")

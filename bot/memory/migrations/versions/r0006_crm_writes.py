"""What was written into the CRM, by whom, and what became of it."""

import sqlalchemy as sa
from alembic import op

from bot.memory.schema import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "crm_writes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("crm", sa.String(32), nullable=False),
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("deal_name", sa.String(255), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("by_id", sa.String(255), nullable=False),
        sa.Column("by_name", sa.String(255), nullable=False),
        sa.Column("old", sa.Text()),
        sa.Column("new", sa.Text()),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(64)),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("record_id", sa.String(255)),
        sa.Column("version_after", sa.String(64)),
        sa.Column("reason", sa.Text()),
        sa.Column("undo_of", sa.Integer()),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("finished_at", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_crm_writes"),
        sa.UniqueConstraint("key", name="uq_crm_writes_key"),
        sa.ForeignKeyConstraint(["undo_of"], ["crm_writes.id"], name="fk_crm_writes_undo_of", ondelete="CASCADE"),
        sa.CheckConstraint(
            "outcome IN ('pending', 'written', 'conflict', 'refused', 'failed', 'unknown')",
            name=op.f("ck_crm_writes_outcome"),
        ),
    )
    for columns in (["deal_id", "at"], ["at"], ["undo_of"]):
        op.create_index(f"ix_crm_writes_{'_'.join(columns)}", "crm_writes", columns)


def downgrade() -> None:
    """Drop the table and all it holds."""
    op.drop_table("crm_writes")

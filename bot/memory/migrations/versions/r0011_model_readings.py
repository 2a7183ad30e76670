"""Evidence a model pointed at and code verified, so that it need not be asked again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "model_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("source_id", sa.String(255), nullable=False),
        sa.Column("source_hash", sa.String(64), nullable=False),
        sa.Column("element", sa.String(32), nullable=False),
        sa.Column("traits", sa.String(255), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("quote", sa.Text()),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("grade", sa.String(1), nullable=False),
        sa.Column("model", sa.String(255), nullable=False),
        sa.Column("prompt", sa.String(64), nullable=False),
        sa.Column("asker_id", sa.String(255), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disputed_by", sa.String(255)),
        sa.Column("disputed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("status IN ('stands', 'disputed')", name=op.f("ck_model_readings_status")),
        sa.PrimaryKeyConstraint("id", name="pk_model_readings"),
        sa.UniqueConstraint("key", name="uq_model_readings_key"),
    )
    op.create_index("ix_model_readings_deal_id", "model_readings", ["deal_id"])
    op.create_index("ix_model_readings_read_at", "model_readings", ["read_at"])


def downgrade() -> None:
    """Drop the table and all it holds."""
    op.drop_table("model_readings")

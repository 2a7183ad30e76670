"""Around a consult: who was invited, their notes, reviews of a command plan, mutual action plans."""

import sqlalchemy as sa
from alembic import op

from bot.memory.schema import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_guests()
    _create_notes("consult_notes", sa.Column("consult_id", sa.Integer(), nullable=False), "consult_id")
    _create_notes("plan_reviews", sa.Column("deal_id", sa.String(255), nullable=False), "deal_id")
    op.create_table(
        "mutual_plans",
        sa.Column("deal_id", sa.String(255), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(255), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("deal_id", name="pk_mutual_plans"),
    )


def downgrade() -> None:
    """Drop the tables and all they hold."""
    for name in ("mutual_plans", "plan_reviews", "consult_notes", "consult_guests"):
        op.drop_table(name)


def _create_guests() -> None:
    op.create_table(
        "consult_guests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consult_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(255), nullable=False),
        sa.Column("user_name", sa.String(255), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("open_seat", sa.String(300)),
        sa.Column("invited_by", sa.String(255), nullable=False),
        sa.Column("invited_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("ended_by", sa.String(255)),
        sa.Column("ended_at", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_consult_guests"),
        _of_a_consult("consult_guests"),
        sa.UniqueConstraint("open_seat", name="uq_consult_guests_open_seat"),
    )
    op.create_index("ix_consult_guests_user_id", "consult_guests", ["user_id"])
    op.create_index("ix_consult_guests_consult_id", "consult_guests", ["consult_id"])


def _create_notes(name: str, about: sa.Column[str] | sa.Column[int], key: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        about,
        sa.Column("by_id", sa.String(255), nullable=False),
        sa.Column("by_name", sa.String(255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("token", name=f"uq_{name}_token"),
        *([_of_a_consult(name)] if key == "consult_id" else []),
    )
    op.create_index(f"ix_{name}_{key}", name, [key])


def _of_a_consult(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["consult_id"], ["consults.id"], name=f"fk_{name}_consult_id", ondelete="CASCADE")

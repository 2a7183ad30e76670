"""What the language model was asked for, and what the check of its words found."""

import sqlalchemy as sa
from alembic import op

from bot.memory.schema import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_calls()
    _create_verdicts()
    op.create_table(
        "model_answers",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_model_answers"),
    )
    op.create_index("ix_model_answers_expires_at", "model_answers", ["expires_at"])


def downgrade() -> None:
    """Drop the tables and all they hold."""
    for name in ("model_answers", "model_verdicts", "model_calls"):
        op.drop_table(name)


def _create_calls() -> None:
    op.create_table(
        "model_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        *_who_and_what(),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float()),
        sa.Column("seconds", sa.Float()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_calls"),
    )
    op.create_index("ix_model_calls_asker_id_day", "model_calls", ["asker_id", "day"])


def _create_verdicts() -> None:
    op.create_table(
        "model_verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        *_who_and_what(),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_model_verdicts"),
    )
    op.create_index("ix_model_verdicts_created_at", "model_verdicts", ["created_at"])


def _who_and_what() -> list[sa.Column[str]]:
    return [
        sa.Column("asker_id", sa.String(255), nullable=False),
        sa.Column("deal_id", sa.String(255)),
        sa.Column("job", sa.String(32), nullable=False),
        sa.Column("prompt", sa.String(64), nullable=False),
        sa.Column("model", sa.String(255), nullable=False),
    ]

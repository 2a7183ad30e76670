"""What Slack said about the e-mail addresses of people whose account is not recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "slack_accounts",
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=True),
        sa.Column("refusal", sa.String(32), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email", name="pk_slack_accounts"),
    )


def downgrade() -> None:
    """Drop the table and all it holds."""
    op.drop_table("slack_accounts")

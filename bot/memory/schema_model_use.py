"""Tables of what language models were asked: calls with their cost, verdicts on their words, kept answers."""

from sqlalchemy import JSON, Column, Date, Float, Index, Integer, String, Table

from bot.memory.schema import Instant, metadata

model_calls = Table(
    "model_calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asker_id", String(255), nullable=False),
    Column("deal_id", String(255)),
    Column("job", String(32), nullable=False),
    Column("prompt", String(64), nullable=False),  # id@version
    Column("model", String(255), nullable=False),
    Column("day", Date, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("tokens", Integer, nullable=False),  # an estimate until the call is over
    Column("cost", Float),  # NULL: no price is configured
    Column("seconds", Float),
    Column("created_at", Instant, nullable=False),
    Index(None, "asker_id", "day"),
)

model_verdicts = Table(
    "model_verdicts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("asker_id", String(255), nullable=False),
    Column("deal_id", String(255)),
    Column("job", String(32), nullable=False),
    Column("prompt", String(64), nullable=False),
    Column("model", String(255), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("checked", Integer, nullable=False),  # statements
    Column("removed", Integer, nullable=False),
    Column("reasons", JSON, nullable=False),  # reason: how often
    Column("created_at", Instant, nullable=False),
    Index(None, "created_at"),
)

model_answers = Table(
    "model_answers",
    metadata,
    Column("key", String(64), primary_key=True),  # hash of everything that was asked
    Column("answer", JSON, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index(None, "expires_at"),
)

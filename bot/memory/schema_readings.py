"""The table of evidence a model pointed at and code verified, a continuation of `bot.memory.schema`."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, String, Table, Text

from bot.memory.schema import Instant, metadata

model_readings = Table(
    "model_readings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # hash of deal, source, element and quote
    Column("deal_id", String(255), nullable=False),
    Column("source_id", String(255), nullable=False),
    Column("source_hash", String(64), nullable=False),  # of the source as it was read; another text, no reading
    Column("element", String(32), nullable=False),
    Column("traits", String(255), nullable=False),  # parts of the element's test, separated by blanks
    Column("status", String(16), nullable=False),
    Column("quote", Text),  # NULL once disputed: the key alone keeps the sentence from coming back
    Column("said_on", Date, nullable=False),
    Column("grade", String(1), nullable=False),
    Column("model", String(255), nullable=False),
    Column("prompt", String(64), nullable=False),  # id@version
    Column("asker_id", String(255), nullable=False),  # on whose question it was read
    Column("read_at", Instant, nullable=False),
    Column("disputed_by", String(255)),
    Column("disputed_at", Instant),
    CheckConstraint("status IN ('stands', 'disputed')", name="status"),
    Index(None, "deal_id"),
    Index(None, "read_at"),
)

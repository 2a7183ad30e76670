"""The table of what was written into the CRM, a continuation of `bot.memory.schema`."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.memory.schema import Instant, metadata

crm_writes = Table(
    "crm_writes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # one confirmed preview writes once
    Column("crm", String(32), nullable=False),
    Column("deal_id", String(255), nullable=False),
    Column("deal_name", String(255), nullable=False),
    Column("target", String(64), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("by_name", String(255), nullable=False),
    Column("old", Text),
    Column("new", Text),
    Column("content", JSON, nullable=False),  # both values as the CRM spells them
    Column("version", String(64)),  # of the record, as the person saw it
    Column("outcome", String(16), nullable=False),
    Column("record_id", String(255)),  # what was added, if it was a note or a task
    Column("version_after", String(64)),  # NULL: not known, so it cannot be undone from here
    Column("reason", Text),
    Column("undo_of", ForeignKey("crm_writes.id", ondelete="CASCADE")),
    Column("at", Instant, nullable=False),
    Column("finished_at", Instant),
    CheckConstraint("outcome IN ('pending', 'written', 'conflict', 'refused', 'failed', 'unknown')", name="outcome"),
    Index(None, "deal_id", "at"),
    Index(None, "at"),
    Index(None, "undo_of"),
)

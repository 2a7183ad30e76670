"""Tables of tracked actions, of what became of them, and of who was asked about them."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from bot.memory.schema import Instant, metadata

action_items = Table(
    "action_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("deal_name", String(255), nullable=False),
    Column("source", String(16), nullable=False),
    Column("source_key", String(64), nullable=False, unique=True),  # one press makes one item
    Column("advice", String(64)),  # what was advised, so that the same advice is not tracked twice
    Column("owner_id", String(255), nullable=False),
    Column("owner_name", String(255), nullable=False),
    Column("counterpart", String(255)),
    Column("text", Text, nullable=False),
    Column("due", Date, nullable=False),
    Column("done_when", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("moves", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_by", String(255), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("status IN ('open', 'done', 'dropped')", name="status"),
    Index(None, "owner_id", "status"),
    Index(None, "deal_id", "status"),
)

action_changes = Table(
    "action_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item_id", ForeignKey(action_items.c.id, ondelete="CASCADE"), nullable=False),
    Column("what", String(16), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("due", Date),
    Column("note", Text),
    Column("at", Instant, nullable=False),
    Index(None, "item_id"),
)

action_asks = Table(
    "action_asks",
    metadata,
    Column("item_id", ForeignKey(action_items.c.id, ondelete="CASCADE"), primary_key=True),
    Column("due", Date, nullable=False),
    Column("asked_on", Date, nullable=False),
)

plan_reminders = Table(
    "plan_reminders",
    metadata,
    Column("deal_id", String(255), primary_key=True),
    Column("refreshed_on", Date, nullable=False),
    Column("days", Integer, nullable=False),  # the longest age people were reminded of
)

"""Tables of what is written around a consult: who was invited, their notes, reviews of a plan, mutual plans."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.memory.schema import Instant, consults, metadata

consult_guests = Table(
    "consult_guests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consult_id", ForeignKey(consults.c.id, ondelete="CASCADE"), nullable=False),
    Column("user_id", String(255), nullable=False),
    Column("user_name", String(255), nullable=False),
    Column("ask", Text, nullable=False),  # what is asked of them
    Column("open_seat", String(300), unique=True),  # consult and person while it stands, so that it stands once
    Column("invited_by", String(255), nullable=False),
    Column("invited_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),  # the latest end; the consult's end comes before it
    Column("ended_by", String(255)),
    Column("ended_at", Instant),  # NULL: nobody took it back
    Index(None, "user_id"),
    Index(None, "consult_id"),
)

consult_notes = Table(
    "consult_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consult_id", ForeignKey(consults.c.id, ondelete="CASCADE"), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("by_name", String(255), nullable=False),
    Column("text", Text, nullable=False),
    Column("token", String(64), nullable=False, unique=True),  # of the form, so that two presses are one note
    Column("at", Instant, nullable=False),
    Index(None, "consult_id"),
)

plan_reviews = Table(
    "plan_reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("by_name", String(255), nullable=False),
    Column("text", Text, nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("at", Instant, nullable=False),
    Index(None, "deal_id"),
)

mutual_plans = Table(
    "mutual_plans",
    metadata,
    Column("deal_id", String(255), primary_key=True),
    Column("steps", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("by_name", String(255), nullable=False),
    Column("at", Instant, nullable=False),
)

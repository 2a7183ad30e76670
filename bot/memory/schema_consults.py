"""Tables of consults and of what is written around them: guests, their notes, reviews of a plan, mutual plans."""

from sqlalchemy import JSON, CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from bot.memory.schema import Instant, metadata

consults = Table(
    "consults",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("deal_name", String(255), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("manager_id", String(255), nullable=False),
    Column("manager_name", String(255), nullable=False),
    Column("seller_id", String(255), nullable=False),
    Column("seller_name", String(255), nullable=False),
    Column("channel", String(64)),  # NULL: in direct messages
    Column("thread_ts", String(32)),
    Column("state", String(32), nullable=False),
    Column("phase", String(16)),  # NULL: no session is running
    Column("phase_since", Instant),
    Column("running_deal", String(255), unique=True),  # the deal until the wrap-up is out, so that one consult runs
    Column("overview", JSON),  # what the seller wrote, by field; NULL: not written yet
    Column("overview_by", String(255)),
    Column("questions", JSON, nullable=False),
    Column("recap", Text),
    Column("follow_up_on", Date),
    Column("shared_at", Instant),
    Column("ended_because", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint(
        "state IN ('requested', 'prepared', 'in session', 'actions agreed', 'shared', 'followed up', 'closed')",
        name="state",
    ),
    Index(None, "deal_id"),
    Index(None, "manager_id", "state"),
    Index(None, "seller_id", "state"),
)

consult_changes = Table(
    "consult_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consult_id", ForeignKey(consults.c.id, ondelete="CASCADE"), nullable=False),
    Column("what", String(64), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "consult_id"),
)

consult_panels = Table(
    "consult_panels",
    metadata,
    Column("consult_id", ForeignKey(consults.c.id, ondelete="CASCADE"), primary_key=True),
    Column("user_id", String(255), primary_key=True),
    Column("channel", String(64), nullable=False),
    Column("ts", String(32), nullable=False),
)

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

"""Tables of how deals stood day by day and people week by week, and who objected to a verdict or added to it."""

from sqlalchemy import Boolean, Column, Date, Float, Index, Integer, String, Table, Text

from bot.memory.schema import Instant, metadata

health_snapshots = Table(
    "health_snapshots",
    metadata,
    Column("deal_id", String(255), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("bucket", String(32)),  # NULL: the deal was closed
    Column("net", Integer),  # NULL: too little data to score
    Column("next_meeting", Date),
    Column("since", Date),  # the first day in a row that it was At Risk or Poor; NULL: it is not
    Column("since_is_exact", Boolean(create_constraint=False)),  # false: it was so when snapshots began
    Index(None, "day"),
)

share_snapshots = Table(
    "share_snapshots",
    metadata,
    Column("user_id", String(255), primary_key=True),
    Column("week", Date, primary_key=True),  # its Monday
    Column("by_value", Float),  # percent of open value at risk; NULL: amounts cannot be added up
    Column("by_count", Float),  # percent of open deals at risk
    Column("open_value", Float),
    Column("currency", String(16)),
    Column("open_count", Integer, nullable=False),
    Index(None, "week"),
)

contests = Table(
    "contests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("by_name", String(255), nullable=False),
    Column("claim", Text, nullable=False),
    Column("context", Text),
    Column("before_bucket", String(32)),
    Column("before_net", Integer),
    Column("after_bucket", String(32)),
    Column("after_net", Integer),
    Column("at", Instant, nullable=False),
    Index(None, "deal_id", "at"),
)

told_statements = Table(
    "told_statements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("deal_id", String(255), nullable=False),
    Column("by_id", String(255), nullable=False),
    Column("by_name", String(255), nullable=False),
    Column("said_on", Date, nullable=False),
    Column("quote", Text, nullable=False),
    Column("source", String(255), nullable=False),  # the file's name, or "pasted text"
    Column("told_at", Instant, nullable=False),
    Index(None, "deal_id"),
)

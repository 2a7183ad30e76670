"""The audit of what was shared into channels, and of what was refused."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select

from bot.memory.database import reading, writing
from bot.memory.schema_conversations import channel_shares


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelShare:
    """One attempt: who would have read what. `audience` None = refused before anybody was counted."""

    deal_id: str
    user_id: str
    channel: str
    audience: int | None
    outcome: str
    at: datetime


class ChannelShares:
    """Every attempt to share. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def record(self, share: ChannelShare) -> None:
        """Store an attempt."""
        with writing(self._engine) as connection:
            values = {name: getattr(share, name) for name in ChannelShare.__slots__}
            connection.execute(insert(channel_shares).values(**values))

    def of_deal(self, deal_id: str) -> list[ChannelShare]:
        """Return every attempt to share a deal, oldest first."""
        query = select(channel_shares).where(channel_shares.c.deal_id == deal_id).order_by(channel_shares.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query)
            return [ChannelShare(**{name: getattr(row, name) for name in ChannelShare.__slots__}) for row in rows]

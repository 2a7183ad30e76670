"""Work that one process at a time may do: who takes a lease does it, until it is given back or runs out."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Engine, String, Table, delete, or_, update

from bot.memory.database import writing
from bot.memory.schema import Instant, metadata
from bot.memory.upsert import insert_into

leases = Table(
    "leases",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("holder", String(64), nullable=False),  # one process at one work
    Column("expires_at", Instant, nullable=False),
)


class Leases:
    """The leases of all replicas. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def take(self, name: str, holder: str, now: datetime, lasting: timedelta) -> bool:
        """Take the lease `name`, or lengthen one's own; False while somebody else holds it."""
        with writing(self._engine) as connection:
            expires_at = now + lasting
            new = insert_into(connection, leases).values(name=name, holder=holder, expires_at=expires_at)
            if connection.execute(new.on_conflict_do_nothing().returning(leases.c.name)).first():
                return True
            free = or_(leases.c.holder == holder, leases.c.expires_at <= now)
            taken = update(leases).where(leases.c.name == name, free).values(holder=holder, expires_at=expires_at)
            return bool(connection.execute(taken).rowcount)

    def give_back(self, name: str, holder: str) -> None:
        """Let others have it; nothing happens if it is somebody else's by now."""
        with writing(self._engine) as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))

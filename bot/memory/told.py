"""Statements people told the bot in Slack and confirmed one by one; they feed the evidence ledger (F054)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, insert, select

from bot.memory.database import reading, writing
from bot.memory.schema_health import told_statements

BATCH = 500  # well under the number of bound values either database takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One sentence somebody confirmed: when it was said, by whom it was told, where it was written."""

    deal_id: str
    by_id: str
    by_name: str
    said_on: date
    quote: str
    source: str
    told_at: datetime
    id: int | None = None


class ToldStatements:
    """Everything people told the bot about deals. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def add(self, statements: Iterable[Told]) -> int:
        """Store statements, leaving out those the deal has already; returns how many are new."""
        count = 0
        with writing(self._engine) as connection:
            for told in statements:
                same = select(told_statements.c.id).where(
                    told_statements.c.deal_id == told.deal_id, told_statements.c.quote == told.quote
                )
                if connection.execute(same).first() is None:
                    values = {name: getattr(told, name) for name in Told.__slots__ if name != "id"}
                    connection.execute(insert(told_statements).values(**values))
                    count += 1
        return count

    def of_deals(self, deal_ids: Collection[str]) -> dict[str, list[Told]]:
        """Return what was told about each deal, oldest first; deals without any are left out."""
        wanted, found = list(deal_ids), dict[str, list[Told]]()
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), BATCH):
                query = select(told_statements).where(told_statements.c.deal_id.in_(wanted[start : start + BATCH]))
                for row in connection.execute(query.order_by(told_statements.c.id)):
                    found.setdefault(row.deal_id, []).append(Told(**row._mapping))
        return found

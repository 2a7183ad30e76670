"""What people said against a verdict, and what the verdict would have been their way (F054).

Kept beside the measured facts, never instead of them: the pipeline does not change.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select

from bot.memory.database import reading, writing
from bot.memory.schema_health import contests


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One objection: what is claimed, by whom, when, and both verdicts. `before_net` None = not rated."""

    deal_id: str
    by_id: str
    by_name: str
    claim: str
    context: str | None
    before_bucket: str | None
    before_net: int | None
    after_bucket: str | None
    after_net: int | None
    at: datetime


class Contests:
    """Every objection. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def record(self, contest: Contest) -> None:
        """Store an objection."""
        with writing(self._engine) as connection:
            values = {name: getattr(contest, name) for name in Contest.__slots__}
            connection.execute(insert(contests).values(**values))

    def of_deal(self, deal_id: str, since: datetime) -> list[Contest]:
        """Return the objections to one deal's verdict since an instant, the newest first."""
        query = select(contests).where(contests.c.deal_id == deal_id, contests.c.at >= since)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(contests.c.id.desc()))
            return [Contest(**{name: getattr(row, name) for name in Contest.__slots__}) for row in rows]

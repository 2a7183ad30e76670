"""The audit of what people had written into the CRM: who, when, old, new, and what became of it.

Invariants: an entry is stored before the CRM is called, so a process that dies in between leaves a `pending` one
behind and no write without a trace; a key is used once, so one confirmed preview writes once however often it is
sent; what was written is undone at most once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from bot.memory.database import reading, writing
from bot.memory.schema_writes import crm_writes
from bot.memory.upsert import insert_into


class WriteOutcome(StrEnum):
    """What became of a write."""

    PENDING = "pending"
    """Begun. If it stays so, the process died: only the CRM knows."""
    WRITTEN = "written"
    CONFLICT = "conflict"
    """The record had changed since it was shown; nothing was written."""
    REFUSED = "refused"
    """The CRM or the coach did not allow it; nothing was written."""
    FAILED = "failed"
    """The CRM could not be reached; nothing was written."""
    UNKNOWN = "unknown"
    """The CRM gave no answer, and could not be asked what became of it."""


ABANDONED_AFTER = timedelta(minutes=15)
"""A pending write older than this has no process behind it any more."""

_BLOCKS_ANOTHER_UNDO = (WriteOutcome.PENDING, WriteOutcome.WRITTEN, WriteOutcome.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWrite:
    """A write about to begin. `old` and `new` as people read them, `content` as the CRM spells them.

    `target` names the field, or `note` or `task`; `version` is the record's as the person saw it; `undo_of` is
    the write that is taken back.
    """

    key: str
    crm: str
    deal_id: str
    deal_name: str
    target: str
    by_id: str
    by_name: str
    old: str | None
    new: str | None
    content: dict[str, Any]
    version: str | None
    undo_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmWrite(NewWrite):
    """A stored write. `record_id` is the note or task that was added; `version_after` None = cannot be undone."""

    id: int
    outcome: WriteOutcome
    record_id: str | None
    version_after: str | None
    reason: str | None
    at: datetime
    finished_at: datetime | None


class CrmWrites:
    """Every write. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def begin(self, new: NewWrite, now: datetime) -> CrmWrite | None:
        """Store a write as begun; None if its key was used before."""
        with writing(self._engine) as connection:
            return _begin(connection, new, now)

    def begin_undo(self, new: NewWrite, now: datetime) -> CrmWrite | None:
        """Store an undoing as begun; None if `undo_of` is undone, or is being undone, already."""
        assert new.undo_of is not None
        tries = select(crm_writes.c.outcome).where(crm_writes.c.undo_of == new.undo_of)
        with writing(self._engine) as connection:
            outcomes = [row.outcome for row in connection.execute(tries)]
            if any(outcome in _BLOCKS_ANOTHER_UNDO for outcome in outcomes):
                return None
            values = {name: getattr(new, name) for name in NewWrite.__slots__}
            numbered = NewWrite(**values | {"key": f"undo:{new.undo_of}:{len(outcomes)}"})
            return _begin(connection, numbered, now)

    def finish(
        self,
        write_id: int,
        outcome: WriteOutcome,
        now: datetime,
        *,
        record_id: str | None = None,
        version_after: str | None = None,
        reason: str | None = None,
        content: dict[str, Any] | None = None,
    ) -> CrmWrite:
        """Store what became of a write, and return it whole. `content`, if given, replaces that of the beginning."""
        ended: dict[str, Any] = {"outcome": outcome, "finished_at": now, "reason": reason}
        known = {"record_id": record_id, "version_after": version_after, "content": content}
        ended |= {name: each for name, each in known.items() if each is not None}
        with writing(self._engine) as connection:
            connection.execute(update(crm_writes).where(crm_writes.c.id == write_id).values(**ended))
            return _write(connection.execute(select(crm_writes).where(crm_writes.c.id == write_id)).one())

    def find(self, write_id: int) -> CrmWrite | None:
        """Return one write, or None."""
        with reading(self._engine) as connection:
            row = connection.execute(select(crm_writes).where(crm_writes.c.id == write_id)).one_or_none()
            return _write(row) if row else None

    def standing(self, deal_id: str, since: datetime) -> list[CrmWrite]:
        """Return what was written on a deal since an instant and not undone, newest first."""
        undone = select(crm_writes.c.undo_of).where(
            crm_writes.c.undo_of.is_not(None), crm_writes.c.outcome == WriteOutcome.WRITTEN
        )
        query = select(crm_writes).where(
            crm_writes.c.deal_id == deal_id,
            crm_writes.c.finished_at >= since,
            crm_writes.c.outcome == WriteOutcome.WRITTEN,
            crm_writes.c.undo_of.is_(None),
            crm_writes.c.id.not_in(undone),
        )
        with reading(self._engine) as connection:
            return [_write(row) for row in connection.execute(query.order_by(crm_writes.c.id.desc()))]

    def of_deal(self, deal_id: str) -> list[CrmWrite]:
        """Return every attempt to write on a deal, oldest first."""
        query = select(crm_writes).where(crm_writes.c.deal_id == deal_id).order_by(crm_writes.c.id)
        with reading(self._engine) as connection:
            return [_write(row) for row in connection.execute(query)]

    def abandoned(self, now: datetime) -> int:
        """Return how many writes were begun and never ended: their process died, somebody has to look."""
        query = select(func.count()).where(
            crm_writes.c.outcome == WriteOutcome.PENDING, crm_writes.c.at < now - ABANDONED_AFTER
        )
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()


def _begin(connection: Connection, new: NewWrite, now: datetime) -> CrmWrite | None:
    values = {name: getattr(new, name) for name in NewWrite.__slots__}
    statement = insert_into(connection, crm_writes).values(**values, outcome=WriteOutcome.PENDING, at=now)
    made = connection.execute(statement.on_conflict_do_nothing(index_elements=["key"]).returning(crm_writes))
    row = made.one_or_none()
    return _write(row) if row else None


def _write(row: Any) -> CrmWrite:
    values = {name: getattr(row, name) for name in (*NewWrite.__slots__, *CrmWrite.__slots__)}
    return CrmWrite(**values | {"outcome": WriteOutcome(values["outcome"])})

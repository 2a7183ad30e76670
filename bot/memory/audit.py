"""One log out of everything the bot writes down about who did what, and its end after the time it is kept.

The words of questions and answers are in none of it. Old and new values of the CRM are, and so is what people
typed as a reason: whoever exports the log decides whether addresses and numbers in them are shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, Select, Table, delete, func, select

from bot.memory.database import reading, writing
from bot.memory.schema_actions import action_changes, action_items
from bot.memory.schema_consults import consult_guests, consults
from bot.memory.schema_conversations import channel_shares, feedback, replies
from bot.memory.schema_health import contests
from bot.memory.schema_mailings import deliveries
from bot.memory.schema_model_use import model_calls, model_verdicts
from bot.memory.schema_readings import model_readings
from bot.memory.schema_writes import crm_writes


class AuditKind(StrEnum):
    """What an entry of the log is about."""

    ANSWER = "answer"
    FEEDBACK = "feedback"
    SHARE = "share"
    ACTION = "action"
    CONTEST = "contest"
    CRM_WRITE = "crm write"
    MODEL_CALL = "model call"
    MODEL_READING = "model reading"
    INVITATION = "invitation"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing somebody did, or the bot for them. `who` is a user id of the pipeline, `what` one or two words."""

    at: datetime
    kind: AuditKind
    who: str
    deal_id: str | None
    what: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are wanted: `since` ≤ at < `until`; None = any."""

    since: datetime | None = None
    until: datetime | None = None
    kinds: frozenset[AuditKind] | None = None
    who: str | None = None
    deal_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Where the entries of a kind are, and which columns tell them."""

    query: Select[Any]
    at: Column[Any]
    who: Column[Any]
    what: str
    details: tuple[str, ...]
    deal_id: Column[Any] | None


_LEDGERS: Mapping[AuditKind, _Ledger] = {
    AuditKind.ANSWER: _Ledger(
        select(replies), replies.c.created_at, replies.c.asker_id, "outcome",
        ("surface", "question_kind", "question_length", "chunk_keys"), replies.c.deal_id,
    ),
    AuditKind.FEEDBACK: _Ledger(
        select(feedback, replies.c.deal_id).join(replies), feedback.c.at, feedback.c.user_id, "value",
        ("reply_id", "reason"), replies.c.deal_id,
    ),
    AuditKind.SHARE: _Ledger(
        select(channel_shares), channel_shares.c.at, channel_shares.c.user_id, "outcome", ("channel", "audience"),
        channel_shares.c.deal_id,
    ),
    AuditKind.ACTION: _Ledger(
        select(action_changes, action_items.c.deal_id, action_items.c.owner_id, action_items.c.text).join(action_items),
        action_changes.c.at, action_changes.c.by_id, "what", ("item_id", "owner_id", "text", "due", "note"),
        action_items.c.deal_id,
    ),
    AuditKind.CONTEST: _Ledger(
        select(contests), contests.c.at, contests.c.by_id, "claim", ("context", "before_bucket", "after_bucket"),
        contests.c.deal_id,
    ),
    AuditKind.CRM_WRITE: _Ledger(
        select(crm_writes), crm_writes.c.at, crm_writes.c.by_id, "outcome",
        ("id", "crm", "target", "old", "new", "record_id", "reason", "undo_of"), crm_writes.c.deal_id,
    ),
    AuditKind.MODEL_CALL: _Ledger(
        select(model_calls), model_calls.c.created_at, model_calls.c.asker_id, "outcome",
        ("job", "prompt", "model", "tokens", "cost"), model_calls.c.deal_id,
    ),
    AuditKind.MODEL_READING: _Ledger(
        select(model_readings), model_readings.c.read_at, model_readings.c.asker_id, "status",
        ("element", "source_id", "grade", "model", "prompt", "disputed_by", "disputed_at"), model_readings.c.deal_id,
    ),
    AuditKind.INVITATION: _Ledger(
        select(consult_guests, consults.c.deal_id).join(consults), consult_guests.c.invited_at,
        consult_guests.c.invited_by, "user_name", ("consult_id", "user_id", "until", "ended_by", "ended_at"),
        consults.c.deal_id,
    ),
    AuditKind.DELIVERY: _Ledger(
        select(deliveries), deliveries.c.claimed_at, deliveries.c.reader_id, "status", ("kind", "day", "reason"), None,
    ),
}  # fmt: skip


class AuditLog:
    """Reads and ends what was written down. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def entries(self, wanted: AuditFilter, limit: int | None = None) -> list[AuditEntry]:
        """Return the entries that fit, newest first, at most `limit` of them."""
        with reading(self._engine) as connection:
            kinds = [kind for kind in _LEDGERS if wanted.kinds is None or kind in wanted.kinds]
            found = [entry for kind in kinds for entry in _entries(connection, kind, wanted, limit)]
        found.sort(key=lambda entry: entry.at, reverse=True)
        return found[:limit]

    def kept(self) -> dict[AuditKind, tuple[int, datetime | None]]:
        """Return how many entries of each kind there are, and when the oldest was made."""
        with reading(self._engine) as connection:
            return {
                kind: tuple(connection.execute(select(func.count(), func.min(ledger.at))).one())
                for kind, ledger in _LEDGERS.items()
            }

    def purge(self, before: datetime, *, dry_run: bool = False) -> dict[str, int]:
        """Delete what is older than `before`; returns how many rows of each table. Open action items stay.

        With `dry_run` the rows are counted and kept.
        """
        with writing(self._engine) as connection:
            return {
                table.name: _purge(connection, table, at < before, *kept, dry_run=dry_run)
                for table, at, *kept in _PURGED
            }


_PURGED: tuple[tuple[Any, ...], ...] = (
    (replies, replies.c.created_at),
    (channel_shares, channel_shares.c.at),
    (action_items, action_items.c.updated_at, action_items.c.status != "open"),
    (contests, contests.c.at),
    (crm_writes, crm_writes.c.at),
    (model_calls, model_calls.c.created_at),
    (model_verdicts, model_verdicts.c.created_at),
    (model_readings, model_readings.c.read_at),
    (consult_guests, consult_guests.c.invited_at),
    (deliveries, deliveries.c.claimed_at),
)
"""Table, its instant, and what else must hold. Feedback ends with its answer, an item's changes with the item."""


def _entries(connection: Connection, kind: AuditKind, wanted: AuditFilter, limit: int | None) -> Iterator[AuditEntry]:
    ledger = _LEDGERS[kind]
    if wanted.deal_id is not None and ledger.deal_id is None:
        return
    conditions = [
        ledger.at >= wanted.since if wanted.since else None,
        ledger.at < wanted.until if wanted.until else None,
        ledger.who == wanted.who if wanted.who else None,
        ledger.deal_id == wanted.deal_id if wanted.deal_id and ledger.deal_id is not None else None,
    ]
    query = ledger.query.where(*(each for each in conditions if each is not None))
    query = query.order_by(ledger.at.desc()).limit(limit)
    for row in connection.execute(query).mappings():
        details = {name: row[name] for name in ledger.details if row[name] not in (None, [])}
        deal_id = row["deal_id"] if ledger.deal_id is not None else None
        yield AuditEntry(row[ledger.at.name], kind, row[ledger.who.name], deal_id, row[ledger.what], details)


def _purge(connection: Connection, table: Table, *conditions: ColumnElement[bool], dry_run: bool) -> int:
    if dry_run:
        return connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
    return connection.execute(delete(table).where(*conditions)).rowcount

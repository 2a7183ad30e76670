"""The ledger of messages the bot sends of its own accord: each reader gets each kind once a day.

Claim a row, send, mark it. A claim is a lease: if its holder dies, the row can be claimed again when
the lease has run out. The holder may have died between sending and marking, so every attempt at one
delivery carries the same `client_token`; the sender stores it in the message's metadata and, when
`Claim.may_be_out` is set, looks for it before sending again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, and_, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.memory.schema_mailings import deliveries
from bot.memory.upsert import insert_into

MAX_ATTEMPTS = 5
_TOKENS = UUID("6f1d1d3e-53f2-5a55-9d44-0c0a5f0b7c11")


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    CLAIMED = "claimed"
    """Somebody is sending it, or died trying; the lease tells which."""
    SENT = "sent"
    SKIPPED = "skipped"
    """Not sent on purpose; the reason says why: nothing to say, or too late."""
    FAILED = "failed"
    """The last attempt failed and another may follow."""
    DEAD = "dead"
    """Given up; a person has to look."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one delivery until `lease_until`. `attempt` counts from 1."""

    kind: str
    reader_id: str
    day: date
    attempt: int
    client_token: str
    lease_until: datetime

    @property
    def may_be_out(self) -> bool:
        """Whether an earlier attempt may have reached Slack, so its token has to be looked for first."""
        return self.attempt > 1


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One line of the ledger. `reason` is the last failure in words, kept even after a later success."""

    kind: str
    reader_id: str
    day: date
    status: DeliveryStatus
    attempts: int
    client_token: str
    claimed_at: datetime
    claimable_from: datetime
    sent_at: datetime | None
    message_ts: str | None
    reason: str | None


def client_token(kind: str, reader_id: str, day: date) -> str:
    """Return the token every attempt at this delivery carries."""
    return str(uuid5(_TOKENS, "\n".join((kind, reader_id, day.isoformat()))))


def claim(
    connection: Connection, kind: str, reader_id: str, day: date, now: datetime, lease: timedelta
) -> Claim | None:
    """Take a delivery nobody holds, or None if it is held, sent or dead."""
    attempt = _claim_new(connection, kind, reader_id, day, now, lease)
    if attempt is None:
        _bury_exhausted(connection, kind, reader_id, day, now)
        attempt = _claim_again(connection, kind, reader_id, day, now, lease)
    if attempt is None:
        return None
    return Claim(kind, reader_id, day, attempt, client_token(kind, reader_id, day), now + lease)


def claim_all(
    connection: Connection, kind: str, wanted: Collection[tuple[str, date]], now: datetime, lease: timedelta
) -> list[Claim]:
    """Take all of these (reader, day) that nobody holds; the same rules as `claim`."""
    if not wanted:
        return []
    rows = [_new_row(kind, reader_id, day, now, lease) for reader_id, day in wanted]
    inserted = connection.execute(
        insert_into(connection, deliveries)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(deliveries.c.reader_id, deliveries.c.day)
    )
    new = {(row.reader_id, row.day) for row in inserted}
    taken = [claim(connection, kind, *each, now, lease) for each in wanted if each not in new]
    first = [Claim(kind, *each, 1, client_token(kind, *each), now + lease) for each in wanted if each in new]
    return [*first, *(each for each in taken if each)]


def skip(connection: Connection, kind: str, days: Collection[tuple[str, date]], reason: str, now: datetime) -> None:
    """Record that these (reader, day) get nothing, and why; rows that exist are left as they are."""
    rows = [
        _new_row(kind, *each, now, timedelta(0)) | {"status": DeliveryStatus.SKIPPED, "attempts": 0, "reason": reason}
        for each in days
    ]
    if rows:
        connection.execute(insert_into(connection, deliveries).on_conflict_do_nothing(), rows)


def close_empty(connection: Connection, claim: Claim, reason: str) -> None:
    """End a claim without a message: there was nothing to say."""
    connection.execute(
        update(deliveries)
        .where(_row(claim.kind, claim.reader_id, claim.day), deliveries.c.status == DeliveryStatus.CLAIMED)
        .values(status=DeliveryStatus.SKIPPED, reason=reason)
    )


def mark_sent(connection: Connection, claim: Claim, message_ts: str, now: datetime) -> None:
    """Record that the message is out. True whoever holds the row now, so no lease is checked."""
    connection.execute(
        update(deliveries)
        .where(_row(claim.kind, claim.reader_id, claim.day), deliveries.c.status != DeliveryStatus.SENT)
        .values(status=DeliveryStatus.SENT, sent_at=now, message_ts=message_ts)
    )


def mark_failed(
    connection: Connection, claim: Claim, reason: str, now: datetime, *, final: bool, retry_after: timedelta
) -> DeliveryStatus | None:
    """End the claim; returns the new status, or None if the row was taken over or sent meanwhile."""
    given_up = final or claim.attempt >= MAX_ATTEMPTS
    status = DeliveryStatus.DEAD if given_up else DeliveryStatus.FAILED
    held = connection.execute(
        update(deliveries)
        .where(
            _row(claim.kind, claim.reader_id, claim.day),
            deliveries.c.status == DeliveryStatus.CLAIMED,
            deliveries.c.attempts == claim.attempt,
        )
        .values(status=status, reason=reason, claimable_from=now + retry_after)
    )
    return status if held.rowcount == 1 else None


def listed(
    connection: Connection, status: DeliveryStatus | None, kind: str | None = None, since: date | None = None
) -> list[DeliveryRow]:
    """Return the ledger, newest day first, of one status, kind and from one day on, as far as those are given."""
    columns = [column for column in deliveries.columns if column.name != "id"]
    query = select(*columns).order_by(deliveries.c.day.desc(), deliveries.c.kind, deliveries.c.reader_id)
    if status is not None:
        query = query.where(deliveries.c.status == status)
    if kind is not None:
        query = query.where(deliveries.c.kind == kind)
    if since is not None:
        query = query.where(deliveries.c.day >= since)
    rows = connection.execute(query).mappings()
    return [DeliveryRow(**{**row, "status": DeliveryStatus(row["status"])}) for row in rows]


def _claim_new(
    connection: Connection, kind: str, reader_id: str, day: date, now: datetime, lease: timedelta
) -> int | None:
    row = _new_row(kind, reader_id, day, now, lease)
    statement = insert_into(connection, deliveries).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(deliveries.c.attempts)).scalar_one_or_none()


def _new_row(kind: str, reader_id: str, day: date, now: datetime, lease: timedelta) -> dict[str, Any]:
    return {
        "kind": kind,
        "reader_id": reader_id,
        "day": day,
        "status": DeliveryStatus.CLAIMED,
        "attempts": 1,
        "client_token": client_token(kind, reader_id, day),
        "claimed_at": now,
        "claimable_from": now + lease,
    }


def _claim_again(
    connection: Connection, kind: str, reader_id: str, day: date, now: datetime, lease: timedelta
) -> int | None:
    return connection.execute(
        update(deliveries)
        .where(_row(kind, reader_id, day), _free(now))
        .values(
            status=DeliveryStatus.CLAIMED,
            attempts=deliveries.c.attempts + 1,
            claimed_at=now,
            claimable_from=now + lease,
        )
        .returning(deliveries.c.attempts)
    ).scalar_one_or_none()


def _bury_exhausted(connection: Connection, kind: str, reader_id: str, day: date, now: datetime) -> None:
    """Give up on a delivery whose last allowed holder never came back."""
    connection.execute(
        update(deliveries)
        .where(_row(kind, reader_id, day), _free(now), deliveries.c.attempts >= MAX_ATTEMPTS)
        .values(
            status=DeliveryStatus.DEAD,
            reason=f"no attempt of {MAX_ATTEMPTS} was ever marked as sent or failed",
        )
    )


def _row(kind: str, reader_id: str, day: date) -> ColumnElement[bool]:
    return and_(deliveries.c.kind == kind, deliveries.c.reader_id == reader_id, deliveries.c.day == day)


def _free(now: datetime) -> ColumnElement[bool]:
    waiting = or_(deliveries.c.status == DeliveryStatus.CLAIMED, deliveries.c.status == DeliveryStatus.FAILED)
    return and_(waiting, deliveries.c.claimable_from <= now)

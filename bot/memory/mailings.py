"""What the sender of digests, alerts and follow-ups asks of memory, for many readers at once.

The rules of the ledger are those of `deliveries`; here are the calls that serve a whole round.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, select, update

from bot.memory import deliveries
from bot.memory.database import reading, writing
from bot.memory.deliveries import Claim, DeliveryRow, DeliveryStatus
from bot.memory.schema_mailings import deliveries as ledger
from bot.memory.schema_mailings import mentions, unreachable
from bot.memory.upsert import insert_into

BATCH = 500  # well under the number of bound values either database takes


@dataclass(frozen=True, slots=True)
class Mention:
    """What a reader was last told of a deal: a name for its state then, and when."""

    deal_id: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A reader whom Slack does not let us write to under this address, and why."""

    reader_id: str
    address: str
    reason: str
    since: datetime


class Mailings:
    """The ledger and its companions, in bulk. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def claim(self, kind: str, wanted: Collection[tuple[str, date]], now: datetime, lease: timedelta) -> list[Claim]:
        """Take the right to send to these (reader, day); those held, done or given up are left out."""
        with writing(self._engine) as connection:
            return deliveries.claim_all(connection, kind, wanted, now, lease)

    def sent(self, claim: Claim, message_ts: str, now: datetime, said: Mapping[str, str] | None = None) -> None:
        """Record that a message is out, and what it said: deal to name of its state."""
        with writing(self._engine) as connection:
            deliveries.mark_sent(connection, claim, message_ts, now)
            _mention(connection, claim.reader_id, said or {}, now)

    def skip(self, kind: str, days: Collection[tuple[str, date]], reason: str, now: datetime) -> None:
        """Record that these (reader, day) get nothing, and why; what is in the ledger stays."""
        with writing(self._engine) as connection:
            deliveries.skip(connection, kind, days, reason, now)

    def close_empty(self, claims: Collection[Claim], reason: str) -> None:
        """End claims without a message."""
        with writing(self._engine) as connection:
            for claim in claims:
                deliveries.close_empty(connection, claim, reason)

    def since(self, kind: str, day: date) -> list[DeliveryRow]:
        """Return what the ledger holds of a kind from `day` on."""
        with reading(self._engine) as connection:
            return deliveries.listed(connection, None, kind, day)

    def settled(self, kind: str, since: date, now: datetime) -> set[tuple[str, date]]:
        """Return the (reader, day) of a kind that nobody may claim at `now`."""
        free = ledger.c.status.in_([DeliveryStatus.CLAIMED, DeliveryStatus.FAILED]) & (ledger.c.claimable_from <= now)
        query = select(ledger.c.reader_id, ledger.c.day).where(ledger.c.kind == kind, ledger.c.day >= since, ~free)
        with reading(self._engine) as connection:
            return {(row.reader_id, row.day) for row in connection.execute(query)}

    def live_since(self, kind: str) -> date | None:
        """Return the first day of a kind in the ledger; None before the first one."""
        with reading(self._engine) as connection:
            first: date | None = connection.execute(
                select(func.min(ledger.c.day)).where(ledger.c.kind == kind)
            ).scalar_one()
        return first

    def said_to(self, reader_ids: Collection[str]) -> dict[str, dict[str, Mention]]:
        """Return what these readers were last told of which deal."""
        found: dict[str, dict[str, Mention]] = {}
        with reading(self._engine) as connection:
            for batch in _batches(reader_ids):
                for row in connection.execute(select(mentions).where(mentions.c.reader_id.in_(batch))):
                    found.setdefault(row.reader_id, {})[row.deal_id] = Mention(row.deal_id, row.state, row.at)
        return found

    # People Slack does not let us write to

    def out_of_reach(self) -> dict[tuple[str, str], Unreachable]:
        """Return everybody who could not be reached, by reader and address."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(unreachable).order_by(unreachable.c.since)).all()
        return {
            (row.reader_id, row.address): Unreachable(row.reader_id, row.address, row.reason, row.since) for row in rows
        }

    def note_unreachable(self, reader_id: str, address: str, reason: str, now: datetime) -> None:
        """Remember that a reader cannot be reached under an address; the first reason stays."""
        row = {"reader_id": reader_id, "address": address, "reason": reason, "since": now}
        with writing(self._engine) as connection:
            connection.execute(insert_into(connection, unreachable).values(row).on_conflict_do_nothing())

    def reached(self, reader_id: str, address: str) -> None:
        """Forget that a reader could not be reached under an address."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(unreachable).where(unreachable.c.reader_id == reader_id, unreachable.c.address == address)
            )

    def unreported(self) -> list[Unreachable]:
        """Return those out of reach of whom nobody has been told."""
        query = select(unreachable).where(unreachable.c.reported_at.is_(None)).order_by(unreachable.c.since)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [Unreachable(row.reader_id, row.address, row.reason, row.since) for row in rows]

    def reported(self, found: Iterable[Unreachable], now: datetime) -> None:
        """Note that somebody was told of these."""
        with writing(self._engine) as connection:
            for each in found:
                connection.execute(
                    update(unreachable)
                    .where(unreachable.c.reader_id == each.reader_id, unreachable.c.address == each.address)
                    .values(reported_at=now)
                )


def _mention(connection: Connection, reader_id: str, said: Mapping[str, str], now: datetime) -> None:
    rows = [{"reader_id": reader_id, "deal_id": deal, "state": state, "at": now} for deal, state in said.items()]
    if not rows:
        return
    statement = insert_into(connection, mentions)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["reader_id", "deal_id"],
            set_={"state": statement.excluded.state, "at": statement.excluded.at},
        ),
        rows,
    )


def _batches(ids: Collection[str]) -> Iterable[list[str]]:
    wanted = list(ids)
    return (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH))

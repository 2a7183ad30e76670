"""Opportunity consults: how far each one is, what was written in it, where it is shown (DOMAIN 6.2).

Invariants: at most one consult runs on a deal (`running_deal` is unique), and a consult moves on only from the
state and phase the caller saw, so that of two presses exactly one moves it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from bot.memory.database import reading, writing
from bot.memory.errors import BotMemoryError
from bot.memory.schema_consults import consult_changes, consult_panels, consults
from bot.memory.upsert import insert_into


class ConsultState(StrEnum):
    """How far a consult is, in this order (DOMAIN 6.2)."""

    REQUESTED = "requested"
    """Somebody asked for it; the manager has not prepared it yet."""
    PREPARED = "prepared"
    """The pack is made and the seller is asked for the overview."""
    IN_SESSION = "in session"
    ACTIONS_AGREED = "actions agreed"
    SHARED = "shared"
    """The wrap-up is out; the follow-up is due in a week."""
    FOLLOWED_UP = "followed up"
    """Each action was looked at: done, moved or dropped."""
    CLOSED = "closed"


class ConsultPhase(StrEnum):
    """What a running session is about (DOMAIN 6.1)."""

    SETUP = "setup"
    OVERVIEW = "overview"
    CONSULT = "consult"
    PLAN = "plan"


class ConsultKind(StrEnum):
    """How long a session takes: 50 minutes, or 10 for a light review."""

    FULL = "full"
    LIGHT = "light"


RUNNING = (ConsultState.REQUESTED, ConsultState.PREPARED, ConsultState.IN_SESSION, ConsultState.ACTIONS_AGREED)
"""States before the wrap-up is out; one consult of a deal can be in them."""


class StaleConsultError(BotMemoryError):
    """The consult is gone, or has moved on since the person saw it."""


@dataclass(frozen=True, slots=True)
class ConsultQuestion:
    """One question of a session. `about` is what it is about: an element, a topic, or "own".

    `answer` is the seller's own reading, `by` who wrote it down, `agreed` what both concluded.
    """

    about: str
    text: str
    answer: str | None = None
    by: str | None = None
    agreed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsult:
    """A consult about to be opened. `channel` None = it is held in direct messages."""

    deal_id: str
    deal_name: str
    kind: ConsultKind
    manager_id: str
    manager_name: str
    seller_id: str
    seller_name: str
    channel: str | None = None
    questions: tuple[ConsultQuestion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult(NewConsult):
    """A stored consult. `overview` maps field to text; None = the seller has not written it yet."""

    id: int
    state: ConsultState
    phase: ConsultPhase | None = None
    phase_since: datetime | None = None
    thread_ts: str | None = None
    overview: dict[str, str] | None = None
    overview_by: str | None = None
    recap: str | None = None
    follow_up_on: date | None = None
    shared_at: datetime | None = None
    ended_because: str | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def participants(self) -> tuple[str, str]:
        """User ids of manager and seller."""
        return self.manager_id, self.seller_id

    @property
    def is_running(self) -> bool:
        """Whether its wrap-up is still to come."""
        return self.state in RUNNING


@dataclass(frozen=True, slots=True)
class Panel:
    """The message in which one participant sees the consult."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class ConsultChange:
    """One entry of a consult's history."""

    what: str
    by_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a consult moves to, and what is noted with it; None leaves a value as it is."""

    state: ConsultState
    phase: ConsultPhase | None = None
    values: dict[str, Any] = field(default_factory=dict)


class ConsultBook:
    """Every consult. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def open(self, new: NewConsult, by_id: str, now: datetime) -> tuple[Consult, bool]:
        """Store a requested consult; returns it and True, or the one that runs on the deal already and False."""
        values = {name: getattr(new, name) for name in NewConsult.__slots__}
        values |= {"questions": _plain(new.questions), "running_deal": new.deal_id, "state": ConsultState.REQUESTED}
        with writing(self._engine) as connection:
            made = insert_into(connection, consults).values(**values, created_at=now, updated_at=now)
            row = connection.execute(made.on_conflict_do_nothing().returning(consults.c.id)).one_or_none()
            if row is None:
                running = select(consults).where(consults.c.running_deal == new.deal_id)
                return _consult(connection.execute(running).one()), False
            _note(connection, row.id, ConsultState.REQUESTED.value, by_id, now)
            return _get(connection, row.id), True

    def find(self, consult_id: int) -> Consult | None:
        """Return one consult, or None."""
        return next(iter(self._all(consults.c.id == consult_id)), None)

    def running(self, deal_id: str) -> Consult | None:
        """Return the consult that runs on a deal, or None."""
        return next(iter(self._all(consults.c.running_deal == deal_id)), None)

    def last_shared(self, deal_id: str) -> Consult | None:
        """Return the deal's last consult that ended in a wrap-up, or None."""
        return next(iter(self._all(consults.c.deal_id == deal_id, consults.c.shared_at.is_not(None))), None)

    def of_person(self, user_id: str) -> list[Consult]:
        """Return the consults a person takes part in that are not closed, the newest first."""
        mine = or_(consults.c.manager_id == user_id, consults.c.seller_id == user_id)
        return self._all(mine, consults.c.state != ConsultState.CLOSED)

    def in_state(self, state: ConsultState) -> list[Consult]:
        """Return every consult in one state, the newest first."""
        return self._all(consults.c.state == state)

    def last_held(self, deal_ids: Collection[str]) -> dict[str, datetime]:
        """Return when each deal's last wrap-up went out; deals without one are left out."""
        found = self._all(consults.c.deal_id.in_(list(deal_ids)), consults.c.shared_at.is_not(None))
        return {each.deal_id: each.shared_at for each in reversed(found) if each.shared_at}

    def move(self, seen: Consult, to: Progress, by_id: str, now: datetime) -> Consult:
        """Bring a consult from where it was seen to another state or phase. Raises StaleConsultError."""
        entered = {"phase": to.phase, "phase_since": now if to.phase else None}
        values = to.values | {"state": to.state, "updated_at": now} | entered
        if to.state not in RUNNING:
            values["running_deal"] = None
        with writing(self._engine) as connection:
            moved = connection.execute(
                update(consults)
                .where(consults.c.id == seen.id, consults.c.state == seen.state)
                .where(consults.c.phase.is_(None) if seen.phase is None else consults.c.phase == seen.phase)
                .values(**values)
            )
            if not moved.rowcount:
                raise StaleConsultError(f"consult {seen.id} is not {seen.state.value} ({seen.phase}) any more")
            _note(connection, seen.id, f"{to.state.value}: {to.phase}" if to.phase else to.state.value, by_id, now)
            return _get(connection, seen.id)

    def write(self, consult_id: int, change: Callable[[Consult], Consult], now: datetime) -> Consult:
        """Change what is written in a consult: overview, questions, recap. Nobody else's change is lost."""
        with writing(self._engine) as connection:
            held = connection.execute(select(consults).where(consults.c.id == consult_id).with_for_update()).one()
            new = change(_consult(held))
            values = {name: getattr(new, name) for name in ("overview", "overview_by", "recap")}
            written = values | {"questions": _plain(new.questions), "updated_at": now}
            connection.execute(update(consults).where(consults.c.id == consult_id).values(**written))
            return _get(connection, consult_id)

    def anchor(self, consult_id: int, channel: str, thread_ts: str) -> Consult:
        """Remember the thread a consult is held in."""
        with writing(self._engine) as connection:
            place = update(consults).where(consults.c.id == consult_id).values(channel=channel, thread_ts=thread_ts)
            connection.execute(place)
            return _get(connection, consult_id)

    def history(self, consult_id: int) -> list[ConsultChange]:
        """Return what happened to a consult, oldest first."""
        changes = select(consult_changes).where(consult_changes.c.consult_id == consult_id)
        with reading(self._engine) as connection:
            rows = connection.execute(changes.order_by(consult_changes.c.id))
            return [ConsultChange(row.what, row.by_id, row.at) for row in rows]

    def panels(self, consult_id: int) -> dict[str, Panel]:
        """Return the message each participant sees the consult in, by user id."""
        query = select(consult_panels).where(consult_panels.c.consult_id == consult_id)
        with reading(self._engine) as connection:
            return {row.user_id: Panel(row.channel, row.ts) for row in connection.execute(query)}

    def keep_panel(self, consult_id: int, user_id: str, panel: Panel) -> None:
        """Remember the message one participant sees the consult in, in place of an earlier one."""
        place = {"channel": panel.channel, "ts": panel.ts}
        with writing(self._engine) as connection:
            statement = insert_into(connection, consult_panels)
            statement = statement.values(consult_id=consult_id, user_id=user_id, **place)
            connection.execute(statement.on_conflict_do_update(index_elements=["consult_id", "user_id"], set_=place))

    def drop_panel(self, consult_id: int, user_id: str) -> None:
        """Forget the message a person saw the consult in."""
        theirs = (consult_panels.c.consult_id == consult_id, consult_panels.c.user_id == user_id)
        with writing(self._engine) as connection:
            connection.execute(delete(consult_panels).where(*theirs))

    def _all(self, *conditions: Any) -> list[Consult]:
        query = select(consults).where(*conditions).order_by(consults.c.id.desc())
        with reading(self._engine) as connection:
            return [_consult(row) for row in connection.execute(query)]


def _note(connection: Connection, consult_id: int, what: str, by_id: str, now: datetime) -> None:
    connection.execute(insert(consult_changes).values(consult_id=consult_id, what=what, by_id=by_id, at=now))


def _get(connection: Connection, consult_id: int) -> Consult:
    return _consult(connection.execute(select(consults).where(consults.c.id == consult_id)).one())


def _plain(questions: Sequence[ConsultQuestion]) -> list[dict[str, Any]]:
    return [{name: getattr(each, name) for name in ConsultQuestion.__slots__} for each in questions]


def _consult(row: Any) -> Consult:
    values = {name: getattr(row, name) for name in (*NewConsult.__slots__, *Consult.__slots__)}
    return Consult(
        **values
        | {
            "kind": ConsultKind(row.kind),
            "state": ConsultState(row.state),
            "phase": ConsultPhase(row.phase) if row.phase else None,
            "questions": tuple(ConsultQuestion(**each) for each in row.questions),
        }
    )

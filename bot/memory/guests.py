"""Colleagues invited to one consult: what they were asked, until when they see its deal, what they noted (F070).

Invariant: whether an invitation stands is read off the consult each time, never stored beside it; so it ends with the
consult, when it is taken back, or on its last day, whichever comes first, and nothing has to run for that.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, Insert, and_, insert, select, update

from bot.memory.consults import RUNNING
from bot.memory.database import reading, writing
from bot.memory.schema_consults import consult_changes, consult_guests, consult_notes, consults
from bot.memory.upsert import insert_once

INVITED, TAKEN_BACK = "guest invited", "invitation taken back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Somebody let into one consult. `until` is its latest end; `ended_at` None = nobody took it back."""

    consult_id: int
    user_id: str
    user_name: str
    ask: str
    invited_by: str
    invited_at: datetime
    until: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A deal somebody may see for now, and whose it was when they were let in."""

    deal_id: str
    owner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestNote:
    """What somebody invited wrote down; `token` makes two presses on one form one note."""

    consult_id: int
    by_id: str
    by_name: str
    text: str
    token: str
    at: datetime


class GuestBook:
    """Every invitation and every note. Every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        """Work on the tables of a migrated database."""
        self._engine = engine

    def invite(self, invitation: Invitation) -> bool:
        """Store an invitation; False if that person stands invited to the consult already."""
        values = {name: getattr(invitation, name) for name in Invitation.__slots__}
        values["open_seat"] = _seat(invitation.consult_id, invitation.user_id)
        with writing(self._engine) as connection:
            lapsed = update(consult_guests).where(
                consult_guests.c.open_seat == values["open_seat"], consult_guests.c.until <= invitation.invited_at
            )
            connection.execute(lapsed.values(open_seat=None))
            if not insert_once(connection, consult_guests, values):
                return False
            connection.execute(_noted(invitation.consult_id, INVITED, invitation.invited_by, invitation.invited_at))
            return True

    def take_back(self, consult_id: int, user_id: str, by_id: str, now: datetime) -> bool:
        """End an invitation; False if none stands."""
        standing = consult_guests.c.open_seat == _seat(consult_id, user_id)
        with writing(self._engine) as connection:
            ended = update(consult_guests).where(standing).values(open_seat=None, ended_by=by_id, ended_at=now)
            if not connection.execute(ended).rowcount:
                return False
            connection.execute(_noted(consult_id, TAKEN_BACK, by_id, now))
            return True

    def standing(self, consult_id: int, now: datetime) -> list[Invitation]:
        """Return who is invited to a consult at `now`, in the order they were; nobody once it is over."""
        return self._invitations(_stands(now), consult_guests.c.consult_id == consult_id)

    def ever(self, consult_id: int) -> list[Invitation]:
        """Return every invitation there was to a consult, oldest first."""
        return self._invitations(consult_guests.c.consult_id == consult_id)

    def grants(self, user_id: str, now: datetime) -> list[Grant]:
        """Return the deals a person is invited to at `now`."""
        query = select(consults.c.deal_id, consults.c.seller_id).join_from(consult_guests, consults)
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(_stands(now), consult_guests.c.user_id == user_id).distinct())
            return [Grant(row.deal_id, row.seller_id) for row in rows]

    def note(self, note: GuestNote) -> bool:
        """Store a note; False if it is stored already."""
        values = {name: getattr(note, name) for name in GuestNote.__slots__}
        with writing(self._engine) as connection:
            return insert_once(connection, consult_notes, values)

    def notes(self, consult_id: int) -> list[GuestNote]:
        """Return what was noted in a consult, oldest first."""
        query = select(consult_notes).where(consult_notes.c.consult_id == consult_id).order_by(consult_notes.c.id)
        with reading(self._engine) as connection:
            return [
                GuestNote(**{name: getattr(row, name) for name in GuestNote.__slots__})
                for row in connection.execute(query)
            ]

    def _invitations(self, *conditions: ColumnElement[bool]) -> list[Invitation]:
        query = select(consult_guests).join_from(consult_guests, consults).where(*conditions)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(consult_guests.c.id))
            return [Invitation(**{name: getattr(row, name) for name in Invitation.__slots__}) for row in rows]


def _stands(now: datetime) -> ColumnElement[bool]:
    return and_(
        consult_guests.c.open_seat.is_not(None), consult_guests.c.until > now, consults.c.state.in_(RUNNING)
    )  # fmt: skip


def _seat(consult_id: int, user_id: str) -> str:
    return f"{consult_id}:{user_id}"


def _noted(consult_id: int, what: str, by_id: str, now: datetime) -> Insert:
    return insert(consult_changes).values(consult_id=consult_id, what=what, by_id=by_id, at=now)

"""Colleagues invited to one consult: who may come, what they are asked, what they see and note (DOMAIN 6.2, F070).

A guest sees the one deal, and reads along; the pack and what is on record about each question stay with the manager.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.coach.access import Asker
from bot.coach.consults.errors import ConsultRefused
from bot.coach.consults.rules import ConsultRules
from bot.coach.desk import Desk
from bot.memory.consults import Consult, ConsultState
from bot.memory.guests import GuestNote, Invitation
from bot.memory.service import Memory
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import User
from bot.pipeline.service import UnknownDeal

INVITED_OVER = "Your part in this consult is over: it ended, or the invitation was taken back."
TAKES_PART = "{name} holds this consult already."
IS_INVITED = "{name} is invited already."
FULL_HOUSE = "There are {most} guests already. Take one invitation back first."
TOO_LATE = "The session is over, so nobody can be invited any more."
OPEN_TO_GUESTS = frozenset({ConsultState.PREPARED, ConsultState.IN_SESSION})


@dataclass(frozen=True, slots=True)
class GuestSeat:
    """A guest in one consult, with the deal as it is now."""

    asker: Asker
    consult: Consult
    brief: DealBrief
    invitation: Invitation


@dataclass(frozen=True, slots=True)
class Guests:
    """Guests of consults over the deals of `desk`, kept in `memory`. All methods block."""

    desk: Desk
    memory: Memory

    @property
    def rules(self) -> ConsultRules:
        """`consult.yaml`."""
        return self.desk.coach.playbook.consult

    def may_come(self, consult: Consult, user: User, now: datetime) -> None:
        """Raises ConsultRefused with the reason why this colleague cannot be invited now."""
        if consult.state not in OPEN_TO_GUESTS:
            raise ConsultRefused(TOO_LATE)
        if user.id in consult.participants:
            raise ConsultRefused(TAKES_PART.format(name=user.name))
        standing = self.memory.guests.standing(consult.id, now)
        if any(each.user_id == user.id for each in standing):
            raise ConsultRefused(IS_INVITED.format(name=user.name))
        if len(standing) >= self.rules.guests.most:
            raise ConsultRefused(FULL_HOUSE.format(most=self.rules.guests.most))

    def last_moment(self, now: datetime) -> datetime:
        """When an invitation given now ends at the latest."""
        return now + timedelta(days=self.rules.guests.days)

    def invite(self, consult: Consult, user: User, ask: str, by: Asker, now: datetime) -> bool:
        """Let a colleague in; True for the one press that did it. Raises ConsultRefused."""
        self.may_come(consult, user, now)
        invitation = Invitation(
            consult_id=consult.id,
            user_id=user.id,
            user_name=user.name,
            ask=ask,
            invited_by=by.user.id,
            invited_at=now,
            until=self.last_moment(now),
        )
        return self.memory.guests.invite(invitation)

    def enter(self, asker: Asker, consult_id: int, now: datetime) -> GuestSeat:
        """A guest's seat. Raises ConsultRefused when the invitation does not stand any more, whatever the reason."""
        consult = self.memory.consults.find(consult_id)
        standing = self.memory.guests.standing(consult_id, now)
        invitation = next((each for each in standing if each.user_id == asker.user.id), None)
        if consult is None or invitation is None:
            raise ConsultRefused(INVITED_OVER)
        try:
            brief = self.desk.brief(asker, consult.deal_id, now)
        except UnknownDeal as gone:
            raise ConsultRefused(INVITED_OVER) from gone
        if not brief.deal.is_open or brief.deal.owner.id != consult.seller_id:
            raise ConsultRefused(INVITED_OVER)
        return GuestSeat(asker, consult, brief, invitation)

    def was_invited(self, asker: Asker, consult_id: int) -> bool:
        """Whether this person was ever let into the consult."""
        return any(each.user_id == asker.user.id for each in self.memory.guests.ever(consult_id))

    def note(self, seat: GuestSeat, text: str, token: str, now: datetime) -> bool:
        """Keep what a guest writes down for the two; False if it is kept already."""
        user = seat.asker.user
        return self.memory.guests.note(
            GuestNote(consult_id=seat.consult.id, by_id=user.id, by_name=user.name, text=text, token=token, at=now)
        )

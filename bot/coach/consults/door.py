"""The door of a consult: who may hold one on a deal, and who is let in, decided anew at every press.

All methods block. Each raises ConsultRefused with a reason to show, UnknownDeal for a deal out of reach.
A consult whose deal was closed or changed hands meanwhile is ended by the first press that finds out.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.coach.access import Asker
from bot.coach.consults.errors import GONE, NO_MANAGER, NOT_A_MANAGER, UNREACHABLE, ConsultRefused
from bot.coach.consults.moves import closing, end, move
from bot.coach.consults.questions import questions_for
from bot.coach.consults.seats import Seat
from bot.coach.dates import day_words
from bot.coach.desk import Desk
from bot.memory.consults import Consult, ConsultKind, ConsultState, NewConsult, Progress
from bot.memory.service import Memory
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import DealStatus, User

DEAL_CLOSED = "{deal} was {how}{when}, so the consult is closed. The next one begins with /consult and another deal."
CHANGED_HANDS = (
    "{deal} belongs to {owner} now, so this consult is closed. Its actions stay with their owners; start a new "
    "consult with /consult."
)
OVER = "This consult is closed: {why}."
_ENDED = "the deal was {how}", "the deal changed hands", "it was followed up"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a person may do with a deal's consult: lead it, ask for it, or go on with the one that runs."""

    brief: DealBrief
    manager: User
    running: Consult | None
    leads: bool


@dataclass(frozen=True, slots=True)
class ConsultDoor:
    """The door of consults over the deals of `desk`, kept in `memory`."""

    desk: Desk
    memory: Memory

    def opening(self, asker: Asker, deal_id: str, now: datetime) -> Opening:
        """Who would hold a consult on this deal with whom, and whether one runs already."""
        brief = self._open_deal(asker, deal_id, now)
        owner = brief.deal.owner
        leads = owner.id != asker.user.id
        if leads and (asker.owner_ids is None or not asker.may_see_owner(owner.id)):
            raise ConsultRefused(NOT_A_MANAGER)
        users = self.desk.coach.open_pipeline().users
        manager = asker.user if leads else users.get(owner.manager_id or "")
        if manager is None or not manager.active:
            raise ConsultRefused(NO_MANAGER)
        for person in (manager, owner):
            if not (person.slack_user_id or person.email):
                raise ConsultRefused(UNREACHABLE.format(name=person.name))
        return Opening(brief, manager, self._still_running(brief, now), leads)

    def open(
        self, asker: Asker, deal_id: str, kind: ConsultKind, now: datetime, channel: str | None = None
    ) -> tuple[Consult, bool]:
        """Open a consult, prepared if the manager does it and requested if the seller does; the running one if any."""
        opening = self.opening(asker, deal_id, now)
        deal = opening.brief.deal
        new = NewConsult(
            deal_id=deal.id,
            deal_name=deal.name,
            kind=kind,
            manager_id=opening.manager.id,
            manager_name=opening.manager.name,
            seller_id=deal.owner.id,
            seller_name=deal.owner.name,
            channel=channel,
            questions=questions_for(self.desk.coach.view(opening.brief), self.desk.coach.playbook, kind),
        )
        consult, is_new = self.memory.consults.open(new, asker.user.id, now)
        if is_new:
            self._close_followed_up(deal.id, asker, now)
        if opening.leads and consult.state is ConsultState.REQUESTED and consult.manager_id == asker.user.id:
            consult = move(self.memory, consult, Progress(state=ConsultState.PREPARED), asker, now)
        return consult, is_new

    def enter(self, asker: Asker, consult_id: int, now: datetime) -> Seat:
        """The person's seat in a consult; one that is over, or not theirs, is refused."""
        consult = self.memory.consults.find(consult_id)
        if consult is None:
            raise ConsultRefused(GONE)
        if asker.user.id not in consult.participants:
            raise ConsultRefused(f"This consult is between {consult.manager_name} and {consult.seller_name}.")
        brief = self.desk.brief(asker, consult.deal_id, now)
        if consult.state is ConsultState.CLOSED:
            raise ConsultRefused(OVER.format(why=consult.ended_because or _ENDED[2]))
        self._end_if_deal_moved(consult, brief, asker, now)
        return Seat(asker, consult, brief)

    def _open_deal(self, asker: Asker, deal_id: str, now: datetime) -> DealBrief:
        brief = self.desk.brief(asker, deal_id, now)
        if not brief.deal.is_open:
            raise ConsultRefused(_closed_words(brief))
        return brief

    def _still_running(self, brief: DealBrief, now: datetime) -> Consult | None:
        """The consult that runs on the deal, unless the deal changed hands since: then it ends here."""
        running = self.memory.consults.running(brief.deal.id)
        if running is None or running.seller_id == brief.deal.owner.id:
            return running
        self.memory.consults.move(running, closing(_ENDED[1]), running.manager_id, now)
        return None

    def _end_if_deal_moved(self, consult: Consult, brief: DealBrief, asker: Asker, now: datetime) -> None:
        deal = brief.deal
        if not deal.is_open:
            end(self.memory, consult, _ENDED[0].format(how=deal.status.value), asker, now)
            raise ConsultRefused(_closed_words(brief))
        if deal.owner.id != consult.seller_id:
            end(self.memory, consult, _ENDED[1], asker, now)
            raise ConsultRefused(CHANGED_HANDS.format(deal=deal.name, owner=deal.owner.name))

    def _close_followed_up(self, deal_id: str, asker: Asker, now: datetime) -> None:
        """A new consult takes up where the last one ended."""
        last = self.memory.consults.last_shared(deal_id)
        if last is not None and last.state is ConsultState.FOLLOWED_UP:
            end(self.memory, last, None, asker, now)


def _closed_words(brief: DealBrief) -> str:
    deal = brief.deal
    how = "won" if deal.status is DealStatus.WON else "lost"
    when = f" on {day_words(deal.closed_on, brief.today)}" if deal.closed_on else ""
    return DEAL_CLOSED.format(deal=deal.name, how=how, when=when)

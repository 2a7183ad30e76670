"""Where a consult takes place: who may take part is decided anew at every press, and every step is kept.

All methods block. Each raises ConsultRefused with a reason to show, UnknownDeal for a deal out of reach.
A consult whose deal was closed or changed hands meanwhile is ended by the first press that finds out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.coach.access import Asker
from bot.coach.consults.errors import (
    GONE,
    NO_MANAGER,
    NOT_A_MANAGER,
    OVERVIEW_FIRST,
    PLAN_FIRST,
    UNREACHABLE,
    ConsultRefused,
)
from bot.coach.consults.follow_up import Outcome, actions_of, all_told, outcomes
from bot.coach.consults.overview import prefilled
from bot.coach.consults.questions import OWN, Coaching, coaching_for, others_for, questions_for
from bot.coach.consults.rules import ConsultRules
from bot.coach.consults.states import awaits_overview, may_move, next_step
from bot.coach.dates import day_words
from bot.coach.desk import Desk
from bot.coach.view import DealView
from bot.memory.action_items import ActionItem, ActionStatus
from bot.memory.consults import (
    Consult,
    ConsultKind,
    ConsultPhase,
    ConsultQuestion,
    ConsultState,
    NewConsult,
    Progress,
    StaleConsultError,
)
from bot.memory.service import Memory
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import DealStatus, User

CALLED_OFF = "called off by {name}"
DEAL_CLOSED = "{deal} was {how}{when}, so the consult is closed. The next one begins with /consult and another deal."
CHANGED_HANDS = (
    "{deal} belongs to {owner} now, so this consult is closed. Its actions stay with their owners; start a new "
    "consult with /consult."
)
OVER = "This consult is closed: {why}."
_ENDED = "the deal was {how}", "the deal changed hands", "it was followed up"


@dataclass(frozen=True, slots=True)
class Seat:
    """One participant in one consult, with the deal as it is now."""

    asker: Asker
    consult: Consult
    brief: DealBrief

    @property
    def leads(self) -> bool:
        """Whether this is the manager."""
        return self.asker.user.id == self.consult.manager_id


@dataclass(frozen=True, slots=True)
class Opening:
    """What a person may do with a deal's consult: lead it, ask for it, or go on with the one that runs."""

    brief: DealBrief
    manager: User
    running: Consult | None
    leads: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an action: `what` is done, moved or dropped; `due` is the new day of a moved one."""

    what: str
    note: str | None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class ConsultRoom:
    """Consults over the deals of `desk`, kept in `memory`."""

    desk: Desk
    memory: Memory

    @property
    def rules(self) -> ConsultRules:
        """`consult.yaml`."""
        return self.desk.coach.playbook.consult

    # Opening one

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
            consult = self._move(consult, Progress(state=ConsultState.PREPARED), asker, now)
        return consult, is_new

    # Taking part

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

    def view(self, seat: Seat) -> DealView:
        """The seat's deal, judged."""
        return self.desk.coach.view(seat.brief)

    def go_on(self, seat: Seat, seen: str, now: datetime) -> Consult:
        """Enter the next part of the session. A press on a panel that is out of date changes nothing."""
        consult = seat.consult
        step = next_step(consult, self.rules)
        if step is None or seen != place_of(consult) or not seat.leads:
            return consult
        if step.phase is ConsultPhase.CONSULT and awaits_overview(consult, self.rules):
            raise ConsultRefused(OVERVIEW_FIRST.format(name=consult.seller_name))
        return self._move(consult, step, seat.asker, now)

    def prepare(self, seat: Seat, now: datetime) -> Consult:
        """The manager takes up a consult the seller asked for."""
        if seat.consult.state is not ConsultState.REQUESTED or not seat.leads:
            return seat.consult
        return self._move(seat.consult, Progress(state=ConsultState.PREPARED), seat.asker, now)

    def call_off(self, seat: Seat, now: datetime) -> Consult:
        """End a consult before its wrap-up; actions tracked so far stay with their owners."""
        if not seat.consult.is_running:
            return seat.consult
        return self._end(seat.consult, CALLED_OFF.format(name=seat.asker.user.name), seat.asker, now)

    # What is written

    def sheet(self, seat: Seat) -> dict[str, str]:
        """The overview as it stands: what was written, else what is on record."""
        last = self.memory.consults.last_shared(seat.consult.deal_id)
        return seat.consult.overview or prefilled(self.view(seat), self.rules, last)

    def write_overview(self, seat: Seat, fields: dict[str, str], now: datetime) -> Consult:
        """Keep the seller's overview, whoever of the two wrote it down."""
        by = seat.asker.user.name
        return self._write(seat, lambda held: replace(held, overview=fields, overview_by=by), now)

    def coaching(self, seat: Seat, number: int) -> Coaching | None:
        """What is on record about a question; None before the seller's own reading is written down."""
        question = _question(seat.consult, number)
        if awaits_overview(seat.consult, self.rules) or question.answer is None:
            return None
        coach = self.desk.coach
        return coaching_for(question.about, self.view(seat), coach.playbook, coach.open_handbook())

    def answer(
        self, seat: Seat, number: int, text: str, answer: str | None, agreed: str | None, now: datetime
    ) -> Consult:
        """Write down the seller's answer to the question `text`, and what both agreed; a swapped one is refused."""

        def written(held: Consult) -> Consult:
            question = _question(held, number)
            if question.text != text:
                raise ConsultRefused("That question was swapped meanwhile. Open it again.")
            kept = answer or question.answer
            return _with(held, number, replace(question, answer=kept, by=seat.asker.user.name, agreed=agreed))

        return self._write(seat, written, now)

    def others(self, seat: Seat, number: int) -> list[ConsultQuestion]:
        """Questions that could take the place of one."""
        consult = seat.consult
        return others_for(_question(consult, number).about, consult.questions, self.desk.coach.playbook)

    def swap(self, seat: Seat, number: int, text: str, now: datetime) -> Consult:
        """Ask another question instead; one of the person's own must be open and two-sided."""
        offered = {question.text: question for question in self.others(seat, number)}
        fault = None if text in offered else self.rules.questions.fault(text)
        if fault:
            raise ConsultRefused(fault)
        new = offered.get(text, ConsultQuestion(OWN, text))
        return self._write(seat, lambda held: _with(held, number, new), now)

    # What is agreed

    def actions(self, consult: Consult) -> list[ActionItem]:
        """The actions of a consult, oldest first."""
        return actions_of(self.memory, consult)

    def agree(self, seat: Seat, recap: str, follow_up_on: date, now: datetime) -> Consult:
        """Close the session with the seller's recap of the strategy and the day of the follow-up."""
        consult = seat.consult
        if consult.state is not ConsultState.IN_SESSION:
            return consult
        if not self.actions(consult):
            raise ConsultRefused(PLAN_FIRST)
        values = {"recap": recap, "follow_up_on": follow_up_on}
        return self._move(consult, Progress(state=ConsultState.ACTIONS_AGREED, values=values), seat.asker, now)

    def follow_up_day(self, seat: Seat) -> date:
        """The day proposed for the follow-up."""
        return seat.brief.today + timedelta(days=self.rules.follow_up_days)

    def share(self, seat: Seat, now: datetime) -> tuple[Consult, bool]:
        """Mark the wrap-up as sent; True for the one press that did it."""
        if seat.consult.state is not ConsultState.ACTIONS_AGREED:
            return seat.consult, False
        progress = Progress(state=ConsultState.SHARED, values={"shared_at": now})
        return self._move(seat.consult, progress, seat.asker, now), True

    # What became of it

    def outcomes(self, consult: Consult) -> list[Outcome]:
        """What became of each action since the wrap-up went out."""
        return outcomes(self.memory, consult)

    def tell(self, seat: Seat, item_id: int, version: int, result: Result, now: datetime) -> Consult:
        """Note what became of an action, with its evidence; once all are told the consult counts as followed up.

        Raises StaleActionError if somebody changed the action meanwhile.
        """
        consult, by = seat.consult, seat.asker.user.id
        if consult.state is not ConsultState.SHARED or item_id not in {item.id for item in self.actions(consult)}:
            return consult
        actions = self.memory.actions
        if result.due is not None:
            actions.move(item_id, result.due, version=version, by_id=by, note=result.note, now=now)
        else:
            status = ActionStatus(result.what)
            actions.close(item_id, status, version=version, by_id=by, note=result.note, now=now)
        return self.settle(seat, now)

    def settle(self, seat: Seat, now: datetime) -> Consult:
        """The consult, followed up if every action was looked at, here or on somebody's Home tab."""
        if seat.consult.state is ConsultState.SHARED and all_told(self.outcomes(seat.consult)):
            return self._move(seat.consult, Progress(state=ConsultState.FOLLOWED_UP), seat.asker, now)
        return seat.consult

    def close(self, seat: Seat, now: datetime) -> Consult:
        """The manager closes a consult that was followed up."""
        if seat.consult.state is not ConsultState.FOLLOWED_UP or not seat.leads:
            return seat.consult
        return self._end(seat.consult, None, seat.asker, now)

    # Inside

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
        self.memory.consults.move(running, _closing(_ENDED[1]), running.manager_id, now)
        return None

    def _end_if_deal_moved(self, consult: Consult, brief: DealBrief, asker: Asker, now: datetime) -> None:
        deal = brief.deal
        if not deal.is_open:
            self._end(consult, _ENDED[0].format(how=deal.status.value), asker, now)
            raise ConsultRefused(_closed_words(brief))
        if deal.owner.id != consult.seller_id:
            self._end(consult, _ENDED[1], asker, now)
            raise ConsultRefused(CHANGED_HANDS.format(deal=deal.name, owner=deal.owner.name))

    def _close_followed_up(self, deal_id: str, asker: Asker, now: datetime) -> None:
        """A new consult takes up where the last one ended."""
        last = self.memory.consults.last_shared(deal_id)
        if last is not None and last.state is ConsultState.FOLLOWED_UP:
            self._end(last, None, asker, now)

    def _end(self, consult: Consult, why: str | None, asker: Asker, now: datetime) -> Consult:
        return self._move(consult, _closing(why), asker, now)

    def _move(self, consult: Consult, to: Progress, asker: Asker, now: datetime) -> Consult:
        if to.state is not consult.state and not may_move(consult.state, to.state):
            raise StaleConsultError(f"no way leads from {consult.state.value} to {to.state.value}")
        return self.memory.consults.move(consult, to, asker.user.id, now)

    def _write(self, seat: Seat, change: Callable[[Consult], Consult], now: datetime) -> Consult:
        return self.memory.consults.write(seat.consult.id, change, now)


def place_of(consult: Consult) -> str:
    """Names state and phase, so that a button knows which ones it was shown in."""
    return f"{consult.state.value}/{consult.phase.value if consult.phase else ''}"


def _closing(why: str | None) -> Progress:
    return Progress(state=ConsultState.CLOSED, values={"ended_because": why})


def _closed_words(brief: DealBrief) -> str:
    deal = brief.deal
    how = "won" if deal.status is DealStatus.WON else "lost"
    when = f" on {day_words(deal.closed_on, brief.today)}" if deal.closed_on else ""
    return DEAL_CLOSED.format(deal=deal.name, how=how, when=when)


def _question(consult: Consult, number: int) -> ConsultQuestion:
    if not 0 <= number < len(consult.questions):
        raise ConsultRefused("That question is no longer asked. Open the consult again.")
    return consult.questions[number]


def _with(consult: Consult, number: int, question: ConsultQuestion) -> Consult:
    questions = list(consult.questions)
    questions[number] = question
    return replace(consult, questions=tuple(questions))

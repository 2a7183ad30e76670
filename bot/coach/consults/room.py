"""What is done in a consult from a seat of it: every step, word and action is kept.

All methods block. Each raises ConsultRefused with a reason to show.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.coach.access import Asker
from bot.coach.consults.door import ConsultDoor
from bot.coach.consults.errors import OVERVIEW_FIRST, PLAN_FIRST, ConsultRefused
from bot.coach.consults.follow_up import Outcome, actions_of, all_told, outcomes
from bot.coach.consults.moves import end, move
from bot.coach.consults.overview import prefilled
from bot.coach.consults.questions import OWN, Coaching, coaching_for, others_for
from bot.coach.consults.rules import ConsultRules
from bot.coach.consults.seats import Seat, place_of
from bot.coach.consults.states import awaits_overview, next_step
from bot.coach.desk import Desk
from bot.coach.view import DealView
from bot.memory.action_items import ActionItem, ActionStatus
from bot.memory.consults import Consult, ConsultPhase, ConsultQuestion, ConsultState, Progress
from bot.memory.service import Memory

CALLED_OFF = "called off by {name}"


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

    @property
    def door(self) -> ConsultDoor:
        """Who gets in, and how a consult begins."""
        return ConsultDoor(self.desk, self.memory)

    # The session

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
        return end(self.memory, seat.consult, CALLED_OFF.format(name=seat.asker.user.name), seat.asker, now)

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
        return end(self.memory, seat.consult, None, seat.asker, now)

    # Inside

    def _move(self, consult: Consult, to: Progress, asker: Asker, now: datetime) -> Consult:
        return move(self.memory, consult, to, asker, now)

    def _write(self, seat: Seat, change: Callable[[Consult], Consult], now: datetime) -> Consult:
        return self.memory.consults.write(seat.consult.id, change, now)


def _question(consult: Consult, number: int) -> ConsultQuestion:
    if not 0 <= number < len(consult.questions):
        raise ConsultRefused("That question is no longer asked. Open the consult again.")
    return consult.questions[number]


def _with(consult: Consult, number: int, question: ConsultQuestion) -> Consult:
    questions = list(consult.questions)
    questions[number] = question
    return replace(consult, questions=tuple(questions))

"""The follow-up of a consult: one message each on its day, once a week at most, and nothing about the deal in it."""

from datetime import date, timedelta

from mailroom import MANAGER, MONDAY, REP, Mailroom

from bot.jobs.clock import DigestRules
from bot.jobs.consults import KIND, FollowUps, _falls_on
from bot.memory import ConsultPhase, ConsultState, NewConsult
from bot.memory.consults import Progress
from bot.resources import shipped
from bot.slack.ids import ActionId

MORNING = MONDAY + timedelta(hours=14, minutes=5)  # 8:05 in Chicago
ONE = [FollowUps()]
OPEN = ActionId.CONSULT_OPEN.numbered(1)


def shared(room: Mailroom, follow_up_on: date) -> None:
    """A consult whose wrap-up went out a week before its follow-up."""
    book, at = room.memory.consults, MONDAY - timedelta(days=7)
    new = NewConsult(
        deal_id="SL-2004", deal_name="Quarrybank Stores - Weekend cover", kind="full", manager_id=room.user_id(MANAGER),
        manager_name="Nadia Rahimi", seller_id=room.user_id(REP), seller_name="Tess Calloway",
    )  # fmt: skip
    consult, _ = book.open(new, "u", at)
    for state in (ConsultState.PREPARED, ConsultState.IN_SESSION, ConsultState.ACTIONS_AGREED, ConsultState.SHARED):
        phase = ConsultPhase.PLAN if state is ConsultState.IN_SESSION else None
        values = {"shared_at": at, "follow_up_on": follow_up_on} if state is ConsultState.SHARED else {}
        consult = book.move(consult, Progress(state=state, phase=phase, values=values), "u", at)


async def test_both_are_asked_once_on_the_day(room: Mailroom) -> None:
    shared(room, MONDAY.date())
    done = await room.at(MORNING, ONE)
    assert done[KIND].sent == 2
    for name in (REP, MANAGER):
        assert "What became of each action" in room.last(name)
        assert "Quarrybank" not in str(room.got(name)[-1].blocks)
    for later in (timedelta(minutes=5), timedelta(days=1), timedelta(days=4)):
        assert (await room.at(MORNING + later, ONE))[KIND].sent == 0


async def test_a_follow_up_nobody_goes_through_comes_again_after_a_week(room: Mailroom) -> None:
    shared(room, MONDAY.date())
    await room.at(MORNING, ONE)
    assert (await room.at(MORNING + timedelta(days=7), ONE))[KIND].sent == 2
    consult = room.memory.consults.find(1)
    room.memory.consults.move(consult, Progress(state=ConsultState.FOLLOWED_UP), "u", MORNING)
    assert (await room.at(MORNING + timedelta(days=14), ONE))[KIND].sent == 0


async def test_the_button_shows_the_actions_to_those_who_may_see_them(room: Mailroom) -> None:
    shared(room, MONDAY.date())
    await room.at(MORNING, ONE)
    message = room.got(REP)[-1]
    await room.slack.click(room.rep, message, OPEN)
    await room.slack.wait_for(lambda _: "Quarrybank" in room.last(REP), seconds=20)
    assert "what became of each action" in room.last(REP)


async def test_nobody_else_and_nobody_on_another_day_gets_one(room: Mailroom) -> None:
    shared(room, MONDAY.date() + timedelta(days=2))
    assert (await room.at(MORNING, ONE))[KIND].sent == 0
    assert (await room.at(MORNING + timedelta(days=2), ONE))[KIND].sent == 2
    assert room.got("renata.silva") == []


def test_a_follow_up_on_a_weekend_comes_on_monday_and_then_weekly() -> None:
    rules = DigestRules.load(shipped("knowledge") / "playbook")
    saturday = date(2026, 11, 14)
    days = [saturday + timedelta(days=offset) for offset in range(16)]
    falls = [day for day in days if rules.is_working_day(day, "UTC") and _falls_on(saturday, day, "UTC", rules)]
    assert falls == [date(2026, 11, 16), date(2026, 11, 23)]

"""What an invitation to a consult lets somebody see: one deal, for as long as it stands (DOMAIN 6.2, F070)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from deal_worlds import SAMPLE_NOW as NOW

from bot.coach.access import Asker, is_guest, visible_deals
from bot.coach.answers.menu import GUESTS_HAVE_NO_PACK
from bot.coach.reply import Outcome
from bot.memory import AuditFilter, AuditKind, ConsultKind, ConsultState, Grant, Invitation, Memory, NewConsult
from bot.memory.consults import Progress

DEAL = "SL-2004"
ENGINEER = "jonas.weidmann@fernhall.example"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def memory(tmp_path: Path):
    with Memory.open(f"sqlite:///{tmp_path}/memory.db") as opened:
        yield opened


@pytest.fixture
def coach(sample_coach, memory):
    return replace(sample_coach, grants=memory.guests.grants)


@pytest.fixture
def consult(coach, memory):
    """A consult on Quarrybank, prepared, to which the engineer is invited."""
    deal = next(deal for deal in coach.open_pipeline().deals_called([DEAL]))
    rep = coach.open_pipeline().users[deal.owner_id]
    new = NewConsult(
        deal_id=DEAL, deal_name=deal.name, kind=ConsultKind.FULL, manager_id=str(rep.manager_id),
        manager_name="Nadia", seller_id=rep.id, seller_name=rep.name,
    )  # fmt: skip
    opened, _ = memory.consults.open(new, new.manager_id, NOW)
    assert memory.guests.invite(invitation(coach, opened.id))
    return opened


def invitation(coach, consult_id: int, **changes) -> Invitation:
    user = coach.asker_for_email(ENGINEER).user
    values = {"consult_id": consult_id, "user_id": user.id, "user_name": user.name, "ask": "Is the connector ready?",
              "invited_by": "m", "invited_at": NOW, "until": NOW + timedelta(days=14)}  # fmt: skip
    return Invitation(**values | changes)


def asker(coach, now=NOW) -> Asker:
    return coach.asker_for_user(coach.asker_for_email(ENGINEER).user.id, now)


def sees(coach, now=NOW) -> bool:
    return DEAL in {deal.id for deal in visible_deals(asker(coach, now), coach.open_pipeline())}


def test_one_deal_more_and_no_other(coach, memory, consult):
    before = {deal.id for deal in visible_deals(replace(asker(coach), grants=frozenset()), coach.open_pipeline())}
    during = {deal.id for deal in visible_deals(asker(coach), coach.open_pipeline())}
    assert during - before == {DEAL}
    assert is_guest(asker(coach), DEAL, coach.open_pipeline())
    assert not any(is_guest(asker(coach), each, coach.open_pipeline()) for each in before)


def test_a_question_is_answered_during_and_not_after(coach, memory, consult):
    during = coach.answer(asker(coach), "How's Quarrybank?", now=NOW)
    assert during.outcome is Outcome.ANSWER
    assert during.deal.id == DEAL
    memory.guests.take_back(consult.id, asker(coach).user.id, "m", NOW + MINUTE)
    after = coach.answer(asker(coach, NOW + MINUTE), "How's Quarrybank?", now=NOW + MINUTE, focus=DEAL)
    assert after.outcome is Outcome.NOT_FOUND
    assert after.deal is None


def test_what_stays_on_a_page_holds_own_deals_only(coach, memory, consult):
    guest = asker(coach)
    assert DEAL not in {deal.ref.id for deal in coach.home(guest, now=NOW).deals}
    assert not any("Quarrybank" in each.message for each in coach.suggestions(guest, now=NOW))


def test_the_pack_stays_with_the_manager(coach, memory, consult):
    assert coach.consult(asker(coach), "Quarrybank", now=NOW).text == GUESTS_HAVE_NO_PACK
    manager = coach.asker_for_email("nadia.rahimi@fernhall.example")
    assert coach.consult(manager, "Quarrybank", now=NOW).outcome is Outcome.ANSWER


def test_it_ends_with_the_consult(coach, memory, consult):
    memory.consults.move(consult, Progress(state=ConsultState.CLOSED), "m", NOW)
    assert not sees(coach)


def test_it_ends_on_its_last_day_whatever_becomes_of_the_consult(coach, memory, consult):
    assert sees(coach, NOW + timedelta(days=14) - MINUTE)
    assert not sees(coach, NOW + timedelta(days=14))


def test_it_ends_when_the_deal_changes_hands_though_nobody_pressed_anything(coach, memory, consult):
    (grant,) = asker(coach).grants
    moved = replace(asker(coach), grants=frozenset({replace(grant, owner_id="somebody-else")}))
    assert DEAL not in {deal.id for deal in visible_deals(moved, coach.open_pipeline())}


def test_it_ends_when_the_deal_closes(coach, memory, consult):
    pipeline = coach.open_pipeline()
    everything = pipeline.deal_names(None)
    won = next(deal for deal in everything if deal.status.value != "open")
    let_in = replace(asker(coach), grants=frozenset({Grant(won.id, won.owner_id)}))
    assert won.id not in {deal.id for deal in visible_deals(let_in, pipeline)}


def test_who_asks_at_no_known_instant_is_nobodys_guest(coach, memory, consult):
    assert coach.asker_for_email(ENGINEER).grants == frozenset()


def test_an_invitation_stands_once_and_can_be_given_again(coach, memory, consult):
    assert not memory.guests.invite(invitation(coach, consult.id))
    user_id = asker(coach).user.id
    assert memory.guests.take_back(consult.id, user_id, "m", NOW)
    assert not memory.guests.take_back(consult.id, user_id, "s", NOW)
    assert memory.guests.invite(invitation(coach, consult.id, invited_at=NOW + MINUTE))
    late = NOW + timedelta(days=20)
    assert memory.guests.invite(invitation(coach, consult.id, invited_at=late, until=late + MINUTE))
    assert [each.ended_by for each in memory.guests.ever(consult.id)] == ["m", None, None]
    what = [change.what for change in memory.consults.history(consult.id)]
    assert what.count("guest invited") == 3
    entries = memory.audit.entries(AuditFilter(kinds=frozenset({AuditKind.INVITATION}), deal_id=DEAL))
    assert [entry.what for entry in entries] == ["Jonas Weidmann"] * 3
    assert what.count("invitation taken back") == 1

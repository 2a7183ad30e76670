"""Invitations, notes, reviews and mutual plans: each press has one effect, on either database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.memory import ConsultKind, Memory
from bot.memory.accounts import SlackAccount
from bot.memory.consults import NewConsult
from bot.memory.guests import Grant, GuestNote, Invitation
from bot.memory.plans import MutualPlan, PlanReview, PlanStep, StalePlanError
from bot.memory.readings import NewReading

LATER = timedelta(days=14)
STEP = PlanStep(key="legal", text="Legal reads it", owner="Sorcha Daly", due=date(2026, 3, 20), theirs=True)


@pytest.fixture
def consult_id(memory: Memory, now: datetime) -> int:
    new = NewConsult(
        deal_id="d1", deal_name="Ardmore", kind=ConsultKind.FULL, manager_id="m", manager_name="M", seller_id="s",
        seller_name="S",
    )  # fmt: skip
    return memory.consults.open(new, "m", now)[0].id


def invitation(consult_id: int, now: datetime) -> Invitation:
    return Invitation(
        consult_id=consult_id, user_id="eng", user_name="Eng", ask="Look at the pilot", invited_by="m", invited_at=now,
        until=now + LATER,
    )  # fmt: skip


def test_of_many_presses_one_invites(memory: Memory, consult_id: int, now: datetime) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: memory.guests.invite(invitation(consult_id, now)), range(8)))
    assert sum(made) == 1
    assert memory.guests.grants("eng", now) == [Grant("d1", "s")]


def test_an_invitation_ends_when_taken_back_or_on_its_last_day_and_can_be_made_again(
    memory: Memory, consult_id: int, now: datetime
) -> None:
    guests = memory.guests
    guests.invite(invitation(consult_id, now))
    assert guests.take_back(consult_id, "eng", "m", now)
    assert not guests.take_back(consult_id, "eng", "m", now)
    assert guests.grants("eng", now) == []
    assert guests.invite(invitation(consult_id, now))
    assert guests.grants("eng", now + LATER) == []
    assert guests.invite(invitation(consult_id, now + LATER))


def test_a_form_sent_twice_is_one_note_and_one_review(memory: Memory, consult_id: int, now: datetime) -> None:
    note = GuestNote(consult_id=consult_id, by_id="eng", by_name="Eng", text="The pilot runs", token="t1", at=now)
    assert [memory.guests.note(note), memory.guests.note(note)] == [True, False]
    assert memory.guests.notes(consult_id) == [note]
    review = PlanReview(deal_id="d1", by_id="m", by_name="M", text="Ask for the signer", token="t2", at=now)
    assert [memory.plans.review(review), memory.plans.review(review)] == [True, False]
    assert memory.plans.reviews("d1") == [review]


def test_a_mutual_plan_is_saved_over_the_version_it_was_made_from_only(memory: Memory, now: datetime) -> None:
    first = memory.plans.save_mutual(MutualPlan(deal_id="d1", steps=(STEP,), by_name="S", at=now))
    with pytest.raises(StalePlanError):
        memory.plans.save_mutual(replace(first, version=0, by_name="somebody else"))
    second = memory.plans.save_mutual(replace(first, steps=(replace(STEP, done=True),)))
    with pytest.raises(StalePlanError):
        memory.plans.save_mutual(replace(first, by_name="somebody else"))
    assert memory.plans.mutual("d1") == second


def test_what_slack_said_of_an_address_is_replaced_and_grows_old(memory: Memory, now: datetime) -> None:
    memory.accounts.note([("Ana@Example.com", SlackAccount(None, "nobody", now))])
    memory.accounts.note([("ana@example.com", SlackAccount("U1", None, now + LATER))])
    assert memory.accounts.of("ANA@example.com", now) == SlackAccount("U1", None, now + LATER)
    assert memory.accounts.of("ana@example.com", now + 2 * LATER) is None


def test_a_disputed_reading_stays_disputed(memory: Memory, now: datetime) -> None:
    new = NewReading(
        deal_id="d1", source_id="n1", source_hash="h1", element="champion", traits=("action",), quote="I sent it up",
        said_on=now.date(), grade="B", model="m", prompt="p", asker_id="s", read_at=now,
    )  # fmt: skip
    memory.readings.keep([new])
    memory.readings.keep([replace(new, traits=("influence",))])
    [kept] = memory.readings.of_deal("d1")
    assert kept.traits == ("action", "influence")
    assert memory.readings.dispute(kept.id, "d1", "s", now)
    assert not memory.readings.dispute(kept.id, "d1", "s", now)
    memory.readings.keep([new])
    assert memory.readings.of_deal("d1") == []

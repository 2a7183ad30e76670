"""Readers whose Slack account nobody recorded are found by their e-mail address; nobody else is written to."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from mailroom import MONDAY, REP, Mailroom, days
from test_rep_digest import DIGESTS, morning

from bot.jobs import accounts as job
from bot.jobs.mailing import Round
from bot.pipeline.service import Pipeline
from bot.slack.addresses import Addresses

MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def crm(room: Mailroom) -> AsyncIterator[Mailroom]:
    """A company whose pipeline comes from a CRM, which records nobody's Slack account."""
    pipeline: Pipeline = room.runtime.coach.open_pipeline()
    kept = pipeline.users
    pipeline.__dict__["users"] = {key: replace(user, slack_user_id=None) for key, user in kept.items()}
    yield room
    pipeline.__dict__["users"] = kept


async def find(room: Mailroom, minute: int = 0, most: int = job.AT_A_TIME) -> int:
    circle = Round(room.runtime, room.rules, MONDAY + minute * MINUTE)
    return await job.find_accounts(room.client, Addresses(room.memory), circle, most)


def asked(room: Mailroom) -> list[str]:
    return [str(call.args["email"]) for call in room.slack.calls if call.method == "users.lookupByEmail"]


def refusal_of(room: Mailroom, name: str = REP) -> str | None:
    answer = room.memory.accounts.of(f"{name}@fernhall.example", MONDAY - days(9))
    return answer.refusal if answer else None


async def test_a_reader_found_by_address_gets_the_digest_once(crm: Mailroom) -> None:
    await crm.at(morning(crm), DIGESTS)
    assert crm.got() == []
    await find(crm)
    await crm.at(morning(crm), DIGESTS)
    await crm.at(morning(crm) + timedelta(minutes=5), DIGESTS)
    assert len(crm.got()) == 1


async def test_an_answer_lost_after_posting_is_no_second_message_there_either(crm: Mailroom) -> None:
    await find(crm)
    crm.slack.inject("chat.postMessage", status=500, applied=True, times=None)
    await crm.at(morning(crm), DIGESTS)
    assert len(crm.got()) == 1


async def test_slack_is_asked_once_a_day_also_about_those_it_does_not_know(crm: Mailroom) -> None:
    crm.rep.email = "somebody.else@fernhall.example"
    await find(crm)
    first = asked(crm)
    assert len(first) == len(set(first)) > 5
    await find(crm, minute=60)
    assert asked(crm) == first
    assert refusal_of(crm) == "users_not_found"
    await find(crm, minute=24 * 60 + 1)
    assert sorted(asked(crm)) == sorted(first * 2)


@pytest.mark.parametrize(
    ("mark", "word"), [("is_restricted", "a guest"), ("is_bot", "an app"), ("deleted", "users_not_found")]
)
async def test_guests_apps_and_deactivated_people_are_not_written_to(crm: Mailroom, mark: str, word: str) -> None:
    setattr(crm.rep, mark, True)
    await find(crm)
    assert refusal_of(crm) == word
    await crm.at(morning(crm), DIGESTS)
    assert crm.got() == []


async def test_an_account_stands_for_one_person(crm: Mailroom) -> None:
    """Somebody whose recorded account is the one found under another person's address keeps it alone."""
    pipeline = crm.runtime.coach.open_pipeline()
    manager = crm.user_id("nadia.rahimi")
    users = pipeline.__dict__["users"]
    users[manager] = replace(users[manager], slack_user_id=crm.rep.id)
    await find(crm)
    assert crm.circle().users[crm.user_id()].slack_user_id is None


async def test_one_address_slack_cannot_answer_for_keeps_no_other_from_being_asked(crm: Mailroom) -> None:
    crm.slack.inject("users.lookupByEmail", status=500, times=1)
    wanted = len(job.unasked(Round(crm.runtime, crm.rules, MONDAY)))
    assert await find(crm) == wanted - 1
    assert await find(crm, minute=1) == 1


async def test_slack_is_left_alone_for_as_long_as_it_asks(crm: Mailroom) -> None:
    crm.slack.inject("users.lookupByEmail", status=429, retry_after_seconds=150, times=1)
    assert await find(crm) == 0
    assert len(asked(crm)) == 1
    assert await find(crm, minute=2) == 0
    assert await find(crm, minute=3) > 5


async def test_a_missing_scope_stops_the_asking_and_no_message(crm: Mailroom) -> None:
    crm.slack.inject("users.lookupByEmail", error="missing_scope", times=None)
    assert await find(crm) == 0
    assert len(asked(crm)) == 1
    assert refusal_of(crm) is None


async def test_two_replicas_ask_a_few_a_minute_together(crm: Mailroom) -> None:
    both = await asyncio.gather(find(crm, most=2), find(crm, most=2))
    assert sorted(both) == [0, 2]
    assert await find(crm, minute=1, most=2) == 2
    assert len(set(asked(crm))) == 4


async def test_a_day_without_slacks_answer_costs_nobody_the_digest(crm: Mailroom) -> None:
    await find(crm)
    crm.slack.inject("users.lookupByEmail", status=503, times=None)
    tuesday = morning(crm, MONDAY + days(1))
    await job.find_accounts(crm.client, Addresses(crm.memory), Round(crm.runtime, crm.rules, tuesday))
    await crm.at(tuesday, DIGESTS)
    assert len(crm.got()) == 1
    await crm.at(morning(crm, MONDAY + days(3)), DIGESTS)
    assert len(crm.got()) == 1

"""Who gets an answer is decided by the pipeline and by Slack's word on the account, never by the message."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import Refused
from bot.slack.local import LocalSlack
from bot.slack.people import DEACTIVATED, NOT_A_PERSON, OUTSIDER, REMEMBERED_FOR, UNKNOWN, People

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EMAIL = "tess.calloway@fernhall.example"


@pytest_asyncio.fixture
async def slack():
    async with LocalSlack() as running:
        yield running


@pytest.fixture
def people(sample_runtime):
    return People(sample_runtime.coach)


async def identify(slack, people, user_id, *, now=NOW):
    client = AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url)
    return await people.identify(client, user_id, slack.workspace.team_id, now=now)


async def test_a_colleague_is_found_by_address(slack, people):
    asker = await identify(slack, people, slack.add_user("tess", email=EMAIL).id)

    assert (asker.user.name, asker.owner_ids) == ("Tess Calloway", {"u-tess"})


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"is_restricted": True}, OUTSIDER),
        ({"is_stranger": True}, OUTSIDER),
        ({"deleted": True}, DEACTIVATED),
        ({"is_bot": True}, NOT_A_PERSON),
        ({"email": "someone@example.com"}, UNKNOWN),
        ({"email": None}, UNKNOWN),
    ],
)
async def test_everybody_else_is_refused_with_the_reason(slack, people, details, reason):
    person = slack.add_user("person", **({"email": EMAIL} | details))
    with pytest.raises(Refused, match=reason.split(":")[0].split(",")[0]):
        await identify(slack, people, person.id)


async def test_an_account_slack_does_not_show_is_an_outsider(slack, people):
    with pytest.raises(Refused, match="full members"):
        await identify(slack, people, "U0NOTHERE")


async def test_slack_is_asked_again_after_a_while_so_that_leaving_takes_effect(slack, people):
    person = slack.add_user("tess", email=EMAIL)
    await identify(slack, people, person.id)
    person.deleted = True

    assert await identify(slack, people, person.id, now=NOW + REMEMBERED_FOR / 2)
    with pytest.raises(Refused):
        await identify(slack, people, person.id, now=NOW + REMEMBERED_FOR + timedelta(seconds=1))
    assert len(slack.calls_of("users.info")) == 2

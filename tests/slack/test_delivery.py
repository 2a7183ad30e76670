"""Messages the bot sends of its own accord, and what becomes of those that cannot be sent."""

import pytest
import pytest_asyncio
from samples import DIGEST

from bot.settings import Settings
from bot.slack.app import build_client
from bot.slack.delivery import (
    DeliveryFailed,
    RecipientGone,
    TokenRevoked,
    TryLater,
    deliver,
    find_delivery,
    whisper,
)
from bot.slack.local import LocalSlack
from bot.slack.views.digest import digest_message
from bot.slack.views.notices import reason_message

MESSAGE = digest_message(DIGEST)


@pytest_asyncio.fixture
async def slack():
    async with LocalSlack() as running:
        yield running


@pytest.fixture
def client(slack):
    return build_client(
        Settings(_env_file=None, SLACK_API_URL=slack.api_url, SLACK_BOT_TOKEN=slack.workspace.bot_token)
    )


async def test_a_digest_reaches_the_person_marked_with_its_token(slack, client):
    rep = slack.add_user("rep")
    sent = await deliver(client, rep.id, MESSAGE, token="t-1")
    (seen,) = slack.messages(rep)

    assert (sent.channel, sent.ts) == (seen.channel, seen.ts)
    assert await find_delivery(client, rep.id, "t-1") == sent
    assert await find_delivery(client, rep.id, "t-2") is None
    assert slack.violations == []


async def test_an_answer_lost_after_posting_is_found_by_its_token(slack, client):
    rep = slack.add_user("rep")
    slack.inject("chat.postMessage", status=429, applied=True, times=3, retry_after_seconds=0)
    with pytest.raises(TryLater):
        await deliver(client, rep.id, MESSAGE, token="t-1")

    assert await find_delivery(client, rep.id, "t-1")


async def test_retry_after_is_waited_for(slack, client):
    rep = slack.add_user("rep")
    slack.inject("chat.postMessage", status=429, retry_after_seconds=1)
    await deliver(client, rep.id, MESSAGE)
    refused, sent = slack.calls_of("chat.postMessage")

    assert sent.at - refused.at >= 1.0


async def test_a_limit_that_lasts_says_how_long_to_wait(slack, client):
    rep = slack.add_user("rep")
    slack.inject("chat.postMessage", status=429, retry_after_seconds=0, times=None)
    with pytest.raises(TryLater) as caught:
        await deliver(client, rep.id, MESSAGE)

    assert not caught.value.final
    assert caught.value.code == "ratelimited"


@pytest.mark.parametrize(
    ("method", "error", "kind"),
    [
        ("chat.postMessage", "user_disabled", RecipientGone),
        ("chat.postMessage", "is_archived", RecipientGone),
        ("chat.postMessage", "token_revoked", TokenRevoked),
        ("chat.postMessage", "missing_scope", TokenRevoked),
        ("chat.postMessage", "internal_error", TryLater),
        ("chat.postMessage", "invalid_blocks", DeliveryFailed),
    ],
)
async def test_failures_are_typed(slack, client, method, error, kind):
    rep = slack.add_user("rep")
    slack.inject(method, error=error, times=None)
    with pytest.raises(DeliveryFailed) as caught:
        await deliver(client, rep.id, MESSAGE)

    assert type(caught.value) is kind
    assert caught.value.code == error


async def test_a_slack_that_is_away_is_worth_another_try():
    nowhere = build_client(Settings(_env_file=None, SLACK_API_URL="http://127.0.0.1:9/api/", SLACK_BOT_TOKEN="xoxb-1"))
    with pytest.raises(TryLater):
        await deliver(nowhere, "C1", MESSAGE)


async def test_a_whisper_where_the_bot_is_no_member_becomes_a_direct_message(slack, client):
    rep = slack.add_user("rep")
    elsewhere = slack.add_channel("elsewhere", rep, with_bot=False)
    await whisper(client, elsewhere.id, rep.id, reason_message("Only for you."))

    assert [message.text for message in slack.messages(rep)] == ["Only for you."]

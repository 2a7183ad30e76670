"""Streams of the local Slack are as strict as Slack's: an owner, a lifetime, sizes, one end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.local import LocalSlack


@dataclass
class Clock:
    seconds: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(clock=clock) as running:
        yield running


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url)


async def refusal(call) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return refused.value.response["error"]


async def begun(slack: LocalSlack, client: AsyncWebClient) -> dict[str, str]:
    rep = slack.add_user("rep.one")
    question = slack.write(rep, slack.workspace.im_with(rep), "how is it?")
    started = await client.chat_startStream(channel=question.channel, thread_ts=question.ts, markdown_text="Well. ")
    return {"channel": question.channel, "ts": started["ts"]}


async def test_a_stream_ends_five_minutes_after_its_start_whatever_is_written(slack, client, clock):
    stream = await begun(slack, client)
    clock.seconds += 290
    await client.chat_appendStream(**stream, markdown_text="More. ")
    clock.seconds += 20

    assert await refusal(client.chat_appendStream(**stream, markdown_text="late")) == "message_not_in_streaming_state"
    assert await refusal(client.chat_stopStream(**stream)) == "message_not_in_streaming_state"
    await client.chat_update(**stream, markdown_text="Well. More. late")
    written = slack.workspace.messages.find(stream["channel"], stream["ts"])
    assert (written.text, written.is_streaming) == ("Well. More. late", False)


async def test_while_it_streams_only_the_stream_writes(slack, client):
    stream = await begun(slack, client)
    assert await refusal(client.chat_update(**stream, text="other")) == "streaming_state_conflict"
    await client.chat_stopStream(**stream)
    assert await refusal(client.chat_stopStream(**stream)) == "message_not_in_streaming_state"


async def test_what_is_no_stream_or_not_the_bots_takes_no_words(slack, client):
    rep = slack.add_user("rep.one")
    mine = slack.write(rep, slack.workspace.im_with(rep), "mine")
    posted = await client.chat_postMessage(channel=mine.channel, text="posted")
    append = client.chat_appendStream
    assert await refusal(append(channel=mine.channel, ts=mine.ts, markdown_text="x")) == "message_not_owned_by_app"
    state = await refusal(append(channel=mine.channel, ts=posted["ts"], markdown_text="x"))
    assert state == "message_not_in_streaming_state"


async def test_a_message_takes_twelve_thousand_characters(slack, client):
    stream = await begun(slack, client)
    await client.chat_appendStream(**stream, markdown_text="x" * 11_000)
    assert await refusal(client.chat_appendStream(**stream, markdown_text="y" * 1_000)) == "msg_too_long"


async def test_stop_names_the_streams_it_ended(slack, client):
    stream = await begun(slack, client)
    rep = slack.workspace.users[next(user for user in slack.workspace.users if user.startswith("U0000000002"))]
    im = slack.workspace.im_with(rep)
    root = slack.messages(rep)[0].ts
    await client.agents_sessions_setStatus(channel_id=im.id, thread_ts=root, status="processing")
    slack.use_http("http://127.0.0.1:9/nobody")
    delivery = await slack.stop_session(rep, im, root)
    assert delivery.payload["event"]["streaming_message_ts"] == [stream["ts"]]
    assert await refusal(client.chat_appendStream(**stream, markdown_text="x")) == "message_not_in_streaming_state"

"""A real bolt app over Socket Mode against the local Slack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.local import LocalSlack


@asynccontextmanager
async def connected(slack: LocalSlack, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, slack.workspace.app_token, ping_interval=1)
    await handler.connect_async()
    yield handler
    await handler.close_async()


def bolt_app(slack: LocalSlack) -> AsyncApp:
    return AsyncApp(client=AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url))


async def test_a_direct_message_is_answered_in_its_thread():
    async with LocalSlack() as slack:
        rep, app = slack.add_user("rep.one", email="rep@example.com"), bolt_app(slack)

        @app.event("message")
        async def answer(event, say: AsyncSay):
            await say(f"heard {event['text']}", thread_ts=event["ts"])

        async with connected(slack, app):
            sent = await slack.dm(rep, "how is it?")
            reply = await slack.reply_to(sent)

        assert sent.acked
        assert (reply.text, reply.thread_ts) == ("heard how is it?", sent.message.ts)


async def test_a_slash_command_responds_to_the_asker_only():
    async with LocalSlack() as slack:
        rep, app = slack.add_user("rep.one"), bolt_app(slack)
        team = slack.add_channel("deals", rep)

        @app.command("/consult")
        async def consult(ack: AsyncAck, respond: AsyncRespond, command):
            await ack()
            await respond(f"preparing {command['text']}")

        async with connected(slack, app):
            delivery = await slack.slash(rep, team, "/consult", "Halden")
            seen = await slack.wait_for(lambda s: s.ephemerals(rep))

        assert delivery.acked
        assert [message.text for message in seen] == ["preparing Halden"]
        assert slack.messages(team) == []

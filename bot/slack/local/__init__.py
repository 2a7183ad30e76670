"""A Slack that runs on your own machine: for tests, and to try the app without a workspace.

It shares no code with the app and trusts it in nothing: calls are answered, and refused, as Slack
would. Point the app at it with `SLACK_API_URL`, then act as a person and look at what the app did:

    async with LocalSlack() as slack:
        rep = slack.add_user("dana", email="dana@example.com")
        client = AsyncWebClient(slack.workspace.bot_token, base_url=slack.api_url)
        app = AsyncApp(client=client)
        ...                                                  # listeners
        handler = AsyncSocketModeHandler(app, slack.workspace.app_token)
        await handler.connect_async()
        sent = await slack.dm(rep, "how is Halden?")
        reply = await slack.reply_to(sent)
        await slack.click(rep, reply, "feedback", "up")
        assert slack.violations == []

With signed HTTP instead of sockets, after the app has been started on a port:

        slack.use_http("http://127.0.0.1:3000/slack/events")
        sent = await slack.dm(rep, "how is Halden?")
        await slack.redeliver(sent.event_id)                 # with X-Slack-Retry-Num: 1
        slack.inject("chat.postMessage", status=429, retry_after_seconds=1)
"""

from bot.slack.local.delivery import Delivery
from bot.slack.local.errors import ImpossibleForAPerson, NoAppConnected, NotSubscribed
from bot.slack.local.faults import Fault
from bot.slack.local.messages import Message
from bot.slack.local.methods import Violation
from bot.slack.local.modals import View
from bot.slack.local.server import LocalSlack
from bot.slack.local.web_api import Call
from bot.slack.local.workspace import Channel, User, Workspace

__all__ = [
    "Call",
    "Channel",
    "Delivery",
    "Fault",
    "ImpossibleForAPerson",
    "LocalSlack",
    "Message",
    "NoAppConnected",
    "NotSubscribed",
    "User",
    "View",
    "Violation",
    "Workspace",
]

"""Where a question was asked, and so who may see the answer.

Invariant: what is said about a deal reaches only the asker (DOMAIN 8.2). `public` may be set only for
answers that hold nothing but handbook text.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.delivery import Sent, deliver, whisper
from bot.slack.views.message import Message

WHOLE_CONVERSATION = "latest"
"""Stands for the thread under which the focus of a whole direct message channel is kept."""


@dataclass(frozen=True, slots=True)
class DirectThread:
    """A thread of the person's direct message with the bot. `team` is the person's workspace, if Slack said it."""

    channel: str
    thread: str
    user_id: str
    team: str | None = None

    @property
    def surface(self) -> str:
        """The kind of place."""
        return "direct message"

    async def send(
        self,
        client: AsyncWebClient,
        message: Message,
        *,
        public: bool = False,  # noqa: ARG002 - nobody else reads here either way
    ) -> Sent | None:
        """Post in the thread; only the person reads here."""
        return await deliver(client, self.channel, message, thread_ts=self.thread)


@dataclass(frozen=True, slots=True)
class ChannelThread:
    """A channel others read too. `in_thread` is False for a mention outside any thread.

    `shared_outside` marks channels with other companies: not even handbook text is posted there.
    """

    channel: str
    thread: str
    user_id: str
    in_thread: bool
    shared_outside: bool

    @property
    def surface(self) -> str:
        """The kind of place."""
        return "channel"

    async def send(self, client: AsyncWebClient, message: Message, *, public: bool = False) -> Sent | None:
        """Post in the thread if everybody may read it, else show it to the asker alone.

        Slack hides an ephemeral message in a thread nobody has opened, so outside a thread it goes
        into the channel: https://docs.slack.dev/reference/methods/chat.postEphemeral
        """
        if public and not self.shared_outside:
            return await deliver(client, self.channel, message, thread_ts=self.thread)
        thread_ts = self.thread if self.in_thread else None
        await whisper(client, self.channel, self.user_id, message, thread_ts=thread_ts)
        return None


@dataclass(frozen=True, slots=True)
class ResponsePlace:
    """The `response_url` of a command or click; always seen by the person alone.

    `replace` puts the answer where the menu was, which is the person's own message in any case.
    """

    channel: str
    thread: str
    user_id: str
    respond: AsyncRespond
    replace: bool = False

    @property
    def surface(self) -> str:
        """The kind of place."""
        return "menu" if self.replace else "command"

    async def send(
        self,
        client: AsyncWebClient,
        message: Message,
        *,
        public: bool = False,  # noqa: ARG002 - what was asked in private is answered in private
    ) -> Sent | None:
        """Answer through the URL; if it has expired (5 uses, 30 minutes), by direct message."""
        answer = await self.respond(
            text=message.text,
            blocks=list(message.blocks),
            response_type="ephemeral",
            replace_original=self.replace,
            unfurl_links=False,
            unfurl_media=False,
        )
        return await deliver(client, self.user_id, message) if answer.status_code != 200 else None


Place: TypeAlias = DirectThread | ChannelThread | ResponsePlace
"""Somewhere one person asked something. `thread` is the key of that person's conversation there.

`send` returns where the message is, or None where it cannot be changed any more.
"""


def place_of_message(event: dict[str, Any], body: dict[str, Any]) -> Place:
    """The place a message or mention came from."""
    channel, thread, user_id = event["channel"], event.get("thread_ts") or event["ts"], event["user"]
    if is_direct(event):
        return DirectThread(
            channel, thread, user_id, event.get("user_team") or event.get("team") or body.get("team_id")
        )
    return ChannelThread(
        channel,
        thread,
        user_id,
        in_thread="thread_ts" in event,
        shared_outside=bool(body.get("is_ext_shared_channel")),
    )


def is_direct(event: dict[str, Any]) -> bool:
    """Whether the event happened in a direct message with one person."""
    return event.get("channel_type") == "im" or str(event.get("channel", "")).startswith("D")

"""Sending messages: to a person or a channel, seen by all or by one, with typed failures.

Retries of 429, 5xx and lost connections are the client's (`app.build_client`); what arrives here as an
error has outlived them. `deliver_once` does without: a 5xx may hide a message that was posted.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import slack_error_code
from bot.slack.ids import MetadataType
from bot.slack.pace import Pacer
from bot.slack.views.message import Message

Result = TypeVar("Result")

_GONE = {
    "account_inactive_recipient",
    "cannot_dm_bot",
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "restricted_action",
    "messages_tab_disabled",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
    "users_not_found",
}
_TOKEN = {"account_inactive", "invalid_auth", "missing_scope", "not_authed", "token_expired", "token_revoked"}
RATE_LIMITED = "ratelimited"
PERSON = ("U", "W")
"""How the ids of people begin, as opposed to those of channels."""
_CANNOT_WHISPER = {"channel_not_found", "not_in_channel", "user_not_in_channel"}
_RECENT = 100
_TURNS = 3
_LONGEST_WAIT = timedelta(seconds=60)


class DeliveryFailed(Exception):  # noqa: N818 - reads as what happened
    """A message did not go out. `code` is Slack's error; `final` says that trying again is pointless."""

    final = True

    def __init__(self, code: str, retry_after: timedelta = timedelta(0)) -> None:
        """Keep Slack's code and, if it said so, how long to wait."""
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


class RecipientGone(DeliveryFailed):
    """The person is deactivated, or the channel is archived, deleted or closed to the bot."""


class TokenRevoked(DeliveryFailed):
    """The bot's token no longer works or lacks a scope; nothing can be sent until it is mended."""


class TryLater(DeliveryFailed):
    """Slack is busy or unreachable."""

    final = False


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a message is now."""

    channel: str
    ts: str


async def deliver(
    client: AsyncWebClient,
    recipient: str,
    message: Message,
    *,
    thread_ts: str | None = None,
    token: str | None = None,
) -> Sent:
    """Send `message` to a user id (as a direct message) or a channel id.

    `token` marks the message in its metadata, so that `find_delivery` recognises it. A person is written to by
    their id, which spares the narrow limit of `conversations.open`. Raises a DeliveryFailed: RecipientGone,
    TokenRevoked or TryLater.
    """
    metadata = {"event_type": MetadataType.DELIVERY.value, "event_payload": {"token": token}}
    extra: dict[str, Any] = {"metadata": metadata} if token else {}
    answer = await _typed(
        lambda: client.chat_postMessage(channel=recipient, thread_ts=thread_ts, **message.payload(), **extra)
    )
    return Sent(answer["channel"], answer["ts"])


async def deliver_once(
    client: AsyncWebClient, recipient: str, message: Message, token: str, pacer: Pacer, *, may_be_out: bool
) -> Sent:
    """Send `message` unless one with its `token` is out already; waits for the pacer's turn and for short 429s.

    `may_be_out`: an earlier attempt may have reached Slack. After an answer that got lost it looks before it
    gives up, so that the caller's next attempt finds the truth. Raises a DeliveryFailed.
    """
    plain = without_retries(client)
    if may_be_out and (found := await find_delivery(plain, recipient, token)):
        return found
    for turn in range(_TURNS):
        await pacer.turn()
        try:
            return await deliver(plain, recipient, message, token=token)
        except TryLater as failure:
            if failure.code != RATE_LIMITED:
                return await _found_or(failure, plain, recipient, token)
            pacer.hold(failure.retry_after)
            if turn == _TURNS - 1 or failure.retry_after > _LONGEST_WAIT:
                raise
    raise AssertionError("the last turn returns or raises")


async def _found_or(failure: TryLater, client: AsyncWebClient, recipient: str, token: str) -> Sent:
    found = await find_delivery(client, recipient, token)
    if found is None:
        raise failure
    return found


def without_retries(client: AsyncWebClient) -> AsyncWebClient:
    """The same client, but each call is made once."""
    return AsyncWebClient(
        token=client.token, base_url=client.base_url, timeout=client.timeout, session=client.session, retry_handlers=[]
    )


async def revise(client: AsyncWebClient, sent: Sent, message: Message) -> None:
    """Put `message` in the place of one sent before. Raises a DeliveryFailed."""
    payload = message.payload()
    del payload["unfurl_links"], payload["unfurl_media"]  # chat.update has no previews
    await _typed(lambda: client.chat_update(channel=sent.channel, ts=sent.ts, **payload))


async def whisper(
    client: AsyncWebClient, channel: str, user_id: str, message: Message, *, thread_ts: str | None = None
) -> None:
    """Show `message` to one person in a channel; where that cannot be, send it as a direct message.

    Raises a DeliveryFailed.
    """
    payload = message.payload()
    del payload["unfurl_links"], payload["unfurl_media"]  # chat.postEphemeral has no previews
    try:
        await client.chat_postEphemeral(channel=channel, user=user_id, thread_ts=thread_ts, **payload)
    except SlackApiError as error:
        if slack_error_code(error) not in _CANNOT_WHISPER:
            raise failure_of(error) from error
        await deliver(client, user_id, message)


async def find_delivery(client: AsyncWebClient, recipient: str, token: str) -> Sent | None:
    """Look among the recipient's latest messages for one that carries `token`.

    For a sender that may have died between sending and noting it. Raises a DeliveryFailed.
    """
    channel = await _channel_of(client, recipient)
    history = await _typed(
        lambda: client.conversations_history(channel=channel, limit=_RECENT, include_all_metadata=True)
    )
    for message in history["messages"]:
        if (message.get("metadata") or {}).get("event_payload", {}).get("token") == token:
            return Sent(channel, message["ts"])
    return None


async def _channel_of(client: AsyncWebClient, recipient: str) -> str:
    """The channel to read: a person's direct message channel is opened first."""
    if not recipient.startswith(PERSON):
        return recipient
    opened = await _typed(lambda: client.conversations_open(users=recipient))
    return str(opened["channel"]["id"])


async def _typed(call: Callable[[], Awaitable[Result]]) -> Result:
    try:
        return await call()
    except SlackApiError as error:
        raise failure_of(error) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TryLater(type(error).__name__) from error


def failure_of(error: SlackApiError) -> DeliveryFailed:
    """What a refused call means: RecipientGone, TokenRevoked, TryLater, or another DeliveryFailed."""
    code = slack_error_code(error) or "unreadable_answer"
    if code in _GONE:
        return RecipientGone(code)
    if code in _TOKEN:
        return TokenRevoked(code)
    if code == RATE_LIMITED:
        return TryLater(code, _retry_after(error))
    status = getattr(error.response, "status_code", getattr(error.response, "status", 200))
    transient = status >= 500 or code in {"unreadable_answer", "internal_error", "fatal_error", "service_unavailable"}
    return TryLater(code) if transient else DeliveryFailed(code)


def _retry_after(error: SlackApiError) -> timedelta:
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    seconds = str(headers.get("retry-after", "1"))
    return timedelta(seconds=int(seconds) if seconds.isdigit() else 1)

"""The one place where a failure becomes words: nobody who wrote to the coach is left without a word.

Expected failures become plain words; any other becomes a reference id. The log gets the same id with
the stack, but no message text, no token and not the exception's own message, which may quote both.
"""

import asyncio
import secrets
import traceback
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.delivery import DeliveryFailed, deliver, whisper
from bot.slack.failures import explain, slack_error_code
from bot.slack.places import ResponsePlace, is_direct
from bot.slack.views.home import reason_view
from bot.slack.views.message import Message
from bot.slack.views.notices import fault_message, reason_message

log = structlog.get_logger(__name__)

_ACK_IS_SEEN_SECONDS = 0.05
ADDRESSED = "addressed"
"""Context key, True once a channel message without a mention turned out to be meant for the bot."""


def register(app: AsyncApp) -> None:
    """Make `handle_error` the app's only error handler."""
    app.error(handle_error)


async def handle_error(
    error: Exception,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
    respond: AsyncRespond,
    response: BoltResponse | None,
) -> BoltResponse | None:
    """Tell the person, log the fault, and acknowledge: Slack's retries would only repeat it.

    `response` is None when the listener had acknowledged already.
    """
    if response is None:
        # Bolt looks for the acknowledgement every 10 ms and forgets it when an error handler returns.
        await asyncio.sleep(_ACK_IS_SEEN_SECONDS)
    message = _message_for(error, body)
    if _is_addressed(body, context):
        await _tell_safely(message, body, context, client, respond)
    return BoltResponse(status=200) if response is not None else None


def _message_for(error: Exception, body: dict[str, Any]) -> Message:
    reason = explain(error)
    if reason is not None:
        log.info("slack.expected_failure", kind=type(error).__name__, request=_request_kind(body))
        return reason_message(reason)
    reference = secrets.token_hex(3).upper()
    log.error("slack.fault", reference=reference, request=_request_kind(body), **_describe(error))
    return fault_message(reference)


def _describe(error: Exception) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    described: dict[str, Any] = {
        "kind": type(error).__name__,
        "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, SlackApiError):
        described["slack_error"] = slack_error_code(error)
    if isinstance(error, DeliveryFailed):
        described["slack_error"] = error.code
    return described


def _request_kind(body: dict[str, Any]) -> str:
    """What kind of request failed: an event's, a command's or an interaction's type; never its text."""
    event = body.get("event") or {}
    return str(event.get("type") or body.get("command") or body.get("type") or "unknown")


def _is_addressed(body: dict[str, Any], context: AsyncBoltContext) -> bool:
    """Whether a person is waiting: always, except behind channel talk not meant for the bot."""
    event = body.get("event")
    if not isinstance(event, dict):
        return True
    if event.get("type") == "message":
        return is_direct(event) or bool(context.get(ADDRESSED))
    return event.get("type") in {"app_mention", "app_home_opened"}


async def _tell_safely(
    message: Message,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
    respond: AsyncRespond,
) -> None:
    """Tell the person; if even that fails, the log is all that is left."""
    try:
        await _tell(message, body, context, client, respond)
    except (DeliveryFailed, SlackApiError, aiohttp.ClientError, TimeoutError) as failure:
        log.error("slack.could_not_tell", **_describe(failure))


async def _tell(
    message: Message,
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
    respond: AsyncRespond,
) -> None:
    """Use the way this kind of request offers: its URL while it lasts, its tab, its channel, else a direct message."""
    event, user_id = body.get("event") or {}, context.user_id
    if context.response_url and user_id:
        await ResponsePlace(user_id, user_id, user_id, respond).send(client, message)
    elif event.get("type") == "app_home_opened":
        await client.views_publish(user_id=event["user"], view=reason_view(message.text))
    elif event.get("channel") and is_direct(event):
        await deliver(client, event["channel"], message, thread_ts=event.get("thread_ts") or event.get("ts"))
    elif event.get("channel") and user_id:
        await whisper(client, event["channel"], user_id, message, thread_ts=event.get("thread_ts"))
    elif user_id:
        await deliver(client, user_id, message)

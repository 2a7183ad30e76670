"""A person rates an answer with a thumb, and says why it did not help."""

import asyncio
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError

from bot.memory import FeedbackValue, Memory, UnknownReplyError
from bot.slack.failures import Refused, slack_error_code
from bot.slack.forms import entries
from bot.slack.ids import ActionId, CallbackId, read_feedback_value
from bot.slack.places import ResponsePlace
from bot.slack.views.feedback_form import feedback_form
from bot.slack.views.notices import THANKS, UNRATED, reason_message
from bot.slack.visits import Visit

log = structlog.get_logger(__name__)


def register(app: AsyncApp) -> None:
    """Listen to the thumbs and the form."""
    app.action(ActionId.FEEDBACK.value)(handle_feedback)
    app.view(CallbackId.FEEDBACK_REASON.value)(handle_reason)


async def handle_feedback(
    ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, memory: Memory, visit: Visit
) -> None:
    """Record the verdict, once a person and answer; thank them, or ask what was wrong."""
    await ack()
    asker = await visit.identify()
    try:
        value, reply_id = read_feedback_value(action["value"])
        await asyncio.to_thread(memory.record_feedback, reply_id, asker.user.id, value, None, visit.now)
    except (UnknownReplyError, ValueError) as error:
        raise Refused(UNRATED) from error
    if value is FeedbackValue.NOT_HELPFUL and await _asked_why(visit, reply_id):
        return
    user_id = visit.user_id
    await ResponsePlace(user_id, user_id, user_id, respond).send(visit.client, reason_message(THANKS))


async def handle_reason(ack: AsyncAck, view: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Add the reason to the verdict."""
    asker, entered = await visit.identify(), entries(view)
    words = ": ".join(text for text in (entered["reason"], entered.get("words")) if text)
    verdict = (visit.carried["reply"], asker.user.id, FeedbackValue.NOT_HELPFUL, words)
    try:
        await asyncio.to_thread(memory.record_feedback, *verdict, visit.now)
    except UnknownReplyError as error:
        raise Refused(UNRATED) from error
    await ack()


async def _asked_why(visit: Visit, reply_id: int) -> bool:
    """Whether the form is open; the thumb is recorded either way, so a form that will not open is no failure."""
    try:
        await visit.open(feedback_form(reply_id))
    except SlackApiError as error:
        log.info("slack.reason_not_asked", code=slack_error_code(error))
        return False
    return True

"""A person rates an answer with a thumb."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.memory import Memory, UnknownReplyError
from bot.slack.failures import Refused
from bot.slack.ids import ActionId, read_feedback_value
from bot.slack.middleware.context import Identify
from bot.slack.views.notices import THANKS, UNRATED


def register(app: AsyncApp) -> None:
    """Listen to the thumbs."""
    app.action(ActionId.FEEDBACK.value)(handle_feedback)


async def handle_feedback(
    ack: AsyncAck,
    action: dict[str, Any],
    respond: AsyncRespond,
    identify: Identify,
    memory: Memory,
    now: datetime,
) -> None:
    """Record the verdict, once a person and answer, and thank them out of others' sight."""
    await ack()
    asker = await identify()
    try:
        value, reply_id = read_feedback_value(action["value"])
        await asyncio.to_thread(memory.record_feedback, reply_id, asker.user.id, value, None, now)
    except (UnknownReplyError, ValueError) as error:
        raise Refused(UNRATED) from error
    await respond(text=THANKS, response_type="ephemeral", replace_original=False)

"""Drops what nobody addressed to the bot: apps, edits, joins, channel talk.

A channel message that names the bot also arrives as `app_mention`, which answers it; so here it goes.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.slack.incoming import mentions
from bot.slack.places import is_direct

_SPOKEN = {None, "file_share", "thread_broadcast"}
"""Subtypes under which a person says something; all others report what happened to a message or channel."""


async def drop_noise(
    context: AsyncBoltContext, body: dict[str, Any], next_: Callable[[], Awaitable[None]]
) -> BoltResponse | None:
    """Acknowledge and end noise; pass on everything else."""
    event = body.get("event")
    if isinstance(event, dict) and is_noise(event, context.bot_user_id):
        return BoltResponse(status=200)
    await next_()
    return None


def is_noise(event: dict[str, Any], bot_user_id: str | None) -> bool:
    """Whether a message event is for nobody or for somebody else."""
    if event.get("type") not in {"message", "app_mention"}:
        return False
    from_a_person = event.get("user") and not event.get("bot_id") and event.get("user") != bot_user_id
    if not from_a_person or event.get("subtype") not in _SPOKEN:
        return True
    if event["type"] == "app_mention" or is_direct(event):
        return False
    return "thread_ts" not in event or mentions(event.get("text"), bot_user_id)

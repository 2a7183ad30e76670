"""A person goes on in a channel thread the bot opened with them; nobody else's talk is answered."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.memory import Memory
from bot.slack.answering import Answering
from bot.slack.errors import ADDRESSED
from bot.slack.incoming import question
from bot.slack.places import is_direct, place_of_message
from bot.slack.visits import Visit


def register(app: AsyncApp) -> None:
    """Listen to messages outside direct messages."""
    app.event("message", matchers=[_is_elsewhere])(handle_follow_up)


async def handle_follow_up(
    event: dict[str, Any], context: AsyncBoltContext, memory: Memory, answering: Answering, visit: Visit
) -> None:
    """Answer without a new mention if, and only if, the bot opened this thread with this person."""
    place = place_of_message(event, visit.body)
    if not await asyncio.to_thread(memory.started_here, place.channel, place.thread, place.user_id):
        return
    context[ADDRESSED] = True
    await answering.answer(visit, place, question(event.get("text")))


async def _is_elsewhere(event: dict[str, Any]) -> bool:
    return not is_direct(event)

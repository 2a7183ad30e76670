"""One answer, however often Slack delivers: Bolt does not remember events, the bot's memory does.

A message is known by its event id and by its place, since one message may arrive as two events.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from bot.memory import Memory

log = structlog.get_logger(__name__)


async def drop_repetition(
    body: dict[str, Any], memory: Memory, now: datetime, next_: Callable[[], Awaitable[None]]
) -> BoltResponse | None:
    """Acknowledge and end what was seen before. Raises MemoryUnavailableError: better none than two."""
    for key in _keys(body):
        if not await asyncio.to_thread(memory.first_sight, key, now):
            log.info("slack.repetition_dropped", event_type=body["event"].get("type"))
            return BoltResponse(status=200)
    await next_()
    return None


def _keys(body: dict[str, Any]) -> list[str]:
    """The names this request may be known by; none for commands and clicks, which Slack sends once."""
    event = body.get("event")
    if not isinstance(event, dict):
        return []
    keys = [f"event:{body['event_id']}"] if body.get("event_id") else []
    if event.get("type") in {"message", "app_mention"}:
        keys.append(f"message:{body.get('team_id')}:{event.get('channel')}:{event.get('ts')}")
    return keys

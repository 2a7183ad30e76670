"""One answer, however often Slack delivers: Bolt does not remember events, the bot's memory does.

A message is known by its event id and by its place, since one message may arrive as two events.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from bot.memory import Memory

log = structlog.get_logger(__name__)

_DOOR = ThreadPoolExecutor(2, thread_name_prefix="door")


async def drop_repetition(
    body: dict[str, Any], memory: Memory, now: datetime, next_: Callable[[], Awaitable[None]]
) -> BoltResponse | None:
    """Acknowledge and end what was seen before. Raises MemoryUnavailableError: better none than two."""
    keys = _keys(body)
    if keys and not await _seen_first(memory, keys, now):
        log.info("slack.repetition_dropped", event_type=body["event"].get("type"))
        return BoltResponse(status=200)
    await next_()
    return None


async def _seen_first(memory: Memory, keys: list[str], now: datetime) -> bool:
    """Look before the acknowledgement, so on threads that no answer can keep busy."""
    return await asyncio.get_running_loop().run_in_executor(_DOOR, memory.first_sight_of_all, keys, now)


def _keys(body: dict[str, Any]) -> list[str]:
    """The names this request may be known by; none for commands and clicks, which Slack sends once."""
    event = body.get("event")
    if not isinstance(event, dict):
        return []
    keys = [f"event:{body['event_id']}"] if body.get("event_id") else []
    if event.get("type") in {"message", "app_mention"}:
        keys.append(f"message:{body.get('team_id')}:{event.get('channel')}:{event.get('ts')}")
    return keys

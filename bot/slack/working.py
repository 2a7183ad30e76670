"""Showing that an answer is on its way, and stopping it when the person presses Stop.

The status is decoration: it never delays an answer and its failure never sinks one.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import slack_error_code

log = structlog.get_logger(__name__)

STATUS = "is looking at your pipeline…"
_PATIENCE_SECONDS = 3.0
_AT_ONCE = 12
"""Answers worked on at the same time. More would not be faster, and would delay acknowledging new messages."""


class Work:
    """The answers being worked on, by thread."""

    def __init__(self) -> None:
        """Start with nothing under way."""
        self._tasks: dict[tuple[str, str], set[asyncio.Task[object]]] = defaultdict(set)
        self._room = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def on(self, client: AsyncWebClient, channel: str, thread: str) -> AsyncIterator[None]:
        """Register the current task for the thread, wait for its turn, show the status until the block ends.

        Where others wait for their turn there is no status: it would take the time of their facts.
        """
        task, key = asyncio.current_task(), (channel, thread)
        assert task is not None  # an async context manager always runs inside a task
        self._tasks[key].add(task)
        shown: asyncio.Task[None] | None = None
        crowded = self._room.locked()
        try:
            async with self._room:
                shown = None if crowded else asyncio.create_task(_show(client, channel, thread))
                yield
        finally:
            self._forget(key, task)
            if shown is not None:
                await shown
                await _clear(client, channel, thread)

    def stop(self, channel: str, thread: str) -> int:
        """Cancel what is under way in the thread; returns how many answers that were."""
        tasks = self._tasks.get((channel, thread), set())
        return sum(task.cancel() for task in tuple(tasks))

    def _forget(self, key: tuple[str, str], task: asyncio.Task[object]) -> None:
        self._tasks[key].discard(task)
        if not self._tasks[key]:
            self._tasks.pop(key)


async def set_idle(client: AsyncWebClient, channel: str, thread: str) -> None:
    """Tell Slack that the session waits for the person again."""
    await _try(client.agents_sessions_setStatus(channel_id=channel, thread_ts=thread, status="active"))


async def _show(client: AsyncWebClient, channel: str, thread: str) -> None:
    await _try(client.agents_sessions_setStatus(channel_id=channel, thread_ts=thread, status="processing"))
    await _try(client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=STATUS))


async def _clear(client: AsyncWebClient, channel: str, thread: str) -> None:
    """An ephemeral answer does not take the status away by itself, so it is always cleared."""
    await _try(client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=""))
    await set_idle(client, channel, thread)


async def _try(call: Awaitable[object]) -> None:
    try:
        await asyncio.wait_for(call, _PATIENCE_SECONDS)
    except SlackApiError as error:
        log.debug("slack.status_refused", code=slack_error_code(error))
    except (aiohttp.ClientError, TimeoutError) as error:
        log.debug("slack.status_unreachable", error=type(error).__name__)

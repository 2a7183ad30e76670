"""Showing that an answer is on its way, and stopping it when the person presses Stop.

An answer has two phases: its facts are computed, then words may be said under them. Both belong to a thread, whose
session is `processing` until nothing of them is left, since that is how long Slack shows Stop. The status is
decoration: it never delays an answer and its failure never sinks one.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.halt import Halt
from bot.slack.failures import slack_error_code

log = structlog.get_logger(__name__)

STATUS = "is looking at your pipeline…"
_PATIENCE_SECONDS = 3.0
_AT_ONCE = 12
"""Answers worked on at the same time. More would not be faster, and would delay acknowledging new messages."""
_CLOSING_SECONDS = 2.0
"""How long a new answer waits for the words of the one before to be closed."""

Item = TypeVar("Item")
_Thread = tuple[str, str]


class Ending(Enum):
    """Why words end before they are complete."""

    STOPPED = auto()
    """The person pressed Stop."""
    OVERTAKEN = auto()
    """They asked something else in the same thread."""
    CLOSING = auto()
    """This process ends."""


@dataclass(eq=False)
class Words:
    """Words that are being said in a thread, until they are `over`."""

    halt: Halt = field(default_factory=Halt)
    ending: Ending | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, ending: Ending) -> None:
        """Stop them, the model's call included; the first reason counts."""
        self.ending = self.ending or ending
        self.halt.stop()


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a Stop ended: answers whose facts were not out, and words under answers, which say so themselves."""

    answers: int
    words: int


class Work:
    """What is being worked on, by thread."""

    def __init__(self) -> None:
        """Start with nothing under way."""
        self._tasks: dict[_Thread, set[asyncio.Task[object]]] = defaultdict(set)
        self._words: dict[_Thread, set[Words]] = defaultdict(set)
        self._room = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def on(self, client: AsyncWebClient, channel: str, thread: str) -> AsyncIterator[None]:
        """Register the current task for the thread, wait for its turn, show the status until the block ends.

        Words still said there are closed first, so that two answers never mingle. Where others wait for their
        turn there is no status: it would take the time of their facts.
        """
        task, key = asyncio.current_task(), (channel, thread)
        assert task is not None  # an async context manager always runs inside a task
        self._tasks[key].add(task)
        shown: asyncio.Task[None] | None = None
        crowded = self._room.locked()
        try:
            await self._end_words([key], Ending.OVERTAKEN)
            async with self._room:
                shown = None if crowded else asyncio.create_task(_show(client, channel, thread))
                yield
        finally:
            _discard(self._tasks, key, task)
            if shown is not None:
                await shown
                await self._clear(client, key)

    def begin_words(self, channel: str, thread: str) -> Words:
        """Register words under an answer of the thread; `words_over` must follow."""
        words = Words()
        self._words[channel, thread].add(words)
        return words

    async def words_over(
        self, client: AsyncWebClient, channel: str, thread: str, words: Words, *, idle: bool = False
    ) -> None:
        """They are all said or ended: the session waits for the person again, unless something else goes on.

        `idle`: Slack was told so already, with the end of the stream.
        """
        _discard(self._words, (channel, thread), words)
        words.over.set()
        if not idle:
            await self._clear(client, (channel, thread))

    def is_alone(self, channel: str, thread: str, words: Words) -> bool:
        """Whether these words are all that is under way in the thread."""
        key = (channel, thread)
        return not self._tasks.get(key) and self._words.get(key, set()) <= {words}

    def stop(self, channel: str, thread: str) -> Stopped:
        """End what is under way in the thread."""
        key = (channel, thread)
        words = tuple(self._words.get(key, ()))
        for each in words:
            each.end(Ending.STOPPED)
        return Stopped(sum(task.cancel() for task in tuple(self._tasks.get(key, ()))), len(words))

    async def close(self) -> None:
        """End all words, so that no message of this process is left half said."""
        await self._end_words(list(self._words), Ending.CLOSING)

    async def _end_words(self, threads: list[_Thread], ending: Ending) -> None:
        going = [words for key in threads for words in self._words.get(key, ())]
        for words in going:
            words.end(ending)
        if going:
            closed = asyncio.gather(*(words.over.wait() for words in going))
            try:
                await asyncio.wait_for(closed, _CLOSING_SECONDS)
            except TimeoutError:
                log.warning("slack.words_not_closed_in_time", count=len(going))

    async def _clear(self, client: AsyncWebClient, key: _Thread) -> None:
        """An ephemeral answer does not take the status away by itself, so it is always cleared."""
        if self._tasks.get(key) or self._words.get(key):
            return
        await _try(client.assistant_threads_setStatus(channel_id=key[0], thread_ts=key[1], status=""))
        await set_idle(client, *key)


def _discard(kept: dict[_Thread, set[Item]], key: _Thread, item: Item) -> None:
    kept[key].discard(item)
    if not kept[key]:
        kept.pop(key)


async def set_idle(client: AsyncWebClient, channel: str, thread: str) -> None:
    """Tell Slack that the session waits for the person again."""
    await _try(client.agents_sessions_setStatus(channel_id=channel, thread_ts=thread, status="active"))


async def show_status(client: AsyncWebClient, channel: str, thread: str, status: str) -> None:
    """Say in the line above the composer what is being done; the next message takes it away."""
    await _try(client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=status))


async def _show(client: AsyncWebClient, channel: str, thread: str) -> None:
    await _try(client.agents_sessions_setStatus(channel_id=channel, thread_ts=thread, status="processing"))
    await show_status(client, channel, thread, STATUS)


async def _try(call: Awaitable[object]) -> None:
    try:
        await asyncio.wait_for(call, _PATIENCE_SECONDS)
    except SlackApiError as error:
        log.debug("slack.status_refused", code=slack_error_code(error))
    except (aiohttp.ClientError, TimeoutError) as error:
        log.debug("slack.status_unreachable", error=type(error).__name__)

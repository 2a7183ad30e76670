"""Passing on what is heard of a model at work: status, changed facts, sentences; and the end, whatever brings it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.hearing import Begun, Heard, Informed, Phase, Sentence
from bot.slack.delivery import DeliveryFailed, deliver
from bot.slack.places import DirectThread
from bot.slack.streaming import WordStream
from bot.slack.views import told
from bot.slack.views.notices import STOPPED_WORDS, reason_message
from bot.slack.working import Ending, Words, show_status

log = structlog.get_logger(__name__)

_STATUS = {Phase.READING: told.STATUS_READING, Phase.TELLING: told.STATUS_TELLING}


class Saying:
    """The words under one answer, from the first thing heard to the end of their message."""

    def __init__(self, client: AsyncWebClient, place: DirectThread, stream: WordStream, words: Words) -> None:
        """Say `words` through `stream`."""
        self._client = client
        self._place = place
        self._stream = stream
        self._words = words

    async def pass_on(
        self, heard: "asyncio.Queue[Heard | None]", changed: Callable[[Informed], Awaitable[None]]
    ) -> None:
        """Pass on everything up to None; once the words are ended, nothing. `changed` shows new facts.

        Raises StreamRefused if Slack takes no stream.
        """
        while (thing := await heard.get()) is not None:
            if self._words.ending is not None:
                continue
            if isinstance(thing, Sentence):
                await self._say(thing, heard)
            elif isinstance(thing, Informed):
                await changed(thing)
            else:
                await self._show(thing)

    async def close(self, *, idle: bool) -> bool:
        """End the message and say if a person stopped it; returns whether Slack moved the session as well."""
        stopped = self._words.ending is Ending.STOPPED
        if self._stream.begun:
            return await self._stream.close(told.STOPPED if stopped else "", idle=idle)
        if stopped:
            await self._say_stopped()
        return False

    async def _say(self, first: Sentence, heard: "asyncio.Queue[Heard | None]") -> None:
        """Say a sentence, with those that come while Slack's limits make it wait."""
        await self._stream.turn()
        lines = [told.told_line(first), *_waiting(heard)]
        if self._words.ending is None:
            await self._stream.say("".join([*([] if self._stream.begun else [told.HEAD]), *lines]))

    async def _show(self, begun: Begun) -> None:
        if not self._stream.begun:
            await show_status(self._client, self._place.channel, self._place.thread, _STATUS[begun.phase])

    async def _say_stopped(self) -> None:
        try:
            message = reason_message(STOPPED_WORDS)
            await deliver(self._client, self._place.channel, message, thread_ts=self._place.thread)
        except DeliveryFailed as error:
            log.warning("slack.stop_not_told", code=error.code)


def _waiting(heard: "asyncio.Queue[Heard | None]") -> Iterator[str]:
    """The sentences that wait already; a phase among them no longer matters, the end stays for the reader."""
    while not heard.empty():
        thing = heard.get_nowait()
        if thing is None:
            heard.put_nowait(None)
            return
        if isinstance(thing, Sentence):
            yield told.told_line(thing)

"""Facts first, words second: under an answer that is out, checked words are said as a model finds them.

In a direct thread they are streamed into a message of their own, and the answer changes only if its facts did.
Where Slack cannot stream, the answer is put into better words in its place. Whatever fails here leaves the answer
as it is, so nothing is ever said about it to the person.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.halt import Halt
from bot.coach.hearing import Heard, Informed
from bot.coach.reply import CoachReply
from bot.slack.cards import Card, Cards
from bot.slack.delivery import DeliveryFailed, Sent, revise
from bot.slack.places import DirectThread, Place
from bot.slack.saying import Saying
from bot.slack.services import Services
from bot.slack.streaming import Paces, StreamRefused, WordStream
from bot.slack.views import Message, answer_message
from bot.slack.working import Words, Work

log = structlog.get_logger(__name__)

_AT_ONCE = 4
"""Threads of their own: a slow model must not take those that answer questions."""
_STALE_SECONDS = 90.0
"""Words that could begin only so long after their answer would disturb more than they help."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was sent: who asked what, and what they see now."""

    asker: Asker
    text: str
    reply: CoachReply
    reply_id: int | None
    card: Card | None
    now: datetime


class Deepening:
    """Goes on with sent answers in the background."""

    def __init__(self, services: Services, cards: Cards, work: Work) -> None:
        """Work with the coach of `services`."""
        self._coach = services.coach
        self._hosts = services.link_hosts
        self._cards = cards
        self._work = work
        self._paces = Paces()
        self._streams = True
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="deepening")
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, client: AsyncWebClient, place: Place, sent: Sent, answered: Answered) -> None:
        """Go on with `sent`; nothing happens without a model or for an answer that is not about a deal."""
        if self._coach.deepener is None or answered.reply.deal is None:
            return
        words = self._work.begin_words(place.channel, place.thread)
        task = asyncio.create_task(self._go_on(client, place, sent, answered, words))
        self._tasks.add(task)  # the loop itself keeps no reference
        task.add_done_callback(self._done)

    async def _go_on(self, client: AsyncWebClient, place: Place, sent: Sent, answered: Answered, words: Words) -> None:
        idle = False
        try:
            if self._streams and isinstance(place, DirectThread) and answered.card and not answered.card.consult:
                idle = await self._say(client, place, sent, answered, words)
            else:
                await self._reword(client, sent, answered, words)
        finally:
            words.halt.stop()  # whatever ended them, no call to the model goes on unheard
            await self._work.words_over(client, place.channel, place.thread, words, idle=idle)

    # Words under the answer

    async def _say(
        self, client: AsyncWebClient, place: DirectThread, sent: Sent, answered: Answered, words: Words
    ) -> bool:
        """Stream the words; returns whether Slack knows already that the session is idle."""
        heard: asyncio.Queue[Heard | None] = asyncio.Queue()
        running = self._run(self._tell(answered, words, heard), words)
        running.add_done_callback(lambda _: heard.put_nowait(None))
        saying = Saying(client, place, WordStream(client, place, self._paces), words)
        try:
            await saying.pass_on(heard, partial(self._changed, client, sent, answered))
        except StreamRefused as refusal:
            log.info("slack.stream_refused", code=refusal.code)
            self._streams = self._streams and not refusal.for_good
            return await self._instead(client, sent, answered, words, running)
        await running
        return await saying.close(idle=self._work.is_alone(place.channel, place.thread, words))

    def _tell(self, answered: Answered, words: Words, heard: "asyncio.Queue[Heard | None]") -> Callable[[], None]:
        loop = asyncio.get_running_loop()

        def hear(thing: Heard) -> None:
            loop.call_soon_threadsafe(heard.put_nowait, thing)

        return partial(
            self._coach.tell,
            answered.asker,
            answered.reply,
            answered.text,
            now=answered.now,
            hear=hear,
            halt=words.halt,
        )

    async def _changed(self, client: AsyncWebClient, sent: Sent, answered: Answered, news: Informed) -> None:
        await self._revise(client, sent, news.reply, answered)

    async def _instead(
        self,
        client: AsyncWebClient,
        sent: Sent,
        answered: Answered,
        words: Words,
        running: "asyncio.Future[None]",
    ) -> bool:
        """Nothing can be streamed: end the words nobody will see and put the answer itself into better ones."""
        words.halt.stop()
        await running
        words.halt = Halt()
        if words.ending is None:
            await self._reword(client, sent, answered, words)
        return False

    # Words in its place

    async def _reword(self, client: AsyncWebClient, sent: Sent, answered: Answered, words: Words) -> None:
        work = partial(
            self._coach.deepen, answered.asker, answered.reply, answered.text, now=answered.now, halt=words.halt
        )
        better = await self._run(work, words)
        if better is not None and words.ending is None:
            await self._revise(client, sent, better, answered)

    async def _revise(self, client: AsyncWebClient, sent: Sent, better: CoachReply, answered: Answered) -> None:
        try:
            await revise(client, sent, await self._message(better, answered))
        except DeliveryFailed as error:
            log.warning("slack.answer_not_revised", code=error.code)

    async def _message(self, better: CoachReply, answered: Answered) -> Message:
        if answered.card is None:
            return answer_message(better, hosts=self._hosts, reply_id=answered.reply_id)
        card = await self._cards.improve(answered.card, better)
        return await self._cards.message(card, answered.now)

    def _run(self, work: Callable[[], Any], words: Words) -> "asyncio.Future[Any]":
        """Do the work in a thread, if it is still wanted when its turn comes."""
        began = time.monotonic()

        def timely() -> Any:
            late = time.monotonic() - began > _STALE_SECONDS
            return None if late or words.ending is not None else work()

        return asyncio.get_running_loop().run_in_executor(self._threads, timely)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("slack.deepening_failed", error=type(error).__name__, exc_info=error)

"""Facts first, words second: an answer that is out is improved in place once checked words arrive.

Whatever fails here leaves the first answer as it is, so nothing is ever said about it to the person.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.reply import CoachReply
from bot.slack.cards import Card, Cards
from bot.slack.delivery import DeliveryFailed, Sent, revise
from bot.slack.services import Services
from bot.slack.views import Message, answer_message

log = structlog.get_logger(__name__)

_AT_ONCE = 4
"""Threads of their own: a slow model must not take those that answer questions."""


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
    """Improves sent answers in the background."""

    def __init__(self, services: Services, cards: Cards) -> None:
        """Work with the coach of `services`."""
        self._coach = services.coach
        self._hosts = services.link_hosts
        self._cards = cards
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="deepening")
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, client: AsyncWebClient, sent: Sent, answered: Answered) -> None:
        """Start to improve `sent`; nothing happens without a model or for an answer that is not about a deal."""
        if self._coach.deepener is None or answered.reply.deal is None:
            return
        task = asyncio.create_task(self._improve(client, sent, answered))
        self._tasks.add(task)  # the loop itself keeps no reference
        task.add_done_callback(self._done)

    async def _improve(self, client: AsyncWebClient, sent: Sent, answered: Answered) -> None:
        work = partial(self._coach.deepen, answered.asker, answered.reply, answered.text, now=answered.now)
        better = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        if better is None:
            return
        try:
            await revise(client, sent, await self._message(better, answered))
        except DeliveryFailed as error:
            log.warning("slack.answer_not_revised", code=error.code)

    async def _message(self, better: CoachReply, answered: Answered) -> Message:
        if answered.card is None:
            return answer_message(better, hosts=self._hosts, reply_id=answered.reply_id)
        card = await self._cards.improve(answered.card, better)
        return await self._cards.message(card, answered.now)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("slack.deepening_failed", error=type(error).__name__, exc_info=error)

"""One question to the coach and its answer to the asker: the same walk from every surface."""

import asyncio
from datetime import datetime

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.reply import CoachReply, Outcome
from bot.memory import BotMemoryError, ConsultKind, ReplyRecord
from bot.slack.cards import Cards
from bot.slack.deepening import Answered, Deepening
from bot.slack.ids import ActionId
from bot.slack.menus import Menus
from bot.slack.places import WHOLE_CONVERSATION, ChannelThread, DirectThread, Place
from bot.slack.services import Services
from bot.slack.views import Message, answer_message, clarify_message, consult_message, is_menu
from bot.slack.visits import Visit
from bot.slack.working import Work

log = structlog.get_logger(__name__)


class Answering:
    """Asks the coach, remembers what the thread is about, renders and sends."""

    def __init__(self, services: Services, menus: Menus, cards: Cards, work: Work) -> None:
        """Work with the coach and memory of `services`."""
        self._coach = services.coach
        self._memory = services.memory
        self._hosts = services.link_hosts
        self._menus = menus
        self._cards = cards
        self._deepening = Deepening(services, cards, work)

    async def answer(self, visit: Visit, place: Place, text: str, *, deal_id: str | None = None) -> None:
        """Answer a question where it was asked. `deal_id` is a chosen deal; else the thread's focus counts.

        Raises what the coach raises, or a DeliveryFailed.
        """
        asker, focus = await visit.identify(), deal_id or await self.focus(place)
        reply = await asyncio.to_thread(self._coach.answer, asker, text, now=visit.now, focus=focus)
        await self._finish(visit.client, place, asker, text, reply, None, visit.now)

    async def consult(self, visit: Visit, place: Place, text: str, kind: ConsultKind) -> None:
        """Answer with the consult pack of the deal named in `text` (a name or an id)."""
        asker = await visit.identify()
        reply = await asyncio.to_thread(self._coach.consult, asker, text, now=visit.now, kind=kind)
        await self._finish(visit.client, place, asker, text, reply, kind, visit.now)

    async def _finish(
        self,
        client: AsyncWebClient,
        place: Place,
        asker: Asker,
        text: str,
        reply: CoachReply,
        consult: ConsultKind | None,
        now: datetime,
    ) -> None:
        reply_id = await self._record(place, asker, text, reply, consult, now)
        card = await self._cards.keep(asker, place, reply, reply_id, now, consult=consult is not None, text=text)
        if card is not None:
            message = await self._cards.message(card, now)
        elif is_menu(reply):
            message = await self._menu(asker, reply, text, consult, now)
        else:
            message = self._render(reply, consult, reply_id)
        if reply.deal is not None or _opens_thread(place):  # first: whoever reads the answer may go on at once
            await self.remember(place, reply.deal.id if reply.deal else None, now)
        sent = await place.send(client, message, public=_holds_handbook_only(reply))
        if sent is not None:
            self._deepening.begin(client, place, sent, Answered(asker, text, reply, reply_id, card, now))

    async def _menu(
        self, asker: Asker, reply: CoachReply, text: str, consult: ConsultKind | None, now: datetime
    ) -> Message:
        """The choices; a consult's menu is named after its kind, any other after the question kept for it."""
        if consult is not None:
            return clarify_message(reply, action=ActionId.CHOOSE_CONSULT, menu=consult.value)
        menu = await self._menus.keep(text, asker, now)
        return clarify_message(reply, action=ActionId.CHOOSE_DEAL, menu=menu)

    def _render(self, reply: CoachReply, consult: ConsultKind | None, reply_id: int | None) -> Message:
        if consult is not None and reply.deal is not None:
            return consult_message(reply, hosts=self._hosts, reply_id=reply_id)
        return answer_message(reply, hosts=self._hosts, reply_id=reply_id)

    async def focus(self, place: Place) -> str | None:
        """The deal of this thread; in a direct message, else the one last spoken about there."""
        focus = await asyncio.to_thread(self._memory.focus, place.channel, place.thread, place.user_id)
        if focus is None and isinstance(place, DirectThread):
            return await asyncio.to_thread(self._memory.focus, place.channel, WHOLE_CONVERSATION, place.user_id)
        return focus

    async def remember(self, place: Place, deal_id: str | None, now: datetime) -> None:
        """Keep the focus, and that this thread may go on without a mention.

        A memory that fails here costs the thread its focus, not the asker the answer.
        """
        opened = _opens_thread(place)
        threads = [place.thread, WHOLE_CONVERSATION] if isinstance(place, DirectThread) else [place.thread]
        try:
            for thread in threads:
                await asyncio.to_thread(
                    self._memory.set_focus, place.channel, thread, place.user_id, deal_id, now, started_by_bot=opened
                )
        except BotMemoryError as error:
            log.warning("slack.focus_not_kept", error=type(error).__name__)

    async def _record(
        self, place: Place, asker: Asker, text: str, reply: CoachReply, consult: ConsultKind | None, now: datetime
    ) -> int | None:
        """Audit the reply before it is shown; None, and no thumbs, if memory does not answer."""
        record = ReplyRecord(
            asker_id=asker.user.id,
            surface=place.surface,
            question_kind="consult" if consult else "question",
            question_length=len(text),
            outcome=reply.outcome.value,
            deal_id=reply.deal.id if reply.deal else None,
            chunk_keys=tuple(citation.key for citation in reply.citations),
        )
        try:
            return await asyncio.to_thread(self._memory.record_reply, record, now)
        except BotMemoryError as error:
            log.warning("slack.reply_not_recorded", error=type(error).__name__)
            return None


def _opens_thread(place: Place) -> bool:
    """Whether the answer opens a thread of a channel with this person."""
    return isinstance(place, ChannelThread) and not place.in_thread


def _holds_handbook_only(reply: CoachReply) -> bool:
    """Whether everybody in a channel may read it: a handbook answer without a trace of a deal."""
    about_deals = (reply.deal, reply.choices, reply.health, reply.did, reply.said, reply.next_steps)
    return reply.outcome is Outcome.ANSWER_HANDBOOK and not any(about_deals)

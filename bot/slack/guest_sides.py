"""Shows guests of a consult their side, in direct messages, and takes it from them when their part is over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.answers.wording import deal_ref
from bot.coach.consults.errors import ConsultRefused
from bot.coach.consults.follow_up import actions_of
from bot.coach.consults.guests import Guests, GuestSeat
from bot.coach.desk import Desk
from bot.memory import Consult
from bot.memory.consults import Panel
from bot.pipeline.model import User
from bot.slack.delivery import DeliveryFailed, Sent, deliver, revise
from bot.slack.services import Services
from bot.slack.views import wording
from bot.slack.views.consult_guests import GuestContent, farewell_message, guest_message
from bot.slack.views.consult_panel import part_words
from bot.slack.views.message import Message

log = structlog.get_logger(__name__)

Address = Callable[[AsyncWebClient, User, datetime], Awaitable[str]]


class GuestSides:
    """The sides of guests. A side is drawn anew for one reader, after they were found to be invited still."""

    def __init__(self, services: Services, desk: Desk, address: Address) -> None:
        """Work with the coach and memory of `services`; `address` finds a colleague's Slack account."""
        self.guests = Guests(desk, services.memory)
        self._coach = services.coach
        self._memory = services.memory
        self._address = address

    async def show(self, client: AsyncWebClient, asker: Asker, consult_id: int, now: datetime) -> None:
        """Show a guest their side anew. Raises ConsultRefused when their part is over."""
        seat = await asyncio.to_thread(self.guests.enter, asker, consult_id, now)
        await self._post(client, seat, now)

    async def refresh(self, client: AsyncWebClient, consult: Consult, now: datetime) -> None:
        """Bring every guest's side up to date; whose part is over keeps a message without the deal."""
        panels = await asyncio.to_thread(self._memory.consults.panels, consult.id)
        for user_id in await asyncio.to_thread(self._ever, consult):
            try:
                await self._show(client, consult, user_id, panels.get(user_id), now)
            except DeliveryFailed as error:
                log.warning("slack.consult_guest_not_shown", code=error.code)

    async def _show(
        self, client: AsyncWebClient, consult: Consult, user_id: str, panel: Panel | None, now: datetime
    ) -> None:
        seat = await asyncio.to_thread(self._seat, consult, user_id, now)
        if seat is None and panel is not None:
            await asyncio.to_thread(self._memory.consults.drop_panel, consult.id, user_id)
            await revise(client, Sent(panel.channel, panel.ts), farewell_message(consult))
        elif seat is not None and panel is not None:
            await revise(client, Sent(panel.channel, panel.ts), await self._side(seat, now))
        elif seat is not None:
            await self._post(client, seat, now)

    async def _post(self, client: AsyncWebClient, seat: GuestSeat, now: datetime) -> None:
        user = seat.asker.user
        sent = await deliver(client, await self._address(client, user, now), await self._side(seat, now))
        place = Panel(sent.channel, sent.ts)
        await asyncio.to_thread(self._memory.consults.keep_panel, seat.consult.id, user.id, place)

    async def _side(self, seat: GuestSeat, now: datetime) -> Message:
        return guest_message(await asyncio.to_thread(self._content, seat, now))

    def _ever(self, consult: Consult) -> list[str]:
        """Whoever was let in, each once."""
        return list(dict.fromkeys(each.user_id for each in self._memory.guests.ever(consult.id)))

    def _seat(self, consult: Consult, user_id: str, now: datetime) -> GuestSeat | None:
        """The guest's seat, decided as if they had pressed; None when their part is over."""
        asker = self._coach.asker_for_user(user_id, now)
        try:
            return self.guests.enter(asker, consult.id, now) if asker else None
        except ConsultRefused:
            return None

    def _content(self, seat: GuestSeat, now: datetime) -> GuestContent:
        consult, rules = seat.consult, self.guests.rules
        inviter = self._coach.open_pipeline().users.get(seat.invitation.invited_by)
        return GuestContent(
            consult=consult,
            invitation=seat.invitation,
            asked_by=inviter.name if inviter else consult.manager_name,
            part=part_words(consult, rules, now),
            facts=wording.deal_facts(deal_ref(seat.brief.deal))[:-1],
            actions=actions_of(self._memory, consult),
            notes=self._memory.guests.notes(consult.id),
            labels={field.key: field.label for field in rules.overview},
        )

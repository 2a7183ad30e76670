"""Shows consults: each participant sees their own side, in a direct message or in a thread of a channel.

Invariant: what concerns the deal reaches the two participants only. A side is shown only after its reader was
found to take part and to see the deal, now. In a channel a side is ephemeral, and the message everybody reads
names no deal.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.answers.wording import deal_ref
from bot.coach.consults.errors import GONE, UNREACHABLE, ConsultRefused
from bot.coach.consults.follow_up import open_promises
from bot.coach.consults.room import ConsultRoom
from bot.coach.consults.seats import Seat
from bot.coach.consults.wrap_up import WrapUp, note_text, wrap_up
from bot.coach.desk import Desk
from bot.coach.writing import Proposal
from bot.memory import Consult, ConsultState, StaleConsultError
from bot.memory.consults import Panel
from bot.pipeline.model import User
from bot.pipeline.service import UnknownDeal
from bot.pipeline.sources.writer import NOTE
from bot.slack.addresses import Addresses
from bot.slack.delivery import DeliveryFailed, Sent, deliver, revise, whisper
from bot.slack.guest_sides import GuestSides
from bot.slack.replacing import replaced
from bot.slack.services import Services
from bot.slack.views import wording
from bot.slack.views.blocks import Element
from bot.slack.views.consult_panel import anchor_message, panel_message, thread_opener
from bot.slack.views.consult_parts import PanelContent
from bot.slack.views.consult_wrap_up import share_button, wrap_up_message
from bot.slack.views.message import Message
from bot.slack.views.write_back import write_button

log = structlog.get_logger(__name__)

_AFTER = frozenset({ConsultState.SHARED, ConsultState.FOLLOWED_UP, ConsultState.CLOSED})


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed, and the URL by which the pressed message can be replaced (None: it is too old or a form)."""

    asker: Asker
    url: str | None = None


class Consulting:
    """Brings consults on and keeps both sides up to date."""

    def __init__(self, services: Services, desk: Desk) -> None:
        """Work with the coach and memory of `services`."""
        self.room = ConsultRoom(desk, services.memory)
        self._coach = services.coach
        self._memory = services.memory
        self._writing = services.writing
        self._addresses = Addresses(services.memory)
        self.guest_sides = GuestSides(services, desk, self.address)

    async def enter(self, asker: Asker, consult_id: int, now: datetime) -> Seat:
        """The person's seat. Raises ConsultRefused or UnknownDeal; a consult that just ended is shown as ended."""
        return await asyncio.to_thread(self.room.door.enter, asker, consult_id, now)

    async def act(
        self,
        client: AsyncWebClient,
        press: Press,
        consult_id: int,
        now: datetime,
        work: Callable[[Seat], Any],
    ) -> Any:
        """Do something in a consult and show both sides where it stands; returns what `work` returned.

        Of two presses on the same button one works; the other is shown how things stand.
        """
        seat = await self._enter_or_close(client, press, consult_id, now)
        result = None
        try:
            result = await asyncio.to_thread(work, seat)
        except StaleConsultError:
            log.info("slack.consult_moved_on")
        await self.refresh(client, consult_id, now, press, before=seat.consult)
        return result

    async def _enter_or_close(self, client: AsyncWebClient, press: Press, consult_id: int, now: datetime) -> Seat:
        """The person's seat; where this press finds out that the consult is over, both sides show it."""
        before = await asyncio.to_thread(self._memory.consults.find, consult_id)
        try:
            return await self.enter(press.asker, consult_id, now)
        except ConsultRefused:
            after = await asyncio.to_thread(self._memory.consults.find, consult_id)
            if before is not None and after is not None and before.state is not after.state:
                await self.refresh(client, consult_id, now, before=before)
            raise

    async def refresh(
        self,
        client: AsyncWebClient,
        consult_id: int,
        now: datetime,
        press: Press | None = None,
        before: Consult | None = None,
    ) -> None:
        """Show both sides as they are now. In a channel the other side hears only of a new state or part."""
        consult = await asyncio.to_thread(self._memory.consults.find, consult_id)
        if consult is None:
            return
        moved = before is None or (before.state, before.phase) != (consult.state, consult.phase)
        if consult.thread_ts and moved:
            await self._revise_anchor(client, consult, now)
        for user_id in consult.participants:
            mine = press is not None and press.asker.user.id == user_id
            if mine or moved or not consult.thread_ts:
                await self._show_safely(client, consult, user_id, now, press.url if press and mine else None)
        await self.guest_sides.refresh(client, consult, now)

    async def show(self, client: AsyncWebClient, asker: Asker, consult_id: int, now: datetime) -> None:
        """Show the person their side anew, where they look for it: at the end of the thread or direct message."""
        seat = await self.enter(asker, consult_id, now)
        await self._post(client, seat, await self.side(seat, now), now)

    async def address(self, client: AsyncWebClient, user: User, now: datetime) -> str:
        """A participant's Slack user id. Raises ConsultRefused if there is no such account."""
        found = await self._addresses.of(client, user, now)
        if found is None:
            raise ConsultRefused(UNREACHABLE.format(name=user.name))
        return found

    async def side(self, seat: Seat, now: datetime) -> Message:
        """One participant's side as it is now."""
        return panel_message(await asyncio.to_thread(self._content, seat, now))

    async def post_anchor(self, client: AsyncWebClient, consult: Consult, now: datetime) -> Consult:
        """Open the thread of a consult held in a channel. Raises a DeliveryFailed."""
        sent = await deliver(client, str(consult.channel), anchor_message(consult, self.room.rules, now))
        await deliver(client, sent.channel, thread_opener(), thread_ts=sent.ts)
        return await asyncio.to_thread(self._memory.consults.anchor, consult.id, sent.channel, sent.ts)

    async def send_wrap_up(self, client: AsyncWebClient, consult_id: int, sender: Asker, now: datetime) -> None:
        """Send the result to both by direct message, each only if they may still see the deal.

        Whoever sends it can have it written into the CRM, or share it in the channel the consult was held in.
        """
        consult = await asyncio.to_thread(self._memory.consults.find, consult_id)
        if consult is None:
            return
        for user_id in consult.participants:
            try:
                seat = await asyncio.to_thread(self._seat_of, consult, user_id, now)
                wrap = await asyncio.to_thread(self._wrap_up, seat)
                sends = user_id == sender.user.id
                buttons = await asyncio.to_thread(self._onward, seat, wrap, now) if sends else []
                address = await self.address(client, seat.asker.user, now)
                await deliver(client, address, wrap_up_message(wrap, buttons))
            except (ConsultRefused, UnknownDeal):
                log.info("slack.consult_wrap_up_withheld")
            except DeliveryFailed as error:
                log.warning("slack.consult_wrap_up_not_sent", code=error.code)

    def _onward(self, seat: Seat, wrap: WrapUp, now: datetime) -> list[Element]:
        """What can be done with a wrap-up: write it as a note of the CRM after a preview, share it in the channel."""
        consult, buttons = seat.consult, []
        if self._writing is not None and self._writing.refusal(seat.asker, consult.deal_id) is None:
            note = Proposal(deal_id=consult.deal_id, target=NOTE, text=note_text(wrap))
            buttons.append(write_button(self._writing.propose(seat.asker, note, now)))
        if consult.thread_ts:
            buttons.append(share_button(consult))
        return buttons

    def _wrap_up(self, seat: Seat) -> WrapUp:
        return wrap_up(seat.consult, self.room.view(seat), self.room.actions(seat.consult))

    async def wrap_up_of(self, asker: Asker, consult_id: int, now: datetime) -> WrapUp:
        """The result of a consult, for one of the two, as the deal is now."""
        seat = await self.enter(asker, consult_id, now)
        return await asyncio.to_thread(self._wrap_up, seat)

    async def time_is_up(self, client: AsyncWebClient, consult: Consult, now: datetime) -> None:
        """Mark the end of a part quietly: messages are changed in place, so that nobody is notified."""
        if consult.thread_ts:
            await self._revise_anchor(client, consult, now)
            return
        for user_id in consult.participants:
            await self._show_safely(client, consult, user_id, now, None, quiet=True)

    def _content(self, seat: Seat, now: datetime) -> PanelContent:
        consult, room = seat.consult, self.room
        over = consult.state in _AFTER
        return PanelContent(
            consult=consult,
            leads=seat.leads,
            rules=room.rules,
            now=now,
            facts=wording.deal_facts(deal_ref(seat.brief.deal))[:-1],  # the owner is named as the seller
            actions=() if over else room.actions(consult),
            outcomes=room.outcomes(consult) if over else (),
            promised=open_promises(self._memory, consult.deal_id) if not over else (),
            labels={field.key: field.label for field in room.rules.overview},
            guests=self._memory.guests.standing(consult.id, now),
            notes=self._memory.guests.notes(consult.id),
        )

    async def _show_safely(
        self, client: AsyncWebClient, consult: Consult, user_id: str, now: datetime, url: str | None, *,
        quiet: bool = False,
    ) -> None:  # fmt: skip
        """Show one side; who may not see the deal any more is shown nothing, and who cannot be reached is skipped."""
        try:
            seat = await asyncio.to_thread(self._seat_of, consult, user_id, now)
            message = await self.side(seat, now)
            if url and consult.thread_ts and await replaced(url, message):
                return
            if not await self._revised(client, consult, user_id, message) and not quiet:
                await self._post(client, seat, message, now)
        except (ConsultRefused, UnknownDeal):
            log.info("slack.consult_side_withheld")
        except DeliveryFailed as error:
            log.warning("slack.consult_side_not_shown", code=error.code)

    def _seat_of(self, consult: Consult, user_id: str, now: datetime) -> Seat:
        """The seat of either participant, decided as if they had pressed; one that is closed can still be read."""
        asker = self._coach.asker_for_user(user_id)
        if asker is None:
            raise ConsultRefused(GONE)
        return Seat(asker, consult, self.room.desk.brief(asker, consult.deal_id, now))

    async def _revised(self, client: AsyncWebClient, consult: Consult, user_id: str, message: Message) -> bool:
        """Whether the side's message could be changed in place; never in a channel, where sides are ephemeral."""
        panels = await asyncio.to_thread(self._memory.consults.panels, consult.id)
        panel = panels.get(user_id)
        if panel is None or consult.thread_ts:
            return False
        try:
            await revise(client, Sent(panel.channel, panel.ts), message)
        except DeliveryFailed as error:
            log.info("slack.consult_side_gone", code=error.code)
            return False
        return True

    async def _post(self, client: AsyncWebClient, seat: Seat, message: Message, now: datetime) -> None:
        consult, user = seat.consult, seat.asker.user
        address = await self.address(client, user, now)
        if consult.thread_ts and consult.channel:
            await whisper(client, consult.channel, address, message, thread_ts=consult.thread_ts)
            return
        sent = await deliver(client, address, message)
        await asyncio.to_thread(self._memory.consults.keep_panel, consult.id, user.id, Panel(sent.channel, sent.ts))

    async def _revise_anchor(self, client: AsyncWebClient, consult: Consult, now: datetime) -> None:
        """Bring the message everybody reads up to date; one that was deleted stays away."""
        anchor = Sent(str(consult.channel), str(consult.thread_ts))
        try:
            await revise(client, anchor, anchor_message(consult, self.room.rules, now))
        except DeliveryFailed as error:
            log.info("slack.consult_anchor_gone", code=error.code)

"""Manager or seller invites a colleague to a consult, or takes it back; the colleague notes what they know (F070)."""

import asyncio
import re
import secrets
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.coach.consults.errors import ConsultRefused
from bot.coach.consults.guests import OPEN_TO_GUESTS, TOO_LATE, Guests
from bot.coach.consults.seats import Seat
from bot.memory import Memory
from bot.pipeline.model import User
from bot.slack.colleagues import colleague
from bot.slack.failures import Refused
from bot.slack.forms import entries, send_back
from bot.slack.ids import ActionId, CallbackId
from bot.slack.sittings import Sitting
from bot.slack.views.consult_guests import invite_form, invited_form, note_form, over_view
from bot.slack.views.modal import View


def register(app: AsyncApp) -> None:
    """Listen to the buttons on both sides and to their forms."""
    app.action(ActionId.CONSULT_INVITE.value)(handle_invite)
    app.view(CallbackId.CONSULT_INVITE.value)(handle_picked)
    app.view(CallbackId.CONSULT_INVITED.value)(handle_invited)
    app.action(re.compile(ActionId.CONSULT_UNINVITE.pattern))(handle_uninvite)
    app.action(ActionId.CONSULT_NOTE.value)(handle_note)
    app.view(CallbackId.CONSULT_NOTE.value)(handle_noted)


async def handle_invite(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Show who is invited, and ask whom to invite."""
    await ack()
    await sitting.open(await _list(sitting, await _hosting(sitting, int(action["value"]))))


async def handle_picked(ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext, sitting: Sitting) -> None:
    """Say what the person will see; who cannot be invited is sent back with the reason."""
    seat, entered = await _hosting(sitting, sitting.carried["consult"]), entries(view)
    try:
        person = await _person(sitting, seat, entered.get("person") or "", context.team_id)
    except (Refused, ConsultRefused) as reason:
        await send_back(ack, view, {"person": str(reason)})
        return
    ask = entered.get("ask") or ""
    carried = sitting.carry(seat, person=entered["person"], ask=ask)
    until = _guests(sitting).last_moment(sitting.now)
    await ack(response_action="update", view=invited_form(person.name, ask, until, carried))


async def handle_invited(ack: AsyncAck, context: AsyncBoltContext, sitting: Sitting) -> None:
    """Check everything again and let them in; a second press changes nothing."""
    carried = sitting.carried
    try:
        seat = await _hosting(sitting, carried["consult"])
        person = await _person(sitting, seat, carried["person"], context.team_id)
        await asyncio.to_thread(_guests(sitting).invite, seat.consult, person, carried["ask"], seat.asker, sitting.now)
    except (Refused, ConsultRefused) as reason:
        await ack(response_action="update", view=over_view(str(reason)))
        return
    await ack()
    await sitting.refresh(seat)


async def handle_uninvite(ack: AsyncAck, action: dict[str, Any], memory: Memory, sitting: Sitting) -> None:
    """Take an invitation back; either of the two may, and the list shows who is left."""
    await ack()
    consult_id, _, user_id = action["value"].partition(":")
    seat = await sitting.seat(int(consult_id))
    await asyncio.to_thread(memory.guests.take_back, seat.consult.id, user_id, seat.asker.user.id, sitting.now)
    if sitting.body.get("view"):
        await sitting.redraw(await _list(sitting, seat))
    await sitting.refresh(seat)


async def handle_note(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Give a guest a place to write. Raises ConsultRefused when their part is over."""
    await ack()
    seat = await asyncio.to_thread(_guests(sitting).enter, await sitting.identify(), int(action["value"]), sitting.now)
    await sitting.open(note_form({"consult": seat.consult.id, "token": secrets.token_hex(8)}))


async def handle_noted(ack: AsyncAck, view: dict[str, Any], sitting: Sitting) -> None:
    """Show the note to everybody who takes part; one that comes too late is not kept, and says so."""
    carried, guests = sitting.carried, _guests(sitting)
    try:
        seat = await asyncio.to_thread(guests.enter, await sitting.identify(), carried["consult"], sitting.now)
    except ConsultRefused as reason:
        await ack(response_action="update", view=over_view(str(reason)))
        return
    await ack()
    await asyncio.to_thread(guests.note, seat, entries(view).get("note") or "", carried["token"], sitting.now)
    await sitting.consulting.refresh(sitting.client, seat.consult.id, sitting.now, before=seat.consult)


async def _hosting(sitting: Sitting, consult_id: int) -> Seat:
    """The seat of one of the two while somebody can be invited. Raises ConsultRefused after that."""
    seat = await sitting.seat(consult_id)
    if seat.consult.state not in OPEN_TO_GUESTS:
        raise ConsultRefused(TOO_LATE)
    return seat


async def _person(sitting: Sitting, seat: Seat, slack_id: str, team_id: str | None) -> User:
    """The colleague who was picked, if they may come. Raises Refused or ConsultRefused."""
    user = await colleague(sitting.client, sitting.desk.coach, slack_id, team_id)
    await asyncio.to_thread(_guests(sitting).may_come, seat.consult, user, sitting.now)
    return user


async def _list(sitting: Sitting, seat: Seat) -> View:
    guests = await asyncio.to_thread(sitting.room.memory.guests.standing, seat.consult.id, sitting.now)
    return invite_form(seat.consult, guests, sitting.carry(seat))


def _guests(sitting: Sitting) -> Guests:
    return sitting.consulting.guest_sides.guests

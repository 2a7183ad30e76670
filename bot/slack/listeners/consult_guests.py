"""Manager or seller invites a colleague to a consult, or takes it back; the colleague notes what they know (F070)."""

import asyncio
import re
import secrets
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.coach.consults.errors import ConsultRefused
from bot.coach.consults.guests import OPEN_TO_GUESTS, TOO_LATE, Guests
from bot.coach.consults.room import Seat
from bot.coach.service import Coach
from bot.memory import Memory
from bot.pipeline.model import User
from bot.slack.colleagues import colleague
from bot.slack.failures import Refused
from bot.slack.forms import block_ids, entries
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views.consult_guests import invite_form, invited_form, note_form, over_view
from bot.slack.views.modal import View
from bot.slack.visits import Visit


def register(app: AsyncApp) -> None:
    """Listen to the buttons on both sides and to their forms."""
    app.action(ActionId.CONSULT_INVITE.value)(handle_invite)
    app.view(CallbackId.CONSULT_INVITE.value)(handle_picked)
    app.view(CallbackId.CONSULT_INVITED.value)(handle_invited)
    app.action(re.compile(ActionId.CONSULT_UNINVITE.pattern))(handle_uninvite)
    app.action(ActionId.CONSULT_NOTE.value)(handle_note)
    app.view(CallbackId.CONSULT_NOTE.value)(handle_noted)


async def handle_invite(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Show who is invited, and ask whom to invite."""
    await ack()
    await visit.open(await _list(visit, await _hosting(visit, int(action["value"]))))


async def handle_picked(
    ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext, coach: Coach, visit: Visit
) -> None:
    """Say what the person will see; who cannot be invited is sent back with the reason."""
    seat, entered = await _hosting(visit, visit.carried["consult"]), entries(view)
    try:
        person = await _person(visit, coach, seat, entered.get("person") or "", context.team_id)
    except (Refused, ConsultRefused) as reason:
        await ack(response_action="errors", errors={block_ids(view)["person"]: str(reason)})
        return
    ask = entered.get("ask") or ""
    carried = visit.carry(seat, person=entered["person"], ask=ask)
    until = _guests(visit).last_moment(visit.now)
    await ack(response_action="update", view=invited_form(person.name, ask, until, carried))


async def handle_invited(ack: AsyncAck, context: AsyncBoltContext, coach: Coach, visit: Visit) -> None:
    """Check everything again and let them in; a second press changes nothing."""
    carried = visit.carried
    try:
        seat = await _hosting(visit, carried["consult"])
        person = await _person(visit, coach, seat, carried["person"], context.team_id)
        await asyncio.to_thread(_guests(visit).invite, seat.consult, person, carried["ask"], seat.asker, visit.now)
    except (Refused, ConsultRefused) as reason:
        await ack(response_action="update", view=over_view(str(reason)))
        return
    await ack()
    await visit.refresh(seat)


async def handle_uninvite(ack: AsyncAck, action: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Take an invitation back; either of the two may, and the list shows who is left."""
    await ack()
    consult_id, _, user_id = action["value"].partition(":")
    seat = await visit.seat(int(consult_id))
    await asyncio.to_thread(memory.guests.take_back, seat.consult.id, user_id, seat.asker.user.id, visit.now)
    view = visit.body.get("view")
    if view:
        await visit.client.views_update(view_id=view["id"], hash=view["hash"], view=await _list(visit, seat))
    await visit.refresh(seat)


async def handle_note(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Give a guest a place to write. Raises ConsultRefused when their part is over."""
    await ack()
    seat = await asyncio.to_thread(_guests(visit).enter, await visit.identify(), int(action["value"]), visit.now)
    await visit.open(note_form({"consult": seat.consult.id, "token": secrets.token_hex(8)}))


async def handle_noted(ack: AsyncAck, view: dict[str, Any], visit: Visit) -> None:
    """Show the note to everybody who takes part; one that comes too late is not kept, and says so."""
    carried, guests = visit.carried, _guests(visit)
    try:
        seat = await asyncio.to_thread(guests.enter, await visit.identify(), carried["consult"], visit.now)
    except ConsultRefused as reason:
        await ack(response_action="update", view=over_view(str(reason)))
        return
    await ack()
    await asyncio.to_thread(guests.note, seat, entries(view).get("note") or "", carried["token"], visit.now)
    await visit.consulting.refresh(visit.client, seat.consult.id, visit.now, before=seat.consult)


async def _hosting(visit: Visit, consult_id: int) -> Seat:
    """The seat of one of the two while somebody can be invited. Raises ConsultRefused after that."""
    seat = await visit.seat(consult_id)
    if seat.consult.state not in OPEN_TO_GUESTS:
        raise ConsultRefused(TOO_LATE)
    return seat


async def _person(visit: Visit, coach: Coach, seat: Seat, slack_id: str, team_id: str | None) -> User:
    """The colleague who was picked, if they may come. Raises Refused or ConsultRefused."""
    user = await colleague(visit.client, coach, slack_id, team_id)
    await asyncio.to_thread(_guests(visit).may_come, seat.consult, user, visit.now)
    return user


async def _list(visit: Visit, seat: Seat) -> View:
    guests = await asyncio.to_thread(visit.room.memory.guests.standing, seat.consult.id, visit.now)
    return invite_form(seat.consult, guests, visit.carry(seat))


def _guests(visit: Visit) -> Guests:
    return visit.consulting.guest_sides.guests

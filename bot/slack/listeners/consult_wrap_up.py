"""The wrap-up goes to both; a week later somebody says what became of each action; then the consult is closed."""

import asyncio
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.consults.room import Result
from bot.memory import ActionStatus, ConsultState, Memory, StaleActionError
from bot.slack.forms import entered_date, entries, send_back
from bot.slack.ids import ActionId, CallbackId
from bot.slack.sittings import Sitting
from bot.slack.views.consult_forms import result_form, wrap_up_form
from bot.slack.views.consult_wrap_up import wrap_up_message

PAST = "Pick today or a later day."


def register(app: AsyncApp) -> None:
    """Listen to the buttons after a session and to their forms."""
    app.action(ActionId.CONSULT_WRAP_UP.value)(handle_wrap_up)
    app.view(CallbackId.CONSULT_WRAP_UP.value)(handle_send)
    app.action(re.compile(ActionId.CONSULT_RESULT.pattern))(handle_result)
    app.view(CallbackId.CONSULT_RESULT.value)(handle_told)
    app.action(ActionId.CONSULT_CLOSE.value)(handle_close)


async def handle_wrap_up(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Show what will go to whom; one that is out already is shown instead."""
    await ack()
    seat = await sitting.seat(int(action["value"]))
    if seat.consult.state is not ConsultState.ACTIONS_AGREED:
        await sitting.refresh(seat)
        return
    shown = wrap_up_message(await sitting.consulting.wrap_up_of(seat.asker, seat.consult.id, sitting.now))
    names = (seat.consult.manager_name, seat.consult.seller_name)
    await sitting.open(wrap_up_form(shown.blocks, names, sitting.carry(seat)))


async def handle_send(ack: AsyncAck, sitting: Sitting) -> None:
    """Send the wrap-up to both, once."""
    asker, consult_id = await sitting.identify(), sitting.carried["consult"]
    await ack()
    result = await sitting.act(consult_id, lambda seat: sitting.room.share(seat, sitting.now))
    if result is not None and result[1]:
        await sitting.consulting.send_wrap_up(sitting.client, consult_id, asker, sitting.now)


async def handle_result(ack: AsyncAck, action: dict[str, Any], memory: Memory, sitting: Sitting) -> None:
    """Ask for the evidence, the new day or the reason. Raises StaleActionError if the action changed meanwhile."""
    await ack()
    consult_id, item_id, version, verb = action["value"].split(":")
    seat = await sitting.seat(int(consult_id))
    item = await asyncio.to_thread(memory.actions.find, int(item_id))
    if item is None or item.version != int(version) or item.status is not ActionStatus.OPEN:
        await _catch_up(sitting, int(consult_id))
        raise StaleActionError(f"action item {item_id} is not at version {version}")
    carried = sitting.carry(seat, item=item.id, version=item.version, verb=verb)
    await sitting.open(result_form(item, verb, seat.brief.today, carried))


async def handle_told(ack: AsyncAck, view: dict[str, Any], sitting: Sitting) -> None:
    """Note what became of it; a new day in the past is sent back."""
    carried, entered = sitting.carried, entries(view)
    seat = await sitting.seat(carried["consult"])
    due = entered_date(entered.get("due")) if carried["verb"] == "moved" else None
    if carried["verb"] == "moved" and (due is None or due < seat.brief.today):
        await send_back(ack, view, {"due": PAST})
        return
    result = Result(carried["verb"], entered.get("note"), due)
    await asyncio.to_thread(sitting.room.tell, seat, carried["item"], carried["version"], result, sitting.now)
    await ack()
    await sitting.refresh(seat)


async def handle_close(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Close a consult that was followed up."""
    await ack()
    await sitting.act(int(action["value"]), lambda seat: sitting.room.close(seat, sitting.now))


async def _catch_up(sitting: Sitting, consult_id: int) -> None:
    """Show what somebody did elsewhere, on a Home tab for example."""
    await sitting.act(consult_id, lambda seat: sitting.room.settle(seat, sitting.now))

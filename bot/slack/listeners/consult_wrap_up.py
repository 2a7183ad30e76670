"""The wrap-up goes to both; a week later somebody says what became of each action; then the consult is closed."""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.consults.room import Result
from bot.memory import ActionStatus, ConsultState, Memory, StaleActionError
from bot.slack.consulting import Consulting, Press
from bot.slack.forms import block_ids, entered_date, entries, metadata, open_form
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
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


async def handle_wrap_up(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Show what will go to whom; one that is out already is shown instead."""
    await ack()
    asker = await identify()
    seat = await consulting.enter(asker, int(action["value"]), now)
    if seat.consult.state is not ConsultState.ACTIONS_AGREED:
        await consulting.refresh(client, seat.consult.id, now, Press.of(asker, body), before=seat.consult)
        return
    shown = wrap_up_message(await consulting.wrap_up_of(asker, seat.consult.id, now))
    names = (seat.consult.manager_name, seat.consult.seller_name)
    carried = {"consult": seat.consult.id, "url": body.get("response_url")}
    await open_form(client, body, wrap_up_form(shown.blocks, names, carried))


async def handle_send(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Send the wrap-up to both, once."""
    asker, carried = await identify(), metadata(view)
    await ack()
    press = Press(asker, carried.get("url"))
    result = await consulting.act(client, press, carried["consult"], now, lambda seat: consulting.room.share(seat, now))
    if result is not None and result[1]:
        await consulting.send_wrap_up(client, carried["consult"], asker, now)


async def handle_result(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    memory: Memory,
    now: datetime,
) -> None:
    """Ask for the evidence, the new day or the reason. Raises StaleActionError if the action changed meanwhile."""
    await ack()
    consult_id, item_id, version, verb = action["value"].split(":")
    asker = await identify()
    seat = await consulting.enter(asker, int(consult_id), now)
    item = await asyncio.to_thread(memory.actions.find, int(item_id))
    if item is None or item.version != int(version) or item.status is not ActionStatus.OPEN:
        await _catch_up(client, consulting, Press.of(asker, body), int(consult_id), now)
        raise StaleActionError(f"action item {item_id} is not at version {version}")
    carried = {"consult": seat.consult.id, "item": item.id, "version": item.version, "verb": verb}
    form = result_form(item, verb, seat.brief.today, carried | {"url": body.get("response_url")})
    await open_form(client, body, form)


async def handle_told(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Note what became of it; a new day in the past is sent back."""
    asker, carried, entered = await identify(), metadata(view), entries(view)
    seat = await consulting.enter(asker, carried["consult"], now)
    due = entered_date(entered.get("due")) if carried["verb"] == "moved" else None
    if carried["verb"] == "moved" and (due is None or due < seat.brief.today):
        await ack(response_action="errors", errors={block_ids(view)["due"]: PAST})
        return
    result = Result(carried["verb"], entered.get("note"), due)
    await asyncio.to_thread(consulting.room.tell, seat, carried["item"], carried["version"], result, now)
    await ack()
    await consulting.refresh(client, carried["consult"], now, Press(asker, carried.get("url")), before=seat.consult)


async def handle_close(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Close a consult that was followed up."""
    await ack()
    press = Press.of(await identify(), body)
    await consulting.act(client, press, int(action["value"]), now, lambda seat: consulting.room.close(seat, now))


async def _catch_up(
    client: AsyncWebClient, consulting: Consulting, press: Press, consult_id: int, now: datetime
) -> None:
    """Show what somebody did elsewhere, on a Home tab for example."""
    await consulting.act(client, press, consult_id, now, lambda seat: consulting.room.settle(seat, now))

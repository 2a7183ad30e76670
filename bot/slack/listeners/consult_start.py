"""A manager starts a consult from a pack, or a seller asks for one; the manager prepares what was asked for."""

import asyncio
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError

from bot.memory import Consult, ConsultKind
from bot.pipeline.model import User
from bot.slack.audience import NOT_A_MEMBER, OUTSIDE, UNSURE
from bot.slack.delivery import deliver
from bot.slack.failures import Refused
from bot.slack.forms import entries
from bot.slack.ids import ActionId, CallbackId
from bot.slack.sittings import Sitting
from bot.slack.views.consult_forms import HERE, start_form
from bot.slack.views.notices import reason_message

RUNS_ALREADY = "A consult on {deal} runs already, led by {manager}. Here is your side of it."
NOT_YOURS = "A consult on {deal} runs already, led by {manager}."
NOT_HERE = "{name} is not in this channel, so the two of you can meet in direct messages only."


def register(app: AsyncApp) -> None:
    """Listen to the button of a pack, the form, and the buttons that come before a session."""
    app.action(re.compile(ActionId.CONSULT_START.pattern))(handle_start)
    app.view(CallbackId.CONSULT_START.value)(handle_started)
    app.action(ActionId.CONSULT_PREPARE.value)(handle_prepare)
    app.action(re.compile(ActionId.CONSULT_OPEN.pattern))(handle_open)
    app.action(ActionId.CONSULT_CALL_OFF.value)(handle_call_off)


async def handle_start(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Ask where and whom to invite; show the consult that runs already instead, if there is one."""
    await ack()
    kind, _, deal_id = action["value"].partition(":")
    opening = await asyncio.to_thread(sitting.room.door.opening, await sitting.identify(), deal_id, sitting.now)
    if opening.running is not None:
        await _show_running(sitting, opening.running)
        return
    deal = opening.brief.deal
    channel = sitting.channel or ""
    other = deal.owner if opening.leads else opening.manager
    name, why_not = await _place(sitting, channel, other) if opening.leads else (None, None)
    carried = {"deal": deal_id, "kind": kind, "channel": channel}
    form = start_form(
        deal.name, other.name, sitting.room.rules, ConsultKind(kind), carried,
        leads=opening.leads, channel=name, why_not_here=why_not,
    )  # fmt: skip
    await sitting.open(form)


async def handle_started(ack: AsyncAck, view: dict[str, Any], sitting: Sitting) -> None:
    """Open the consult and show each their side; deal, people and channel are checked again."""
    asker, carried, now = await sitting.identify(), sitting.carried, sitting.now
    here = entries(view).get("where") == HERE
    opening = await asyncio.to_thread(sitting.room.door.opening, asker, carried["deal"], now)
    if here:
        name, why_not = await _place(sitting, carried["channel"], opening.brief.deal.owner)
        if name is None:
            raise Refused(why_not or UNSURE)
    await ack()
    kind, channel = ConsultKind(carried["kind"]), carried["channel"] if here else None
    consult, is_new = await asyncio.to_thread(sitting.room.door.open, asker, carried["deal"], kind, now, channel)
    if not is_new:
        await _show_running(sitting, consult)
        return
    if here:
        consult = await sitting.consulting.post_anchor(sitting.client, consult, now)
    await sitting.consulting.refresh(sitting.client, consult.id, now)


async def handle_prepare(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """The manager takes up what the seller asked for."""
    await ack()
    await sitting.act(int(action["value"]), lambda seat: sitting.room.prepare(seat, sitting.now))


async def handle_open(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Show one's own side, a guest's too; who takes no part is told so and learns nothing."""
    await ack()
    asker, consult_id = await sitting.identify(), int(action["value"])
    sides = sitting.consulting.guest_sides
    if await asyncio.to_thread(sides.guests.was_invited, asker, consult_id):
        await sides.show(sitting.client, asker, consult_id, sitting.now)
    else:
        await sitting.consulting.show(sitting.client, asker, consult_id, sitting.now)


async def handle_call_off(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """End a consult before its wrap-up; Slack has asked whether that is meant."""
    await ack()
    await sitting.act(int(action["value"]), lambda seat: sitting.room.call_off(seat, sitting.now))


async def _show_running(sitting: Sitting, running: Consult) -> None:
    asker, consulting, client, now = await sitting.identify(), sitting.consulting, sitting.client, sitting.now
    takes_part = asker.user.id in running.participants
    words = RUNS_ALREADY if takes_part else NOT_YOURS
    said = words.format(deal=running.deal_name, manager=running.manager_name)
    await deliver(client, await consulting.address(client, asker.user, now), reason_message(said))
    if takes_part:
        await consulting.show(client, asker, running.id, now)


async def _place(sitting: Sitting, channel: str, seller: User) -> tuple[str | None, str | None]:
    """The channel's name if both can meet in a thread of it, else None and why not."""
    client, address = sitting.client, await sitting.consulting.address(sitting.client, seller, sitting.now)
    if not channel or channel.startswith("D"):
        return None, None
    try:
        about = (await client.conversations_info(channel=channel))["channel"]
        if about.get("is_ext_shared") or about.get("is_org_shared") or about.get("is_pending_ext_shared"):
            return None, OUTSIDE
        if not about.get("is_member"):
            return None, NOT_A_MEMBER
        members = (await client.conversations_members(channel=channel, limit=1000))["members"]
    except SlackApiError:
        return None, NOT_A_MEMBER
    if address not in members:
        return None, NOT_HERE.format(name=seller.first_name)
    return str(about.get("name") or "this channel"), None

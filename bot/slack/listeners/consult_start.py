"""A manager starts a consult from a pack, or a seller asks for one; the manager prepares what was asked for."""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.memory import Consult, ConsultKind
from bot.pipeline.model import User
from bot.slack.audience import NOT_A_MEMBER, OUTSIDE, UNSURE
from bot.slack.consulting import Consulting, Press
from bot.slack.delivery import deliver
from bot.slack.failures import Refused
from bot.slack.forms import entries, metadata, open_form
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
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


async def handle_start(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Ask where and whom to invite; show the consult that runs already instead, if there is one."""
    await ack()
    asker = await identify()
    kind, _, deal_id = action["value"].partition(":")
    opening = await asyncio.to_thread(consulting.room.opening, asker, deal_id, now)
    deal = opening.brief.deal
    if opening.running is not None:
        await _show_running(client, Press(asker), opening.running, consulting, now)
        return
    channel = (body.get("channel") or {}).get("id") or ""
    other = deal.owner if opening.leads else opening.manager
    address = await consulting.address(client, other, now)
    name, why_not = await _place(client, channel, address, other) if opening.leads else (None, None)
    carried = {"deal": deal_id, "kind": kind, "channel": channel}
    form = start_form(
        deal.name, other.name, consulting.room.rules, ConsultKind(kind), carried,
        leads=opening.leads, channel=name, why_not_here=why_not,
    )  # fmt: skip
    await open_form(client, body, form)


async def handle_started(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Open the consult and show each their side; deal, people and channel are checked again."""
    asker, carried = await identify(), metadata(view)
    here = entries(view).get("where") == HERE
    opening = await asyncio.to_thread(consulting.room.opening, asker, carried["deal"], now)
    if here:
        owner = opening.brief.deal.owner
        address = await consulting.address(client, owner, now)
        name, why_not = await _place(client, carried["channel"], address, owner)
        if name is None:
            raise Refused(why_not or UNSURE)
    await ack()
    kind, channel = ConsultKind(carried["kind"]), carried["channel"] if here else None
    consult, is_new = await asyncio.to_thread(consulting.room.open, asker, carried["deal"], kind, now, channel)
    if not is_new:
        await _show_running(client, Press(asker), consult, consulting, now)
        return
    if here:
        consult = await consulting.post_anchor(client, consult, now)
    await consulting.refresh(client, consult.id, now)


async def handle_prepare(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """The manager takes up what the seller asked for."""
    await ack()
    press = Press.of(await identify(), body)
    await consulting.act(client, press, int(action["value"]), now, lambda seat: consulting.room.prepare(seat, now))


async def handle_open(
    ack: AsyncAck,
    action: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Show one's own side; who takes no part is told so and learns nothing."""
    await ack()
    await consulting.show(client, await identify(), int(action["value"]), now)


async def handle_call_off(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """End a consult before its wrap-up; Slack has asked whether that is meant."""
    await ack()
    press = Press.of(await identify(), body)
    await consulting.act(client, press, int(action["value"]), now, lambda seat: consulting.room.call_off(seat, now))


async def _show_running(
    client: AsyncWebClient, press: Press, running: Consult, consulting: Consulting, now: datetime
) -> None:
    words = RUNS_ALREADY if press.asker.user.id in running.participants else NOT_YOURS
    said = words.format(deal=running.deal_name, manager=running.manager_name)
    await deliver(client, await consulting.address(client, press.asker.user, now), reason_message(said))
    if press.asker.user.id in running.participants:
        await consulting.show(client, press.asker, running.id, now)


async def _place(client: AsyncWebClient, channel: str, address: str, seller: User) -> tuple[str | None, str | None]:
    """The channel's name if both can meet in a thread of it, else None and why not."""
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

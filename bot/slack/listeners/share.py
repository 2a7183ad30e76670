"""A person shares a card with a channel: told who would read it, asked once, checked again when they agree."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.desk import Desk
from bot.memory import ChannelShare, Memory
from bot.slack.audience import NotSafe, audience_of
from bot.slack.cards import Card, Cards
from bot.slack.changes import refuse_closed
from bot.slack.delivery import deliver
from bot.slack.failures import Refused
from bot.slack.forms import metadata, open_form
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
from bot.slack.views.share import refused_view, share_form

OUT_OF_DATE = "That answer is out of date; ask again and share the new one."
SHARED, REFUSED = "shared", "refused"


def register(app: AsyncApp) -> None:
    """Listen to the button and to the confirmation."""
    app.action(ActionId.SHARE.value)(handle_share)
    app.view(CallbackId.SHARE.value)(handle_confirmed)


async def handle_share(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Name the readers and ask, or say why it may not be shared there."""
    await ack()
    asker = await identify()
    card = await cards.find(action["value"], asker, now)
    await refuse_closed(desk, asker, card.deal.id, now, OUT_OF_DATE)
    container = body.get("container") or {}
    carried = {"card": card.key, "thread": container.get("thread_ts")}
    try:
        audience = await audience_of(client, card.channel, context.bot_user_id)
    except NotSafe as refusal:
        await asyncio.to_thread(memory.sharing.record, _attempt(card, asker.user.id, refusal, now))
        await open_form(client, body, refused_view(str(refusal)))
        return
    await open_form(client, body, share_form(card.deal.name, audience.name, audience.readers, carried))


async def handle_confirmed(
    ack: AsyncAck,
    view: dict[str, Any],
    body: dict[str, Any],
    context: AsyncBoltContext,
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Check person, deal and channel again, then post, once; what changed since the question ends it."""
    asker, carried = await identify(), metadata(view)
    card = await cards.find(carried["card"], asker, now)
    await refuse_closed(desk, asker, card.deal.id, now, OUT_OF_DATE)
    try:
        audience = await audience_of(client, card.channel, context.bot_user_id)
    except NotSafe as refusal:
        await asyncio.to_thread(memory.sharing.record, _attempt(card, asker.user.id, refusal, now))
        await ack(response_action="update", view=refused_view(str(refusal)))
        return
    await ack()
    if not await asyncio.to_thread(memory.first_sight, f"share:{view['id']}", now):
        raise Refused("I have shared that already; it is in the channel.")
    message = cards.shared(card, body["user"]["id"])
    await deliver(client, card.channel, message, thread_ts=carried.get("thread"))
    await asyncio.to_thread(memory.sharing.record, _attempt(card, asker.user.id, len(audience.readers), now))


def _attempt(card: Card, user_id: str, result: NotSafe | int, now: datetime) -> ChannelShare:
    """The audit of one attempt: how many read it, or that it was refused."""
    refused = isinstance(result, NotSafe)
    return ChannelShare(
        deal_id=card.deal.id,
        user_id=user_id,
        channel=card.channel,
        audience=result.readers if isinstance(result, NotSafe) else result,
        outcome=REFUSED if refused else SHARED,
        at=now,
    )

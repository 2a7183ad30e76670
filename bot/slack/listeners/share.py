"""A person shares a card with a channel: told who would read it, asked once, checked again when they agree."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.memory import Memory
from bot.slack.audience import NotSafe
from bot.slack.cards import Card
from bot.slack.changes import refuse_closed
from bot.slack.failures import Refused
from bot.slack.ids import ActionId, CallbackId
from bot.slack.sharing import Sharing
from bot.slack.views.share import refused_view, share_form
from bot.slack.visits import Visit

OUT_OF_DATE = "That answer is out of date; ask again and share the new one."


def register(app: AsyncApp) -> None:
    """Listen to the button and to the confirmation."""
    app.action(ActionId.SHARE.value)(handle_share)
    app.view(CallbackId.SHARE.value)(handle_confirmed)


async def handle_share(
    ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext, memory: Memory, visit: Visit
) -> None:
    """Name the readers and ask, or say why it may not be shared there."""
    await ack()
    card = await _card(visit, action["value"])
    audience = await Sharing(visit, memory, card.deal.id, card.channel).audience(context.bot_user_id)
    if isinstance(audience, NotSafe):
        await visit.open(refused_view(str(audience)))
        return
    carried = {"card": card.key, "thread": visit.container.get("thread_ts")}
    await visit.open(share_form(card.deal.name, audience.name, audience.readers, carried))


async def handle_confirmed(
    ack: AsyncAck, view: dict[str, Any], context: AsyncBoltContext, memory: Memory, visit: Visit
) -> None:
    """Check person, deal and channel again, then post, once; what changed since the question ends it."""
    card = await _card(visit, visit.carried["card"])
    sharing = Sharing(visit, memory, card.deal.id, card.channel)
    audience = await sharing.audience(context.bot_user_id)
    if isinstance(audience, NotSafe):
        await ack(response_action="update", view=refused_view(str(audience)))
        return
    await ack()
    if not await asyncio.to_thread(memory.first_sight, f"share:{view['id']}", visit.now):
        raise Refused("I have shared that already; it is in the channel.")
    await sharing.post(visit.cards.shared(card, visit.user_id), audience, visit.carried.get("thread"))


async def _card(visit: Visit, key: str) -> Card:
    """The card to share. Raises Refused if it ran out or its deal is closed."""
    card = await visit.card(key)
    refuse_closed((await visit.brief(card.deal.id)).deal, OUT_OF_DATE)
    return card

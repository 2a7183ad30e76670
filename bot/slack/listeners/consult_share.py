"""A wrap-up is shared in the channel its consult was held in: readers named first, everything checked again after."""

import asyncio
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.coach.consults.wrap_up import WrapUp
from bot.memory import Memory
from bot.slack.audience import NotSafe
from bot.slack.failures import Refused
from bot.slack.ids import ActionId, CallbackId
from bot.slack.sharing import Sharing
from bot.slack.sittings import Sitting
from bot.slack.views.consult_wrap_up import shared_wrap_up
from bot.slack.views.share import WRAP_UP, refused_view, share_form

NO_CHANNEL = "That consult was held in direct messages, so there is no channel to share it in."


def register(app: AsyncApp) -> None:
    """Listen to the button and to the confirmation."""
    app.action(ActionId.CONSULT_SHARE.value)(handle_share)
    app.view(CallbackId.CONSULT_SHARE.value)(handle_confirmed)


async def handle_share(
    ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext, memory: Memory, sitting: Sitting
) -> None:
    """Name the readers and ask, or say why it may not be shared there."""
    await ack()
    wrap = await _wrap_up(sitting, int(action["value"]))
    audience = await _sharing(sitting, memory, wrap).audience(context.bot_user_id)
    if isinstance(audience, NotSafe):
        await sitting.open(refused_view(str(audience)))
        return
    form = share_form(
        wrap.consult.deal_name, audience.name, audience.readers, {"consult": wrap.consult.id},
        holds=WRAP_UP, callback=CallbackId.CONSULT_SHARE,
    )  # fmt: skip
    await sitting.open(form)


async def handle_confirmed(ack: AsyncAck, context: AsyncBoltContext, memory: Memory, sitting: Sitting) -> None:
    """Check person, deal and channel again, then post in the consult's thread, once."""
    wrap = await _wrap_up(sitting, sitting.carried["consult"])
    sharing = _sharing(sitting, memory, wrap)
    audience = await sharing.audience(context.bot_user_id)
    if isinstance(audience, NotSafe):
        await ack(response_action="update", view=refused_view(str(audience)))
        return
    await ack()
    consult = wrap.consult
    if not await asyncio.to_thread(memory.first_sight, f"consult:{consult.id}:shared", sitting.now):
        raise Refused("That wrap-up was shared in the thread already.")
    await sharing.post(shared_wrap_up(wrap, sitting.user_id), audience, consult.thread_ts)


async def _wrap_up(sitting: Sitting, consult_id: int) -> WrapUp:
    return await sitting.consulting.wrap_up_of(await sitting.identify(), consult_id, sitting.now)


def _sharing(sitting: Sitting, memory: Memory, wrap: WrapUp) -> Sharing:
    """Sharing in the consult's channel. Raises Refused for a consult held elsewhere."""
    consult = wrap.consult
    if not consult.channel or not consult.thread_ts:
        raise Refused(NO_CHANNEL)
    return Sharing(sitting, memory, consult.deal_id, consult.channel)

"""A wrap-up is shared in the channel its consult was held in: readers named first, everything checked again after."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext

from bot.coach.access import Asker
from bot.coach.consults.wrap_up import WrapUp
from bot.memory import ChannelShare, Memory
from bot.slack.audience import Audience, NotSafe, audience_of
from bot.slack.delivery import deliver
from bot.slack.failures import Refused
from bot.slack.ids import ActionId, CallbackId
from bot.slack.sittings import Sitting
from bot.slack.views.consult_wrap_up import shared_wrap_up
from bot.slack.views.share import WRAP_UP, refused_view, share_form

NO_CHANNEL = "That consult was held in direct messages, so there is no channel to share it in."
SHARED, REFUSED = "shared", "refused"


def register(app: AsyncApp) -> None:
    """Listen to the button and to the confirmation."""
    app.action(ActionId.CONSULT_SHARE.value)(handle_share)
    app.view(CallbackId.CONSULT_SHARE.value)(handle_confirmed)


async def handle_share(
    ack: AsyncAck, action: dict[str, Any], context: AsyncBoltContext, memory: Memory, sitting: Sitting
) -> None:
    """Name the readers and ask, or say why it may not be shared there."""
    await ack()
    asker = await sitting.identify()
    wrap = await sitting.consulting.wrap_up_of(asker, int(action["value"]), sitting.now)
    try:
        audience = await _audience(sitting, wrap, context.bot_user_id)
    except NotSafe as refusal:
        await _record(memory, wrap, asker, refusal, sitting.now)
        await sitting.open(refused_view(str(refusal)))
        return
    form = share_form(
        wrap.consult.deal_name, audience.name, audience.readers, {"consult": wrap.consult.id},
        holds=WRAP_UP, callback=CallbackId.CONSULT_SHARE,
    )  # fmt: skip
    await sitting.open(form)


async def handle_confirmed(ack: AsyncAck, context: AsyncBoltContext, memory: Memory, sitting: Sitting) -> None:
    """Check person, deal and channel again, then post in the consult's thread, once."""
    asker = await sitting.identify()
    wrap = await sitting.consulting.wrap_up_of(asker, sitting.carried["consult"], sitting.now)
    try:
        audience = await _audience(sitting, wrap, context.bot_user_id)
    except NotSafe as refusal:
        await _record(memory, wrap, asker, refusal, sitting.now)
        await ack(response_action="update", view=refused_view(str(refusal)))
        return
    await ack()
    consult = wrap.consult
    if not await asyncio.to_thread(memory.first_sight, f"consult:{consult.id}:shared", sitting.now):
        raise Refused("That wrap-up was shared in the thread already.")
    message = shared_wrap_up(wrap, sitting.user_id)
    await deliver(sitting.client, audience.channel, message, thread_ts=consult.thread_ts)
    await _record(memory, wrap, asker, len(audience.readers), sitting.now)


async def _audience(sitting: Sitting, wrap: WrapUp, bot_user_id: str | None) -> Audience:
    """Who reads the consult's channel. Raises NotSafe, or Refused for a consult held elsewhere."""
    if not wrap.consult.channel or not wrap.consult.thread_ts:
        raise Refused(NO_CHANNEL)
    return await audience_of(sitting.client, wrap.consult.channel, bot_user_id)


async def _record(memory: Memory, wrap: WrapUp, asker: Asker, result: NotSafe | int, now: datetime) -> None:
    """Note the attempt: how many read it, or that it was refused."""
    share = ChannelShare(
        deal_id=wrap.consult.deal_id,
        user_id=asker.user.id,
        channel=str(wrap.consult.channel),
        audience=result.readers if isinstance(result, NotSafe) else result,
        outcome=REFUSED if isinstance(result, NotSafe) else SHARED,
        at=now,
    )
    await asyncio.to_thread(memory.sharing.record, share)

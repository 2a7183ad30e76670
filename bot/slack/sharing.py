"""Sharing into a channel: who would read is looked up each time, and every attempt is kept, refused ones too."""

import asyncio
from dataclasses import dataclass

from bot.memory import ChannelShare, Memory
from bot.slack.audience import Audience, NotSafe, audience_of
from bot.slack.delivery import deliver
from bot.slack.views.message import Message
from bot.slack.visits import Visit

SHARED, REFUSED = "shared", "refused"


@dataclass(frozen=True, slots=True)
class Sharing:
    """Somebody who shares something about a deal in a channel."""

    visit: Visit
    memory: Memory
    deal_id: str
    channel: str

    async def audience(self, bot_user_id: str | None) -> Audience | NotSafe:
        """Who would read it, or why it may not be shared there."""
        try:
            return await audience_of(self.visit.client, self.channel, bot_user_id)
        except NotSafe as refusal:
            await self._record(refusal.readers, REFUSED)
            return refusal

    async def post(self, message: Message, audience: Audience, thread_ts: str | None) -> None:
        """Show it to the audience. Raises a DeliveryFailed."""
        await deliver(self.visit.client, self.channel, message, thread_ts=thread_ts)
        await self._record(len(audience.readers), SHARED)

    async def _record(self, readers: int | None, outcome: str) -> None:
        share = ChannelShare(
            deal_id=self.deal_id, user_id=(await self.visit.identify()).user.id, channel=self.channel,
            audience=readers, outcome=outcome, at=self.visit.now,
        )  # fmt: skip
        await asyncio.to_thread(self.memory.sharing.record, share)

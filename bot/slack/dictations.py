"""One press or form of somebody who has the coach write into the CRM, with what its handler needs.

The CRM may take longer than Slack waits, so every form is a slow one. Who it is, and what they may have written, is
decided at each question.
"""

import asyncio
from dataclasses import dataclass
from datetime import date

import structlog
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError

from bot.coach.writing import Form, Preview, Proposal, Result, WriteBack
from bot.memory import WriteOutcome
from bot.slack.addresses import Addresses
from bot.slack.delivery import DeliveryFailed, deliver
from bot.slack.failures import Refused, slack_error_code
from bot.slack.slow_forms import Make, SlowForms
from bot.slack.views.modal import View
from bot.slack.views.write_back import changed_message, reason_page, result_message, waiting_view
from bot.slack.visits import Visit

OFF = "Writing to the CRM is switched off here (WRITE_BACK). I only read."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dictation(Visit):
    """Somebody who dictates. Every question raises Refused, NotWritable or UnknownDeal with its reason."""

    addresses: Addresses
    writing: WriteBack | None

    @property
    def pen(self) -> WriteBack:
        """What writes. Raises Refused where nothing may be written."""
        if self.writing is None:
            raise Refused(OFF)
        return self.writing

    @property
    def next_revision(self) -> int:
        """The revision of a form that replaces this one; Slack would keep what was typed into the old."""
        return int(self.carried.get("revision", 0)) + 1

    async def propose(self, proposal: Proposal) -> str:
        """Keep a proposal and return its key; nothing is written."""
        return await asyncio.to_thread(self.pen.propose, await self.identify(), proposal, self.now)

    async def form(self, key: str, target: str | None = None) -> Form:
        """The form of a proposal, for another field if one is chosen."""
        return await asyncio.to_thread(self.pen.open, await self.identify(), key, self.now, target)

    async def preview(self, key: str, target: str, text: str | None, due: date | None) -> Preview:
        """What would be written. Raises Unfit for what the person can correct."""
        asker = await self.identify()
        return await asyncio.to_thread(self.pen.preview, asker, key, self.now, target=target, text=text, due=due)

    async def write(self, key: str) -> Result:
        """Write what a preview showed, once."""
        return await asyncio.to_thread(self.pen.write, await self.identify(), key, self.now)

    async def undo(self, write_id: int) -> Result:
        """Take a write back, if nobody has changed the record since."""
        return await asyncio.to_thread(self.pen.undo, await self.identify(), write_id, self.now)

    async def open_slowly(self, make: Make) -> None:
        """Open a form and fill it."""
        await self._forms.open(self.body, waiting_view(), make)

    async def fill(self, make: Make) -> None:
        """Fill the form the button is in."""
        await self._forms.fill(self.body["view"]["id"], make)

    async def answer(self, ack: AsyncAck, make: Make, waiting: View) -> bool:
        """Answer the sent form; False if it was closed before the answer came."""
        return await self._forms.answer(ack, self.body["view"]["id"], make, waiting)

    async def send(self, result: Result) -> None:
        """Tell the person by direct message what became of it."""
        await self.tell(result_message(result))

    async def tell_owner(self, result: Result) -> None:
        """Let the owner of a deal know that somebody else had it changed; one out of reach sees it in the CRM."""
        asker = await self.identify()
        owner = await asyncio.to_thread(self.pen.owner_of, result.write.deal_id)
        if result.write.outcome is not WriteOutcome.WRITTEN or owner is None or owner.id == asker.user.id:
            return
        try:
            if address := await self.addresses.of(self.client, owner, self.now):
                await deliver(self.client, address, changed_message(result, asker.user.name))
        except (DeliveryFailed, SlackApiError) as error:
            code = error.code if isinstance(error, DeliveryFailed) else slack_error_code(error)
            log.warning("slack.owner_not_told", code=code)

    @property
    def _forms(self) -> SlowForms:
        return SlowForms(self.client, reason_page)

"""One request of one person, with what every handler needs, so that a handler says only what it does.

Who they are, what they may see and how it stands is decided at each question. Two rooms have visits of their own:
consults (`sittings`) and writing to the CRM (`dictations`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.desk import Desk
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief
from bot.slack.cards import Card, Cards
from bot.slack.delivery import deliver
from bot.slack.forms import metadata, open_form
from bot.slack.homes import local_day
from bot.slack.replacing import replaced
from bot.slack.views.message import Message
from bot.slack.views.modal import View

Identify = Callable[[], Awaitable[Asker]]
"""Finds the asker behind the request; raises Refused with a reason. No asker, no data.

A call rather than a value, because it may have to ask Slack and the request is acknowledged first.
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who wrote, pressed or sent a form; `now` is the same instant for all of it."""

    client: AsyncWebClient
    body: dict[str, Any]
    identify: Identify
    desk: Desk
    cards: Cards
    now: datetime

    @property
    def user_id(self) -> str:
        """The Slack id of whoever pressed or sent a form."""
        return str(self.body["user"]["id"])

    @property
    def container(self) -> dict[str, Any]:
        """Where the button is: the ids of its message or view; empty outside of a press."""
        return self.body.get("container") or {}

    @property
    def channel(self) -> str | None:
        """The channel the button is in; None on the Home tab and in forms."""
        return (self.body.get("channel") or {}).get("id") or self.container.get("channel_id")

    @property
    def thread(self) -> str | None:
        """The thread of the pressed message, which opens one by itself if it is in none; None elsewhere."""
        return self.container.get("thread_ts") or self.container.get("message_ts")

    @property
    def carried(self) -> dict[str, Any]:
        """What the form carried along; empty outside of one."""
        return metadata(self.body.get("view") or {})

    @property
    def url(self) -> str | None:
        """Where the pressed message can be replaced, also from the form that it opened."""
        return self.body.get("response_url") or self.carried.get("url")

    async def today(self) -> date:
        """Today where the person is."""
        return local_day(await self.identify(), self.now)

    async def card(self, key: str) -> Card:
        """The card behind a button. Raises Refused if it has run out or was made for somebody else."""
        return await self.cards.find(key, await self.identify(), self.now)

    async def deal(self, deal_id: str) -> DealView:
        """A deal as it is judged now, open or closed. Raises UnknownDeal if it is out of reach."""
        return await asyncio.to_thread(self.desk.view, await self.identify(), deal_id, self.now)

    async def brief(self, deal_id: str) -> DealBrief:
        """A deal's record and numbers now, unjudged and so much quicker. Raises UnknownDeal like `deal`."""
        return await asyncio.to_thread(self.desk.brief, await self.identify(), deal_id, self.now)

    async def open(self, view: View) -> None:
        """Show a form. Raises SlackApiError."""
        await open_form(self.client, self.body, view)

    async def redraw(self, view: View) -> None:
        """Put this into the form the button is in. Raises SlackApiError, `hash_conflict` if it changed since."""
        shown = self.body["view"]
        await self.client.views_update(view_id=shown["id"], hash=shown["hash"], view=view)

    async def tell(self, message: Message) -> None:
        """Write to the person directly. Raises a DeliveryFailed."""
        await deliver(self.client, self.user_id, message)

    async def replace(self, message: Message) -> bool:
        """Put this in the place of the pressed message; False if that is gone or too old for it."""
        return await replaced(self.url, message)

    async def show(self, message: Message) -> None:
        """Put this in the place of the pressed message, or write it to the person directly."""
        if not await self.replace(message):
            await self.tell(message)

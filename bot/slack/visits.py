"""One press or form of a consult, with what its handler needs, so that a handler says only what it does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.consults.room import ConsultRoom, Seat
from bot.slack.consulting import Consulting, Press
from bot.slack.forms import metadata, open_form
from bot.slack.views.modal import View


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a consult. Who they are, and whether they take part, is decided at each question."""

    client: AsyncWebClient
    body: dict[str, Any]
    identify: Callable[[], Awaitable[Asker]]
    consulting: Consulting
    now: datetime

    @property
    def room(self) -> ConsultRoom:
        """Where consults are held."""
        return self.consulting.room

    @property
    def carried(self) -> dict[str, Any]:
        """What the form carried along; empty outside of one."""
        return metadata(self.body.get("view") or {})

    @property
    def url(self) -> str | None:
        """Where the pressed message can be replaced, also from the form that it opened."""
        return self.body.get("response_url") or self.carried.get("url")

    async def seat(self, consult_id: int) -> Seat:
        """The person's seat. Raises Refused, ConsultRefused or UnknownDeal."""
        return await self.consulting.enter(await self.identify(), consult_id, self.now)

    async def act(self, consult_id: int, work: Callable[[Seat], Any]) -> Any:
        """Do something from the person's seat and show both sides where the consult stands; what `work` returned."""
        press = Press(await self.identify(), self.url)
        return await self.consulting.act(self.client, press, consult_id, self.now, work)

    async def refresh(self, seat: Seat) -> None:
        """Show both sides what became of the consult since the seat was taken."""
        press = Press(seat.asker, self.url)
        await self.consulting.refresh(self.client, seat.consult.id, self.now, press, before=seat.consult)

    async def open(self, view: View) -> None:
        """Show a form. Raises SlackApiError."""
        await open_form(self.client, self.body, view)

    def carry(self, seat: Seat, **more: Any) -> dict[str, Any]:
        """What a form opened from this press carries along."""
        return {"consult": seat.consult.id, "url": self.url, **more}

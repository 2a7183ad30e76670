"""One press or form of somebody at a consult: a visit that knows their seat and shows both sides what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.coach.consults.room import ConsultRoom
from bot.coach.consults.seats import Seat
from bot.slack.consulting import Consulting, Press
from bot.slack.visits import Visit


@dataclass(frozen=True, slots=True)
class Sitting(Visit):
    """Somebody at a consult. Whether they take part is decided at each question."""

    consulting: Consulting

    @property
    def room(self) -> ConsultRoom:
        """Where consults are held."""
        return self.consulting.room

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

    def carry(self, seat: Seat, **more: Any) -> dict[str, Any]:
        """What a form opened from this press carries along."""
        return {"consult": seat.consult.id, "url": self.url, **more}

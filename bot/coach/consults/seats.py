"""A seat in a consult: one of the two who take part, with the deal as it is now."""

from dataclasses import dataclass

from bot.coach.access import Asker
from bot.memory.consults import Consult
from bot.pipeline.brief import DealBrief


@dataclass(frozen=True, slots=True)
class Seat:
    """One participant in one consult, with the deal as it is now."""

    asker: Asker
    consult: Consult
    brief: DealBrief

    @property
    def leads(self) -> bool:
        """Whether this is the manager."""
        return self.asker.user.id == self.consult.manager_id


def place_of(consult: Consult) -> str:
    """Names state and phase, so that a button knows which ones it was shown in."""
    return f"{consult.state.value}/{consult.phase.value if consult.phase else ''}"

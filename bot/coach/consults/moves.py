"""How a consult goes from one state to the next, every step kept with who took it."""

from datetime import datetime

from bot.coach.access import Asker
from bot.coach.consults.states import may_move
from bot.memory.consults import Consult, ConsultState, Progress, StaleConsultError
from bot.memory.service import Memory


def move(memory: Memory, consult: Consult, to: Progress, asker: Asker, now: datetime) -> Consult:
    """Take a step. Raises StaleConsultError if no way leads there, or if somebody else took one meanwhile."""
    if to.state is not consult.state and not may_move(consult.state, to.state):
        raise StaleConsultError(f"no way leads from {consult.state.value} to {to.state.value}")
    return memory.consults.move(consult, to, asker.user.id, now)


def end(memory: Memory, consult: Consult, why: str | None, asker: Asker, now: datetime) -> Consult:
    """Close a consult; `why` is None for one that was followed up."""
    return move(memory, consult, closing(why), asker, now)


def closing(why: str | None) -> Progress:
    """The last step."""
    return Progress(state=ConsultState.CLOSED, values={"ended_because": why})

"""The state machine of a consult: requested → prepared → in session → actions agreed → shared → followed up →
closed (DOMAIN 6.2). A session runs through its phases inside `in session`.

Nothing is skipped and nothing goes back. A consult may only be closed early, with the reason: the deal is closed
or changed hands, or somebody called the consult off.
"""

from bot.coach.consults.rules import ConsultRules
from bot.memory.consults import Consult, ConsultPhase, ConsultState, Progress

ORDER = tuple(ConsultState)


def after(state: ConsultState) -> ConsultState | None:
    """The state that follows; None after the last."""
    place = ORDER.index(state) + 1
    return ORDER[place] if place < len(ORDER) else None


def may_move(source: ConsultState, target: ConsultState) -> bool:
    """Whether one step leads from `source` to `target`; closing is always one step away, but for a closed one."""
    if source is ConsultState.CLOSED:
        return False
    return target in {after(source), ConsultState.CLOSED}


def next_step(consult: Consult, rules: ConsultRules) -> Progress | None:
    """Where *Next* leads in a prepared or running session; None where something else has to happen first."""
    phases = rules.phases(consult.kind)
    if consult.state is ConsultState.PREPARED:
        return Progress(state=ConsultState.IN_SESSION, phase=phases[0])
    if consult.state is not ConsultState.IN_SESSION or consult.phase is None:
        return None
    place = phases.index(consult.phase) + 1
    return Progress(state=ConsultState.IN_SESSION, phase=phases[place]) if place < len(phases) else None


def awaits_overview(consult: Consult, rules: ConsultRules) -> bool:
    """Whether the seller's own overview is still missing from a consult that has one.

    No coaching is shown before it: understanding comes before explaining (DOMAIN 6.3).
    """
    return ConsultPhase.OVERVIEW in rules.phases(consult.kind) and consult.overview is None

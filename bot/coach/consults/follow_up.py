"""A week after the wrap-up: what became of each action, done, moved or dropped, with evidence (DOMAIN 6.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.memory.action_items import ActionItem, ActionStatus
from bot.memory.consults import Consult, ConsultState
from bot.memory.service import Memory

ACTION_SOURCE = "consult"
MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action since the wrap-up: done, moved, dropped, or None = nobody has said yet."""

    item: ActionItem
    what: str | None
    note: str | None = None


def due_follow_ups(memory: Memory, now: datetime, zone: str = "UTC") -> list[Consult]:
    """The consults whose follow-up day has come in `zone` and that nobody has gone through yet, oldest first."""
    today = now.astimezone(ZoneInfo(zone)).date()
    waiting = memory.consults.in_state(ConsultState.SHARED)
    return [each for each in reversed(waiting) if each.follow_up_on is not None and each.follow_up_on <= today]


def actions_of(memory: Memory, consult: Consult) -> list[ActionItem]:
    """The actions agreed in a consult, oldest first, whatever became of them."""
    mark = source_key(consult.id, "")
    return [item for item in reversed(memory.actions.of_deal(consult.deal_id)) if item.source_key.startswith(mark)]


def source_key(consult_id: int, token: str) -> str:
    """Under which key an action of a consult is tracked; one `token`, one action."""
    return f"{ACTION_SOURCE}:{consult_id}:{token}"


def open_promises(memory: Memory, deal_id: str) -> list[ActionItem]:
    """What was agreed in the deal's last consult and is still open."""
    last = memory.consults.last_shared(deal_id)
    items = actions_of(memory, last) if last else []
    return [item for item in items if item.status is ActionStatus.OPEN]


def outcomes(memory: Memory, consult: Consult) -> list[Outcome]:
    """What became of each action since the wrap-up went out, wherever somebody said so."""
    return [_outcome(item, consult, memory) for item in actions_of(memory, consult)]


def all_told(found: Sequence[Outcome]) -> bool:
    """Whether every action was looked at."""
    return all(outcome.what is not None for outcome in found)


def is_overdue(consult: Consult, today: date) -> bool:
    """Whether the follow-up day is past and nobody has gone through the actions; listed to the manager."""
    due = consult.follow_up_on
    return consult.state is ConsultState.SHARED and due is not None and due < today


def _outcome(item: ActionItem, consult: Consult, memory: Memory) -> Outcome:
    since = consult.shared_at
    changes = [change for change in memory.actions.history(item.id) if since is not None and change.at >= since]
    last = changes[-1] if changes else None
    if item.status is not ActionStatus.OPEN:
        return Outcome(item, item.status.value, last.note if last else None)
    moved = last is not None and last.what == MOVED
    return Outcome(item, MOVED if moved else None, last.note if moved and last else None)

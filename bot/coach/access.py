"""Who may see which deals (DOMAIN 8.2). Decided before any name is resolved; fails closed.

The scope is a set of owners plus the deals a person is on the account team of. Everything that
later looks for a deal looks inside this scope only, so a hidden deal and a deal that does not exist
cannot be told apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.pipeline.model import DealName, Role, User
from bot.pipeline.service import Pipeline

_SEES_TREE = frozenset({Role.MANAGER, Role.DIRECTOR})


@dataclass(frozen=True, slots=True)
class Asker:
    """The person behind a request. `owner_ids` None means every owner (sales operations)."""

    user: User
    owner_ids: frozenset[str] | None

    def may_see_owner(self, owner_id: str) -> bool:
        """Whether pipeline figures of `owner_id` may be shown to this person."""
        return self.owner_ids is None or owner_id in self.owner_ids


def asker_for(user: User | None, users: Mapping[str, User]) -> Asker | None:
    """Return the asker with their scope, or None for an unknown or deactivated person."""
    if user is None or not user.active:
        return None
    if user.role is Role.SALES_OPERATIONS:
        return Asker(user, owner_ids=None)
    if user.role in _SEES_TREE:
        return Asker(user, owner_ids=_tree_below(user.id, users))
    return Asker(user, owner_ids=frozenset({user.id}))


def visible_deals(asker: Asker, pipeline: Pipeline) -> list[DealName]:
    """Every deal this person may see: those of their owners and those they are on the team of."""
    return pipeline.deal_names(asker.owner_ids, member_id=asker.user.id)


def _tree_below(manager_id: str, users: Mapping[str, User]) -> frozenset[str]:
    """The manager and everybody below; a loop in the reporting line ends the walk instead of hanging."""
    reports: dict[str, list[str]] = {}
    for user in users.values():
        if user.manager_id is not None:
            reports.setdefault(user.manager_id, []).append(user.id)
    seen = {manager_id}
    waiting = [manager_id]
    while waiting:
        fresh = [report for report in reports.get(waiting.pop(), ()) if report not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return frozenset(seen)


def may_write(asker: Asker, owner_id: str | None) -> bool:
    """Whether this person may change a deal of `owner_id`: its owner, their managers, sales operations.

    Seeing a deal as a member of its account team is not enough.
    """
    return asker.owner_ids is None or (owner_id is not None and owner_id in asker.owner_ids)

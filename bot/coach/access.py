"""Who may see which deals (DOMAIN 8.2). Decided before any name is resolved; fails closed.

The scope is a set of owners, the deals a person is on the account team of, and the deals of consults they are
invited to, for as long as each runs. Everything that later looks for a deal looks inside this scope only, so a
hidden deal and a deal that does not exist cannot be told apart.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.memory.guests import Grant
from bot.pipeline.facets import local_date
from bot.pipeline.model import DealName, DealStatus, Role, User
from bot.pipeline.service import Pipeline

_SEES_TREE = frozenset({Role.MANAGER, Role.DIRECTOR})


@dataclass(frozen=True, slots=True)
class Asker:
    """The person behind a request. `owner_ids` None means every owner (sales operations).

    `grants` are the deals of consults they are invited to at this moment.
    """

    user: User
    owner_ids: frozenset[str] | None
    grants: frozenset[Grant] = frozenset()

    def may_see_owner(self, owner_id: str) -> bool:
        """Whether pipeline figures of `owner_id` may be shown to this person."""
        return self.owner_ids is None or owner_id in self.owner_ids

    def today(self, now: datetime) -> date:
        """The date at `now` where this person is; UTC's if nobody recorded where that is."""
        return local_date(now, self.user.timezone or "UTC")


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
    """Every deal this person may see: of their owners, on whose team they are, to whose consult they are invited."""
    deals = {deal.id: deal for deal in own_deals(asker, pipeline)}
    deals |= {deal.id: deal for deal in _granted(asker.grants, pipeline)}
    return sorted(deals.values(), key=lambda deal: (deal.name, deal.id))


def own_deals(asker: Asker, pipeline: Pipeline) -> list[DealName]:
    """The deals that stay this person's when every invitation ends: what a page shows that outlives the moment."""
    return pipeline.deal_names(asker.owner_ids, member_id=asker.user.id)


def is_guest(asker: Asker, deal_id: str, pipeline: Pipeline) -> bool:
    """Whether this person would not see the deal but for an invitation to its consult."""
    if all(grant.deal_id != deal_id for grant in asker.grants):
        return False
    return all(deal.id != deal_id for deal in own_deals(asker, pipeline))


def _granted(grants: Collection[Grant], pipeline: Pipeline) -> list[DealName]:
    """Deals of standing invitations; one that closed or changed hands since ends its consult, and so is not seen."""
    owners = {grant.deal_id: grant.owner_id for grant in grants}
    found = pipeline.deals_called(owners) if owners else []
    return [deal for deal in found if deal.status is DealStatus.OPEN and deal.owner_id == owners[deal.id]]


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

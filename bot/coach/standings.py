"""Every open deal measured once, and who may see it: what all messages of one round are made from.

Access is that of `bot.coach.access`, applied to the whole directory at once (DOMAIN 8.2).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.coach.access import Asker
from bot.pipeline.model import DealName, DealStatus, User
from bot.pipeline.service import Pipeline

Row = Mapping[str, Any]

_TEAMS = "SELECT user_id, opportunity_id FROM deal_team"


@dataclass(frozen=True, slots=True)
class Standings:
    """Rows of facets by deal id, at `now`. Only open deals are in it."""

    pipeline: Pipeline
    now: datetime
    users: Mapping[str, User]
    rows: Mapping[str, Row]
    owned: Mapping[str, Sequence[str]]
    joined: Mapping[str, Collection[str]]

    @classmethod
    def read(cls, pipeline: Pipeline, now: datetime) -> "Standings":
        """Measure every open deal."""
        names = {name.id: name for name in pipeline.deal_names(None) if name.status is DealStatus.OPEN}
        rows = {row["id"]: row for row in pipeline.facet_rows(now) if row["id"] in names and row["status"] == "open"}
        return cls(pipeline, now, pipeline.users, rows, _owned(names, rows), _joined(pipeline, now))

    def visible_to(self, asker: Asker) -> list[str]:
        """Ids of the open deals this person may see."""
        owners = self.owned if asker.owner_ids is None else asker.owner_ids
        own = {deal_id for owner in owners for deal_id in self.owned.get(owner, ())}
        return sorted(own | {deal_id for deal_id in self.joined.get(asker.user.id, ()) if deal_id in self.rows})


def _owned(names: Mapping[str, DealName], rows: Mapping[str, Row]) -> Mapping[str, Sequence[str]]:
    owned: dict[str, list[str]] = defaultdict(list)
    for deal_id in rows:
        owned[names[deal_id].owner_id].append(deal_id)
    return dict(owned)


def _joined(pipeline: Pipeline, now: datetime) -> Mapping[str, Collection[str]]:
    joined: dict[str, set[str]] = defaultdict(set)
    for row in pipeline.report(_TEAMS, now, ()):
        joined[row["user_id"]].add(row["opportunity_id"])
    return dict(joined)

"""Which deals should be consulted on, and which were: the rota of a manager's week (DOMAIN 6.2, F070)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.coach.consults.rules import Cadence
from bot.memory.consults import ConsultKind
from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import User

_MONTH_DAYS = 30
_WORST_FIRST = (HealthBucket.POOR, HealthBucket.AT_RISK, HealthBucket.AVERAGE, HealthBucket.GOOD, None)

Row = Mapping[str, Any]
"""One open deal as `Pipeline.facet_rows` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One deal on the rota: what kind of consult it gets, when the last one was, and whether one is due."""

    deal_id: str
    name: str
    owner: str
    amount: float | None
    bucket: HealthBucket | None
    kind: ConsultKind
    strategic: bool
    last_on: date | None
    due: bool
    rated: bool = True

    @property
    def standing(self) -> str:
        """The bucket in words; "not rated" where Average only stands in for what is not known."""
        return self.bucket.value if self.bucket and self.rated else "not rated"


@dataclass(frozen=True, slots=True)
class Coverage:
    """One seller's rota, what is due first. `covered` of `strategic` strategic deals had a consult in time."""

    owner_id: str
    owner: str
    turns: tuple[Turn, ...]

    @property
    def strategic(self) -> int:
        """How many strategic deals there are."""
        return sum(turn.strategic for turn in self.turns)

    @property
    def covered(self) -> int:
        """How many of them are not due."""
        return sum(turn.strategic and not turn.due for turn in self.turns)

    @property
    def next(self) -> Turn | None:
        """The deal to consult on next; None if none is due."""
        return next((turn for turn in self.turns if turn.due), None)


def coverage(
    rows: Sequence[Row], users: Mapping[str, User], last_held: Mapping[str, datetime], rules: Cadence
) -> list[Coverage]:
    """The rota of every seller among these open deals, by name. `last_held` maps deals to their last wrap-up."""
    by_owner: dict[str, list[Row]] = {}
    for row in rows:
        by_owner.setdefault(row["owner"], []).append(row)
    found = [_of_one(users.get(owner_id), deals, last_held, rules) for owner_id, deals in by_owner.items()]
    return sorted(found, key=lambda each: each.owner)


def _of_one(owner: User | None, rows: Sequence[Row], last_held: Mapping[str, datetime], rules: Cadence) -> Coverage:
    priced = sorted((row for row in rows if row["amount"]), key=lambda row: -row["amount"])
    largest = {row["id"] for row in priced[: rules.largest]}
    segment = owner.segment if owner else None
    turns = [_turn(row, row["id"] in largest, segment, last_held.get(row["id"]), rules) for row in rows]
    name = owner.name if owner else rows[0]["owner"]
    return Coverage(rows[0]["owner"], name, tuple(sorted(turns, key=rank)))


def _turn(row: Row, is_largest: bool, segment: str | None, held_at: datetime | None, rules: Cadence) -> Turn:
    custom = row.get("custom") or {}
    strategic = is_largest or any(_is_set(custom.get(flag)) for flag in rules.flags)
    large = (row["amount"] or 0) >= rules.full_from(segment)
    span = rules.every_days if strategic else _MONTH_DAYS
    last_on = held_at.date() if held_at else None
    return Turn(
        deal_id=row["id"],
        name=row["name"],
        owner=row["owner_name"] or row["owner"],
        amount=row["amount"],
        bucket=HealthBucket(row["health_bucket"]) if row["health_bucket"] else None,
        rated=row["health_net_points"] is not None,
        kind=ConsultKind.FULL if strategic or large else ConsultKind.LIGHT,
        strategic=strategic,
        last_on=last_on,
        due=last_on is None or (row["today"] - last_on).days >= span,
    )


def rank(turn: Turn) -> tuple[bool, bool, int, float]:
    """Due first, strategic first, worst health first, largest first."""
    return not turn.due, not turn.strategic, _WORST_FIRST.index(turn.bucket), -(turn.amount or 0)


def _is_set(value: object) -> bool:
    return str(value).strip().casefold() not in {"", "none", "false", "no", "0"}

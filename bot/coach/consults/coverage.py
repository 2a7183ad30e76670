"""Which deals should be consulted on, and which were: the rota of a manager's week (DOMAIN 6.2, F070)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.coach.consults.rules import Cadence
from bot.memory.consults import ConsultKind
from bot.pipeline.brief import DealBrief, HealthBucket

_MONTH_DAYS = 30
_WORST_FIRST = (HealthBucket.POOR, HealthBucket.AT_RISK, HealthBucket.AVERAGE, HealthBucket.GOOD, None)


@dataclass(frozen=True, slots=True)
class Turn:
    """One deal on the rota: what kind of consult it gets, when the last one was, and whether one is due."""

    brief: DealBrief
    kind: ConsultKind
    strategic: bool
    last_on: date | None
    due: bool


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


def coverage(briefs: Sequence[DealBrief], last_held: Mapping[str, datetime], rules: Cadence) -> list[Coverage]:
    """The rota of every seller among these open deals, by name."""
    by_owner: dict[str, list[DealBrief]] = {}
    for brief in briefs:
        by_owner.setdefault(brief.deal.owner.id, []).append(brief)
    return sorted((_of_one(deals, last_held, rules) for deals in by_owner.values()), key=lambda each: each.owner)


def _of_one(briefs: Sequence[DealBrief], last_held: Mapping[str, datetime], rules: Cadence) -> Coverage:
    owner = briefs[0].deal.owner
    priced = sorted((each for each in briefs if each.deal.amount), key=lambda each: -(each.deal.amount or 0))
    largest = {each.deal.id for each in priced[: rules.largest]}
    turns = [_turn(each, each.deal.id in largest, last_held.get(each.deal.id), rules) for each in briefs]
    return Coverage(owner.id, owner.name, tuple(sorted(turns, key=_rank)))


def _turn(brief: DealBrief, is_largest: bool, held_at: datetime | None, rules: Cadence) -> Turn:
    deal = brief.deal
    strategic = is_largest or any(_is_set(deal.custom.get(flag)) for flag in rules.flags)
    large = (deal.amount or 0) >= rules.full_from(deal.owner.segment)
    kind = ConsultKind.FULL if strategic or large else ConsultKind.LIGHT
    span = rules.every_days if strategic else _MONTH_DAYS
    last_on = held_at.date() if held_at else None
    due = last_on is None or (brief.today - last_on).days >= span
    return Turn(brief, kind, strategic, last_on, due)


def _rank(turn: Turn) -> tuple[bool, bool, int, float]:
    """Due first, strategic first, worst health first, largest first."""
    return (
        not turn.due,
        not turn.strategic,
        _WORST_FIRST.index(turn.brief.health.bucket),
        -(turn.brief.deal.amount or 0),
    )


def _is_set(value: object) -> bool:
    return str(value).strip().casefold() not in {"", "none", "false", "no", "0"}

"""The agenda of the weekly deal review: moved, blocked, overdue, without a decision owner, worse (F085).

Pure but for `judge`, which is called with the few deals that have to be judged in full.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.coach.dates import day_words, plural
from bot.coach.money import money
from bot.coach.news import Before, Row, is_better
from bot.coach.reply import Element, ElementStatus
from bot.coach.team_digest import Line, ref_of
from bot.coach.view import DealView
from bot.memory.action_items import ActionItem
from bot.pipeline.brief import HealthBucket

_WEEK = timedelta(days=7)
_UNCLEAR = frozenset({ElementStatus.MISSING, ElementStatus.STALE})


class ReviewRules(BaseModel):
    """`review` of `digest.yaml`: when the agenda comes, and how much of each list it shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: str = "mon"
    most: int = Field(default=4, ge=1, le=10)
    judged: int = Field(default=12, ge=0, le=50)


@dataclass(frozen=True, slots=True)
class Blocker:
    """Deals held up by the same thing: how many, and their names."""

    what: str
    deals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """One team's review. `blockers` None = no field for blockers is recorded."""

    title: str
    moved: tuple[Line, ...]
    blockers: tuple[Blocker, ...] | None
    overdue: tuple[str, ...]
    undecided: tuple[Line, ...]
    worse: tuple[Line, ...]
    named: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to talk about."""
        return not (self.moved or self.blockers or self.overdue or self.undecided or self.worse)


def make_agenda(
    rows: Sequence[Row],
    before: Mapping[str, Before],
    overdue: Sequence[ActionItem],
    blocker_fields: Sequence[str],
    judge: Callable[[Sequence[str]], Iterable[DealView]],
    rules: ReviewRules,
) -> Agenda:
    """Put the four lists together, and the deals that got worse."""
    largest = sorted(rows, key=lambda row: (-(row["amount"] or 0), row["id"]))
    moved = [_moved(row) for row in largest if _moved_on(row) is not None]
    worse = [_worse(row, before[row["id"]]) for row in largest if _is_worse(row, before.get(row["id"]))]
    undecided = _undecided(largest[: rules.judged], judge)
    named = {line.deal.id for line in (*moved, *worse, *undecided)} | {item.deal_id for item in overdue}
    return Agenda(
        title=f"Deal review: {plural(len(named), 'deal')} to talk about, of {len(rows)} open",
        moved=tuple(moved[: rules.most]),
        blockers=_blockers(rows, blocker_fields),
        overdue=tuple(_overdue(item) for item in overdue[: rules.most]),
        undecided=tuple(undecided[: rules.most]),
        worse=tuple(worse[: rules.most]),
        named=len(named),
    )


def _moved_on(row: Row) -> date | None:
    """The day of the last change of stage, if it is within a week."""
    days = [on for on in (row["last_advance"], row["last_move_back"]) if on is not None and on > row["today"] - _WEEK]
    return max(days, default=None)


def _moved(row: Row) -> Line:
    on = _moved_on(row)
    back = row["last_move_back"] is not None and row["last_move_back"] == on
    when = day_words(on, row["today"]) if on else "an unknown day"
    way = "back to" if back else "on to"
    return Line(ref_of(row), _bucket(row), f"{way} {row['stage']} on {when}: what did the buyer do?")


def _is_worse(row: Row, before: Before | None) -> bool:
    bucket = _bucket(row)
    if bucket is None or before is None or before.bucket is None:
        return False
    return bucket is not before.bucket and not is_better(bucket, before)


def _worse(row: Row, before: Before) -> Line:
    return Line(ref_of(row), _bucket(row), f"was {before.bucket}")


def _undecided(rows: Sequence[Row], judge: Callable[[Sequence[str]], Iterable[DealView]]) -> list[Line]:
    """Large deals of which nobody knows who decides."""
    found = []
    for row, view in zip(rows, judge([row["id"] for row in rows]), strict=True):
        results = (each for each in view.qualification.results if each.element is Element.ECONOMIC_BUYER)
        if any(each.status in _UNCLEAR for each in results):
            words = f"{money(row['amount'], row['currency'])}, nobody knows who decides"
            found.append(Line(ref_of(row), _bucket(row), words))
    return found


def _blockers(rows: Sequence[Row], fields: Sequence[str]) -> tuple[Blocker, ...] | None:
    """Deals by what holds them up, the most frequent first; None if no deal has such a field."""
    wanted = {name.casefold() for name in fields}
    groups: dict[str, list[str]] = {}
    recorded = False
    for row in rows:
        custom: Mapping[str, Any] = row["custom"]
        recorded = recorded or any(name.casefold() in wanted for name in custom)
        what = next((value for name, value in custom.items() if name.casefold() in wanted and value), None)
        if what:
            groups.setdefault(str(what), []).append(row["name"])
    ranked = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return tuple(Blocker(what, tuple(names)) for what, names in ranked) if recorded else None


def _overdue(item: ActionItem) -> str:
    return f"{item.owner_name} on {item.deal_name}: {item.text} (since {item.due.day} {item.due:%b})"


def _bucket(row: Row) -> HealthBucket | None:
    return HealthBucket(row["health_bucket"]) if row["health_bucket"] else None

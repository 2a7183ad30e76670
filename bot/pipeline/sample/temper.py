"""How buyer and seller behave over the life of a deal, and the mails and meetings that come of it.

A `Temper` says how warm a deal is at each point of its life. `live` walks the working days of the deal and
throws dice for each kind of contact. Won and lost deals draw from overlapping tempers, so activity
tells something about the outcome, and not everything.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from bot.pipeline.sample.workdays import Workdays

WORKDAYS_A_WEEK = 5
PER_WEEK = {"sent": 1.25, "received": 0.75, "meeting": 0.42, "call": 0.3, "task": 0.15}
"""Contacts a week of a deal at warmth 1."""
AUTO_REPLY_SHARE = 0.04
COLLEAGUE_SHARE = 0.05
FALLEN_MEETINGS = (("cancelled", 0.07), ("no_show", 0.04))
UNFILED_SHARE = 0.12


@dataclass(frozen=True)
class Temper:
    """Warmth over progress: straight lines between `points` of (progress 0-1, warmth; 1 = a usual week).

    `people` is the range of persons who take part, `ahead` the days until the next booked meeting of an
    open deal (None: nothing is booked).
    """

    points: tuple[tuple[float, float], ...]
    people: tuple[int, int]
    ahead: int | None = None

    def warmth(self, progress: float) -> float:
        """Return the warmth at `progress`, 0 = created and 1 = closed or today."""
        spot = bisect_right([point[0] for point in self.points], progress)
        if spot == len(self.points):
            return self.points[-1][1]
        (x0, y0), (x1, y1) = self.points[spot - 1], self.points[spot]
        return y0 + (y1 - y0) * (progress - x0) / (x1 - x0)


TEMPERS = {
    "lively": Temper(((0, 1.3), (1, 1.7)), (3, 5), ahead=5),
    "steady": Temper(((0, 1.0), (1, 1.0)), (3, 5), ahead=12),
    "patchy": Temper(((0, 1.1), (0.3, 1.0), (0.36, 0.1), (0.62, 0.1), (0.7, 1.2), (1, 1.2)), (3, 5)),
    "revived": Temper(((0, 0.9), (0.2, 0.1), (0.55, 0.05), (0.65, 1.4), (1, 1.4)), (2, 4)),
    "fading": Temper(((0, 1.1), (0.4, 0.4), (0.75, 0.12), (1, 0.12)), (1, 3)),
    "thin": Temper(((0, 0.45), (1, 0.35)), (1, 2)),
    "dead": Temper(((0, 1.0), (0.3, 0.4), (0.45, 0), (1, 0)), (1, 3)),
    "fought": Temper(((0, 1.0), (0.85, 1.0), (1, 0.4)), (2, 4)),
}


@dataclass(frozen=True)
class Contact:
    """One generated mail, meeting, call or task, `day` days from today at local `clock`.

    `who` are positions in the deal's list of persons; `by_colleague` puts it into somebody else's mailbox.
    """

    day: int
    clock: str
    kind: str
    who: tuple[int, ...] = ()
    status: str | None = None
    auto: bool = False
    by_colleague: bool = False
    filed: bool = True


def live(
    rng: Random, days: Workdays, temper: Temper, *, start: int, end: int, people: int, pace: float
) -> Iterator[Contact]:
    """Yield the contacts of a deal that lives from day `start` to day `end` with `people` persons.

    `pace` scales every rate: long enterprise deals have quieter weeks.
    """
    for day in range(start, end):
        if not days.is_workday(day):
            continue
        progress = (day - start) / (end - start)
        known = min(people, 1 + int(people * progress * 1.4))
        for kind, rate in PER_WEEK.items():
            if rng.random() < rate * pace * temper.warmth(progress) / WORKDAYS_A_WEEK:
                yield from _contact(rng, day, kind, known)


def _contact(rng: Random, day: int, kind: str, known: int) -> Iterator[Contact]:
    who = () if kind == "task" else tuple(sorted(rng.sample(range(known), rng.randint(1, min(3, known)))))
    if kind in {"received", "call"}:
        who = who[:1]
    clock = f"{rng.randint(9, 16):02d}:{rng.choice((0, 10, 20, 30, 40, 50)):02d}"
    yield Contact(
        day,
        clock,
        kind,
        who,
        status=_status(rng) if kind == "meeting" else None,
        by_colleague=rng.random() < COLLEAGUE_SHARE,
        filed=rng.random() >= UNFILED_SHARE,
    )
    if kind == "sent" and rng.random() < AUTO_REPLY_SHARE:
        yield Contact(day, f"{clock[:3]}{int(clock[3:]) + 1:02d}", "received", who[:1], auto=True)


def _status(rng: Random) -> str:
    dice = rng.random()
    for status, share in FALLEN_MEETINGS:
        if dice < share:
            return status
        dice -= share
    return "confirmed"

"""What moved between two health snapshots: the biggest movers, down before up (DOMAIN 2.7, F026)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.pipeline.brief import HealthBucket

_BEST_FIRST = tuple(HealthBucket)


@dataclass(frozen=True, slots=True)
class HealthPoint:
    """One deal's health on one day. `bucket` None = closed; `net` None = too little data for points."""

    deal_id: str
    day: date
    bucket: HealthBucket | None
    net: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """A deal's way from one snapshot to another. `buckets` is how many it rose (fell, if negative);
    `points` the change of net points, None if either side has none.
    """

    before: HealthPoint
    now: HealthPoint
    buckets: int
    points: int | None

    @property
    def deal_id(self) -> str:
        """The deal that moved."""
        return self.now.deal_id


@dataclass(frozen=True, slots=True)
class Movers:
    """Deals that moved, the biggest move first, and those only one of the snapshots knows."""

    down: tuple[Move, ...]
    up: tuple[Move, ...]
    unchanged: int
    appeared: tuple[str, ...]
    gone: tuple[str, ...]


def movers(before: Mapping[str, HealthPoint], now: Mapping[str, HealthPoint]) -> Movers:
    """Compare two snapshots by deal id. A closed deal counts as gone."""
    known = {deal_id: point for deal_id, point in before.items() if point.bucket}
    current = {deal_id: point for deal_id, point in now.items() if point.bucket}
    moves = [_move(known[deal_id], current[deal_id]) for deal_id in known.keys() & current.keys()]
    ranked = sorted(moves, key=_size, reverse=True)
    return Movers(
        down=tuple(move for move in ranked if _direction(move) < 0),
        up=tuple(move for move in ranked if _direction(move) > 0),
        unchanged=sum(_direction(move) == 0 for move in moves),
        appeared=tuple(sorted(current.keys() - known.keys())),
        gone=tuple(sorted(known.keys() - current.keys())),
    )


def net_change(points: Iterable[HealthPoint]) -> int | None:
    """Change of net points from the first to the last scored snapshot of one deal; None with fewer than two."""
    scored: Sequence[HealthPoint] = sorted((each for each in points if each.net is not None), key=lambda each: each.day)
    if len(scored) < 2:
        return None
    return (scored[-1].net or 0) - (scored[0].net or 0)


def _move(before: HealthPoint, now: HealthPoint) -> Move:
    points = None if before.net is None or now.net is None else now.net - before.net
    return Move(before, now, _rank(before) - _rank(now), points)


def _rank(point: HealthPoint) -> int:
    return _BEST_FIRST.index(point.bucket) if point.bucket else len(_BEST_FIRST)


def _direction(move: Move) -> int:
    """Buckets decide; points where the bucket stayed."""
    return move.buckets or move.points or 0


def _size(move: Move) -> tuple[int, int, str]:
    return abs(move.buckets), abs(move.points or 0), move.deal_id

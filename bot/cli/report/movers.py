"""Whose health went down or up since an earlier snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.cli.desk import UNKNOWN, Desk, print_notes, print_table, print_title
from bot.pipeline.brief import HealthBucket
from bot.pipeline.trends import HealthPoint, Move, Movers, movers
from bot.pipeline.wording import counted, day

_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class MoversReport:
    """Moves since the snapshot of `compared_with`; None if there is no snapshot to compare with."""

    whose: str
    compared_with: date | None
    moves: Movers | None
    names: Mapping[str, str]


def fetch_movers(desk: Desk, days: int) -> MoversReport:
    """Compare health now with the stored snapshot of `days` ago, else with the oldest one since."""
    rows = [row for row in desk.pipeline.facet_rows(desk.now, desk.deal_ids) if row["status"] == "open"]
    now = {row["id"]: _point(row["id"], desk.today, row["health_bucket"], row["health_net_points"]) for row in rows}
    visible = None if desk.deal_ids is None else set(desk.deal_ids)
    names = {name.id: name.name for name in desk.pipeline.deal_names(None) if visible is None or name.id in visible}
    for back in range(days, 0, -1):
        stored = desk.runtime.memory.health_on(names, desk.today - timedelta(days=back))
        if stored:
            before = {
                each.deal_id: _point(each.deal_id, each.day or desk.today, each.bucket, each.net)
                for each in stored.values()
            }
            compared_with = max(point.day for point in before.values())
            return MoversReport(desk.whose, compared_with, movers(before, now), names)
    return MoversReport(desk.whose, None, None, names)


def _point(deal_id: str, day: date, bucket: str | None, net: int | None) -> HealthPoint:
    return HealthPoint(deal_id, day, HealthBucket(bucket) if bucket else None, net)


def print_movers(found: MoversReport) -> None:
    """Down first: that is what needs somebody."""
    if found.moves is None or found.compared_with is None:
        print_notes(["no earlier health snapshot is stored; `coach snapshot` records one, `coach serve` every night"])
        return
    moves = found.moves
    about = f"{counted(moves.unchanged, 'deal')} unchanged, {len(moves.appeared)} new, {len(moves.gone)} closed"
    print_title(
        f"Health since {day(found.compared_with)}: {len(moves.down)} down, {len(moves.up)} up",
        f"{about} · {found.whose}",
    )
    for title, each in (("down", moves.down), ("up", moves.up)):
        if each:
            print_table((title, "was", "now", "#points"), [_move_row(move, found) for move in each])
    print_notes(f"new: {found.names.get(deal_id, deal_id)}" for deal_id in moves.appeared[:_NAMES_SHOWN])


def _move_row(move: Move, found: MoversReport) -> tuple[object, ...]:
    points = UNKNOWN if move.points is None else f"{move.points:+d}"
    return found.names.get(move.deal_id, move.deal_id), _health(move.before), _health(move.now), points


def _health(point: HealthPoint) -> str:
    return f"{point.bucket.value if point.bucket else UNKNOWN} ({UNKNOWN if point.net is None else f'{point.net:+d}'})"

"""Movers between two health snapshots."""

from datetime import date, timedelta

from bot.pipeline.brief import HealthBucket
from bot.pipeline.trends import HealthPoint, movers, net_change

NOW, THEN = date(2026, 9, 21), date(2026, 9, 14)
GOOD, AVERAGE, POOR = HealthBucket.GOOD, HealthBucket.AVERAGE, HealthBucket.POOR


def points(day: date, **deals: tuple[HealthBucket | None, int | None]) -> dict[str, HealthPoint]:
    return {name: HealthPoint(name, day, bucket, net) for name, (bucket, net) in deals.items()}


def test_the_biggest_moves_come_first_down_and_up_apart() -> None:
    before = points(THEN, a=(GOOD, 6), b=(GOOD, 9), c=(AVERAGE, 0), d=(AVERAGE, 1), e=(POOR, -12))
    now = points(NOW, a=(AVERAGE, 4), b=(POOR, -11), c=(AVERAGE, -2), d=(AVERAGE, 1), e=(GOOD, 5))
    found = movers(before, now)
    assert [(move.deal_id, move.buckets, move.points) for move in found.down] == [
        ("b", -3, -20),
        ("a", -1, -2),
        ("c", 0, -2),
    ]
    assert [move.deal_id for move in found.up] == ["e"]
    assert found.unchanged == 1


def test_a_bucket_decides_where_points_say_otherwise() -> None:
    found = movers(points(THEN, a=(GOOD, 5)), points(NOW, a=(AVERAGE, 7)))  # a cap
    assert [move.deal_id for move in found.down] == ["a"]


def test_without_points_only_the_bucket_is_compared() -> None:
    found = movers(points(THEN, a=(AVERAGE, None)), points(NOW, a=(AVERAGE, 3)))
    assert (found.unchanged, found.down, found.up) == (1, (), ())


def test_new_and_closed_deals_are_no_moves() -> None:
    found = movers(points(THEN, a=(GOOD, 5), b=(GOOD, 5)), points(NOW, b=(None, None), c=(POOR, -10)))
    assert (found.appeared, found.gone, found.down, found.up) == (("c",), ("a", "b"), (), ())


def test_the_change_of_one_deal_needs_two_scored_days() -> None:
    days = [HealthPoint("a", NOW - timedelta(days=back), GOOD, net) for back, net in ((0, 7), (5, None), (9, 2))]
    assert net_change(days) == 5
    assert net_change(days[:2]) is None

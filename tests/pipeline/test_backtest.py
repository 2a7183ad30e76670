"""The back-test sees the middle of a deal and nothing after it, and says what it cannot know (DOMAIN 2.5)."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from world import BUYER, NOW, RULES, World, at, days_ago

from bot.pipeline.backtest import Backtest, backtest
from bot.pipeline.backtest.figures import Rated, summarise

NEVER = RULES.benchmarks.left_out_loss_reasons
WEEK = timedelta(days=7)


def closed(world: World, deal_id: str, *, won: bool, lively: bool, ago: int = 10, cycle: int = 80) -> World:
    """Add a deal of R that lasted `cycle` days; if lively, people met and wrote around its middle."""
    status, stage = ("won", "Closed Won") if won else ("lost", "Closed Lost")
    world.deal(deal_id, age=ago + cycle, status=status, stage=stage, closed_on=days_ago(ago), account_id=deal_id)
    middle = ago + cycle // 2
    if lively:
        for days in (middle + 1, middle + 2, middle + 5):
            world.sent(days, deal_id=deal_id).received(days, deal_id=deal_id).meeting(days, deal_id=deal_id)
        world.meeting(middle - 3, deal_id=deal_id)
    return world


def company() -> World:
    return World().user().fed()


def row_half_way(world: World, known: timedelta = timedelta(0)) -> dict:
    [record] = [row for row in world.rows["opportunities"] if row["opportunity_id"] == "D"]
    half = (record["closed_on"] - record["created_on"]).days // 2
    as_of = at((NOW.date() - record["created_on"]).days - half, hour=23)
    [row] = world.pipeline().rows_at({"D": as_of}, bookings_known=known)
    return row


def test_nothing_after_the_middle_changes_the_row():
    quiet = closed(company(), "D", won=True, lively=False)
    before = row_half_way(quiet)
    quiet.sent(45).received(40).meeting(30).visit("Discovery", 2, 90, left=40).visit("Solution", 3, 40)
    quiet.add("field_history", opportunity_id="D", field="owner_id", old="R", new="S", at=at(30))
    quiet.rows["opportunities"][0]["owner_id"] = "S"
    after = row_half_way(quiet)
    engagement = (
        "days_untouched",
        "meetings_total",
        "next_meeting",
        "days_since_inbound",
        "health_net_points",
        "owner",
    )
    assert [after[name] for name in engagement] == [before[name] for name in engagement]
    assert (after["owner"], after["stage"], after["status"]) == ("R", "Discovery", "open")


LATER = st.lists(st.tuples(st.sampled_from(["sent", "received", "meeting"]), st.integers(0, 48)), max_size=8)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(LATER)
def test_whatever_happens_later_the_row_stays(later):
    world = closed(company(), "D", won=True, lively=True).meeting(9, deal_id=None)
    before = row_half_way(world)
    for kind, days in later:
        getattr(world, kind)(days)
    assert row_half_way(world) == before


def test_close_date_amount_and_forecast_are_put_back():
    world = closed(company(), "D", won=True, lively=False)
    world.rows["opportunities"][0] |= {"close_date": days_ago(10), "amount": 900.0, "forecast_category": "Commit"}
    for field, old, new in (
        ("close_date", str(days_ago(60)), str(days_ago(10))),
        ("amount", "500", "900"),
        ("forecast_category", None, "Commit"),
    ):
        world.add("field_history", opportunity_id="D", field=field, old=old, new=new, at=at(20))
    row = row_half_way(world)
    assert (row["close_date"], row["days_until_close"]) == (days_ago(60), -10)
    assert (row["amount"], row["forecast_category"]) == (500.0, None)


def test_without_recorded_changes_the_final_close_date_is_not_used():
    world = closed(company(), "D", won=True, lively=False)
    world.rows["opportunities"][0]["close_date"] = days_ago(10)
    assert (row_half_way(world)["close_date"], row_half_way(world)["days_until_close"]) == (None, None)


def test_meetings_ahead_count_only_as_far_as_they_are_taken_as_booked():
    world = closed(company(), "D", won=True, lively=True)
    assert row_half_way(world)["next_meeting"] is None
    assert row_half_way(world, WEEK)["next_meeting"] == days_ago(47)
    assert row_half_way(world, timedelta(days=1))["next_meeting"] is None


def test_benchmarks_come_from_deals_closed_before_the_month_of_the_middle():
    world = closed(company(), "D", won=True, lively=False)
    for number in range(12):
        closed(world, f"late{number}", won=True, lively=False, ago=40, cycle=30)
    assert row_half_way(world)["typical_cycle"] is None
    for number in range(12):
        closed(world, f"early{number}", won=True, lively=False, ago=100, cycle=30)
    assert row_half_way(world)["typical_cycle"] == 30


def history(lively_won: int, lively_lost: int, quiet_won: int, quiet_lost: int) -> Backtest:
    world = company()
    shapes = [
        (True, True, lively_won),
        (False, True, lively_lost),
        (True, False, quiet_won),
        (False, False, quiet_lost),
    ]
    number = 0
    for won, lively, count in shapes:
        for _ in range(count):
            number += 1
            closed(world, f"D{number}", won=won, lively=lively, ago=10 + number % 40)
    return backtest(world.pipeline(), NOW, never_a_sale=NEVER, bookings_known=WEEK)


def test_a_formula_that_tells_outcomes_apart_is_said_to():
    result = history(26, 4, 3, 27)
    rates = {each.bucket: each for each in result.buckets}
    assert (rates["Good"].n, rates["Good"].won) == (30, 26)
    assert rates["Good"].lift == pytest.approx(26 / 30 / (29 / 60))
    assert rates["Good"].low < 26 / 30 < rates["Good"].high
    assert result.monotonic
    assert result.verdict.startswith("The buckets tell outcomes apart")
    assert result.concordance > 0.85


def test_a_formula_that_points_the_wrong_way_is_said_to():
    result = history(4, 26, 27, 3)
    assert result.monotonic is False
    assert "tune the points in health.yaml" in result.verdict


def test_few_deals_prove_nothing():
    assert history(5, 1, 1, 5).verdict.startswith("Too little to judge")


def test_deals_without_dates_or_sale_are_left_out_and_counted():
    world = closed(company(), "D", won=False, lively=True)
    world.deal("E", age=None, status="won", closed_on=days_ago(3)).deal(
        "F", age=9, status="lost", closed_on=days_ago(9)
    )
    world.deal("G", age=50, status="lost", closed_on=days_ago(9), loss_reason="Duplicate").deal("H", age=40)
    world.deal("I", age=50, status="won", closed_on=days_ago(-9))
    result = backtest(world.pipeline(), NOW, never_a_sale=NEVER)
    assert (result.closed, result.left_out) == (4, 3)


def test_what_the_data_cannot_tell_is_said():
    dark = World().user().deal(age=90, status="won", closed_on=days_ago(10))
    result = backtest(dark.pipeline(), NOW, never_a_sale=NEVER)
    assert result.verdict.startswith("Nothing can be said")
    assert "no mail, meetings or calls are recorded" in result.blind_spots[0]
    assert "final dates" in result.blind_spots[1]
    seen = backtest(closed(company(), "D", won=True, lively=True).pipeline(), NOW, never_a_sale=NEVER)
    assert any("no new-business deal can be Good" in note for note in seen.blind_spots)


def test_nothing_closed_is_no_error():
    result = backtest(company().deal().contact(BUYER).pipeline(), NOW, never_a_sale=NEVER)
    assert (result.closed, result.base_rate, result.calibration) == (0, None, ())


def rated(bucket: str, net: int, won: bool, day: int) -> Rated:
    return Rated(f"{bucket}{day}{won}", won, date(2026, 1, 1) + timedelta(days=day), bucket, net, True)


def test_calibration_learns_from_the_earlier_half():
    half = [rated("Good", 6, day % 4 != 0, day) for day in range(40)] + [
        rated("Poor", -11, False, day) for day in range(40)
    ]
    later = [rated("Good", 6, day % 2 == 0, 100 + day) for day in range(40)]
    later += [rated("Poor", -11, False, 100 + day) for day in range(40)]
    result = summarise([*half, *later], left_out=0, blind_spots=())
    good, poor = result.calibration
    assert (good.expected, good.observed, good.n, good.holds) == (0.75, 0.5, 40, False)
    assert (poor.expected, poor.observed, poor.holds) == (0.0, 0.0, True)
    assert result.brier < result.brier_base


def test_concordance_is_one_half_if_points_say_nothing():
    same = [rated("Average", 0, won, day) for day, won in enumerate([True, False] * 10)]
    assert summarise(same, left_out=0, blind_spots=()).concordance == 0.5
    assert summarise([rated("Good", 6, True, 1)], left_out=0, blind_spots=()).concordance is None

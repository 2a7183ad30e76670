"""Benchmarks beside plain arithmetic: populations, ladder, sample rules, privacy and leakage (DOMAIN 2.4)."""

from datetime import timedelta
from pathlib import Path
from statistics import mean, median, quantiles

import pytest
from world import NOW, TODAY, World, at, days_ago

from bot.pipeline.benchmarks import load_benchmark_rules
from bot.pipeline.benchmarks.ladder import wilson
from bot.playbook import PlaybookError

SHIPPED = Path(__file__).parents[2] / "knowledge" / "playbook" / "benchmarks.yaml"
CYCLES = [30, 40, 45, 50, 55, 60, 60, 65, 70, 80, 90, 95]


def company() -> World:
    """R and S work the same segment and discipline, T the same segment only; D is R's open deal."""
    world = World().user("R", segment="Mid", discipline="Inside").user("S", "Sam", segment="Mid", discipline="Inside")
    return world.user("T", "Tea", segment="Mid", discipline="Field").deal()


def closed(
    world: World, number: int, cycle: int, *, ago: int = 10, owner: str = "S", won: bool = True, **more
) -> World:
    """Add a deal closed `ago` days ago after `cycle` days: Discovery for the first half, then Solution."""
    deal_id, half = f"{owner}{number}-{ago}-{won}", cycle // 2
    status, stage = ("won", "Closed Won") if won else ("lost", "Closed Lost")
    deal = {"owner_id": owner, "status": status, "stage": stage, "stage_order": 6, "closed_on": days_ago(ago)}
    world.deal(deal_id, age=ago + cycle, account_id=deal_id, **(deal | more))
    world.visit("Discovery", 2, ago + cycle, left=ago + cycle - half, deal_id=deal_id)
    world.visit("Solution", 3, ago + cycle - half, left=ago, deal_id=deal_id)
    return world.visit(stage, 6, ago, deal_id=deal_id)


def many(world: World, cycles: list[int], **more) -> World:
    for number, cycle in enumerate(cycles):
        closed(world, number, cycle, **more)
    return world


def benchmarks(world: World, deal_id: str = "D", as_of=NOW):
    return world.pipeline().brief(deal_id, as_of).benchmarks


def test_values_are_those_of_plain_arithmetic():
    found = benchmarks(many(company(), CYCLES))
    cycle = found["typical_cycle"]
    assert (cycle.value, cycle.n, cycle.median) == (pytest.approx(mean(CYCLES)), 12, median(CYCLES))
    assert cycle.p75 == pytest.approx(quantiles(CYCLES, n=4, method="inclusive")[2])
    assert cycle.level == "L1: same type, segment and discipline, last 180 d"
    halves = [cycle // 2 for cycle in CYCLES]
    assert found["typical_days_in_stage"].value == pytest.approx(mean(halves))
    assert found["typical_days_to_won_from_stage"].value == pytest.approx(mean(CYCLES))


def test_stage_benchmarks_belong_to_the_stage_of_the_deal():
    world = many(company(), CYCLES).deal("E", stage="Solution", stage_order=3)
    rest = [cycle - cycle // 2 for cycle in CYCLES]
    assert benchmarks(world, "E")["typical_days_to_won_from_stage"].value == pytest.approx(mean(rest))
    assert "typical_days_to_won_from_stage" not in benchmarks(
        many(company(), CYCLES).deal("E", stage="Legal", stage_order=9), "E"
    )


def test_contacts_are_persons_engaged_by_the_owner_while_open():
    world = company()
    for number in range(10):
        closed(world, number, 60)
        deal_id = f"S{number}-10-True"
        for person in range(number % 3 + 1):
            world.activity("email", at(30), f"p{person}@x.example", deal_id=deal_id, user_id="S", direction="inbound")
        world.activity("email", at(5), "late@x.example", deal_id=deal_id, user_id="S", direction="outbound")
        world.activity("email", at(30), "not@x.example", deal_id=deal_id, user_id="T", direction="outbound")
        world.activity("meeting", at(30), "no@x.example", "p0@x.example", deal_id=deal_id, user_id="S",
                       status="confirmed", declined=["no@x.example"])  # fmt: skip
    found = benchmarks(world)["typical_contacts_won"]
    assert (found.value, found.n) == (pytest.approx(mean(number % 3 + 1 for number in range(10))), 10)


def test_ladder_steps_down_and_says_why():
    world = many(company(), CYCLES[:4])  # S: L1, too few
    world = many(world, CYCLES[4:], owner="T")  # T: with S enough for L2
    cycle = benchmarks(world)["typical_cycle"]
    assert cycle.level.startswith("L2: same type and segment")
    assert cycle.n == 12
    assert cycle.rejected == ()  # four deals of one other rep are nobody's business
    world = closed(world, 99, 50)
    [rejected] = benchmarks(world)["typical_cycle"].rejected
    assert (rejected.n, rejected.reason) == (5, "fewer than 10 closed")


@pytest.mark.parametrize(
    ("owner", "more", "level"),
    [
        ("S", {"ago": 179}, "L1"),
        ("S", {"ago": 180}, "L5"),
        ("S", {"ago": 364}, "L5"),
        ("S", {"ago": 365}, None),
        ("S", {"deal_type": "Existing Business"}, "L6"),
        ("T", {}, "L2"),
        ("U", {}, "L3"),
        ("V", {}, "L4"),
    ],
)
def test_each_level(owner, more, level):
    world = company().user("U", "Ugo", segment="Ent", discipline="Inside")
    world = many(world.user("V", "Val", segment="Ent", discipline="Field"), CYCLES, owner=owner, **more)
    found = benchmarks(world).get("typical_cycle")
    assert (found.level.split(":")[0] if found else None) == level


def test_values_that_differ_too_much_are_not_quoted():
    wild = [1] * 9 + [500]
    assert "typical_cycle" not in benchmarks(many(company(), wild))


@pytest.mark.parametrize(
    "more",
    [
        {"amount": 0.0},
        {"amount": -5.0},
        {"won": False, "loss_reason": "Duplicate of another deal"},
        {"won": False, "loss_reason": "never accepted"},
        {"closed_on": TODAY + timedelta(days=3)},
    ],
)
def test_deals_that_were_never_a_sale_or_not_closed_yet_are_left_out(more):
    world = many(company(), CYCLES)
    before = benchmarks(world)
    for number in range(30):
        closed(world, 100 + number, 400, **more)
    assert benchmarks(world) == before


def test_an_unknown_amount_is_not_an_amount_of_zero():
    assert benchmarks(many(company(), CYCLES, amount=None))["typical_cycle"].n == 12


def test_nothing_after_the_clock_leaks_in():
    world = many(many(company(), CYCLES, ago=40), [5] * 30, ago=10)
    earlier = benchmarks(world, as_of=NOW - timedelta(days=20))["typical_cycle"]
    assert (earlier.n, earlier.value) == (12, pytest.approx(mean(CYCLES)))


def test_win_rate_is_the_reps_own_first():
    world = many(many(company(), CYCLES, owner="R"), CYCLES[:8], owner="R", won=False, ago=20)
    own = benchmarks(world)["typical_win_rate_from_stage"]
    assert (own.level, own.n, own.value) == ("R1: own deals of the rep, same type, last 180 d", 20, pytest.approx(0.6))
    assert (own.low, own.high) == pytest.approx((0.3866, 0.7812), abs=1e-4)
    world = many(many(company(), CYCLES, owner="S"), CYCLES[:8], owner="S", won=False, ago=20)
    others = benchmarks(world)["typical_win_rate_from_stage"]
    assert others.level.startswith("L1")
    assert [each.level[:2] for each in others.rejected] == ["R1", "R2"]


def test_win_rate_counts_deals_that_reached_the_stage():
    world = many(many(company(), CYCLES), CYCLES, won=False, ago=20)
    for number in range(10):  # lost in Discovery: they never reached Solution
        deal_id = f"early{number}"
        deal = {"owner_id": "S", "status": "lost", "stage": "Closed Lost", "closed_on": days_ago(20)}
        world.deal(deal_id, age=60, account_id=deal_id, **deal)
        world.visit("Discovery", 2, 60, left=20, deal_id=deal_id).visit("Closed Lost", 6, 20, deal_id=deal_id)
    world.deal("E", stage="Solution", stage_order=3)
    assert benchmarks(world)["typical_win_rate_from_stage"].value == pytest.approx(12 / 34)
    assert benchmarks(world, "E")["typical_win_rate_from_stage"].value == pytest.approx(12 / 24)


def test_configured_defaults_are_labelled_and_exist_only_for_stages():
    found = benchmarks(company())
    assert set(found) == {"typical_days_in_stage", "typical_win_rate_from_stage"}
    rate = found["typical_win_rate_from_stage"]
    assert (rate.value, rate.n, rate.level) == (0.35, 0, "L7: configured, not measured")
    assert found["typical_days_in_stage"].value == 18


def test_an_owner_without_segment_is_compared_with_the_company():
    world = many(World().user("R").user("S", "Sam").deal(), CYCLES)
    cycle = benchmarks(world)["typical_cycle"]
    assert cycle.level.startswith("L4")
    assert cycle.rejected[0].reason == "the owner's segment and discipline not recorded"


def test_closed_deals_have_no_stage_benchmarks():
    found = benchmarks(many(company(), CYCLES), "S0-10-True")
    assert set(found) == {"typical_cycle"}


def test_supplied_benchmarks_replace_the_computed_ones():
    world = many(company(), CYCLES)
    world.supplied = {"D": {}}
    assert benchmarks(world) == {}


@pytest.mark.parametrize(
    ("rate", "n", "low", "high"), [(0.5, 10, 0.2366, 0.7634), (0.0, 20, 0.0, 0.1611), (1.0, 20, 0.8389, 1.0)]
)
def test_wilson(rate, n, low, high):
    assert wilson(rate, n) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("right", "wrong", "hint"),
    [
        ("code: L2", "code: L1", "used twice"),
        ("same: [type], days: 180", "same: [region], days: 180", "owner"),
        ("same: [type], days: 180", "same: [type]", "days"),
        ("relative_error: 0.35", "relative_error: 0", "greater than 0"),
    ],
)
def test_a_broken_playbook_is_refused(right, wrong, hint, tmp_path):
    text = SHIPPED.read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "benchmarks.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(PlaybookError, match=hint):
        load_benchmark_rules(tmp_path)

"""Conversion, bottleneck, ageing and win/loss, beside figures counted by hand."""

from datetime import date, timedelta

import pytest
import yaml
from world import NOW, RULES, TODAY, World, days_ago

from bot.pipeline.forecast import AccuracyRules
from bot.pipeline.model import Deal, DealStatus, DealType, User
from bot.pipeline.reports import (
    blocked_deals,
    bottlenecks,
    conversion,
    load_reports,
    stage_accuracy,
    stage_ageing,
    win_loss,
)
from bot.pipeline.reports.conversion import months_back
from bot.playbook import PlaybookError
from bot.resources import shipped

PLAYBOOK = shipped("knowledge") / "playbook"
REPORTS = load_reports(PLAYBOOK, RULES.stages)
STAGES = RULES.stages
CONVERSION = REPORTS.conversion


def journey(world: World, deal_id: str, *entered: tuple[str, int], closed: str | None = None, **more) -> World:
    """Add a deal that entered stages so many days ago; `closed` (won or lost) today unless `closed_on` is given."""
    names = [stage.name for stage in STAGES.stages]
    closing = {"status": closed, "closed_on": TODAY} if closed else {}
    stage = entered[-1][0]
    record = {"stage": stage, "stage_order": names.index(stage) + 1, "amount": 100.0, "currency": "USD"}
    world.deal(deal_id, age=entered[0][1], **(record | closing | more))
    for (name, days), following in zip(entered, [*entered[1:], None], strict=True):
        left = following[1] if following else None
        world.visit(name, names.index(name) + 1, days, left, deal_id=deal_id)
    return world


def company() -> World:
    """Five deals that entered Qualification: two advanced (one moved back since), one skipped, one lost, one waits."""
    world = World().user()
    journey(world, "advanced", ("Qualification", 40), ("Discovery", 20))
    journey(world, "returned", ("Qualification", 40), ("Discovery", 30), ("Qualification", 10))
    journey(world, "skipped", ("Qualification", 40), ("Commercial", 20), ("Closed Won", 0), closed="won")
    journey(world, "lost", ("Qualification", 40), ("Closed Lost", 0), closed="lost", loss_reason="Price")
    journey(world, "waiting", ("Qualification", 40), amount=None, currency=None)
    return world


def test_conversion_counts_those_who_went_further() -> None:
    steps = {step.stage: step for step in conversion(company().pipeline(), NOW, STAGES, CONVERSION)}
    flow = steps["Qualification"].total
    assert (flow.entered, flow.advanced, flow.lost, flow.waiting) == (5, 3, 1, 1)
    assert flow.rate == pytest.approx(0.6)
    assert flow.value["USD"] == (400.0, 300.0)
    assert list(steps) == ["Qualification", "Discovery", "Commercial"]
    assert (steps["Commercial"].towards, steps["Commercial"].total.rate) == ("Closed Won", 1.0)
    assert steps["Discovery"].total.waiting == 2


def test_deals_are_counted_in_the_month_they_entered() -> None:
    world = company()
    journey(world, "older", ("Qualification", 75), ("Discovery", 70))
    [step, *_] = conversion(world.pipeline(), NOW, STAGES, CONVERSION)
    assert {month.first: month.flow.entered for month in step.months} == {date(2026, 7, 1): 1, date(2026, 8, 1): 5}
    [recent, *_] = conversion(world.pipeline(), NOW, STAGES, CONVERSION, months=2)
    assert recent.total.entered == 5


def test_only_the_asked_for_deals_are_counted() -> None:
    [step] = conversion(company().pipeline(), NOW, STAGES, CONVERSION, ["lost", "waiting"])
    assert (step.total.entered, step.total.advanced) == (2, 0)


def test_nothing_after_the_asked_for_day_is_seen() -> None:
    earlier = NOW - timedelta(days=25)
    [step, *_] = conversion(company().pipeline(), earlier, STAGES, CONVERSION)
    assert (step.total.advanced, step.total.lost, step.total.waiting) == (1, 0, 4)


def test_an_advance_without_a_note_is_incomplete() -> None:
    world = company()
    [before, *_] = conversion(world.pipeline(), NOW, STAGES, CONVERSION)
    assert before.total.undocumented is None
    world.add("notes", note_id="N", opportunity_id="advanced", on=days_ago(22), text="They confirmed the problem")
    world.add("notes", note_id="M", opportunity_id="returned", on=days_ago(5), text="Too late to explain it")
    [after, *_] = conversion(world.pipeline(), NOW, STAGES, CONVERSION)
    assert after.total.undocumented == 2


def test_the_bottleneck_is_the_step_that_loses_most_against_before() -> None:
    world = World().user()
    for number in range(40):
        won_before = number % 2 == 0
        later = [("Discovery", 290)] if won_before else [("Closed Lost", 290)]
        journey(world, f"b{number}", ("Qualification", 300), *later, closed=None if won_before else "lost",
                **({} if won_before else {"closed_on": days_ago(290)}))  # fmt: skip
        advances = number % 4 == 0
        ending = [("Discovery", 20)] if advances else [("Closed Lost", 20)]
        journey(world, f"n{number}", ("Qualification", 40), *ending, closed=None if advances else "lost",
                **({} if advances else {"closed_on": days_ago(20)}))  # fmt: skip
    [worst, other] = bottlenecks(world.pipeline(), NOW, STAGES, CONVERSION, REPORTS.bottleneck)
    assert (worst.stage, worst.measured, worst.baseline, worst.actual) == ("Qualification", True, 0.5, 0.25)
    assert worst.lost_deals == pytest.approx(10)
    assert worst.hint
    assert (other.stage, other.lost_deals, other.measured) == ("Discovery", None, False)
    assert other.baseline == pytest.approx(0.35 / 0.55)


def test_ageing_flags_open_deals_above_the_measured_percentile() -> None:
    world = World().user()
    for days in range(1, 13):
        journey(world, f"c{days}", ("Discovery", days + 50), ("Closed Lost", 50), closed="lost", closed_on=days_ago(50))
    journey(world, "quick", ("Discovery", 9)).rows["opportunities"][-1]["name"] = "Quick"
    journey(world, "slow", ("Discovery", 10))
    [age] = stage_ageing(world.pipeline(), NOW, STAGES, REPORTS.ageing)
    assert (age.stays, age.median_days, age.p75_days) == (12, 6.5, 9.25)
    assert [(deal.id, deal.days, deal.over) for deal in age.above] == [("slow", 10, 0.75)]
    assert (age.open_deals, age.open_median_days) == (2, 9.5)


def test_too_few_stays_flag_nobody() -> None:
    world = journey(
        World().user(), "closed", ("Discovery", 60), ("Closed Lost", 50), closed="lost", closed_on=days_ago(50)
    )
    [age] = stage_ageing(journey(world, "old", ("Discovery", 400)).pipeline(), NOW, STAGES, REPORTS.ageing)
    assert (age.stays, age.median_days, age.p75_days, age.above) == (1, None, None, ())


def test_losses_by_last_stage_and_reason() -> None:
    world = company()
    journey(world, "far", ("Qualification", 60), ("Solution", 30), closed="lost", loss_reason=None, currency="EUR")
    journey(world, "long ago", ("Qualification", 600), ("Closed Lost", 500), closed="lost", closed_on=days_ago(500))
    world.deal("untracked", status="lost", closed_on=TODAY, loss_reason="Price", amount=7.0, currency="USD")
    found = win_loss(world.pipeline(), NOW, STAGES, REPORTS.win_loss)
    assert (found.won, found.lost, found.win_rate) == (1, 3, 0.25)
    losses = {(each.stage, each.reason): (each.deals, dict(each.value)) for each in found.endings if not each.won}
    assert losses == {
        ("Qualification", "Price"): (1, {"USD": 100.0}),
        ("Solution", None): (1, {"EUR": 100.0}),
        ("not recorded", "Price"): (1, {"USD": 7.0}),
    }
    assert found.reasons() == [("Price", 2), ("no reason recorded", 1)]


def test_what_a_stage_chance_was_worth() -> None:
    world, rules = company(), AccuracyRules(days=365, least_deals=5)
    for number in range(3):
        journey(world, f"lost{number}", ("Qualification", 40), ("Closed Lost", 0), closed="lost")
    found = {each.stage: each for each in stage_accuracy(world.pipeline(), NOW, STAGES, rules)}
    assert (found["Qualification"].deals, found["Qualification"].measured) == (5, 0.2)
    assert (found["Commercial"].deals, found["Commercial"].measured, found["Commercial"].is_off) == (1, None, False)


def test_blockers_are_grouped_or_said_to_be_unrecorded() -> None:
    def deal(deal_id: str, **custom: str) -> Deal:
        return Deal(
            id=deal_id, name=deal_id, account="X", owner=User("R", "Rita"), type=None, stage="Solution",
            deal_type=DealType.NEW_BUSINESS, status=DealStatus.OPEN, created_on=None, amount=10.0, currency="USD",
            custom=custom,
        )  # fmt: skip

    known = ("Legal Redline",)
    assert blocked_deals([deal("a")], ["blocker"], known) is None
    found = blocked_deals([deal("a", Blocker="Legal redline"), deal("b", Blocker="The weather")], ["blocker"], known)
    assert found is not None
    assert [(each.blocker, each.deals, each.listed) for each in found] == [
        ("Legal redline", ("a",), True),
        ("The weather", ("b",), False),
    ]


def test_months_back_crosses_the_year() -> None:
    assert months_back(date(2026, 2, 28), 0) == date(2026, 2, 1)
    assert months_back(date(2026, 2, 28), 14) == date(2024, 12, 1)


def test_a_hint_for_an_unknown_stage_is_refused_with_its_line(tmp_path) -> None:
    text = yaml.safe_load((PLAYBOOK / "reports.yaml").read_text())
    text["bottleneck"]["hints"]["Daydreaming"] = "wake up"
    (tmp_path / "reports.yaml").write_text(yaml.safe_dump(text))
    with pytest.raises(PlaybookError, match=r"reports.yaml:\d+: bottleneck.hints: .*'Daydreaming'"):
        load_reports(tmp_path, STAGES)

"""The weighted forecast, against the worked example of the book and by hand."""

from datetime import date
from typing import Any

import pytest
import yaml
from world import RULES

from bot.pipeline.forecast import ProbabilitySource, load_forecast, weighted_forecast
from bot.pipeline.model import Deal, DealStatus, DealType, User
from bot.pipeline.stages import ProbabilityPreset
from bot.playbook import PlaybookError
from bot.resources import shipped

TODAY = date(2026, 5, 4)
MAY, JUNE = date(2026, 5, 20), date(2026, 6, 30)


def chances(preset: ProbabilityPreset) -> dict[str, float]:
    return {stage.name: RULES.stages.probability_of(stage, preset) for stage in RULES.stages.open_stages}


BOOK, DEFAULT = chances(ProbabilityPreset.BOOK), chances(ProbabilityPreset.DEFAULT)


def deal(deal_id: str, stage: str, amount: float | None, close: date | None, **more: Any) -> Deal:
    plain = {"currency": "USD", "status": DealStatus.OPEN, "created_on": None}
    return Deal(
        id=deal_id, name=deal_id, account=deal_id, owner=User("R", "Rita"), type=None, stage=stage,
        deal_type=DealType.NEW_BUSINESS, amount=amount, close_date=close, **(plain | more),
    )  # fmt: skip


EXAMPLE = [
    deal("A", "Discovery", 50_000, MAY),
    deal("B", "Commercial", 120_000, MAY),
    deal("C", "Solution", 30_000, JUNE),
]


def test_the_worked_example_of_the_book() -> None:
    months = weighted_forecast(EXAMPLE, BOOK, TODAY).months
    assert [(month.first, month.totals[0].weighted) for month in months] == [
        (date(2026, 5, 1), pytest.approx(71_500)),
        (date(2026, 6, 1), pytest.approx(16_500)),
    ]


def test_the_default_chances_rise_at_commercial() -> None:
    [may, june] = weighted_forecast(EXAMPLE, DEFAULT, TODAY).months
    assert may.totals[0].weighted == pytest.approx(50_000 * 0.35 + 120_000 * 0.65)
    assert june.totals[0].weighted == pytest.approx(16_500)


def test_currencies_are_never_added_up() -> None:
    mixed = [*EXAMPLE, deal("E", "Solution", 10_000, MAY, currency="EUR"), deal("F", "Solution", 1, MAY, currency=None)]
    found = weighted_forecast(mixed, BOOK, TODAY)
    assert [(total.currency, total.deals) for total in found.months[0].totals] == [(None, 1), ("EUR", 1), ("USD", 2)]
    assert {total.currency: total.amount for total in found.totals} == {None: 1, "EUR": 10_000, "USD": 200_000}


def test_what_cannot_be_weighed_is_named_with_what_is_missing() -> None:
    odd = [
        deal("G", "Discovery", None, None),
        deal("H", "Daydreaming", 5_000, MAY),
        deal("I", "Discovery", 5_000, MAY, status=DealStatus.LOST),
    ]
    found = weighted_forecast([*EXAMPLE, *odd], BOOK, TODAY)
    assert {each.deal.id: each.missing for each in found.left_out} == {
        "G": ("amount", "close date"),
        "H": ("probability for stage Daydreaming",),
    }
    assert sum(len(month.deals) for month in found.months) == 3


def test_an_amount_of_zero_is_an_amount() -> None:
    found = weighted_forecast([deal("Z", "Discovery", 0, MAY)], BOOK, TODAY)
    assert (found.left_out, found.totals[0].amount) == ((), 0)


def test_months_that_are_over_are_marked_this_one_is_not() -> None:
    late = [deal("L", "Discovery", 1, date(2026, 4, 30)), deal("M", "Discovery", 1, date(2026, 5, 1))]
    assert [month.is_past for month in weighted_forecast(late, BOOK, TODAY).months] == [True, False]


def test_a_typed_chance_is_used_only_where_asked_for() -> None:
    typed = [deal("T", "Discovery", 1_000, MAY, probability=80.0), deal("U", "Discovery", 1_000, MAY)]
    assert weighted_forecast(typed, BOOK, TODAY).totals[0].weighted == pytest.approx(700)
    found = weighted_forecast(typed, BOOK, TODAY, ProbabilitySource.CRM_FIRST)
    assert [(each.probability, each.typed) for each in found.months[0].deals] == [(0.8, True), (0.35, False)]


def test_categories_are_summed_beside() -> None:
    named = [deal("A", "Discovery", 100, MAY, forecast_category="Commit"), deal("B", "Discovery", 200, MAY)]
    found = weighted_forecast(named, BOOK, TODAY).by_category
    assert {name: totals[0].weighted for name, totals in found.items()} == pytest.approx(
        {"Commit": 35, "no category": 70}
    )


def test_a_mistaken_playbook_is_refused_with_its_line(tmp_path) -> None:
    good = yaml.safe_load((shipped("knowledge") / "playbook" / "forecast.yaml").read_text())
    (tmp_path / "forecast.yaml").write_text(yaml.safe_dump(good | {"probability": "gut feeling"}))
    with pytest.raises(PlaybookError, match=r"forecast.yaml:\d+: probability"):
        load_forecast(tmp_path)

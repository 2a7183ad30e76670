"""The weighted forecast by close month and category."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.cli.desk import Desk, amounts, print_notes, print_table, print_title
from bot.pipeline.forecast import Forecast, Total, WeightedDeal, load_forecast, weighted_forecast
from bot.pipeline.stages import ProbabilityPreset
from bot.pipeline.wording import listed


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """The forecast and the set of chances it used."""

    whose: str
    preset: ProbabilityPreset
    forecast: Forecast

    def as_json(self) -> dict[str, Any]:
        """The figures without the deals' whole records."""
        return {
            "preset": self.preset.value,
            "months": [
                {
                    "month": month.first,
                    "is_past": month.is_past,
                    "totals": month.totals,
                    "deals": [
                        {
                            "id": each.deal.id,
                            "name": each.deal.name,
                            "stage": each.deal.stage,
                            "amount": each.amount,
                            "currency": each.deal.currency,
                            "probability": each.probability,
                            "weighted": each.weighted,
                        }
                        for each in month.deals
                    ],
                }
                for month in self.forecast.months
            ],
            "totals": self.forecast.totals,
            "by_category": self.forecast.by_category,
            "left_out": [
                {"id": each.deal.id, "name": each.deal.name, "missing": each.missing} for each in self.forecast.left_out
            ],
        }


def fetch_forecast(desk: Desk, preset: ProbabilityPreset | None) -> ForecastReport:
    """Weighted forecast of the desk's open deals."""
    stages = desk.runtime.rules.stages
    chosen = preset or stages.probability_preset
    chances = {stage.name: stages.probability_of(stage, chosen) for stage in stages.open_stages}
    deals = [brief.deal for brief in desk.pipeline.briefs(desk.open_ids, desk.now)]
    source = load_forecast(desk.runtime.settings.playbook_dir).probability
    return ForecastReport(desk.whose, chosen, weighted_forecast(deals, chances, desk.today, source))


def weighted(totals: Sequence[Total]) -> list[tuple[str | None, float]]:
    """Weighted value by currency."""
    return [(total.currency, total.weighted) for total in totals]


def print_forecast(found: ForecastReport) -> None:
    """Months with their deals, totals, categories, and what was left out."""
    forecast = found.forecast
    total = amounts(weighted(forecast.totals))
    print_title(
        f"Weighted forecast: {total}", f"amount x chance of the stage ({found.preset.value} set), {found.whose}"
    )
    rows = []
    for month in forecast.months:
        name = f"{month.first:%B %Y}" + (" (past)" if month.is_past else "")
        raw = amounts((total.currency, total.amount) for total in month.totals)
        rows.append((name, len(month.deals), raw, amounts(weighted(month.totals)), _largest(month.deals)))
    print_table(("close month", "#deals", "#amount", "#weighted", "largest"), rows)
    categories = [
        (name, sum(t.deals for t in totals), amounts(weighted(totals))) for name, totals in forecast.by_category.items()
    ]
    print_table(("forecast category", "#deals", "#weighted"), categories)
    print_notes(f"left out: {each.deal.name}, no {listed(each.missing)}" for each in forecast.left_out)


def _largest(deals: Sequence[WeightedDeal]) -> str:
    ranked = sorted(deals, key=lambda each: -each.weighted)[:2]
    return "; ".join(
        f"{each.deal.account} {each.amount:,.0f} x {each.probability:.2f} = {each.weighted:,.0f}" for each in ranked
    )

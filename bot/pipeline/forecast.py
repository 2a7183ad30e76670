"""The weighted forecast: amount times the chance of winning, by close month and currency (DOMAIN 7, 12.2).

Currencies are never added up: a month has one total for each. Whatever cannot be weighed is named.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from bot.pipeline.model import Deal
from bot.playbook import load_playbook


class ProbabilitySource(StrEnum):
    """Where a deal's chance of winning comes from."""

    STAGE = "stage"
    """The chance its stage carries in the playbook."""
    CRM_FIRST = "crm_first"
    """The one typed on the deal, else that of the stage."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccuracyRules(_Strict):
    """Which closed deals show what the chances were worth."""

    days: PositiveInt
    least_deals: Annotated[int, Field(ge=5)]


class ForecastRules(_Strict):
    """`forecast.yaml`."""

    probability: ProbabilitySource
    accuracy: AccuracyRules


def load_forecast(playbook_dir: Path) -> ForecastRules:
    """Read `forecast.yaml`. Raises PlaybookError with file, line, field and fix."""
    return load_playbook(playbook_dir / "forecast.yaml", ForecastRules)


@dataclass(frozen=True, slots=True)
class WeightedDeal:
    """One deal of a month. `probability` is 0-1; `typed` says it came from the deal, not from its stage."""

    deal: Deal
    amount: float
    probability: float
    typed: bool = False

    @property
    def weighted(self) -> float:
        """What the deal adds to its month, in its own currency."""
        return self.amount * self.probability


@dataclass(frozen=True, slots=True)
class Total:
    """What deals of one currency add up to. `currency` is None where none is recorded."""

    currency: str | None
    deals: int
    amount: float
    weighted: float


@dataclass(frozen=True, slots=True)
class Month:
    """Deals that close in the month that begins on `first`; `is_past` if it ended before today."""

    first: date
    deals: tuple[WeightedDeal, ...]
    totals: tuple[Total, ...]
    is_past: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An open deal that cannot be weighed, and what is missing."""

    deal: Deal
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Months in order, their totals over all months and by forecast category, and what was left out."""

    months: tuple[Month, ...]
    totals: tuple[Total, ...]
    by_category: Mapping[str, tuple[Total, ...]]
    left_out: tuple[LeftOut, ...]


def weighted_forecast(
    deals: Iterable[Deal],
    probabilities: Mapping[str, float],
    today: date,
    source: ProbabilitySource = ProbabilitySource.STAGE,
) -> Forecast:
    """Weigh open deals. `probabilities` maps stage to 0-1; closed deals are skipped."""
    weighed: list[WeightedDeal] = []
    left_out: list[LeftOut] = []
    for deal in deals:
        if not deal.is_open:
            continue
        found = _weighed(deal, probabilities, source)
        if isinstance(found, LeftOut):
            left_out.append(found)
        else:
            weighed.append(found)
    return Forecast(_months(weighed, today), _totals(weighed), _by_category(weighed), tuple(left_out))


def _weighed(deal: Deal, probabilities: Mapping[str, float], source: ProbabilitySource) -> WeightedDeal | LeftOut:
    typed = source is ProbabilitySource.CRM_FIRST and deal.probability is not None
    probability = (deal.probability or 0) / 100 if typed else probabilities.get(deal.stage)
    if deal.amount is None or deal.close_date is None or probability is None:
        gaps = {
            "amount": deal.amount is None,
            "close date": deal.close_date is None,
            f"probability for stage {deal.stage}": probability is None,
        }
        return LeftOut(deal, tuple(name for name, missing in gaps.items() if missing))
    return WeightedDeal(deal, deal.amount, probability, typed)


def _months(deals: Iterable[WeightedDeal], today: date) -> tuple[Month, ...]:
    months: dict[date, list[WeightedDeal]] = defaultdict(list)
    for each in deals:
        if each.deal.close_date:
            months[each.deal.close_date.replace(day=1)].append(each)
    this_month = today.replace(day=1)
    return tuple(
        Month(first, tuple(found), _totals(found), first < this_month) for first, found in sorted(months.items())
    )


def _by_category(deals: Iterable[WeightedDeal]) -> dict[str, tuple[Total, ...]]:
    groups: dict[str, list[WeightedDeal]] = defaultdict(list)
    for each in deals:
        groups[each.deal.forecast_category or "no category"].append(each)
    return {category: _totals(found) for category, found in sorted(groups.items())}


def _totals(deals: Iterable[WeightedDeal]) -> tuple[Total, ...]:
    groups: dict[str | None, list[WeightedDeal]] = defaultdict(list)
    for each in deals:
        groups[each.deal.currency].append(each)
    return tuple(
        Total(currency, len(found), sum(each.amount for each in found), sum(each.weighted for each in found))
        for currency, found in sorted(groups.items(), key=lambda group: group[0] or "")
    )

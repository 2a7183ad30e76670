"""Which deals a question keeps: "over 50k", "in Commercial", "at risk", "renewals"."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.coach.money import money
from bot.coach.numerals import SUM, sum_of
from bot.pipeline.brief import DealBrief, HealthBucket
from bot.pipeline.model import DealType

_CURRENCY = r"(?:\s?(usd|eur|gbp|chf|nok|sek|dkk|dollars?|euros?|pounds?))?"
_OVER = re.compile(
    rf"\b(?:over|above|more than|bigger than|larger than|at least|from)\s+([$€£]?){SUM}{_CURRENCY}", re.IGNORECASE
)
_UNDER = re.compile(
    rf"\b(?:under|below|less than|smaller than|at most|up to)\s+([$€£]?){SUM}{_CURRENCY}", re.IGNORECASE
)
_BETWEEN = re.compile(rf"\bbetween\s+([$€£]?){SUM}\s+(?:and|to)\s+([$€£]?){SUM}{_CURRENCY}", re.IGNORECASE)
_CODES = {"$": "USD", "€": "EUR", "£": "GBP", "dollar": "USD", "euro": "EUR", "pound": "GBP"}
_AT_RISK = frozenset({HealthBucket.AT_RISK, HealthBucket.POOR})
"""What people mean by "at risk": the bucket of that name and the worse one."""

_BUCKETS = (
    (_AT_RISK, re.compile(r"\bat[- ]risk\b(?! share)|\bin trouble\b|\bred\b", re.I)),
    (frozenset({HealthBucket.POOR}), re.compile(r"\bpoor\b", re.I)),
    (frozenset({HealthBucket.AVERAGE}), re.compile(r"\b(rated |are )average\b|\baverage deals\b", re.I)),
    (frozenset({HealthBucket.GOOD}), re.compile(r"\b(rated |are )good\b|\bgood deals\b|\bhealthy\b", re.I)),
)
_TYPES = (
    (DealType.EXISTING_BUSINESS, re.compile(r"\brenewals?\b|\bexisting business\b", re.I)),
    (DealType.NEW_BUSINESS, re.compile(r"\bnew business\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a deal must be to stay. None or empty asks for nothing."""

    at_least: float | None = None
    at_most: float | None = None
    currency: str | None = None
    stage: str | None = None
    buckets: frozenset[HealthBucket] = frozenset()
    deal_type: DealType | None = None

    def keep(self, brief: DealBrief) -> bool:
        """Whether the deal is known to be all that was asked for."""
        return all(self._verdicts(brief).values())

    def doubt(self, brief: DealBrief) -> str | None:
        """Why it cannot be told whether the deal fits; None if it can, either way."""
        verdicts = self._verdicts(brief)
        if any(fits is False for fits in verdicts.values()):
            return None
        return next((why for why, fits in verdicts.items() if fits is None), None)

    def _verdicts(self, brief: DealBrief) -> dict[str, bool | None]:
        """What was asked for, by what would be missing: does the deal fit? None where that is not known."""
        amount, low, high = brief.deal.amount, self.at_least, self.at_most
        in_bounds = None if amount is None else (low is None or amount >= low) and (high is None or amount <= high)
        if in_bounds and self.currency is not None and brief.deal.currency is not None:
            in_bounds = brief.deal.currency.upper() == self.currency
        rated = None if brief.health.insufficient else brief.health.bucket in self.buckets
        return {
            "no amount is recorded": in_bounds if low is not None or high is not None else True,
            "too little is known to rate them": rated if self.buckets else True,
            "no stage is recorded": self.stage is None or brief.deal.stage.casefold() == self.stage.casefold(),
            "no type is recorded": self._is_of_type(brief),
        }

    def _is_of_type(self, brief: DealBrief) -> bool | None:
        if self.deal_type is None or brief.deal.deal_type is self.deal_type:
            return True
        return False if brief.deal.type else None

    @property
    def words(self) -> str:
        """What is asked for, as it stands in a heading; empty if nothing is."""
        parts = [
            f"{self._sum(self.at_least)} or more" if self.at_least is not None else "",
            f"{self._sum(self.at_most)} or less" if self.at_most is not None else "",
            f"in {self.stage}" if self.stage else "",
            " or ".join(sorted(bucket.value for bucket in self.buckets)),
            self.deal_type.value if self.deal_type else "",
        ]
        return ", ".join(part for part in parts if part)

    @property
    def on_amount(self) -> bool:
        """Whether an amount is asked for."""
        return self.at_least is not None or self.at_most is not None

    def _sum(self, amount: float) -> str:
        return money(amount, self.currency) if self.currency else f"{amount:,.0f}"


def filters_of(text: str, stages: Collection[str]) -> Filters:
    """The filters `text` names; `stages` are those of the company."""
    low, high, currency = _amounts(text)
    return Filters(
        at_least=low,
        at_most=high,
        currency=currency,
        stage=next(
            (stage for stage in stages if re.search(rf"\b(in|at) (the )?{re.escape(stage)}\b", text, re.I)), None
        ),
        buckets=next((buckets for buckets, pattern in _BUCKETS if pattern.search(text)), frozenset()),
        deal_type=next((kind for kind, pattern in _TYPES if pattern.search(text)), None),
    )


def _amounts(text: str) -> tuple[float | None, float | None, str | None]:
    """The least and the most a deal should be worth, and the currency if one is named."""
    if found := _BETWEEN.search(text):
        low, high = sum_of(found[2], found[3] or found[6]), sum_of(found[5], found[6])
        return low, high, _code(found[1] or found[4] or found[7])
    over, under = _OVER.search(text), _UNDER.search(text)
    named = over or under
    return (
        sum_of(over[2], over[3]) if over else None,
        sum_of(under[2], under[3]) if under else None,
        _code(named[1] or named[4]) if named else None,
    )


def _code(word: str | None) -> str | None:
    return _CODES.get(word.casefold().rstrip("s"), word.upper()) if word else None

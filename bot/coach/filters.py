"""Which deals a question keeps: "over 50k", "in Commercial", "at risk", "renewals"."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.pipeline.brief import DealBrief, HealthBucket
from bot.pipeline.model import DealType

_TIMES = {"k": 1_000.0, "thousand": 1_000.0, "m": 1_000_000.0, "million": 1_000_000.0, "": 1.0}
_FIGURE = r"[$€£]?\s?(\d[\d,]*(?:\.\d+)?)\s?(k|m|thousand|million)?\b(?!\s*(?:days?|weeks?|months?|deals?|people|%))"
_OVER = re.compile(rf"\b(?:over|above|more than|bigger than|larger than|at least|from)\s+{_FIGURE}", re.IGNORECASE)
_UNDER = re.compile(rf"\b(?:under|below|less than|smaller than|at most|up to)\s+{_FIGURE}", re.IGNORECASE)
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
        rated = None if brief.health.insufficient else brief.health.bucket in self.buckets
        return {
            "no amount is recorded": in_bounds if low is not None or high is not None else True,
            "too little is known to rate them": rated if self.buckets else True,
            "no stage is recorded": self.stage is None or brief.deal.stage.casefold() == self.stage.casefold(),
            "no type is recorded": self.deal_type is None or brief.deal.deal_type is self.deal_type,
        }

    @property
    def words(self) -> str:
        """What is asked for, as it stands in a heading; empty if nothing is."""
        parts = [
            f"{self.at_least:,.0f} or more" if self.at_least is not None else "",
            f"{self.at_most:,.0f} or less" if self.at_most is not None else "",
            f"in {self.stage}" if self.stage else "",
            " or ".join(sorted(bucket.value for bucket in self.buckets)),
            self.deal_type.value if self.deal_type else "",
        ]
        return ", ".join(part for part in parts if part)


def filters_of(text: str, stages: Collection[str]) -> Filters:
    """The filters `text` names; `stages` are those of the company."""
    over, under = _OVER.search(text), _UNDER.search(text)
    return Filters(
        at_least=_figure(over) if over else None,
        at_most=_figure(under) if under else None,
        stage=next(
            (stage for stage in stages if re.search(rf"\b(in|at) (the )?{re.escape(stage)}\b", text, re.I)), None
        ),
        buckets=next((buckets for buckets, pattern in _BUCKETS if pattern.search(text)), frozenset()),
        deal_type=next((kind for kind, pattern in _TYPES if pattern.search(text)), None),
    )


def _figure(match: re.Match[str]) -> float:
    return float(match[1].replace(",", "")) * _TIMES[(match[2] or "").casefold()]

"""Answers on many deals: the pipeline by urgency, the weighted forecast, the at-risk share."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.coach.answers.wording import deal_ref, joined, listed
from bot.coach.dates import plural
from bot.coach.guidance import look_up
from bot.coach.money import money
from bot.coach.reply import CoachReply, DealRef, Outcome, Section
from bot.handbook.search import Handbook
from bot.pipeline.brief import DealBrief, HealthBucket
from bot.pipeline.forecast import LeftOut, Month, weighted_forecast
from bot.pipeline.shares import ShareFinding

WORST_FIRST = (HealthBucket.POOR, HealthBucket.AT_RISK, HealthBucket.AVERAGE, HealthBucket.GOOD)
_NOT_RATED = "not rated"
_SHOWN = 7
_WEIGHED = 3  # deals of a month whose sum is shown
_NAMED = 5  # deals left out of a forecast; of more the number says enough
_FORECAST_QUERY = "weighted forecast by stage probability, amount times probability per month"


@dataclass(frozen=True, slots=True)
class Urgency:
    """One deal as a line of a list: the bucket and the one sentence that says why, or why it is not rated."""

    deal: DealRef
    bucket: HealthBucket
    why: str
    rated: bool = True

    @property
    def line(self) -> str:
        """The deal with its bucket and why."""
        if not self.rated:
            return f"{self.deal.name}: {self.why}"
        return f"{self.deal.name}: {self.bucket.value}. {self.why[:1].upper()}{self.why[1:]}"


def by_urgency(briefs: Sequence[DealBrief]) -> list[Urgency]:
    """Open deals, worst bucket first, then lowest score, then largest amount."""
    ranked = sorted(briefs, key=_urgency)
    return [
        Urgency(deal_ref(brief.deal), brief.health.bucket, _why(brief), rated=not brief.health.insufficient)
        for brief in ranked
        if brief.health.bucket
    ]


def _urgency(brief: DealBrief) -> tuple[int, int, float]:
    bucket = WORST_FIRST.index(brief.health.bucket) if brief.health.bucket else len(WORST_FIRST)
    return bucket, brief.health.score if brief.health.score is not None else 50, -(brief.deal.amount or 0)


def _why(brief: DealBrief) -> str:
    if brief.health.insufficient:
        return f"not rated: {brief.health.insufficient}"
    signals = sorted(brief.health.signals, key=lambda signal: signal.points)
    return joined([signal.reason for signal in signals[:2]]) or "no signal either way"


def no_open_deal(whose: str, as_of: datetime) -> CoachReply:
    """That there is nothing to list; said before any list, forecast or share of nothing."""
    text = f"There is no open deal in {whose}."
    return CoachReply(outcome=Outcome.ANSWER_PIPELINE, as_of=as_of, headline=text, text=text)


def answer_pipeline(briefs: Sequence[DealBrief], whose: str, as_of: datetime) -> CoachReply:
    """Counts by bucket, value at risk, and the deals that need somebody first."""
    lines = by_urgency(briefs)
    if not lines:
        return no_open_deal(whose, as_of)
    counts = Counter(line.bucket.value if line.rated else _NOT_RATED for line in lines)
    split = ", ".join(f"{counts[name]} {name}" for name in (*WORST_FIRST, _NOT_RATED) if counts[name])
    worst = [line for line in lines if line.bucket in WORST_FIRST[:2]][:_SHOWN]
    shown = worst or lines[:3]
    rows = tuple(line.line for line in shown)
    headline = f"{whose[0].upper()}{whose[1:]}: {plural(len(lines), 'open deal')} ({split})"
    parts = [
        f"*{headline}*",
        f"Together: {amounts(briefs)}.",
        _at_risk_value(briefs),
        *(f"• {row}." for row in rows),
    ]
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join(part for part in parts if part),
        choices=tuple(line.deal for line in shown),
        sections=(Section(title="Needs you first", lines=rows),),
    )


def _at_risk_value(briefs: Sequence[DealBrief]) -> str:
    risky = [brief for brief in briefs if brief.health.bucket in WORST_FIRST[:2]]
    return f"At Risk or Poor: {plural(len(risky), 'deal')}, {amounts(risky)}." if risky else ""


def amounts(briefs: Sequence[DealBrief]) -> str:
    """What deals are worth together, by currency; says how many have no amount recorded."""
    sums: dict[str, float] = defaultdict(float)
    for brief in briefs:
        if brief.deal.amount is not None:
            sums[brief.deal.currency or ""] += brief.deal.amount
    blank = sum(brief.deal.amount is None for brief in briefs)
    total = listed([money(amount, currency) for currency, amount in sorted(sums.items())])
    without = f"; {plural(blank, 'deal')} without an amount left out" if blank else ""
    return f"{total or 'no amounts recorded'}{without}"


def answer_forecast(
    briefs: Sequence[DealBrief],
    probabilities: Mapping[str, float],
    whose: str,
    shares: Sequence[ShareFinding],
    handbook: Handbook | None,
    as_of: datetime,
) -> CoachReply:
    """Weighted value by close month: amount x stage probability, deals without an amount named (DOMAIN 7, 12.2)."""
    if not briefs:
        return no_open_deal(whose, as_of)
    forecast = weighted_forecast((brief.deal for brief in briefs), probabilities, as_of.date())
    rows = tuple(_month_row(month) for month in forecast.months)
    headline = f"Weighted forecast, {whose}, by close month"
    parts = [f"*{headline}*", *(rows or ["No open deal can be weighed."]), *_left_out(forecast.left_out)]
    parts += [share.sentence for share in shares]
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join(parts),
        sections=(Section(title="By close month", lines=rows or ("nothing to weigh",)),),
        citations=look_up(_FORECAST_QUERY, handbook),
    )


def _left_out(deals: Sequence[LeftOut]) -> list[str]:
    blank = [each.deal.name for each in deals if {"amount", "close date"} & set(each.missing)]
    unweighed = [each.deal.name for each in deals if each.deal.name not in blank]
    parts = [f"Left out, no amount or no close date: {_some(blank)}."] if blank else []
    return [*parts, f"Left out, no chance configured for their stage: {_some(unweighed)}."] if unweighed else parts


def _some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - _NAMED
    return listed([*names[:_NAMED], f"{plural(more, 'more deal')}"] if more > 1 else names)


def _month_row(month: Month) -> str:
    """What a month comes to, out of how much, with the sum of each deal; of many deals the largest ones."""
    totals = listed([money(round(total.weighted), total.currency) for total in month.totals])
    whole = listed([money(round(total.amount), total.currency) for total in month.totals])
    largest = sorted(month.deals, key=lambda each: -each.weighted)[:_WEIGHED]
    sums = "; ".join(
        f"{each.deal.account} {each.amount:,.0f} x {each.probability:.2f} = {each.weighted:,.0f}" for each in largest
    )
    named = sums if len(largest) == len(month.deals) else f"the largest: {sums}"
    count = plural(len(month.deals), "deal")
    return f"{month.first:%B %Y}: {totals}; unweighted {whole} in {count} ({named})"

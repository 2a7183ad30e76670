"""Is there enough pipeline for a target, and how many deals would it take (DOMAIN 7, 1.2 and 1.5; F087).

The CRM holds no targets, so the sum comes from the question; without one the pipeline is shown as it is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import ceil
from statistics import fmean

from bot.coach.answers.portfolio import amounts
from bot.coach.answers.results import Results, results_reply, sums
from bot.coach.answers.wording import listed
from bot.coach.dates import day_words, plural
from bot.coach.money import money
from bot.coach.reply import CoachReply
from bot.coach.results import ResultAsked
from bot.coach.windows import quarter_of
from bot.pipeline.brief import DealBrief
from bot.pipeline.forecast import weighted_forecast
from bot.pipeline.reports import StepConversion
from bot.pipeline.reports.closed import ClosedDeal

_NO_TARGET = (
    "No target is among the data I read. Name it, for example “coverage for 500k this quarter”, and I work it out"
)


def answer_coverage(
    asked: ResultAsked,
    results: Results,
    briefs: Sequence[DealBrief],
    probabilities: Mapping[str, float],
    steps: Sequence[StepConversion],
    as_of: datetime,
) -> CoachReply:
    """What is won, what is open for the period, and what a target named in the question would take."""
    window = asked.window or quarter_of(results.today)
    won = results.within(window, won=True)
    due = [brief for brief in briefs if brief.deal.close_date and window[0] <= brief.deal.close_date <= window[1]]
    rows = [
        f"Won in it so far: {_count(len(won))}{f', {sums(won)}' if won else ''}",
        f"Open and closing in it: {_count(len(due))}"
        + (f", {amounts(due)}; weighted by stage {_weighted(due, probabilities, results.today)}" if due else ""),
        *_undated(briefs),
    ]
    rows += _against(asked.target, won, due, briefs, results, steps) if asked.target else [_NO_TARGET]
    span = f"{day_words(window[0], results.today)} to {day_words(window[1], results.today)}"
    return results_reply(f"Coverage, {results.whose}, {span}", rows, as_of)


def _weighted(due: Sequence[DealBrief], probabilities: Mapping[str, float], today: date) -> str:
    """What the deals are worth by the chance of their stage; unknown where no deal can be weighed."""
    totals = weighted_forecast((brief.deal for brief in due), probabilities, today).totals
    return listed([money(round(total.weighted), total.currency) for total in totals]) or "unknown"


def _undated(briefs: Sequence[DealBrief]) -> list[str]:
    """How many open deals may or may not close in the period."""
    blank = sum(brief.deal.close_date is None for brief in briefs)
    return [f"Whether they close in it is unknown: {plural(blank, 'open deal')} without a close date"] if blank else []


def _count(deals: int) -> str:
    return plural(deals, "deal") if deals else "nothing"


def _against(
    target: float,
    won: Sequence[ClosedDeal],
    due: Sequence[DealBrief],
    briefs: Sequence[DealBrief],
    results: Results,
    steps: Sequence[StepConversion],
) -> list[str]:
    """The target beside what is won and open, in the currency most deals are in; others are left out and named."""
    currencies = Counter([*(brief.deal.currency for brief in due), *(deal.currency for deal in results.deals)])
    currency = next((name for name, _ in currencies.most_common(1)), None)
    left = target - sum(deal.amount or 0 for deal in won if deal.currency == currency)
    if left <= 0:
        return [f"{money(target, currency)} is reached"]
    others = sorted(name or "no currency" for name in currencies if name != currency)
    beside = f"; {listed(others)} left out" if others else ""
    return [
        f"{money(target, currency)} less what is won leaves {money(left, currency)}: "
        f"{_times(left, currency, due, briefs, results.limits.coverage)}{beside}",
        *_stack(left, currency, results, steps),
    ]


def _times(
    left: float, currency: str | None, due: Sequence[DealBrief], briefs: Sequence[DealBrief], wanted: float
) -> str:
    """How often the pipeline covers what is left; at least that often where open deals lack a date or an amount."""
    counted = [brief.deal.amount for brief in due if brief.deal.currency == currency and brief.deal.amount is not None]
    lacking = sum(brief.deal.close_date is None or (brief in due and brief.deal.amount is None) for brief in briefs)
    if lacking and not counted:
        return f"how far the pipeline covers it is unknown, {plural(lacking, 'open deal')} without date or amount"
    times, least = sum(counted) / left, "at least " if lacking else ""
    short = "not known to be enough" if lacking else "short by that measure"
    verdict = "enough by that measure" if times >= wanted else short
    return f"the pipeline covers it {least}{times:.1f} times, {wanted:.1f} are wanted: {verdict}"


def _stack(left: float, currency: str | None, results: Results, steps: Sequence[StepConversion]) -> list[str]:
    """How many deals it takes at each stage, from the size of won deals and the share that went on."""
    won = results.within(results.usual, won=True)
    sizes = [deal.amount for deal in won if deal.amount is not None and deal.currency == currency]
    if len(sizes) < results.limits.least_won:
        return ["How many deals that takes is unknown: too few won deals with an amount"]
    needed = ceil(left / fmean(sizes))
    counts = []
    deals = float(needed)
    for step in reversed(steps):
        settled = step.total.settled
        if not step.total.advanced or settled < results.limits.least_closed:
            break
        deals /= step.total.advanced / settled
        counts.append(f"{ceil(deals)} in {step.stage}")
    mean = money(round(fmean(sizes)), currency)
    back = f"; at your past rates that is {listed(counts[::-1])}" if counts else ""
    return [f"It takes {plural(needed, 'won deal')} of the usual {mean}{back}"]

"""Results in numbers: what was won and lost, the win rate, size and length of won deals (DOMAIN 5.2, 7).

Currencies are never added up, and too few deals are a count, not a rate.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, median

from bot.coach.answers.wording import listed
from bot.coach.dates import day_words, plural
from bot.coach.money import money
from bot.coach.reply import CoachReply, Outcome, Section
from bot.coach.results import ResultAsked, ResultKind
from bot.coach.results_playbook import ResultLimits
from bot.coach.windows import Window, end_of, months_after, period
from bot.pipeline.benchmarks.ladder import wilson
from bot.pipeline.reports.closed import ClosedDeal

_SHOWN = 5
_RIVAL = re.compile(
    r"\b(competit\w+|rivals?|incumbent|(another|other) (vendor|supplier|provider|bidder))\b", re.IGNORECASE
)
_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Results:
    """Closed deals of one scope: `whose` says in words whose they are."""

    deals: Sequence[ClosedDeal]
    whose: str
    today: date
    limits: ResultLimits

    def within(self, window: Window, *, won: bool | None = None) -> list[ClosedDeal]:
        """The deals that ended in `window`, won or lost ones only if asked."""
        first, last = window
        return [deal for deal in self.deals if first <= deal.ended_on <= last and (won is None or deal.won is won)]

    @property
    def usual(self) -> Window:
        """The days counted where none are named."""
        return self.today - timedelta(days=self.limits.days - 1), self.today


def answer_results(results: Results, asked: ResultAsked, as_of: datetime) -> CoachReply:
    """Count what was asked for. The kinds of this file only."""
    headline, rows = _ANSWERS[asked.kind](results, asked)
    return results_reply(headline, rows, as_of)


def results_reply(headline: str, rows: Sequence[str], as_of: datetime) -> CoachReply:
    """A headline with its lines as a reply on many deals."""
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join([f"*{headline}*", *(f"• {row}" for row in rows)]),
        sections=(Section(title="Results", lines=tuple(rows)),) if rows else (),
    )


def sums(deals: Iterable[ClosedDeal]) -> str:
    """What deals were worth together, a currency at a time; how many had no amount is said."""
    known = list(deals)
    totals: dict[str, float] = defaultdict(float)
    for deal in known:
        if deal.amount is not None:
            totals[deal.currency or ""] += deal.amount
    blank = sum(deal.amount is None for deal in known)
    if known and blank == len(known):
        return "no amount recorded"
    without = f"; {plural(blank, 'deal')} without an amount" if blank else ""
    total = listed([money(amount, currency) for currency, amount in sorted(totals.items())])
    return f"{total or 'no amount recorded'}{without}"


def _span(window: Window, today: date) -> str:
    return f"{day_words(window[0], today)} to {day_words(window[1], today)}"


def _win_rate(results: Results, asked: ResultAsked) -> tuple[str, list[str]]:
    window = asked.window or results.usual
    closed = results.within(window)
    won = [deal for deal in closed if deal.won]
    span = _span(window, results.today)
    if len(closed) < results.limits.least_closed:
        headline = f"Win rate, {results.whose}: too few deals closed to call one"
        return headline, [f"{len(won)} won and {len(closed) - len(won)} lost, {span}"]
    rate = len(won) / len(closed)
    low, high = wilson(rate, len(closed))
    headline = f"Win rate, {results.whose}: {rate:.0%}"
    rows = [
        f"{len(won)} won of {len(closed)} closed, {span}",
        f"With so many deals the true rate lies between {low:.0%} and {high:.0%}",
        f"Won: {sums(won)}; lost: {sums(deal for deal in closed if not deal.won)}",
    ]
    return headline, [*rows, "It says nothing about a single deal"]


def _won(results: Results, asked: ResultAsked) -> tuple[str, list[str]]:
    """What was won in the period, and in the same days of the one before."""
    window = asked.window or period("quarter", results.today, 0)
    won = results.within(window, won=True)
    earlier = _same_days_before(window, asked)
    before = results.within(earlier, won=True)
    amount = f", {sums(won)}" if won else ""
    headline = f"Won, {results.whose}, {_span(window, results.today)}: {plural(len(won), 'deal')}{amount}"
    rows = [_ended(deal, results.today) for deal in won[:_SHOWN]]
    rows += [f"and {len(won) - _SHOWN} more"] if len(won) > _SHOWN else []
    then = f", {sums(before)}" if before else ""
    lost = len(results.within(window, won=False))
    rows += [f"Lost in the same days: {plural(lost, 'deal')}"]
    return headline, [*rows, f"Before, {_span(earlier, results.today)}: {plural(len(before), 'deal')}{then}"]


def _same_days_before(window: Window, asked: ResultAsked) -> Window:
    """The same stretch of the period before, or of the year before if that was asked for."""
    first, last = window
    months = 12 if asked.against_last_year else _MONTHS_OF.get(asked.unit, 0)
    if not months:
        return first - (last - first) - timedelta(days=1), first - timedelta(days=1)
    earlier, unit = months_after(first, -months), _MONTHS_OF.get(asked.unit, 12)
    if last == end_of(first, unit):
        return earlier, end_of(earlier, unit)
    return earlier, min(earlier + (last - first), first - timedelta(days=1))


def _lost(results: Results, asked: ResultAsked) -> tuple[str, list[str]]:
    """How many were lost, for which recorded reasons, and the latest ones."""
    window = asked.window or results.usual
    lost = results.within(window, won=False)
    span = _span(window, results.today)
    if not lost:
        return f"Lost, {results.whose}, {span}: none", []
    if asked.to_rivals:
        return _to_rivals(lost, f"{results.whose}, {span}", results.today)
    reasons = Counter(deal.reason for deal in lost if deal.reason)
    blank = len(lost) - sum(reasons.values())
    said = [f"{reason} {count}" for reason, count in reasons.most_common(_SHOWN)]
    said += [f"no reason recorded {blank}"] if blank else []
    why = f"Recorded reasons: {', '.join(said)}" if reasons else "No reason is recorded for any of them"
    rows = [why, *(_ended(deal, results.today) for deal in lost[:3])]
    rows += ["A recorded reason is what our side typed, not what the buyer said"] if reasons else []
    return f"Lost, {results.whose}, {span}: {plural(len(lost), 'deal')}, {sums(lost)}", rows


def _to_rivals(lost: Sequence[ClosedDeal], scope: str, today: date) -> tuple[str, list[str]]:
    """The lost deals whose recorded reason speaks of a competitor; how many have no reason at all."""
    found = [deal for deal in lost if deal.reason and _RIVAL.search(deal.reason)]
    blank = sum(not deal.reason for deal in lost)
    headline = f"Lost to competitors, {scope}: {len(found)} of {plural(len(lost), 'lost deal')} by the recorded reason"
    if blank == len(lost):
        headline = f"Lost to competitors, {scope}: unknown, no reason is recorded for {plural(blank, 'lost deal')}"
        return headline, []
    rows = [_ended(deal, today) for deal in found[:_SHOWN]]
    rows += [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return headline, [*rows, *([f"{plural(blank, 'lost deal')} without a recorded reason"] if blank else [])]


def _ended(deal: ClosedDeal, today: date) -> str:
    reason = f" ({deal.reason})" if deal.reason and not deal.won else ""
    return f"{deal.name}: {money(deal.amount, deal.currency)}, {day_words(deal.ended_on, today)}{reason}"


def _size(results: Results, asked: ResultAsked) -> tuple[str, list[str]]:
    window = asked.window or results.usual
    by_currency: dict[str, list[float]] = defaultdict(list)
    for deal in results.within(window, won=True):
        if deal.amount is not None:
            by_currency[deal.currency or ""].append(deal.amount)
    headline = f"Size of won deals, {results.whose}, {_span(window, results.today)}"
    rows = []
    for currency, amounts in sorted(by_currency.items()):
        if len(amounts) < results.limits.least_won:
            rows.append(f"{currency or 'No currency'}: {plural(len(amounts), 'won deal')}, too few for an average")
        else:
            middle, mean = money(round(median(amounts)), currency), money(round(fmean(amounts)), currency)
            rows.append(f"Half are above {middle}; the mean is {mean} ({plural(len(amounts), 'won deal')})")
    return headline, rows or ["No won deal with an amount is recorded in that time"]


def _cycle(results: Results, asked: ResultAsked) -> tuple[str, list[str]]:
    window = asked.window or results.usual
    lengths = [deal.days for deal in results.within(window, won=True) if deal.days is not None]
    headline = f"Sales cycle, {results.whose}, {_span(window, results.today)}"
    if len(lengths) < results.limits.least_won:
        return headline, [f"{plural(len(lengths), 'won deal')} with a creation date: too few for an average"]
    lost = [deal.days for deal in results.within(window, won=False) if deal.days is not None]
    rows = [
        f"Won deals: half closed within {median(lengths):.0f} days of creation; mean {fmean(lengths):.0f} "
        f"({plural(len(lengths), 'deal')})"
    ]
    rows += [f"Lost deals: half within {median(lost):.0f} days ({plural(len(lost), 'deal')})"] if lost else []
    return headline, [*rows, "By stage: “how is <deal> doing?” shows the typical days of its stage"]


_ANSWERS: dict[ResultKind, Callable[[Results, ResultAsked], tuple[str, list[str]]]] = {
    ResultKind.WIN_RATE: _win_rate,
    ResultKind.WON: _won,
    ResultKind.LOST: _lost,
    ResultKind.SIZE: _size,
    ResultKind.CYCLE: _cycle,
}

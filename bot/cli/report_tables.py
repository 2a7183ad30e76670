"""The reports as tables people read."""

from collections import Counter
from collections.abc import Sequence

from bot.cli.desk import UNKNOWN, amounts, percent, plain, print_notes, print_table, print_title
from bot.cli.report_data import (
    AgeingReport,
    CommitmentReport,
    ConversionReport,
    ForecastReport,
    MoversReport,
    SharesReport,
    WinLossReport,
    weighted,
)
from bot.pipeline.commitment import Commitment
from bot.pipeline.forecast import WeightedDeal
from bot.pipeline.reports import Bottleneck, StepConversion
from bot.pipeline.trends import HealthPoint, Move
from bot.pipeline.wording import counted, day, listed

_MONTHS_SHOWN = 6
_NAMES_SHOWN = 5


def print_conversion(found: ConversionReport) -> None:
    """Steps with their totals and last months, then the bottleneck."""
    if not found.steps:
        print_notes(["no deal has a stage history yet"])
        return
    print_title("Conversion per step", f"entered a later stage ÷ entered this stage, {found.whose}")
    columns = (
        "stage",
        "towards",
        "#entered",
        "#advanced",
        "#lost",
        "#waiting",
        "#rate",
        "#value entered",
        "#advanced ",
    )
    print_table(columns, [_step_row(step) for step in found.steps])
    firsts = sorted({month.first for step in found.steps for month in step.months})[-_MONTHS_SHOWN:]
    print_title("By entry month", "rate (advanced of entered); + = still waiting, so the rate may rise")
    by_month = [(step.stage, *(_month_cell(step, first) for first in firsts)) for step in found.steps]
    print_table(("stage", *(f"#{first:%b %Y}" for first in firsts)), by_month)
    print_notes(_undocumented(found.steps))
    _print_bottleneck(found.bottlenecks)


def _step_row(step: StepConversion) -> tuple[object, ...]:
    flow = step.total
    entered = amounts((currency, value[0]) for currency, value in flow.value.items())
    advanced = amounts((currency, value[1]) for currency, value in flow.value.items())
    counts = (flow.entered, flow.advanced, flow.lost, flow.waiting)
    return step.stage, step.towards, *counts, percent(flow.rate), entered, advanced


def _month_cell(step: StepConversion, first: object) -> str:
    flow = next((month.flow for month in step.months if month.first == first), None)
    if flow is None:
        return UNKNOWN
    return f"{percent(flow.rate)} ({flow.advanced}/{flow.entered}){'+' if flow.waiting else ''}"


def _undocumented(steps: Sequence[StepConversion]) -> list[str]:
    if any(step.total.undocumented is None for step in steps):
        return ["reasons for stage changes are not recorded: no notes in the data"]
    bare = sum(step.total.undocumented or 0 for step in steps)
    total = sum(step.total.advanced for step in steps)
    return [f"incomplete: {bare:,} of {counted(total, 'advance')} without a note near the change"]


def _print_bottleneck(rows: Sequence[Bottleneck]) -> None:
    worst = rows[0] if rows else None
    if worst is None or not worst.lost_deals or worst.lost_deals <= 0:
        print_title("Bottleneck: none", "no step converts less than before")
    else:
        about = f"about {round(worst.lost_deals)} fewer advances than before"
        print_title(f"Bottleneck: {worst.stage}", f"{about}. Look at {worst.hint}" if worst.hint else about)
    columns = ("stage", "#before", "#deals", "#lately", "#deals ", "#advances missing")
    print_table(columns, [_bottleneck_row(each) for each in rows])
    if any(not each.measured for each in rows):
        print_notes(["* configured, not measured: the ratio of the stages' chances of winning"])


def _bottleneck_row(each: Bottleneck) -> tuple[object, ...]:
    before = percent(each.baseline) + ("" if each.measured else "*")
    missing = UNKNOWN if each.lost_deals is None else f"{each.lost_deals:+.1f}"
    return each.stage, before, each.baseline_deals, percent(each.actual), each.actual_deals, missing


def print_ageing(found: AgeingReport) -> None:
    """Stages, then the open deals above P75."""
    about = f"stays of deals closed in the last {found.days} days, and {found.whose} open now"
    print_title("Stage ageing", about)
    columns = ("stage", "#stays", "#median days", "#P75", "#open now", "#their median", "#above P75")
    print_table(
        columns,
        [
            (age.stage, age.stays, age.median_days, age.p75_days, age.open_deals, age.open_median_days, len(age.above))
            for age in found.stages
        ],
    )
    above = [
        (age.stage, deal.name, deal.owner, deal.days, f"+{deal.over:.0f}") for age in found.stages for deal in age.above
    ]
    if above:
        print_title("Open deals above the 75th percentile of their stage")
        print_table(("stage", "deal", "owner", "#days", "#over"), above)
    few = [age.stage for age in found.stages if age.p75_days is None]
    print_notes([f"too few finished stays to say: {listed(few)}"] if few else [])


def print_winloss(found: WinLossReport) -> None:
    """Endings by stage and reason, reasons over all, chances, blockers."""
    ends = found.endings
    if not ends.endings:
        print_notes([f"no deal closed in the last {ends.days} days"])
        return
    low, high = ends.interval or (0.0, 1.0)
    rate = f"{percent(ends.win_rate)} (95 % interval {low:.0%} to {high:.0%})"
    print_title(
        f"Won {ends.won}, lost {ends.lost}: win rate {rate}", f"closed in the last {ends.days} days, {found.whose}"
    )
    losses = [each for each in ends.endings if not each.won]
    print_table(
        ("lost from", "reason", "#deals", "#value"),
        [(each.stage, each.reason or "no reason recorded", each.deals, amounts(each.value.items())) for each in losses],
    )
    print_title("Loss reasons")
    print_table(("reason", "#deals", "#share"), [(name, n, percent(n / ends.lost)) for name, n in ends.reasons()])
    print_title("What the stage chances were worth", "wins of the closed deals that entered a stage")
    print_table(
        ("stage", "#configured", "#closed deals", "#won", "#95 % interval", ""),
        [
            (
                each.stage,
                percent(each.configured),
                each.deals,
                percent(each.measured),
                UNKNOWN if each.interval is None else f"{each.interval[0]:.0%} to {each.interval[1]:.0%}",
                "outside: worth a change" if each.is_off else "",
            )
            for each in found.accuracy
        ],
    )
    _print_blocked(found)


def _print_blocked(found: WinLossReport) -> None:
    if found.blocked is None:
        print_notes(["blockers are not recorded: your data has no blocker field"])
        return
    print_title("Blockers of open deals")
    print_table(
        ("blocker", "#deals", "#value", "deals"),
        [
            (each.blocker, len(each.deals), amounts(each.value.items()), listed(each.deals[:_NAMES_SHOWN]))
            for each in found.blocked
        ],
    )


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


def print_movers(found: MoversReport) -> None:
    """Down first: that is what needs somebody."""
    if found.moves is None or found.compared_with is None:
        print_notes(["no earlier health snapshot is stored; `coach snapshot` records one, `coach serve` every night"])
        return
    moves = found.moves
    about = f"{counted(moves.unchanged, 'deal')} unchanged, {len(moves.appeared)} new, {len(moves.gone)} closed"
    print_title(
        f"Health since {day(found.compared_with)}: {len(moves.down)} down, {len(moves.up)} up",
        f"{about} · {found.whose}",
    )
    for title, each in (("down", moves.down), ("up", moves.up)):
        if each:
            print_table((title, "was", "now", "#points"), [_move_row(move, found) for move in each])
    print_notes(f"new: {found.names.get(deal_id, deal_id)}" for deal_id in moves.appeared[:_NAMES_SHOWN])


def _move_row(move: Move, found: MoversReport) -> tuple[object, ...]:
    points = UNKNOWN if move.points is None else f"{move.points:+d}"
    return found.names.get(move.deal_id, move.deal_id), _health(move.before), _health(move.now), points


def _health(point: HealthPoint) -> str:
    return f"{point.bucket.value if point.bucket else UNKNOWN} ({UNKNOWN if point.net is None else f'{point.net:+d}'})"


def print_shares(found: SharesReport) -> None:
    """People, the highest share first, then a sentence for each alert."""
    print_title("At-risk share of open pipeline", f"value rated At Risk or Poor ÷ open value, {found.whose}")
    print_table(
        ("rep", "#now", "#open deals", "#weeks", "#own mean", "#change", "#trigger", "#against peers", "alert"),
        [
            (
                each.name,
                f"{each.history.now:.1f}%",
                each.history.open_count,
                len(each.history.weekly),
                _points(each.finding.own_mean, "%"),
                _points(each.finding.own_change, signed=True),
                _points(each.finding.trigger),
                _points(each.finding.peer_change, signed=True),
                " and ".join(each.finding.alerts) or ("improved" if each.finding.improved else ""),
            )
            for each in found.people
        ],
    )
    print_notes(each.finding.sentence for each in found.people if each.finding.alerts)
    if all(not each.history.weekly for each in found.people):
        print_notes(["no weekly snapshot yet: `coach snapshot --weeks 26` works them out from the pipeline"])


def _points(value: float | None, unit: str = "", *, signed: bool = False) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:+.1f}{unit}" if signed else f"{value:.1f}{unit}"


def print_commitment(found: CommitmentReport) -> None:
    """Deals by how far their words are ahead, then reps."""
    judged = [pair for pair in found.deals if pair[1].unknown is None]
    ahead = sum(each.words_ahead_of_deeds is True for _, each in judged)
    headline = f"Buyer commitment: {ahead} of {counted(len(judged), 'open deal')} with words ahead of deeds"
    if not judged:
        headline = f"Buyer commitment: unknown for {counted(len(found.deals), 'open deal')}"
    print_title(headline, f"what buyers did in the last {found.rules.window_days} days, {found.whose}")
    ranked = sorted(judged, key=lambda pair: (_shortfall(pair[1]), -(pair[0].deal.amount or 0)))
    print_table(
        ("deal", "stage", "step", "#asked", "trend", "#theirs", "last act of that step"),
        [
            (
                brief.deal.name,
                brief.deal.stage,
                each.step.label if each.step is not None else UNKNOWN,
                plain(None if each.minimum is None else int(each.minimum)),
                _trend(each),
                percent(each.initiative_share),
                each.evidence[0].text if each.evidence else "",
            )
            for brief, each in ranked
        ],
    )
    unknown = Counter(each.unknown for _, each in found.deals if each.unknown)
    print_notes([f"unknown for {counted(count, 'deal')}: {why}" for why, count in unknown.items()])
    print_table(
        ("rep", "#open", "#eager", "#re-booked", "#of meetings", "#words ahead", "#not yet", "#unknown"),
        [
            (
                row.rep.name,
                row.open_deals,
                UNKNOWN if row.unknown == row.open_deals else row.eager,
                percent(row.rebook_rate),
                row.held,
                row.words_ahead,
                row.not_yet,
                row.unknown,
            )
            for row in found.reps
        ],
    )
    days = found.rules.rebooking.next_within_days
    print_notes(
        [
            "theirs: contacts the buyer started; eager: the buyer accepted a meeting ahead; not yet: never met us",
            f"re-booked: a next meeting within {days} days stands in, invitations carry no sending date",
        ]
    )


def _shortfall(found: Commitment) -> tuple[int, int]:
    """Unknown ones last; among the others the largest gap to what the stage asks first."""
    if found.step is None:
        return 1, 0
    return 0, int(found.step) - int(found.minimum or 0)


def _trend(found: Commitment) -> str:
    if found.trend is None:
        return UNKNOWN
    return f"{found.trend.value}, was {int(found.before or 0)}" + (" !" if found.fell_sharply else "")

"""One deal for a person at a terminal: everything measured, grouped, with what each number rests on."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rich.table import Table
from rich.text import Text

from bot.pipeline.brief import Benchmark, DealBrief, Facets, Health
from bot.pipeline.model import Deal, MatchMethod

Lines = Iterator[tuple[str, str]]

_NOT_COUNTED_SHOWN = 5

_BENCHMARK_NAMES = {
    "typical_cycle": "sales cycle",
    "typical_days_in_stage": "days in this stage",
    "typical_days_to_won_from_stage": "days to won from this stage",
    "typical_contacts_won": "contacts in won deals",
    "typical_win_rate_from_stage": "win rate from this stage",
}


def facet_card(brief: DealBrief, row: Mapping[str, Any]) -> Iterator[Table | Text]:
    """Yield the parts of the card in reading order; `row` is the deal's line of the facet table."""
    deal, facets = brief.deal, brief.facets
    yield Text(f"{deal.name} · {deal.account or 'no account'}", style="bold")
    yield Text(f"{deal.id}, as of {_day(brief.today)} where the owner is")
    yield _group("Declared", _declared(deal, facets, row))
    yield _group("Stage", _stage(deal, facets))
    yield _group("Engagement of the owner", _engagement(facets))
    yield _group("Meetings", _meetings(facets, row))
    if brief.deal.activities:
        yield _group("How activity was matched to this deal", _matched(deal))
        yield _group("Latest that is not counted", _not_counted(deal))
    yield _group("Sources", ((each.source, each.detail) for each in brief.sources))
    yield _benchmarks(brief.benchmarks)
    yield from _health(brief.health)


def _group(title: str, lines: Lines) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", show_header=False, box=None)
    table.add_column(min_width=30)
    for name, value in lines:
        table.add_row(Text(name), Text(value))
    return table


def _declared(deal: Deal, facets: Facets, row: Mapping[str, Any]) -> Lines:
    yield "owner", deal.owner.name
    yield "type", f"{deal.type or 'not recorded'} (counts as {deal.deal_type})"
    yield "amount", "not recorded" if deal.amount is None else f"{deal.amount:,.0f} {deal.currency or ''}".strip()
    yield "forecast category", deal.forecast_category or "not recorded"
    source = f" % ({row['probability_source']})"
    yield "probability", "not known" if row["probability"] is None else f"{row['probability']:g}{source}"
    yield "close date", "not recorded" if deal.close_date is None else _day(deal.close_date)
    if facets.days_until_close is not None:
        yield "days until close", f"{facets.days_until_close}{' (past due)' if facets.days_until_close < 0 else ''}"
    yield "close date moved later", _count(facets.close_date_pushes)
    yield "age", _days(facets.opp_age)
    yield "age / typical sales cycle", "no benchmark" if facets.age_ratio is None else f"{facets.age_ratio:.2f}"
    yield "close plan refreshed", "no plan" if row["plan_freshness"] is None else f"{row['plan_freshness']} days ago"
    yield from row["custom"].items()


def _stage(deal: Deal, facets: Facets) -> Lines:
    guess = " (estimated: no stage history, counted from creation)" if facets.days_in_stage_estimated else ""
    yield "stage", deal.stage if deal.is_open else f"{deal.stage} ({deal.status})"
    yield "days in stage", _days(facets.days_in_stage) + guess
    if facets.cumulative_days_in_stage != facets.days_in_stage:
        yield "days in stage, all visits", _days(facets.cumulative_days_in_stage)
    yield "last advance", "none recorded" if facets.last_advance is None else _day(facets.last_advance)
    yield "last move back", "none recorded" if facets.last_move_back is None else _day(facets.last_move_back)


def _engagement(facets: Facets) -> Lines:
    known = facets.touches_last_14 is not None
    people = facets.contacts_engaged is not None
    yield "days untouched", _days(facets.days_untouched, "never touched" if known else "unknown")
    yield "touches in the last 14 days", _count(facets.touches_last_14)
    yield "days since the buyer's last mail", _days(facets.days_since_inbound, "no mail ever" if known else "unknown")
    yield "mails of the buyer, last 14 days", _count(facets.inbound_last_14)
    waiting = "nothing unanswered" if people else "unknown"
    yield "days their newest mail waits", _days(facets.unanswered_inbound_days, waiting)
    yield "contacts engaged", _count(facets.contacts_engaged)
    yield "new people in the last 30 days", _count(facets.new_stakeholders_last_30)


def _meetings(facets: Facets, row: Mapping[str, Any]) -> Lines:
    nothing = "none" if facets.meetings_total is not None else "unknown"
    yield "next", nothing if facets.next_meeting is None else _day(facets.next_meeting)
    yield "last", nothing if facets.last_meeting is None else _day(facets.last_meeting)
    led = {True: "yes", False: "no", None: "no meeting, or too fresh to say" if nothing == "none" else "unknown"}
    yield "last one led to a next", led[row["rebooked"]]
    yield "held in all", _count(facets.meetings_total)
    held = (facets.meetings_last_14, facets.meetings_last_30, facets.meetings_last_90)
    yield "held in the last 14 / 30 / 90 days", " / ".join(map(_count, held))
    yield (
        "booked for the next 30 / 90 days",
        " / ".join(map(_count, (facets.meetings_next_30, facets.meetings_next_90))),
    )


def _matched(deal: Deal) -> Lines:
    """How many mails, calls and meetings each rung of the ladder found, and how sure that is (F005)."""
    found = Counter(each.matched_by for each in deal.activities if each.matched_by)
    for method in MatchMethod:
        if found[method]:
            by = "filed under it in the CRM" if method is MatchMethod.RECORDED else f"by {method.value}"
            yield by, f"{found[method]:,}, confidence {method.confidence}"


def _not_counted(deal: Deal) -> Lines:
    """Team activity and whatever else feeds no facet, with the reason (DOMAIN 2.2)."""
    beside = [each for each in deal.activities if not each.counted]
    for each in beside[: -_NOT_COUNTED_SHOWN - 1 : -1]:
        yield f"{each.kind} on {_day(each.on)}", each.not_counted_because or "unknown why"
    if not beside:
        yield "nothing", "every mail, call and meeting recorded counts"


def _benchmarks(found: dict[str, Benchmark]) -> Table:
    table = Table("typical", "value", "n", "cohort", "passed over", box=None)
    table.title, table.title_justify, table.title_style = "\nBenchmarks", "left", "bold"
    for name, words in _BENCHMARK_NAMES.items():
        if (benchmark := found.get(name)) is None:
            table.add_row(words, "–", "", "no cohort has enough data", "")
            continue
        passed = "; ".join(f"{each.level[:2]} ({each.reason}, n={each.n})" for each in benchmark.rejected)
        table.add_row(
            words, _typical(benchmark), f"{benchmark.n}" if benchmark.n else "", benchmark.level, passed or "–"
        )
    return table


def _typical(benchmark: Benchmark) -> str:
    if benchmark.name == "typical_win_rate_from_stage":
        span = (
            "" if benchmark.low is None or benchmark.high is None else f" ({benchmark.low:.0%} to {benchmark.high:.0%})"
        )
        return f"{benchmark.value:.0%}{span}"
    if benchmark.median is None or benchmark.p75 is None:
        return f"{benchmark.value:.0f}"
    return f"{benchmark.value:.1f} (median {benchmark.median:.0f}, P75 {benchmark.p75:.0f})"


def _health(health: Health) -> Iterator[Table | Text]:
    if health.bucket is None:
        yield Text("\nHealth: none, the deal is closed", style="bold")
        return
    if health.insufficient:
        yield Text(f"\nHealth: {health.bucket}, for want of data: {health.insufficient}", style="bold")
        return
    yield Text(f"\nHealth: {health.bucket}", style="bold")
    table = Table(show_header=False, box=None)
    table.add_column(justify="left")
    table.add_column(justify="right")
    for signal in health.signals:
        table.add_row(signal.code, f"{signal.points:+d}", Text(signal.reason))
    table.add_row("net", f"{health.net:+d}", f"score {health.score} of 100, for sorting only", style="bold")
    for cap in health.caps:
        table.add_row(cap.code, "", Text(cap.reason + ("" if cap.binds else " (changes nothing here)")))
    yield table
    if health.what_would_change:
        yield _group(
            "What alone would lift it", ((each.change, f"to {each.bucket}") for each in health.what_would_change)
        )


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _days(days: int | None, otherwise: str = "unknown") -> str:
    return otherwise if days is None else f"{days:,}"


def _count(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"

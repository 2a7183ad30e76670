"""How single values read in Slack: buckets, dates, facts of a deal. No markup here."""

from datetime import date, datetime

from bot.coach.money import money
from bot.coach.reply import BenchmarkLine, DealRef, ElementLine, ElementStatus, Severity
from bot.pipeline.brief import HealthBucket

# Shown beside the word, never instead of it: colour alone does not reach everyone.
_BUCKET_MARKS = {
    HealthBucket.GOOD: "🟢",
    HealthBucket.AVERAGE: "🟡",
    HealthBucket.AT_RISK: "🟠",
    HealthBucket.POOR: "🔴",
}
_NO_BUCKET = "⚪"
_BENCHMARK_LABELS = {
    "typical_cycle": "typical cycle",
    "typical_days_in_stage": "typical time in this stage",
    "typical_days_to_won_from_stage": "typical time from this stage to won",
    "typical_contacts_won": "typical contacts on won deals",
    "typical_win_rate_from_stage": "win rate from this stage",
}
STATUS_WORDS = {
    ElementStatus.CONFIRMED: "confirmed",
    ElementStatus.PARTIAL: "partial",
    ElementStatus.MISSING: "missing",
    ElementStatus.STALE: "stale",
    ElementStatus.NOT_APPLICABLE: "not applicable",
}
_SEVERITY_ORDER = {Severity.CRITICAL: 0, Severity.HIGH: 1, Severity.MEDIUM: 2, Severity.LOW: 3}


def sentence(text: str) -> str:
    """The same words with a capital at the start; the coach's reasons are clauses."""
    return text[:1].upper() + text[1:]


def bucket_mark(bucket: HealthBucket | None) -> str:
    """A coloured dot for the bucket; white if there is none."""
    return _BUCKET_MARKS[bucket] if bucket else _NO_BUCKET


def day(on: date | None) -> str:
    """A date as "5 Dec 2026", or "undated"."""
    return f"{on.day} {on:%b %Y}" if on else "undated"


def iso_day(text: str | None) -> date | None:
    """The day behind "2026-12-05"; None for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def short_day(on: date) -> str:
    """A date as "5 Dec"."""
    return f"{on.day} {on:%b}"


def due(on: date) -> str:
    """A due date as "Fri 5 Dec"; the year is clear since next steps are due within weeks."""
    return f"{on:%a} {on.day} {on:%b}"


def worth(amount: float | None, currency: str | None) -> str | None:
    """An amount as every answer writes it, "€120,000", or None if it is not recorded."""
    return None if amount is None else money(amount, currency)


def deal_facts(deal: DealRef) -> list[str]:
    """Account, stage, amount, close date and owner, as far as they are recorded."""
    closes = None
    if deal.status == "open":
        closes = f"closes {day(deal.close_date)}" if deal.close_date else "no close date"
    account = deal.account if deal.account.lower() not in deal.name.lower() else None
    facts = [account, deal.stage, worth(deal.amount, deal.currency), closes, deal.owner]
    return [fact for fact in facts if fact]


def urgency(gap: ElementLine) -> int:
    """Sorts gaps worst first."""
    return _SEVERITY_ORDER[gap.severity] if gap.severity else len(_SEVERITY_ORDER)


def benchmark(benchmark: BenchmarkLine) -> str:
    """A benchmark with unit and sample size; the cohort level is said beside it (DOMAIN 8.1)."""
    label = _BENCHMARK_LABELS.get(benchmark.name, benchmark.name.replace("_", " "))
    return f"{label} {_benchmark_value(benchmark)} (n={benchmark.n})"


def _benchmark_value(benchmark: BenchmarkLine) -> str:
    if "rate" in benchmark.name:
        return f"{benchmark.value:.0%}"
    unit = "" if "contacts" in benchmark.name else " days"
    return f"{benchmark.value:.1f}".removesuffix(".0") + unit


def signed(points: int) -> str:
    """Points with their sign, a true minus for the eye: "+2", "−4", "0"."""
    return f"{points:+d}".replace("-", "−") if points else "0"


def as_of_words(at: datetime) -> str:
    """An instant where Slack's date token is not understood: "20 Nov 2026, 08:30 UTC"."""
    return f"{day(at.date())}, {at:%H:%M %Z}"


def as_of(at: datetime) -> str:
    """Slack's own date token, so every reader sees their own time zone; UTC where it is not supported."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M %Z}>"

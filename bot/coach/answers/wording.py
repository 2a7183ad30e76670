"""How numbers, money and dates are written, and how a text keeps to its length."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from bot.coach.dates import day_words, plural
from bot.coach.money import money
from bot.coach.reply import BenchmarkLine, DealRef, NextStep
from bot.pipeline.brief import Benchmark, DealBrief
from bot.pipeline.model import Deal, DealName, DealStatus

DM_WORDS = 180
_EXACT_BELOW = 10  # days; from here on a tenth of a day says nothing
_SHARED_OPENING = re.compile(r"closes in \d+ days? and ")
CONSULT_WORDS = 400


def close_date_words(brief: DealBrief) -> str:
    """The close date with its distance from today."""
    days = brief.facets.days_until_close
    if brief.deal.close_date is None or days is None:
        return "no close date recorded"
    on = day_words(brief.deal.close_date, brief.today)
    if days < 0:
        return f"close date {on} passed {plural(-days, 'day')} ago"
    return f"closes {on}, today" if days == 0 else f"closes {on}, in {plural(days, 'day')}"


def bucket_words(brief: DealBrief) -> str:
    """The health bucket; "not rated" where Average only stands in for what is not known."""
    rated = brief.health.bucket is not None and not brief.health.insufficient
    return brief.health.bucket.value if rated and brief.health.bucket else "not rated"


def deal_line(brief: DealBrief) -> str:
    """Amount, stage and close date of a deal in one line."""
    return f"{money(brief.deal.amount, brief.deal.currency)} · {brief.deal.stage} · {close_date_words(brief)}"


def benchmark_words(benchmark: Benchmark, unit: str = "") -> str:
    """A benchmark as it may be shown in a sentence: value with its unit, and what it rests on."""
    is_rate = benchmark.name == "typical_win_rate_from_stage"
    is_count = benchmark.name == "typical_contacts_won"
    figure = f"{benchmark.value:.0%}" if is_rate else f"{benchmark.value:.1f}".removesuffix(".0")
    value = figure if is_rate or is_count or benchmark.value < _EXACT_BELOW else f"{benchmark.value:.0f}"
    return f"{value}{f' {unit}' if unit else ''} ({benchmark.basis})"


def joined(reasons: Sequence[str]) -> str:
    """Reasons as one line; what two of them begin with is said once."""
    said: list[str] = []
    for reason in reasons:
        opening = _SHARED_OPENING.match(reason)
        repeats = opening is not None and any(other.startswith(opening.group(0)) for other in said)
        said.append(reason[opening.end() :] if opening and repeats else reason)
    return "; ".join(said)


def benchmark_line(benchmark: Benchmark) -> BenchmarkLine:
    """A benchmark as a part of the reply."""
    return BenchmarkLine(name=benchmark.name, value=benchmark.value, n=benchmark.n, level=benchmark.level)


def step_lines(steps: Sequence[NextStep], today: date) -> str:
    """Next steps as a list under their heading, each with the number of its source."""
    sources = list(dict.fromkeys(key for step in steps for key in step.citations))
    lines = [
        f"• {step.owner} {step.text}, by {day_words(step.due, today)}; done when {step.done_when}."
        + "".join(f" [{sources.index(key) + 1}]" for key in step.citations)
        for step in steps
    ]
    return "\n".join(["*Next:*", *lines]) if lines else ""


def deal_ref(deal: Deal) -> DealRef:
    """The deal as a reference a surface can link or put on a button."""
    return DealRef(
        id=deal.id,
        name=deal.name,
        account=deal.account,
        stage=deal.stage,
        owner=deal.owner.name,
        status=deal.status.value,
        amount=deal.amount,
        currency=deal.currency,
        close_date=deal.close_date,
    )


def choice(name: DealName) -> DealRef:
    """A deal as one line of a menu: nothing about its state except that it is closed."""
    return DealRef(id=name.id, name=name.name, account=name.account, stage="", owner="", status=name.status.value)


def is_closed(name: DealName) -> bool:
    """Whether a menu line should say that the deal is closed."""
    return name.status is not DealStatus.OPEN


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as a list in a sentence: "a, b and c", or with another last word between."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def word_count(text: str) -> int:
    """Words of a message as a reader counts them."""
    return len(re.findall(r"\S+", text))


def within(limit: int, must: Sequence[str], may: Iterable[tuple[int, str]]) -> str:
    """Join `must` lines with those of `may` that still fit into `limit` words.

    Each optional line comes with the place (index in `must`) it belongs before; earlier ones are preferred.
    """
    chosen: list[tuple[int, int, str]] = [(place, -1, line) for place, line in enumerate(must)]
    used = sum(word_count(line) for line in must)
    for rank, (place, line) in enumerate(may):
        if used + word_count(line) <= limit:
            chosen.append((place - 1, rank, line))
            used += word_count(line)
    return "\n".join(line for _, _, line in sorted(chosen, key=lambda item: (item[0], item[1])) if line)

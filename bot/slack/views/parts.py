"""The pieces around the coach's message. Each returns blocks, or none if the reply has nothing of the kind.

Limits keep an answer within one screen; what is left out is counted, never silently dropped.
"""

from collections.abc import Iterable, Sequence

from bot.coach.reply import BenchmarkLine, CoachReply, DealRef
from bot.slack.views import wording
from bot.slack.views.blocks import context, header, link_markup
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Block

MAX_CAVEATS = 3
MAX_CITATIONS = 4
MAX_BENCHMARKS = 5
LINE_LIMIT = 240


def deal_head(reply: CoachReply, prefix: str = "") -> list[Block]:
    """The deal's name and bucket as a heading, its record in small type below."""
    if reply.deal is None:
        return []
    bucket = reply.health.bucket if reply.health else None
    mark = f"{wording.bucket_mark(bucket)} " if reply.health else ""
    verdict = f" · {bucket.value}" if bucket else ""
    return [header(f"{prefix}{mark}{reply.deal.name}{verdict}"), facts_line(reply.deal)]


def facts_line(deal: DealRef) -> Block:
    """Stage, amount, close date and owner in small type."""
    return context("  ·  ".join(mrkdwn(fact, 120) for fact in wording.deal_facts(deal)))


def sources(reply: CoachReply, hosts: frozenset[str]) -> list[Block]:
    """The handbook sections the advice rests on, under the numbers the message cites them by, if it does."""
    among = reply.numbered_sources
    by_number = any(f"[{number}]" in reply.text for number in among)
    shown = list(among.items())[:MAX_CITATIONS]
    links = [
        f"[{number}] {link}" if by_number else link
        for number, link in ((number, link_markup(each.url, each.title, hosts)) for number, each in shown)
    ]
    left_out = len(among) - len(shown)
    more = f"  ·  {left_out} more" if left_out else ""
    return [context("📖  " + "  ·  ".join(links) + more)] if links else []


def small_print(reply: CoachReply, *, with_benchmarks: bool = True) -> list[Block]:
    """Caveats the message does not hold, benchmarks (unless behind a button), the instant all figures were true."""
    unsaid = [text for text in reply.caveats if text not in reply.text]
    caveats = [f"⚠️  {mrkdwn(wording.sentence(text), LINE_LIMIT)}" for text in unsaid[:MAX_CAVEATS]]
    if len(unsaid) > MAX_CAVEATS:
        caveats.append(f"{len(unsaid) - MAX_CAVEATS} more caveats not shown")
    shown = reply.benchmarks[:MAX_BENCHMARKS] if with_benchmarks else ()
    figures = [mrkdwn(text, 400) for text in benchmark_lines(shown)]
    return [context("\n".join([*caveats, *figures, f"Figures as of {wording.as_of(reply.as_of)}"]))]


def benchmark_lines(benchmarks: Sequence[BenchmarkLine]) -> Iterable[str]:
    """One line for each cohort level, so that the level is said once."""
    for level in dict.fromkeys(benchmark.level for benchmark in benchmarks):
        values = [wording.benchmark(benchmark) for benchmark in benchmarks if benchmark.level == level]
        yield f"Benchmarks, {level}: {', '.join(values)}"

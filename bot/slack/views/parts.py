"""The pieces answers are made of. Each returns blocks, or none if the reply has nothing of the kind.

Limits keep an answer within one screen; what is left out is counted, never silently dropped.
"""

from collections.abc import Sequence

from bot.coach.reply import (
    CoachReply,
    DealRef,
    ElementLine,
    ElementStatus,
    HealthLine,
    NextStep,
    Observation,
    Section,
)
from bot.slack.views import wording
from bot.slack.views.blocks import (
    Element,
    context,
    line,
    link_markup,
    new_line,
    rich_text,
    titled,
    words,
)
from bot.slack.views.escape import mrkdwn, shorten
from bot.slack.views.message import Block
from bot.slack.views.prose import runs
from bot.slack.views.wording import sentence

MAX_DID = 3
MAX_SAID = 2
MAX_GAPS = 4
MAX_SECTIONS = 10
MAX_SECTION_LINES = 10
MAX_CAVEATS = 3
MAX_CITATIONS = 4
MAX_BENCHMARKS = 3
LINE_LIMIT = 240

Item = list[Element]


def facts_line(deal: DealRef) -> list[Block]:
    """Stage, amount, close date and owner in small type."""
    return [context("  ·  ".join(mrkdwn(fact, 120) for fact in wording.deal_facts(deal)))]


def headline(text: str) -> list[Block]:
    """The one sentence that answers the question."""
    return [rich_text(line(words(text)))]


def why(health: HealthLine | None) -> list[Block]:
    """The reasons of the bucket, then what caps it."""
    if health is None:
        return []
    items: list[Item] = [[words(sentence(reason), limit=LINE_LIMIT)] for reason in health.reasons]
    items += [[words(sentence(cap), italic=True, limit=LINE_LIMIT)] for cap in health.caps[:2]]
    if health.insufficient:
        items.append([words(sentence(health.insufficient), italic=True, limit=LINE_LIMIT)])
    return [titled(f"Why {health.bucket.value}" if health.bucket else "Why", items)] if items else []


def did_and_said(reply: CoachReply) -> list[Block]:
    """What the buyer did, before what was said."""
    did = _observations("What the buyer did", reply.did, MAX_DID)
    return did + _observations("What was said", reply.said, MAX_SAID)


def gaps(lines: Sequence[ElementLine]) -> list[Block]:
    """The worst MEDDPPICC gaps with what is missing, then what is confirmed, in small type."""
    settled = {ElementStatus.CONFIRMED, ElementStatus.NOT_APPLICABLE}
    open_gaps = sorted((gap for gap in lines if gap.status not in settled), key=_urgency)
    if not open_gaps:
        return []
    return [
        titled("MEDDPPICC gaps, worst first", [_gap(gap) for gap in open_gaps[:MAX_GAPS]]),
        *_named("Also open", open_gaps[MAX_GAPS:]),
        *_named("Confirmed", [gap for gap in lines if gap.status is ElementStatus.CONFIRMED]),
    ]


def _named(title: str, lines: Sequence[ElementLine]) -> list[Block]:
    names = ", ".join(gap.element.label.lower() for gap in lines)
    return [context(mrkdwn(f"{title}: {names}"))] if names else []


def sections(parts: Sequence[Section]) -> list[Block]:
    """The reply's own titled blocks."""
    return [_section(part) for part in parts[:MAX_SECTIONS] if part.lines]


def _section(part: Section) -> Block:
    """Questions are numbered, since people refer to them by number; other lines are not."""
    ordered = all(text.rstrip().endswith("?") for text in part.lines)
    return titled(part.title, limited(part.lines, MAX_SECTION_LINES), ordered=ordered)


def limited(lines: Sequence[str], most: int) -> list[Item]:
    """At most `most` lines as list items; the last one counts what is left out."""
    items: list[Item] = [runs(shorten(sentence(text), LINE_LIMIT)) for text in lines[:most]]
    if len(lines) > most:
        items.append([words(f"{len(lines) - most} more not shown", italic=True)])
    return items


def next_steps(steps: Sequence[NextStep]) -> list[Block]:
    """Up to three steps: what, who, with whom, by when, and how one will know."""
    return [titled("Next steps", [_step(step) for step in steps], ordered=True)] if steps else []


def sources(reply: CoachReply, hosts: frozenset[str]) -> list[Block]:
    """The handbook sections the advice rests on."""
    shown = reply.citations[:MAX_CITATIONS]
    links = [link_markup(citation.url, citation.title, hosts) for citation in shown]
    left_out = len(reply.citations) - len(shown)
    more = f"  ·  {left_out} more" if left_out else ""
    return [context("📖  " + "  ·  ".join(links) + more)] if links else []


def small_print(reply: CoachReply) -> list[Block]:
    """Caveats, benchmarks and the instant all figures were true."""
    caveats = [f"⚠️  {mrkdwn(text, LINE_LIMIT)}" for text in reply.caveats[:MAX_CAVEATS]]
    if len(reply.caveats) > MAX_CAVEATS:
        caveats.append(f"{len(reply.caveats) - MAX_CAVEATS} more caveats not shown")
    figures = [wording.benchmark(benchmark) for benchmark in reply.benchmarks[:MAX_BENCHMARKS]]
    facts = [mrkdwn(f"Benchmarks: {'; '.join(figures)}", 600)] if figures else []
    facts.append(f"Figures as of {wording.as_of(reply.as_of)}")
    return [context("\n".join([*caveats, *facts]))]


def _observations(title: str, observations: Sequence[Observation], most: int) -> list[Block]:
    if not observations:
        return []
    items = [_observation(observation) for observation in observations[:most]]
    if len(observations) > most:
        items.append([words(f"{len(observations) - most} more not shown", italic=True)])
    return [titled(title, items)]


def _observation(observation: Observation) -> Item:
    dated: Item = [
        words(f"{wording.day(observation.on)} – "),
        words(observation.text, limit=LINE_LIMIT),
    ]
    if observation.quote and observation.quote not in observation.text:
        dated.append(words(f" “{observation.quote}”", italic=True, limit=LINE_LIMIT))
    return dated


def _urgency(gap: ElementLine) -> int:
    return wording.SEVERITY_ORDER[gap.severity] if gap.severity else len(wording.SEVERITY_ORDER)


def _gap(gap: ElementLine) -> Item:
    severity = f", {gap.severity.value}" if gap.severity else ""
    return [
        words(gap.element.label, bold=True),
        words(f" – {wording.STATUS_WORDS[gap.status]}{severity}. "),
        words(sentence(gap.why), limit=LINE_LIMIT),
    ]


def _step(step: NextStep) -> Item:
    who = f"{step.owner} with {step.counterpart}" if step.counterpart else step.owner
    return [
        words(sentence(step.text), limit=LINE_LIMIT),
        new_line(),
        words(wording.due(step.due), bold=True),
        words(f" · {who} · done when ", limit=160),
        words(step.done_when.rstrip("."), limit=LINE_LIMIT),
    ]

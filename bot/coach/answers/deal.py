"""The assessment of one open deal: bucket, what the buyer did, what is only said, gaps, next steps.

Complete without a model. Every number comes from the brief, every quote from a source of this deal.
"""

from dataclasses import dataclass

from bot.coach.answers.guidance import cite
from bot.coach.answers.wording import (
    DM_WORDS,
    benchmark_line,
    benchmark_words,
    deal_line,
    deal_ref,
    listed,
    within,
)
from bot.coach.commitment import SaidVersusDid, said_versus_did
from bot.coach.conflicts import date_conflicts
from bot.coach.dates import plural
from bot.coach.evidence.rules import extract
from bot.coach.evidence.statements import Statements, read_statements
from bot.coach.playbook import CoachPlaybook
from bot.coach.qualify.ledger import Ledger
from bot.coach.qualify.meddppicc import ElementResult, Qualification, qualify
from bot.coach.reply import (
    CitationLine,
    CoachReply,
    ElementStatus,
    HealthLine,
    NextStep,
    Outcome,
    Severity,
)
from bot.coach.steps import plan_steps
from bot.coach.understand import Kind, Question
from bot.handbook.search import Handbook
from bot.pipeline.brief import DealBrief, HealthBucket

_MAX_QUOTES = 3
_STATUS_ORDER = (ElementStatus.CONFIRMED, ElementStatus.STALE, ElementStatus.PARTIAL, ElementStatus.MISSING)


@dataclass(frozen=True, slots=True)
class DealView:
    """Everything known about one open deal, judged, before it is put into words."""

    brief: DealBrief
    statements: Statements
    record: SaidVersusDid
    qualification: Qualification
    conflicts: tuple[str, ...]
    steps: tuple[NextStep, ...]
    citations: tuple[CitationLine, ...]

    @property
    def critical(self) -> tuple[ElementResult, ...]:
        """The critical gaps."""
        return self.qualification.gaps(Severity.CRITICAL)


def view_deal(brief: DealBrief, playbook: CoachPlaybook, handbook: Handbook | None) -> DealView:
    """Judge one open deal: evidence, qualification, commitments, steps and the guidance for them."""
    statements = read_statements(brief.deal, playbook.cues)
    ledger = Ledger(brief.deal, extract(statements, playbook.cues))
    qualification = qualify(ledger, brief, playbook.meddppicc)
    planned = plan_steps(brief, qualification, playbook.actions, playbook.meddppicc)
    steps, citations = cite(planned, handbook, brief.deal.stage)
    return DealView(
        brief=brief,
        statements=statements,
        record=said_versus_did(brief, statements, playbook.cues),
        qualification=qualification,
        conflicts=date_conflicts(brief, statements),
        steps=steps,
        citations=citations,
    )


def answer_deal(view: DealView, question: Question) -> CoachReply:
    """Put a judged deal into the one answer object, shaped by what was asked."""
    headline = _headline(view.brief)
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=view.brief.as_of,
        headline=headline,
        text=_text(view, question, headline),
        deal=deal_ref(view.brief.deal),
        health=health_line(view.brief),
        benchmarks=tuple(benchmark_line(benchmark) for benchmark in view.brief.benchmarks.values()),
        said=(*view.record.soft, *view.record.heard)[:_MAX_QUOTES],
        did=view.record.did,
        meddppicc=tuple(result.line() for result in view.qualification.results),
        next_steps=view.steps,
        citations=view.citations,
        caveats=caveats(view),
    )


def health_line(brief: DealBrief) -> HealthLine:
    """The bucket with its most telling reasons: what pulls it down first, unless the deal is Good."""
    good = brief.health.bucket is HealthBucket.GOOD
    ranked = sorted(brief.health.signals, key=lambda signal: -signal.points if good else signal.points)
    return HealthLine(
        bucket=brief.health.bucket,
        reasons=tuple(signal.reason for signal in ranked)[:4],
        caps=tuple(cap.reason for cap in brief.health.caps),
        net=brief.health.net,
        insufficient=brief.health.insufficient,
    )


def _headline(brief: DealBrief) -> str:
    bucket = brief.health.bucket.value if brief.health.bucket else "closed"
    return f"{brief.deal.name}: {bucket}" + (" (insufficient data)" if brief.health.insufficient else "")


def _text(view: DealView, question: Question, headline: str) -> str:
    brief = view.brief
    must = [
        f"*{headline}* · {deal_line(brief)}",
        *_asked_for(view, question),
        f"*Why:* {_why(brief)}.",
        f"*They did:* {_did(view)}.",
        _qualification(view),
        _next(view.steps[: 1 if question.brief else 2]),
    ]
    must = [line for line in must if line]
    before_gaps, before_next = len(must) - 2, len(must) - 1
    may = [
        (before_gaps, _soft(view)),
        (before_next, _conflict(view)),
        (before_next, _forecast_challenge(view, question)),
        (before_gaps, _heard(view)),
        (len(must), _injection(view)),
        (before_gaps, _stage_line(brief)),
        (len(must), _unfinished_sources(brief)),
    ]
    limit = DM_WORDS // 2 if question.brief else DM_WORDS
    return within(limit, must, [(place, line) for place, line in may if line])


def _asked_for(view: DealView, question: Question) -> list[str]:
    """The direct reply to what was asked, before the assessment."""
    lines = []
    if question.wants_odds:
        lines.append(_no_odds(view.brief))
    if question.kind is Kind.CHANGE:
        lines.append(_no_change(view))
    if question.wants_lines:
        lines.append(_lines_to_send(view))
    return lines


def _no_odds(brief: DealBrief) -> str:
    rate = brief.benchmarks.get("typical_win_rate_from_stage")
    known = f" Benchmark only: typical win rate from {brief.deal.stage} is {benchmark_words(rate)}." if rate else ""
    return f"I give no win percentage for a single deal; nobody can know it.{known}"


def _no_change(view: DealView) -> str:
    """The CRM stays as it is; says what the evidence would need before the change could hold."""
    if view.brief.health.bucket is HealthBucket.POOR:
        return "I change nothing in the CRM. On this evidence it belongs out of the number until the buyer moves."
    lacking = listed([result.element.label.lower() for result in view.critical][:4])
    because = f" critical gaps in {lacking}" if lacking else " the buyer has not given the step that sets it"
    if view.brief.facets.days_until_close is not None and view.brief.facets.days_until_close < 0:
        because += "; a new date needs the buyer's own step, not hope"
    return f"I change nothing in the CRM, and Commit does not hold without evidence:{because}."


def _lines_to_send(view: DealView) -> str:
    """Two lines from recorded facts only: what was said, and what was done."""
    record = view.record
    words = [*record.soft, *record.heard]
    said = f"Said: “{words[0].quote}” ({words[0].text})." if words else "Nothing from the buyer is on record."
    ahead = view.brief.facets.next_meeting
    booked = f"next meeting {ahead.isoformat()}" if ahead else "nothing booked ahead"
    inbound = view.brief.facets.days_since_inbound
    last = f"last mail {plural(inbound, 'day')} ago, " if inbound is not None else ""
    return f"*Two lines you can send:* {said} Did: {last}{booked}; rated {_bucket(view.brief)}."


def _bucket(brief: DealBrief) -> str:
    return brief.health.bucket.value if brief.health.bucket else "closed"


def _why(brief: DealBrief) -> str:
    if brief.health.insufficient:
        return f"too early to judge: {brief.health.insufficient}"
    line = health_line(brief)
    capped = f"capped: {line.caps[0]}" if line.caps and line.caps[0] not in line.reasons else ""
    return "; ".join([*line.reasons, *([capped] if capped else [])]) or "no signal either way"


def _did(view: DealView) -> str:
    if not _knows_activity(view.brief):
        return "unknown, because mail and calendar are not connected; that is not silence"
    acts = [act.text for act in view.record.did]
    if view.brief.facets.next_meeting is None:
        acts.append("nothing booked ahead")
    engaged = view.brief.facets.contacts_engaged
    typical = view.brief.benchmarks.get("typical_contacts_won")
    if engaged:
        people = f"{engaged} {'person' if engaged == 1 else 'people'} engaged"
        acts.append(people + (f" (won deals: {benchmark_words(typical)})" if typical else ""))
    if view.brief.facets.days_since_inbound is None:
        acts.insert(0, "no mail from them on record")
    return "; ".join(acts)


def _knows_activity(brief: DealBrief) -> bool:
    return brief.facets.touches_last_14 is not None


def _soft(view: DealView) -> str:
    if not view.record.soft:
        return ""
    item = view.record.soft[0]
    return f"*Only said:* “{item.quote}” ({item.text}): soft, no date and no name in it."


def _heard(view: DealView) -> str:
    if not view.record.heard:
        return ""
    item = view.record.heard[0]
    return f"*In their words:* “{item.quote}” ({item.text})."


def _qualification(view: DealView) -> str:
    parts = []
    for status in _STATUS_ORDER:
        results = view.qualification.with_status(status)
        if results:
            names = [_gap_name(result) for result in results]
            parts.append(f"{status.value}: {', '.join(names)}")
    critical = [result.element.label.lower() for result in view.critical]
    worst = f" *Critical:* {listed(critical)}." if critical else ""
    return f"*MEDDPPICC* {'; '.join(parts)}.{worst}"


def _gap_name(result: ElementResult) -> str:
    """The element, with the reason behind it where the reason names a person or a fact."""
    name = result.element.label.lower()
    pressing = result.severity in {Severity.CRITICAL, Severity.HIGH} and result.evidence
    return f"{name} ({result.why})" if pressing else name


def _conflict(view: DealView) -> str:
    return f"*Conflict:* {view.conflicts[0]}." if view.conflicts else ""


def _forecast_challenge(view: DealView, question: Question) -> str:
    """A deal with a critical gap or a passed date should not sit in Commit (DOMAIN 3.2)."""
    committed = (view.brief.deal.forecast_category or "").casefold() == "commit"
    past = view.brief.facets.days_until_close is not None and view.brief.facets.days_until_close < 0
    if not committed or not (view.critical or past) or question.kind is Kind.CHANGE:
        return ""
    return "It is forecast as Commit; the evidence does not carry that."


def _stage_line(brief: DealBrief) -> str:
    if brief.facets.days_in_stage is None:
        return ""
    typical = brief.benchmarks.get("typical_days_in_stage")
    beside = f"; typical {benchmark_words(typical)}" if typical else ""
    return f"{plural(brief.facets.days_in_stage, 'day')} in {brief.deal.stage}{beside}."


def _next(steps: tuple[NextStep, ...]) -> str:
    lines = [
        f"• {step.owner} {step.text}, by {step.due.isoformat()}; done when {step.done_when}."
        + (f" ({', '.join(step.citations)})" if step.citations else "")
        for step in steps
    ]
    return "\n".join(["*Next:*", *lines]) if lines else ""


def _injection(view: DealView) -> str:
    if not view.statements.suspicious:
        return ""
    return f"Part of {listed(view.statements.suspicious)} is text aimed at bots: treated as data, not followed."


def _unfinished_sources(brief: DealBrief) -> str:
    silent = [source.detail for source in brief.sources if not source.connected]
    return f"Unknown, not zero: {'; '.join(silent)}." if silent else ""


def caveats(view: DealView) -> tuple[str, ...]:
    """What limits the answer: sources not connected, conflicts, text aimed at bots, team activity not counted."""
    lines = [_unfinished_sources(view.brief), *view.conflicts, _injection(view), _not_counted(view.brief)]
    return tuple(line for line in lines if line)


def _not_counted(brief: DealBrief) -> str:
    others = [
        f"{activity.kind.value} of {activity.on.isoformat()} ({activity.not_counted_because})"
        for activity in brief.deal.activities
        if not activity.counted and activity.not_counted_because and activity.at <= brief.as_of
    ]
    return f"Listed, not counted: {'; '.join(others[-3:])}." if others else ""

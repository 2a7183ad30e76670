"""The assessment of one open deal: bucket, what the buyer did, what is only said, gaps, next steps.

Complete without a model. Every number comes from the brief, every quote from a source of this deal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.coach.answers.direct import direct_reply
from bot.coach.answers.gaps import gap_line
from bot.coach.answers.guidance import cite
from bot.coach.answers.wording import (
    DM_WORDS,
    benchmark_line,
    benchmark_words,
    deal_line,
    deal_ref,
    listed,
    step_lines,
    within,
)
from bot.coach.commitment import SaidVersusDid, said_versus_did
from bot.coach.conflicts import amount_conflicts, date_conflicts, largest_price
from bot.coach.connections import knows_activity, missing_sources
from bot.coach.dates import day_words, plural
from bot.coach.departures import departures
from bot.coach.evidence.rules import extract
from bot.coach.evidence.statements import Statements, read_statements
from bot.coach.playbook import CoachPlaybook
from bot.coach.qualify.ledger import Ledger
from bot.coach.qualify.meddppicc import ElementResult, Qualification, qualify
from bot.coach.reply import CitationLine, CoachReply, HealthLine, NextStep, Outcome, Severity
from bot.coach.steps import StepPlanner
from bot.coach.understand import Kind, Question
from bot.coach.untrusted import set_aside_instructions
from bot.handbook.search import Handbook
from bot.pipeline.brief import DealBrief, HealthBucket, Signal
from bot.pipeline.model import Contact

_MAX_QUOTES = 3
_SHOWN_STEPS = 2
_SHOWN_REASONS = 3
_NOTHING_BOOKED = "nothing booked ahead"
_COLLEAGUES_WITHIN = timedelta(days=30)
_TOLD_BY_ACTS = frozenset({"N2", "N4", "E4", "E6"})
"""Signals whose number the line of the buyer's acts gives anyway, with names."""


@dataclass(frozen=True, slots=True)
class DealView:
    """Everything known about one open deal, judged, before it is put into words."""

    brief: DealBrief
    statements: Statements
    record: SaidVersusDid
    qualification: Qualification
    conflicts: tuple[str, ...]
    gone: Mapping[Contact, date]
    fields: Mapping[str, str]
    steps: tuple[NextStep, ...]
    citations: tuple[CitationLine, ...]

    @property
    def critical(self) -> tuple[ElementResult, ...]:
        """The critical gaps."""
        return self.qualification.gaps(Severity.CRITICAL)


def view_deal(brief: DealBrief, playbook: CoachPlaybook, handbook: Handbook | None) -> DealView:
    """Judge one open deal: evidence, qualification, commitments, steps and the guidance for them."""
    brief, left_out = set_aside_instructions(brief, playbook.cues)
    statements = read_statements(brief.deal, playbook.cues, left_out)
    gone = departures(brief.deal, playbook.cues)
    priced = largest_price(brief, statements, playbook.cues)
    ledger = Ledger(brief.deal, extract(statements, playbook.cues), frozenset(gone), priced)
    qualification = qualify(ledger, brief, playbook.meddppicc)
    dates = date_conflicts(brief, statements)
    conflicts = (*amount_conflicts(brief, statements, playbook.cues), *dates)
    planner = StepPlanner(brief, qualification, playbook.actions, playbook.meddppicc, frozenset(gone), bool(dates))
    steps, citations = cite(planner.plan(), handbook, brief.deal.stage)
    return DealView(
        brief=brief,
        statements=statements,
        record=said_versus_did(brief, statements, playbook.cues, ledger),
        qualification=qualification,
        conflicts=conflicts,
        gone=gone,
        fields=playbook.fields.of(brief.deal.custom),
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
    return HealthLine(
        bucket=brief.health.bucket,
        reasons=tuple(signal.reason for signal in telling_signals(brief))[:4],
        caps=tuple(cap.reason for cap in brief.health.caps if cap.binds),
        net=brief.health.net,
        insufficient=brief.health.insufficient,
    )


def telling_signals(brief: DealBrief) -> list[Signal]:
    """The signals that explain the bucket, most telling first."""
    good = brief.health.bucket is HealthBucket.GOOD
    return sorted(brief.health.signals, key=lambda signal: -signal.points if good else signal.points)


def _headline(brief: DealBrief) -> str:
    bucket = brief.health.bucket.value if brief.health.bucket else "closed"
    return f"{brief.deal.name}: {bucket}" + (" (insufficient data)" if brief.health.insufficient else "")


def _text(view: DealView, question: Question, headline: str) -> str:
    """The message. What was asked and the verdict always stand; the rest is added while it fits."""
    direct = direct_reply(view, question)
    shown = view.steps[: 1 if question.brief or direct else _SHOWN_STEPS]
    opening = [f"*{headline}* · {deal_line(view.brief)}", *direct]
    why = _why(view.brief, is_short=len(direct) > 1)
    verdict = [f"*Why:* {why}.", f"*They did:* {_did(view, why)}."]
    detail = [_soft(view) or _heard(view)] if question.brief else [gap_line(view.qualification)]
    must = [*opening, *verdict, *(line for line in detail if line), step_lines(shown, view.brief.today)]
    after_verdict, before_next = len(opening) + len(verdict), len(must) - 1
    may = [
        (after_verdict, _gone(view)),
        (after_verdict, _soft(view)),
        (len(must), _injection(view)),
        (before_next, _conflict(view)),
        (before_next, _forecast_challenge(view, question)),
        (after_verdict, _fields(view)),
        (after_verdict, _heard(view)),
        (after_verdict, _stage_line(view.brief)),
        (len(must), _unfinished_sources(view.brief) if knows_activity(view.brief) else ""),
        (len(must), _lift(view.brief)),
        (after_verdict, _benchmarks(view.brief) if not question.wants_odds else ""),
    ]
    limit = DM_WORDS * 2 // 3 if question.brief else DM_WORDS
    return within(limit, must, [(place, line) for place, line in may if line and line not in must])


def _why(brief: DealBrief, *, is_short: bool) -> str:
    if brief.health.insufficient:
        return f"{not_rated(brief)}: {brief.health.insufficient}{_age(brief)}"
    good = brief.health.bucket is HealthBucket.GOOD
    telling = [signal for signal in telling_signals(brief) if good or signal.points < 0]
    untold = [signal for signal in telling if signal.code not in _TOLD_BY_ACTS]
    reasons = [signal.reason for signal in untold or telling][: 2 if good or is_short else _SHOWN_REASONS]
    binding = [cap.reason for cap in brief.health.caps if cap.binds and cap.reason not in reasons]
    return "; ".join([*reasons, *binding[:1]]) or "no signal either way"


def not_rated(brief: DealBrief) -> str:
    """Why a deal has no verdict: it is too new, or nobody can see what the buyer does."""
    return "too early to judge" if knows_activity(brief) else "not rated"


def _age(brief: DealBrief) -> str:
    """Age against the typical cycle, for a deal whose activity is unknown: the clock still runs."""
    typical, ratio = brief.benchmarks.get("typical_cycle"), brief.facets.age_ratio
    if knows_activity(brief) or typical is None or ratio is None or brief.facets.opp_age is None:
        return ""
    age = plural(brief.facets.opp_age, "day")
    return f"; {age} old, {ratio:.2g}x the typical cycle of {benchmark_words(typical, 'days')}"


def _did(view: DealView, why: str) -> str:
    facets = view.brief.facets
    if not knows_activity(view.brief):
        return f"unknown, not silence: {missing_sources(view.brief)}"
    acts = [act.text for act in view.record.did]
    if facets.days_since_inbound is None:
        acts.insert(0, "no mail from them on record")
    acts += _by_colleagues(view.brief)
    if facets.next_meeting is None and _NOTHING_BOOKED not in why:
        acts.append(_NOTHING_BOOKED)
    if facets.contacts_engaged:
        acts.append(_engaged(view.brief, facets.contacts_engaged))
    return "; ".join(acts)


def _engaged(brief: DealBrief, count: int) -> str:
    """How many people take part; beside it the benchmark, where the deal lies below it."""
    typical = brief.benchmarks.get("typical_contacts_won")
    if brief.facets.days_since_inbound is None and not brief.facets.meetings_total:
        return f"{'1 person' if count == 1 else f'{count} people'} written to without an answer"
    people = "1 person engaged" if count == 1 else f"{count} people engaged"
    below = typical is not None and count < typical.value
    return f"{people}, won deals have {benchmark_words(typical)}" if typical and below else people


def _gone(view: DealView) -> str:
    names = [f"{contact.name} ({day_words(on, view.brief.today)})" for contact, on in view.gone.items()]
    return f"*Left the company:* {listed(names)}; what they said no longer proves anything." if names else ""


def _by_colleagues(brief: DealBrief) -> list[str]:
    """The buyer's contacts with colleagues: on record, though only the owner's count (DOMAIN 2.2)."""
    others = [
        activity
        for activity in brief.deal.activities
        if activity.not_counted_because
        and "not the owner" in activity.not_counted_because
        and activity.direction != "outbound"
        and activity.at <= brief.as_of
        and brief.today - activity.on <= _COLLEAGUES_WITHIN
    ]
    return [f"{plural(len(others), 'contact')} with colleagues, not counted"] if others else []


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


def _fields(view: DealView) -> str:
    shown = ", ".join(f"{name} {value[:40]}" for name, value in view.fields.items())
    return f"*CRM also says:* {shown}." if shown else ""


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
    beside = f"; typical {benchmark_words(typical, 'days')}" if typical else ""
    return f"{plural(brief.facets.days_in_stage, 'day')} in {brief.deal.stage}{beside}."


def _lift(brief: DealBrief) -> str:
    if not brief.health.what_would_change:
        return ""
    lift = brief.health.what_would_change[0]
    return f"What would lift it to {lift.bucket.value}: {lift.change}."


def _injection(view: DealView) -> str:
    if not view.statements.suspicious:
        return ""
    return f"Part of {listed(view.statements.suspicious)} is text aimed at bots: treated as data, not followed."


def _unfinished_sources(brief: DealBrief) -> str:
    silent = missing_sources(brief)
    return f"Unknown, not zero: {silent}." if silent else ""


def _benchmarks(brief: DealBrief) -> str:
    """Benchmarks not yet in the text: the cycle and the win rate, each with its level and sample."""
    cycle, rate = (brief.benchmarks.get(name) for name in ("typical_cycle", "typical_win_rate_from_stage"))
    shown = [f"typical cycle {benchmark_words(cycle, 'days')}"] if cycle and not _age(brief) else []
    shown += [f"typical win rate from {brief.deal.stage} {benchmark_words(rate)}"] if rate else []
    return f"Benchmarks: {'; '.join(shown)}." if shown else ""


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

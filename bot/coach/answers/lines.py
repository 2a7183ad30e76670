"""The lines an assessment is made of: one fact or finding each, empty where there is nothing to say."""

from datetime import timedelta

from bot.coach.answers.wording import benchmark_words, joined, listed
from bot.coach.connections import knows_activity, missing_sources
from bot.coach.dates import day_words, plural
from bot.coach.reply import HealthLine
from bot.coach.understand import Kind, Question
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief, HealthBucket, Signal

_SHOWN_REASONS = 3
_NOTHING_BOOKED = "nothing booked ahead"
_CYCLE = "cycle"
_COLLEAGUES_WITHIN = timedelta(days=30)
_SAME_CAUSE = {"C1": {"N2"}, "C2": {"N1"}, "C3": {"N6"}, "C4": {"N8", "E8"}, "C5": {"E1"}, "C6": {"E2"}, "P1": {"N6"}}
"""Caps and the signals that say the same thing; said once is enough."""
_TOLD_BY_ACTS = frozenset({"N2", "N4", "E4", "E6"})
"""Signals whose number the line of the buyer's acts gives anyway, with names."""


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


def why_line(brief: DealBrief, *, is_short: bool) -> str:
    """The reasons behind the bucket, most telling first; why there is none if the deal is not rated."""
    if brief.health.insufficient:
        return f"{not_rated(brief)}: {brief.health.insufficient}{_age(brief)}"
    good = brief.health.bucket is HealthBucket.GOOD
    telling = [signal for signal in telling_signals(brief) if good or signal.points < 0]
    untold = [signal for signal in telling if signal.code not in _TOLD_BY_ACTS]
    reasons = [signal.reason for signal in untold or telling][: 2 if good or is_short else _SHOWN_REASONS]
    codes = {signal.code for signal in telling}
    binding = [cap.reason for cap in brief.health.caps if cap.binds and not codes & _SAME_CAUSE.get(cap.code, set())]
    return joined([*reasons, *binding[:1]]) or "no signal either way"


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


def did_line(view: DealView, why: str, *, is_short: bool = False) -> str:
    """What the buyer did, newest first; unknown where the owner's sources are not connected.

    The short one leaves out what colleagues did and how many people take part; the typed reply holds both.
    """
    facets = view.brief.facets
    if not knows_activity(view.brief):
        return f"unknown, not silence: {missing_sources(view.brief)}"
    acts = [act.text for act in view.record.did]
    if facets.days_since_inbound is None:
        acts.insert(0, "no mail from them on record")
    acts += [] if is_short else _by_colleagues(view.brief)
    if facets.next_meeting is None and _NOTHING_BOOKED not in why:
        acts.append(_NOTHING_BOOKED)
    if facets.contacts_engaged and not is_short:
        acts.append(_engaged(view.brief, facets.contacts_engaged))
    return "; ".join(acts)


def _engaged(brief: DealBrief, count: int) -> str:
    """How many people take part; beside it the benchmark, where the deal lies below it."""
    typical = brief.benchmarks.get("typical_contacts_won")
    if brief.facets.days_since_inbound is None and not brief.facets.meetings_total:
        return f"{'1 person' if count == 1 else f'{count} people'} written to without an answer"
    people = "1 person engaged" if count == 1 else f"{count} people engaged"
    below = typical is not None and count < typical.value
    return f"{people}, won deals average {benchmark_words(typical)}" if typical and below else people


def gone_line(view: DealView) -> str:
    """Who left the company, and when that was learnt."""
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


def soft_line(view: DealView) -> str:
    """The most telling sentence that sounds like agreement and holds no act."""
    if not view.record.soft:
        return ""
    item = view.record.soft[0]
    return f"*Only said:* “{item.quote}” ({item.text}): soft, no date and no name in it."


def heard_line(view: DealView) -> str:
    """The newest sentence of the buyer that proves something."""
    if not view.record.heard:
        return ""
    item = view.record.heard[0]
    return f"*In their words:* “{item.quote}” ({item.text})."


def fields_line(view: DealView) -> str:
    """Custom CRM fields the playbook allows to be shown."""
    shown = ", ".join(f"{name} {value[:40]}" for name, value in view.fields.items())
    return f"*CRM also says:* {shown}." if shown else ""


def conflict_line(view: DealView) -> str:
    """The first conflict between the CRM and what people said."""
    return f"*Conflict:* {view.conflicts[0]}." if view.conflicts else ""


def forecast_line(view: DealView, question: Question) -> str:
    """A deal with a critical gap or a passed date should not sit in Commit (DOMAIN 3.2)."""
    committed = (view.brief.deal.forecast_category or "").casefold() == "commit"
    past = view.brief.facets.days_until_close is not None and view.brief.facets.days_until_close < 0
    if not committed or not (view.critical or past) or question.kind is Kind.CHANGE:
        return ""
    return "It is forecast as Commit; the evidence does not carry that."


def stage_line(brief: DealBrief) -> str:
    """Days in the current stage beside the benchmark."""
    if brief.facets.days_in_stage is None:
        return ""
    typical = brief.benchmarks.get("typical_days_in_stage")
    beside = f"; typical {benchmark_words(typical, 'days')}" if typical else ""
    return f"{plural(brief.facets.days_in_stage, 'day')} in {brief.deal.stage}{beside}."


def lift_line(brief: DealBrief) -> str:
    """The smallest single change that would raise the bucket."""
    if not brief.health.what_would_change:
        return ""
    lift = brief.health.what_would_change[0]
    return f"What would lift it to {lift.bucket.value}: {lift.change}."


def injection_line(view: DealView) -> str:
    """That a source holds text aimed at software, which was not followed."""
    if not view.statements.suspicious:
        return ""
    return f"Part of {listed(view.statements.suspicious)} is text aimed at bots: treated as data, not followed."


def model_line(view: DealView) -> str:
    """Which elements rest on sentences that a model, not a rule, took for evidence."""
    read = {item.element for item in view.ledger.items if item.read_by}
    names = [result.element.label.lower() for result in view.qualification.results if result.element in read]
    return f"Read by a model, quote checked: {listed(names)}." if names else ""


def sources_line(brief: DealBrief) -> str:
    """Which of the owner's sources are missing."""
    silent = missing_sources(brief)
    return f"Unknown, not zero: {silent}." if silent else ""


def benchmarks_line(brief: DealBrief, why: str) -> str:
    """Benchmarks not yet in the text: the cycle, unless `why` names it, and the win rate, each with its sample."""
    cycle, rate = (brief.benchmarks.get(name) for name in ("typical_cycle", "typical_win_rate_from_stage"))
    shown = (
        [f"typical cycle {benchmark_words(cycle, 'days')}"] if cycle and not _age(brief) and _CYCLE not in why else []
    )
    shown += [f"typical win rate from {brief.deal.stage} {benchmark_words(rate)}"] if rate else []
    return f"Benchmarks: {'; '.join(shown)}." if shown else ""


def caveats(view: DealView) -> tuple[str, ...]:
    """What limits the answer: unconnected sources, conflicts, text aimed at bots, what a model read or none counted."""
    shown = (injection_line(view), model_line(view), _not_counted(view.brief))
    return tuple(line for line in (sources_line(view.brief), *view.conflicts, *shown) if line)


def _not_counted(brief: DealBrief) -> str:
    others = [
        f"{activity.kind.value} of {activity.on.isoformat()} ({activity.not_counted_because})"
        for activity in brief.deal.activities
        if not activity.counted and activity.not_counted_because and activity.at <= brief.as_of
    ]
    return f"Listed, not counted: {'; '.join(others[-3:])}." if others else ""

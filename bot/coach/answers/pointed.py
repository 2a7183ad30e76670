"""A pointed question on one open deal, answered in a few lines (F008, F024, F037, F041, F055, F060)."""

from collections.abc import Callable, Sequence

from bot.coach.answers.lines import gone_line, health_line, soft_line, why_line
from bot.coach.answers.record import counts_lines, mention_lines
from bot.coach.answers.saying import person_lines, reach_lines
from bot.coach.answers.wording import close_date_words, deal_line, deal_ref, listed, step_lines
from bot.coach.connections import knows_activity, missing_sources
from bot.coach.dates import day_words, plural
from bot.coach.people import approach
from bot.coach.points import Point
from bot.coach.reply import CoachReply, Element, ElementStatus, Outcome, Section
from bot.coach.view import DealView
from bot.pipeline.brief import HealthBucket

_QUESTIONS = 3
_RISKS = 3
_LIFTS = 2
_WEAK = frozenset({HealthBucket.AT_RISK, HealthBucket.POOR})
_PARTNER_FIELDS = ("partner", "registration", "registered")


def answer_point(view: DealView, point: Point, text: str) -> CoachReply:
    """Answer `point` as asked in `text`; the headline keeps the bucket, so that nothing is read without it."""
    lines = _WORDED[point](view, text) if point in _WORDED else _LINES[point](view)
    steps = view.steps[: _STEPS.get(point, 0)]
    brief = view.brief
    bucket = f": {brief.health.bucket.value}" if brief.health.bucket and not brief.health.insufficient else ""
    headline = f"{brief.deal.name}{bucket}"
    parts = [f"*{headline}* · {deal_line(brief)}", *lines, step_lines(steps, brief.today)]
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=brief.as_of,
        headline=headline,
        text="\n".join(part for part in parts if part),
        deal=deal_ref(brief.deal),
        health=health_line(brief),
        sections=(Section(title=point.value.capitalize(), lines=tuple(lines)),) if lines else (),
        next_steps=steps,
        citations=tuple(each for each in view.citations if any(each.key in step.citations for step in steps)),
        caveats=tuple(status.detail for status in brief.sources if not status.connected),
    )


def _explain(view: DealView) -> list[str]:
    """Where the bucket comes from: signals with points, the sum, what caps it, what would lift it (F024)."""
    health = view.brief.health
    if health.insufficient:
        return [f"Not rated: {health.insufficient}. No points are counted, and Average stands in until more is known."]
    signals = sorted(health.signals, key=lambda signal: signal.points)
    lines = [f"• {signal.points:+d}: {signal.reason}" for signal in signals] or ["• no signal either way"]
    caps = [f"Held at {cap.best.value} at best: {cap.reason}." for cap in health.caps if cap.binds]
    lifts = [f"to {lift.bucket.value}: {lift.change}" for lift in health.what_would_change[:_LIFTS]]
    return [
        f"Computed from the record, {health.net or 0:+d} points in all:",
        *lines,
        *caps,
        f"What would lift it {'; or '.join(lifts)}." if lifts else "",
        "Is one of them wrong? Press *Contest* under the card in Slack, and I judge the deal again.",
    ]


def _contest(view: DealView) -> list[str]:
    return [
        "Then the record misses something. Press *Contest* under the card in Slack and say which fact is wrong, or "
        "paste the mail or note that shows it: I judge again and show both verdicts.",
        f"What I went by: {why_line(view.brief, is_short=False)}.",
    ]


def _cannot(view: DealView) -> list[str]:  # noqa: ARG001 - every answer has this shape
    """What only a person does; the step and the draft are what the coach can give."""
    return [
        "I call, send and book nothing, and I set no reminders: a person does that. I can draft it: “draft a "
        "follow-up” or “draft an agenda”. A step you accept in Slack is asked about again on its day."
    ]


def _forecastable(view: DealView) -> list[str]:
    """Whether the evidence carries Commit: acts and gaps, never a percentage."""
    category = view.brief.deal.forecast_category
    said = f"The CRM has it in {category}." if category else "No forecast category is recorded."
    against = _against(view)
    if not against:
        return [
            f"{said} On the evidence it can stand in Commit: no critical gap, and the buyer is acting.",
            _when(view),
        ]
    weak = view.brief.health.bucket in _WEAK
    where = "leave it out of the number until the buyer moves" if weak else "not Commit yet"
    return [f"{said} On the evidence: {where}. Against it: {listed(against)}.", _when(view)]


def _against(view: DealView) -> list[str]:
    brief = view.brief
    found = []
    if view.critical:
        names = [result.element.label.lower() for result in view.critical]
        found.append(f"{plural(len(names), 'critical gap')} ({listed(names[:_RISKS])}{' …' if names[_RISKS:] else ''})")
    if not knows_activity(brief):
        found.append("what the buyer does is unknown")
    elif brief.facets.next_meeting is None:
        found.append("nothing booked ahead")
    if brief.facets.days_until_close is not None and brief.facets.days_until_close < 0:
        found.append("the close date has passed")
    if brief.health.insufficient:
        found.append(f"not rated ({brief.health.insufficient})")
    elif brief.health.bucket in _WEAK:
        found.append(f"rated {brief.health.bucket.value}")
    return found


def _real(view: DealView) -> list[str]:
    """Is it an opportunity at all: what the buyer did lately, and what would settle it (002, F060)."""
    brief = view.brief
    if not knows_activity(brief):
        return [f"That cannot be told: {missing_sources(brief)}, so what they do is unknown, not silence."]
    did = [act.text for act in view.record.did]
    acts = f"What they did: {'; '.join(did)}." if did else "The buyer has done nothing that is on record."
    if brief.facets.next_meeting is None and not brief.facets.inbound_last_14 and not brief.facets.meetings_last_30:
        verdict = "By deeds, not an opportunity at the moment: no mail in 14 days, no meeting in 30 and none ahead."
    elif brief.health.bucket in _WEAK:
        verdict = "By deeds, weak but alive."
    else:
        verdict = "By deeds, alive."
    decide = "Whether to let it go is yours: ask for one dated step, and close it if none comes."
    return [verdict, acts, soft_line(view), decide if brief.facets.next_meeting is None else ""]


def _pushed(view: DealView) -> list[str]:
    """How often the close date moved to a later day, and when, as far as the CRM kept it."""
    brief = view.brief
    pushes = brief.facets.close_date_pushes
    if pushes is None:
        return ["Earlier close dates are not recorded, so how often it moved is unknown, not zero."]
    if not pushes:
        return [f"Never moved to a later day, as far as the CRM kept it; {close_date_words(brief)}."]
    moves = [change.on for change in brief.deal.changes if change.field == "close_date"]
    days = listed([day_words(on, brief.today) for on in sorted(moves)])
    return [
        f"Moved later {plural(pushes, 'time')}{f' (changes on {days})' if days else ''}; {close_date_words(brief)}."
    ]


def _dated(view: DealView) -> list[str]:
    return [_when(view), *(f"Conflict: {conflict}." for conflict in view.conflicts[:1])]


def _when(view: DealView) -> str:
    """What is recorded about the date; the coach predicts none."""
    brief = view.brief
    pushes = brief.facets.close_date_pushes
    moved = (
        "earlier dates are not recorded"
        if pushes is None
        else f"moved later {plural(pushes, 'time')}"
        if pushes
        else "never moved later"
    )
    typical = brief.benchmarks.get("typical_days_to_won_from_stage")
    pace = (
        f" Won deals took {typical.value:.0f} days from entering {brief.deal.stage} ({typical.basis});"
        f" this one entered {plural(brief.facets.days_in_stage, 'day')} ago."
        if typical and brief.facets.days_in_stage is not None
        else ""
    )
    return f"I predict no date. The CRM: {close_date_words(brief)}; {moved}.{pace}"


def _prepare(view: DealView) -> list[str]:
    """A page for the next talk: who and when, what they last said, what to ask, what to leave with (F041)."""
    brief = view.brief
    ahead = next((act.text for act in view.record.did if act.text.startswith("next meeting")), None)
    if not knows_activity(brief):
        booked = f"In the calendar: unknown, {missing_sources(brief)}."
    else:
        booked = f"In the calendar: {ahead}." if ahead else "In the calendar: nothing is booked with them."
    last = [*view.record.soft, *view.record.heard][:1]
    words = [f"They last said: “{item.quote}” ({item.text})." for item in last]
    asks = [f"• “{gap.question}” ({gap.element.label.lower()})" for gap in view.qualification.gaps()[:_QUESTIONS]]
    contact = approach("replied", brief, frozenset(view.gone))
    whom = f" {contact.first_name}" if contact else ""
    return [
        booked,
        *words,
        gone_line(view),
        *([f"*Ask{whom}:*", *asks] if asks else ["No gap is open: agree the next dated step."]),
        "For an agenda to paste: “draft an agenda”.",
    ]


def _risks(view: DealView) -> list[str]:
    """What speaks against the deal: signals, gaps, conflicts; the worst first."""
    brief = view.brief
    bad = sorted((signal for signal in brief.health.signals if signal.points < 0), key=lambda signal: signal.points)
    rows = [signal.reason for signal in bad[:_RISKS]]
    if not knows_activity(brief):
        rows.append(f"what the buyer does is unknown: {missing_sources(brief)}")
    gaps = [*view.critical, *(gap for gap in view.qualification.gaps() if gap not in view.critical)]
    rows += [f"{gap.element.label.lower()} {gap.status.value}: {gap.why.rstrip('.')}" for gap in gaps[:_RISKS]]
    rows += [f"conflict: {conflict}" for conflict in view.conflicts[:1]]
    if not rows:
        return ["Nothing on record speaks against it; nothing is certain before it is signed."]
    return [*(f"• {row[:1].upper()}{row[1:]}." for row in rows), gone_line(view), soft_line(view)]


def _partner(view: DealView) -> list[str]:
    """The partner element, and what is recorded about a registration (F055)."""
    result = next((each for each in view.qualification.results if each.element is Element.PARTNER), None)
    if result is None:
        return ["Your playbook does not ask about partners (meddppicc.yaml, partner)."]
    recorded = {
        name: str(value)
        for name, value in view.brief.deal.custom.items()
        if value not in (None, "") and any(word in name.casefold() for word in _PARTNER_FIELDS)
    }
    people = [contact.name for contact in view.brief.deal.contacts if (contact.role or "").casefold() == "partner"]
    if result.status is ElementStatus.NOT_APPLICABLE and not recorded and not people:
        return [
            "No partner is on record for this deal: none in the contacts, the mails, the notes or the CRM's fields."
        ]
    fields = [f"{name.replace('_', ' ')}: {value[:60]}" for name, value in recorded.items()]
    registered = any("regist" in name.casefold() for name in recorded)
    return [
        f"*Partner: {result.status.value.replace('_', ' ')}.* {result.why}",
        f"People: {listed(people)} (a role in the CRM is a claim)." if people else "",
        f"The CRM says: {'; '.join(fields)}." if fields else "",
        "" if registered else "No deal registration is recorded.",
    ]


def _steps(view: DealView) -> list[str]:
    recorded = view.brief.deal.next_step
    aimed = any("next step" in name for name in view.statements.suspicious)
    mine = f"The CRM's next step: “{recorded}”." if recorded and not aimed else ""
    return [f"Why: {why_line(view.brief, is_short=True)}.", mine]


_STEPS = {
    Point.EXPLAIN: 1,
    Point.CANNOT: 1,
    Point.REAL: 1,
    Point.STEPS: 3,
    Point.FORECASTABLE: 1,
    Point.RISKS: 1,
    Point.WHEN: 1,
}
"""How many next steps close the answer."""
_LINES: dict[Point, Callable[[DealView], Sequence[str]]] = {
    Point.EXPLAIN: _explain,
    Point.CONTEST: _contest,
    Point.CANNOT: _cannot,
    Point.FORECASTABLE: _forecastable,
    Point.REAL: _real,
    Point.WHEN: _dated,
    Point.PUSHED: _pushed,
    Point.PREPARE: _prepare,
    Point.RISKS: _risks,
    Point.PARTNER: _partner,
    Point.STEPS: _steps,
    Point.COUNTS: counts_lines,
}
_WORDED: dict[Point, Callable[[DealView, str], Sequence[str]]] = {
    Point.PERSON: person_lines,
    Point.REACH: reach_lines,
    Point.MENTIONED: mention_lines,
}
"""Answers that turn on a word of the question: a person, a topic."""

"""The direct reply to what was asked, before the assessment: odds, a change of the CRM, lines to send on."""

from bot.coach.answers.wording import benchmark_words, listed
from bot.coach.close_plan import lint_plan
from bot.coach.connections import knows_activity
from bot.coach.dates import day_words, plural
from bot.coach.qualify.meddppicc import ElementResult
from bot.coach.understand import Kind, Question
from bot.coach.view import DealView
from bot.coach.writing import wanted
from bot.pipeline.brief import DealBrief, HealthBucket

_NAMED_GAPS = 4
_NO_PROMISE = (
    "I promise nothing to a buyer: your company sets what may be conceded, and a concession is traded for something "
    "they do, by a date."
)
_PLAN_FINDINGS = 4
_LIFTS = 2


def direct_reply(view: DealView, question: Question) -> list[str]:
    """One line for each thing the message asked for beyond an assessment."""
    lines = []
    if question.wants_odds:
        lines.append(_no_odds(view.brief))
    if question.kind is Kind.CHANGE:
        lines.append(_no_change(view, question))
    if question.wants_certainty and question.kind is not Kind.CHANGE:
        lines.append(_no_certainty(view))
    if question.wants_result:
        lines.append("It is still open: neither won nor lost.")
    if question.wants_lift:
        lines.append(_lift(view.brief))
    if question.wants_concession:
        lines.append(_NO_PROMISE)
    if question.wants_plan_check:
        lines.append(_plan_check(view))
    if question.wants_lines:
        lines.append(_lines_to_send(view))
    results = {result.element: result for result in view.qualification.results}
    lines += [_element(results[element]) for element in question.elements[:2] if element in results]
    return lines


def _element(result: ElementResult) -> str:
    return f"*{result.element.label}: {result.status.value}.* {result.why[:1].upper()}{result.why[1:]}."


def _no_certainty(view: DealView) -> str:
    """What the record holds against being sure; praise and verbal promises are no part of it."""
    against = []
    if view.critical:
        against.append(f"{plural(len(view.critical), 'critical gap')}")
    facets = view.brief.facets
    if knows_activity(view.brief) and facets.next_meeting is None:
        against.append("nothing booked ahead")
    if view.brief.health.bucket in {HealthBucket.AT_RISK, HealthBucket.POOR}:
        against.append(f"rated {view.brief.health.bucket.value}")
    if not knows_activity(view.brief):
        if not against:
            return "That cannot be told: what they did is unknown."
        return f"On what is known, no: {listed(against)}; what they did is unknown."
    if not against:
        return "What they did speaks for it so far; nothing is certain before it is signed."
    return f"Judged by what they did, no: {listed(against)}."


def _plan_check(view: DealView) -> str:
    """The close plan read line by line."""
    deal = view.brief.deal
    if deal.close_plan is None:
        return "*Close plan:* none is recorded. Start with `date | owner | action` lines, the buyer's side included."
    buyers = [contact.name for contact in deal.contacts]
    findings = lint_plan(deal.close_plan, view.brief.today, deal.close_date, buyers)
    if not findings:
        return "*Close plan:* fresh, dated and owned; nothing to mend."
    return "*Close plan:* " + "; ".join(finding.sentence for finding in findings[:_PLAN_FINDINGS]) + "."


def _lift(brief: DealBrief) -> str:
    """The single changes that would raise the bucket, the smallest first; honest where no single one does."""
    if brief.health.insufficient or brief.health.bucket is None:
        return "Not rated yet, so there is nothing to lift."
    if brief.health.bucket is HealthBucket.GOOD:
        return "It is rated Good already; the next step below keeps it there."
    lifts = [f"to {lift.bucket.value}: {lift.change}" for lift in brief.health.what_would_change[:_LIFTS]]
    return f"*What would lift it* {'; or '.join(lifts)}." if lifts else "No single change lifts it; it takes several."


def _no_odds(brief: DealBrief) -> str:
    rate = brief.benchmarks.get("typical_win_rate_from_stage")
    known = f" Benchmark only: typical win rate from {brief.deal.stage} is {benchmark_words(rate)}." if rate else ""
    return f"I give no win percentage for a single deal; nobody can know it.{known}"


def _no_change(view: DealView, question: Question) -> str:
    """Who changes the CRM; says what the evidence would need before the change could hold."""
    opening = _who_changes(view.brief.deal.id, question)
    days = view.brief.facets.days_until_close
    date = " A new date needs the buyer's own step, not hope." if days is not None and days < 0 else ""
    if question.write_refusal is not None and wanted(question.text):
        return f"{opening}{date}"
    if view.brief.health.bucket is HealthBucket.POOR:
        return f"{opening} On this evidence it belongs out of the number until the buyer moves."
    lacking = listed([result.element.label.lower() for result in view.critical][:_NAMED_GAPS])
    gaps = f": critical gaps in {lacking}" if lacking else ""
    return f"{opening} Commit does not hold without evidence{gaps}.{date}"


def _who_changes(deal_id: str, question: Question) -> str:
    """The CRM is changed by the person's own click, where that is possible at all."""
    if question.write_refusal is None:
        return "I change nothing in the CRM."
    if wanted(question.text) is None:
        return "I change no amount and no forecast category in the CRM."
    reason = question.write_refusal(deal_id)
    if reason is None:
        return "I change nothing in the CRM by myself: *Write to CRM…* in Slack shows old and new before you decide."
    return f"I change nothing in the CRM: {reason[:1].lower()}{reason[1:]}"


def _lines_to_send(view: DealView) -> str:
    """Two lines from recorded facts only: what was said, and what was done."""
    words = [*view.record.soft, *view.record.heard]
    said = f"Said: “{words[0].quote}” ({words[0].text})." if words else "Nothing from the buyer is on record."
    facets, today = view.brief.facets, view.brief.today
    booked = f"next meeting {day_words(facets.next_meeting, today)}" if facets.next_meeting else "nothing booked ahead"
    last = (
        f"last mail {plural(facets.days_since_inbound, 'day')} ago, " if facets.days_since_inbound is not None else ""
    )
    rated = f"; rated {view.brief.health.bucket.value}" if view.brief.health.bucket else ""
    return f"*Two lines you can send:* {said} Did: {last}{booked}{rated}."

"""The seller's overview sheet, filled in beforehand with what is on record (DOMAIN 6.1).

The seller corrects and completes it; what they send is theirs, and nothing of it becomes a fact of the deal.
"""

from collections.abc import Callable, Iterator

from bot.coach.answers.wording import close_date_words
from bot.coach.close_plan import lint_plan
from bot.coach.consults.rules import ConsultRules
from bot.coach.dates import day_words, plural
from bot.coach.money import money
from bot.coach.view import DealView
from bot.memory.consults import Consult

_SHOWN_GAPS = 6
_SHOWN_FINDINGS = 3


def prefilled(view: DealView, rules: ConsultRules, last: Consult | None) -> dict[str, str]:
    """What each field of the sheet begins with, one point a line; an empty string where nothing is on record."""
    sources: dict[str, Callable[[], Iterator[str]]] = {
        "background": lambda: _background(view, last),
        "state": lambda: _state(view),
        "message": lambda: _message(view, rules),
        "gaps": lambda: _gaps(view),
        "challenges": lambda: _challenges(view),
    }
    return {field.key: "\n".join(sources[field.prefilled]()) if field.prefilled else "" for field in rules.overview}


def _background(view: DealView, last: Consult | None) -> Iterator[str]:
    deal, today, facets = view.brief.deal, view.brief.today, view.brief.facets
    if facets.opp_age is not None:
        yield f"Open for {plural(facets.opp_age, 'day')} with {deal.account or 'the account'}"
    if last is not None and last.shared_at is not None:
        yield f"Last consult on {day_words(last.shared_at.date(), today)}"
    if facets.last_advance is not None:
        yield f"Last moved forward on {day_words(facets.last_advance, today)}"
    if facets.close_date_pushes:
        yield f"Close date put off {plural(facets.close_date_pushes, 'time')}"
    yield from (act.text[0].upper() + act.text[1:] for act in view.record.did[:2])


def _state(view: DealView) -> Iterator[str]:
    deal, plan = view.brief.deal, view.brief.deal.command_plan
    amount = money(deal.amount, deal.currency)
    yield f"{deal.stage}, {deal.forecast_category or 'no forecast category'}, {amount}, {close_date_words(view.brief)}"
    if plan.get("why_anything"):
        yield f"Business problem: {plan['why_anything']}"
    if plan.get("why_now"):
        yield f"Compelling event: {plan['why_now']}"


def _message(view: DealView, rules: ConsultRules) -> Iterator[str]:
    """The fields of the command plan nobody filled in."""
    blank = [field.replace("_", " ") for field in rules.command_plan if not view.brief.deal.command_plan.get(field)]
    if blank:
        yield f"Not written down: {', '.join(blank)}"


def _gaps(view: DealView) -> Iterator[str]:
    for result in view.qualification.gaps()[:_SHOWN_GAPS]:
        yield f"{result.element.label}: {result.status.value}, {result.why}"


def _challenges(view: DealView) -> Iterator[str]:
    deal = view.brief.deal
    if deal.command_plan.get("risks"):
        yield f"Risks: {deal.command_plan['risks']}"
    if deal.command_plan.get("help"):
        yield f"Help wanted: {deal.command_plan['help']}"
    yield from view.conflicts[:2]
    buyers = [contact.name for contact in deal.contacts]
    findings = lint_plan(deal.close_plan, view.brief.today, deal.close_date, buyers)
    yield from (finding.sentence for finding in findings[:_SHOWN_FINDINGS])

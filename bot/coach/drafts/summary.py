"""An executive summary in seven parts, each with a number, a date or a scope, or a blank that says so (F042)."""

from bot.coach.dates import day_words
from bot.coach.drafts.facts import DraftFacts, blank, yours
from bot.coach.evidence.model import Evidence
from bot.coach.money import money
from bot.coach.reply import Element, ElementStatus

_SETTLED = {ElementStatus.CONFIRMED, ElementStatus.NOT_APPLICABLE}


def executive_summary(facts: DraftFacts) -> str:
    """A one-page decision brief from recorded facts; parts without one are named blanks."""
    outcomes = _quotes(facts, (Element.METRICS, "target"), (Element.METRICS, "baseline"))
    problem = _quotes(facts, (Element.IDENTIFY_PAIN, "problem"), (Element.IDENTIFY_PAIN, "consequence"))
    parts = {
        "Purpose": [_purpose(facts)],
        "Context": [each for each in problem if each not in outcomes] or [blank("the problem, in their words")],
        "Recommendation": [yours("scope in one sentence")],
        "Expected outcomes": outcomes,
        "Assumptions and constraints": _quotes(
            facts, (Element.DECISION_CRITERIA, "ranked"), (Element.DECISION_CRITERIA, "listed")
        ),
        "Risks and what we do about them": _risks(facts),
        "Decision requested": [_decision(facts)],
    }
    return "\n".join(line for title, lines in parts.items() for line in (title, *(f"- {each}" for each in lines), ""))


def _purpose(facts: DraftFacts) -> str:
    deal = facts.view.brief.deal
    amount = money(deal.amount, deal.currency) if deal.amount is not None else blank("amount")
    return f"{deal.name}, {amount}"


def _quotes(facts: DraftFacts, *wanted: tuple[Element, str]) -> list[str]:
    """The newest sentence for each trait; the same sentence once."""
    found = [item for element, trait in wanted if (item := facts.written(element, trait))]
    lines = list(dict.fromkeys(_quoted(facts, item) for item in found))
    return lines or [blank(f"{wanted[0][0].label.lower()}, in their figures")]


def _quoted(facts: DraftFacts, item: Evidence) -> str:
    who = item.person.name if item.person else "the buyer"
    return f"“{item.quote.rstrip('.')}” ({who}, {day_words(item.on, facts.view.brief.today)})"


def _risks(facts: DraftFacts) -> list[str]:
    open_points = facts.open_points()
    return [f"Still open: {point}" for point in open_points] or [blank("main risk, with its owner")]


def _decision(facts: DraftFacts) -> str:
    deal, today = facts.view.brief.deal, facts.view.brief.today
    step = facts.written(Element.DECISION_PROCESS, "dated")
    if step:
        return _quoted(facts, step)
    ahead = deal.close_date and deal.close_date >= today
    by = day_words(deal.close_date, today) if deal.close_date and ahead else blank("day of the decision")
    return f"Approval by {by} (our date, not yet theirs)" if ahead else f"Approval by {by}"

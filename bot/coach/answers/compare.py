"""Two or three deals side by side: the same facts for each, and which one needs somebody first."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.coach.answers.portfolio import by_urgency
from bot.coach.answers.wording import bucket_words, close_date_words, deal_ref, listed
from bot.coach.connections import knows_activity
from bot.coach.dates import day_words, plural
from bot.coach.money import money
from bot.coach.names import resolve
from bot.coach.reply import CoachReply, ElementStatus, Outcome, Section
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import DealName

MOST = 3
_BLANK = frozenset({ElementStatus.MISSING, ElementStatus.NOT_APPLICABLE})
_ASKS = re.compile(
    r"\b(compare|comparison|versus|vs|side by side|(better|worse|bigger|smaller|older|rather|healthier) than|or)\b"
    r"|^\W*(how['’]?s?|how (is|are)|what about|status of) .+ and .+",
    re.IGNORECASE,
)
_IT = re.compile(r"\b(it|this|that)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:compare|compared|and|with|to|versus|vs\.?|or|than|against)\b|,", re.I)


def deals_compared(text: str, deals: Sequence[DealName], focus: str | None = None) -> list[DealName]:
    """The two or three deals `text` sets beside each other; empty if it names fewer or leaves one of them open.

    "It" stands for the deal in `focus`, if there is one.
    """
    if not _ASKS.search(text):
        return []
    found = {deal.id: deal for deal in deals if deal.id == focus and _IT.search(text)}
    for part in _BETWEEN.split(text):
        named = resolve(part, deals).deals
        if len(named) > 1:
            return []
        found.update({deal.id: deal for deal in named})
    return list(found.values()) if 1 < len(found) <= MOST else []


def answer_compare(views: Sequence[DealView], as_of: datetime) -> CoachReply:
    """The facts of each deal in the same order; the one to look at first is the more urgent one, not the bigger."""
    briefs = [view.brief for view in views]
    first = by_urgency(briefs)[:1]
    headline = f"Side by side: {listed([brief.deal.name for brief in briefs])}"
    rows = {brief.deal.name: tuple(_rows(view)) for view, brief in zip(views, briefs, strict=True)}
    blocks = [f"*{name}*\n" + "\n".join(f"• {row}" for row in lines) for name, lines in rows.items()]
    verdict = f"*Needs you first:* {first[0].deal.name}: {first[0].why}." if first else ""
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join(part for part in (f"*{headline}*", *blocks, verdict) if part),
        choices=tuple(deal_ref(brief.deal) for brief in briefs),
        sections=tuple(Section(title=name, lines=lines) for name, lines in rows.items()),
    )


def _rows(view: DealView) -> list[str]:
    brief = view.brief
    if not brief.deal.is_open:
        return [f"{brief.deal.status.value.capitalize()}, {money(brief.deal.amount, brief.deal.currency)}"]
    insufficient = f" ({brief.health.insufficient})" if brief.health.insufficient else ""
    return [
        f"{bucket_words(brief)}{insufficient}; {brief.deal.stage}; {close_date_words(brief)}",
        f"{money(brief.deal.amount, brief.deal.currency)}, forecast: {brief.deal.forecast_category or 'not recorded'}",
        _contact(brief),
        _gaps(view),
    ]


def _gaps(view: DealView) -> str:
    if not view.critical:
        known = any(result.status not in _BLANK for result in view.qualification.results)
        return "No critical gap" if known else "MEDDPPICC: nothing on record, and nothing critical at this stage"
    named = listed([result.element.label.lower() for result in view.critical])
    return f"{plural(len(view.critical), 'critical gap')}: {named}"


def _contact(brief: DealBrief) -> str:
    if not knows_activity(brief):
        return "Mail and calendar not connected: what they did is unknown"
    facets = brief.facets
    mail = (
        "no mail from them on record"
        if facets.days_since_inbound is None
        else f"last mail from them {plural(facets.days_since_inbound, 'day')} ago"
    )
    ahead = f"next meeting {day_words(facets.next_meeting, brief.today)}" if facets.next_meeting else "nothing booked"
    return f"{mail[:1].upper()}{mail[1:]}; {ahead}"

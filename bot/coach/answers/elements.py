"""Which deals lack one MEDDPPICC element: judged deal by deal on evidence, never on a filled-in field."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.coach.answers.wording import deal_ref
from bot.coach.dates import plural
from bot.coach.qualify.meddppicc import ElementResult
from bot.coach.reply import CoachReply, Element, ElementStatus, Outcome, Section, Severity
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief

_SHOWN = 7
JUDGED_AT_MOST = 80
"""Reading every mail of a deal takes some milliseconds; a longer list is cut to the largest deals, and that is said."""

_SETTLED = frozenset({ElementStatus.CONFIRMED, ElementStatus.NOT_APPLICABLE})
_SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, None)


def answer_lacking(
    element: Element,
    briefs: Sequence[DealBrief],
    judge: Callable[[DealBrief], DealView],
    whose: str,
    as_of: datetime,
) -> CoachReply:
    """The open deals in which the element is not confirmed, critical gaps first, each with what is known."""
    chosen = sorted(briefs, key=lambda brief: -(brief.deal.amount or 0))[:JUDGED_AT_MOST]
    found = [(brief, result) for brief in chosen if (result := _open(judge(brief), element))]
    found.sort(key=lambda each: _SEVERITIES.index(each[1].severity))
    several = len({brief.deal.owner.id for brief in briefs}) > 1
    rows = tuple(
        f"{brief.deal.name}: {_state(result)}. {result.why[:1].upper()}{result.why[1:].rstrip('.')}"
        + (f" · {brief.deal.owner.name}" if several else "")
        for brief, result in found[:_SHOWN]
    )
    label = element.label
    headline = f"{label} not confirmed: {len(found)} of {plural(len(chosen), 'open deal')}"
    if not found:
        headline = (
            f"{label} is confirmed in every open deal of {whose}." if chosen else f"There is no open deal in {whose}."
        )
    more = f"And {plural(len(found) - _SHOWN, 'more deal')}." if len(found) > _SHOWN else ""
    left = len(briefs) - len(chosen)
    cut = f"Judged: the {len(chosen)} largest; {plural(left, 'deal')} not read." if left else ""
    parts = [f"*{headline}*" if found else headline, *(f"• {row}." for row in rows), more, cut]
    return CoachReply(
        outcome=Outcome.ANSWER_PIPELINE,
        as_of=as_of,
        headline=headline,
        text="\n".join(part for part in parts if part),
        choices=tuple(deal_ref(brief.deal) for brief, _ in found[:_SHOWN]),
        sections=(Section(title=headline, lines=rows),) if rows else (),
    )


def _open(view: DealView, element: Element) -> ElementResult | None:
    result = next((each for each in view.qualification.results if each.element is element), None)
    return None if result is None or result.status in _SETTLED else result


def _state(result: ElementResult) -> str:
    return f"{result.status.value}{f', {result.severity.value}' if result.severity else ''}"

"""One number, asked for by itself: the value, its date and what it rests on."""

from collections.abc import Callable

from bot.coach.answers.wording import close_date_words, deal_ref
from bot.coach.connections import knows_activity, missing_sources
from bot.coach.dates import plural
from bot.coach.money import money
from bot.coach.reply import CoachReply, Outcome
from bot.pipeline.brief import DealBrief


def answer_facet(brief: DealBrief, facet: str) -> CoachReply:
    """Answer a question for one facet of an open deal. The caller passes a name this file knows."""
    sentence = _SENTENCES[facet](brief)
    headline = f"{brief.deal.name}: {sentence}"
    return CoachReply(
        outcome=Outcome.ANSWER,
        as_of=brief.as_of,
        headline=headline,
        text=f"*{brief.deal.name}:* {sentence} (as of {brief.today.isoformat()}, owner's activity only).",
        deal=deal_ref(brief.deal),
        caveats=tuple(source.detail for source in brief.sources if not source.connected),
    )


def _unknown(brief: DealBrief) -> str:
    return f"unknown, because {missing_sources(brief)}"


def _engagement(words: Callable[[DealBrief], str]) -> Callable[[DealBrief], str]:
    """Say "unknown" instead of a number while the owner's sources are not connected."""
    return lambda brief: words(brief) if knows_activity(brief) else _unknown(brief)


def _inbound(brief: DealBrief) -> str:
    days = brief.facets.days_since_inbound
    if days is None:
        return "no mail from them on record"
    return f"their last mail came {plural(days, 'day')} ago; {brief.facets.inbound_last_14} in the last 14 days"


def _next_meeting(brief: DealBrief) -> str:
    on = brief.facets.next_meeting
    return f"the next meeting is on {on.isoformat()}" if on else "nothing is booked ahead"


def _last_meeting(brief: DealBrief) -> str:
    on = brief.facets.last_meeting
    if on is None:
        return "no meeting has been held"
    return f"the last meeting was on {on.isoformat()}, {plural((brief.today - on).days, 'day')} ago"


def _untouched(brief: DealBrief) -> str:
    days = brief.facets.days_untouched
    return f"last touched {plural(days, 'day')} ago" if days is not None else "no outreach recorded"


def _age(brief: DealBrief) -> str:
    if brief.facets.opp_age is None or brief.deal.created_on is None:
        return "its age is unknown, because no creation date is recorded"
    return f"{plural(brief.facets.opp_age, 'day')} old, created {brief.deal.created_on.isoformat()}"


def _in_stage(brief: DealBrief) -> str:
    if brief.facets.days_in_stage is None:
        return f"in {brief.deal.stage}; since when is not recorded"
    estimated = " (estimated: no stage history)" if brief.facets.days_in_stage_estimated else ""
    return f"{plural(brief.facets.days_in_stage, 'day')} in {brief.deal.stage}{estimated}"


_SENTENCES: dict[str, Callable[[DealBrief], str]] = {
    "days_since_inbound": _engagement(_inbound),
    "next_meeting": _engagement(_next_meeting),
    "last_meeting": _engagement(_last_meeting),
    "days_untouched": _engagement(_untouched),
    "contacts_engaged": _engagement(lambda b: f"{b.facets.contacts_engaged} people engaged by the owner"),
    "opp_age": _age,
    "days_in_stage": _in_stage,
    "close_date": close_date_words,
    "amount": lambda b: money(b.deal.amount, b.deal.currency),
    "stage": _in_stage,
    "owner": lambda b: f"owned by {b.deal.owner.name}",
}

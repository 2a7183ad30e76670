"""What the record of one deal holds on a topic, and how much contact there was: counted, dated, never inferred."""

import re
from collections.abc import Iterator
from datetime import date

from bot.coach.connections import knows_activity, missing_sources
from bot.coach.dates import day_words, days_ago, plural
from bot.coach.points import TOPICS
from bot.coach.view import DealView
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import Activity, ActivityKind

_TOPIC = re.compile(rf"\b({TOPICS})\b", re.IGNORECASE)
_SHOWN = 3
_SHORT = 16  # words of a quote
_STEMS = {"quotation": "quot", "pricing": "pric", "price": "pric", "proposal": "proposal", "po": "purchase order"}


def mention_lines(view: DealView, text: str) -> list[str]:
    """The newest places of the record that speak of the topic; where none does, that is all that is said."""
    found = _TOPIC.search(text)
    topic = found[1].casefold() if found else ""
    stem = _STEMS.get(topic.rstrip("s"), topic.rstrip("s"))
    places = sorted(_places(view, stem), reverse=True)
    if not places:
        silent = "" if knows_activity(view.brief) else f" (mail and calendar: {missing_sources(view.brief)})"
        return [
            f"Nothing on record mentions “{topic}”{silent}. That does not prove it was not done: only that "
            "nobody wrote it down."
        ]
    rows = [f"• {day_words(on, view.brief.today)}: {place}" for on, place in places[:_SHOWN]]
    more = len(places) - _SHOWN
    return [f"On record about “{topic}”, newest first:", *rows, f"And {more} more." if more > 0 else ""]


def _places(view: DealView, stem: str) -> Iterator[tuple[date, str]]:
    pattern = re.compile(rf"\b{re.escape(stem)}", re.IGNORECASE)
    for item in view.statements.items:
        if pattern.search(item.quote):
            who = item.person.first_name if item.person and item.by_buyer else item.author
            yield item.on, f"“{_cut(item.quote)}” ({who}{'' if item.by_buyer else ', our note'})"
    for act in view.brief.deal.activities:
        if act.subject and act.at <= view.brief.as_of and pattern.search(act.subject):
            yield act.on, f"{_kind(act)} “{_cut(act.subject)}”"


def _kind(act: Activity) -> str:
    if act.kind is ActivityKind.EMAIL:
        return "our mail" if act.direction == "outbound" else "their mail"
    return act.kind.value


def _cut(quote: str) -> str:
    parts = quote.split()
    return quote if len(parts) <= _SHORT else f"{' '.join(parts[:_SHORT])} …"


def contact_so_far(brief: DealBrief) -> list[Activity]:
    """The owner's mails, calls and meetings until now; what machines sent is no contact."""
    return [act for act in brief.deal.activities if act.counted and act.at <= brief.as_of and not act.is_auto]


def counts_lines(view: DealView) -> list[str]:
    """Mails, calls and meetings so far, each side by itself, with the last day; the owner's only."""
    brief = view.brief
    if not knows_activity(brief):
        return [f"Unknown, not zero: {missing_sources(brief)}."]
    acts = contact_so_far(brief)
    mails = [act for act in acts if act.kind is ActivityKind.EMAIL]
    rows = (
        ("mail", "sent by us", [act for act in mails if act.direction == "outbound"]),
        ("mail", "from them", [act for act in mails if act.direction == "inbound"]),
        ("call", "made", [act for act in acts if act.kind is ActivityKind.CALL]),
        ("meeting", "held", [act for act in acts if act.kind is ActivityKind.MEETING]),
    )
    lines = [f"• {_counted(noun, what, found, brief.today)}" for noun, what, found in rows]
    others = sum(not act.counted and act.at <= brief.as_of for act in brief.deal.activities)
    beside = f"{others} more by colleagues or machines not counted"
    return [*lines, f"The owner's activity since the deal began{f'; {beside}' if others else ''}."]


def _counted(noun: str, what: str, found: list[Activity], today: date) -> str:
    if not found:
        return f"no {noun} {what}"
    last = max(found, key=lambda act: act.at)
    return f"{plural(len(found), noun)} {what}, the last {day_words(last.on, today)} ({days_ago(last.on, today)})"

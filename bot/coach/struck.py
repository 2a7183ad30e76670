"""Facets without an act that a person says never took place: a meeting that was not held, a message that was no reply.

What is left is counted again from the acts on record by the meaning of DOMAIN 2.3. How many people were engaged stays
as recorded: a struck act does not tell whether its guests were met another time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.pipeline.brief import DealBrief, Facets
from bot.pipeline.model import Activity, ActivityKind

Which = Callable[[Activity, DealBrief], bool]


def held(act: Activity, brief: DealBrief) -> bool:
    """Whether it is a counted meeting that took place."""
    return act.counted and act.kind is ActivityKind.MEETING and act.at <= brief.as_of


def ahead(act: Activity, brief: DealBrief) -> bool:
    """Whether it is a counted meeting still to come."""
    return act.counted and act.kind is ActivityKind.MEETING and act.at > brief.as_of


def inbound(act: Activity, brief: DealBrief) -> bool:
    """Whether it is a counted message of theirs."""
    return act.counted and _is_mail(act, "inbound") and act.at <= brief.as_of


def days_of(brief: DealBrief, which: Which) -> list[date]:
    """The days on record with such an act, newest first, each once."""
    return sorted({act.on for act in brief.deal.activities if which(act, brief)}, reverse=True)


def without(brief: DealBrief, day: date, which: Which) -> Facets:
    """The facets as they would be had nothing of this kind been recorded on `day`."""
    gone = [act for act in brief.deal.activities if act.on == day and which(act, brief)]
    left = [act for act in brief.deal.activities if act not in gone]
    ago = (brief.today - day).days
    changes = _ahead_changes if which is ahead else _held_changes if which is held else _inbound_changes
    return replace(brief.facets, **changes(brief, left, len(gone), ago))


def _ahead_changes(brief: DealBrief, left: Sequence[Activity], gone: int, ago: int) -> dict[str, Any]:
    facets = brief.facets
    return {
        "next_meeting": min((act.on for act in left if ahead(act, brief)), default=None),
        "meetings_next_30": _fewer(facets.meetings_next_30, gone, within=-ago <= 30),
        "meetings_next_90": _fewer(facets.meetings_next_90, gone, within=-ago <= 90),
    }


def _held_changes(brief: DealBrief, left: Sequence[Activity], gone: int, ago: int) -> dict[str, Any]:
    facets = brief.facets
    return {
        "last_meeting": max((act.on for act in left if held(act, brief)), default=None),
        "meetings_total": _fewer(facets.meetings_total, gone, within=True),
        "meetings_last_14": _fewer(facets.meetings_last_14, gone, within=ago < 14),
        "meetings_last_30": _fewer(facets.meetings_last_30, gone, within=ago < 30),
        "meetings_last_90": _fewer(facets.meetings_last_90, gone, within=ago < 90),
        "days_untouched": _days_since((act.on for act in left if _is_outreach(act, brief)), brief.today),
        "touches_last_14": _fewer(facets.touches_last_14, gone, within=ago < 14),
    }


def _inbound_changes(brief: DealBrief, left: Sequence[Activity], gone: int, ago: int) -> dict[str, Any]:
    facets = brief.facets
    return {
        "days_since_inbound": _days_since((act.on for act in left if inbound(act, brief)), brief.today),
        "inbound_last_14": _fewer(facets.inbound_last_14, gone, within=ago < 14),
        "unanswered_inbound_days": None if facets.unanswered_inbound_days == ago else facets.unanswered_inbound_days,
    }


def _is_outreach(act: Activity, brief: DealBrief) -> bool:
    touches = act.kind in {ActivityKind.MEETING, ActivityKind.CALL} or _is_mail(act, "outbound")
    return act.counted and touches and act.at <= brief.as_of


def _is_mail(act: Activity, direction: str) -> bool:
    return act.kind is ActivityKind.EMAIL and act.direction == direction


def _days_since(days: Iterable[date], today: date) -> int | None:
    last = max(days, default=None)
    return (today - last).days if last else None


def _fewer(count: int | None, gone: int, *, within: bool) -> int | None:
    return max(0, count - gone) if count is not None and within else count

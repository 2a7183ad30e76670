"""Fields of the CRM that address software instead of describing the deal are set aside before anything reads them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.coach.evidence.cues import Cues
from bot.pipeline.brief import DealBrief
from bot.pipeline.model import ClosePlan, Deal

NEXT_STEP = "the next step"
"""How the CRM's next step is named where it was set aside."""


def set_aside_instructions(brief: DealBrief, cues: Cues) -> tuple[DealBrief, tuple[str, ...]]:
    """Return the brief without such fields, and the names of those left out."""
    deal = brief.deal
    plan = deal.close_plan
    lines = tuple(line for line in plan.lines if not cues.is_instruction(line)) if plan else ()
    cleaned = replace(
        deal,
        next_step=_kept(deal.next_step, cues),
        loss_reason=_kept(deal.loss_reason, cues),
        close_plan=ClosePlan(plan.refreshed_on, lines) if plan else None,
        command_plan=_kept_fields(deal.command_plan, cues),
        custom=_kept_fields(deal.custom, cues),
    )
    return replace(brief, deal=cleaned), tuple(_left_out(deal, cleaned))


def _kept(text: str | None, cues: Cues) -> str | None:
    return None if text and cues.is_instruction(text) else text


def _kept_fields(fields: Mapping[str, Any], cues: Cues) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if _kept(str(value), cues) is not None}


def _left_out(before: Deal, after: Deal) -> list[str]:
    changed = {
        NEXT_STEP: before.next_step != after.next_step,
        "the loss reason": before.loss_reason != after.loss_reason,
        "the close plan": before.close_plan != after.close_plan,
        "the command plan": len(before.command_plan) != len(after.command_plan),
        "a custom field": len(before.custom) != len(after.custom),
    }
    return [name for name, is_changed in changed.items() if is_changed]

"""A deal's plans: the command plan with managers' reviews (F072), the mutual action plan to edit and share (F074)."""

import asyncio
import secrets
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.access import Asker, is_guest, may_write
from bot.coach.command_plan import KeptPlan, command_plan, kept_plan
from bot.coach.mutual_plan import UnreadablePlan, as_saved, read_plan, timeline
from bot.coach.service import Coach
from bot.coach.view import DealView
from bot.memory import Memory, MutualPlan, PlanReview, StalePlanError
from bot.pipeline.brief import DealBrief
from bot.slack.failures import Refused
from bot.slack.forms import chosen, entries, send_back
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views.modal import View
from bot.slack.views.plans import command_plan_view, mutual_form, review_form, saved_plan_view
from bot.slack.visits import Visit

NOT_YOURS = "Only the seller's managers review the plan."
READ_ONLY = "You see this deal, but its plan is kept by the seller and their managers."
NO_DATE = "No close date is recorded, so there is nothing to count back from."
STALE = "Somebody else saved the plan meanwhile. Close this, open it again and put your change in."


def register(app: AsyncApp) -> None:
    """Listen to the buttons of answers and forms, and to the forms."""
    app.action(ActionId.COMMAND_PLAN.value)(handle_command_plan)
    app.action(ActionId.PLAN_REVIEW.value)(handle_review)
    app.view(CallbackId.PLAN_REVIEW.value)(handle_reviewed)
    app.action(ActionId.MUTUAL_PLAN.value)(handle_mutual)
    app.view(CallbackId.MUTUAL_PLAN.value)(handle_saved)


async def handle_command_plan(ack: AsyncAck, action: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Show the whole plan as it is now. Raises UnknownDeal for a deal out of reach."""
    await ack()
    await visit.open(await _command_plan(visit, memory, chosen(action)))


async def handle_review(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Ask a manager what they found. Raises Refused for anybody else."""
    await ack()
    deal_id = action["value"]
    brief = await _reviewed(visit, deal_id)
    await visit.open(review_form(brief.deal.name, {"deal": deal_id, "token": secrets.token_hex(8)}))


async def handle_reviewed(ack: AsyncAck, view: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Keep the note with name and day, once, and show it in the plan below."""
    asker, carried = await visit.identify(), visit.carried
    await _reviewed(visit, carried["deal"])
    review = PlanReview(
        deal_id=carried["deal"], by_id=asker.user.id, by_name=asker.user.name,
        text=entries(view).get("note") or "", token=carried["token"], at=visit.now,
    )  # fmt: skip
    await asyncio.to_thread(memory.plans.review, review)
    await ack()
    plan = await _command_plan(visit, memory, carried["deal"])
    await visit.client.views_update(view_id=view["previous_view_id"], view=plan)


async def handle_mutual(ack: AsyncAck, action: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Open the plan to edit: the saved one, else one counted back from the close date."""
    await ack()
    deal_id = action["value"]
    view = await _kept_by(visit, deal_id)
    saved = await asyncio.to_thread(memory.plans.mutual, deal_id)
    plan = timeline(view, visit.desk.coach.playbook.mutual_plan, saved)
    if plan is None:
        raise Refused(NO_DATE)
    await visit.open(mutual_form(view.brief.deal.name, plan, {"deal": deal_id, "version": plan.version}))


async def handle_saved(ack: AsyncAck, view: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Save the plan and show it with the text for a mail; an unreadable or overtaken one is sent back."""
    asker, judged = await visit.identify(), await _kept_by(visit, visit.carried["deal"])
    try:
        saved = await asyncio.to_thread(_save, memory, judged, entries(view).get("plan") or "", asker, visit)
    except (UnreadablePlan, StalePlanError) as problem:
        words = STALE if isinstance(problem, StalePlanError) else str(problem)
        await send_back(ack, view, {"plan": words})
        return
    deal = judged.brief.deal
    await ack(response_action="update", view=saved_plan_view(deal.name, deal.account, as_saved(judged, saved)))


def _save(memory: Memory, judged: DealView, text: str, asker: Asker, visit: Visit) -> MutualPlan:
    """Store what was written. Raises UnreadablePlan or StalePlanError."""
    deal = judged.brief.deal
    steps = read_plan(text, [contact.name for contact in deal.contacts])
    plan = MutualPlan(
        deal_id=deal.id, steps=steps, by_name=asker.user.name, at=visit.now, version=visit.carried["version"]
    )
    held = memory.plans.mutual(deal.id)
    if held is not None and held.version == plan.version + 1 and held.steps == steps:
        return held  # the same form, pressed twice
    return memory.plans.save_mutual(plan)


async def _command_plan(visit: Visit, memory: Memory, deal_id: str) -> View:
    asker, coach, view = await visit.identify(), visit.desk.coach, await visit.deal(deal_id)
    kept = await asyncio.to_thread(_kept_for, asker, coach, memory, deal_id)
    deal, plan = view.brief.deal, command_plan(view, kept, coach.playbook.consult)
    return command_plan_view(deal.name, deal_id, plan, view.brief.today, may_review=_reviews(asker, deal.owner.id))


def _kept_for(asker: Asker, coach: Coach, memory: Memory, deal_id: str) -> KeptPlan:
    """What is kept of a plan; reviews are a manager's word to the seller, so a guest reads none."""
    kept = kept_plan(memory, deal_id)
    return replace(kept, reviews=()) if is_guest(asker, deal_id, coach.open_pipeline()) else kept


async def _reviewed(visit: Visit, deal_id: str) -> DealBrief:
    """A deal whose plan the person reviews. Raises UnknownDeal, or Refused for anybody but the seller's managers."""
    brief = await visit.brief(deal_id)
    if not _reviews(await visit.identify(), brief.deal.owner.id):
        raise Refused(NOT_YOURS)
    return brief


def _reviews(asker: Asker, owner_id: str) -> bool:
    """Whether this is a manager of the deal's owner: their own plan nobody reviews."""
    return asker.user.id != owner_id and asker.owner_ids is not None and asker.may_see_owner(owner_id)


async def _kept_by(visit: Visit, deal_id: str) -> DealView:
    """An open deal whose plan the person keeps. Raises UnknownDeal or Refused."""
    asker, view = await visit.identify(), await visit.deal(deal_id)
    if not view.brief.deal.is_open:
        raise Refused("That deal is closed, so its plan is too.")
    if not may_write(asker, view.brief.deal.owner.id):
        raise Refused(READ_ONLY)
    return view

"""The action plan of a consult: capture with a concreteness score and rewrites, then agreement (DOMAIN 6.4)."""

import asyncio
import re
import secrets
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.actions import ActionDraft, judge_action, rewrites
from bot.coach.consults.errors import PLAN_FIRST, ConsultRefused
from bot.coach.consults.follow_up import ACTION_SOURCE, source_key
from bot.coach.consults.seats import Seat
from bot.coach.people import approach
from bot.memory import ConsultState, Memory, NewAction
from bot.pipeline.model import User
from bot.slack.forms import entered_date, entries, send_back
from bot.slack.ids import ActionId, CallbackId
from bot.slack.sittings import Sitting
from bot.slack.typed_actions import entered_action
from bot.slack.views.action_forms import ActionForm, action_form
from bot.slack.views.consult_forms import agree_form
from bot.slack.views.modal import View

NOT_PLANNING = "The action plan of this consult is closed. Accept a step on the deal's card instead."
LATER = "Pick a day after today."


def register(app: AsyncApp) -> None:
    """Listen to the two buttons, to the rewrites inside the form, and to both forms."""
    app.action(ActionId.CONSULT_ACTION.value)(handle_add)
    app.action(re.compile(ActionId.CONSULT_REWRITE.pattern))(handle_rewrite)
    app.view(CallbackId.CONSULT_ACTION.value)(handle_added)
    app.action(ActionId.CONSULT_AGREE.value)(handle_agree)
    app.view(CallbackId.CONSULT_AGREE.value)(handle_agreed)


async def handle_add(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Open the form of a new action; its key makes two submissions one action."""
    await ack()
    seat = await _planning(sitting, int(action["value"]))
    people = await _people(sitting, seat)
    carried = sitting.carry(seat, token=secrets.token_hex(6))
    view = await asyncio.to_thread(sitting.room.view, seat)
    contact = approach("replied", view.brief, view.gone)
    name = contact.name if contact else None
    empty = ActionDraft(text="", owner=people[0].name, due=None, done_when=None, counterpart=name)
    await sitting.open(_form(seat, people, people[0].id, empty, carried))


async def handle_rewrite(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Put the chosen wording into the form."""
    await ack()
    view = sitting.body["view"]
    seat = await _planning(sitting, sitting.carried["consult"])
    people = await _people(sitting, seat)
    draft, owner = entered_action(entries(view), people)
    better = _rewrites(sitting, seat, draft)[int(action["value"])]
    form = _form(seat, people, owner.id, better, _next_revision(sitting))
    await sitting.redraw(form)


async def handle_added(ack: AsyncAck, view: dict[str, Any], memory: Memory, sitting: Sitting) -> None:
    """Track the action, or send a vague one back with two ways to say it."""
    seat = await _planning(sitting, sitting.carried["consult"])
    people = await _people(sitting, seat)
    draft, owner = entered_action(entries(view), people)
    judged = judge_action(draft, sitting.desk.coach.playbook.concreteness, seat.brief.today)
    if not judged.accepted:
        better = _rewrites(sitting, seat, draft)
        form = _form(seat, people, owner.id, draft, _next_revision(sitting), judged=judged, better=better)
        await ack(response_action="update", view=form)
        return
    action = _new_action(seat, draft, owner, sitting.carried["token"])
    await asyncio.to_thread(memory.actions.track, action, sitting.now)
    await ack()
    await sitting.refresh(seat)


async def handle_agree(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Ask for the strategy in the seller's words and the day of the follow-up."""
    await ack()
    seat = await _planning(sitting, int(action["value"]))
    items = await asyncio.to_thread(sitting.room.actions, seat.consult)
    if not items:
        raise ConsultRefused(PLAN_FIRST)
    day = sitting.room.follow_up_day(seat)
    await sitting.open(agree_form(items, seat.consult.recap, day, sitting.carry(seat)))


async def handle_agreed(ack: AsyncAck, view: dict[str, Any], sitting: Sitting) -> None:
    """Close the session; a follow-up that is not ahead is sent back."""
    entered = entries(view)
    seat = await sitting.seat(sitting.carried["consult"])
    day = entered_date(entered.get("follow_up"))
    if day is None or day <= seat.brief.today:
        await send_back(ack, view, {"follow_up": LATER})
        return
    await ack()
    recap = entered.get("recap") or ""
    await sitting.act(seat.consult.id, lambda present: sitting.room.agree(present, recap, day, sitting.now))


async def _planning(sitting: Sitting, consult_id: int) -> Seat:
    """The seat, while actions can still be added. Raises ConsultRefused after that."""
    seat = await sitting.seat(consult_id)
    if seat.consult.state is not ConsultState.IN_SESSION:
        raise ConsultRefused(NOT_PLANNING)
    return seat


async def _people(sitting: Sitting, seat: Seat) -> list[User]:
    """The two first, then whoever else may own an action of this deal."""
    return await asyncio.to_thread(sitting.desk.may_own, seat.asker, seat.consult.deal_id, sitting.now)


def _rewrites(sitting: Sitting, seat: Seat, draft: ActionDraft) -> tuple[ActionDraft, ActionDraft]:
    brief = seat.brief
    return rewrites(draft, sitting.desk.coach.playbook.concreteness, brief.today, brief.deal.account)


def _form(
    seat: Seat, people: list[User], owner_id: str, draft: ActionDraft, carried: dict[str, Any], **more: Any
) -> View:
    content = ActionForm(
        draft=draft,
        owner_id=owner_id,
        people=people,
        deal_name=seat.consult.deal_name,
        carried=carried,
        revision=carried.get("revision", 0),
        callback=CallbackId.CONSULT_ACTION,
        rewrite=ActionId.CONSULT_REWRITE,
        title="Add an action",
        **more,
    )
    return action_form(content)


def _next_revision(sitting: Sitting) -> dict[str, Any]:
    carried = sitting.carried
    return carried | {"revision": carried.get("revision", 0) + 1}


def _new_action(seat: Seat, draft: ActionDraft, owner: User, token: str) -> NewAction:
    assert draft.due is not None  # accepted drafts have a day
    return NewAction(
        deal_id=seat.consult.deal_id,
        deal_name=seat.consult.deal_name,
        source=ACTION_SOURCE,
        source_key=source_key(seat.consult.id, token),
        advice=None,
        owner_id=owner.id,
        owner_name=owner.name,
        counterpart=draft.counterpart,
        text=draft.text,
        due=draft.due,
        done_when=draft.done_when or "",
        created_by=seat.asker.user.id,
    )

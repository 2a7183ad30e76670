"""The action plan of a consult: capture with a concreteness score and rewrites, then agreement (DOMAIN 6.4)."""

import asyncio
import re
import secrets
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.actions import ActionDraft, judge_action, rewrites
from bot.coach.consults.errors import PLAN_FIRST, ConsultRefused
from bot.coach.consults.follow_up import ACTION_SOURCE, source_key
from bot.coach.consults.room import Seat
from bot.coach.desk import Desk
from bot.coach.people import approach
from bot.memory import ConsultState, Memory, NewAction
from bot.pipeline.model import User
from bot.slack.consulting import Consulting, Press
from bot.slack.forms import block_ids, entered_date, entries, metadata, open_form
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
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


async def handle_add(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    desk: Desk,
    now: datetime,
) -> None:
    """Open the form of a new action; its key makes two submissions one action."""
    await ack()
    seat = await _planning(consulting, await identify(), int(action["value"]), now)
    people = await _people(desk, seat, now)
    carried = {"consult": seat.consult.id, "token": secrets.token_hex(6), "url": body.get("response_url")}
    view = await asyncio.to_thread(consulting.room.view, seat)
    contact = approach("replied", view.brief, view.gone)
    name = contact.name if contact else None
    empty = ActionDraft(text="", owner=people[0].name, due=None, done_when=None, counterpart=name)
    await open_form(client, body, _form(seat, people, people[0].id, empty, carried))


async def handle_rewrite(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    desk: Desk,
    now: datetime,
) -> None:
    """Put the chosen wording into the form."""
    await ack()
    view = body["view"]
    seat = await _planning(consulting, await identify(), metadata(view)["consult"], now)
    people = await _people(desk, seat, now)
    draft, owner = _entered(view, people)
    better = _rewrites(seat, draft, desk)[int(action["value"])]
    form = _form(seat, people, owner.id, better, _next_revision(view))
    await client.views_update(view_id=view["id"], hash=view["hash"], view=form)


async def handle_added(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Track the action, or send a vague one back with two ways to say it."""
    asker, carried = await identify(), metadata(view)
    seat = await _planning(consulting, asker, carried["consult"], now)
    people = await _people(desk, seat, now)
    draft, owner = _entered(view, people)
    judged = judge_action(draft, desk.coach.playbook.concreteness, seat.brief.today)
    if not judged.accepted:
        better = _rewrites(seat, draft, desk)
        form = _form(seat, people, owner.id, draft, _next_revision(view), judged=judged, better=better)
        await ack(response_action="update", view=form)
        return
    await asyncio.to_thread(memory.actions.track, _new_action(seat, draft, owner, carried["token"]), now)
    await ack()
    await consulting.refresh(client, seat.consult.id, now, Press(asker, carried.get("url")), before=seat.consult)


async def handle_agree(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Ask for the strategy in the seller's words and the day of the follow-up."""
    await ack()
    seat = await _planning(consulting, await identify(), int(action["value"]), now)
    items = await asyncio.to_thread(consulting.room.actions, seat.consult)
    if not items:
        raise ConsultRefused(PLAN_FIRST)
    carried = {"consult": seat.consult.id, "url": body.get("response_url")}
    day = consulting.room.follow_up_day(seat)
    await open_form(client, body, agree_form(items, seat.consult.recap, day, carried))


async def handle_agreed(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Close the session; a follow-up that is not ahead is sent back."""
    asker, carried, entered = await identify(), metadata(view), entries(view)
    seat = await consulting.enter(asker, carried["consult"], now)
    day = entered_date(entered.get("follow_up"))
    if day is None or day <= seat.brief.today:
        await ack(response_action="errors", errors={block_ids(view)["follow_up"]: LATER})
        return
    await ack()
    recap = entered.get("recap") or ""
    press = Press(asker, carried.get("url"))
    await consulting.act(
        client, press, carried["consult"], now, lambda present: consulting.room.agree(present, recap, day, now)
    )


async def _planning(consulting: Consulting, asker: Asker, consult_id: int, now: datetime) -> Seat:
    """The seat, while actions can still be added. Raises ConsultRefused after that."""
    seat = await consulting.enter(asker, consult_id, now)
    if seat.consult.state is not ConsultState.IN_SESSION:
        raise ConsultRefused(NOT_PLANNING)
    return seat


async def _people(desk: Desk, seat: Seat, now: datetime) -> list[User]:
    """The two first, then whoever else may own an action of this deal."""
    return await asyncio.to_thread(desk.may_own, seat.asker, seat.consult.deal_id, now)


def _entered(view: dict[str, Any], people: list[User]) -> tuple[ActionDraft, User]:
    entered = entries(view)
    owner = next((person for person in people if person.id == entered.get("owner")), people[0])
    draft = ActionDraft(
        text=entered.get("text") or "",
        owner=owner.name,
        due=entered_date(entered.get("due")),
        done_when=entered.get("done_when"),
        counterpart=entered.get("counterpart"),
    )
    return draft, owner


def _rewrites(seat: Seat, draft: ActionDraft, desk: Desk) -> tuple[ActionDraft, ActionDraft]:
    brief = seat.brief
    return rewrites(draft, desk.coach.playbook.concreteness, brief.today, brief.deal.account)


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


def _next_revision(view: dict[str, Any]) -> dict[str, Any]:
    carried = metadata(view)
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

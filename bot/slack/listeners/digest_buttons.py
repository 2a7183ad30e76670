"""A person answers their digest: takes a step on, or asks for quiet about a deal and says why (F100, F105)."""

import asyncio
import re
from datetime import date, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.digest import Digest, DigestItem
from bot.memory import Memory, NewAction
from bot.slack.cards import advice_name
from bot.slack.changes import refuse_closed
from bot.slack.failures import Refused
from bot.slack.forms import entered_date, entries, send_back
from bot.slack.ids import ActionId, CallbackId
from bot.slack.kept_digests import GONE, find_digest, states_of
from bot.slack.views.digest import digest_message
from bot.slack.views.notices import reason_message, tracked_words
from bot.slack.views.snooze import OTHER_DAY, snooze_form
from bot.slack.visits import Visit

LATER = "Pick a day after today."
LONGEST = timedelta(days=90)
TOO_LONG = "At most 90 days; a deal that may wait longer belongs out of the pipeline."


def register(app: AsyncApp) -> None:
    """Listen to both buttons and to the form."""
    app.action(re.compile(ActionId.DIGEST_ACCEPT.pattern))(handle_accept)
    app.action(re.compile(ActionId.DIGEST_SNOOZE.pattern))(handle_snooze)
    app.view(CallbackId.SNOOZE.value)(handle_quiet)


async def handle_accept(ack: AsyncAck, action: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Track the step as it stands, once; the digest then shows it as tracked."""
    await ack()
    key, number = _value(action)
    digest = await _digest(visit, memory, key)
    new = await _new_action(visit, _item(digest, number), f"{key}:{number}")
    item, is_new = await asyncio.to_thread(memory.actions.track, new, visit.now)
    shown = await _show_again(visit, memory, digest, key)
    if is_new and not shown:
        await visit.tell(reason_message(f"Tracked: {tracked_words(item)}"))


async def handle_snooze(ack: AsyncAck, action: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Ask for how long, and why. Raises UnknownDeal or Refused for a deal that left sight or closed."""
    await ack()
    key, number = _value(action)
    item = _item(await _digest(visit, memory, key), number)
    refuse_closed((await visit.brief(item.deal.id)).deal)
    carried = {"digest": key, "item": number, "url": visit.url}
    await visit.open(snooze_form(item.deal.name, await visit.today(), carried))


async def handle_quiet(ack: AsyncAck, view: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Keep quiet about the deal; a day that is past, or too far off, is sent back."""
    carried, entered = visit.carried, entries(view)
    digest = await _digest(visit, memory, carried["digest"])
    item = _item(digest, carried["item"])
    refuse_closed((await visit.brief(item.deal.id)).deal)
    today = await visit.today()
    until = _until(entered, today)
    if until is None or not today < until <= today + LONGEST:
        is_ahead = until is not None and until > today
        await send_back(ack, view, {"day": TOO_LONG if is_ahead else LATER})
        return
    await ack()
    user = (await visit.identify()).user
    await asyncio.to_thread(memory.preferences.snooze, user.id, item.deal.id, until, entered.get("reason"), visit.now)
    await _show_again(visit, memory, digest, carried["digest"])


async def _digest(visit: Visit, memory: Memory, key: str) -> Digest:
    return await find_digest(memory, key, await visit.identify(), visit.now)


def _value(action: dict[str, Any]) -> tuple[str, int]:
    key, _, number = action["value"].partition(":")
    return key, int(number)


def _item(digest: Digest, number: int) -> DigestItem:
    """Raises Refused for a place the digest does not have."""
    if number >= len(digest.items):
        raise Refused(GONE)
    return digest.items[number]


def _until(entered: dict[str, Any], today: date) -> date | None:
    """The day picked, or that many days from today."""
    span = entered.get("span")
    if span == OTHER_DAY or span is None:
        return entered_date(entered.get("day"))
    return today + timedelta(days=int(span))


async def _new_action(visit: Visit, item: DigestItem, source_key: str) -> NewAction:
    """The step as an action of whoever it names. Raises UnknownDeal, or Refused if the deal is closed."""
    brief = await visit.brief(item.deal.id)
    refuse_closed(brief.deal)
    step = item.step
    if step is None:
        raise Refused("That deal came without a step.")
    owner = brief.deal.owner
    return NewAction(
        deal_id=item.deal.id,
        deal_name=item.deal.name,
        source="digest",
        source_key=source_key,
        advice=advice_name(step),
        owner_id=owner.id,
        owner_name=owner.name,
        counterpart=step.counterpart,
        text=step.text,
        due=max(step.due, brief.today),
        done_when=step.done_when,
        created_by=(await visit.identify()).user.id,
    )


async def _show_again(visit: Visit, memory: Memory, digest: Digest, key: str) -> bool:
    """Put the digest as it stands now in the place of the one that was pressed; whether that worked."""
    states = await asyncio.to_thread(states_of, digest, memory, await visit.today())
    return await visit.replace(digest_message(digest, key, states))

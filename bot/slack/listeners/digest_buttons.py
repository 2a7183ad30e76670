"""A person answers their digest: takes a step on, or asks for quiet about a deal and says why (F100, F105)."""

import asyncio
import re
from datetime import date, datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.desk import Desk
from bot.coach.digest import Digest, DigestItem
from bot.memory import Memory, NewAction
from bot.slack.cards import advice_name
from bot.slack.changes import closed_words, refuse_closed
from bot.slack.delivery import deliver
from bot.slack.failures import Refused
from bot.slack.forms import block_ids, entered_date, entries, metadata, open_form
from bot.slack.homes import local_day
from bot.slack.ids import ActionId, CallbackId
from bot.slack.kept_digests import GONE, find_digest, states_of
from bot.slack.middleware.context import Identify
from bot.slack.replacing import replaced
from bot.slack.views.digest import digest_message
from bot.slack.views.notices import reason_message, tracked_words
from bot.slack.views.snooze import OTHER_DAY, snooze_form

LATER = "Pick a day after today."
LONGEST = timedelta(days=90)
TOO_LONG = "At most 90 days; a deal that may wait longer belongs out of the pipeline."


def register(app: AsyncApp) -> None:
    """Listen to both buttons and to the form."""
    app.action(re.compile(ActionId.DIGEST_ACCEPT.pattern))(handle_accept)
    app.action(re.compile(ActionId.DIGEST_SNOOZE.pattern))(handle_snooze)
    app.view(CallbackId.SNOOZE.value)(handle_quiet)


async def handle_accept(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Track the step as it stands, once; the digest then shows it as tracked."""
    await ack()
    asker = await identify()
    key, number = _value(action)
    digest = await find_digest(memory, key, asker, now)
    new = await asyncio.to_thread(_new_action, desk, asker, _item(digest, number), f"{key}:{number}", now)
    item, is_new = await asyncio.to_thread(memory.actions.track, new, now)
    shown = await _show_again(body.get("response_url"), memory, digest, key, asker, now)
    if is_new and not shown:
        await deliver(client, body["user"]["id"], reason_message(f"Tracked: {tracked_words(item)}"))


async def handle_snooze(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Ask for how long, and why. Raises UnknownDeal or Refused for a deal that left sight or closed."""
    await ack()
    asker = await identify()
    key, number = _value(action)
    digest = await find_digest(memory, key, asker, now)
    await refuse_closed(desk, asker, _item(digest, number).deal.id, now)
    carried = {"digest": key, "item": number, "url": body.get("response_url")}
    await open_form(client, body, snooze_form(_item(digest, number).deal.name, local_day(asker, now), carried))


async def handle_quiet(
    ack: AsyncAck,
    view: dict[str, Any],
    identify: Identify,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Keep quiet about the deal; a day that is past, or too far off, is sent back."""
    asker, carried, entered = await identify(), metadata(view), entries(view)
    digest = await find_digest(memory, carried["digest"], asker, now)
    item = _item(digest, carried["item"])
    await refuse_closed(desk, asker, item.deal.id, now)
    today = local_day(asker, now)
    until = _until(entered, today)
    problem = LATER if until is None or until <= today else TOO_LONG if until - today > LONGEST else None
    if problem or until is None:
        await ack(response_action="errors", errors={block_ids(view)["day"]: problem or LATER})
        return
    await ack()
    await asyncio.to_thread(memory.preferences.snooze, asker.user.id, item.deal.id, until, entered.get("reason"), now)
    await _show_again(carried.get("url"), memory, digest, carried["digest"], asker, now)


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


def _new_action(desk: Desk, asker: Asker, item: DigestItem, source_key: str, now: datetime) -> NewAction:
    """The step as an action of whoever it names. Raises UnknownDeal, or Refused if the deal is closed."""
    view = desk.view(asker, item.deal.id, now)
    if not view.brief.deal.is_open:
        raise Refused(closed_words(view.brief.deal))
    step = item.step
    if step is None:
        raise Refused("That deal came without a step.")
    owner = view.brief.deal.owner
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
        due=max(step.due, view.brief.today),
        done_when=step.done_when,
        created_by=asker.user.id,
    )


async def _show_again(url: str | None, memory: Memory, digest: Digest, key: str, asker: Asker, now: datetime) -> bool:
    """Put the digest as it stands now in the place of the one that was pressed; whether that worked."""
    states = await asyncio.to_thread(states_of, digest, memory, local_day(asker, now))
    return await replaced(url, digest_message(digest, key, states))

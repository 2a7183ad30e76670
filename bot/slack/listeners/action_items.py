"""A person says what became of a tracked action: done, moved or dropped (DOMAIN 6.3)."""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.actions import is_evidence
from bot.coach.desk import Desk
from bot.coach.follow_ups import better_wordings
from bot.memory import ActionItem, ActionStatus, Memory, StaleActionError
from bot.slack.delivery import deliver
from bot.slack.failures import Refused
from bot.slack.forms import block_ids, entered_date, entries, metadata, open_form
from bot.slack.homes import Homes, local_day
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
from bot.slack.views.action_forms import close_form, move_form
from bot.slack.views.notices import reason_message, tracked_words

NO_EVIDENCE = "What is there to see? For example: “Eva sent the signed plan on Tuesday.”"
NOT_YOURS = "That action belongs to somebody whose deals you may not see."
PAST = "Pick today or a later day."


def register(app: AsyncApp) -> None:
    """Listen to the menu beside an action, to the buttons of a follow-up, and to their forms."""
    app.action(re.compile(ActionId.ACTION_MENU.pattern))(handle_menu)
    app.action(re.compile(ActionId.ACTION_RESULT.pattern))(handle_menu)
    app.action(re.compile(ActionId.ACTION_REWORD.pattern))(handle_reword)
    app.view(CallbackId.CLOSE_ACTION.value)(handle_close)
    app.view(CallbackId.MOVE_ACTION.value)(handle_move)


async def handle_menu(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    memory: Memory,
) -> None:
    """Ask for the proof, the reason or the new day."""
    await ack()
    asker = await identify()
    value = action.get("value") or action["selected_option"]["value"]
    verb, item_id, version = value.split(":")
    item = await _item(memory, asker, int(item_id), int(version))
    forms = {"done": ActionStatus.DONE, "drop": ActionStatus.DROPPED}
    await open_form(client, body, close_form(item, forms[verb]) if verb in forms else move_form(item))


async def handle_close(
    ack: AsyncAck,
    view: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    memory: Memory,
    homes: Homes,
    desk: Desk,
    now: datetime,
) -> None:
    """Close the action with its proof or reason, and show the Home tab without it; "done" needs something to see."""
    asker, carried, entered = await identify(), metadata(view), entries(view)
    is_done = carried["status"] == ActionStatus.DONE.value
    if is_done and not is_evidence(entered.get("note"), desk.coach.playbook.concreteness):
        await ack(response_action="errors", errors={block_ids(view)["note"]: NO_EVIDENCE})
        return
    await _item(memory, asker, carried["item"], carried["version"])
    await asyncio.to_thread(
        memory.actions.close,
        carried["item"],
        ActionStatus(carried["status"]),
        version=carried["version"],
        by_id=asker.user.id,
        note=entered.get("note"),
        now=now,
    )
    await ack()
    await homes.publish(client, body["user"]["id"], asker, now)


async def handle_move(
    ack: AsyncAck,
    view: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    memory: Memory,
    homes: Homes,
    now: datetime,
) -> None:
    """Put the action off; a day that is past is sent back."""
    asker, carried, entered = await identify(), metadata(view), entries(view)
    due = entered_date(entered.get("due"))
    if due is None or due < local_day(asker, now):
        await ack(response_action="errors", errors={block_ids(view)["due"]: PAST})
        return
    await _item(memory, asker, carried["item"], carried["version"])
    await asyncio.to_thread(
        memory.actions.move,
        carried["item"],
        due,
        version=carried["version"],
        by_id=asker.user.id,
        note=entered.get("note"),
        now=now,
    )
    await ack()
    await homes.publish(client, body["user"]["id"], asker, now)


async def handle_reword(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    memory: Memory,
    desk: Desk,
    now: datetime,
) -> None:
    """Take over a concrete wording for a vague action, due on the day the wording proposes."""
    await ack()
    asker = await identify()
    item_id, version, number = map(int, action["value"].split(":"))
    item = await _item(memory, asker, item_id, version)
    today = local_day(asker, now)
    better = better_wordings(item, desk.coach.playbook.concreteness, today)[number]
    changed = await asyncio.to_thread(
        memory.actions.reword,
        item.id,
        better.text,
        better.done_when or "",
        better.due or today,
        version=version,
        by_id=asker.user.id,
        now=now,
    )
    await deliver(client, body["user"]["id"], reason_message(f"Now it reads: {tracked_words(changed)}"))


async def _item(memory: Memory, asker: Asker, item_id: int, version: int) -> ActionItem:
    """The item as the person saw it. Raises StaleActionError if it changed, Refused if it is out of reach."""
    item = await asyncio.to_thread(memory.actions.find, item_id)
    if item is None or item.version != version or item.status is not ActionStatus.OPEN:
        raise StaleActionError(f"action item {item_id} is not at version {version}")
    if not asker.may_see_owner(item.owner_id) and item.created_by != asker.user.id:
        raise Refused(NOT_YOURS)
    return item

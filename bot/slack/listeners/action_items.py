"""A person says what became of a tracked action: done, moved or dropped (DOMAIN 6.3)."""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.memory import ActionItem, ActionStatus, Memory, StaleActionError
from bot.slack.failures import Refused
from bot.slack.forms import block_ids, entered_date, entries, metadata, open_form
from bot.slack.homes import Homes, local_day
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
from bot.slack.views.action_forms import close_form, move_form

NOT_YOURS = "That action belongs to somebody whose deals you may not see."
PAST = "Pick today or a later day."


def register(app: AsyncApp) -> None:
    """Listen to the menu beside an action and to its two forms."""
    app.action(re.compile(ActionId.ACTION_MENU.pattern))(handle_menu)
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
    verb, item_id, version = action["selected_option"]["value"].split(":")
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
    now: datetime,
) -> None:
    """Close the action with its proof or reason, and show the Home tab without it."""
    asker, carried, entered = await identify(), metadata(view), entries(view)
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


async def _item(memory: Memory, asker: Asker, item_id: int, version: int) -> ActionItem:
    """The item as the person saw it. Raises StaleActionError if it changed, Refused if it is out of reach."""
    item = await asyncio.to_thread(memory.actions.find, item_id)
    if item is None or item.version != version or item.status is not ActionStatus.OPEN:
        raise StaleActionError(f"action item {item_id} is not at version {version}")
    if not asker.may_see_owner(item.owner_id) and item.created_by != asker.user.id:
        raise Refused(NOT_YOURS)
    return item

"""A person says what became of a tracked action: done, moved or dropped (DOMAIN 6.3)."""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.actions import is_evidence
from bot.coach.follow_ups import better_wordings
from bot.memory import ActionItem, ActionStatus, Memory, StaleActionError
from bot.slack.failures import Refused
from bot.slack.forms import chosen, entered_date, entries, send_back
from bot.slack.homes import Homes
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views.action_forms import close_form, move_form
from bot.slack.views.notices import reason_message, tracked_words
from bot.slack.visits import Visit

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


async def handle_menu(ack: AsyncAck, action: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Ask for the proof, the reason or the new day."""
    await ack()
    verb, item_id, version = chosen(action).split(":")
    item = await _item(visit, memory, int(item_id), int(version))
    forms = {"done": ActionStatus.DONE, "drop": ActionStatus.DROPPED}
    await visit.open(close_form(item, forms[verb]) if verb in forms else move_form(item))


async def handle_close(ack: AsyncAck, view: dict[str, Any], memory: Memory, homes: Homes, visit: Visit) -> None:
    """Close the action with its proof or reason, and show the Home tab without it; "done" needs something to see."""
    asker, status, note = await visit.identify(), ActionStatus(visit.carried["status"]), entries(view).get("note")
    if status is ActionStatus.DONE and not is_evidence(note, visit.desk.coach.playbook.concreteness):
        await send_back(ack, view, {"note": NO_EVIDENCE})
        return
    await _change(visit, memory, partial(memory.actions.close, status=status, note=note))
    await ack()
    await homes.publish(visit.client, visit.user_id, asker, visit.now)


async def handle_move(ack: AsyncAck, view: dict[str, Any], memory: Memory, homes: Homes, visit: Visit) -> None:
    """Put the action off; a day that is past is sent back."""
    asker, today, entered = await visit.identify(), await visit.today(), entries(view)
    due = entered_date(entered.get("due"))
    if due is None or due < today:
        await send_back(ack, view, {"due": PAST})
        return
    await _change(visit, memory, partial(memory.actions.move, due=due, note=entered.get("note")))
    await ack()
    await homes.publish(visit.client, visit.user_id, asker, visit.now)


async def handle_reword(ack: AsyncAck, action: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Take over a concrete wording for a vague action, due on the day the wording proposes."""
    await ack()
    item_id, version, number = map(int, action["value"].split(":"))
    item, today = await _item(visit, memory, item_id, version), await visit.today()
    better = better_wordings(item, visit.desk.coach.playbook.concreteness, today)[number]
    changed = await asyncio.to_thread(
        memory.actions.reword,
        item.id,
        better.text,
        better.done_when or "",
        better.due or today,
        version=version,
        by_id=(await visit.identify()).user.id,
        now=visit.now,
    )
    await visit.tell(reason_message(f"Now it reads: {tracked_words(changed)}"))


async def _change(visit: Visit, memory: Memory, change: Callable[..., ActionItem]) -> None:
    """Change the action that the form is about. Raises StaleActionError or Refused like `_item`."""
    item_id, version = visit.carried["item"], visit.carried["version"]
    await _item(visit, memory, item_id, version)
    by_id = (await visit.identify()).user.id
    await asyncio.to_thread(change, item_id, version=version, by_id=by_id, now=visit.now)


async def _item(visit: Visit, memory: Memory, item_id: int, version: int) -> ActionItem:
    """The item as the person saw it. Raises StaleActionError if it changed, Refused if it is out of reach."""
    asker = await visit.identify()
    item = await asyncio.to_thread(memory.actions.find, item_id)
    if item is None or item.version != version or item.status is not ActionStatus.OPEN:
        raise StaleActionError(f"action item {item_id} is not at version {version}")
    if not asker.may_see_owner(item.owner_id) and item.created_by != asker.user.id:
        raise Refused(NOT_YOURS)
    return item

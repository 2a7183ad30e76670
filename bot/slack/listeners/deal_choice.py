"""A person picks a deal: from a menu, a digest or the Home tab.

The button holds the deal's id and nothing else. Whether this person may see that deal is decided by
the coach when they press, never by the fact that they were shown the button.
"""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.slack.answering import Answering
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId
from bot.slack.menus import Menus, consult_kind, is_menu_row
from bot.slack.places import DirectThread, Place, ResponsePlace
from bot.slack.views.notices import reason_message
from bot.slack.visits import Visit

LOOKING = "Here is the deal you picked."


def register(app: AsyncApp) -> None:
    """Listen to both kinds of choice."""
    app.action(_pattern(ActionId.CHOOSE_DEAL))(handle_deal)
    app.action(_pattern(ActionId.CHOOSE_CONSULT))(handle_consult)


async def handle_deal(
    ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, answering: Answering, menus: Menus, visit: Visit
) -> None:
    """Answer the question behind the menu for the chosen deal, or assess the deal of a row.

    Raises UnknownDeal for a deal that left the person's sight since: the question alone would be about none.
    """
    await ack()
    await visit.brief(action["value"])
    place = await _place(visit, action, respond)
    text = await menus.question(action["block_id"], await visit.identify(), visit.now)
    await answering.answer(visit, place, text, deal_id=action["value"])


async def handle_consult(
    ack: AsyncAck, action: dict[str, Any], respond: AsyncRespond, answering: Answering, visit: Visit
) -> None:
    """Prepare the consult of the chosen deal in place of the menu. Raises UnknownDeal like `handle_deal`."""
    await ack()
    await visit.brief(action["value"])
    place = await _place(visit, action, respond)
    await answering.consult(visit, place, action["value"], consult_kind(action["block_id"]))


async def _place(visit: Visit, action: dict[str, Any], respond: AsyncRespond) -> Place:
    """In a menu's own place; under a digest in its thread; from the Home tab in a new direct thread."""
    user_id, team = visit.user_id, (visit.body.get("team") or {}).get("id")
    channel, thread = visit.channel, visit.thread
    if channel is None or thread is None:
        opened = await deliver(visit.client, user_id, reason_message(LOOKING))
        return DirectThread(opened.channel, opened.ts, user_id, team)
    if is_menu_row(action["block_id"]) or not channel.startswith("D"):
        return ResponsePlace(channel, thread, user_id, respond, replace=is_menu_row(action["block_id"]))
    return DirectThread(channel, thread, user_id, team)


def _pattern(action: ActionId) -> re.Pattern[str]:
    return re.compile(action.pattern)

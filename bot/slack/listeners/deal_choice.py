"""A person picks a deal: from a menu, a digest or the Home tab.

The button holds the deal's id and nothing else. Whether this person may see that deal is decided by
the coach when they press, never by the fact that they were shown the button.
"""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.desk import Desk
from bot.slack.answering import Answering
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId
from bot.slack.menus import Menus, consult_kind, is_menu_row
from bot.slack.middleware.context import Identify
from bot.slack.places import DirectThread, Place, ResponsePlace
from bot.slack.views.notices import reason_message

LOOKING = "Here is the deal you picked."


def register(app: AsyncApp) -> None:
    """Listen to both kinds of choice."""
    app.action(_pattern(ActionId.CHOOSE_DEAL))(handle_deal)
    app.action(_pattern(ActionId.CHOOSE_CONSULT))(handle_consult)


async def handle_deal(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    identify: Identify,
    answering: Answering,
    menus: Menus,
    desk: Desk,
    now: datetime,
) -> None:
    """Answer the question behind the menu for the chosen deal, or assess the deal of a row.

    Raises UnknownDeal for a deal that left the person's sight since: the question alone would be about none.
    """
    await ack()
    asker = await identify()
    await asyncio.to_thread(desk.brief, asker, action["value"], now)
    place = await _place(body, action, client, respond)
    text = await menus.question(action["block_id"], asker, now)
    await answering.answer(client, place, asker, text, now=now, deal_id=action["value"])


async def handle_consult(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    identify: Identify,
    answering: Answering,
    desk: Desk,
    now: datetime,
) -> None:
    """Prepare the consult of the chosen deal in place of the menu. Raises UnknownDeal like `handle_deal`."""
    await ack()
    asker = await identify()
    await asyncio.to_thread(desk.brief, asker, action["value"], now)
    place = await _place(body, action, client, respond)
    kind = consult_kind(action["block_id"])
    await answering.consult(client, place, asker, action["value"], now=now, kind=kind)


async def _place(body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond) -> Place:
    """In a menu's own place; under a digest in its thread; from the Home tab in a new direct thread."""
    user_id, container, team = body["user"]["id"], body.get("container") or {}, (body.get("team") or {}).get("id")
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id")
    if channel is None:
        opened = await deliver(client, user_id, reason_message(LOOKING))
        return DirectThread(opened.channel, opened.ts, user_id, team)
    thread = container.get("thread_ts") or container["message_ts"]
    if is_menu_row(action["block_id"]) or not channel.startswith("D"):
        return ResponsePlace(channel, thread, user_id, respond, replace=is_menu_row(action["block_id"]))
    return DirectThread(channel, thread, user_id, team)


def _pattern(action: ActionId) -> re.Pattern[str]:
    return re.compile(action.pattern)

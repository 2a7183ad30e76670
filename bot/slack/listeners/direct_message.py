"""A person writes to the bot directly."""

import html
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.answering import Answering
from bot.slack.incoming import question
from bot.slack.middleware.context import Identify
from bot.slack.notes import Notes
from bot.slack.pasted import is_notes
from bot.slack.places import DirectThread, is_direct, place_of_message
from bot.slack.working import Work


def register(app: AsyncApp) -> None:
    """Listen to messages in direct message channels."""
    app.event("message", matchers=[_is_direct])(handle_direct_message)


async def handle_direct_message(
    event: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    answering: Answering,
    notes: Notes,
    work: Work,
    now: datetime,
) -> None:
    """Answer in the message's thread, or read the notes in it; Bolt has acknowledged the event already."""
    place = place_of_message(event, body)
    async with work.on(client, place.channel, place.thread):
        asker = await identify()
        text, files = event.get("text") or "", event.get("files") or []
        if isinstance(place, DirectThread) and (files or is_notes(text)):
            focus = await answering.focus(place)
            deal_id = await notes.propose(client, place, asker, html.unescape(text), files, focus, now)
            await answering.remember(place, deal_id, now)
            return
        await answering.answer(client, place, asker, question(event.get("text")), now=now)


async def _is_direct(event: dict[str, Any]) -> bool:
    return is_direct(event)

"""A person writes to the bot directly."""

import html
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.answering import Answering
from bot.slack.incoming import question
from bot.slack.notes import Notes
from bot.slack.pasted import is_notes
from bot.slack.places import DirectThread, is_direct, place_of_message
from bot.slack.visits import Visit
from bot.slack.working import Work


def register(app: AsyncApp) -> None:
    """Listen to messages in direct message channels."""
    app.event("message", matchers=[_is_direct])(handle_direct_message)


async def handle_direct_message(
    event: dict[str, Any], answering: Answering, notes: Notes, work: Work, visit: Visit
) -> None:
    """Answer in the message's thread, or read the notes in it; Bolt has acknowledged the event already."""
    place = place_of_message(event, visit.body)
    async with work.on(visit.client, place.channel, place.thread):
        asker = await visit.identify()
        text, files = event.get("text") or "", event.get("files") or []
        if isinstance(place, DirectThread) and (files or is_notes(text)):
            focus = await answering.focus(place)
            deal_id = await notes.propose(visit.client, place, asker, html.unescape(text), files, focus, visit.now)
            await answering.remember(place, deal_id, visit.now)
            return
        await answering.answer(visit, place, question(event.get("text")))


async def _is_direct(event: dict[str, Any]) -> bool:
    return is_direct(event)

"""A person decides what becomes of evidence found in their notes: all, some, or none is kept."""

from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.delivery import deliver
from bot.slack.forms import entries, metadata, open_form
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
from bot.slack.notes import Notes
from bot.slack.replacing import replaced
from bot.slack.views.message import Message
from bot.slack.views.proposal import choose_form, decided_message


def register(app: AsyncApp) -> None:
    """Listen to the three buttons and the form."""
    app.action(ActionId.KEEP_EVIDENCE.value)(handle_keep)
    app.action(ActionId.DISCARD_EVIDENCE.value)(handle_discard)
    app.action(ActionId.CHOOSE_EVIDENCE.value)(handle_choose)
    app.view(CallbackId.CHOOSE_EVIDENCE.value)(handle_chosen)


async def handle_keep(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    notes: Notes,
    now: datetime,
) -> None:
    """Keep everything that was found."""
    await ack()
    deal, kept = await notes.decide(action["value"], await identify(), None, now)
    await _show(client, body["user"]["id"], body.get("response_url"), decided_message(deal, kept))


async def handle_discard(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    notes: Notes,
    now: datetime,
) -> None:
    """Keep nothing."""
    await ack()
    deal, kept = await notes.decide(action["value"], await identify(), [], now)
    await _show(client, body["user"]["id"], body.get("response_url"), decided_message(deal, kept))


async def handle_choose(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    notes: Notes,
    now: datetime,
) -> None:
    """Show the statements with a tick each."""
    await ack()
    choices = await notes.choices(action["value"], await identify(), now)
    await open_form(client, body, choose_form(choices, {"key": action["value"], "url": body.get("response_url")}))


async def handle_chosen(
    ack: AsyncAck,
    view: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    notes: Notes,
    now: datetime,
) -> None:
    """Keep what is ticked."""
    carried = metadata(view)
    places = [int(place) for place in entries(view).get("kept") or []]
    deal, kept = await notes.decide(carried["key"], await identify(), places, now)
    await ack()
    await _show(client, body["user"]["id"], carried.get("url"), decided_message(deal, kept))


async def _show(client: AsyncWebClient, user_id: str, url: str | None, message: Message) -> None:
    if not await replaced(url, message):
        await deliver(client, user_id, message)

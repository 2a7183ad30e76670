"""A person opens what stands behind a card: the points of the verdict, or the evidence."""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.desk import Desk
from bot.slack.cards import Cards
from bot.slack.changes import closed_words, since_card
from bot.slack.failures import Refused
from bot.slack.forms import open_form
from bot.slack.ids import ActionId
from bot.slack.middleware.context import Identify
from bot.slack.views.details import evidence_view, explain_view


def register(app: AsyncApp) -> None:
    """Listen to the buttons."""
    app.action(ActionId.EXPLAIN.value)(handle_explain)
    app.action(ActionId.EVIDENCE.value)(handle_evidence)
    app.action(re.compile(rf"^{ActionId.DISPUTE_READING.value}(:|$)"))(handle_dispute)


async def handle_explain(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    desk: Desk,
    now: datetime,
) -> None:
    """Show the points as they are now, and what changed since the card."""
    await ack()
    asker = await identify()
    card = await cards.find(action["value"], asker, now)
    view = await asyncio.to_thread(desk.view, asker, card.deal.id, now)
    if not view.brief.deal.is_open:
        raise Refused(f"{closed_words(view.brief.deal)} A closed deal has no health.")
    cut_offs = await asyncio.to_thread(desk.cut_offs)
    await open_form(client, body, explain_view(view, cut_offs, since_card(card, view)))


async def handle_evidence(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    desk: Desk,
    now: datetime,
) -> None:
    """Show the ledger as it is now."""
    await ack()
    asker = await identify()
    card = await cards.find(action["value"], asker, now)
    view = await asyncio.to_thread(desk.view, asker, card.deal.id, now)
    await open_form(client, body, evidence_view(view, action["value"]))


async def handle_dispute(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    desk: Desk,
    now: datetime,
) -> None:
    """Take a model's reading out and show the ledger without it."""
    await ack()
    asker = await identify()
    key, _, number = action["value"].rpartition(":")
    card = await cards.find(key, asker, now)
    view = await asyncio.to_thread(desk.dispute, asker, card.deal.id, int(number), now)
    shown = body["view"]
    await client.views_update(view_id=shown["id"], hash=shown["hash"], view=evidence_view(view, key))

"""A person opens what stands behind a card: the points of the verdict, or the evidence."""

import asyncio
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.changes import refuse_closed, since_card
from bot.slack.ids import ActionId
from bot.slack.views.details import evidence_view, explain_view
from bot.slack.visits import Visit

NO_HEALTH = "A closed deal has no health."


def register(app: AsyncApp) -> None:
    """Listen to the buttons."""
    app.action(ActionId.EXPLAIN.value)(handle_explain)
    app.action(ActionId.EVIDENCE.value)(handle_evidence)
    app.action(re.compile(rf"^{ActionId.DISPUTE_READING.value}(:|$)"))(handle_dispute)


async def handle_explain(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Show the points as they are now, and what changed since the card."""
    await ack()
    card = await visit.card(action["value"])
    view = await visit.deal(card.deal.id)
    refuse_closed(view.brief.deal, NO_HEALTH)
    cut_offs = await asyncio.to_thread(visit.desk.cut_offs)
    await visit.open(explain_view(view, cut_offs, since_card(card, view)))


async def handle_evidence(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Show the ledger as it is now."""
    await ack()
    card = await visit.card(action["value"])
    await visit.open(evidence_view(await visit.deal(card.deal.id), card.key))


async def handle_dispute(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Take a model's reading out and show the ledger without it."""
    await ack()
    key, _, number = action["value"].rpartition(":")
    card = await visit.card(key)
    asker = await visit.identify()
    view = await asyncio.to_thread(visit.desk.dispute, asker, card.deal.id, int(number), visit.now)
    await visit.redraw(evidence_view(view, key))

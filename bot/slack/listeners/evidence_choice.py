"""A person decides what becomes of evidence found in their notes: all, some, or none is kept."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack.forms import entries
from bot.slack.ids import ActionId, CallbackId
from bot.slack.notes import Notes
from bot.slack.views.proposal import choose_form, decided_message
from bot.slack.visits import Visit


def register(app: AsyncApp) -> None:
    """Listen to the three buttons and the form."""
    app.action(ActionId.KEEP_EVIDENCE.value)(handle_keep)
    app.action(ActionId.DISCARD_EVIDENCE.value)(handle_discard)
    app.action(ActionId.CHOOSE_EVIDENCE.value)(handle_choose)
    app.view(CallbackId.CHOOSE_EVIDENCE.value)(handle_chosen)


async def handle_keep(ack: AsyncAck, action: dict[str, Any], notes: Notes, visit: Visit) -> None:
    """Keep everything that was found."""
    await ack()
    await _show(visit, *await _decide(visit, notes, action["value"], None))


async def handle_discard(ack: AsyncAck, action: dict[str, Any], notes: Notes, visit: Visit) -> None:
    """Keep nothing."""
    await ack()
    await _show(visit, *await _decide(visit, notes, action["value"], []))


async def handle_choose(ack: AsyncAck, action: dict[str, Any], notes: Notes, visit: Visit) -> None:
    """Show the statements with a tick each."""
    await ack()
    choices = await notes.choices(action["value"], await visit.identify(), visit.now)
    await visit.open(choose_form(choices, {"key": action["value"], "url": visit.url}))


async def handle_chosen(ack: AsyncAck, view: dict[str, Any], notes: Notes, visit: Visit) -> None:
    """Keep what is ticked."""
    places = [int(place) for place in entries(view).get("kept") or []]
    decided = await _decide(visit, notes, visit.carried["key"], places)
    await ack()
    await _show(visit, *decided)


async def _decide(visit: Visit, notes: Notes, key: str, places: list[int] | None) -> tuple[str, int]:
    return await notes.decide(key, await visit.identify(), places, visit.now)


async def _show(visit: Visit, deal: str, kept: int) -> None:
    """Say in place of the proposal how many statements of the deal were kept."""
    await visit.show(decided_message(deal, kept))

"""The session: its parts, the seller's overview, questions with their answers, and swapping one (DOMAIN 6.1, 6.3)."""

import asyncio
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.consults.errors import ConsultRefused
from bot.coach.consults.room import Seat
from bot.slack.forms import entries
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views.consult_forms import answer_form, nothing_to_swap_view, overview_form, question_key, swap_form
from bot.slack.views.modal import View
from bot.slack.visits import Visit


def register(app: AsyncApp) -> None:
    """Listen to the buttons of a session and to its forms."""
    app.action(ActionId.CONSULT_NEXT.value)(handle_next)
    app.action(ActionId.CONSULT_OVERVIEW.value)(handle_overview)
    app.view(CallbackId.CONSULT_OVERVIEW.value)(handle_overview_sent)
    app.action(re.compile(ActionId.CONSULT_QUESTION.pattern))(handle_question)
    app.view(CallbackId.CONSULT_ANSWER.value)(handle_answered)
    app.action(ActionId.CONSULT_SWAP.value)(handle_swap)
    app.view(CallbackId.CONSULT_SWAP.value)(handle_swapped)


async def handle_next(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Enter the next part; a second press on the same button changes nothing."""
    await ack()
    consult_id, _, seen = action["value"].partition(":")
    await visit.act(int(consult_id), lambda seat: visit.room.go_on(seat, seen, visit.now))


async def handle_overview(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Open the sheet, filled in with what is on record or as it was written."""
    await ack()
    seat = await visit.seat(int(action["value"]))
    values = await asyncio.to_thread(visit.room.sheet, seat)
    consult, fields = seat.consult, visit.room.rules.overview
    fresh = consult.overview is None
    await visit.open(overview_form(consult.deal_name, fields, values, visit.carry(seat), fresh=fresh))


async def handle_overview_sent(ack: AsyncAck, view: dict[str, Any], visit: Visit) -> None:
    """Keep the overview and show it to both."""
    entered = entries(view)
    written = {field.key: entered.get(field.key) or "" for field in visit.room.rules.overview}
    await ack()
    await visit.act(visit.carried["consult"], lambda seat: visit.room.write_overview(seat, written, visit.now))


async def handle_question(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Open a question: the seller's reading first, what is on record only after it."""
    await ack()
    consult_id, _, place = action["value"].partition(":")
    seat = await visit.seat(int(consult_id))
    await visit.open(await _question(visit, seat, visit.carry(seat, place=int(place))))


async def handle_answered(ack: AsyncAck, view: dict[str, Any], visit: Visit) -> None:
    """Keep what was said. After the first answer the form stays open and shows the manager what is on record."""
    carried, entered = visit.carried, entries(view)
    before = await visit.seat(carried["consult"])
    said = (carried["place"], carried["text"], entered.get("answer"), entered.get("agreed"))
    await asyncio.to_thread(visit.room.answer, before, *said, visit.now)
    if carried["first"] and before.leads:
        seat = await visit.seat(carried["consult"])
        await ack(response_action="update", view=await _question(visit, seat, carried | {"revision": 1}))
    else:
        await ack()
    await visit.refresh(before)


async def handle_swap(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Offer other questions for those not answered yet."""
    await ack()
    seat = await visit.seat(int(action["value"]))
    await visit.open(await _swap(visit, seat, visit.carry(seat)))


async def handle_swapped(ack: AsyncAck, view: dict[str, Any], visit: Visit) -> None:
    """Ask the chosen or own question; a closed one is sent back with what is wrong."""
    entered = entries(view)
    seat = await visit.seat(visit.carried["consult"])
    text = entered.get("own") or await _offered(visit, seat, entered)
    try:
        if not text:
            raise ConsultRefused("Choose a question, or write your own.")
        await asyncio.to_thread(visit.room.swap, seat, int(entered["place"]), text, visit.now)
    except ConsultRefused as fault:
        await ack(response_action="update", view=await _swap(visit, seat, visit.carried, str(fault)))
        return
    await ack()
    await visit.refresh(seat)


async def _question(visit: Visit, seat: Seat, carried: dict[str, Any]) -> View:
    number = carried["place"]
    coaching = await asyncio.to_thread(visit.room.coaching, seat, number)
    question = seat.consult.questions[number]
    kept = carried | {"text": question.text, "first": question.answer is None}
    return answer_form(question, coaching, kept, leads=seat.leads, seller=seat.consult.seller_name)


async def _swap(visit: Visit, seat: Seat, carried: dict[str, Any], problem: str | None = None) -> View:
    open_ones = [number for number, each in enumerate(seat.consult.questions) if not each.answer]
    if not open_ones:
        return nothing_to_swap_view()
    others = await asyncio.to_thread(visit.room.others, seat, open_ones[0])
    return swap_form(seat.consult.questions, others, carried, problem)


async def _offered(visit: Visit, seat: Seat, entered: dict[str, Any]) -> str | None:
    """The words of the question chosen from the list."""
    others = await asyncio.to_thread(visit.room.others, seat, int(entered["place"]))
    return next((each.text for each in others if question_key(each.text) == entered.get("offered")), None)

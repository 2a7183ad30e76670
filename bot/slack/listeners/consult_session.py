"""The session: its parts, the seller's overview, questions with their answers, and swapping one (DOMAIN 6.1, 6.3)."""

import asyncio
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.consults.errors import ConsultRefused
from bot.coach.consults.seats import Seat
from bot.slack.forms import entries
from bot.slack.ids import ActionId, CallbackId
from bot.slack.sittings import Sitting
from bot.slack.views.consult_forms import answer_form, nothing_to_swap_view, overview_form, question_key, swap_form
from bot.slack.views.modal import View


def register(app: AsyncApp) -> None:
    """Listen to the buttons of a session and to its forms."""
    app.action(ActionId.CONSULT_NEXT.value)(handle_next)
    app.action(ActionId.CONSULT_OVERVIEW.value)(handle_overview)
    app.view(CallbackId.CONSULT_OVERVIEW.value)(handle_overview_sent)
    app.action(re.compile(ActionId.CONSULT_QUESTION.pattern))(handle_question)
    app.view(CallbackId.CONSULT_ANSWER.value)(handle_answered)
    app.action(ActionId.CONSULT_SWAP.value)(handle_swap)
    app.view(CallbackId.CONSULT_SWAP.value)(handle_swapped)


async def handle_next(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Enter the next part; a second press on the same button changes nothing."""
    await ack()
    consult_id, _, seen = action["value"].partition(":")
    await sitting.act(int(consult_id), lambda seat: sitting.room.go_on(seat, seen, sitting.now))


async def handle_overview(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Open the sheet, filled in with what is on record or as it was written."""
    await ack()
    seat = await sitting.seat(int(action["value"]))
    values = await asyncio.to_thread(sitting.room.sheet, seat)
    consult, fields = seat.consult, sitting.room.rules.overview
    fresh = consult.overview is None
    await sitting.open(overview_form(consult.deal_name, fields, values, sitting.carry(seat), fresh=fresh))


async def handle_overview_sent(ack: AsyncAck, view: dict[str, Any], sitting: Sitting) -> None:
    """Keep the overview and show it to both."""
    entered = entries(view)
    written = {field.key: entered.get(field.key) or "" for field in sitting.room.rules.overview}
    await ack()
    await sitting.act(sitting.carried["consult"], lambda seat: sitting.room.write_overview(seat, written, sitting.now))


async def handle_question(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Open a question: the seller's reading first, what is on record only after it."""
    await ack()
    consult_id, _, place = action["value"].partition(":")
    seat = await sitting.seat(int(consult_id))
    await sitting.open(await _question(sitting, seat, sitting.carry(seat, place=int(place))))


async def handle_answered(ack: AsyncAck, view: dict[str, Any], sitting: Sitting) -> None:
    """Keep what was said. After the first answer the form stays open and shows the manager what is on record."""
    carried, entered = sitting.carried, entries(view)
    before = await sitting.seat(carried["consult"])
    said = (carried["place"], carried["text"], entered.get("answer"), entered.get("agreed"))
    await asyncio.to_thread(sitting.room.answer, before, *said, sitting.now)
    if carried["first"] and before.leads:
        seat = await sitting.seat(carried["consult"])
        await ack(response_action="update", view=await _question(sitting, seat, carried | {"revision": 1}))
    else:
        await ack()
    await sitting.refresh(before)


async def handle_swap(ack: AsyncAck, action: dict[str, Any], sitting: Sitting) -> None:
    """Offer other questions for those not answered yet."""
    await ack()
    seat = await sitting.seat(int(action["value"]))
    await sitting.open(await _swap(sitting, seat, sitting.carry(seat)))


async def handle_swapped(ack: AsyncAck, view: dict[str, Any], sitting: Sitting) -> None:
    """Ask the chosen or own question; a closed one is sent back with what is wrong."""
    entered = entries(view)
    seat = await sitting.seat(sitting.carried["consult"])
    text = entered.get("own") or await _offered(sitting, seat, entered)
    try:
        if not text:
            raise ConsultRefused("Choose a question, or write your own.")
        await asyncio.to_thread(sitting.room.swap, seat, int(entered["place"]), text, sitting.now)
    except ConsultRefused as fault:
        await ack(response_action="update", view=await _swap(sitting, seat, sitting.carried, str(fault)))
        return
    await ack()
    await sitting.refresh(seat)


async def _question(sitting: Sitting, seat: Seat, carried: dict[str, Any]) -> View:
    number = carried["place"]
    coaching = await asyncio.to_thread(sitting.room.coaching, seat, number)
    question = seat.consult.questions[number]
    kept = carried | {"text": question.text, "first": question.answer is None}
    return answer_form(question, coaching, kept, leads=seat.leads, seller=seat.consult.seller_name)


async def _swap(sitting: Sitting, seat: Seat, carried: dict[str, Any], problem: str | None = None) -> View:
    open_ones = [number for number, each in enumerate(seat.consult.questions) if not each.answer]
    if not open_ones:
        return nothing_to_swap_view()
    others = await asyncio.to_thread(sitting.room.others, seat, open_ones[0])
    return swap_form(seat.consult.questions, others, carried, problem)


async def _offered(sitting: Sitting, seat: Seat, entered: dict[str, Any]) -> str | None:
    """The words of the question chosen from the list."""
    others = await asyncio.to_thread(sitting.room.others, seat, int(entered["place"]))
    return next((each.text for each in others if question_key(each.text) == entered.get("offered")), None)

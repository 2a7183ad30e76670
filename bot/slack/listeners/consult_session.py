"""The session: its parts, the seller's overview, questions with their answers, and swapping one (DOMAIN 6.1, 6.3)."""

import asyncio
import re
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.consults.errors import ConsultRefused
from bot.coach.consults.room import Seat
from bot.slack.consulting import Consulting, Press
from bot.slack.forms import entries, metadata, open_form
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
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


async def handle_next(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Enter the next part; a second press on the same button changes nothing."""
    await ack()
    press = Press.of(await identify(), body)
    consult_id, _, seen = action["value"].partition(":")
    await consulting.act(client, press, int(consult_id), now, lambda seat: consulting.room.go_on(seat, seen, now))


async def handle_overview(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Open the sheet, filled in with what is on record or as it was written."""
    await ack()
    seat = await consulting.enter(await identify(), int(action["value"]), now)
    values = await asyncio.to_thread(consulting.room.sheet, seat)
    consult, fields = seat.consult, consulting.room.rules.overview
    fresh = consult.overview is None
    form = overview_form(consult.deal_name, fields, values, _carried(seat, body), fresh=fresh)
    await open_form(client, body, form)


async def handle_overview_sent(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Keep the overview and show it to both."""
    asker, carried, entered = await identify(), metadata(view), entries(view)
    written = {field.key: entered.get(field.key) or "" for field in consulting.room.rules.overview}
    await ack()
    press = Press(asker, carried.get("url"))
    await consulting.act(
        client, press, carried["consult"], now, lambda seat: consulting.room.write_overview(seat, written, now)
    )


async def handle_question(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Open a question: the seller's reading first, what is on record only after it."""
    await ack()
    consult_id, _, place = action["value"].partition(":")
    seat = await consulting.enter(await identify(), int(consult_id), now)
    number = int(place)
    form = await _question(consulting, seat, number, _carried(seat, body) | {"place": number})
    await open_form(client, body, form)


async def handle_answered(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Keep what was said. After the first answer the form stays open and shows the manager what is on record."""
    asker, carried, entered = await identify(), metadata(view), entries(view)
    number = carried["place"]
    before = await consulting.enter(asker, carried["consult"], now)

    def write(seat: Seat) -> None:
        consulting.room.answer(seat, number, carried["text"], entered.get("answer"), entered.get("agreed"), now)

    await asyncio.to_thread(write, before)
    if carried["first"] and before.leads:
        seat = await consulting.enter(asker, carried["consult"], now)
        form = await _question(consulting, seat, number, {**carried, "revision": 1})
        await ack(response_action="update", view=form)
    else:
        await ack()
    press = Press(asker, carried.get("url"))
    await consulting.refresh(client, carried["consult"], now, press, before=before.consult)


async def handle_swap(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Offer other questions for those not answered yet."""
    await ack()
    seat = await consulting.enter(await identify(), int(action["value"]), now)
    await open_form(client, body, await _swap(consulting, seat, _carried(seat, body)))


async def handle_swapped(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    consulting: Consulting,
    now: datetime,
) -> None:
    """Ask the chosen or own question; a closed one is sent back with what is wrong."""
    asker, carried, entered = await identify(), metadata(view), entries(view)
    seat = await consulting.enter(asker, carried["consult"], now)
    text = entered.get("own") or await _offered(consulting, seat, entered)
    try:
        if not text:
            raise ConsultRefused("Choose a question, or write your own.")
        await asyncio.to_thread(consulting.room.swap, seat, int(entered["place"]), text, now)
    except ConsultRefused as fault:
        await ack(response_action="update", view=await _swap(consulting, seat, carried, str(fault)))
        return
    await ack()
    await consulting.refresh(client, carried["consult"], now, Press(asker, carried.get("url")), before=seat.consult)


async def _question(consulting: Consulting, seat: Seat, number: int, carried: dict[str, Any]) -> View:
    coaching = await asyncio.to_thread(consulting.room.coaching, seat, number)
    question = seat.consult.questions[number]
    kept = carried | {"text": question.text, "first": question.answer is None}
    return answer_form(question, coaching, kept, leads=seat.leads, seller=seat.consult.seller_name)


async def _swap(consulting: Consulting, seat: Seat, carried: dict[str, Any], problem: str | None = None) -> View:
    open_ones = [number for number, each in enumerate(seat.consult.questions) if not each.answer]
    if not open_ones:
        return nothing_to_swap_view()
    others = await asyncio.to_thread(consulting.room.others, seat, open_ones[0])
    return swap_form(seat.consult.questions, others, carried, problem)


async def _offered(consulting: Consulting, seat: Seat, entered: dict[str, Any]) -> str | None:
    """The words of the question chosen from the list."""
    others = await asyncio.to_thread(consulting.room.others, seat, int(entered["place"]))
    return next((each.text for each in others if question_key(each.text) == entered.get("offered")), None)


def _carried(seat: Seat, body: dict[str, Any]) -> dict[str, Any]:
    return {"consult": seat.consult.id, "url": body.get("response_url")}

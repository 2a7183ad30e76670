"""A person has something written into the CRM: opens, fills in, previews, confirms, undoes (DOMAIN 6.3).

The CRM may take longer than Slack waits for a form or an acknowledgement. So a form opens at once and is filled when
the CRM has answered; a form that was sent shows the outcome at once if it is quick, else when it is known, and where
it was closed meanwhile the outcome comes as a message.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.access import Asker
from bot.coach.writing import Preview, Proposal, Result, Unfit, WriteBack
from bot.memory import WriteOutcome
from bot.pipeline.sources.writer import NEXT_STEP, TASK
from bot.slack.cards import Cards
from bot.slack.delivery import DeliveryFailed, deliver
from bot.slack.failures import Refused, explain
from bot.slack.forms import entered_date, entries, metadata
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
from bot.slack.replacing import replaced
from bot.slack.views.modal import View
from bot.slack.views.write_back import (
    changed_message,
    form_view,
    preview_view,
    reason_page,
    result_message,
    result_page,
    waiting_view,
)

log = structlog.get_logger(__name__)

_PATIENCE_SECONDS = 1.5
"""How long a sent form waits for its outcome; Slack waits three seconds for the acknowledgement."""
_ACK_ARRIVES_SECONDS = 0.3
"""An update must not overtake the acknowledgement, which would then replace it."""
OFF = "Writing to the CRM is switched off here (WRITE_BACK). I only read."


def register(app: AsyncApp) -> None:
    """Listen to the buttons that lead to a preview, to both forms and to Undo."""
    app.action(ActionId.WRITE_CARD.value)(handle_card)
    app.action(re.compile(ActionId.WRITE_STEP.pattern))(handle_step)
    app.action(ActionId.WRITE_PROPOSAL.value)(handle_proposal)
    app.action(ActionId.WRITE_TARGET.value)(handle_target)
    app.action(ActionId.WRITE_EDIT.value)(handle_edit)
    app.action(ActionId.WRITE_UNDO.value)(handle_undo)
    app.view(CallbackId.WRITE_FORM.value)(handle_form)
    app.view(CallbackId.WRITE_CONFIRM.value)(handle_confirm)


async def handle_card(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    writing: WriteBack | None,
    now: datetime,
) -> None:
    """Open what the card's question asked to have written, or the choice of what may be."""
    await ack()

    async def propose() -> tuple[Asker, str]:
        asker = await identify()
        card = await cards.find(action["value"], asker, now)
        target, text = (card.wanted.target, card.wanted.text) if card.wanted else (None, None)
        proposal = Proposal(deal_id=card.deal.id, target=target, text=text)
        return asker, await asyncio.to_thread(_on(writing).propose, asker, proposal, now)

    await _open(client, body, propose, writing, now)


async def handle_step(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    writing: WriteBack | None,
    now: datetime,
) -> None:
    """Open an accepted step as the deal's next step."""
    await ack()

    async def propose() -> tuple[Asker, str]:
        asker = await identify()
        key, _, place = action["value"].partition(":")
        card = await cards.find(key, asker, now)
        text = await cards.step_words(card, int(place))
        proposal = Proposal(deal_id=card.deal.id, target=NEXT_STEP, text=text)
        return asker, await asyncio.to_thread(_on(writing).propose, asker, proposal, now)

    await _open(client, body, propose, writing, now)


async def handle_proposal(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    writing: WriteBack | None,
    now: datetime,
) -> None:
    """Open a kept proposal, such as a wrap-up or one that met a conflict."""
    await ack()

    async def proposed() -> tuple[Asker, str]:
        return await identify(), action["value"]

    await _open(client, body, proposed, writing, now)


async def handle_target(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    writing: WriteBack | None,
    now: datetime,
) -> None:
    """Show the input of the field that was chosen, and how that field stands."""
    await ack()
    view = body["view"]
    carried, target = metadata(view), action["selected_option"]["value"]

    async def filled() -> View:
        asker = await identify()
        content = await asyncio.to_thread(_on(writing).open, asker, carried["proposal"], now, target)
        return form_view(content, revision=carried.get("revision", 0) + 1)

    await _show(client, view["id"], filled)


async def handle_edit(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    writing: WriteBack | None,
    now: datetime,
) -> None:
    """Go from the preview back to the form."""
    await ack()

    async def filled() -> View:
        asker = await identify()
        return form_view(await asyncio.to_thread(_on(writing).open, asker, action["value"], now))

    await _show(client, body["view"]["id"], filled)


async def handle_form(
    ack: AsyncAck,
    view: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    writing: WriteBack | None,
    now: datetime,
) -> None:
    """Show what would be written; what cannot be is sent back beside its input."""
    carried, entered = metadata(view), entries(view)

    async def previewed() -> View:
        asker, due = await identify(), entered_date(entered.get("due"))
        proposal = carried["proposal"]
        try:
            preview = await asyncio.to_thread(
                _on(writing).preview, asker, proposal, now, target=carried["target"], text=entered.get("text"), due=due
            )
        except Unfit as error:
            content = await asyncio.to_thread(_on(writing).open, asker, proposal, now, carried["target"])
            again = content.with_entries(entered.get("text"), due)
            return form_view(again, revision=carried.get("revision", 0) + 1, complaint=str(error))
        return preview_view(preview)

    await _answer(ack, client, view["id"], previewed, waiting_view())


async def handle_confirm(
    ack: AsyncAck,
    view: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    writing: WriteBack | None,
    now: datetime,
) -> None:
    """Write what the preview showed: the person's own click, once."""
    key, user_id = metadata(view)["preview"], body["user"]["id"]
    results: list[tuple[Asker, Result]] = []

    async def written() -> View:
        asker = await identify()
        result = await asyncio.to_thread(_on(writing).write, asker, key, now)
        results.append((asker, result))
        return preview_view(result.again, result.sentence) if result.again else result_page(result)

    seen = await _answer(ack, client, view["id"], written, waiting_view("Writing …"))
    for asker, result in results:
        done = result.write.outcome is WriteOutcome.WRITTEN
        if done or not seen:
            await deliver(client, user_id, result_message(result))
        if done:
            await _tell_owner(client, _on(writing), asker, result)


async def handle_undo(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    writing: WriteBack | None,
    now: datetime,
) -> None:
    """Take a write back; the message says so in place of its button, or why it stays."""
    await ack()
    asker = await identify()
    result = await asyncio.to_thread(_on(writing).undo, asker, int(action["value"]), now)
    message = result_message(result)
    undone = result.write.outcome is WriteOutcome.WRITTEN
    if undone and await replaced(body.get("response_url"), message):
        await _tell_owner(client, _on(writing), asker, result)
        return
    await deliver(client, body["user"]["id"], message)


def _on(writing: WriteBack | None) -> WriteBack:
    if writing is None:
        raise Refused(OFF)
    return writing


async def _open(
    client: AsyncWebClient,
    body: dict[str, Any],
    propose: Callable[[], Awaitable[tuple[Asker, str]]],
    writing: WriteBack | None,
    now: datetime,
) -> None:
    """Open a form at once, then fill it: with the preview of a complete proposal, else with what is to be filled in."""
    trigger, waiting = body["trigger_id"], waiting_view()
    is_inside = (body.get("view") or {}).get("type") == "modal"
    opened = await (client.views_push if is_inside else client.views_open)(trigger_id=trigger, view=waiting)

    async def filled() -> View:
        asker, key = await propose()
        return await _form_or_preview(_on(writing), asker, key, now)

    await _show(client, opened["view"]["id"], filled)


async def _form_or_preview(writing: WriteBack, asker: Asker, key: str, now: datetime) -> View:
    content = await asyncio.to_thread(writing.open, asker, key, now)
    proposal = content.proposal
    if proposal.text is None or (content.target == TASK and proposal.due is None):
        return form_view(content)
    try:
        preview: Preview = await asyncio.to_thread(
            writing.preview, asker, key, now, target=content.target, text=proposal.text, due=proposal.due
        )
    except Unfit as error:
        return form_view(content, complaint=str(error))
    return preview_view(preview)


async def _answer(
    ack: AsyncAck, client: AsyncWebClient, view_id: str, make: Callable[[], Awaitable[View]], meanwhile: View
) -> bool:
    """Acknowledge a sent form with what `make` returns, or with `meanwhile` and that later; else as `_show`."""
    work = asyncio.create_task(_page(make))
    done, _ = await asyncio.wait({work}, timeout=_PATIENCE_SECONDS)
    if done:
        view, fault = work.result()
        await ack(response_action="update", view=view)
        if fault is not None:
            raise fault
        return True
    await ack(response_action="update", view=meanwhile)

    async def later() -> View:
        await asyncio.sleep(_ACK_ARRIVES_SECONDS)
        view, fault = await work
        if fault is not None:
            raise fault
        return view

    return await _show(client, view_id, later)


async def _show(client: AsyncWebClient, view_id: str, make: Callable[[], Awaitable[View]]) -> bool:
    """Put what `make` returns, or the reason it cannot, into an open form; False if the form was closed meanwhile.

    A fault is shown as such and goes on to the error handler, which tells the person.
    """
    view, fault = await _page(make)
    is_open = True
    try:
        await client.views_update(view_id=view_id, view=view)
    except SlackApiError as error:
        if error.response.get("error") != "not_found":
            raise
        log.info("slack.form_was_closed")
        is_open = False
    if fault is not None:
        raise fault
    return is_open


async def _page(make: Callable[[], Awaitable[View]]) -> tuple[View, Exception | None]:
    """Return what `make` returns, or the reason it cannot; with the fault, if it is one of ours."""
    try:
        return await make(), None
    except Exception as error:  # noqa: BLE001 - raised by the caller; the form must not go on saying "reading"
        reason = explain(error)
        if reason is not None:
            return reason_page(reason), None
        return reason_page("Something went wrong on our side; see the message I sent you."), error


async def _tell_owner(client: AsyncWebClient, writing: WriteBack, asker: Asker, result: Result) -> None:
    """Let the owner of the deal know who changed it; one who cannot be reached sees it in the CRM."""
    owner = await asyncio.to_thread(writing.owner_of, result.write.deal_id)
    if owner is None or owner.id == asker.user.id or not owner.slack_user_id:
        return
    try:
        await deliver(client, owner.slack_user_id, changed_message(result, asker.user.name))
    except DeliveryFailed as error:
        log.warning("slack.owner_not_told", code=error.code)

"""A person has something written into the CRM: opens, fills in, previews, confirms, undoes (DOMAIN 6.3).

Nothing is written before the press on a preview. Where its form is closed before the CRM has answered, the outcome
comes as a message.
"""

import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.writing import Proposal, Result, Unfit
from bot.memory import WriteOutcome
from bot.pipeline.sources.writer import NEXT_STEP, TASK
from bot.slack.dictations import Dictation
from bot.slack.forms import entered_date, entries
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views.modal import View
from bot.slack.views.write_back import form_view, preview_view, result_message, result_page, waiting_view


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


async def handle_card(ack: AsyncAck, action: dict[str, Any], dictation: Dictation) -> None:
    """Open what the card's question asked to have written, or the choice of what may be."""
    await ack()

    async def made() -> View:
        card = await dictation.card(action["value"])
        target, text = (card.wanted.target, card.wanted.text) if card.wanted else (None, None)
        proposal = Proposal(deal_id=card.deal.id, target=target, text=text)
        return await _form_or_preview(dictation, await dictation.propose(proposal))

    await dictation.open_slowly(made)


async def handle_step(ack: AsyncAck, action: dict[str, Any], dictation: Dictation) -> None:
    """Open an accepted step as the deal's next step."""
    await ack()

    async def made() -> View:
        key, _, place = action["value"].partition(":")
        card = await dictation.card(key)
        text = await dictation.cards.step_words(card, int(place))
        proposal = Proposal(deal_id=card.deal.id, target=NEXT_STEP, text=text)
        return await _form_or_preview(dictation, await dictation.propose(proposal))

    await dictation.open_slowly(made)


async def handle_proposal(ack: AsyncAck, action: dict[str, Any], dictation: Dictation) -> None:
    """Open a kept proposal, such as a wrap-up or one that met a conflict."""
    await ack()

    async def made() -> View:
        return await _form_or_preview(dictation, action["value"])

    await dictation.open_slowly(made)


async def handle_target(ack: AsyncAck, action: dict[str, Any], dictation: Dictation) -> None:
    """Show the input of the field that was chosen, and how that field stands."""
    await ack()
    target = action["selected_option"]["value"]

    async def made() -> View:
        return form_view(await dictation.form(dictation.carried["proposal"], target), revision=dictation.next_revision)

    await dictation.fill(made)


async def handle_edit(ack: AsyncAck, action: dict[str, Any], dictation: Dictation) -> None:
    """Go from the preview back to the form."""
    await ack()

    async def made() -> View:
        return form_view(await dictation.form(action["value"]))

    await dictation.fill(made)


async def handle_form(ack: AsyncAck, view: dict[str, Any], dictation: Dictation) -> None:
    """Show what would be written; what cannot be is sent back beside its input."""
    entered = entries(view)
    key, target = dictation.carried["proposal"], dictation.carried["target"]
    text, due = entered.get("text"), entered_date(entered.get("due"))

    async def made() -> View:
        try:
            return preview_view(await dictation.preview(key, target, text, due))
        except Unfit as error:
            again = (await dictation.form(key, target)).with_entries(text, due)
            return form_view(again, revision=dictation.next_revision, complaint=str(error))

    await dictation.answer(ack, made, waiting_view())


async def handle_confirm(ack: AsyncAck, dictation: Dictation) -> None:
    """Write what the preview showed: the person's own click, once."""
    results: list[Result] = []

    async def made() -> View:
        results.append(result := await dictation.write(dictation.carried["preview"]))
        return preview_view(result.again, result.sentence) if result.again else result_page(result)

    seen = await dictation.answer(ack, made, waiting_view("Writing …"))
    for result in results:
        if result.write.outcome is WriteOutcome.WRITTEN or not seen:
            await dictation.send(result)
        await dictation.tell_owner(result)


async def handle_undo(ack: AsyncAck, action: dict[str, Any], dictation: Dictation) -> None:
    """Take a write back; the message says so in place of its button, or why it stays."""
    await ack()
    result = await dictation.undo(int(action["value"]))
    undone = result.write.outcome is WriteOutcome.WRITTEN
    if not (undone and await dictation.replace(result_message(result))):
        await dictation.send(result)
    await dictation.tell_owner(result)


async def _form_or_preview(dictation: Dictation, key: str) -> View:
    """The preview of a complete proposal, else the form to complete it."""
    content = await dictation.form(key)
    proposal = content.proposal
    if proposal.text is None or (content.target == TASK and proposal.due is None):
        return form_view(content)
    try:
        return preview_view(await dictation.preview(key, content.target, proposal.text, proposal.due))
    except Unfit as error:
        return form_view(content, complaint=str(error))

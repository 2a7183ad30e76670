"""A person says that a fact is wrong: the verdict is computed their way and shown beside the recorded one."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.coach.contest import Correction, DisputedFact, ImpossibleCorrection, Reverdict
from bot.coach.desk import Desk
from bot.memory import Contest, Memory
from bot.slack.cards import Cards
from bot.slack.changes import refuse_closed
from bot.slack.forms import block_ids, entered_date, entries, metadata, open_form
from bot.slack.ids import ActionId, CallbackId
from bot.slack.middleware.context import Identify
from bot.slack.views.contest_forms import contest_form, contested_view
from bot.slack.views.wording import as_of_words

NO_HEALTH = "A closed deal has no health to contest."
NO_CONTEXT = "Write what one should know."


def register(app: AsyncApp) -> None:
    """Listen to the button and the form."""
    app.action(ActionId.CONTEST.value)(handle_contest)
    app.view(CallbackId.CONTEST.value)(handle_correction)


async def handle_contest(
    ack: AsyncAck,
    action: dict[str, Any],
    body: dict[str, Any],
    client: AsyncWebClient,
    identify: Identify,
    cards: Cards,
    desk: Desk,
    now: datetime,
) -> None:
    """Open the form."""
    await ack()
    asker = await identify()
    card = await cards.find(action["value"], asker, now)
    await refuse_closed(desk, asker, card.deal.id, now, NO_HEALTH)
    await open_form(client, body, contest_form(card.deal.name, {"card": card.key}))


async def handle_correction(
    ack: AsyncAck,
    view: dict[str, Any],
    identify: Identify,
    cards: Cards,
    desk: Desk,
    memory: Memory,
    now: datetime,
) -> None:
    """Compute, keep under the person's name, once, and show both verdicts; an impossible entry is sent back."""
    asker, entered = await identify(), entries(view)
    card = await cards.find(metadata(view)["card"], asker, now)
    await refuse_closed(desk, asker, card.deal.id, now, NO_HEALTH)
    try:
        correction = _correction(entered)
        result = await asyncio.to_thread(desk.recompute, asker, card.deal.id, correction, now)
    except ImpossibleCorrection as error:
        await ack(response_action="errors", errors={block_ids(view)[error.field]: str(error)})
        return
    claim = correction.claim(now.date())
    if await asyncio.to_thread(memory.first_sight, f"contest:{view['id']}", now):
        contest = _contest(card.deal.id, asker.user.id, asker.user.name, claim, entered.get("context"), result, now)
        await asyncio.to_thread(memory.contests.record, contest)
    said = entered.get("context")
    page = contested_view(card.deal.name, claim, result, asker.user.name, as_of_words(now), said)
    await ack(response_action="update", view=page)


def _correction(entered: dict[str, Any]) -> Correction:
    fact = DisputedFact(entered["fact"])
    if fact is DisputedFact.CONTEXT and not entered.get("context"):
        raise ImpossibleCorrection("context", NO_CONTEXT)
    number = str(entered.get("number") or "")
    return Correction(
        fact,
        day=entered_date(entered.get("day")) if fact.takes_day else None,
        number=int(number) if number.isdigit() and fact is DisputedFact.PEOPLE else None,
    )


def _contest(
    deal_id: str, by_id: str, by_name: str, claim: str, context: str | None, result: Reverdict, now: datetime
) -> Contest:
    before, after = result.recorded, result.corrected
    return Contest(
        deal_id=deal_id,
        by_id=by_id,
        by_name=by_name,
        claim=claim,
        context=context,
        before_bucket=before.bucket.value if before.bucket else None,
        before_net=before.net,
        after_bucket=after.bucket.value if after.bucket else None,
        after_net=after.net,
        at=now,
    )

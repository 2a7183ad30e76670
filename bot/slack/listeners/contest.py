"""A person says that a fact is wrong: the verdict is computed their way and shown beside the recorded one."""

import asyncio
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.coach.contest import Correction, DisputedFact, ImpossibleCorrection, Reverdict
from bot.memory import Contest, Memory
from bot.slack.cards import Card
from bot.slack.changes import refuse_closed
from bot.slack.forms import entered_date, entries, send_back
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views.contest_forms import contest_form, contested_view
from bot.slack.views.wording import as_of_words
from bot.slack.visits import Visit

NO_HEALTH = "A closed deal has no health to contest."
NO_CONTEXT = "Write what one should know."


def register(app: AsyncApp) -> None:
    """Listen to the button and the form."""
    app.action(ActionId.CONTEST.value)(handle_contest)
    app.view(CallbackId.CONTEST.value)(handle_correction)


async def handle_contest(ack: AsyncAck, action: dict[str, Any], visit: Visit) -> None:
    """Open the form."""
    await ack()
    card = await _card(visit, action["value"])
    await visit.open(contest_form(card.deal.name, {"card": card.key}))


async def handle_correction(ack: AsyncAck, view: dict[str, Any], memory: Memory, visit: Visit) -> None:
    """Compute, keep under the person's name, once, and show both verdicts; an impossible entry is sent back."""
    asker, entered, now = await visit.identify(), entries(view), visit.now
    card = await _card(visit, visit.carried["card"])
    try:
        correction = _correction(entered)
        result = await asyncio.to_thread(visit.desk.recompute, asker, card.deal.id, correction, now)
    except ImpossibleCorrection as error:
        await send_back(ack, view, {error.field: str(error)})
        return
    claim, said = correction.claim(now.date()), entered.get("context")
    if await asyncio.to_thread(memory.first_sight, f"contest:{view['id']}", now):
        contest = _contest(card.deal.id, asker.user.id, asker.user.name, claim, said, result, now)
        await asyncio.to_thread(memory.contests.record, contest)
    page = contested_view(card.deal.name, claim, result, asker.user.name, as_of_words(now), said)
    await ack(response_action="update", view=page)


async def _card(visit: Visit, key: str) -> Card:
    """The card whose verdict is contested. Raises Refused if it ran out or its deal is closed."""
    card = await visit.card(key)
    refuse_closed((await visit.brief(card.deal.id)).deal, NO_HEALTH)
    return card


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

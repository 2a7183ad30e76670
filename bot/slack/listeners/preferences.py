"""A person says when the digest comes, when it is quiet, and which deals may wait."""

import asyncio
from datetime import date, datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.memory import Memory, Preferences
from bot.slack.forms import entered_date, entered_time, entries, send_back
from bot.slack.homes import Homes
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views.preferences import DEFAULT_SNOOZE, ON, preferences_form, when_empty
from bot.slack.visits import Visit

BOTH = "Give both times, or neither."
LATER = "Pick a day after today."


def register(app: AsyncApp) -> None:
    """Listen to the button and the form."""
    app.action(ActionId.PREFERENCES.value)(handle_open)
    app.view(CallbackId.PREFERENCES.value)(handle_save)


async def handle_open(ack: AsyncAck, memory: Memory, visit: Visit) -> None:
    """Show how it stands."""
    await ack()
    asker, today = await visit.identify(), await visit.today()
    wishes = await asyncio.to_thread(memory.preferences.of, asker.user.id)
    snoozed = await asyncio.to_thread(memory.preferences.snoozed, asker.user.id, today)
    home = await asyncio.to_thread(visit.desk.coach.home, asker, now=visit.now)
    leads = len(asker.owner_ids or ()) > 1
    await visit.open(preferences_form(wishes, home.deals, snoozed, today, leads=leads))


async def handle_save(ack: AsyncAck, view: dict[str, Any], memory: Memory, homes: Homes, visit: Visit) -> None:
    """Store it; a half-given span or a day in the past is sent back."""
    asker, today, entered = await visit.identify(), await visit.today(), entries(view)
    now, wishes = visit.now, _wishes(entered)
    until = entered_date(entered.get("wake")) or today + DEFAULT_SNOOZE
    problems = _problems(wishes, until, today, bool(entered.get("snoozed")))
    if problems:
        await send_back(ack, view, problems)
        return
    await asyncio.to_thread(memory.preferences.save, asker.user.id, wishes, now)
    home = await asyncio.to_thread(visit.desk.coach.home, asker, now=now)
    wanted = set(entered.get("snoozed") or ()) & {deal.ref.id for deal in home.deals}
    await asyncio.to_thread(_snooze, memory, asker.user.id, wanted, until, entered.get("reason"), now)
    await ack()
    await homes.publish(visit.client, visit.user_id, asker, now)


def _wishes(entered: dict[str, Any]) -> Preferences:
    return Preferences(
        digest_on=entered.get("digest") == ON,
        digest_at=entered_time(entered.get("at")),
        quiet_from=entered_time(entered.get("from")),
        quiet_until=entered_time(entered.get("until")),
        when_empty=when_empty(entered.get("empty")),
        team_channel=entered.get("channel"),
    )


def _problems(wishes: Preferences, until: date, today: date, snoozes: bool) -> dict[str, str]:
    problems = {}
    if (wishes.quiet_from is None) != (wishes.quiet_until is None):
        problems["until" if wishes.quiet_until is None else "from"] = BOTH
    if snoozes and until <= today:
        problems["wake"] = LATER
    return problems


def _snooze(memory: Memory, user_id: str, wanted: set[str], until: date, reason: str | None, now: datetime) -> None:
    """Make the snoozes those on the list: new ones begin, others end."""
    for deal_id in memory.preferences.snoozed(user_id, date.min).keys() - wanted:
        memory.preferences.wake(user_id, deal_id)
    for deal_id in wanted:
        memory.preferences.snooze(user_id, deal_id, until, reason, now)

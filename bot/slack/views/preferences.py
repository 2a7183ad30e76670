"""The form of a person's preferences: digest, quiet hours, snoozed deals (F105)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.coach.home import HomeDeal
from bot.memory import Preferences, Snooze
from bot.slack.ids import CallbackId
from bot.slack.views.blocks import Element, context, option
from bot.slack.views.message import Block
from bot.slack.views.modal import MAX_OPTIONS, View, choice_input, day_input, form, text_input, time_input

DEFAULT_SNOOZE = timedelta(days=7)
VALUE_LIMIT = 150
"""Characters Slack takes as the value of an option."""
ON, OFF = "on", "off"


def preferences_form(
    wishes: Preferences, deals: Sequence[HomeDeal], snoozed: Mapping[str, Snooze], today: date, *, leads: bool = False
) -> View:
    """Times are in the person's own zone; an empty digest time means the company's. `leads`: gets a team digest."""
    until = max((snooze.until for snooze in snoozed.values()), default=today + DEFAULT_SNOOZE)
    reason = next((snooze.reason for snooze in snoozed.values() if snooze.reason), None)
    switch = [("Send it", ON), ("Don't send it", OFF)]
    blocks = [
        choice_input("digest", "Morning digest", switch, chosen=ON if wishes.digest_on else OFF, radio=True),
        choice_input("empty", "When nothing needs you", _EMPTY, chosen=empty_choice(wishes.when_empty), radio=True),
        time_input("at", "Digest at", value=wishes.digest_at, hint="Empty: when the company sends it."),
        time_input("from", "Quiet from", value=wishes.quiet_from, hint="No alerts between these two times."),
        time_input("until", "Quiet until", value=wishes.quiet_until),
        *([_team_channel(wishes.team_channel)] if leads else []),
        *([_snoozes(deals, snoozed)] if deals else []),
        day_input("wake", "Quiet about those until", value=until, optional=True),
        text_input("reason", "Why", value=reason, longest=200, optional=True),
        context("A deal you take off the list speaks up again at once. Times are in your own time zone."),
    ]
    return form("Preferences", blocks, callback=CallbackId.PREFERENCES, submit="Save")


_LINE, _NOTHING, _COMPANY = "line", "nothing", "company"
_EMPTY = [("As the company has it", _COMPANY), ("Say so in a line", _LINE), ("Send nothing", _NOTHING)]


def empty_choice(when_empty: bool | None) -> str:
    """The option that stands for a wish about days that need nobody."""
    return _COMPANY if when_empty is None else _LINE if when_empty else _NOTHING


def when_empty(choice: str | None) -> bool | None:
    """The wish an option stands for."""
    return {_LINE: True, _NOTHING: False}.get(choice or "")


def _team_channel(channel: str | None) -> Block:
    """A private channel for the team digest; whoever reads there decides what is in it."""
    element: Element = {
        "type": "conversations_select",
        "action_id": "channel",
        "filter": {"include": ["private"], "exclude_bot_users": True},
    }
    return {
        "type": "input",
        "block_id": "channel:0",
        "label": {"type": "plain_text", "text": "Team digest in a private channel"},
        "hint": {
            "type": "plain_text",
            "text": "Empty: by direct message. In a channel it shows only deals that everybody there may see.",
        },
        "element": element | ({"initial_conversation": channel} if channel else {}),
        "optional": True,
    }


def _snoozes(deals: Sequence[HomeDeal], snoozed: Mapping[str, Snooze]) -> Block:
    options = [option(deal.ref.name, deal.ref.id) for deal in deals if len(deal.ref.id) <= VALUE_LIMIT][:MAX_OPTIONS]
    chosen = [each for each in options if each["value"] in snoozed]
    element: Element = {"type": "multi_static_select", "action_id": "snoozed", "options": options}
    if chosen:
        element["initial_options"] = chosen
    return {
        "type": "input",
        "block_id": "snoozed:0",
        "label": {"type": "plain_text", "text": "Quiet about these deals"},
        "element": element,
        "optional": True,
    }

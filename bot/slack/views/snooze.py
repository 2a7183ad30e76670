"""The form behind "Snooze…": how long a deal may be quiet, and why (F105)."""

from datetime import date, timedelta
from typing import Any

from bot.slack.ids import CallbackId
from bot.slack.views.blocks import section
from bot.slack.views.escape import mrkdwn
from bot.slack.views.modal import View, choice_input, day_input, form, text_input
from bot.slack.views.wording import due

OTHER_DAY = "day"
_SPANS = (1, 3, 7, 14)


def snooze_form(deal_name: str, today: date, carried: dict[str, Any]) -> View:
    """Ask for a span (or a day) and the reason, which is said again when the deal comes back."""
    spans = [
        (f"{days} day{'s' if days > 1 else ''}, until {due(today + timedelta(days))}", str(days)) for days in _SPANS
    ]
    blocks = [
        section(f"Quiet about *{mrkdwn(deal_name, 150)}*"),
        choice_input("span", "For how long", [*spans, ("Until a day of my choice", OTHER_DAY)], chosen="3", radio=True),
        day_input(
            "day", "The day", value=today + timedelta(days=7), hint="Only for a day of your choice.", optional=True
        ),
        text_input("reason", "Why may it wait?", hint="You read this again when it comes back.", longest=150),
    ]
    return form("Snooze", blocks, callback=CallbackId.SNOOZE, submit="Snooze", carried=carried)

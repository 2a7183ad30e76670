"""Evidence found in pasted notes: shown before anything is kept, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.coach.evidence.model import Evidence
from bot.slack.ids import ActionId, CallbackId
from bot.slack.views.blocks import actions, button, context, section
from bot.slack.views.details import evidence_lines
from bot.slack.views.escape import mrkdwn
from bot.slack.views.message import Message, fitted
from bot.slack.views.modal import View, form, ticks_input

MAX_ITEMS = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """One statement to keep or not, as the form shows it."""

    label: str
    quote: str


def proposal_message(deal_name: str, source: str, items: Sequence[Evidence], *, key: str, suspicious: bool) -> Message:
    """List what was found and ask. Nothing is kept before somebody says so."""
    shown = items[:MAX_ITEMS]
    head = f"In {source} I found {_count(len(items))} on {deal_name}. Nothing is kept yet."
    more = [context(f"{len(items) - MAX_ITEMS} more were found; send the rest by itself.")] if items[MAX_ITEMS:] else []
    body = [section(f"📎  {mrkdwn(head, 600)}"), *(section(text) for text in evidence_lines(shown)), *more]
    keep = button(f"Keep all {len(shown)}", ActionId.KEEP_EVIDENCE.value, key, style="primary")
    choose = button("Choose…", ActionId.CHOOSE_EVIDENCE.value, key)
    drop = button("Keep none", ActionId.DISCARD_EVIDENCE.value, key)
    small = "Kept as what you told me: it counts as our own note, never as the buyer's writing. The CRM is not changed."
    foot = [actions([keep, choose, drop]), context(_small(small, suspicious))]
    return Message(text=mrkdwn(head, 600), blocks=fitted(body, foot))


def _small(text: str, suspicious: bool) -> str:
    warning = "\n⚠️  Part of it is text aimed at bots; from there on I read nothing." if suspicious else ""
    return f"{text}{warning}"


def nothing_found_message(deal_name: str, source: str, suspicious: bool) -> Message:
    """Say that there was nothing to keep."""
    text = f"I read {source} and found no statement that proves anything on {deal_name}. Nothing is kept."
    small = context(_small("Ask me about it any time.", suspicious))
    return Message(text=mrkdwn(text, 600), blocks=(section(mrkdwn(text, 600)), small))


def decided_message(deal_name: str, kept: int) -> Message:
    """What became of a proposal."""
    text = f"Kept {_count(kept)} on {deal_name} under your name." if kept else f"Nothing was kept on {deal_name}."
    return Message(text=mrkdwn(text, 400), blocks=(section(f"{'✅' if kept else '🗑️'}  {mrkdwn(text, 400)}"),))


def choose_form(choices: Sequence[Choice], carried: dict[str, Any]) -> View:
    """Tick the statements to keep."""
    ticks = [(choice.label, str(place), choice.quote) for place, choice in enumerate(choices[:MAX_ITEMS])]
    blocks = [ticks_input("kept", "Which are right?", ticks)]
    return form("Keep evidence", blocks, callback=CallbackId.CHOOSE_EVIDENCE, submit="Keep", carried=carried)


def _count(number: int) -> str:
    return "1 statement" if number == 1 else f"{number} statements"

"""Small builders of forms (modals) that keep Slack's limits: 100 blocks, titles and buttons of 24 characters."""

import json
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from bot.slack.ids import CallbackId
from bot.slack.views.blocks import Element, option
from bot.slack.views.escape import plain, plain_lines
from bot.slack.views.message import Block

View = dict[str, Any]

MAX_BLOCKS = 98
"""Slack takes 100; the rest is room for the note that something was left out."""
TITLE_LIMIT = 24
TEXT_LIMIT = 3000
MAX_OPTIONS = 100

_LEFT_OUT: Block = {
    "type": "context",
    "elements": [{"type": "mrkdwn", "text": "There is more than fits here; ask me about one part of it."}],
}


def form(
    title: str, blocks: Sequence[Block], *, callback: CallbackId, submit: str, carried: dict[str, Any] | None = None
) -> View:
    """A form with a submit button. `carried` comes back with what was entered; nobody sees it."""
    return reading(title, blocks) | {
        "callback_id": callback.value,
        "submit": {"type": "plain_text", "text": plain(submit, TITLE_LIMIT)},
        "close": {"type": "plain_text", "text": "Cancel"},
        "private_metadata": json.dumps(carried or {}),
    }


def reading(title: str, blocks: Sequence[Block]) -> View:
    """A page to read; what does not fit is left out, and a note says so."""
    shown = list(blocks[:MAX_BLOCKS]) + ([_LEFT_OUT] if len(blocks) > MAX_BLOCKS else [])
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": plain(title, TITLE_LIMIT)},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": shown,
    }


def text_input(
    name: str,
    label: str,
    *,
    value: str | None = None,
    hint: str | None = None,
    longest: int = 300,
    multiline: bool = False,
    optional: bool = False,
    revision: int = 0,
) -> Block:
    """A line (or several) to write; several keep their line breaks."""
    element: Element = {"type": "plain_text_input", "action_id": name, "max_length": longest, "multiline": multiline}
    if value:
        element["initial_value"] = plain_lines(value, longest) if multiline else plain(value, longest)
    return _input(name, label, element, hint=hint, optional=optional, revision=revision)


def day_input(
    name: str, label: str, *, value: date | None = None, hint: str | None = None, optional: bool = False,
    revision: int = 0,
) -> Block:  # fmt: skip
    """A day to pick."""
    element: Element = {"type": "datepicker", "action_id": name}
    if value:
        element["initial_date"] = value.isoformat()
    return _input(name, label, element, hint=hint, optional=optional, revision=revision)


def time_input(name: str, label: str, *, value: time | None = None, hint: str | None = None) -> Block:
    """A time of day to pick; always optional."""
    element: Element = {"type": "timepicker", "action_id": name}
    if value:
        element["initial_time"] = f"{value:%H:%M}"
    return _input(name, label, element, hint=hint, optional=True)


def choice_input(
    name: str,
    label: str,
    choices: Sequence[tuple[str, str] | tuple[str, str, str]],
    *,
    chosen: str | None = None,
    radio: bool = False,
    hint: str | None = None,
    optional: bool = False,
    revision: int = 0,
) -> Block:
    """One of up to 100 (label, value) pairs, or with a description, as a select or as radio buttons (ten at most)."""
    options = [option(*each) for each in choices[: 10 if radio else MAX_OPTIONS]]
    element: Element = {"type": "radio_buttons" if radio else "static_select", "action_id": name, "options": options}
    initial = next((each for each in options if each["value"] == chosen), None)
    if initial:
        element["initial_option"] = initial
    return _input(name, label, element, hint=hint, optional=optional, revision=revision)


def person_input(name: str, label: str, *, hint: str | None = None) -> Block:
    """A person of the workspace to pick."""
    return _input(name, label, {"type": "users_select", "action_id": name}, hint=hint)


def ticks_input(name: str, label: str, choices: Sequence[tuple[str, str, str]], *, optional: bool = True) -> Block:
    """Up to ten (label, value, description) triples to tick; all are ticked at first."""
    options = [option(*each) for each in choices[:10]]
    element: Element = {"type": "checkboxes", "action_id": name, "options": options, "initial_options": options}
    return _input(name, label, element, optional=optional)


def _input(
    name: str, label: str, element: Element, *, hint: str | None = None, optional: bool = False, revision: int = 0
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": f"{name}:{revision}",
        "label": {"type": "plain_text", "text": label},
        "element": element,
        "optional": optional,
    }
    return block | ({"hint": {"type": "plain_text", "text": plain(hint, 200)}} if hint else {})

"""Opening forms and reading what was filled in.

A block id is "name:revision": Slack keeps what a person typed under the id, so a form that proposes other
words needs a new revision.
"""

import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.views.modal import View

_VALUES = ("value", "selected_date", "selected_time", "selected_user", "selected_conversation")


async def open_form(client: AsyncWebClient, body: dict[str, Any], view: View) -> None:
    """Show a form: on top of the one it was asked from, else by itself. Raises SlackApiError."""
    if (body.get("view") or {}).get("type") == "modal":
        await client.views_push(trigger_id=body["trigger_id"], view=view)
    else:
        await client.views_open(trigger_id=body["trigger_id"], view=view)


def entries(view: dict[str, Any]) -> dict[str, Any]:
    """What was entered, by the name of the input; None for what was left empty, a list for check boxes."""
    found: dict[str, Any] = {}
    for block_id, inputs in (view.get("state") or {}).get("values", {}).items():
        for state in inputs.values():
            found[block_id.partition(":")[0]] = _entered(state)
    return found


def block_ids(view: dict[str, Any]) -> dict[str, str]:
    """The present block id of each input, for errors shown beside it."""
    names = (block.get("block_id", "") for block in view.get("blocks", []) if block.get("type") == "input")
    return {name.partition(":")[0]: name for name in names}


async def send_back(ack: AsyncAck, view: dict[str, Any], problems: Mapping[str, str]) -> None:
    """Answer a sent form with what is wrong, beside each input by its name."""
    present = block_ids(view)
    await ack(response_action="errors", errors={present[name]: words for name, words in problems.items()})


def chosen(action: dict[str, Any]) -> str:
    """What stands behind a pressed button, or behind the option picked from a menu."""
    value: str = action["value"] if "value" in action else action["selected_option"]["value"]
    return value


def metadata(view: dict[str, Any]) -> dict[str, Any]:
    """What the form carried along; empty if nothing."""
    carried: dict[str, Any] = json.loads(view.get("private_metadata") or "{}")
    return carried


def entered_date(text: str | None) -> date | None:
    """A picked day; None if none was picked."""
    return date.fromisoformat(text) if text else None


def entered_time(text: str | None) -> time | None:
    """A picked time of day; None if none was picked."""
    return time.fromisoformat(text) if text else None


def _entered(state: dict[str, Any]) -> Any:
    if "selected_options" in state:
        return [each["value"] for each in state["selected_options"] or []]
    if "selected_option" in state:
        return (state["selected_option"] or {}).get("value")
    text = next((state[key] for key in _VALUES if state.get(key) is not None), None)
    return text.strip() or None if isinstance(text, str) else text

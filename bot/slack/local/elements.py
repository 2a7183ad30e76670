"""Interactive elements: where they are in a layout, and what Slack reports when a person uses one."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.slack.local.errors import Gone, ImpossibleForAPerson

JsonObject = dict[str, Any]

TEXT_INPUTS = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
MANY_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
PLAIN_CHOICES = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
INITIAL_KEYS = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "value": "initial_value",
}
PRESSABLE = {"button", "workflow_button", "icon_button", "feedback_buttons"}


def named(blocks: list[JsonObject], seed: str) -> list[JsonObject]:
    """The blocks with the ids Slack makes up where the app gave none, so that a click can be told."""
    return [_named(block, f"{seed}-{index}") for index, block in enumerate(blocks)]


def _named(block: JsonObject, seed: str) -> JsonObject:
    copy: JsonObject = json.loads(json.dumps(block))
    copy.setdefault("block_id", seed)
    for index, element in enumerate(elements_of(copy)):
        element.setdefault("action_id", f"{seed}-{index}")
    for index, inner in enumerate(nested_blocks(copy)):
        inner.update(_named(inner, f"{seed}-{index}"))
    return copy


def nested_blocks(block: JsonObject) -> list[JsonObject]:
    """The blocks inside a block: cards of a carousel, children of a container."""
    match block.get("type"):
        case "carousel":
            return list(block.get("elements", []))
        case "container":
            return list(block.get("child_blocks", []))
        case _:
            return []


def elements_of(block: JsonObject) -> list[JsonObject]:
    """The elements directly in a block."""
    match block.get("type"):
        case "actions" | "context_actions":
            found = block.get("elements", [])
        case "section":
            found = [block["accessory"]] if "accessory" in block else []
        case "input":
            found = [block["element"]] if "element" in block else []
        case "card":
            found = block.get("actions", [])
        case _:
            found = []
    return [element for element in found if isinstance(element, dict)]


def walk(blocks: Iterable[JsonObject]) -> Iterator[tuple[JsonObject, JsonObject]]:
    """Every (block, element) of a layout, in reading order."""
    for block in blocks:
        yield from ((block, element) for element in elements_of(block))
        yield from walk(nested_blocks(block))


def find(blocks: list[JsonObject], action_id: str, value: Any) -> tuple[JsonObject, JsonObject]:
    """The element a person means. `value` tells buttons with the same action id apart.

    Raises Gone when there is no such element, naming those that are there.
    """
    named = [(block, element) for block, element in walk(blocks) if element.get("action_id") == action_id]
    fitting = [(block, element) for block, element in named if _offers(element, value)]
    if not fitting:
        there = sorted({str(element.get("action_id")) for _, element in walk(blocks)})
        wanted = action_id if value is None else f"{action_id} = {value!r}"
        raise Gone(f"no element {wanted} to use; there are {there}")
    return fitting[0]


def _offers(element: JsonObject, value: Any) -> bool:
    if value is None or element["type"] not in PRESSABLE:
        return True
    if element["type"] == "feedback_buttons":
        return any(button["value"] == value for button in _feedback_pair(element))
    return bool(element.get("value") == value)


def _feedback_pair(element: JsonObject) -> list[JsonObject]:
    return [element["positive_button"], element["negative_button"]]


def action(block: JsonObject, element: JsonObject, value: Any, at: str) -> JsonObject:
    """The entry of `actions` for one use of an element; `at` is its timestamp."""
    common: JsonObject = {"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": at}
    if element["type"] == "feedback_buttons":
        pressed = next(button for button in _feedback_pair(element) if value in (None, button["value"]))
        return {**common, "type": element["type"], "text": pressed["text"], "value": pressed["value"]}
    if element["type"] in PRESSABLE:
        kept: JsonObject = {key: element[key] for key in ("text", "value", "style") if key in element}
        return {**common, "type": element["type"], **kept}
    return {**common, **entered(element, value)}


def entered(element: JsonObject, value: Any) -> JsonObject:
    """The state of an input after a person gave it `value`; None leaves its initial value, "" empties it.

    Options are given by their value. Raises ImpossibleForAPerson for an option that is not offered or
    text beyond the lengths the element allows.
    """
    kind = element["type"]
    key = _state_key(kind)
    if value is None:
        return {"type": kind, key: element.get(INITIAL_KEYS[key], [] if key.endswith("s") else None)}
    if value == "":
        return {"type": kind, key: [] if key.endswith("s") else None}
    if kind in ONE_OPTION:
        return {"type": kind, key: _option(element, value)}
    if kind in MANY_OPTIONS:
        return {"type": kind, key: [_option(element, one) for one in value]}
    if kind in TEXT_INPUTS:
        _check_length(element, str(value))
        return {"type": kind, key: str(value)}
    return {"type": kind, key: value}


def _state_key(kind: str) -> str:
    if kind in ONE_OPTION:
        return "selected_option"
    if kind in MANY_OPTIONS:
        return "selected_options"
    return PLAIN_CHOICES.get(kind, "value")


def _option(element: JsonObject, value: Any) -> JsonObject:
    """An option by its value; external selects take the option itself, as the app suggested it."""
    if isinstance(value, dict):
        return value
    groups = [group["options"] for group in element.get("option_groups", [])]
    options = [*element.get("options", []), *(option for group in groups for option in group)]
    for option in options:
        if option["value"] == value:
            return {"text": option["text"], "value": value}
    offered = [option["value"] for option in options]
    raise ImpossibleForAPerson(f"{element['action_id']} offers {offered}, not {value!r}")


def _check_length(element: JsonObject, text: str) -> None:
    low, high = element.get("min_length", 0), element.get("max_length", 3000)
    if not low <= len(text) <= high:
        raise ImpossibleForAPerson(f"{element['action_id']} takes {low} to {high} characters, not {len(text)}")


def state_values(blocks: list[JsonObject], entries: dict[str, Any], *, before: JsonObject | None = None) -> JsonObject:
    """`state.values` of a layout; `entries` are keyed by action id or block id.

    What is not entered now stays as it was `before`, else as the element's initial value.
    Raises ImpossibleForAPerson for an entry no input takes.
    """
    values: JsonObject = {}
    taken: set[str] = set()
    for block, element in walk(blocks):
        if element["type"] in PRESSABLE or element["type"] == "overflow":
            continue
        keys = {element.get("action_id"), block["block_id"]} & entries.keys()
        taken |= keys
        given = entries[keys.pop()] if keys else None
        state = entered(element, given)
        if given is None and before:
            state = before.get(block["block_id"], {}).get(element["action_id"], state)
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
    if unknown := entries.keys() - taken:
        raise ImpossibleForAPerson(f"no input takes {sorted(unknown)}")
    return values


def unfilled(blocks: list[JsonObject], values: JsonObject) -> list[str]:
    """Block ids of required inputs that hold nothing; Slack's client will not submit these."""
    return [
        block["block_id"]
        for block in blocks
        if block["type"] == "input" and not block.get("optional") and _is_empty(values[block["block_id"]])
    ]


def _is_empty(state: JsonObject) -> bool:
    contents = [content for entry in state.values() for key, content in entry.items() if key != "type"]
    return not any(contents)

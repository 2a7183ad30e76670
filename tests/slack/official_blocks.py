"""A second opinion on Block Kit that shares nothing with ours: a schema made from Slack's own types, and limits.

`blocks.schema.json` comes from @slack/types by `tools/schema`; the limits, which types cannot say, are those of
https://docs.slack.dev/reference/block-kit.
"""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

SCHEMA = json.loads(Path(__file__).with_name("blocks.schema.json").read_text(encoding="utf-8"))
NOT_TYPED_YET = {"data_visualization"}
"""Newer than the types: only its limits are checked."""

LONGEST = {
    ("header", "text"): 150,
    ("section", "text"): 3000,
    ("section", "fields"): 2000,
    ("markdown", "text"): 12_000,
    ("data_visualization", "title"): 50,
    ("input", "label"): 2000,
    ("input", "hint"): 2000,
}
MOST = {
    ("actions", "elements"): 25,
    ("context", "elements"): 10,
    ("context_actions", "elements"): 5,
    ("section", "fields"): 10,
    ("table", "rows"): 100,
    ("overflow", "options"): 5,
    ("static_select", "options"): 100,
    ("radio_buttons", "options"): 10,
    ("checkboxes", "options"): 10,
}
OF_ELEMENTS = {"text": 75, "value": 2000, "action_id": 255, "accessibility_label": 75, "url": 3000, "placeholder": 150}
OF_OPTIONS = {"text": 75, "value": 150, "description": 75}
MESSAGE_BLOCKS, VIEW_BLOCKS, MESSAGE_CHARACTERS, CHARTS = 50, 100, 13_000, 2


def objections(blocks: list[dict[str, Any]], *, in_view: bool = False) -> list[str]:
    """Everything Slack would object to in a message's blocks, or in those of a view."""
    return [
        *(problem for block in blocks for problem in _untypical(block)),
        *(problem for node in _nodes(blocks) for problem in _too_much(node)),
        *_of_the_whole(blocks, VIEW_BLOCKS if in_view else MESSAGE_BLOCKS, in_view),
    ]


def _untypical(block: dict[str, Any]) -> Iterator[str]:
    if block["type"] in NOT_TYPED_YET:
        return
    if block["type"] not in _validators():
        yield f"no official block {block['type']!r}"
        return
    for error in _validators()[block["type"]].iter_errors(block):
        yield f"{block['type']}{error.json_path[1:]}: {error.message[:300]}"


@cache
def _validators() -> dict[str, Draft7Validator]:
    """One validator for each block, so that an objection speaks of that block and not of all there are."""
    definitions = SCHEMA["definitions"]
    names = [choice["$ref"].rpartition("/")[2] for choice in definitions["KnownBlock"]["anyOf"]]
    return {
        _type_of(definitions[name]): Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": definitions})
        for name in names
    }


def _type_of(definition: dict[str, Any]) -> str:
    """The `type` a definition, or each of its alternatives, asks for."""
    alternative = definition if "properties" in definition else definition["anyOf"][0]
    return str(alternative["properties"]["type"]["const"])


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(inner)


def _too_much(node: dict[str, Any]) -> Iterator[str]:
    kind = node.get("type", "")
    limits = {key: limit for (name, key), limit in LONGEST.items() if name == kind}
    if "action_id" in node:
        limits = OF_ELEMENTS
    elif "value" in node and isinstance(node.get("text"), dict):
        limits = OF_OPTIONS
    for key, limit in limits.items():
        for text in _texts(node.get(key)):
            if not 1 <= len(text) <= limit:
                yield f"{kind or 'option'}.{key} has {len(text)} characters, not 1 to {limit}"
    for (name, key), limit in MOST.items():
        if name == kind and key in node and not 1 <= len(node[key]) <= limit:
            yield f"{kind}.{key} has {len(node[key])} entries, not 1 to {limit}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(value.get("text"))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _of_the_whole(blocks: list[dict[str, Any]], most: int, in_view: bool) -> Iterator[str]:
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks, not 1 to {most}"
    for key in ("block_id", "action_id"):
        counted = Counter(node[key] for node in _nodes(blocks) if key in node)
        yield from (f"{key} {name!r} is used {times} times" for name, times in counted.items() if times > 1)
    if sum(block["type"] == "data_visualization" for block in blocks) > CHARTS:
        yield f"more than {CHARTS} charts"
    characters = sum(len(node["text"]) for node in _nodes(blocks) if isinstance(node.get("text"), str))
    if not in_view and characters > MESSAGE_CHARACTERS:
        yield f"{characters} characters in one message"

"""Slack's Block Kit limits, checked on plain dicts, independently of the builders and of the local Slack."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

TEXT = {"header": 150, "section": 3000, "context": 2000}
KNOWN = {"header", "section", "context", "divider", "rich_text", "actions", "context_actions", "table"}
RICH = {"rich_text_section", "rich_text_list"}


def problems(blocks: list[dict[str, Any]], most: int = 50) -> list[str]:
    """Every limit broken, in words."""
    found = [f"{len(blocks)} blocks"] if len(blocks) > most else []
    for block in blocks:
        found += _block(block)
    ids = [element["action_id"] for element in _interactive(blocks)]
    found += [f"action_id used twice: {one}" for one in {one for one in ids if ids.count(one) > 1}]
    characters = len(shown_text(blocks))
    return found + ([f"{characters} characters"] if most == 50 and characters > 13_000 else [])


def _block(block: dict[str, Any]) -> Iterator[str]:
    kind = block["type"]
    if kind not in KNOWN:
        yield f"unknown block {kind}"
    if kind in {"header", "section"} and "text" in block:
        yield from _length(block["text"]["text"], TEXT[kind], kind)
    for field in block.get("fields", []):
        yield from _length(field["text"], 2000, "field")
    for element in block.get("elements", []):
        yield from _element(kind, element)
    parts = [element["type"] for element in block["elements"]] if kind == "rich_text" else []
    if ("rich_text_section", "rich_text_section") in pairwise(parts):
        yield "two paragraphs of rich text on one row"
    if kind in {"context", "actions", "context_actions", "rich_text"} and not block["elements"]:
        yield f"empty {kind}"
    if len(block.get("elements", [])) > {"context": 10, "actions": 25, "context_actions": 5}.get(kind, 100):
        yield f"too many elements in {kind}"
    if "accessory" in block:
        yield from _element("actions", block["accessory"])


def _element(kind: str, element: dict[str, Any]) -> Iterator[str]:
    if kind == "context":
        yield from _length(element["text"], TEXT["context"], "context")
    if element["type"] == "button":
        yield from _length(element["text"]["text"], 75, "button")
        yield from _length(element["value"], 2000, "value")
        yield from _length(element.get("accessibility_label", "x"), 75, "label")
        yield from _length(element["action_id"], 255, "action_id")
    if kind == "rich_text":
        yield from ([] if element["type"] in RICH else [f"unknown rich text {element['type']}"])
        yield from _runs(element)


def _runs(element: dict[str, Any]) -> Iterator[str]:
    if not element["elements"]:
        yield "empty rich text"
    for run in element["elements"]:
        if "elements" in run:
            yield from _runs(run)
        else:
            yield from _length(run["text"], 3000, "run")


def _length(text: str, limit: int, where: str) -> Iterator[str]:
    if not 1 <= len(text) <= limit:
        yield f"{where} of {len(text)} characters"


def _interactive(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        for element in [*block.get("elements", []), block.get("accessory", {})]:
            if "action_id" in element:
                yield element


def shown_text(blocks: list[dict[str, Any]]) -> str:
    """Everything a reader sees, for searching."""
    return "\n".join(_texts(blocks))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from _texts(item)

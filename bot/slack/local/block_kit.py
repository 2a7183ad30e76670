"""What Slack accepts on each surface: which blocks, how many, how much text. Source: SLACK 2.2.

Every function returns what is wrong, in words with a JSON pointer; an empty list means accepted.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.slack.local import elements
from bot.slack.local.block_elements import plain_text
from bot.slack.local.block_shapes import SHAPES
from bot.slack.local.shapes import Check, anything, flag, items, problem, record, string, typed, unique

JsonObject = dict[str, Any]

MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_VIEW_BYTES = 250_000
MAX_MARKDOWN_PER_MESSAGE = 12_000
MAX_RICH_TEXT_PER_MESSAGE = 13_200
MAX_CHARTS_PER_MESSAGE = 2

IN_MESSAGES = SHAPES.keys() - {"alert"}
IN_MODALS = {"actions", "alert", "card", "context", "divider", "header", "image", "input", "rich_text",
             "section", "video"}  # fmt: skip
IN_HOME = (IN_MODALS - {"alert"}) | {"carousel", "container", "data_table", "data_visualization", "table"}

VIEW_OPTIONS: dict[str, Check] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
MODAL_OPTIONS: dict[str, Check] = {
    **VIEW_OPTIONS,
    "close": plain_text(24),
    "submit": plain_text(24),
    "clear_on_close": flag,
    "notify_on_close": flag,
    "submit_disabled": flag,
}


def message_problems(blocks: list[JsonObject]) -> list[str]:
    """What keeps these blocks from being a message."""
    problems = _layout_problems(blocks, IN_MESSAGES, MAX_MESSAGE_BLOCKS, "/blocks")
    _check_totals([block for block in blocks if isinstance(block, dict)], problems)
    return problems


def _check_totals(blocks: list[JsonObject], problems: list[str]) -> None:
    kinds = [str(block.get("type")) for block in blocks]
    markdown = sum(len(str(block.get("text", ""))) for block in blocks if block.get("type") == "markdown")
    rich_text = sum(_rich_text_length(block) for block in blocks if block.get("type") == "rich_text")
    if kinds.count("data_visualization") > MAX_CHARTS_PER_MESSAGE:
        problem(problems, "/blocks", f"no more than {MAX_CHARTS_PER_MESSAGE} data_visualization blocks")
    if markdown > MAX_MARKDOWN_PER_MESSAGE:
        problem(problems, "/blocks", f"markdown blocks hold {markdown} of {MAX_MARKDOWN_PER_MESSAGE} characters")
    if rich_text > MAX_RICH_TEXT_PER_MESSAGE:
        problem(problems, "/blocks", f"msg_blocks_too_long: rich text holds {rich_text} characters")


def _rich_text_length(part: Any) -> int:
    if isinstance(part, list):
        return sum(_rich_text_length(one) for one in part)
    if isinstance(part, dict):
        return len(str(part.get("text", ""))) + _rich_text_length(part.get("elements", []))
    return 0


def view_problems(view: JsonObject) -> list[str]:
    """What keeps this from being a modal or a Home tab."""
    is_home = view.get("type") == "home"
    allowed = IN_HOME if is_home else IN_MODALS
    blocks = view.get("blocks")
    problems: list[str] = []
    if isinstance(blocks, list):
        problems += _layout_problems(blocks, allowed, MAX_VIEW_BLOCKS, "/view/blocks")
    _view_shape(view, "/view", problems)
    if not is_home and _has_input(blocks) and not view.get("submit"):
        problem(problems, "/view", "submit is required when there are input blocks")
    if (size := len(json.dumps(view, ensure_ascii=False).encode())) > MAX_VIEW_BYTES:
        problem(problems, "/view", f"view_too_large: {size} of {MAX_VIEW_BYTES} bytes")
    return problems


_view_shape = typed(
    {
        "modal": record({"title": plain_text(24), "blocks": items(anything)}, MODAL_OPTIONS),
        "home": record({"blocks": items(anything)}, VIEW_OPTIONS),
    }
)


def _has_input(blocks: Any) -> bool:
    return isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )


def _layout_problems(blocks: list[JsonObject], allowed: Iterable[str], most: int, at: str) -> list[str]:
    problems: list[str] = []
    shapes = {name: SHAPES[name] for name in allowed}
    items(typed(shapes), most)(blocks, at, problems)
    if not problems:
        unique(problems, _block_ids(blocks, at), "block_id")
        _check_action_ids(blocks, at, problems)
    return problems


def _block_ids(blocks: list[JsonObject], at: str) -> Iterator[tuple[str, str]]:
    for index, block in enumerate(blocks):
        place = f"{at}/{index}"
        if block.get("block_id"):
            yield block["block_id"], f"{place}/block_id"
        yield from _block_ids(elements.nested_blocks(block), place)


def _check_action_ids(blocks: list[JsonObject], at: str, problems: list[str]) -> None:
    """Within one block every element needs an action id of its own; other blocks may repeat it."""
    for index, block in enumerate(blocks):
        place = f"{at}/{index}"
        named = [element["action_id"] for element in elements.elements_of(block) if "action_id" in element]
        unique(problems, ((name, place) for name in named), "action_id")
        _check_action_ids(elements.nested_blocks(block), place, problems)

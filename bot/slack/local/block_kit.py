"""The limits of Block Kit."""

from typing import Any


def message_problems(blocks: list[dict[str, Any]]) -> list[str]:
    """Every limit the blocks of a message break, in words."""
    return [] if len(blocks) <= 50 else ["no more than 50 items allowed [json-pointer:/blocks]"]


def view_problems(view: dict[str, Any]) -> list[str]:
    """Every limit a modal or a Home tab breaks, in words."""
    return [] if len(view.get("blocks", [])) <= 100 else ["no more than 100 items allowed"]

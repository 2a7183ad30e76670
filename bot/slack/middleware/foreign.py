"""Refuses presses whose value this app cannot have made: a forgery, or a button of an earlier version."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.slack.failures import Refused
from bot.slack.values import is_known

FOREIGN = "That button is not one I know how to read. Ask me again, and use the buttons of the new answer."


async def refuse_foreign(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> None:
    """Pass on what can be read. Raises Refused for anything else."""
    for action in body.get("actions") or ():
        value = action.get("value") or (action.get("selected_option") or {}).get("value")
        if isinstance(value, str) and not is_known(str(action.get("action_id")), value):
            raise Refused(FOREIGN)
    await next_()

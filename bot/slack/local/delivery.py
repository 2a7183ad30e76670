"""How something a person did reaches the app, and what the app answered."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.slack.local.messages import Message
from bot.slack.local.modals import View

EnvelopeKind = Literal["events_api", "slash_commands", "interactive"]

ACK_SECONDS = 3.0
"""Slack waits this long for an acknowledgement."""


@dataclass
class Delivery:
    """One attempt to tell the app something.

    `acked` says whether the app answered in time and with success; `status` is its HTTP status (None
    over a websocket or without an answer); `body` what it sent along: an object, words, or None.
    `message` and `view` are what the person wrote or acted on, where there is such a thing.
    """

    kind: EnvelopeKind
    payload: dict[str, Any]
    attempt: int = 0
    acked: bool = False
    status: int | None = None
    body: dict[str, Any] | str | None = None
    message: Message | None = None
    view: View | None = None

    @property
    def event_id(self) -> str:
        """The id by which an app knows an event again; KeyError for commands and interactions."""
        event_id: str = self.payload["event_id"]
        return event_id

    @property
    def errors(self) -> dict[str, str]:
        """What the app objected to in a submitted modal, by block id; empty when nothing."""
        is_refusal = isinstance(self.body, dict) and self.body.get("response_action") == "errors"
        return self.body["errors"] if is_refusal and isinstance(self.body, dict) else {}


class Transport(Protocol):
    """Socket Mode or signed HTTP."""

    async def deliver(self, delivery: Delivery, *, retry_reason: str | None = None) -> None:
        """Send `delivery.payload` and note in `delivery` what came back within the time Slack allows.

        `retry_reason` is given when `delivery.attempt` is above 0.
        """


async def in_time(answer: Coroutine[Any, Any, None], seconds: float) -> None:
    """Wait for the app no longer than Slack does; a late answer is as good as none."""
    try:
        await asyncio.wait_for(answer, seconds)
    except TimeoutError:
        return

"""Forms whose content takes longer than Slack waits: shown at once, filled when it is known.

Slack wants a form within three seconds of a press, and an acknowledgement of a sent one as soon. What fills them may
have to ask another system first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import explain, slack_error_code
from bot.slack.views.modal import View

_PATIENCE_SECONDS = 1.5
"""How long a sent form waits for its outcome; Slack waits three seconds for the acknowledgement."""
_ACK_ARRIVES_SECONDS = 0.3
"""An update must not overtake the acknowledgement, which would then replace it."""
OUR_FAULT = "Something went wrong on our side; see the message I sent you."

Make = Callable[[], Awaitable[View]]
"""Makes the content of a form; what it raises is shown in the form instead."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SlowForms:
    """The forms of one request. `reason_page` shows why there is no content.

    A fault of ours is shown as such and goes on to the error handler, which tells the person.
    """

    client: AsyncWebClient
    reason_page: Callable[[str], View]

    async def open(self, body: dict[str, Any], waiting: View, make: Make) -> None:
        """Open a form that says `waiting`, on top of one it was asked from, then fill it."""
        is_inside = (body.get("view") or {}).get("type") == "modal"
        show = self.client.views_push if is_inside else self.client.views_open
        opened = await show(trigger_id=body["trigger_id"], view=waiting)
        await self.fill(opened["view"]["id"], make)

    async def fill(self, view_id: str, make: Make) -> bool:
        """Put the content, or the reason there is none, into an open form; False if it was closed meanwhile."""
        view, fault = await self._content(make)
        is_open = await self._replace(view_id, view)
        if fault is not None:
            raise fault
        return is_open

    async def answer(self, ack: AsyncAck, view_id: str, make: Make, waiting: View) -> bool:
        """Acknowledge a sent form with its content, or with `waiting` and fill it later; as `fill`."""
        work = asyncio.create_task(self._content(make))
        done, _ = await asyncio.wait({work}, timeout=_PATIENCE_SECONDS)
        is_open = True
        if done:
            await ack(response_action="update", view=work.result()[0])
        else:
            await ack(response_action="update", view=waiting)
            await asyncio.sleep(_ACK_ARRIVES_SECONDS)
            is_open = await self._replace(view_id, (await work)[0])
        if (fault := work.result()[1]) is not None:
            raise fault
        return is_open

    async def _replace(self, view_id: str, view: View) -> bool:
        try:
            await self.client.views_update(view_id=view_id, view=view)
        except SlackApiError as error:
            if slack_error_code(error) != "not_found":
                raise
            log.info("slack.form_was_closed")
            return False
        return True

    async def _content(self, make: Make) -> tuple[View, Exception | None]:
        """Return what `make` returns, or the reason it cannot; with the fault, if it is one of ours."""
        try:
            return await make(), None
        except Exception as error:  # noqa: BLE001 - raised by the caller; the form must not go on saying "waiting"
            reason = explain(error)
            return (self.reason_page(OUR_FAULT), error) if reason is None else (self.reason_page(reason), None)

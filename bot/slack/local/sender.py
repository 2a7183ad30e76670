"""Keeps what was sent to the app, and sends it again."""

import dataclasses
from typing import Any

from bot.slack.local.delivery import Delivery, EnvelopeKind, Transport
from bot.slack.local.errors import NotSubscribed
from bot.slack.local.payloads import event_callback
from bot.slack.local.web_api import WebApi


class Sender:
    """Sends over whichever transport is in use.

    `bot_events` are the events the app subscribed to, under their names in a manifest (`message.im`);
    None subscribes to all. `commands` are the slash commands of the app, None for any.
    """

    def __init__(
        self, web_api: WebApi, transport: Transport, *, bot_events: set[str] | None, commands: set[str] | None
    ) -> None:
        self.web_api = web_api
        self.workspace = web_api.workspace
        self.transport = transport
        self.bot_events = bot_events
        self.commands = commands
        self.deliveries: list[Delivery] = []

    async def send_event(self, event: dict[str, Any], *, event_id: str | None = None, shared: bool = False) -> Delivery:
        """Send any event in the envelope of the Events API.

        Raises NotSubscribed when the app would not be told.
        """
        name = subscription_name(event)
        if not self.subscribed(name):
            raise NotSubscribed(f"the app does not subscribe to {name}")
        payload = event_callback(self.workspace, event, event_id=event_id, shared=shared)
        return await self._send("events_api", payload)

    def subscribed(self, event_name: str) -> bool:
        """Would the app be told of such an event?"""
        return self.bot_events is None or event_name in self.bot_events

    async def redeliver(self, event_id: str, *, reason: str = "http_timeout") -> Delivery:
        """Send an event once more with the headers of a retry, as after a missing acknowledgement.

        Raises LookupError when no such event was sent.
        """
        sent = [delivery for delivery in self.deliveries if delivery.payload.get("event_id") == event_id]
        if not sent:
            raise LookupError(f"no event {event_id} was sent")
        again = dataclasses.replace(sent[0], attempt=len(sent), acked=False, status=None, body=None)
        return await self._deliver(again, reason)

    async def _send(self, kind: EnvelopeKind, payload: dict[str, Any]) -> Delivery:
        return await self._deliver(Delivery(kind, payload), None)

    async def _deliver(self, delivery: Delivery, retry_reason: str | None) -> Delivery:
        self.deliveries.append(delivery)
        self.web_api.changed()  # what a person wrote is there before the app has heard of it
        await self.transport.deliver(delivery, retry_reason=retry_reason)
        self.web_api.changed()
        return delivery


def subscription_name(event: dict[str, Any]) -> str:
    """The name under which a manifest subscribes to an event."""
    suffixes = {"im": "im", "channel": "channels", "group": "groups"}
    if event["type"] == "message":
        return f"message.{suffixes[event['channel_type']]}"
    return str(event["type"])

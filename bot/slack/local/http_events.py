"""The Events API over HTTP: signed requests to the app's request URL."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.slack.local.delivery import ACK_SECONDS, Delivery, in_time


class HttpEvents:
    """Sends payloads to a request URL.

    `signing_secret` and `clock_skew_seconds` may be changed between deliveries to play a stranger
    who does not know the secret, or one who replays an old request.
    """

    def __init__(
        self,
        request_url: str,
        signing_secret: str,
        clock: Callable[[], float],
        *,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self._request_url = request_url
        self._ack_seconds = ack_seconds
        self._clock = clock
        self.signing_secret = signing_secret
        self.clock_skew_seconds = 0
        self._session = aiohttp.ClientSession()

    async def deliver(self, delivery: Delivery, *, retry_reason: str | None = None) -> None:
        """POST once. Redirects, errors and connection failures are all "not acknowledged"."""
        body, content_type = _encode(delivery)
        headers = {**self._signature(body), "Content-Type": content_type, "User-Agent": "Slackbot 1.0"}
        if delivery.attempt:
            headers |= {
                "X-Slack-Retry-Num": str(delivery.attempt),
                "X-Slack-Retry-Reason": retry_reason or "http_error",
            }
        await in_time(self._post(delivery, body, headers), self._ack_seconds)

    def _signature(self, body: str) -> dict[str, str]:
        timestamp = str(int(self._clock()) + self.clock_skew_seconds)
        signed = f"v0:{timestamp}:{body}".encode()
        digest = hmac.new(self.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}

    async def _post(self, delivery: Delivery, body: str, headers: dict[str, str]) -> None:
        try:
            async with self._session.post(
                self._request_url, data=body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                delivery.status = answer.status
                delivery.acked = 200 <= answer.status < 300
                delivery.body = _decode(answer.content_type, await answer.text())
        except aiohttp.ClientConnectionError:
            delivery.acked = False

    async def verify_url(self, challenge: str = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P") -> bool:
        """The handshake when a request URL is saved: does the app send the challenge back?"""
        delivery = Delivery("events_api", {"type": "url_verification", "challenge": challenge})
        await self.deliver(delivery)
        body = delivery.body
        return delivery.acked and challenge == (body.get("challenge") if isinstance(body, dict) else body)

    async def close(self) -> None:
        """Let go of connections."""
        await self._session.close()


def _encode(delivery: Delivery) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    match delivery.kind:
        case "events_api":
            return json.dumps(delivery.payload), "application/json"
        case "slash_commands":
            return urlencode(delivery.payload), form
        case "interactive":
            return urlencode({"payload": json.dumps(delivery.payload)}), form


def _decode(content_type: str, text: str) -> dict[str, Any] | str | None:
    if not text:
        return None
    if content_type == "application/json":
        body: dict[str, Any] = json.loads(text)
        return body
    return text

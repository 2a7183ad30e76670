"""The `response_url` of commands and clicks: five uses within thirty minutes."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.slack.local.errors import SlackError

MAX_USES = 5
LIFETIME_SECONDS = 30 * 60


@dataclass
class ResponseUrl:
    """Where an answer goes: to whom, in which channel, about which message (None for a command)."""

    key: str
    channel: str
    user: str
    issued_at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class ResponseUrls:
    """All response URLs that were handed out."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._urls: dict[str, ResponseUrl] = {}

    def issue(self, channel: str, user: str, *, message_ts: str | None = None, thread_ts: str | None = None) -> str:
        """The key, which is the last part of the URL's path."""
        url = ResponseUrl(secrets.token_urlsafe(16), channel, user, self._clock(), message_ts, thread_ts)
        self._urls[url.key] = url
        return url.key

    def peek(self, key: str) -> ResponseUrl:
        """Where it leads, without using it; KeyError for an unknown key."""
        return self._urls[key]

    def use(self, key: str) -> ResponseUrl:
        """Count one use. Raises SlackError `used_url` or `expired_url`; Slack answers these with 404."""
        url = self._urls.get(key)
        if url is None or self._clock() - url.issued_at > LIFETIME_SECONDS:
            raise SlackError("expired_url")
        if url.uses >= MAX_USES:
            raise SlackError("used_url")
        url.uses += 1
        return url

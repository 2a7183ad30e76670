"""A message that grows while it is written, with Slack's own streaming (chat.startStream and its kin).

Slack ends a stream by itself when the person presses Stop, and about five minutes after its start. A call whose
answer was lost may have taken effect, so it is never repeated: once a stream is lost, its message is put right as a
whole at the end. https://docs.slack.dev/reference/methods/chat.appendStream
"""

from collections.abc import Awaitable
from dataclasses import dataclass, field

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_chat_stream import AsyncChatStream
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import slack_error_code
from bot.slack.pace import Pacer
from bot.slack.places import DirectThread
from bot.slack.views.told import CUT_SHORT

log = structlog.get_logger(__name__)

STARTS_A_MINUTE = 20
APPENDS_A_MINUTE = 100
"""Tier 2 and Tier 4 of Slack's limits, counted for the whole workspace."""
_LARGEST = 11_500
"""Characters; a message takes 12,000 of markdown, and a closing note must fit."""
_WAITS = 2
_UNSUPPORTED = {"unknown_method", "method_deprecated", "not_allowed_token_type", "missing_scope", "feature_not_enabled"}


class StreamRefused(Exception):  # noqa: N818 - reads as what happened
    """No stream could be begun, so nothing is shown yet. `for_good`: this workspace knows no streaming."""

    def __init__(self, code: str) -> None:
        """Keep Slack's code."""
        super().__init__(code)
        self.code = code
        self.for_good = code in _UNSUPPORTED


@dataclass
class Paces:
    """Turns for the streams of one process, which share the limits."""

    starts: Pacer = field(default_factory=lambda: Pacer(STARTS_A_MINUTE))
    appends: Pacer = field(default_factory=lambda: Pacer(APPENDS_A_MINUTE))


class WordStream:
    """One growing message in a direct thread. It begins with its first words."""

    def __init__(self, client: AsyncWebClient, place: DirectThread, paces: Paces) -> None:
        """Write into the thread of `place`, to the person there."""
        self._client = _once(client)
        self._place = place
        self._paces = paces
        self._stream: AsyncChatStream | None = None
        self._said = ""
        self._lost = False
        self._full = False

    @property
    def begun(self) -> bool:
        """Whether the person sees any of it."""
        return self._stream is not None

    async def turn(self) -> None:
        """Wait until Slack's limits allow to say more."""
        await (self._paces.appends if self.begun else self._paces.starts).turn()

    async def say(self, text: str) -> None:
        """Write on. Raises StreamRefused if these would be the first words and Slack takes none."""
        self._full = self._full or len(self._said) + len(text) > _LARGEST
        if self._full:
            return
        if self._stream is None:
            await self._begin(text)
        elif not self._lost:
            self._lost = not await _worked(self._stream.append(markdown_text=text))
        self._said += text

    async def close(self, note: str = "", *, idle: bool) -> bool:
        """Finish the message, `note` last; with `idle` the session waits for the person again.

        Returns whether Slack moved the session as well.
        """
        if self._stream is None:
            return False
        note = (CUT_SHORT if self._full else "") + note
        status = "active" if idle else None
        closed = await _worked(self._stream.stop(markdown_text=note or None, session_status=status))
        if closed and not self._lost:
            return idle
        await self._put_right(self._said + note)
        return closed and idle

    async def _begin(self, text: str) -> None:
        stream = await self._client.chat_stream(
            buffer_size=1,
            channel=self._place.channel,
            thread_ts=self._place.thread,
            recipient_user_id=self._place.user_id,
            recipient_team_id=self._place.team,
        )
        try:
            await stream.append(markdown_text=text)
        except SlackApiError as error:
            raise StreamRefused(slack_error_code(error) or "unreadable_answer") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise StreamRefused(type(error).__name__) from error
        self._stream = stream

    async def _put_right(self, text: str) -> None:
        assert self._stream is not None  # it was begun
        assert self._stream.ts is not None
        call = self._client.chat_update(channel=self._place.channel, ts=self._stream.ts, markdown_text=text)
        if not await _worked(call):
            log.warning("slack.stream_not_put_right")


async def _worked(call: Awaitable[object]) -> bool:
    try:
        await call
    except SlackApiError as error:
        log.info("slack.stream_call_refused", code=slack_error_code(error))
        return False
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("slack.stream_call_lost", error=type(error).__name__)
        return False
    return True


def _once(client: AsyncWebClient) -> AsyncWebClient:
    """The same client, but a call is repeated only where Slack said that it was not taken (429)."""
    handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=_WAITS)]
    return AsyncWebClient(
        token=client.token,
        base_url=client.base_url,
        timeout=client.timeout,
        session=client.session,
        retry_handlers=list(handlers),
    )

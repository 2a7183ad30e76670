"""Messages: posted, changed, deleted, streamed, shown to one person only."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.slack.local import elements
from bot.slack.local.errors import SlackError


@dataclass
class Stream:
    """What a streamed message has received so far; `open` until stopped by the app or a person, or too old.

    `started_at` is in Unix seconds.
    """

    open: bool = True
    started_at: float = 0.0
    chunk_blocks: list[dict[str, Any]] = field(default_factory=list)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    plan_title: str | None = None
    display_mode: str = "timeline"
    recipient_user_id: str | None = None


@dataclass
class Message:
    """One message. `ephemeral_for` names the only person who sees it; such a message is in no history."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    bot_id: str | None = None
    app_id: str | None = None
    client_msg_id: str | None = None
    ephemeral_for: str | None = None
    edited_ts: str | None = None
    deleted: bool = False
    stream: Stream | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_streaming(self) -> bool:
        """Is the app still writing it?"""
        return self.stream is not None and self.stream.open

    @property
    def from_bot(self) -> bool:
        """Did the app post it?"""
        return self.bot_id is not None

    def end_stream(self, closing: list[dict[str, Any]]) -> None:
        """The words are final; they, the streamed blocks and the closing ones make up the message."""
        if self.stream is None:
            return
        self.stream.open = False
        words = [{"type": "markdown", "text": self.text}] if self.text else []
        self.blocks = elements.named([*words, *self.stream.chunk_blocks, *closing], self.ts)

    def to_json(self, *, team_id: str, with_metadata: bool = False) -> dict[str, Any]:
        """The message object of events, history and interactions."""
        optional = {
            "thread_ts": self.thread_ts,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "client_msg_id": self.client_msg_id,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "edited": {"user": self.user, "ts": self.edited_ts} if self.edited_ts else None,
            "metadata": self.metadata if with_metadata else None,
            "reactions": [
                {"name": name, "users": users, "count": len(users)} for name, users in self.reactions.items()
            ],
        }
        fixed = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": team_id}
        return fixed | {key: value for key, value in optional.items() if value}


class MessageStore:
    """Every message of the workspace in the order of posting."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last_micros = 0
        self._all: list[Message] = []

    def next_ts(self) -> str:
        """A timestamp later than every one before, even when the clock stands still."""
        self._last_micros = max(self._last_micros + 1, round(self._clock() * 1_000_000))
        seconds, micros = divmod(self._last_micros, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def add(self, message: Message) -> Message:
        """Keep a message; a reply to a reply joins the thread of its root, as in Slack.

        Raises SlackError `thread_not_found` when nothing visible has that timestamp.
        """
        if message.thread_ts is not None:
            message.thread_ts = self.thread_root(message.channel, message.thread_ts)
        self._all.append(message)
        return message

    def thread_root(self, channel: str, ts: str) -> str:
        """The root of the thread the message `ts` belongs to."""
        parent = self._at(channel, ts)
        if parent is None:
            raise SlackError("thread_not_found")
        return parent.thread_ts or parent.ts

    def find(self, channel: str, ts: str) -> Message:
        """A message everybody in the channel sees. Raises SlackError `message_not_found`."""
        message = self._at(channel, ts)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def _at(self, channel: str, ts: str) -> Message | None:
        return next((message for message in self.visible_in(channel) if message.ts == ts), None)

    def visible_in(self, channel: str) -> Iterator[Message]:
        """What everybody in the channel sees, oldest first."""
        return (
            message
            for message in self._all
            if message.channel == channel and not message.deleted and message.ephemeral_for is None
        )

    def ephemeral_for(self, user: str) -> list[Message]:
        """What only `user` sees, oldest first."""
        return [message for message in self._all if message.ephemeral_for == user and not message.deleted]

    def history(self, channel: str) -> list[Message]:
        """The channel without replies, newest first."""
        roots = [message for message in self.visible_in(channel) if message.thread_ts in (None, message.ts)]
        return roots[::-1]

    def thread(self, channel: str, root_ts: str) -> list[Message]:
        """A root and its replies, oldest first. Raises SlackError `thread_not_found`."""
        root = self.thread_root(channel, root_ts)
        return [message for message in self.visible_in(channel) if root in (message.ts, message.thread_ts)]

    def stop_streams(self, channel: str, root_ts: str) -> list[str]:
        """Close the open streams of a thread; the timestamps of their messages."""
        stopped = [message for message in self.thread(channel, root_ts) if message.is_streaming]
        for message in stopped:
            message.end_stream([])
        return [message.ts for message in stopped]

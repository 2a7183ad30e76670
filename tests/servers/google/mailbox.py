"""The mail of one person as Gmail keeps it: messages with labels, and a history of what happened to them."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass
class LocalMessage:
    """A message; `size` is what it would weigh with its attachments."""

    id: str
    labels: set[str]
    headers: list[tuple[str, str]]
    at: datetime
    text: str = "Hello"
    size: int = 2_000

    def shown(self, *, full: bool, wanted: Iterable[str] = ()) -> Json:
        """Return the message as Gmail answers it; without `full` only the `wanted` headers."""
        names = {name.lower() for name in wanted}
        headers = [{"name": n, "value": v} for n, v in self.headers if full or not names or n.lower() in names]
        payload: Json = {"mimeType": "multipart/mixed", "headers": headers}
        if full:
            data = base64.urlsafe_b64encode(self.text.encode()).decode().rstrip("=")
            payload["parts"] = [
                {"partId": "0", "mimeType": "multipart/alternative", "filename": "", "body": {"size": 0}, "parts": [
                    {"mimeType": "text/html", "filename": "", "body": {"data": "PHA-SFRNTDwvcD4"}},
                    {"mimeType": "text/plain", "filename": "", "body": {"data": data}},
                ]},
                {"partId": "1", "mimeType": "text/plain", "filename": "terms.txt", "body": {"data": "c2VjcmV0"}},
            ]  # fmt: skip
        return {
            "id": self.id,
            "threadId": self.id,
            "labelIds": sorted(self.labels),
            "internalDate": str(round(self.at.timestamp() * 1000)),
            "sizeEstimate": self.size,
            "snippet": self.text[:100],
            "payload": payload,
        }


@dataclass
class LocalMailbox:
    """Acts and remembers. `forgotten` is the newest history id that is too old to be asked for."""

    address: str
    messages: dict[str, LocalMessage] = field(default_factory=dict)
    history: list[Json] = field(default_factory=list)
    history_id: int = 1000
    forgotten: int = 0
    serial: int = 0

    def take_in(self, at: datetime, labels: Iterable[str], text: str = "Hello", size: int = 2_000,
                **headers: str) -> str:  # fmt: skip
        """Put in a message; `headers` in the spelling of names, `_` for `-`."""
        self.serial += 1
        message = LocalMessage(
            f"18c{self.serial:x}", set(labels), [(n.replace("_", "-"), v) for n, v in headers.items()], at, text, size
        )
        self.messages[message.id] = message
        self._note("messagesAdded", message)
        return message.id

    def label(self, message_id: str, *labels: str) -> None:
        """Add labels, as somebody who reads, sorts or throws away does."""
        self.messages[message_id].labels |= set(labels)
        self._note("labelsAdded", self.messages[message_id], labels)

    def unlabel(self, message_id: str, *labels: str) -> None:
        """Take labels away."""
        self.messages[message_id].labels -= set(labels)
        self._note("labelsRemoved", self.messages[message_id], labels)

    def delete(self, message_id: str) -> None:
        """Delete for good."""
        self._note("messagesDeleted", self.messages.pop(message_id))

    def forget_history(self) -> None:
        """Let a week go by: the history up to now cannot be asked for any more."""
        self.history_id += 1
        self.forgotten = self.history_id
        self.history.clear()
        self.history_id += 1

    def _note(self, change: str, message: LocalMessage, labels: Iterable[str] = ()) -> None:
        self.history_id += 3  # ids grow, and not by one
        short = {"id": message.id, "threadId": message.id}
        said: Json = {"message": short | {"labelIds": sorted(message.labels)}}
        if labels:
            said["labelIds"] = sorted(labels)
        self.history.append({"id": str(self.history_id), "messages": [short], change: [said]})

"""Files: uploaded in three steps, then shared into a channel."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from bot.slack.local.errors import SlackError


@dataclass
class File:
    """An uploaded file; `content` is None until the bytes have arrived."""

    id: str
    name: str
    expected_bytes: int
    content: bytes | None = None
    title: str | None = None
    complete: bool = False
    channels: list[str] = field(default_factory=list)

    def to_json(self, base_url: str) -> dict[str, Any]:
        """The file object of `files.info`."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "size": len(self.content or b""),
            "channels": self.channels,
            "url_private": f"{base_url}/files-pri/{self.id}",
            "url_private_download": f"{base_url}/files-pri/{self.id}",
        }


class FileStore:
    """All files of the workspace."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._files: dict[str, File] = {}

    def reserve(self, name: str, expected_bytes: int) -> File:
        """A place to upload to."""
        file = File(f"F{next(self._numbers):010d}", name, expected_bytes)
        self._files[file.id] = file
        return file

    def find(self, file_id: str) -> File:
        """Raises SlackError `file_not_found`."""
        if file_id not in self._files:
            raise SlackError("file_not_found")
        return self._files[file_id]

"""What a view returns: the blocks and the text that stands for them in notifications and screen readers."""

from dataclasses import dataclass
from typing import Any, TypeAlias

Block: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready for `chat.postMessage`, `chat.postEphemeral` or a `response_url`.

    `text` is already escaped; `blocks` may be empty, then `text` is what people see.
    """

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """Arguments for Slack; link previews are off, since a preview shows what the asker may not share."""
        return {
            "text": self.text,
            "blocks": list(self.blocks),
            "unfurl_links": False,
            "unfurl_media": False,
        }

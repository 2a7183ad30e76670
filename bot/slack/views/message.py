"""What a view returns: the blocks and the text that stands for them in notifications and screen readers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Block: TypeAlias = dict[str, Any]

MAX_BLOCKS = 45
"""Slack takes 50; the rest is room for the note that something was left out."""
MAX_CHARACTERS = 10_000
"""Slack refuses rich text from about 13,000 characters in a message (`msg_blocks_too_long`)."""


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


def fitted(body: Sequence[Block], foot: Sequence[Block] = ()) -> tuple[Block, ...]:
    """Body and foot within what Slack takes. Body blocks that do not fit are left out, and a note says so."""
    room, kept = MAX_CHARACTERS - sum(map(_characters, foot)), list[Block]()
    for block in body:
        room -= _characters(block)
        if room < 0 or len(kept) + len(foot) >= MAX_BLOCKS:
            return (*kept, _LEFT_OUT, *foot)
        kept.append(block)
    return (*kept, *foot)


_LEFT_OUT: Block = {
    "type": "context",
    "elements": [{"type": "mrkdwn", "text": "The rest did not fit; ask for one part of it."}],
}


def _characters(block: Block) -> int:
    return sum(map(len, _texts(block)))


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                yield value
            yield from _texts(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from _texts(item)

"""What mail and calendar have in common: a place in one mailbox, and the steps from there to the present."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep
from typing import Any, Protocol

from bot.pipeline.sources.google.account import Accounts
from bot.pipeline.sources.google.brake import Brake, Pause
from bot.pipeline.sources.google.messages import Company
from bot.pipeline.sources.google.rules import GoogleRules
from bot.pipeline.sources.protocol import Record, Tombstone

Place = Mapping[str, Any]
"""How far one mailbox was read, as JSON; `{}` is not at all."""


@dataclass(frozen=True, slots=True)
class Step:
    """A page of one mailbox, and the place that follows it. `begins` and `ends` as in `Page`."""

    place: Place
    records: tuple[Record, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    begins: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """What every reading of this run goes by. `api_url` is Google's own where it is None."""

    accounts: Accounts
    rules: GoogleRules
    company: Company
    now: datetime
    bodies: bool
    longest_text: int
    pause: Pause = sleep
    api_url: str | None = None
    brake: Brake = field(init=False)
    """One for all mailboxes of the run."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "brake", Brake(self.pause))

    def cut(self, text: str | None) -> str | None:
        """Return a free text as it is kept."""
        return text.replace("\0", "")[: self.longest_text] or None if text else None


class Feed(Protocol):
    """Mail or calendar of any mailbox."""

    @property
    def name(self) -> str:
        """`mail` or `calendar`, as the pipeline's table `sources` calls it."""
        ...

    def read(self, address: str, place: Place) -> Iterator[Step]:
        """Yield the steps from `place` to the present. Raises MailboxClosed, MailboxUnavailable, SourceError."""
        ...


def scope_of(feed: str, address: str) -> str:
    """Return the scope of all records of one mailbox; a slash would begin a scope within it."""
    return f"{feed}:{address.replace('/', '%2F')}"

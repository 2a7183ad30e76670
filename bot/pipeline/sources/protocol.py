"""What every live source is to the rest of the house: pages of changes that continue a cursor.

A source never writes. It reads what changed since a cursor and says so in pages; whoever stores a page stores
its cursor in the same transaction, so a crash at any point repeats a page and loses none. Reading a change
twice is harmless: records are put in by (source, kind, id).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

Cursor = Mapping[str, Any]
"""Where a source stands, as JSON. Only the source reads it; `{}` is the beginning of time."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing a source said, in the columns of its kind (`bot.pipeline.sources.kinds`), as text.

    `id` is the source's own and unique within the kind. Columns that are absent or None are unknown.
    `scope` names the set the record belongs to, for the day that set is read again as a whole: `tasks`, or
    `deals/17` for a set within `deals`.
    """

    kind: str
    id: str
    values: Mapping[str, str | None]
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A record the source has no more."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class FeedState:
    """How the mail or calendar (`feed`) of one address stands, where a source reads each on its own.

    `reason` says what keeps it from being read, None if nothing does; `last_sync` is when it last was read to
    its end, None if never.
    """

    address: str
    feed: str
    connected: bool
    last_sync: datetime | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the company as the CRM knows them, for sources that read people's own mailboxes."""

    email: str
    active: bool = True
    owns_deals: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Changes, and the cursor from which to go on once they are stored.

    `begins` and `ends` bracket a reading of whole scopes: when a scope ends, its records and those of scopes
    within it that were not said again since it began are gone. One page may do both. `completed` names the
    streams that are up to date with this page; `problems` say what could not be read while the rest goes on, and
    `feeds` how single mailboxes stand.
    """

    cursor: Cursor
    records: tuple[Record, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    begins: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    completed: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    feeds: tuple[FeedState, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What a source can say today, learnt by asking it before every run.

    `kinds` are the kinds it delivers: an absent one is unknown, not empty. `feeds` says which of mail,
    calendar and calls each stream keeps alive for every user. `observes` are the tracked fields whose
    history the source does not keep, so that syncing has to write it down. `problems` are things it should
    deliver and cannot, such as a mapped field that was removed; `warnings` are for a person to know. `full_after`
    is how long its changes are trusted to tell everything; None = as long as configured for all.
    """

    kinds: frozenset[str]
    feeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    observes: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    quota: str | None = None
    full_after: timedelta | None = None


class Source(Protocol):
    """A CRM, mailbox, calendar or copy of one. Both methods raise SourceError."""

    @property
    def name(self) -> str:
        """The name people sync it by, for example `salesforce`."""
        ...

    def describe(self) -> Description:
        """Ask the source what it has today; called once before `changes` of every run."""
        ...

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        """Yield what changed since `cursor`, with as much of the time before as late changes need."""
        ...


class SourceError(Exception):
    """Reading a source has to stop. What was stored so far stands; the message says what to do."""


class SourceMisconfigured(SourceError):  # noqa: N818 - a state of the settings
    """A person has to act: a missing setting, a revoked token, a scope or permission that was not granted."""


class SourceUnavailable(SourceError):  # noqa: N818 - a state of the other side
    """The other side is down, slow or broken; the next run goes on where this one stopped."""


class QuotaNearlySpent(SourceError):  # noqa: N818 - a state of the account
    """Reading on would take calls other software of the company needs; the next run goes on from here."""

"""How the live sources stand, in lines for one person: what is read, since when it is not, and when it is next.

A reason may name other people's mailboxes, so it is shown only to whom it concerns: the person's own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.pipeline.sources import configured
from bot.pipeline.syncing import FeedStatus, SyncState, SyncStatus, next_sync, read_statuses
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line about a source; `is_well` if nothing is missing."""

    text: str
    is_well: bool


def source_lines(
    statuses: Sequence[SyncStatus], names: Sequence[str], every: timedelta, address: str | None, now: datetime
) -> tuple[SourceLine, ...]:
    """Return a line for each of the `names` set up, and one for each mailbox of `address` that is not read."""
    known = {status.source: status for status in statuses}
    lines = [_line(name, known.get(name), every, now) for name in names]
    feeds = [feed for status in statuses for feed in status.feeds if address and feed.address == address.lower()]
    return (*lines, *(_own(feed) for feed in feeds if feed.reason))


def lines_of(settings: Settings) -> Callable[[str | None, datetime], tuple[SourceLine, ...]]:
    """Return what tells a person of some address how the sources of this installation stand, asked at each call."""
    every = timedelta(minutes=settings.sync_every_minutes)

    def lines(address: str | None, now: datetime) -> tuple[SourceLine, ...]:
        return source_lines(read_statuses(settings.sources_dir), configured(settings), every, address, now)

    return lines


def _line(name: str, status: SyncStatus | None, every: timedelta, now: datetime) -> SourceLine:
    following = _following(status, every, now)
    if status is None:
        return SourceLine(f"{name}: never read{following}", is_well=False)
    if status.state is SyncState.RUNNING:
        return SourceLine(f"{name}: being read since {_clock(status.started_at, now)}", is_well=True)
    if status.state is SyncState.OK:
        return SourceLine(f"{name}: read {_clock(status.finished_at, now)}{following}", is_well=True)
    last = f"last whole reading {_clock(status.last_success_at, now)}" if status.last_success_at else "never read whole"
    word = "read in part" if status.state is SyncState.PARTIAL else "could not be read"
    return SourceLine(f"{name}: {word} {_clock(status.finished_at, now)}, {last}{following}", is_well=False)


def _following(status: SyncStatus | None, every: timedelta, now: datetime) -> str:
    due = next_sync(status, every)
    if not every:
        return ""
    return f", next {_clock(max(due, now), now)}" if due else ", next within minutes"


def _own(feed: FeedStatus) -> SourceLine:
    return SourceLine(f"Your {feed.feed} is not read: {feed.reason}", is_well=False)


def _clock(instant: datetime | None, now: datetime) -> str:
    if instant is None:
        return "at an unknown time"
    at = instant.astimezone(now.tzinfo)
    zone = at.tzname() or "UTC"
    return f"{at:%H:%M} {zone}" if at.date() == now.date() else f"{at.day} {at:%b %H:%M} {zone}"

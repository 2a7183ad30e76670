"""What became of the last sync of each source: a small file a source, readable while a sync is running."""

import os
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class SyncState(StrEnum):
    """How a sync stands."""

    RUNNING = "running"
    """Under way, or its process was killed: the next run goes on where it stopped."""
    OK = "ok"
    """Everything was read and is in the current snapshot."""
    PARTIAL = "partial"
    """Something could not be read, named in `problems`; the rest is in the current snapshot."""
    FAILED = "failed"
    """The source could not be read to its end; the snapshot of before stands."""


class FeedStatus(BaseModel):
    """How the mail or calendar of one address stands, where a source reads each on its own (`FeedState`)."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    address: str
    feed: str
    connected: bool
    last_sync: datetime | None = None
    reason: str | None = None


class SyncStatus(BaseModel):
    """The last sync of one source, for `coach doctor`, the home tab and scripts.

    `read` and `deleted` count the records of this run by kind. `problems` name what is missing and the way to
    mend it; `warnings` what a person may want to know. `last_success_at` is the last run that read everything,
    `last_failure_at` the last that could not, with its first reason in `last_failure`; both stay when the other
    comes. `feeds` say how single mailboxes stand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    state: SyncState
    full: bool = False
    dry_run: bool = False
    started_at: datetime
    finished_at: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_failure: str | None = None
    read: dict[str, int] = Field(default_factory=dict)
    deleted: dict[str, int] = Field(default_factory=dict)
    problems: Annotated[list[str], Field(default_factory=list)]
    warnings: Annotated[list[str], Field(default_factory=list)]
    quota: str | None = None
    snapshot: str | None = None
    feeds: Annotated[list[FeedStatus], Field(default_factory=list)]

    @property
    def summary(self) -> str:
        """One line for a list of sources."""
        changed = sum(self.read.values()) + sum(self.deleted.values())
        when = f"{self.finished_at or self.started_at:%Y-%m-%d %H:%M} UTC"
        fed = f", {sum(feed.connected for feed in self.feeds)} of {len(self.feeds)} mailboxes and calendars"
        reason = f": {self.problems[0]}" if self.problems else ""
        return f"{self.source}: {self.state}, {changed:,} changes, {when}{fed if self.feeds else ''}{reason}"


def next_sync(last: SyncStatus | None, every: timedelta) -> datetime | None:
    """Return when a source is due again by a clock that reads it `every` so often; None = now, or without a clock.

    Counted from the beginning of the last reading, which a killed process never ended.
    """
    return last.started_at + every if last is not None and every else None


def read_status(directory: Path, source: str) -> SyncStatus | None:
    """Return the last sync of one source; None if it was never synced or its file cannot be read."""
    try:
        return SyncStatus.model_validate_json((directory / f"{source}.json").read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def read_statuses(directory: Path) -> list[SyncStatus]:
    """Return the last sync of every source that was ever synced into `directory` (`Settings.sources_dir`)."""
    found = (read_status(directory, path.stem) for path in sorted(directory.glob("*.json")))
    return [status for status in found if status]


def write_status(directory: Path, status: SyncStatus) -> None:
    """Replace the status file of a source in one step."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / f"{status.source}.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(status.model_dump_json(indent=2) + "\n", encoding="utf-8")
    os.replace(fresh, path)

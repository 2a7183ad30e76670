"""One run of one source into the staging area, page by page."""

from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.pipeline.sources.protocol import FeedState, Page, Source
from bot.pipeline.syncing.staging import StagingArea

Progress = Callable[[str, int], None]
"""Told after each page: the kind most of it was, and how many records the run has read."""


@dataclass(slots=True)
class Run:
    """What one run read. With an `error` it did not come to its end; what it stored stands."""

    full: bool
    read: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    quota: str | None = None
    feeds: dict[tuple[str, str], FeedState] = field(default_factory=dict)

    def count(self, page: Page) -> None:
        """Add a page to the figures."""
        self.read.update(record.kind for record in page.records)
        self.deleted.update(tombstone.kind for tombstone in page.tombstones)
        self.problems += [problem for problem in page.problems if problem not in self.problems]
        self.feeds |= {(state.address, state.feed): state for state in page.feeds}


def pull(
    source: Source,
    staging: StagingArea,
    run: Run,
    now: datetime,
    *,
    full_after: timedelta,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> None:
    """Read what changed into `staging`; `run` is filled as it goes, also when a SourceError ends it.

    A source not read whole for `full_after` is read whole again: deletions older than its recycle bin cannot be
    asked for. With `dry_run` everything is read and nothing written.
    """
    description = source.describe()
    run.problems += description.problems
    run.warnings += description.warnings
    run.quota = description.quota
    run.full = run.full or _is_due(staging.last_full_read(source.name), now, description.full_after or full_after)
    cursor = {} if run.full else staging.cursor_of(source.name)
    if not dry_run:
        if run.full:
            staging.restart(source.name, now)
        staging.remember(source.name, description)
    pages = source.changes(cursor)
    try:
        for page in pages:
            if not dry_run:
                staging.store(source.name, page, now, description.observes)
            run.count(page)
            if progress and page.records:
                progress(page.records[-1].kind, sum(run.read.values()))
    finally:
        if isinstance(pages, Generator):
            pages.close()  # what a source reads ahead ends with the run, not when the garbage is collected


def _is_due(last: datetime | None, now: datetime, full_after: timedelta) -> bool:
    return last is None or now - last > full_after

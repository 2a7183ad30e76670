"""A whole sync: read one source, make a snapshot of everything staged, say how it went."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.pipeline.importing import ImportReport, import_directory
from bot.pipeline.sources.protocol import Source, SourceError
from bot.pipeline.stages import StageModel
from bot.pipeline.store import SnapshotStore
from bot.pipeline.syncing.engine import Progress, Run, pull
from bot.pipeline.syncing.export import export_staging
from bot.pipeline.syncing.staging import StagingArea, open_staging
from bot.pipeline.syncing.status import FeedStatus, SyncState, SyncStatus, read_status, write_status

MEMORY = "400MB"
"""For building a snapshot beside a serving coach: a big one spills to disk instead of crowding out the answers."""

Clock = Callable[[], datetime]


class Syncing:
    """Syncs sources into the staging area of a folder and turns it into snapshots of `store`.

    `full_after` is how long changes are trusted to tell everything; `own_stages` keeps the CRM's stages
    instead of the playbook's.
    """

    def __init__(
        self,
        directory: Path,
        store: SnapshotStore,
        stages: StageModel,
        *,
        workspace_zone: str = "UTC",
        full_after: timedelta = timedelta(days=14),
        own_stages: bool = False,
    ) -> None:
        self.directory = directory
        self._store = SnapshotStore(store.directory, memory_limit=MEMORY)
        self._stages = stages
        self._zone = workspace_zone
        self._full_after = full_after
        self._own_stages = own_stages

    def sync(
        self,
        source: Source,
        clock: Clock,
        *,
        full: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> SyncStatus:
        """Read `source` and make a new snapshot; with `dry_run` only read, and leave everything as it is.

        Never raises for a source that cannot be read: the status says why and how to mend it. Raises
        SyncRunning or ImportRunning while another process is at it.
        """
        run = Run(full=full)
        began = clock()
        with open_staging(self.directory) as staging:
            if not dry_run:
                write_status(self.directory, self._status(source.name, run, began, None, SyncState.RUNNING))
            state = self._pull(source, staging, run, began, dry_run=dry_run, progress=progress)
            report = None if dry_run or state is SyncState.FAILED else self._snapshot(staging)
        if report is not None and not report.ok:
            state = SyncState.FAILED
            run.problems += report.fatal
        status = self._status(source.name, run, began, clock(), state, report)
        if dry_run:
            return status.model_copy(update={"dry_run": True})
        write_status(self.directory, status)
        return status

    def rebuild(self) -> ImportReport:
        """Make a new snapshot of what is staged, without asking any source."""
        with open_staging(self.directory) as staging:
            return self._snapshot(staging)

    @staticmethod
    def note_failure(directory: Path, source: str, reason: str, now: datetime) -> SyncStatus:
        """Write down that `source` could not even be asked, and why."""
        before = read_status(directory, source)
        status = SyncStatus(
            source=source,
            state=SyncState.FAILED,
            started_at=now,
            finished_at=now,
            last_success_at=before.last_success_at if before else None,
            last_failure_at=now,
            last_failure=reason,
            problems=[reason],
            warnings=[],
            feeds=before.feeds if before else [],
        )
        write_status(directory, status)
        return status

    def _pull(
        self,
        source: Source,
        staging: StagingArea,
        run: Run,
        now: datetime,
        *,
        dry_run: bool,
        progress: Progress | None,
    ) -> SyncState:
        try:
            pull(source, staging, run, now, full_after=self._full_after, dry_run=dry_run, progress=progress)
        except SourceError as error:
            run.problems.append(str(error))
            return SyncState.FAILED
        return SyncState.PARTIAL if run.problems else SyncState.OK

    def _snapshot(self, staging: StagingArea) -> ImportReport:
        with TemporaryDirectory(prefix="files-", dir=self.directory) as folder:
            export_staging(staging, Path(folder), own_stages=self._own_stages)
            staging.con.close()  # two databases at once would need the memory of two
            return import_directory(Path(folder), self._store, stages=self._stages, workspace_zone=self._zone)

    def _status(
        self,
        source: str,
        run: Run,
        began: datetime,
        finished: datetime | None,
        state: SyncState,
        report: ImportReport | None = None,
    ) -> SyncStatus:
        before = read_status(self.directory, source)
        success = finished if state is SyncState.OK else before.last_success_at if before else None
        failed = finished is not None and bool(run.problems)
        return SyncStatus(
            source=source,
            state=state,
            full=run.full,
            started_at=began,
            finished_at=finished,
            last_success_at=success,
            last_failure_at=finished if failed else before.last_failure_at if before else None,
            last_failure=run.problems[0] if failed else before.last_failure if before else None,
            read=dict(run.read),
            deleted=dict(run.deleted),
            problems=run.problems,
            warnings=run.warnings + _remarks(report),
            quota=run.quota,
            feeds=_feeds(run, before, state),
            snapshot=report.snapshot.name if report and report.snapshot else None,
        )


def _feeds(run: Run, before: SyncStatus | None, state: SyncState) -> list[FeedStatus]:
    """Return how mailboxes stand; those a run did not come to before it ended stand as they stood."""
    ended = state in (SyncState.OK, SyncState.PARTIAL)
    known = {(feed.address, feed.feed): feed for feed in before.feeds} if before and not ended else {}
    stand = known | {key: FeedStatus.model_validate(said) for key, said in run.feeds.items()}
    return [stand[key] for key in sorted(stand)]  # mailboxes are read side by side and end in any order


def _remarks(report: ImportReport | None) -> list[str]:
    if report is None:
        return []
    lost = [f"{report.left_out:,} rows could not be used; see {report.quarantine}"] if report.left_out else []
    return report.warnings + lost

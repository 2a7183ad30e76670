"""What every test of a source needs: the real rules, an installation in a folder, crashes, and a way to compare."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from bot.pipeline.sources import CrmRules, Cursor, Description, Page, Source, load_crm_rules
from bot.pipeline.stages import StageModel, load_stages
from bot.pipeline.store import SnapshotStore
from bot.pipeline.syncing import Syncing, SyncStatus
from bot.pipeline.syncing.engine import Run, pull
from bot.pipeline.syncing.export import export_staging
from bot.pipeline.syncing.staging import open_staging
from bot.resources import shipped

PLAYBOOK = shipped("knowledge") / "playbook"
RULES: CrmRules = load_crm_rules(PLAYBOOK)
STAGES: StageModel = load_stages(PLAYBOOK)


class Crash(BaseException):
    """The process dies here; nothing may catch it."""


@dataclass
class Crashing:
    """A source whose process dies before page number `page`, counted from 0; None = never."""

    source: Source
    page: int | None = None

    @property
    def name(self) -> str:
        return self.source.name

    def describe(self) -> Description:
        return self.source.describe()

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        for number, page in enumerate(self.source.changes(cursor)):
            if number == self.page:
                raise Crash
            yield page


@dataclass
class Installation:
    """One COACH_HOME with its staging area and snapshots."""

    home: Path
    clock: Callable[[], datetime]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def store(self) -> SnapshotStore:
        return SnapshotStore(self.home / "pipeline")

    @property
    def syncing(self) -> Syncing:
        return Syncing(self.home / "sources", self.store, STAGES, **self.options)

    def sync(self, source: Source, *, full: bool = False, dry_run: bool = False) -> SyncStatus:
        return self.syncing.sync(source, self.clock, full=full, dry_run=dry_run)

    def read(self, source: Source, *, full: bool = False) -> Run:
        """Read a source into the staging area and make no snapshot: a tenth of the time of a whole sync."""
        run = Run(full=full)
        with open_staging(self.home / "sources") as staging:
            pull(source, staging, run, self.clock(), full_after=RULES.full_after)
        return run

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query over the current snapshot."""
        backend = self.store.open_current()
        try:
            return backend.con.execute(query).fetchall()
        finally:
            backend.disconnect()

    def files(self) -> dict[str, str]:
        """Return the pipeline CSV files of what is staged; when each feed was last read is left out."""
        folder = self.home / "exported"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        with open_staging(self.home / "sources") as staging:
            export_staging(staging, folder, own_stages=True)
        return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.name != "sources.csv"}


def read_with_crashes(installation: Installation, source: Source, random: Random) -> Run:
    """Read until it succeeds; each attempt but the last dies at some page."""
    while random.random() < 0.4:
        try:
            return installation.read(Crashing(source, random.randrange(20)))
        except Crash:
            continue
    return installation.read(source)

"""One opened installation: the current pipeline, handbook and memory, and the coach over them.

The pipeline and the handbook are replaced by other processes (an import, a new index). They are reopened
when their pointer moves, so a running app never serves yesterday's data for long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from bot.coach.playbook import CoachPlaybook
from bot.coach.service import Coach
from bot.handbook.errors import NoIndex
from bot.handbook.search import Handbook
from bot.memory.service import Memory
from bot.pipeline.service import Pipeline, PipelineRules
from bot.pipeline.store import SnapshotStore
from bot.settings import Settings

Opened = TypeVar("Opened")


class Current(Generic[Opened]):
    """Keeps one thing open for as long as the version it was opened from is the current one."""

    def __init__(self, version: Callable[[], Path | None], open_it: Callable[[], Opened]) -> None:
        self._version = version
        self._open = open_it
        self._held: tuple[Path | None, Opened] | None = None
        self._lock = Lock()

    def get(self) -> Opened:
        """Return what is current; raises what opening it raises."""
        with self._lock:
            version = self._version()
            if self._held is None or self._held[0] != version:
                self._held = (version, self._open())
            return self._held[1]


@dataclass(frozen=True)
class Runtime:
    """Everything a command, a job or the Slack app needs, opened on first use."""

    settings: Settings

    @cached_property
    def rules(self) -> PipelineRules:
        """Health, benchmark and stage playbooks. Raises PlaybookError naming file and line."""
        return PipelineRules.load(self.settings.playbook_dir)

    @cached_property
    def store(self) -> SnapshotStore:
        """The pipeline snapshots under the home folder."""
        return SnapshotStore(self.settings.pipeline_dir)

    @cached_property
    def memory(self) -> Memory:
        """The bot's own database, migrated."""
        self.settings.home.mkdir(parents=True, exist_ok=True)
        return Memory.open(self.settings.memory_database_url)

    @cached_property
    def coach(self) -> Coach:
        """The coach over whatever pipeline and handbook are current."""
        pipeline = Current(self.store.current, self._open_pipeline)
        handbook = Current(self._index_version, self._open_handbook)
        return Coach(
            open_pipeline=pipeline.get,
            open_handbook=handbook.get,
            playbook=CoachPlaybook.load(self.settings.playbook_dir),
            probabilities=self.rules.stages.probabilities(),
        )

    def _open_pipeline(self) -> Pipeline:
        return Pipeline(self.store.open_current(), self.rules, self.settings.timezone)

    def _open_handbook(self) -> Handbook | None:
        try:
            return Handbook.open(self.settings.index_dir, base_url=self.settings.handbook_base_url)
        except NoIndex:
            return None

    def _index_version(self) -> Path | None:
        pointer = self.settings.index_dir / "CURRENT"
        return Path(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else None

"""One opened installation: the current pipeline, handbook and memory, and the coach over them.

The pipeline is replaced by other processes (an import) and reopened when its pointer moves. The handbook
follows its own index; here it only has to be noticed when there is a first one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from bot.coach.command_plan import kept_plan
from bot.coach.consults.follow_up import open_promises
from bot.coach.playbook import CoachPlaybook
from bot.coach.recall import Recall, open_recall
from bot.coach.saved_views import SavedViews
from bot.coach.service import Coach
from bot.coach.share_history import share_histories
from bot.coach.told import told_notes
from bot.coach.writing import Route, WriteBack
from bot.handbook.embed import Embedder
from bot.handbook.errors import IndexMismatch, NoIndex
from bot.handbook.remote import configured_embedder
from bot.handbook.search import Handbook
from bot.handbook.store import serving
from bot.memory.service import Memory
from bot.pipeline.commitment import load_commitment
from bot.pipeline.service import Pipeline, PipelineRules
from bot.pipeline.shares import AlertRules, load_alerts
from bot.pipeline.sources import load_crm_rules
from bot.pipeline.sources.writers import make_writer
from bot.pipeline.store import SnapshotStore
from bot.pipeline.syncing.origin import live_sources
from bot.pipeline.views import load_views
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.coach.deepen import Deepener

log = structlog.get_logger(__name__)

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
    def alert_rules(self) -> AlertRules:
        """When an at-risk share is worth a message. Raises PlaybookError naming file and line."""
        return load_alerts(self.settings.playbook_dir)

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
        handbook = Current(lambda: serving(self.settings.index_dir), self._open_handbook)
        return Coach(
            open_pipeline=pipeline.get,
            open_handbook=handbook.get,
            playbook=self.coach_playbook,
            probabilities=self.rules.stages.probabilities(),
            share_histories=lambda now: share_histories(
                pipeline.get(), self.memory, now, self.settings.timezone, self.alert_rules
            ),
            alert_rules=self.alert_rules,
            told=lambda deal_ids: told_notes(self.memory, deal_ids),
            promised=lambda deal_id: open_promises(self.memory, deal_id),
            grants=lambda user_id, now: self.memory.guests.grants(user_id, now),  # noqa: PLW0108 - opened on first use
            kept_plan=lambda deal_id: kept_plan(self.memory, deal_id),
            last_held=lambda deal_ids: self.memory.consults.last_held(deal_ids),  # noqa: PLW0108 - as above
            saved_views=self.saved_views,
            recall=self.recall,
            deepener=self.deepener,
            write_refusal=self.writing.refusal if self.writing else None,
        )

    @cached_property
    def recall(self) -> Recall:
        """What models read in deals before; there without a model too. Raises PlaybookError."""
        return open_recall(self.settings.playbook_dir, self.coach_playbook, self.memory)

    @cached_property
    def saved_views(self) -> SavedViews:
        """The saved views everybody can open. Raises PlaybookError naming file and line."""
        folder, stages = self.settings.playbook_dir, self.rules.stages
        return SavedViews(load_views(folder, stages), stages, load_commitment(folder, stages))

    @cached_property
    def writing(self) -> WriteBack | None:
        """The way into the CRM; None where writing is switched off."""
        if self.settings.write_back == "off":
            return None
        rules = load_crm_rules(self.settings.playbook_dir)
        route = Route(
            live=lambda: live_sources(self.settings.sources_dir, self.store),
            make=lambda name: make_writer(name, self.settings, rules, lambda: datetime.now(UTC)),
        )
        return WriteBack(
            lambda: self.coach.open_pipeline(),  # noqa: PLW0108 - the coach itself asks this object
            self.memory,
            route,
            zone=self.settings.timezone,
            is_instruction=self.coach_playbook.cues.is_instruction,
            same_stage=self.rules.stages.same,
        )

    @cached_property
    def coach_playbook(self) -> CoachPlaybook:
        """What sales operations may edit about the coach's judgement. Raises PlaybookError."""
        return CoachPlaybook.load(self.settings.playbook_dir)

    @cached_property
    def deepener(self) -> "Deepener | None":
        """The model path, if a model is configured. Nothing of it is imported otherwise."""
        if not self.settings.has_model:
            return None
        from bot.coach.deepen import open_deepener

        return open_deepener(self.settings, self.coach_playbook, self.memory)

    def _open_pipeline(self) -> Pipeline:
        return Pipeline(self.store.open_current().con, self.rules, self.settings.timezone)

    @cached_property
    def embedder(self) -> Embedder:
        """What turns the handbook into vectors: the shipped local model unless the settings name another."""
        key = self.settings.openai_api_key
        return configured_embedder(
            self.settings.embedding_model, self.settings.openai_base_url, key.get_secret_value() if key else None
        )

    def _open_handbook(self) -> Handbook | None:
        try:
            return Handbook.open(
                self.settings.index_dir,
                embedder=self.embedder,
                base_url=self.settings.handbook_base_url,
                playbook_dir=self.settings.playbook_dir,
            )
        except NoIndex:
            return None
        except IndexMismatch as mismatch:  # advice goes without pages; facts about deals must not wait for an index
            log.warning("handbook.mismatch", problem=str(mismatch))
            return None

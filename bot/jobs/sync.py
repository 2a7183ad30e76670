"""Reading live sources: by the clock while the app runs, and on demand.

Never two readings of one source at once, in however many replicas: who reads holds a lease in the memory database,
lengthened with the pages that come in, and the lock of the staging area. Replicas with a COACH_HOME of their own
each read, one after the other. A reading that is stopped or killed goes on where it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event
from uuid import uuid4

import structlog

from bot.jobs.readings import forget_outdated_readings
from bot.pipeline.sources import OwnStages, SourceMisconfigured, configured, load_crm_rules, make_source
from bot.pipeline.store import ImportRunning
from bot.pipeline.syncing import Syncing, SyncRunning, SyncStatus, next_sync, read_status, staged_people
from bot.pipeline.syncing.engine import Progress
from bot.playbook import PlaybookError
from bot.runtime import Runtime

LEASE = timedelta(minutes=30)
"""Longer than one page can take with all its retries, and than building a big snapshot."""

RENEWED_AFTER = timedelta(minutes=1)

Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


class SyncStopped(Exception):  # noqa: N818 - somebody asked for it
    """The app is shutting down; the next reading goes on from the last page."""


def sync_source(
    runtime: Runtime,
    name: str,
    clock: Clock,
    *,
    full: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> SyncStatus:
    """Read what changed in one source and make it the current pipeline; the status says how it went.

    Raises SourceMisconfigured for an unknown source or a missing setting, SyncRunning or ImportRunning while
    another process is at it, PlaybookError for a broken crm.yaml or google.yaml.
    """
    settings = runtime.settings
    rules = load_crm_rules(settings.playbook_dir)
    source = make_source(name, settings, rules, clock, lambda: staged_people(settings.sources_dir))
    syncing = Syncing(
        settings.sources_dir,
        runtime.store,
        runtime.rules.stages,
        workspace_zone=settings.timezone,
        full_after=rules.full_after,
        own_stages=rules.stages is OwnStages.CRM,
    )
    with _lease(runtime, name, clock) as renew:

        def told(kind: str, count: int) -> None:
            renew()
            if progress:
                progress(kind, count)

        status = syncing.sync(source, clock, full=full, dry_run=dry_run, progress=told)
    if not dry_run and runtime.store.current() is not None:
        forget_outdated_readings(runtime, clock())
    return status


def sync_due_sources(runtime: Runtime, clock: Clock, stop: Event | None = None) -> list[SyncStatus]:
    """Read every configured source whose time has come; return how each went.

    What keeps one source from being read keeps no other. A source that somebody else is reading is left to them.
    """
    every = timedelta(minutes=runtime.settings.sync_every_minutes)
    done = []
    for name in configured(runtime.settings):
        due = next_sync(read_status(runtime.settings.sources_dir, name), every)
        if due is not None and clock() < due:
            continue
        try:
            done.append(sync_source(runtime, name, clock, progress=_stopping(stop)))
        except (SyncRunning, ImportRunning):
            log.info("sync.left_to_another", source=name)
        except SyncStopped:
            return done
        except (SourceMisconfigured, PlaybookError) as error:
            done.append(Syncing.note_failure(runtime.settings.sources_dir, name, str(error), clock()))
        except Exception as error:
            log.exception("sync.failed", source=name)
            reason = f"an error of the coach itself ({type(error).__name__}); its log has the details"
            done.append(Syncing.note_failure(runtime.settings.sources_dir, name, reason, clock()))
    return done


def _stopping(stop: Event | None) -> Progress:
    def told(_: str, __: int) -> None:
        if stop is not None and stop.is_set():
            raise SyncStopped

    return told


@contextmanager
def _lease(runtime: Runtime, name: str, clock: Clock) -> Iterator[Callable[[], None]]:
    """Hold the lease of a source; the value lengthens it. Raises SyncRunning while somebody else has it."""
    leases, work, holder = runtime.memory.leases, f"sync {name}", uuid4().hex
    taken = clock()
    if not leases.take(work, holder, taken, LEASE):
        raise SyncRunning(f"{name} is being read by another process; wait for it, then try again")

    def renew() -> None:
        nonlocal taken
        now = clock()
        if now - taken >= RENEWED_AFTER:
            leases.take(work, holder, now, LEASE)
            taken = now

    try:
        yield renew
    finally:
        leases.give_back(work, holder)

"""Syncing: from a live source through a transactional staging area to a snapshot of the pipeline."""

from bot.pipeline.syncing.people import staged_people
from bot.pipeline.syncing.run import Syncing
from bot.pipeline.syncing.staging import SyncRunning
from bot.pipeline.syncing.status import FeedStatus, SyncState, SyncStatus, next_sync, read_status, read_statuses

__all__ = [
    "FeedStatus",
    "SyncRunning",
    "SyncState",
    "SyncStatus",
    "Syncing",
    "next_sync",
    "read_status",
    "read_statuses",
    "staged_people",
]

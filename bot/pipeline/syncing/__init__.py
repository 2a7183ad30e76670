"""Syncing: from a live source through a transactional staging area to a snapshot of the pipeline."""

from bot.pipeline.syncing.run import Syncing
from bot.pipeline.syncing.staging import SyncRunning
from bot.pipeline.syncing.status import SyncState, SyncStatus, read_status, read_statuses

__all__ = ["SyncRunning", "SyncState", "SyncStatus", "Syncing", "read_status", "read_statuses"]

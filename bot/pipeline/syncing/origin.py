"""Where the current snapshot comes from: files somebody imported, or the sources that were synced into it."""

import json
from pathlib import Path

from bot.pipeline.store import SnapshotStore
from bot.pipeline.syncing.status import SyncStatus, read_statuses


def live_sources(directory: Path, store: SnapshotStore) -> list[SyncStatus]:
    """Return how the sources in the current snapshot stand; none if it was imported from files, or there is none.

    A snapshot's report names the folder it was read from, and a sync reads from a folder of its own in `directory`.
    """
    snapshot = store.current()
    if snapshot is None:
        return []
    try:
        said = json.loads(snapshot.with_suffix(".report.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    folder = Path(said.get("directory", ""))
    return read_statuses(directory) if folder.parent.resolve() == directory.resolve() else []

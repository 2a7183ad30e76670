"""Which CRM a deal is written to, if any: the one its pipeline was synced from."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.coach.writing.model import NotWritable
from bot.pipeline.sources.protocol import SourceMisconfigured
from bot.pipeline.sources.writer import Writer
from bot.pipeline.sources.writers import WRITERS
from bot.pipeline.syncing import SyncState, SyncStatus

FILES = "this pipeline is read-only: it was imported from files, so there is no CRM to write to."
COPY = "this pipeline is read-only: it is read from a copy in your warehouse. Change the deal in the CRM itself."
NEITHER = "this deal is read-only: its number is not one of Salesforce's or HubSpot's."
_INCLUDED = (SyncState.OK, SyncState.PARTIAL)


class Route:
    """Finds writers. `live` tells what the current snapshot was synced from, `make` makes the writer of a name."""

    def __init__(self, live: Callable[[], Sequence[SyncStatus]], make: Callable[[str], Writer]) -> None:
        self._live = live
        self._make = make
        self._made: dict[str, Writer] = {}

    def writer_for(self, deal_id: str) -> Writer:
        """Return the CRM of a deal. Raises NotWritable with the reason there is none."""
        live = {status.source for status in self._live()}
        if not live:
            raise NotWritable(FILES)
        crms = [self._writer(name) for name in WRITERS if name in live]
        if not crms:
            raise NotWritable(COPY)
        found = next((crm for crm in crms if crm.knows(deal_id)), None)
        if found is None:
            raise NotWritable(NEITHER)
        return found

    def read_last(self, crm: str) -> datetime | None:
        """Return the instant up to which the current snapshot knows the CRM; None if that is not known."""
        status = next((status for status in self._live() if status.source == crm), None)
        if status is None:
            return None
        return status.started_at if status.state in _INCLUDED else status.last_success_at

    def _writer(self, name: str) -> Writer:
        if name not in self._made:
            try:
                self._made[name] = self._make(name)
            except SourceMisconfigured as error:
                raise NotWritable(str(error)) from error
        return self._made[name]

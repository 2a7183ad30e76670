"""How the live sources stand: last good reading, last error, next reading, each mailbox that is not read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.table import Table

from bot.cli.context import out, print_json
from bot.pipeline.sources import configured
from bot.pipeline.syncing import FeedStatus, next_sync, read_status, read_statuses
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Standing:
    """One source. `state` is None before the first reading; `next_at` None where no clock reads it."""

    source: str
    is_configured: bool
    state: str | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure: str | None
    next_at: datetime | None
    feeds: tuple[FeedStatus, ...]


def standings(settings: Settings, only: str | None = None) -> list[Standing]:
    """Return every source that is set up or was ever read, or just one of them."""
    set_up = configured(settings)
    every = timedelta(minutes=settings.sync_every_minutes)
    names = dict.fromkeys((*set_up, *(status.source for status in read_statuses(settings.sources_dir))))
    return [_standing(settings, name, name in set_up, every) for name in names if only in (None, name)]


def _standing(settings: Settings, name: str, is_configured: bool, every: timedelta) -> Standing:
    last = read_status(settings.sources_dir, name)
    return Standing(
        source=name,
        is_configured=is_configured,
        state=last.state.value if last else None,
        last_success_at=last.last_success_at if last else None,
        last_failure_at=last.last_failure_at if last else None,
        last_failure=last.last_failure if last else None,
        next_at=next_sync(last, every) if is_configured else None,
        feeds=tuple(last.feeds) if last else (),
    )


def show_standings(found: list[Standing], *, as_json: bool) -> None:
    """Print sources, then the mailboxes that are not read."""
    if as_json:
        print_json(found)
        return
    if not found:
        out.print("No live source is set up; see docs/sources.md.")
        return
    table = Table("source", "state", "last good reading", "last error", "next, while coach serve runs", box=None)
    for each in found:
        error = f"{_when(each.last_failure_at)}: {each.last_failure}" if each.last_failure else "none"
        state = each.state or ("never read" if each.is_configured else "not set up")
        table.add_row(each.source, state, _when(each.last_success_at), error, _when(each.next_at))
    out.print(table)
    for feed in (feed for each in found for feed in each.feeds if feed.reason):
        out.print(f"  {feed.feed} of {feed.address}, last read {_when(feed.last_sync)}: {feed.reason}", markup=False)


def _when(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "–"

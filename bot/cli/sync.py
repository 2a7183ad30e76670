"""`coach sync`: live data from a CRM, mailbox or warehouse into the pipeline."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.cli import app
from bot.cli.context import AsJson, err, fail, open_runtime, out, print_json
from bot.cli.standings import show_standings, standings
from bot.jobs.sync import sync_source
from bot.pipeline.sources import SOURCES, SourceMisconfigured
from bot.pipeline.store import ImportRunning
from bot.pipeline.syncing import SyncRunning, SyncState, SyncStatus
from bot.runtime import Runtime


@app.command()
def sync(
    name: Annotated[str | None, typer.Argument(help=f"{', '.join(SOURCES)}.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again, not only what changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and count; write nothing.")] = False,
    show: Annotated[bool, typer.Option("--status", help="Only say how the sources stand; read nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read what changed in a live source and make it the current pipeline; the old data stays until then."""
    runtime = open_runtime()
    if show:
        show_standings(standings(runtime.settings, only=name), as_json=as_json)
        return
    if name is None:
        fail(f"name a source: {', '.join(SOURCES)}; or ask how they stand with --status")
    status = _run(runtime, name, full=full, dry_run=dry_run)
    if as_json:
        print_json(status)
    else:
        _print_status(status)
    if status.state is SyncState.FAILED:
        raise typer.Exit(1)


def _run(runtime: Runtime, name: str, *, full: bool, dry_run: bool) -> SyncStatus:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
            task = bar.add_task(f"asking {name}", total=None)
            return sync_source(
                runtime,
                name,
                _now,
                full=full,
                dry_run=dry_run,
                progress=lambda kind, read: bar.update(task, description=f"{read:,} records, now {kind}"),
            )
    except (SourceMisconfigured, SyncRunning, ImportRunning) as error:
        fail(str(error))


def _now() -> datetime:
    return datetime.now(UTC)


def _print_status(status: SyncStatus) -> None:
    mode = "everything" if status.full else "what changed"
    out.print(f"{status.source}: read {mode}, {status.state}{' (nothing written)' if status.dry_run else ''}")
    for kind, count in sorted(status.read.items()):
        gone = status.deleted.get(kind, 0)
        out.print(f"  {kind.replace('_', ' '):<16}{count:>10,}{f'  ({gone:,} deleted)' if gone else ''}")
    for title, lines in (("To mend", status.problems), ("Please note", status.warnings)):
        if lines:
            out.print(f"\n{title}")
            for line in lines:
                out.print(f"  - {line}", markup=False)
    closed = [feed for feed in status.feeds if feed.reason]
    if status.feeds:
        out.print(f"\n{len(status.feeds) - len(closed)} of {len(status.feeds)} mailboxes and calendars were read")
    if status.quota:
        out.print(f"\n{status.quota}")

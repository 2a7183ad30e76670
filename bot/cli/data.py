"""`coach import` and `coach facets`: pipeline data in, measured rows out."""

import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.cli import app
from bot.cli.context import AsJson, AsOf, err, fail, instant, open_runtime, out, print_json
from bot.cli.facet_card import facet_card
from bot.coach.names import resolve
from bot.jobs.readings import forget_outdated_readings
from bot.memory import BotMemoryError
from bot.pipeline.commitment import CommitmentRules, load_commitment, was_rebooked
from bot.pipeline.importing import find_map, import_directory
from bot.pipeline.store import ImportRunning, NoSnapshot
from bot.runtime import Runtime

_HUMAN = ("name", "health_bucket", "health_net_points", "stage", "opp_age", "days_untouched", "next_meeting")


@app.command(name="import")
def import_(
    directory: Annotated[Path, typer.Argument(help="Folder with opportunities.csv, users.csv and the optional files.")],
    map_file: Annotated[str | None, typer.Option("--map", help="A map file, or the name of a shipped one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Load pipeline CSV files; the old data stays until the new is complete."""
    runtime = open_runtime()
    try:
        report = import_directory(
            directory,
            runtime.store,
            stages=runtime.rules.stages,
            map_file=find_map(map_file) if map_file else None,
            workspace_zone=runtime.settings.timezone,
        )
    except (ImportRunning, FileNotFoundError) as error:
        fail(str(error))
    if as_json:
        sys.stdout.write(report.to_json() + "\n")
    else:
        out.print("\n".join(report.summary_lines()), markup=False)
    if not report.ok:
        raise typer.Exit(1)
    try:
        forget_outdated_readings(runtime, datetime.now(UTC))
    except BotMemoryError as error:  # the data is in; the nightly job forgets what this could not
        err.print(f"What a model read in texts that changed is still stored: {error}", style="yellow", markup=False)


@app.command()
def facets(
    deals: Annotated[list[str] | None, typer.Argument(help="Ids or names; none = every open deal.")] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    include_closed: Annotated[bool, typer.Option("--all", help="Closed deals too.")] = False,
    as_of: AsOf = None,
) -> None:
    """Everything measured about deals, a row each. For operators: nobody's access is asked."""
    runtime = open_runtime()
    now = instant(as_of, runtime.settings.timezone)
    try:
        pipeline = runtime.coach.open_pipeline()
    except NoSnapshot as error:
        fail(str(error))
    ids = [deal_id for text in deals for deal_id in _ids(runtime, text)] if deals else None
    commitment = load_commitment(runtime.settings.playbook_dir, runtime.rules.stages)
    rows = pipeline.facet_rows(now, ids, include_closed=include_closed or bool(ids))
    for row in rows:
        row["custom"] = _shown(runtime, row["custom"])
        row["rebooked"] = _rebooked(row, commitment)
    if as_json:
        print_json(rows)
    elif as_csv:
        _write_csv(rows)
    elif ids and len(rows) == 1:
        for part in facet_card(pipeline.brief(rows[0]["id"], now), rows[0]):
            out.print(part)
    else:
        _print_table(rows)


def _shown(runtime: Runtime, custom: dict[str, Any]) -> dict[str, str]:
    """The CRM fields nobody mapped, as far as the playbook allows to show them."""
    return runtime.coach.playbook.fields.of(custom)


def _rebooked(row: dict[str, Any], rules: CommitmentRules) -> bool | None:
    """Whether the last meeting held led to a next one; None without one, or too fresh to say."""
    if row["last_meeting"] is None:
        return None
    return was_rebooked(row["last_meeting"], row["next_meeting"], row["today"], rules)


def _ids(runtime: Runtime, text: str) -> list[str]:
    names = runtime.coach.open_pipeline().deal_names(None)
    exact = [name.id for name in names if name.id == text]
    found = exact or [name.id for name in resolve(text, names).deals]
    if not found:
        fail(f"no deal is called {text!r}")
    return found


def _write_csv(rows: list[dict[str, Any]]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(row | {"custom": json.dumps(row["custom"], ensure_ascii=False)} for row in rows)


def _print_table(rows: list[dict[str, Any]]) -> None:
    table = Table(*[column.replace("_", " ") for column in _HUMAN])
    for row in rows:
        table.add_row(*["–" if row.get(column) is None else str(row[column]) for column in _HUMAN])
    out.print(table)
    out.print(f"{len(rows)} deals; --json and --csv show all facets.")

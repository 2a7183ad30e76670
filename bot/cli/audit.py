"""`coach audit`: who was told, shared, changed or wrote what; out as a file, and gone after its time (F117)."""

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.table import Table

from bot.cli import app
from bot.cli.context import AsJson, fail, instant, open_runtime, out, print_json
from bot.coach.llm.redact import Redactor
from bot.memory import AuditEntry, AuditFilter, AuditKind
from bot.runtime import Runtime

audit = typer.Typer(help="What the coach wrote down about who did what: list, export, retention.", no_args_is_help=True)
app.add_typer(audit, name="audit")

COLUMNS = ("at", "kind", "who", "deal_id", "what", "details")
_SPAN = re.compile(r"(\d+)\s*(d|days?|w|weeks?|m|months?|y|years?)")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Since = Annotated[str | None, typer.Option(metavar="ISO", help="From this day or instant on.")]
Until = Annotated[str | None, typer.Option(metavar="ISO", help="Before this day or instant.")]
Kinds = Annotated[list[AuditKind] | None, typer.Option("--kind", help="Only these kinds; may be given again.")]
Person = Annotated[str | None, typer.Option("--person", help="Only this person: e-mail or user id.")]
Deal = Annotated[str | None, typer.Option("--deal", help="Only this deal, by its id.")]


class Format(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSONL = "jsonl"


@audit.command(name="list")
def list_(
    since: Since = None,
    until: Until = None,
    kind: Kinds = None,
    person: Person = None,
    deal: Deal = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show the newest entries, addresses and telephone numbers replaced."""
    runtime = open_runtime()
    wanted = _filter(runtime, since, until, kind, person, deal)
    rows = list(_rows(runtime.memory.audit.entries(wanted, limit), redact=True))
    if as_json:
        print_json(rows)
        return
    table = Table(*COLUMNS, box=None)
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in COLUMNS))
    out.print(table)


@audit.command()
def export(
    target: Annotated[str, typer.Argument(help="A file to write, or - for the terminal.")],
    since: Since = None,
    until: Until = None,
    kind: Kinds = None,
    person: Person = None,
    deal: Deal = None,
    form: Annotated[Format, typer.Option("--format", help="csv or jsonl.")] = Format.CSV,
    unredacted: Annotated[
        bool, typer.Option("--unredacted", help="Keep e-mail addresses and telephone numbers in the texts.")
    ] = False,
) -> None:
    """Write every entry that fits, addresses and telephone numbers replaced unless asked otherwise."""
    runtime = open_runtime()
    wanted = _filter(runtime, since, until, kind, person, deal)
    rows = _rows(runtime.memory.audit.entries(wanted), redact=not unredacted)
    if target == "-":
        _write(sys.stdout, rows, form)
        return
    path = Path(target)
    if path.exists():
        fail(f"{path} is there already; name another file")
    path.touch(mode=0o600)  # it says who asked about whom
    with path.open("w", encoding="utf-8", newline="") as file:
        count = _write(file, rows, form)
    out.print(f"{count:,} entries in {path}")


@audit.command()
def retention(
    purge_older_than: Annotated[
        str | None, typer.Option("--purge-older-than", metavar="AGE", help="Delete what is older: 400d, 18m, 2y.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would be deleted; delete nothing.")] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="ISO", help="Count the age from here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say how much is kept since when, or delete what is older than an age. Open action items stay."""
    runtime = open_runtime()
    if purge_older_than is None:
        _print_kept(runtime, as_json=as_json)
        return
    before = instant(as_of, runtime.settings.timezone) - age(purge_older_than)
    purged = runtime.memory.audit.purge(before, dry_run=dry_run)
    if as_json:
        print_json({"before": before, "dry_run": dry_run, "rows": purged})
        return
    verb = "would be deleted" if dry_run else "deleted"
    out.print(f"Older than {before:%Y-%m-%d %H:%M %Z}: {sum(purged.values()):,} rows {verb}")
    for name, count in purged.items():
        out.print(f"  {name.replace('_', ' '):<18}{count:>8,}")


def age(text: str) -> timedelta:
    """Return an age such as 400d, 8w, 18m or 2y; ends the command for anything else, and for less than a day.

    >>> age("18m").days
    540
    """
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None or int(found[1]) == 0:
        fail(f"{text!r} is no age; write 400d, 8w, 18m or 2y")
    return timedelta(days=int(found[1]) * _DAYS[found[2][0]])


def _filter(
    runtime: Runtime,
    since: str | None,
    until: str | None,
    kinds: list[AuditKind] | None,
    person: str | None,
    deal: str | None,
) -> AuditFilter:
    zone = runtime.settings.timezone
    return AuditFilter(
        since=_begin(since, zone),
        until=_begin(until, zone),
        kinds=frozenset(kinds) if kinds else None,
        who=_user_id(runtime, person) if person else None,
        deal_id=deal,
    )


def _begin(day: str | None, zone: str) -> datetime | None:
    """Return an instant; of a plain day its beginning."""
    if day is None:
        return None
    return instant(f"{day}T00:00" if len(day) <= len("2026-09-21") else day, zone).astimezone(UTC)


def _user_id(runtime: Runtime, person: str) -> str:
    """Return the user id behind an address; any other text is an id already, of people long gone too."""
    if "@" not in person:
        return person
    asker = runtime.coach.asker_for_email(person)
    if asker is None:
        fail(f"nobody in the pipeline has the address {person}; give the user id")
    return asker.user.id


def _rows(entries: Iterable[AuditEntry], *, redact: bool) -> Iterable[dict[str, Any]]:
    for entry in entries:
        said = {"what": entry.what, "details": dict(entry.details)}
        said = _redacted(said, Redactor()) if redact else said
        yield {"at": entry.at, "kind": entry.kind.value, "who": entry.who, "deal_id": entry.deal_id} | said


def _redacted(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, str):
        return redactor.hide(value)
    if isinstance(value, Mapping):
        return {name: _redacted(each, redactor) for name, each in value.items()}
    return [_redacted(each, redactor) for each in value] if isinstance(value, list | tuple) else value


def _write(file: TextIO, rows: Iterable[dict[str, Any]], form: Format) -> int:
    count = 0
    table = csv.DictWriter(file, COLUMNS)
    if form is Format.CSV:
        table.writeheader()
    for row in rows:
        if form is Format.CSV:
            table.writerow({name: _harmless(_cell(row[name])) for name in COLUMNS})
        else:
            file.write(json.dumps(row, default=str, ensure_ascii=False) + "\n")
        count += 1
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, Mapping) else str(value)


def _harmless(cell: str) -> str:
    """Text a spreadsheet would take for a formula gets an apostrophe in front: people typed some of it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _print_kept(runtime: Runtime, *, as_json: bool) -> None:
    kept = runtime.memory.audit.kept()
    if as_json:
        print_json({kind.value: {"entries": count, "oldest": oldest} for kind, (count, oldest) in kept.items()})
        return
    table = Table("kind", "entries", "oldest", box=None)
    for kind, (count, oldest) in kept.items():
        table.add_row(kind.value, f"{count:,}", f"{oldest:%Y-%m-%d}" if oldest else "")
    out.print(table)

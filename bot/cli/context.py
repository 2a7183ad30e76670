"""What every command shares: options, the clock at the edge, output as text or JSON."""

import dataclasses
import json
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from pydantic import BaseModel
from rich.console import Console

from bot.cli.logs import log_to_stderr
from bot.runtime import Runtime
from bot.settings import Settings

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="ISO", help="Answer as of this day or instant instead of now.")
]
As = Annotated[
    str, typer.Option("--as", metavar="PERSON", help="Who asks (e-mail, id or name); decides which deals are visible.")
]


def open_runtime() -> Runtime:
    """The installation the environment describes, logging from its level on."""
    settings = Settings()
    log_to_stderr(settings.log_level, settings.log_format)
    return Runtime(settings)


def instant(as_of: str | None, zone: str) -> datetime:
    """The clock of a command: `--as-of`, or now. A plain day means its end, so the whole day counts.

    Ends the command with a clear line for text that is no ISO date or instant.
    """
    if as_of is None:
        return datetime.now(UTC)
    try:
        read = datetime.fromisoformat(as_of)
    except ValueError:
        fail(f"--as-of {as_of!r} is not an ISO date or instant; use 2026-09-21 or 2026-09-21T09:00+02:00")
    if len(as_of) <= len("2026-09-21"):
        read = datetime.combine(read.date(), time(23, 59, 59))
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))


def fail(message: str) -> NoReturn:
    """End the command with one readable line and exit code 2."""
    err.print(message, style="red", markup=False)
    raise typer.Exit(2)


def print_json(value: Any) -> None:
    """Print models, dataclasses and plain values as JSON."""
    json.dump(value, sys.stdout, default=_plain, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime) or hasattr(value, "isoformat") else str(value)


def print_message(text: str) -> None:
    """Print a message written for Slack: its *bold* becomes bold, everything else stays as it is."""
    from rich.text import Text

    line = Text()
    for place, part in enumerate(text.split("*")):
        line.append(part, style="bold" if place % 2 else "")
    out.print(line)


def existing(path: Path) -> Path:
    """`path`, or the end of the command if nothing is there."""
    if not path.exists():
        fail(f"{path}: no such file or folder")
    return path

"""What every report command opens first: the current pipeline, the clock, and whose deals are looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from bot.cli.answers import asker
from bot.cli.context import fail, instant, open_runtime, out
from bot.coach.access import Asker, visible_deals
from bot.pipeline.model import DealStatus
from bot.pipeline.service import Pipeline
from bot.pipeline.store import NoSnapshot
from bot.pipeline.wording import day, money
from bot.runtime import Runtime

Scope = Annotated[
    str | None,
    typer.Option("--as", metavar="EMAIL", help="Only deals this person may see; without it, for operators, all."),
]
UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Desk:
    """One command's view: `deal_ids` None means every deal, `asker` None an operator."""

    runtime: Runtime
    pipeline: Pipeline
    now: datetime
    deal_ids: Sequence[str] | None
    open_ids: Sequence[str]
    whose: str
    asker: Asker | None = None

    @property
    def today(self) -> date:
        """The day of `now` in the workspace's zone."""
        return self.now.astimezone(ZoneInfo(self.runtime.settings.timezone)).date()


def open_desk(as_of: str | None, email: str | None) -> Desk:
    """Open the current pipeline for a person's deals, or end the command with what to do."""
    runtime = open_runtime()
    now = instant(as_of, runtime.settings.timezone)
    try:
        pipeline = runtime.coach.open_pipeline()
    except NoSnapshot as error:
        fail(str(error))
    person = asker(runtime, email) if email else None
    names = visible_deals(person, pipeline) if person else pipeline.deal_names(None)
    return Desk(
        runtime=runtime,
        pipeline=pipeline,
        now=now,
        deal_ids=[name.id for name in names] if person else None,
        open_ids=[name.id for name in names if name.status is DealStatus.OPEN],
        whose=f"deals {person.user.name} may see" if person else "all deals",
        asker=person,
    )


def print_title(text: str, about: str = "") -> None:
    """Print a report's headline, and under it what it counts."""
    out.print(Text(text, style="bold"))
    if about:
        out.print(Text(about, style="dim"))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows, nothing where there are none; a column whose name begins with # is aligned as figures.

    Nothing is read as markup.
    """
    rows = list(rows)
    if not rows:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name.removeprefix("#"), justify="right" if name.startswith("#") else "left")
    for row in rows:
        table.add_row(*(Text(plain(value)) for value in row))
    out.print(table)


def print_notes(notes: Iterable[str]) -> None:
    """Print remarks under a report, one line each."""
    for note in notes:
        out.print(Text(f"· {note}", style="dim"))


def plain(value: Any) -> str:
    """A cell as text: unknown as a dash, days as people write them."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def percent(share: float | None) -> str:
    """A share 0-1 as a percentage."""
    return UNKNOWN if share is None else f"{share:.0%}"


def amounts(values: Iterable[tuple[str | None, float]]) -> str:
    """Amounts of several currencies side by side, never added up."""
    return " + ".join(money(amount, currency) for currency, amount in values if amount) or UNKNOWN

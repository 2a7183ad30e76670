"""Saved views for one asker: the views of their role, opened on the deals they may see, filtered further (F012).

A view of another role and a view that does not exist are the same: unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.coach.access import Asker, visible_deals
from bot.coach.dates import day_words
from bot.coach.money import money
from bot.pipeline.brief import HealthBucket
from bot.pipeline.commitment import CommitmentRules
from bot.pipeline.model import DealStatus
from bot.pipeline.service import Pipeline
from bot.pipeline.stages import StageModel, folded
from bot.pipeline.views import UnknownView, View, ViewDesk, Views

UNKNOWN = "–"
"""Stands for a value nobody recorded."""


@dataclass(frozen=True, slots=True)
class ViewFilter:
    """What a person narrows a view to; None narrows nothing."""

    owner_id: str | None = None
    stage: str | None = None
    bucket: HealthBucket | None = None


@dataclass(frozen=True, slots=True)
class ViewRow:
    """One deal of an opened view; `cells` are (heading, words) pairs, an unknown value reads "–"."""

    deal_id: str
    name: str
    owner_id: str
    owner: str
    stage: str
    bucket: HealthBucket | None
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenedView:
    """A view with the rows that pass the filter, and what there is to filter by (`owners` maps id to name)."""

    view: View
    rows: tuple[ViewRow, ...]
    total: int
    owners: dict[str, str]
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavedViews:
    """The views of the playbook over one pipeline at a time."""

    views: Views
    stages: StageModel
    commitment: CommitmentRules

    def menu(self, asker: Asker) -> tuple[View, ...]:
        """The views this person finds in their menu, in the order of the playbook."""
        return tuple(view for view in self.views.views if view.is_for(asker.user.role))

    def open(
        self, asker: Asker, pipeline: Pipeline, name: str, now: datetime, wanted: ViewFilter | None = None
    ) -> OpenedView:
        """Open a view by name or title among the open deals the asker may see. Raises UnknownView."""
        view = self._named(asker, name)
        ids = [deal.id for deal in visible_deals(asker, pipeline) if deal.status is DealStatus.OPEN]
        found = ViewDesk(pipeline, self.stages, self.commitment).open(view, now, ids)
        today = now.date()
        rows = [_row(view, row, today) for row in found]
        names = [stage.name for stage in self.stages.stages]
        present = {row.stage for row in rows}
        return OpenedView(
            view=view,
            rows=tuple(row for row in rows if _passes(row, wanted or ViewFilter())),
            total=len(rows),
            owners=dict(sorted({row.owner_id: row.owner for row in rows}.items(), key=lambda each: each[1])),
            stages=tuple(stage for stage in names if stage in present),
        )

    def _named(self, asker: Asker, name: str) -> View:
        """By name or title; else the only one of the asker's views whose name or title begins so."""
        mine = self.menu(asker)
        asked = folded(name.replace("_", "-"))
        exact = [view for view in mine if asked in {view.name, folded(view.title), folded(view.name.replace("-", " "))}]
        near = [view for view in mine if view.name.startswith(asked) or folded(view.title).startswith(asked)]
        if len(exact or near) == 1:
            return (exact or near)[0]
        raise UnknownView(f"There is no view called “{name}”. Yours are: {_names(mine)}.")


def _names(views: Sequence[View]) -> str:
    return ", ".join(view.title for view in views)


def _passes(row: ViewRow, wanted: ViewFilter) -> bool:
    return (
        wanted.owner_id in {None, row.owner_id}
        and wanted.stage in {None, row.stage}
        and wanted.bucket in {None, row.bucket}
    )


def _row(view: View, row: dict[str, Any], today: date) -> ViewRow:
    bucket = row.get("health_bucket")
    return ViewRow(
        deal_id=row["id"],
        name=row["name"],
        owner_id=row["owner"],
        owner=row["owner_name"] or row["owner"],
        stage=row["stage"],
        bucket=HealthBucket(bucket) if bucket else None,
        cells=tuple((_heading(column), _words(column, row, today)) for column in view.show),
    )


def _heading(column: str) -> str:
    return column.removeprefix("custom.").replace("_", " ")


def _words(column: str, row: dict[str, Any], today: date) -> str:
    value = row.get(column)
    if value is None or value == "":
        return UNKNOWN
    if column == "amount":
        return money(value, row.get("currency"))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return day_words(value, today)
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)

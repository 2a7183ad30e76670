"""Saved views: named lists of deals, defined by sales operations in `views.yaml` (DOMAIN 8, F012, F013)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bot.pipeline.commitment import CommitmentRules
from bot.pipeline.model import Role
from bot.pipeline.service import Pipeline
from bot.pipeline.stages import StageModel, folded
from bot.pipeline.views.conditions import Condition, Row, orders_of, unknown_field
from bot.pipeline.views.fields import Kind, kind_of, view_rows
from bot.playbook import load_playbook

DEFAULT_COLUMNS = ("stage", "amount", "close_date", "health_bucket")


class UnknownView(LookupError):  # noqa: N818 - what is missing, not a failure
    """No view has this name. The message lists those there are."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class View(_Strict):
    """One saved view. `sort` names columns, a leading `-` turning the order round."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Annotated[str, Field(min_length=1)]
    about: str
    audience: Annotated[frozenset[Role | Literal["everyone"]], Field(min_length=1)]
    where: Condition
    sort: tuple[str, ...] = ()
    show: tuple[str, ...] = DEFAULT_COLUMNS

    @field_validator("sort", "show")
    @classmethod
    def name_columns(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse a column that does not exist."""
        for name in names:
            if kind_of(name.removeprefix("-")) is None:
                raise ValueError(unknown_field(name.removeprefix("-")))
        return names

    @property
    def columns(self) -> frozenset[str]:
        """Every column the view reads."""
        return self.where.names.union(self.show, (name.removeprefix("-") for name in self.sort))

    def is_for(self, role: Role) -> bool:
        """Whether people of this role find it in their menu."""
        return "everyone" in self.audience or role in self.audience


class Views(_Strict):
    """`views.yaml`. Raises ValidationError for two views of one name."""

    views: tuple[View, ...]

    @model_validator(mode="after")
    def have_distinct_names(self) -> Self:
        """Refuse a name used twice: nobody could open the second one."""
        repeated = [name for name, times in Counter(view.name for view in self.views).items() if times > 1]
        if repeated:
            raise ValueError(f"two views are called {repeated[0]!r}; rename one")
        return self

    def named(self, name: str) -> View:
        """Return the view with this name or title, whatever its case. Raises UnknownView."""
        found = next((view for view in self.views if folded(name) in {view.name, folded(view.title)}), None)
        if found is None:
            raise UnknownView(f"no view is called {name!r}; there are {', '.join(view.name for view in self.views)}")
        return found


def load_views(playbook_dir: Path, stages: StageModel) -> Views:
    """Read `views.yaml`. Raises PlaybookError with file, line, field and fix."""
    return load_playbook(playbook_dir / "views.yaml", Views, context=stages)


@dataclass(frozen=True, slots=True)
class ViewDesk:
    """Opens views on one snapshot."""

    pipeline: Pipeline
    stages: StageModel
    commitment: CommitmentRules

    def open(self, view: View, as_of: datetime, deal_ids: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a view among these open deals (None = all), sorted."""
        orders = orders_of(self.stages)
        rows = view_rows(self.pipeline, as_of, self.commitment, view.columns, deal_ids)
        found = [row for row in rows if view.where.holds(row, orders)]
        for name in reversed(view.sort):
            found = _sorted(found, name, self.stages)
        return found


def _sorted(rows: Sequence[dict[str, Any]], name: str, stages: StageModel) -> list[dict[str, Any]]:
    """Sort by one column, blanks last either way; earlier sorts survive among equals."""
    column = name.removeprefix("-")
    known = [row for row in rows if row.get(column) is not None]
    blank = [row for row in rows if row.get(column) is None]
    return [*sorted(known, key=lambda row: _key(row, column, stages), reverse=name.startswith("-")), *blank]


def _key(row: Row, column: str, stages: StageModel) -> Any:
    kind = kind_of(column)
    if kind in {Kind.STAGE, Kind.BUCKET}:
        return orders_of(stages)[kind].get(folded(row[column]), 0)
    return str(row[column]) if kind in {Kind.TEXT, Kind.ANY} else row[column]

"""Slates: the tables a question writes beside the snapshot, which nobody but its own cursor sees.

A question about many deals gets a fresh slate. Questions about a few deals take turns on slates that are kept:
there the rows of these deals are copied out of the big tables into small ones of the same names, and the statements
that read them were planned once and for all. Planning is most of what such a question costs.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa
from ibis.backends.sql.datatypes import DuckDBType
from ibis.expr.schema import Schema

from bot.pipeline.facets import CHOSEN, CLOCK, YARDSTICKS

FEW_DEALS = 50
"""Up to so many deals are copied out; for more, one pass over the tables is cheaper than many look-ups."""

QUESTIONS_A_SLATE = 64
"""A kept slate is replaced then: rows that were rolled back leave traces, which slow it down bit by bit."""

_WRITTEN = {"clock": CLOCK, "chosen": CHOSEN, "yardsticks": YARDSTICKS}
_BY_DEAL = {"deal_rows": "*", "opportunities": "*", "changes": "*", "stage_visits": "*"}
_BY_DEAL_ROW = {
    "touchpoints": 'opportunity_id, kind, direction, start_at, "on", counts, not_counted_because, match_method, '
    "deal_row, activity_row",
    "engagements": 'opportunity_id, email, response, is_tied, kind, direction, start_at, "on", counts, deal_row, '
    "activity_row",
}
"""The tables copied out, how their rows are found, and which columns facets and records read."""

Row = Mapping[str, Any]


class Slate:
    """A cursor and the tables of one question."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.cursor = cursor

    def write(self, name: str, schema: Schema, rows: Iterable[Row]) -> None:
        """Show `rows` as the table `name`."""
        self.cursor.register(name, pa.Table.from_pylist(list(rows), schema=schema.to_pyarrow()))

    def write_columns(self, name: str, schema: Schema, columns: Mapping[str, Sequence[Any]]) -> None:
        """The same as `write`, for many rows given column by column."""
        self.cursor.register(name, pa.table(dict(columns), schema=schema.to_pyarrow()))

    def fill(self, name: str, sql: str) -> None:
        """Hold the result of `sql` as the table `name`."""
        self.cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")


class KeptSlate(Slate):
    """A slate on which every table exists and every statement is planned once: a new table would undo the plans.

    `results` are the tables that statements fill. What those read is a handful of rows, so that they are planned
    without the optimizer: it would take longer than it could save.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, results: Mapping[str, Schema]) -> None:
        super().__init__(cursor)
        self.questions = 0
        [(database,)] = cursor.execute("SELECT current_database()").fetchall()
        self._whole = f'"{database}".main'  # the plain name `main` may mean the schema of the slices
        self._planned: dict[tuple[str, str], str] = {}
        for table, columns in (_BY_DEAL | _BY_DEAL_ROW).items():
            cursor.execute(f"CREATE TEMP TABLE {table} AS SELECT {columns} FROM {self._whole}.{table} LIMIT 0")  # noqa: S608
        for table, schema in (_WRITTEN | dict(results)).items():
            columns = ", ".join(f'"{name}" {DuckDBType.to_string(dtype)}' for name, dtype in schema.items())
            cursor.execute(f"CREATE TEMP TABLE {table} ({columns})")

    def _plan(self, table: str, sql: str) -> None:
        name = f"filling_{len(self._planned)}"
        self.cursor.execute("PRAGMA disable_optimizer")
        try:
            self.cursor.execute(f"PREPARE {name} AS INSERT INTO {table} {sql}")
        finally:
            self.cursor.execute("PRAGMA enable_optimizer")
        self._planned[table, sql] = name

    def write(self, name: str, schema: Schema, rows: Iterable[Row]) -> None:
        """Insert `rows` into the table `name`."""
        values = [[row[column] for column in schema] for row in rows]
        if values:
            row = f"({_marks(values[0])})"
            self.cursor.execute(
                f"INSERT INTO {name} VALUES {', '.join([row] * len(values))}",  # noqa: S608 - placeholders only
                [value for each in values for value in each],
            )

    def write_columns(self, name: str, schema: Schema, columns: Mapping[str, Sequence[Any]]) -> None:
        """The same as `write`, for rows given column by column."""
        rows = zip(*(columns[column] for column in schema), strict=True)
        self.write(name, schema, (dict(zip(schema, row, strict=True)) for row in rows))

    def fill(self, name: str, sql: str) -> None:
        """Insert what `sql` says into the table `name`; the first time it is planned."""
        if (name, sql) not in self._planned:
            self._plan(name, sql)
        self.cursor.execute(f"EXECUTE {self._planned[name, sql]}")

    def copy_out(self, deal_ids: Sequence[str]) -> None:
        """Copy what facets read: the deals, their stages, changes, touchpoints and engagements."""
        for table, columns in _BY_DEAL.items():
            self._copy(table, columns, "opportunity_id", deal_ids)
        rows = [row for (row,) in self.cursor.execute("SELECT deal_row FROM deal_rows").fetchall()]
        for table, columns in _BY_DEAL_ROW.items():
            self._copy(table, columns, "deal_row", rows)

    def _copy(self, table: str, columns: str, key: str, values: Sequence[Any]) -> None:
        self.cursor.execute(
            f"INSERT INTO {table} SELECT {columns} FROM {self._whole}.{table} WHERE {key} IN ({_marks(values)})",  # noqa: S608
            list(values),
        )


@dataclass(frozen=True)
class Slates:
    """The slates of one snapshot; any number of threads may ask for one."""

    connection: duckdb.DuckDBPyConnection
    results: Mapping[str, Schema]
    _kept: deque[KeptSlate] = field(default_factory=deque)

    @contextmanager
    def fresh(self) -> Iterator[Slate]:
        """Lend a new slate."""
        cursor = self.connection.cursor()
        try:
            yield Slate(cursor)
        finally:
            cursor.close()

    @contextmanager
    def about(self, deal_ids: Sequence[str] | None) -> Iterator[Slate]:
        """Lend a slate for a question about some deals, None = about any number: a kept one if they are few."""
        if deal_ids is None or len(deal_ids) > FEW_DEALS:
            with self.fresh() as slate:
                yield slate
        else:
            with self._wiped_after() as kept:
                kept.copy_out(deal_ids)
                yield kept

    @contextmanager
    def _wiped_after(self) -> Iterator[KeptSlate]:
        slate = self._take()
        slate.cursor.begin()
        try:
            yield slate
        finally:
            slate.cursor.rollback()
            self._give_back(slate)

    def _take(self) -> KeptSlate:
        try:
            return self._kept.pop()
        except IndexError:
            return KeptSlate(self.connection.cursor(), self.results)

    def _give_back(self, slate: KeptSlate) -> None:
        slate.questions += 1
        if slate.questions < QUESTIONS_A_SLATE:
            self._kept.append(slate)
        else:
            slate.cursor.close()


def _marks(values: Sequence[Any]) -> str:
    """Return a placeholder a value; one that nothing equals if there are none."""
    return ", ".join("?" * len(values)) or "NULL"

"""The rows of a few deals, cut out of the big tables so that statements about them read nothing else.

A slice is a temporary table with the name of the table it was cut from: on the cursor that made it, every
statement reads the slice. Cutting costs a millisecond a table, whatever the size of the snapshot.
"""

from collections.abc import Sequence
from typing import Any

import duckdb

FEW_DEALS = 50
"""Up to so many deals are cut out; for more, one pass over the tables is cheaper than many look-ups."""

_BY_DEAL = ("opportunities", "changes", "stage_visits")
_BY_DEAL_ROW = ("touchpoints", "engagements")


def cut_out(cursor: duckdb.DuckDBPyConnection, deal_ids: Sequence[str]) -> None:
    """Cut out what facets read: the deals, their stages, changes, touchpoints and engagements."""
    [(database,)] = cursor.execute("SELECT current_database()").fetchall()
    whole = f'"{database}".main'  # the plain name `main` may mean the schema of the slices
    found = cursor.execute(
        f"SELECT rowid FROM {whole}.opportunities WHERE opportunity_id IN ({_marks(deal_ids)})",  # noqa: S608 - placeholders only
        list(deal_ids),
    )
    rows = [row for (row,) in found.fetchall()]
    for table in _BY_DEAL:
        _cut(cursor, whole, table, "opportunity_id", deal_ids)
    for table in _BY_DEAL_ROW:
        _cut(cursor, whole, table, "deal_row", rows)


def _cut(cursor: duckdb.DuckDBPyConnection, whole: str, table: str, column: str, values: Sequence[Any]) -> None:
    cursor.execute(
        f"CREATE TEMP TABLE {table} AS SELECT * FROM {whole}.{table} WHERE {column} IN ({_marks(values)})",  # noqa: S608 - names of the contract
        list(values),
    )


def _marks(values: Sequence[Any]) -> str:
    """Return a placeholder a value; one that nothing equals if there are none."""
    return ", ".join("?" * len(values)) or "NULL"

"""History for sources that keep none: what a deal was at the last sync and is no more.

The first sight of a deal says nothing about when it entered its stage, so nothing is written then; from the
first change on, the day a sync noticed it is the day it is dated.
"""

from collections.abc import Iterable
from datetime import datetime

import duckdb

SCOPE = "observed"
"""Never read again as a whole: no source can say these records a second time."""


def observe_changes(con: duckdb.DuckDBPyConnection, source: str, now: datetime, fields: Iterable[str]) -> None:
    """Write down where the deals of the view `incoming` differ from what is staged, before they replace it."""
    for field in sorted(fields):
        statement = _STAGE if field == "stage" else _FIELD
        named = {"source": source, "at": now.isoformat(), "scope": SCOPE}
        if field != "stage":
            named["field"] = field
        con.execute(statement.replace("{field}", field), named).fetchall()


_CHANGED = """
    FROM incoming AS i
    JOIN opportunities AS o ON o.source = $source AND o.id = i.id
    WHERE i.{field}_ IS DISTINCT FROM o.{field}
"""

_STAGE = f"""
    INSERT INTO stage_history (source, id, scope, generation, opportunity_id, stage, entered_at)
    SELECT $source, 'observed:' || i.id || ':' || $at, $scope, 0, i.id, i.stage_, $at
    {_CHANGED} AND i.stage_ IS NOT NULL
"""

_FIELD = f"""
    INSERT INTO field_history (source, id, scope, generation, opportunity_id, field, old, new, "at")
    SELECT $source, 'observed:' || i.id || ':{{field}}:' || $at, $scope, 0, i.id, $field, o.{{field}}, i.{{field}}_, $at
    {_CHANGED}
"""

"""What a person should know about imported data although every row of it was loaded."""

from collections.abc import Callable

import duckdb

from bot.pipeline.importing.staging import Part

SHOWN = 5


def remarks(con: duckdb.DuckDBPyConnection, parts: dict[str, list[Part]]) -> list[str]:
    """Return one sentence for each thing that limits what can be said about the imported deals."""
    found = [check(con) for check in _CHECKS]
    return _empty_files(con, parts) + _absent_activities(parts) + [remark for remark in found if remark]


def _empty_files(con: duckdb.DuckDBPyConnection, parts: dict[str, list[Part]]) -> list[str]:
    found = []
    for part in (part for file_parts in parts.values() for part in file_parts):
        [(rows,)] = con.execute(f"SELECT count(*) FROM {part.table}").fetchall()
        if not rows and not part.rejects:
            found.append(f"{part.file.name} holds a header and no rows; it is read as: none of these exist")
    return found


def _absent_activities(parts: dict[str, list[Part]]) -> list[str]:
    if "activities" in parts:
        return []
    return ["there is no activities.csv: what buyers did by mail, in meetings and calls is unknown, not zero"]


def _unknown_stages(con: duckdb.DuckDBPyConnection) -> str | None:
    stages = _tally(con, "SELECT stage FROM deals WHERE stage_name IS NULL AND stage IS NOT NULL")
    return stages and f"stages nobody configured: {stages}; add them to stages.csv, or as aliases to stages.yaml"


def _unread_types(con: duckdb.DuckDBPyConnection) -> str | None:
    types = _tally(
        con,
        "SELECT type FROM deals WHERE deal_type = 'New Business' AND NOT contains(lower(type), 'new')",
    )
    return types and f"types counted as New Business for want of a better word: {types}; see deal_types in stages.yaml"


def _without_creation(con: duckdb.DuckDBPyConnection) -> str | None:
    return _share(con, "created_on IS NULL", "no creation date; their age is unknown")


def _backdated(con: duckdb.DuckDBPyConnection) -> str | None:
    test = "status = 'won' AND close_on < created_on"
    return _share(con, test, "a close date before their creation; they count as closed on the day of creation")


def _closed_without_day(con: duckdb.DuckDBPyConnection) -> str | None:
    [(count,)] = con.execute(
        "SELECT count(*) FROM opportunities WHERE status <> 'open' AND closed_on IS NULL"
    ).fetchall()
    return f"{count:,} closed deals have no closing day and stay out of every average" if count else None


def _behind_history(con: duckdb.DuckDBPyConnection) -> str | None:
    [(count,)] = con.execute("""
        SELECT count(*) FROM opportunities AS o
        JOIN (SELECT opportunity_id, arg_max(stage, position) AS last FROM stage_visits GROUP BY ALL)
        USING (opportunity_id)
        WHERE status = 'open' AND o.stage <> last
    """).fetchall()
    return (
        f"{count:,} open deals stand in another stage than the last one of their history; is the history complete?"
        if count
        else None
    )


def _strangers(con: duckdb.DuckDBPyConnection) -> str | None:
    people = _tally(
        con,
        """
        SELECT user_id FROM activities AS a
        WHERE user_id IS NOT NULL AND NOT EXISTS (FROM users AS u WHERE u.user_id = a.user_id)
    """,
    )
    return people and f"activities of people who are not in users, and so count for nobody: {people}"


_CHECKS: tuple[Callable[[duckdb.DuckDBPyConnection], str | None], ...] = (
    _unknown_stages,
    _unread_types,
    _without_creation,
    _backdated,
    _closed_without_day,
    _behind_history,
    _strangers,
)


def _tally(con: duckdb.DuckDBPyConnection, query: str) -> str | None:
    """Return the commonest values of a one-column query with their numbers, or None without rows."""
    rows = con.execute(
        f"SELECT value, count(*) AS n FROM ({query}) AS t(value) GROUP BY ALL ORDER BY n DESC, value"
    ).fetchall()
    if not rows:
        return None
    shown = ", ".join(f"{value} ({count:,})" for value, count in rows[:SHOWN])
    return shown + (f" and {len(rows) - SHOWN:,} others" if len(rows) > SHOWN else "")


def _share(con: duckdb.DuckDBPyConnection, test: str, what: str) -> str | None:
    [(count, total)] = con.execute(f"SELECT count(*) FILTER (WHERE {test}), count(*) FROM deals").fetchall()
    return f"{count:,} of {total:,} deals have {what}" if count else None

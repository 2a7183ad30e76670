"""What can be wrong with a row, found by SQL and told in words.

Problems go to the temporary table `problems`: part, record number, column, code and whether the row is
left out. A row without such a mark is sound; the views `sound_<table>` hold those.
"""

from dataclasses import dataclass

import duckdb

from bot.pipeline.importing.contract import CONTRACTS, Column, Contract, Kind
from bot.pipeline.importing.mapping import PipelineMap
from bot.pipeline.importing.staging import READABLE_AS_THEY_ARE, Part
from bot.pipeline.importing.values import typed

_WRITE_A_DATE = "write YYYY-MM-DD, or an instant as YYYY-MM-DDTHH:MM:SSZ"

_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("is empty", "every row needs a value here"),
    "duplicate": ("stands on an earlier line too, which was loaded", "keep one row an id"),
    "unknown user": ("is nobody in users", "add this person to users, or correct the id"),
    "unknown deal": ("is no deal that was loaded", "add the deal to opportunities, or mend its row there"),
    "unknown contact": ("is nobody in contacts", "add this person to contacts, or correct the id"),
    "unknown manager": ("is nobody in users", "correct the id; loaded without a manager"),
    "own manager": ("is the person's own id", "correct the id; loaded without a manager"),
    "unknown zone": ("is no IANA time zone", "write a name such as Europe/Berlin; the workspace's zone is used"),
    "shared identity": ("belongs to an earlier row too", "give it to one person; loaded without it"),
    "overlapping role": ("overlaps another span of the same person", "end the earlier span on the day before"),
    "closed before created": ("lies before the day of creation", "correct one of the two dates"),
    "too few columns": ("has fewer values than the header", "complete the row, or put values with commas in quotes"),
    "too many columns": ("has more values than the header", "put values that contain the delimiter in quotes"),
    "stray quote": ("has a quote in the wrong place", 'write a quote inside a value twice ("")'),
    "NUL": ("holds a NUL byte", "export it again; NUL bytes come from broken transfers"),
    Kind.MOMENT: ("is not a date that exists", _WRITE_A_DATE),
    Kind.DAY: ("is not a date that exists", _WRITE_A_DATE),
    Kind.NUMBER: ("is not a number", "write digits with a decimal point, or set `decimal` in a map"),
    Kind.PERCENT: ("is not a number from 0 to 100", "write 35 for 35 %"),
    Kind.INTEGER: ("is not a whole number", "write digits only"),
    Kind.FLAG: ("is neither yes nor no", "write true or false"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that, if filled, must name a row of another table."""

    table: str
    column: str
    target: str
    code: str


_DEAL = ("opportunity_id", "opportunities", "unknown deal")
REFERENCES = (
    Reference("opportunities", "owner_id", "users", "unknown user"),
    *(
        Reference(table, *_DEAL)
        for table in (
            "stage_history", "field_history", "activities", "contact_roles", "notes",
            "deal_team", "close_plans", "command_plans",
        )
    ),
    Reference("contact_roles", "contact_id", "contacts", "unknown contact"),
    Reference("deal_team", "user_id", "users", "unknown user"),
    Reference("sources", "user_id", "users", "unknown user"),
    Reference("role_history", "user_id", "users", "unknown user"),
)  # fmt: skip


def describe(code: str, column: str, contract: Contract) -> tuple[str, str]:
    """Return reason and fix of a problem in words."""
    if code == Kind.CHOICE:
        choices = next(c.choices for c in contract.columns if c.name == column)
        words = ", ".join(dict.fromkeys(choices.values()))
        return "is not a word known here", f"write one of {words}, or translate it in a map"
    return _WORDS.get(code, (f"cannot be read ({code})", "correct the line"))


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the table of problems, empty."""
    con.execute(
        'CREATE TEMP TABLE problems (part INTEGER, "row" BIGINT, "column" VARCHAR, code VARCHAR, left_out BOOLEAN)'
    ).fetchall()


def define_sound(con: duckdb.DuckDBPyConnection, contract: Contract, parts: list[Part]) -> None:
    """Define `sound_<table>`: the rows of all parts of a contract file that have no mark against them."""
    selects = [
        f"SELECT {part.index} AS _part, rowid AS _row, * FROM {part.table} AS p WHERE NOT _skip AND NOT EXISTS "
        f'(FROM problems WHERE left_out AND part = {part.index} AND "row" = p.rowid)'
        for part in parts
    ] or [_nothing(contract)]
    view = " UNION ALL ".join(selects)
    con.execute(f"CREATE OR REPLACE TEMP VIEW sound_{contract.name} AS {view}").fetchall()


def _nothing(contract: Contract) -> str:
    texts = ", ".join(f"NULL::VARCHAR AS {column.sql}" for column in contract.columns)
    rules = PipelineMap()
    values = ", ".join(f"{sql} AS {name}" for c in contract.columns for name, sql in typed(c, rules).items())
    return f"SELECT 0 AS _part, 0::BIGINT AS _row, {values}, NULL::VARCHAR AS _custom FROM (SELECT {texts}) WHERE false"


def mark_values(con: duckdb.DuckDBPyConnection, part: Part) -> None:
    """Mark empty required values, unreadable values and NUL bytes of one part."""
    columns = part.contract.columns
    tests = ", ".join(f"bool_or({_is_missing(c, i)})" for i, c in enumerate(columns) if c.required) or "false"
    [(bits, nul, *missing)] = con.execute(
        f"SELECT coalesce(bit_or(_bad), 0), coalesce(bool_or(_nul), false), {tests} FROM {part.table} WHERE NOT _skip"
    ).fetchall()
    if nul:
        _mark(con, part, "", "NUL", "_nul", left_out=True)
    for place, column in enumerate(columns):
        if bits >> place & 1:
            _mark(con, part, column.name, column.kind, f"_bad & {1 << place} > 0", left_out=not column.lenient)
    for column, found in zip((c for c in columns if c.required), missing, strict=False):
        if found:
            _mark(con, part, column.name, "missing", _is_missing(column, columns.index(column)), left_out=True)


def _is_missing(column: Column, place: int) -> str:
    empty = f"{column.sql} IS NULL"
    return empty if column.kind in READABLE_AS_THEY_ARE else f"{empty} AND _bad & {1 << place} = 0"


def _mark(con: duckdb.DuckDBPyConnection, part: Part, column: str, code: str, test: str, *, left_out: bool) -> None:
    con.execute(
        f"INSERT INTO problems SELECT ?, rowid, ?, ?, ? FROM {part.table} WHERE NOT _skip AND ({test})",
        [part.index, column, str(code), left_out],
    ).fetchall()


def mark_sound(
    con: duckdb.DuckDBPyConnection, table: str, column: str, code: str, test: str, *, left_out: bool
) -> None:
    """Mark the sound rows of a contract file for which the SQL `test` holds."""
    con.execute(
        f"INSERT INTO problems SELECT _part, _row, ?, ?, ? FROM sound_{table} AS s WHERE {test}",
        [column, code, left_out],
    ).fetchall()


def mark_duplicates(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Mark every row whose key stood in an earlier one. Hashes of keys are counted first: that is one fast pass."""
    key = ", ".join(contract.key)
    if not key:
        return
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE suspects AS SELECT hash({key}) AS code FROM sound_{contract.name} "
        "GROUP BY code HAVING count(*) > 1"
    ).fetchall()
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT {key} FROM sound_{contract.name} "
        f"WHERE hash({key}) IN (SELECT code FROM suspects) GROUP BY ALL HAVING count(*) > 1"
    ).fetchall()
    same = " AND ".join(f"r.{name} IS NOT DISTINCT FROM s.{name}" for name in contract.key)
    con.execute(
        f"""
        INSERT INTO problems SELECT _part, _row, ?, 'duplicate', true
        FROM (SELECT _part, _row, row_number() OVER (PARTITION BY {key} ORDER BY _part, _row) AS nth
              FROM (SELECT _part, _row, {", ".join(f"s.{n}" for n in contract.key)}
                    FROM sound_{contract.name} AS s JOIN repeated AS r ON {same}))
        WHERE nth > 1
        """,
        [contract.key[0] if len(contract.key) == 1 else contract.key[-1]],
    ).fetchall()


def mark_references(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Mark sound rows that name a person, deal or contact that was not loaded."""
    for reference in (r for r in REFERENCES if r.table == table):
        key = CONTRACTS[reference.target].key[0]
        test = (
            f"{reference.column} IS NOT NULL AND NOT EXISTS "
            f"(FROM {reference.target} AS t WHERE t.{key} = s.{reference.column})"
        )
        mark_sound(con, table, reference.column, reference.code, test, left_out=True)

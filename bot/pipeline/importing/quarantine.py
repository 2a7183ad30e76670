"""Finding the true lines of what was left out, and writing them down.

SQL names a problem by record number and column. Only files that have problems are read a second time, with
Python's CSV reader, to learn on which line each record starts and what was written there.
"""

import csv
from collections.abc import Iterator
from heapq import merge
from pathlib import Path

import duckdb

from bot.pipeline.importing.problems import describe
from bot.pipeline.importing.report import Problem, shortened
from bot.pipeline.importing.staging import Part, Reject

COLUMNS = ("file", "line", "column", "value", "reason", "fix", "row_left_out")
FETCHED_AT_ONCE = 10_000
FORMULA_SIGNS = ("=", "+", "-", "@")  # a spreadsheet would run a cell that starts with one

Found = tuple[int, str, str, bool]


def problems_of(con: duckdb.DuckDBPyConnection, part: Part) -> Iterator[Problem]:
    """Yield every problem of one file by line: lines that are not rows, and values of rows."""
    rejected = (_rejected(part, reject) for reject in part.rejects)
    yield from merge(rejected, _located_all(con, part), key=lambda problem: problem.line)


def _located_all(con: duckdb.DuckDBPyConnection, part: Part) -> Iterator[Problem]:
    found = _found(con, part)
    problem = next(found, None)
    if problem is None:
        return
    for number, (line, values) in enumerate(_rows(part)):
        while problem is not None and problem[0] == number:
            yield _located(part, problem, line, values)
            problem = next(found, None)
        if problem is None:
            return


def write_quarantine(path: Path, problems: Iterator[Problem]) -> Iterator[Problem]:
    """Write problems to a CSV file while passing them on."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(COLUMNS)
        for p in problems:
            value = f"'{p.value}" if p.value.startswith(FORMULA_SIGNS) else p.value
            writer.writerow([p.file, p.line, p.column, value, p.reason, p.fix, p.left_out])
            yield p


def _found(con: duckdb.DuckDBPyConnection, part: Part) -> Iterator[Found]:
    con.execute('SELECT "row", "column", code, left_out FROM problems WHERE part = ? ORDER BY ALL', [part.index])
    while rows := con.fetchmany(FETCHED_AT_ONCE):
        yield from rows


def _rows(part: Part) -> Iterator[tuple[int, list[str]]]:
    """Yield line and values of every record DuckDB staged: header and rejected lines left out."""
    rejected = {reject.line for reject in part.rejects}
    records = part.file.records()
    next(records)
    return (record for record in records if record[0] not in rejected)


def _located(part: Part, found: Found, line: int, values: list[str]) -> Problem:
    _, column, code, left_out = found
    places = part.used.get(column, ())
    value = " ".join(values[place] for place in places if place < len(values))
    reason, fix = describe(code, column, part.contract)
    return Problem(part.file.name, line, part.source_column(column), shortened(value), reason, fix, left_out)


def _rejected(part: Part, reject: Reject) -> Problem:
    reason, fix = describe(reject.code, "", part.contract)
    return Problem(part.file.name, reject.line, "", shortened(reject.text), reason, fix, left_out=True)

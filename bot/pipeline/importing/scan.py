"""Running the staging of one file, and finding the lines that are not rows.

Nothing is refused here that has as many fields as the header. Rows stay in file order, so `rowid` of the
staging table is the number of the record, counted from 0 after the header.
"""

from dataclasses import replace
from mmap import ACCESS_READ, mmap
from pathlib import Path

import duckdb

from bot.pipeline.importing.files import PIECE, CsvFile, FileUnreadable
from bot.pipeline.importing.mapping import PipelineMap
from bot.pipeline.importing.staging import Part, Reject, lookup_sql, staging_sql

UNCLOSED_QUOTES_MENDED = 20  # more than these are not slips but another format
STRAY_QUOTE = "stray quote"
_CODES = {"MISSING COLUMNS": "too few columns", "TOO MANY COLUMNS": "too many columns"}


def stage(con: duckdb.DuckDBPyConnection, part: Part, rules: PipelineMap, scratch: Path) -> None:
    """Fill the staging table of `part` and its list of rejected lines.

    A quote that is opened and never closed hides every row after it. Such a line is blanked in a copy
    and the file read again, but only if no record of the file spans lines: otherwise a line of
    somebody's mail could pass for a row. Raises FileUnreadable.
    """
    for number, lookup in enumerate(part.lookups):
        con.execute(lookup_sql(f"lookup_{part.index}_{number}", lookup)).fetchall()
    opened: list[Reject] = []
    while hiding := _hiding(found := _scan(con, part, rules)):
        opened.append(Reject(hiding.line, STRAY_QUOTE, hiding.text.splitlines()[0]))
        if len(opened) > UNCLOSED_QUOTES_MENDED:
            raise _unclosed(part.file, opened[0].line)
        part.file = _without_line(part.file, hiding.line, scratch)
    part.rejects = sorted(found + opened, key=lambda reject: reject.line)
    if opened and not _one_line_a_record(con, part, len(found)):
        raise _unclosed(part.file, opened[0].line)
    if part.source.distinct:
        _skip_repeats(con, part)


def _scan(con: duckdb.DuckDBPyConnection, part: Part, rules: PipelineMap) -> list[Reject]:
    for table in ("rejected_lines", "rejected_scans"):
        con.execute(f"DROP TABLE IF EXISTS {table}").fetchall()
    con.execute(staging_sql(part, rules)).fetchall()
    found = con.execute(
        "SELECT DISTINCT ON (1) line_byte_position, error_type::VARCHAR, csv_line FROM rejected_lines ORDER BY 1"
    ).fetchall()
    lines = _lines_at(part.file.path, [position for position, _, _ in found])
    return [
        Reject(line, _CODES.get(kind, STRAY_QUOTE if "QUOTE" in kind else kind.lower()), (text or "").strip("\r\n"))
        for line, (_, kind, text) in zip(lines, found, strict=True)
    ]


def _hiding(rejects: list[Reject]) -> Reject | None:
    return next((r for r in rejects if r.code == STRAY_QUOTE and "\n" in r.text), None)


def _lines_at(path: Path, positions: list[int]) -> list[int]:
    """Return the line on which each row stands; DuckDB counts bytes from 1 and may point before blank lines."""
    lines: list[int] = []
    if not positions:
        return lines
    with path.open("rb") as handle, mmap(handle.fileno(), 0, access=ACCESS_READ) as content:
        line_end = b"\n" if content.find(b"\n") >= 0 else b"\r"
        line, passed = 1, 0
        for position in positions:
            start = position - 1
            while content[start : start + 1] in (b"\n", b"\r"):
                start += 1
            for piece in range(passed, start, PIECE):
                line += content[piece : min(piece + PIECE, start)].count(line_end)
            passed = max(passed, start)
            lines.append(line)
    return lines


def _without_line(file: CsvFile, line: int, scratch: Path) -> CsvFile:
    """Return the file with one line emptied, so that all others keep their numbers."""
    mended = scratch / f"{len(list(scratch.iterdir()))}-{file.name}"
    with file.path.open("rb") as source, mended.open("wb") as target:
        for number, content in enumerate(source, 1):
            target.write(b"\n" if number == line else content)
    return replace(file, path=mended)


def _one_line_a_record(con: duckdb.DuckDBPyConnection, part: Part, rejected: int) -> bool:
    [(rows,)] = con.execute(f"SELECT count(*) FROM {part.table}").fetchall()
    with part.file.path.open("rb") as handle:
        filled = sum(bool(line.strip()) for line in handle)
    return bool(filled == 1 + rows + rejected)


def _unclosed(file: CsvFile, line: int) -> FileUnreadable:
    return FileUnreadable(
        f"{file.name}, line {line}: a quote is opened and not closed, which hides the rows after it; "
        'write a quote inside a value twice ("") or export the file again'
    )


def _skip_repeats(con: duckdb.DuckDBPyConnection, part: Part) -> None:
    key = ", ".join(part.contract.key)
    con.execute(
        f"UPDATE {part.table} SET _skip = true WHERE rowid NOT IN "
        f"(SELECT min(rowid) FROM {part.table} WHERE NOT _skip GROUP BY {key})"
    ).fetchall()

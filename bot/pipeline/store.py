"""Snapshots of the pipeline on disk: readers see a whole one or the one before, never half of a new one.

A snapshot is one DuckDB file holding the tables of `bot.pipeline.tables`. It is built beside the current
one under another name; a pointer file that is replaced in one step says which file is current. A crash
at any point leaves the pointer, and so the readers, where they were.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from filelock import FileLock, Timeout
from ibis.backends.duckdb import Backend
from ibis.backends.sql.datatypes import DuckDBType
from ibis.expr.datatypes import DataType

from bot.pipeline.derive import derive
from bot.pipeline.tables import ALL, RECORDED

SNAPSHOTS_KEPT = 3  # today's, and two to go back to by hand
POINTER = "CURRENT"
DERIVATION = 1
"""Raise it when derived rows change their meaning under the same columns: older snapshots are then asked for again."""
IMPORT_AGAIN = (
    "run `coach import DIR` (or `coach sync`) again: it replaces the snapshot and keeps what the coach remembers"
)
_NUMBERED = re.compile(r"snapshot-(\d{6,})\.")

Row = Mapping[str, Any]


class NoSnapshot(LookupError):  # noqa: N818 - what is missing, not a failure
    """Nothing has been imported yet. The message says which command mends it."""


class ImportRunning(RuntimeError):  # noqa: N818 - a state to wait for
    """Another process is building a snapshot in the same folder; try again when it has finished."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A snapshot being built: `con` is writable and holds every table of the contract, still empty."""

    con: duckdb.DuckDBPyConnection
    path: Path

    def beside(self, suffix: str) -> Path:
        """Return the path of a file that travels with this snapshot, e.g. `report.json`."""
        return self.path.with_suffix(f".{suffix}")


class SnapshotStore:
    """The folder of snapshots and the pointer to the current one."""

    def __init__(self, directory: Path, memory_limit: str | None = None) -> None:
        """`memory_limit` bounds what building a snapshot may hold, e.g. "400MB"; the rest waits on disk."""
        self.directory = directory
        self._config: dict[str, Any] = {"memory_limit": memory_limit} if memory_limit else {}

    def current(self) -> Path | None:
        """Return the file of the current snapshot; None if nothing has been imported."""
        try:
            name = (self.directory / POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        path = self.directory / name
        return path if name and path.is_file() else None

    def open_current(self) -> Backend:
        """Open the current snapshot read-only. Raises NoSnapshot if there is none that this version can read."""
        path = self.current()
        if path is None:
            raise NoSnapshot(f"no pipeline data in {self.directory}; run `coach import DIR` first")
        try:
            backend = ibis.duckdb.connect(path, read_only=True)
            backend.raw_sql("SET TimeZone = 'UTC'").fetchall()
            written_as = _format_of(backend.con)
        except duckdb.Error as error:
            raise NoSnapshot(f"{path} cannot be read ({_first_line(error)}); {IMPORT_AGAIN}") from error
        if written_as != snapshot_format():
            backend.con.close()
            raise NoSnapshot(f"{path} was written by another version of coach; {IMPORT_AGAIN}")
        return backend

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Build a snapshot inside the block; it becomes current when the block ends without an error.

        The derived tables are filled at the end. Raises ImportRunning if another build is under way.
        """
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds customers' mail
        with self._alone():
            self._remove_leftovers()
            path = self.directory / f"snapshot-{self._last_number() + 1:06d}.duckdb"
            building = path.with_suffix(".building")
            try:
                with closing(duckdb.connect(str(building), config=self._config)) as con:
                    create_tables(con)
                    yield Draft(con, path)
                    derive(con)
                    _index(con)
                    _sign(con)
                self._publish(building, path)
            finally:
                self._remove_leftovers()
            self._prune(keep=path)

    def write(self, tables: Mapping[str, Sequence[Row]], *, workspace_zone: str = "UTC") -> Path:
        """Make a snapshot of already typed rows the current one and return its file."""
        with self.draft() as draft:
            insert_rows(draft.con, tables, workspace_zone)
        return draft.path

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(self.directory / ".lock", timeout=0)
        try:
            with lock:
                yield
        except Timeout as error:
            raise ImportRunning(
                f"another import into {self.directory} is still running; wait for it, then try again"
            ) from error

    def _last_number(self) -> int:
        found = (_NUMBERED.match(path.name) for path in self.directory.iterdir())
        return max((int(match[1]) for match in found if match), default=0)

    def _remove_leftovers(self) -> None:
        """Delete what a crashed build left behind; the lock says nobody is still writing it."""
        for path in self.directory.glob("snapshot-*.building*"):
            if path.is_dir():  # DuckDB's folder for what does not fit into memory
                rmtree(path)
            else:
                path.unlink()

    def _publish(self, building: Path, path: Path) -> None:
        _flush(building)
        os.replace(building, path)
        pointer = self.directory / POINTER
        fresh = pointer.with_suffix(".new")
        fresh.write_text(path.name + "\n", encoding="utf-8")
        _flush(fresh)
        os.replace(fresh, pointer)
        _flush(self.directory)

    def _prune(self, keep: Path) -> None:
        numbers = sorted({match[1] for p in self.directory.iterdir() if (match := _NUMBERED.match(p.name))})
        for number in numbers[:-SNAPSHOTS_KEPT]:
            for path in self.directory.glob(f"snapshot-{number}.*"):
                if path != keep:
                    path.unlink()


def load_rows(tables: Mapping[str, Sequence[Row]], workspace_zone: str = "UTC") -> Backend:
    """Return an in-memory snapshot of already typed rows, derived tables included.

    Keys are the names of recorded tables; an absent table is empty and an absent column NULL, except
    `is_auto` (False) and the zone of a deal (`workspace_zone`). Aware datetimes are stored as UTC.
    Raises ValueError for a table or column that does not exist.
    """
    backend = ibis.duckdb.connect()
    create_tables(backend.con)
    insert_rows(backend.con, tables, workspace_zone)
    derive(backend.con)
    return backend


def snapshot_format() -> str:
    """What a snapshot of this version is: the meaning of its derived rows, and a digest of its tables."""
    digest = sha256(_table_definitions().encode()).hexdigest()[:12]
    return f"{DERIVATION}:{digest}"


def _sign(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE snapshot_format (written_as VARCHAR)")
    con.execute("INSERT INTO snapshot_format VALUES (?)", [snapshot_format()])


def _format_of(con: duckdb.DuckDBPyConnection) -> str | None:
    """Return what a snapshot was signed with; None if nobody signed it, as versions before signatures did."""
    signed = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'snapshot_format'").fetchall()
    if signed == [(0,)]:
        return None
    [(written_as,)] = con.execute("SELECT written_as FROM snapshot_format").fetchall()
    return str(written_as)


def _first_line(error: duckdb.Error) -> str:
    return str(error).strip().splitlines()[0]


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create every recorded and derived table, empty, and keep the connection on UTC."""
    con.execute("SET TimeZone = 'UTC'").fetchall()
    con.execute(_table_definitions()).fetchall()


def _index(con: duckdb.DuckDBPyConnection) -> None:
    """Index what one deal is looked up by. Ids of a CRM often differ in their last letters only, so that the
    smallest and largest of a block of rows, which DuckDB keeps anyway, rule nothing out.
    """
    for table, column in _LOOKED_UP:
        con.execute(f"CREATE INDEX {table}_by_{column} ON {table} ({column})").fetchall()


_LOOKED_UP = (
    ("opportunities", "opportunity_id"), ("deal_rows", "opportunity_id"), ("stage_visits", "opportunity_id"),
    ("changes", "opportunity_id"),
    ("field_history", "opportunity_id"), ("contact_roles", "opportunity_id"), ("contacts", "contact_id"),
    ("contacts", "account_id"), ("notes", "opportunity_id"),
)  # fmt: skip


@cache
def _table_definitions() -> str:
    """Return the statements that create every table, in DuckDB's own types."""
    return "\n".join(
        f'CREATE TABLE "{name}" ({", ".join(_column_definition(*column) for column in schema.items())});'
        for name, schema in ALL.items()
    )


def _column_definition(name: str, dtype: DataType) -> str:
    return f'"{name}" {DuckDBType.to_string(dtype)}{"" if dtype.nullable else " NOT NULL"}'


def insert_rows(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Row]], workspace_zone: str) -> None:
    """Insert typed rows into the recorded tables. Raises ValueError for unknown tables and columns."""
    assumed: dict[str, Row] = {
        "opportunities": {"timezone": workspace_zone},
        "activities": {"is_auto": False},
    }
    for name, rows in tables.items():
        if name not in RECORDED:
            raise ValueError(f"no recorded table {name!r}{_nearest(name, RECORDED)}")
        complete = [_complete(name, row, assumed.get(name, {})) for row in rows]
        if complete:
            con.register("_rows", pa.Table.from_pylist(complete, schema=RECORDED[name].to_pyarrow()))
            con.execute(f'INSERT INTO "{name}" SELECT * FROM _rows').fetchall()  # noqa: S608 - names of the contract
            con.unregister("_rows")


def _complete(table: str, row: Row, assumed: Row) -> dict[str, Any]:
    columns = RECORDED[table].names
    for unknown in set(row) - set(columns):
        raise ValueError(f"no column {unknown!r} in {table}{_nearest(unknown, columns)}")
    return {column: _value(row, assumed, column) for column in columns}


def _value(row: Row, assumed: Row, column: str) -> Any:
    value = row.get(column)
    return assumed.get(column) if value is None else value


def _nearest(name: str, known: Any) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _flush(path: Path) -> None:
    """Push a file or folder to the disk before the pointer may name it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The staging area: everything every source said, and how far each was read, in one transactional file.

Invariant: a page and its cursor are written in one transaction. Kill the process anywhere and the file holds
whole pages and the cursor that follows the last of them. One process writes at a time, guarded by a lock.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from filelock import FileLock, Timeout

from bot.pipeline.sources.kinds import KINDS
from bot.pipeline.sources.protocol import Description, Page, Record
from bot.pipeline.sources.values import stamp, unstamp
from bot.pipeline.syncing.observed import observe_changes

LAYOUT = 1
"""Raise it with every change of a staged table: an older file is put aside and sources are read anew."""

MEMORY = "256MB"  # scans over a page's ids need little; the rest of the machine belongs to the answers


class SyncRunning(RuntimeError):  # noqa: N818 - a state to wait for
    """Another process is syncing into the same folder; try again when it has finished."""


class StagingArea:
    """An open staging file. Only the thread that opened it may use it."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def cursor_of(self, source: str) -> dict[str, Any]:
        """Return where `source` stands; `{}` if it was never read."""
        found = self.con.execute("SELECT cursor FROM progress WHERE source = ?", [source]).fetchone()
        return json.loads(found[0]) if found else {}

    def last_full_read(self, source: str) -> datetime | None:
        """Return when the last reading of everything was asked for; None before the first."""
        found = self.con.execute("SELECT full_since FROM progress WHERE source = ?", [source]).fetchone()
        return unstamp(found[0]) if found else None

    def restart(self, source: str, now: datetime) -> None:
        """Forget how far `source` was read. Its records stay until the new reading ends without them."""
        self.con.execute("INSERT OR IGNORE INTO progress VALUES (?, '{}', 0, ?, NULL)", [source, stamp(now)])
        self.con.execute("UPDATE progress SET cursor = '{}', full_since = ? WHERE source = ?", [stamp(now), source])

    def remember(self, source: str, description: Description) -> None:
        """Keep what `source` can say today; making a snapshot needs it also on days the source is down."""
        content = {"kinds": sorted(description.kinds), "feeds": {k: list(v) for k, v in description.feeds.items()}}
        self.con.execute("UPDATE progress SET description = ? WHERE source = ?", [json.dumps(content), source])

    def store(self, source: str, page: Page, now: datetime, observes: frozenset[str] = frozenset()) -> None:
        """Write a page and its cursor in one transaction; `observes` as in `Description`."""
        self.con.execute("BEGIN TRANSACTION")
        try:
            self._store(source, page, now, observes)
            self.con.execute("COMMIT")
        except BaseException:  # also a keyboard interrupt must not leave half a page behind
            self.con.execute("ROLLBACK")
            raise

    def _store(self, source: str, page: Page, now: datetime, observes: frozenset[str]) -> None:
        generation = self._begin(source, page)
        for kind, records in _by_kind(page).items():
            self._present(kind, source, generation, records)
            if kind == "opportunities" and observes:
                observe_changes(self.con, source, now, observes)
            self._replace(kind, source)
        for kind in {tombstone.kind for tombstone in page.tombstones}:
            gone = [tombstone.id for tombstone in page.tombstones if tombstone.kind == kind]
            self.con.execute(f"DELETE FROM {kind} WHERE source = ? AND list_contains(?, id)", [source, gone])
        self._end(source, page)
        self._progress(source, page, generation, now)

    def _begin(self, source: str, page: Page) -> int:
        [(generation,)] = self.con.execute("SELECT generation FROM progress WHERE source = ?", [source]).fetchall()
        if page.begins:
            generation += 1
            self._forget_passes(source, page.begins)
            self.con.execute(
                "INSERT INTO passes SELECT ?, unnest(?::VARCHAR[]), ?", [source, sorted(page.begins), generation]
            )
        return int(generation)

    def _present(self, kind: str, source: str, generation: int, records: list[Record]) -> None:
        """Show the records of one kind as the view `incoming`, in the columns of their table."""
        columns: dict[str, list[Any]] = {
            "source": [source] * len(records),
            "id": [record.id for record in records],
            "scope": [record.scope for record in records],
            "generation": [generation] * len(records),
        }
        known = {*KINDS[kind]}
        for record in records:
            if unknown := record.values.keys() - known:
                raise ValueError(f"{source} said {sorted(unknown)} of {kind} {record.id}, which has no such columns")
        for column in KINDS[kind]:
            columns[f"{column}_"] = [record.values.get(column) for record in records]
        self.con.register("incoming", pa.table(columns, schema=_arrow_schema(kind)))

    def _replace(self, kind: str, source: str) -> None:
        self.con.execute(f"DELETE FROM {kind} WHERE source = ? AND id IN (SELECT id FROM incoming)", [source])
        self.con.execute(f"INSERT INTO {kind} SELECT * FROM incoming").fetchall()
        self.con.unregister("incoming")

    def _end(self, source: str, page: Page) -> None:
        """Drop what a whole reading of its scope did not say again."""
        if not page.ends:
            return
        inner = [scope for scope in page.ends if "/" in scope]
        outer = [scope for scope in page.ends if "/" not in scope]
        for kind in KINDS:
            self._drop_unsaid(kind, source, inner, "scope")
            self._drop_unsaid(kind, source, outer, "split_part(scope, '/', 1)")
        self._forget_passes(source, page.ends)

    def _drop_unsaid(self, kind: str, source: str, scopes: list[str], scope: str) -> None:
        if scopes:
            self.con.execute(
                f"""
                DELETE FROM {kind} USING passes
                WHERE passes.source = $source AND list_contains($scopes, passes.scope)
                  AND {kind}.source = $source AND passes.scope = {scope.replace("scope", f"{kind}.scope")}
                  AND {kind}.generation < passes.generation
                """,
                {"source": source, "scopes": sorted(scopes)},
            ).fetchall()

    def _forget_passes(self, source: str, scopes: frozenset[str]) -> None:
        self.con.execute("DELETE FROM passes WHERE source = ? AND list_contains(?, scope)", [source, sorted(scopes)])

    def _progress(self, source: str, page: Page, generation: int, now: datetime) -> None:
        self.con.execute(
            "UPDATE progress SET cursor = ?, generation = ? WHERE source = ?",
            [json.dumps(page.cursor), generation, source],
        )
        for stream in page.completed:
            self.con.execute("INSERT OR REPLACE INTO completions VALUES (?, ?, ?)", [source, stream, stamp(now)])


@contextmanager
def open_staging(directory: Path) -> Iterator[StagingArea]:
    """Open the staging file of a folder, made on first use. Raises SyncRunning if another process has it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds customers' names and mail
    try:
        with FileLock(directory / ".lock", timeout=0):
            con = _connect(directory / f"staging-{LAYOUT}.duckdb")
            try:
                yield StagingArea(con)
            finally:
                con.close()
    except Timeout as error:
        raise SyncRunning(f"another sync into {directory} is still running; wait for it, then try again") from error


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(path), config={"memory_limit": MEMORY, "preserve_insertion_order": "false"})
    con.execute("SET TimeZone = 'UTC'").fetchall()
    con.execute(_LAYOUT_SQL).fetchall()
    return con


def _by_kind(page: Page) -> dict[str, list[Record]]:
    """Group the records of a page; of a record said twice the later word stands."""
    latest = {(record.kind, record.id): record for record in page.records}
    grouped: dict[str, list[Record]] = {}
    for record in latest.values():
        grouped.setdefault(record.kind, []).append(record)
    return grouped


def _arrow_schema(kind: str) -> pa.Schema:
    fields = [("source", pa.string()), ("id", pa.string()), ("scope", pa.string()), ("generation", pa.int64())]
    return pa.schema(fields + [(f"{column}_", pa.string()) for column in KINDS[kind]])


def _table(kind: str, columns: tuple[str, ...]) -> str:
    texts = ", ".join(f'"{column}" VARCHAR' for column in columns)
    return (
        f"CREATE TABLE IF NOT EXISTS {kind} "
        f"(source VARCHAR NOT NULL, id VARCHAR NOT NULL, scope VARCHAR NOT NULL, generation BIGINT NOT NULL, {texts});"
    )


_LAYOUT_SQL = """
CREATE TABLE IF NOT EXISTS progress (
    source VARCHAR PRIMARY KEY, cursor VARCHAR NOT NULL, generation BIGINT NOT NULL,
    full_since VARCHAR NOT NULL, description VARCHAR
);
CREATE TABLE IF NOT EXISTS passes (source VARCHAR, scope VARCHAR, generation BIGINT);
CREATE TABLE IF NOT EXISTS completions (
    source VARCHAR, stream VARCHAR, completed_at VARCHAR, PRIMARY KEY (source, stream)
);
""" + "\n".join(_table(kind, columns) for kind, columns in KINDS.items())

"""Folders of CSV files for the import tests, and a way to look into what was imported."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from bot.pipeline.importing import ImportReport, import_directory
from bot.pipeline.stages import StageModel, load_stages
from bot.pipeline.store import SnapshotStore
from bot.resources import shipped

STAGES: StageModel = load_stages(shipped("knowledge") / "playbook")

USERS = """\
user_id,name,email,slack_user_id,role,manager_id,segment,discipline,timezone
u1,Ana Ruiz,ana@seller.example,U1,rep,m1,Mid Market,Field Sales,Europe/Berlin
u2,Ken Sato,ken@seller.example,U2,Account Executive,m1,Mid Market,Field Sales,
m1,Bo Lind,bo@seller.example,U3,manager,,,,America/New_York
"""
DEALS = """\
opportunity_id,name,account_id,account_name,owner_id,type,stage,amount,currency,close_date,created_at
d1,Northwind rollout,a1,Northwind,u1,New Business,Discovery,1000,eur,2026-09-30,2026-05-01
d2,Fabrikam renewal,a2,Fabrikam,u2,Renewal,Commercial,2500.50,USD,2026-10-15,2026-06-01
"""


def folder(path: Path, **files: str | bytes) -> Path:
    """Write `name="text"` as name.csv, with good people and deals unless given."""
    path.mkdir(parents=True, exist_ok=True)
    for name, content in {"users": USERS, "opportunities": DEALS, **files}.items():
        (path / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


class Imported:
    """One import into its own store, with the tables it made."""

    def __init__(self, directory: Path, *, map_file: Path | None = None, zone: str = "UTC") -> None:
        self.store = SnapshotStore(directory.parent / f"{directory.name}-store")
        self.report: ImportReport = import_directory(
            directory, self.store, stages=STAGES, map_file=map_file, workspace_zone=zone
        )

    @property
    def left_out(self) -> list[tuple[str, int, str]]:
        """File, line and column of every row that was left out."""
        return [(p.file, p.line, p.column) for p in self.report.problems if p.left_out]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query over the snapshot."""
        assert self.report.ok, self.report.fatal
        with self.connection() as con:
            return con.execute(query).fetchall()

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the snapshot read-only."""
        path = self.store.current()
        assert path is not None
        con = duckdb.connect(str(path), read_only=True)
        try:
            yield con
        finally:
            con.close()

"""Snapshots: whole or not at all, whatever happens while one is built."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest

from bot.pipeline.store import ImportRunning, NoSnapshot, SnapshotStore, load_rows

ANA = {"user_id": "u1", "name": "Ana"}


def people(store: SnapshotStore) -> list[str]:
    return sorted(store.open_current().table("users").name.to_pyarrow().to_pylist())


def test_an_empty_store_says_which_command_fills_it(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path / "none")
    assert store.current() is None
    with pytest.raises(NoSnapshot, match="coach import DIR"):
        store.open_current()


def test_what_was_written_last_is_current_and_read_only(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    store.write({"users": [ANA]})
    path = store.write({"users": [ANA, {"user_id": "u2", "name": "Ken"}]})
    assert store.current() == path
    assert people(store) == ["Ana", "Ken"]
    with pytest.raises(Exception, match="read-only"):
        store.open_current().raw_sql("DELETE FROM users").fetchall()


def test_a_reader_keeps_its_snapshot_while_newer_ones_come_and_old_ones_go(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    store.write({"users": [ANA]})
    reader = store.open_current()
    for _ in range(4):
        store.write({"users": []})
    assert reader.table("users").count().to_pyarrow().as_py() == 1
    assert sorted(path.name for path in tmp_path.glob("snapshot-*")) == [
        "snapshot-000003.duckdb",
        "snapshot-000004.duckdb",
        "snapshot-000005.duckdb",
    ]


def test_an_error_while_building_leaves_the_old_snapshot_and_no_debris(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    before = store.write({"users": [ANA]})
    with pytest.raises(RuntimeError, match="the disk is full"), store.draft():
        raise RuntimeError("the disk is full")
    assert store.current() == before
    assert people(store) == ["Ana"]
    assert [path.name for path in tmp_path.glob("snapshot-*")] == [before.name]


def test_a_killed_build_leaves_the_old_snapshot_and_the_next_one_succeeds(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    before = store.write({"users": [ANA]})
    killed = (
        "import os, sys; from pathlib import Path; from bot.pipeline.store import SnapshotStore, insert_rows\n"
        "with SnapshotStore(Path(sys.argv[1])).draft() as draft:\n"
        "    insert_rows(draft.con, {'users': [{'user_id': 'u9', 'name': 'Half'}]}, 'UTC'); os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False, env={**os.environ})
    assert done.returncode == 9
    assert list(tmp_path.glob("*.building"))
    assert store.current() == before
    assert people(store) == ["Ana"]
    store.write({"users": [{"user_id": "u2", "name": "Ken"}]})
    assert people(store) == ["Ken"]
    assert not list(tmp_path.glob("*.building*"))


def test_a_snapshot_the_pointer_never_reached_is_not_served(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    before = store.write({"users": [ANA]})
    (tmp_path / "snapshot-000002.duckdb").write_bytes(before.read_bytes())  # a crash between the two renames
    assert store.current() == before
    assert store.write({"users": []}).name == "snapshot-000003.duckdb"


def test_two_imports_do_not_interleave(tmp_path: Path) -> None:
    with (
        SnapshotStore(tmp_path).draft(),
        pytest.raises(ImportRunning, match="still running"),
        SnapshotStore(tmp_path).draft(),
    ):
        pass
    assert SnapshotStore(tmp_path).current() is not None


def change(store: SnapshotStore, *statements: str) -> None:
    with duckdb.connect(str(store.current())) as con:
        for statement in statements:
            con.execute(statement)


@pytest.mark.parametrize(
    "statement",
    ["DROP TABLE snapshot_format", "UPDATE snapshot_format SET written_as = '0:of an earlier version'",
     "DROP TABLE snapshot_format; DROP TABLE touchpoints"],
)  # fmt: skip
def test_a_snapshot_of_another_version_asks_for_a_new_import(tmp_path: Path, statement: str) -> None:
    store = SnapshotStore(tmp_path)
    path = store.write({"users": [ANA]})
    change(store, *statement.split(";"))
    with pytest.raises(NoSnapshot) as asked:
        store.open_current()
    assert str(path) in str(asked.value)
    assert "written by another version of coach; run `coach import DIR`" in str(asked.value)
    store.write({"users": [ANA]})
    assert people(store) == ["Ana"]


def test_a_file_that_is_no_snapshot_asks_for_a_new_import(tmp_path: Path) -> None:
    store = SnapshotStore(tmp_path)
    store.write({"users": [ANA]}).write_bytes(b"half of something else" * 1000)
    with pytest.raises(NoSnapshot, match=r"cannot be read .*; run `coach import DIR`"):
        store.open_current()


def test_rows_in_memory_take_defaults_and_become_utc() -> None:
    tokyo = datetime(2026, 5, 2, 8, tzinfo=timezone(timedelta(hours=9)))
    deal = {"opportunity_id": "d1", "name": "Deal", "owner_id": "u1", "deal_type": "New Business", "status": "open"}
    backend = load_rows(
        {
            "users": [ANA],
            "opportunities": [deal | {"created_on": date(2026, 5, 1)}],
            "activities": [{"activity_id": "e1", "kind": "email", "start_at": tokyo}],
        },
        workspace_zone="Asia/Tokyo",
    )
    [activity] = backend.table("activities").to_pyarrow().to_pylist()
    assert activity["start_at"] == tokyo.astimezone(UTC).replace(tzinfo=None)
    assert activity["is_auto"] is False
    [row] = backend.table("opportunities").to_pyarrow().to_pylist()
    assert row["timezone"] == "Asia/Tokyo"
    assert row["amount"] is None
    assert backend.table("notes").count().to_pyarrow().as_py() == 0


@pytest.mark.parametrize(
    ("tables", "hint"),
    [({"user": []}, "'users'"), ({"users": [{"user_id": "u1", "nam": "Ana"}]}, "'name'")],
)
def test_unknown_tables_and_columns_are_refused_with_the_nearest_name(tables: dict, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        load_rows(tables)

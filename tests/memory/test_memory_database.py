import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bot.memory import Memory, MemoryConfigurationError, MemoryUnavailableError, database
from bot.memory.database import connect, reading, writing
from bot.memory.schema import metadata


def test_what_is_remembered_outlives_the_process(url: str, now: datetime) -> None:
    with Memory.open(url) as memory:
        memory.set_focus("C1", "1.0", "U1", "opp-1", now)
    with Memory.open(url) as memory:
        assert memory.focus("C1", "1.0", "U1") == "opp-1"


def test_migrations_make_exactly_the_schema(memory: Memory, url: str) -> None:
    with reading(connect(url)) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_many_may_open_a_new_database_at_once(url: str, now: datetime) -> None:
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(Memory.open, [url] * 6))
    assert [memory.first_sight("Ev1", now) for memory in opened].count(True) == 1
    for memory in opened:
        memory.close()


def test_sqlite_runs_in_wal_with_foreign_keys(sqlite_url: str) -> None:
    Memory.open(sqlite_url).close()
    with reading(connect(sqlite_url)) as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 10_000


def test_the_file_is_private(sqlite_url: str) -> None:
    Memory.open(sqlite_url).close()
    assert Path(sqlite_url.removeprefix("sqlite:///")).stat().st_mode & 0o077 == 0


def test_a_failed_call_leaves_nothing_behind(memory: Memory, url: str, now: datetime) -> None:
    engine = connect(url)

    def fail_halfway() -> None:
        with writing(engine) as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "nonsense", ""])
def test_a_url_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(MemoryConfigurationError, match="COACH_MEMORY_URL"):
        Memory.open(url)


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(MemoryUnavailableError, match=r"127\.0\.0\.1:1/coach") as caught:
        Memory.open("postgres://rep:hunter2@127.0.0.1:1/coach?password=hunter3")
    assert "hunter" not in str(caught.value)
    assert caught.value.retryable


def test_a_broken_url_does_not_leak_either() -> None:
    with pytest.raises(MemoryConfigurationError) as caught:
        Memory.open("postgresql:/rep:hunter2@host")
    assert "hunter" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "memory.db"
    path.write_text("deal,amount\n" * 200)
    with pytest.raises(MemoryConfigurationError, match="not a database"):
        Memory.open(f"sqlite:///{path}")


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(MemoryConfigurationError, match="cannot be created"):
        Memory.open(f"sqlite:///{tmp_path / 'home' / 'memory.db'}")


def test_a_database_of_a_newer_version_is_refused(memory: Memory, url: str) -> None:
    with writing(connect(url)) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(MemoryConfigurationError, match="newer version"):
        Memory.open(url)


def test_a_database_with_other_peoples_tables_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "memory.db") as other:
        other.execute("CREATE TABLE threads (colour TEXT)")
    with pytest.raises(MemoryConfigurationError, match="tables named threads"):
        Memory.open(f"sqlite:///{tmp_path / 'memory.db'}")


def test_a_lock_held_too_long_is_unavailable(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, now: datetime) -> None:
    Memory.open(sqlite_url).close()
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.05)
    with writing(connect(sqlite_url)), Memory(connect(sqlite_url)) as impatient:
        with pytest.raises(MemoryUnavailableError, match="locked"):
            impatient.first_sight("Ev1", now)
        assert impatient.focus("C1", "1.0", "U1") is None

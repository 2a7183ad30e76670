"""Reaching the SQL database: one engine, its pragmas, and errors a person can act on.

SQLite runs in WAL, so that readers never wait for the writer, and every write transaction takes the
write lock when it begins: a lock taken half-way cannot wait and would fail at once instead.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random

from bot.memory.errors import MemoryConfigurationError, MemoryUnavailableError

BUSY_TIMEOUT_SECONDS = 10
SETTING = "COACH_MEMORY_URL"


def connect(url: str) -> Engine:
    """Return an engine for `url` (sqlite:///FILE or postgresql://...); opens no connection yet.

    Raises MemoryConfigurationError for a URL, driver or folder that cannot work.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    try:
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as error:
        raise MemoryConfigurationError(
            f"{address(parsed)}: the driver {error.name} is not installed; "
            "run: pip install 'slack-sales-coach[postgres]'"
        ) from error


def address(url: URL) -> str:
    """Return where the database is, without user, password or options."""
    place = f"{url.host}:{url.port}/" if url.port else f"{url.host or ''}/"
    return f"{url.get_backend_name()}://{place}{url.database or ''}"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One read-only transaction. Raises MemoryUnavailableError if the database does not answer."""
    with _explained(engine), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction, committed at the end. Raises MemoryUnavailableError like `reading`."""
    writer = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
    with _explained(engine), writer.begin() as connection:
        yield connection


def enable_wal(engine: Engine) -> None:
    """Switch a SQLite file to WAL, which lasts; other databases are left alone.

    The switch ignores busy_timeout while another process opens the same file, hence the retries.
    """
    if engine.dialect.name != "sqlite":
        return
    patience = Retrying(
        retry=retry_if_exception_type(sqlite3.OperationalError),
        stop=stop_after_delay(BUSY_TIMEOUT_SECONDS),
        wait=wait_random(0.01, 0.1),
        reraise=True,
    )
    try:
        patience(_switch_to_wal, engine)
    except sqlite3.OperationalError as error:
        raise _unavailable(engine, error) from error
    except sqlite3.DatabaseError as error:
        raise MemoryConfigurationError(
            f"{address(engine.url)}: {error}; point {SETTING} at another file or restore a backup"
        ) from error


def _switch_to_wal(engine: Engine) -> None:
    with closing(engine.raw_connection()) as raw:
        raw.cursor().execute("PRAGMA journal_mode = WAL")


def _parse(url: str) -> URL:
    if url.startswith("postgres://"):  # the short form hosting providers hand out
        url = "postgresql" + url.removeprefix("postgres")
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        backend = "unknown"
    if backend not in {"sqlite", "postgresql"}:
        raise MemoryConfigurationError(
            f"{SETTING} is not a database URL this bot can use; write sqlite:////path/to/memory.db "
            "or postgresql://user:password@host/database"
        ) from None
    return parsed


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise MemoryConfigurationError(f"{SETTING} names no file; what the bot remembers must outlive a restart")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)  # it holds who asked about which deal
    except OSError as error:
        raise MemoryConfigurationError(
            f"{path} cannot be created or written ({error.strerror}); "
            f"make its folder writable or point {SETTING} elsewhere"
        ) from error
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # transactions begin in _begin_sqlite, not when the driver sees fit
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise _unavailable(engine, error.orig) from error


def _unavailable(engine: Engine, cause: BaseException | None) -> MemoryUnavailableError:
    """Quote the driver's first line: drivers name hosts and users there, never passwords."""
    said = (str(cause).strip().splitlines() or ["no reason given"])[0]
    return MemoryUnavailableError(
        f"the memory database {address(engine.url)} does not answer ({said}); "
        f"check that it runs, its disk has room and {SETTING} is right"
    )

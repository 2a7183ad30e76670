"""Bringing the database to this version's schema when the bot starts.

Invariant: at most one process migrates at a time, and a crash half-way leaves the old schema. Both
hold because all pending migrations run in one transaction that first takes a lock: SQLite's write
lock, or an advisory lock that Postgres frees at commit.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text

from bot.memory.database import SETTING, address, writing
from bot.memory.errors import MemoryConfigurationError
from bot.memory.schema import metadata

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
ADVISORY_LOCK = 0x436F616368  # any fixed number shared by every copy of this bot ("Coach")


def upgrade(engine: Engine) -> None:
    """Run every pending migration; a database that is up to date is left alone.

    Raises MemoryConfigurationError if the database was written by a newer version or is not ours,
    MemoryUnavailableError if it does not answer.
    """
    with writing(engine) as connection:
        _take_lock(connection)
        _refuse_other_tables(connection)
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError as error:
            raise MemoryConfigurationError(
                f"{address(engine.url)} was written by a newer version of this bot ({error}); "
                "upgrade this installation or restore the backup taken before the upgrade"
            ) from error


def configuration(connection: Connection) -> Config:
    """Return the Alembic configuration that runs the shipped migrations on `connection`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _take_lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})


def _refuse_other_tables(connection: Connection) -> None:
    """A database without our version mark must not hold tables of our names: they are not ours."""
    present = set(inspect(connection).get_table_names())
    taken = sorted(present & set(metadata.tables))
    if taken and VERSION_TABLE not in present:
        raise MemoryConfigurationError(
            f"{address(connection.engine.url)} already holds tables named {', '.join(taken)} that this "
            f"bot did not make; point {SETTING} at an empty database"
        )

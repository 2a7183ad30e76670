"""`INSERT ... ON CONFLICT`, which SQLite and Postgres spell alike but SQLAlchemy keeps apart."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, literal
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def insert_into(connection: Connection, table: Table) -> Insert:
    """Return an INSERT for `table` that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is taken; whether it was inserted.

    The row itself tells: rowcount is -1 on Postgres whenever there is an ON CONFLICT.
    """
    made = insert_into(connection, table).values(**values).on_conflict_do_nothing()
    return connection.execute(made.returning(literal(1))).first() is not None

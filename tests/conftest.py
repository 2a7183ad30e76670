"""One PostgreSQL database a test worker: tests wipe what they are given, and workers run side by side."""

import os

import pytest

POSTGRES_URL = "COACH_TEST_POSTGRES_URL"


def pytest_configure(config: pytest.Config) -> None:
    """Give each xdist worker a database of its own, before any test module reads the variable."""
    worker = getattr(config, "workerinput", {}).get("workerid")
    shared = os.environ.get(POSTGRES_URL)
    if worker and shared:
        os.environ[POSTGRES_URL] = _own_database(shared, worker)


def _own_database(shared: str, worker: str) -> str:
    import psycopg
    from psycopg.sql import SQL, Identifier
    from sqlalchemy import make_url

    url = make_url(shared)
    name = f"{url.database}_{worker}"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return url.set(database=name).render_as_string(hide_password=False)

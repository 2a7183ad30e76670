"""What all rooms share: a database a worker, long files first, and a model that reads a text once."""

import os

import pytest

from tests.remembered import Remembering

POSTGRES_URL = "COACH_TEST_POSTGRES_URL"


def own_database(shared: str, worker: str) -> str:
    """Return the URL of this worker's database on the server of `shared`, made if it is not there yet."""
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


# At import, not in a hook: conftests further down read the variable when they are imported.
if (_worker := os.environ.get("PYTEST_XDIST_WORKER")) and (_shared := os.environ.get(POSTGRES_URL)):
    os.environ[POSTGRES_URL] = own_database(_shared, _worker)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with slow tests first: a long file that starts last leaves every other worker idle."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Remembering:
    """The real model; what one room or worker of this run had it read, the next one looks up."""
    mine = tmp_path_factory.getbasetemp()
    return Remembering((mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "embeddings")

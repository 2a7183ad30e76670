import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.memory import Memory
from bot.memory.database import connect, writing

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


POSTGRES = os.environ.get("COACH_TEST_POSTGRES_URL")  # an empty database the tests may wipe


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'home' / 'memory.db'}"


@pytest.fixture(params=["sqlite", "postgres"] if POSTGRES else ["sqlite"])
def url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    if request.param == "sqlite":
        return sqlite_url
    assert POSTGRES
    with writing(connect(POSTGRES)) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return POSTGRES


@pytest.fixture
def memory(url: str) -> Iterator[Memory]:
    with Memory.open(url) as opened:
        yield opened


@pytest.fixture
def now() -> datetime:
    return NOW

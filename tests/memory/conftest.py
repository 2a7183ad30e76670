from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.memory import Memory

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'home' / 'memory.db'}"


@pytest.fixture
def memory(url: str) -> Iterator[Memory]:
    with Memory.open(url) as opened:
        yield opened


@pytest.fixture
def now() -> datetime:
    return NOW

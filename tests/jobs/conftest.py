import json
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from mailroom import FRIDAY, MONDAY, Mailroom, open_mailroom

from bot.jobs.snapshots import record_health
from bot.pipeline.importing import import_directory
from bot.pipeline.sample import write_sample
from bot.runtime import Runtime
from bot.settings import Settings

MANIFEST = Path(__file__).parents[2] / "manifest.json"


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The sample company as it stands on the Monday of these tests; its memory holds Friday's health."""
    folder, home = tmp_path_factory.mktemp("sample"), tmp_path_factory.mktemp("home")
    write_sample(folder, as_of=MONDAY)
    runtime = Runtime(Settings(_env_file=None, COACH_HOME=home))
    report = import_directory(folder, runtime.store, stages=runtime.rules.stages, workspace_zone="UTC")
    assert report.ok, report.summary_lines()
    record_health(runtime, FRIDAY + timedelta(hours=23))
    runtime.memory.close()
    return runtime


@pytest_asyncio.fixture
async def room(company: Runtime, tmp_path: Path) -> AsyncIterator[Mailroom]:
    """The product at work, with a memory of its own."""
    shutil.copy(company.settings.home / "memory.db", tmp_path / "memory.db")
    async with open_mailroom(company, tmp_path, json.loads(MANIFEST.read_text(encoding="utf-8"))) as opened:
        yield opened

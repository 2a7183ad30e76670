"""The whole product over the sample company, connected to the local Slack; nothing of ours is replaced."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sample_house import NOW, House, copied, import_sample, open_house

from bot.handbook.index import build_index
from bot.pipeline.sample import write_sample
from bot.resources import shipped
from bot.runtime import Runtime


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company as CSV files."""
    folder = tmp_path_factory.mktemp("sample_csv")
    write_sample(folder, as_of=NOW)
    return folder


@pytest.fixture(scope="session")
def sample_runtime(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The sample company imported once; no handbook, so that tests stay quick."""
    return import_sample(sample_folder, tmp_path_factory.mktemp("sample_home"))


@pytest.fixture(scope="session")
def reading_runtime(sample_runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The same with a handbook of one page, the shipped one on champions."""
    runtime = copied(sample_runtime, tmp_path_factory.mktemp("reading") / "home")
    build_index([shipped("knowledge") / "handbook" / "meddppicc" / "champion.md"], runtime.settings.index_dir)
    return runtime


@pytest_asyncio.fixture
async def house(sample_runtime: Runtime, tmp_path: Path) -> AsyncIterator[House]:
    """The whole product over Socket Mode."""
    async with open_house(sample_runtime, tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(params=["socket", "http"])
async def office(request: pytest.FixtureRequest, reading_runtime: Runtime, tmp_path: Path) -> AsyncIterator[House]:
    """The whole product, with its page of handbook, over each of both transports."""
    async with open_house(reading_runtime, tmp_path, transport=request.param) as opened:
        yield opened


@pytest_asyncio.fixture
async def http_office(reading_runtime: Runtime, tmp_path: Path) -> AsyncIterator[House]:
    """The same behind signed HTTP."""
    async with open_house(reading_runtime, tmp_path, transport="http") as opened:
        yield opened


@pytest_asyncio.fixture(params=["socket", "http"])
async def frail(request: pytest.FixtureRequest, sample_runtime: Runtime, tmp_path: Path) -> AsyncIterator[House]:
    """A product on files of its own, which a test may damage."""
    runtime = copied(sample_runtime, tmp_path / "home")
    async with open_house(runtime, tmp_path, transport=request.param, warm=False) as opened:
        yield opened

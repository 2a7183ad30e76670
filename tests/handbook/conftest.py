"""A small handbook of our own, indexed once, and the real model."""

from pathlib import Path

import pytest

from bot.handbook.embed import default_embedder
from bot.handbook.index import build_index
from bot.handbook.search import Handbook

PAGES = Path(__file__).parent / "pages"
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


@pytest.fixture(scope="session")
def pages() -> Path:
    return PAGES


@pytest.fixture(scope="session")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the small handbook; tests that change an index build their own."""
    folder = tmp_path_factory.mktemp("handbook")
    build_index([PAGES], folder)
    return folder


@pytest.fixture(scope="session")
def handbook(index_dir: Path) -> Handbook:
    return Handbook.open(index_dir, base_url="https://handbook.example.com/sales/")


@pytest.fixture(scope="session")
def seeds() -> Path:
    if not SEEDS.is_dir():
        pytest.skip("the seed handbook (../shared/seeds) is not beside this checkout")
    return SEEDS


@pytest.fixture(scope="session", autouse=True)
def model_is_there() -> None:
    """The suite measures the real model; without it most of these tests would prove nothing."""
    assert default_embedder().dimension == 384

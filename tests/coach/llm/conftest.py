"""A coach over one lively deal, wired to a scripted model over a real socket, with a real memory."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from deal_worlds import Company
from model_desk import RAIL, SHIPYARD, Desk

from bot.coach.access import Asker
from bot.coach.deepen import open_deepener
from bot.coach.evaluation.world import World
from bot.coach.service import Coach
from bot.memory import Memory
from bot.settings import Settings
from tests.servers.scripted_model import ScriptedModel, honest


@pytest.fixture(scope="session")
def server() -> Iterator[ScriptedModel]:
    with ScriptedModel().running() as running:
        yield running


@pytest.fixture(scope="session")
def shipyard(company: Company) -> tuple[Coach, Asker, World]:
    return company.at_work(SHIPYARD, RAIL)


@pytest.fixture
def desk(
    company: Company, shipyard: tuple[Coach, Asker, World], server: ScriptedModel, tmp_path: Path
) -> Iterator[Desk]:
    coach, asker, world = shipyard
    settings = Settings(
        _env_file=None, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="sk-test-key", COACH_MODEL="scripted-1"
    )
    server.reset(honest)
    with Memory.open(f"sqlite:///{tmp_path / 'memory.db'}") as memory:
        deepener = open_deepener(settings, company.playbook, memory)
        made = Desk(replace(coach, deepener=deepener), asker, world, memory, server)
        yield made.with_rules(timeout_seconds=8.0, deadline_seconds=12.0, wait_seconds=0.01)
    assert server.violations == []

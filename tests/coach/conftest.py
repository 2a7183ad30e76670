"""The shipped playbook and handbook, the sample company, and small worlds for tests of the judgement."""

from pathlib import Path

import pytest
from deal_worlds import SAMPLE_NOW, Company

from bot.coach.playbook import CoachPlaybook
from bot.coach.service import Coach
from bot.handbook.embed import LexicalOnly
from bot.handbook.index import build_index
from bot.handbook.search import Handbook
from bot.pipeline.importing import import_directory
from bot.pipeline.sample import write_sample
from bot.pipeline.service import Pipeline
from bot.pipeline.statements import PipelineRules
from bot.pipeline.store import SnapshotStore
from bot.resources import shipped
from tests.remembered import Remembering


@pytest.fixture(scope="session")
def playbook_dir() -> Path:
    return shipped("knowledge") / "playbook"


@pytest.fixture(scope="session")
def playbook(playbook_dir: Path) -> CoachPlaybook:
    return CoachPlaybook.load(playbook_dir)


@pytest.fixture(scope="session")
def rules(playbook_dir: Path) -> PipelineRules:
    return PipelineRules.load(playbook_dir)


@pytest.fixture(scope="session")
def shipped_handbook(
    tmp_path_factory: pytest.TempPathFactory, playbook_dir: Path, remembering: Remembering
) -> Handbook:
    """The default handbook with the real model, as the scenarios meet it."""
    folder = tmp_path_factory.mktemp("shipped_handbook")
    build_index([shipped("knowledge") / "handbook"], folder, embedder=remembering)
    return Handbook.open(folder, playbook_dir=playbook_dir)


@pytest.fixture(scope="session")
def quick_handbook(tmp_path_factory: pytest.TempPathFactory, playbook_dir: Path) -> Handbook:
    """The same pages searched by words only: for tests that need a handbook, whatever it finds."""
    folder = tmp_path_factory.mktemp("quick_handbook")
    build_index([shipped("knowledge") / "handbook"], folder, embedder=LexicalOnly("tests of the coach"))
    return Handbook.open(folder, playbook_dir=playbook_dir)


@pytest.fixture(scope="session")
def company(playbook: CoachPlaybook, rules: PipelineRules) -> Company:
    """Builds small worlds and asks the coach in them; no handbook, so that tests stay quick."""
    return Company(playbook, rules)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, rules: PipelineRules) -> Pipeline:
    """The sample company, imported by the door everybody's data takes."""
    folder, home = tmp_path_factory.mktemp("sample_csv"), tmp_path_factory.mktemp("sample_home")
    write_sample(folder, as_of=SAMPLE_NOW)
    store = SnapshotStore(home)
    import_directory(folder, store, stages=rules.stages)
    return Pipeline(store.open_current().con, rules, "UTC")


@pytest.fixture(scope="session")
def sample_coach(sample: Pipeline, playbook: CoachPlaybook, rules: PipelineRules, quick_handbook: Handbook) -> Coach:
    return Coach(lambda: sample, lambda: quick_handbook, playbook, rules.stages.probabilities())

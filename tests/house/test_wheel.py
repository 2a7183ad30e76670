"""The wheel holds everything the product needs: it is built, unpacked elsewhere and used from there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.repository import ROOT, below

pytestmark = pytest.mark.slow

LOAD_EVERYTHING = """
from pathlib import Path
import bot
from bot.coach.playbook import CoachPlaybook
from bot.handbook.embed import TOKENIZER
from bot.memory import Memory
from bot.pipeline.service import PipelineRules
from bot.settings import Settings

settings = Settings(_env_file=None)
PipelineRules.load(settings.playbook_dir)
CoachPlaybook.load(settings.playbook_dir)
assert TOKENIZER.stat().st_size > 100_000
Memory.open("sqlite:///memory.db").close()
print(Path(bot.__file__).parent, settings.playbook_dir, len(list(settings.handbook_dir.rglob("*.md"))), sep="\\n")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the pinned build backend, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "-w", str(folder)]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def site(wheel: Path) -> Path:
    """The wheel unpacked, as an installer would."""
    folder = wheel.parent / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(site: Path, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run Python on the unpacked wheel, far away from this checkout; dependencies come from here."""
    home.mkdir(exist_ok=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COACH_", "SLACK_"))}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=home, env=environment | {"PYTHONPATH": str(site), "COLUMNS": "100"}, capture_output=True, text=True,
    )  # fmt: skip


def test_every_shipped_file_is_in_the_wheel(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {str(path) for path in below("bot")}
    wanted |= {f"bot/_shipped/{path}" for path in below("prompts", "knowledge")}
    assert sorted(wanted - held) == []
    assert any(name.startswith("bot/_shipped/knowledge/playbook/") for name in held)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in held)


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0].partition("-")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"bot", "slack_sales_coach"}


def test_the_command_answers_from_the_wheel(site: Path, tmp_path: Path) -> None:
    shown = run(site, "-m", "bot", "--help", home=tmp_path / "elsewhere")
    assert shown.returncode == 0, shown.stderr
    assert "demo" in shown.stdout


def test_playbook_handbook_and_migrations_load_from_the_wheel(site: Path, tmp_path: Path) -> None:
    loaded = run(site, "-c", LOAD_EVERYTHING, home=tmp_path / "elsewhere")
    assert loaded.returncode == 0, loaded.stderr
    package, playbook, pages = loaded.stdout.splitlines()
    assert Path(package) == site / "bot"
    assert Path(playbook) == site / "bot" / "_shipped" / "knowledge" / "playbook"
    assert int(pages) >= 50

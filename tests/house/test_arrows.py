"""The import contracts of pyproject.toml hold, and would notice if they did not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import ROOT

LINTER = Path(sys.executable).with_name("lint-imports")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code and its contracts, to be spoiled."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "bot", folder / "bot", ignore=lambda _, names: [n for n in names if not _is_code(n)])
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _is_code(name: str) -> bool:
    return name.endswith(".py") or ("." not in name and name != "__pycache__")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--cache-dir", str(folder / ".cache")],
        cwd=folder, capture_output=True, text=True, env=os.environ | {"COLUMNS": "200"},
    )  # fmt: skip


def test_the_contracts_hold(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("room", "wrong", "contract"),
    [
        ("pipeline", "import bot.handbook.model", "Arrows point one way"),
        ("handbook", "import bot.memory.service", "Arrows point one way"),
        ("coach", "import bot.slack.ids", "Arrows point one way"),
        ("slack", "import bot.cli.context", "Arrows point one way"),
        ("coach", "import slack_sdk", "Only the rooms above the coach speak Slack"),
        ("jobs", "import slack_bolt", "Only the Slack room runs an app"),
        ("slack", "import sqlalchemy", "The Slack room knows no SQL"),
        ("coach", "import langchain_openai", "Only coach/llm talks to a model"),
        ("pipeline", "import openai", "Only coach/llm talks to a model"),
        ("slack/local", "import bot.slack.views", "The local Slack is a judge"),
    ],
)
def test_a_wrong_arrow_breaks_its_contract(copy: Path, room: str, wrong: str, contract: str) -> None:
    spoiled = copy / "bot" / room / "zz_wrong.py"
    spoiled.write_text(f"{wrong}\n", encoding="utf-8")
    try:
        result = lint(copy)
    finally:
        spoiled.unlink()
    broken = [line for line in result.stdout.splitlines() if line.startswith(contract) and "BROKEN" in line]
    assert result.returncode == 1
    assert broken, result.stdout

"""Every report command on the sample company: as text, as JSON, and within what a person may see."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app, hygiene, reports, views  # noqa: F401 - they register their commands
from bot.pipeline.importing import import_directory
from bot.pipeline.sample import write_sample
from bot.runtime import Runtime
from bot.settings import Settings

pytestmark = pytest.mark.slow

NOW = datetime(2026, 9, 21, 14, tzinfo=UTC)
REP, OTHER = "tess.calloway@fernhall.example", "Dev Malhotra"
COMMANDS = (
    "hygiene", "report conversion", "report ageing", "report winloss", "report forecast", "report movers",
    "report shares", "report commitment", "view", "view clean-your-room",
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the sample company and one past snapshot."""
    path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(path))
        patch.setenv("COLUMNS", "200")
        write_sample(path / "sample", as_of=NOW)
        runtime = Runtime(Settings())
        assert import_directory(path / "sample", runtime.store, stages=runtime.rules.stages).ok
        run("snapshot", "--weeks", "2", as_of="2026-09-14")
        yield path


@cache
def run(*words: str, as_of: str = NOW.isoformat()) -> str:
    """Run one command as of a day, once, and return what it printed."""
    result = CliRunner().invoke(app, [*words, "--as-of", as_of])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_report_reads_and_parses(home: Path, command: str) -> None:
    assert run(*command.split()).strip()
    assert json.loads(run(*command.split(), "--json"))


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_of_others_reaches_a_rep(home: Path, command: str) -> None:
    everybody = run(*command.split(), "--json")
    own = run(*command.split(), "--json", "--as", REP)
    assert OTHER not in own + run(*command.split(), "--as", REP)
    assert "Strandvik" not in own
    assert len(own) <= len(everybody)


def test_movers_compare_with_the_stored_day(home: Path) -> None:
    found = json.loads(run("report", "movers", "--json"))
    assert found["compared_with"] == "2026-09-14"
    assert found["moves"]["down"]


def test_past_weeks_are_worked_out_once(home: Path) -> None:
    assert json.loads(run("snapshot", "--weeks", "2", "--json", as_of="2026-09-14"))["weeks"] == 1
    [person, *_] = json.loads(run("report", "shares", "--json"))["people"]
    assert len(person["history"]["weekly"]) == 3


def test_the_preset_changes_the_forecast(home: Path) -> None:
    book = json.loads(run("report", "forecast", "--preset", "book", "--json"))
    default = json.loads(run("report", "forecast", "--json"))
    assert (book["preset"], default["preset"]) == ("book", "default")
    assert book["totals"][-1]["weighted"] < default["totals"][-1]["weighted"]


def test_an_unknown_view_or_deal_ends_with_one_line(home: Path) -> None:
    for words in (["view", "nothing"], ["hygiene", "No Such Company"]):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 2
        assert len(result.stderr.strip().splitlines()) == 1

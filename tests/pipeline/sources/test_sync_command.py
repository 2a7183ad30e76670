"""`coach sync` from the outside: what it prints, its exit code, and what `coach doctor` then knows."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bot.cli.data
import bot.cli.sync  # noqa: F401 - registers the command
from bot.cli import app
from bot.cli.doctor import _sources
from bot.runtime import Runtime
from bot.settings import Settings
from tests.pipeline.sources.conftest import SalesforceBench


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, salesforce: SalesforceBench) -> Path:
    monkeypatch.chdir(tmp_path)  # no .env of a developer
    settings = {
        "COACH_HOME": tmp_path / "home",
        "SALESFORCE_LOGIN_URL": salesforce.url,
        "SALESFORCE_CLIENT_ID": salesforce.server.client_id,
        "SALESFORCE_CLIENT_SECRET": salesforce.server.client_secret,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    return tmp_path / "home"


def test_a_sync_is_counted_and_becomes_the_pipeline(home: Path) -> None:
    done = CliRunner().invoke(app, ["sync", "salesforce"])
    assert done.exit_code == 0, done.output
    assert "salesforce: read everything, ok" in done.output
    again = CliRunner().invoke(app, ["sync", "salesforce", "--json"])
    status = json.loads(again.stdout)
    assert (status["state"], status["full"], status["read"]["opportunities"]) == ("ok", False, 1)
    [row] = json.loads(CliRunner().invoke(app, ["facets", "--json"]).stdout)
    assert row["name"] == "Rollout"
    finding = _sources(Runtime(Settings()))
    assert (finding.state, "salesforce: ok" in finding.found) == ("ok", True)


def test_a_source_that_cannot_be_read_ends_with_one_and_its_reason(home: Path, salesforce: SalesforceBench) -> None:
    salesforce.server.client_secret = "changed in the CRM"
    done = CliRunner().invoke(app, ["sync", "salesforce"])
    assert done.exit_code == 1
    assert "copy consumer key and secret again" in done.output
    assert _sources(Runtime(Settings())).state == "bad"


@pytest.mark.parametrize(("name", "word"), [("pipedrive", "salesforce, hubspot, warehouse"), ("hubspot", "HUBSPOT_")])
def test_what_was_never_set_up_is_a_usage_error(home: Path, name: str, word: str) -> None:
    done = CliRunner().invoke(app, ["sync", name])
    assert done.exit_code == 2
    assert word in done.output

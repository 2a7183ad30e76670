"""`coach connect google`: from a person's yes in the browser to a sync of their mailbox."""

import json
from pathlib import Path
from threading import Thread

import pytest

pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")

import requests
from typer.testing import CliRunner

import bot.cli.connect
import bot.cli.sync  # noqa: F401 - registers the command
from bot.cli import app
from tests.pipeline.sources.google_bench import ANA, GoogleBench
from tests.servers.google.login import SCOPE


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> None:
    def opens(url: str) -> bool:
        Thread(target=requests.get, args=(url,), kwargs={"timeout": 10}, daemon=True).start()
        return True

    monkeypatch.setattr("webbrowser.open", opens)


@pytest.fixture
def at_home(google: GoogleBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoogleBench:
    """The environment of somebody who set the client file and nothing else; the local Google speaks plain HTTP."""
    monkeypatch.chdir(tmp_path)
    client = {"client_id": "c1", "client_secret": "s1", "auth_uri": f"{google.url}/auth",
              "token_uri": f"{google.url}/token"}  # fmt: skip
    (tmp_path / "client.json").write_text(json.dumps({"installed": client}))
    for name, value in {
        "COACH_HOME": str(tmp_path), "GOOGLE_CLIENT_FILE": str(tmp_path / "client.json"),
        "GOOGLE_API_URL": google.url, "OAUTHLIB_INSECURE_TRANSPORT": "1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return google


def test_who_connects_is_read_from_then_on(at_home: GoogleBench, browser: None) -> None:
    at_home.server.person = ANA
    done = CliRunner().invoke(app, ["connect", "google", "--port", "0"])
    assert (done.exit_code, f"{ANA} is connected" in done.output) == (0, True), done.output
    kept = json.loads((at_home.installation.home / "google" / f"{ANA}.json").read_text())
    assert kept["scopes"] == [f"{SCOPE}gmail.metadata", f"{SCOPE}calendar.events.readonly"]
    at_home.receive()
    synced = CliRunner().invoke(app, ["sync", "google", "--dry-run", "--json"])
    status = json.loads(synced.stdout)
    assert status["read"]["activities"] == 1
    assert [(feed["address"], feed["connected"]) for feed in status["feeds"]][:2] == [(ANA, True), (ANA, True)]
    assert [problem for problem in status["problems"] if "ben@seller.example has not connected" in problem]


@pytest.mark.parametrize(
    ("person", "unticked", "said"),
    [("", set(), "access_denied"), (ANA, {f"{SCOPE}calendar.events.readonly"}, "both boxes have to be ticked")],
)
def test_a_no_is_said_and_nothing_is_kept(
    at_home: GoogleBench, browser: None, person: str, unticked: set[str], said: str
) -> None:
    at_home.server.person, at_home.server.unticked = person, frozenset(unticked)
    done = CliRunner().invoke(app, ["connect", "google", "--port", "0"])
    assert (done.exit_code, said in done.output) == (2, True), done.output
    assert not (at_home.installation.home / "google").exists()


def test_what_is_missing_is_named(at_home: GoogleBench, monkeypatch: pytest.MonkeyPatch) -> None:
    (at_home.installation.home / "client.json").write_text("{}")
    assert "Desktop app" in CliRunner().invoke(app, ["connect", "google"]).output
    monkeypatch.delenv("GOOGLE_CLIENT_FILE")
    assert "GOOGLE_CLIENT_FILE" in CliRunner().invoke(app, ["connect", "google"]).output
    assert CliRunner().invoke(app, ["connect", "hubspot"]).exit_code == 2

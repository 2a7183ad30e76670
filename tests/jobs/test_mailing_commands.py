"""`coach digest` and `coach deliveries`: what would be sent, and what became of what was."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from mailroom import MANAGER, MONDAY, REP
from typer.testing import CliRunner

import bot.cli.mailings
from bot.cli import app
from bot.memory import Memory
from bot.runtime import Runtime

NOON = MONDAY + timedelta(hours=14, minutes=5)


@pytest.fixture
def memory_url(company: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The sample company in the environment, with a memory of its own."""
    shutil.copy(company.settings.home / "memory.db", tmp_path / "memory.db")
    url = f"sqlite:///{tmp_path}/memory.db"
    monkeypatch.setenv("COACH_HOME", str(company.settings.home))
    monkeypatch.setenv("COACH_MEMORY_URL", url)
    assert bot.cli.mailings
    return url


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*words, "--as-of", NOON.isoformat()], env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result.output


def test_a_preview_says_what_one_person_would_get_and_sends_nothing(memory_url: str) -> None:
    shown = run("digest", "--for", f"{REP}@fernhall.example")
    assert "got worse" in shown
    assert "→ Tess" in shown
    with Memory.open(memory_url) as memory:
        assert memory.deliveries() == []


def test_a_manager_previews_the_team(memory_url: str) -> None:
    found = json.loads(run("digest", "--for", f"{MANAGER}@fernhall.example", "--json"))
    assert found["team"]["headline"].endswith("open deals at risk")
    assert {"headline", "items", "footer"} <= found.keys()


def test_a_dry_run_lists_everybody_with_their_own_hour(memory_url: str) -> None:
    plans = {plan["reader"]: plan for plan in json.loads(run("digest", "--all", "--dry-run", "--json"))}
    assert plans["Tess Calloway"]["due_now"] is True
    assert plans["Tess Calloway"]["at"].startswith("2026-11-16T08:00")
    assert plans["Jiaying Tan"]["due_now"] is False
    assert plans["Nadia Rahimi"]["what"].startswith("team: ")


def test_without_a_dry_run_nothing_is_done(memory_url: str) -> None:
    assert "add --dry-run" in run("digest", "--all", code=2)
    assert "say whose digest" in run("digest", code=2)


def test_the_ledger_is_summed_up_with_its_reasons(memory_url: str) -> None:
    with Memory.open(memory_url) as memory:
        memory.mailings.skip("digest", [("u-1", MONDAY.date()), ("u-2", MONDAY.date())], "too late", MONDAY)
        claim = memory.claim("digest", "u-3", MONDAY.date(), MONDAY)
        assert claim is not None
        memory.mark_failed(claim, "user_disabled", MONDAY, final=True)
        memory.mailings.note_unreachable("u-3", "US3", "user_disabled", MONDAY)
    shown = run("deliveries")
    assert "too late (2)" in shown
    assert "u-3 is out of reach (user_disabled)" in shown
    rows = json.loads(run("deliveries", "--status", "dead", "--json"))
    assert [(row["reader_id"], row["reason"]) for row in rows] == [("u-3", "user_disabled")]

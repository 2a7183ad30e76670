"""`coach doctor` on Slack: scopes the token lacks, and readers whom no message can reach."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.doctor_slack import examine_accounts, examine_slack
from bot.memory import SlackAccount
from bot.pipeline.importing import import_directory
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.local import LocalSlack

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MANIFEST = Path(__file__).parents[2] / "manifest.json"
USERS = "user_id,name,email,slack_user_id\n1,Ana Ito,ana@seller.example,\n2,Ben Oh,ben@seller.example,U2\n"
DEALS = "opportunity_id,name,owner_id\nd1,Rollout,1\n"


def manifest(without: str | None = None) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    scopes = content["oauth_config"]["scopes"]
    scopes["bot"] = [scope for scope in scopes["bot"] if scope != without]
    return content


@pytest.mark.parametrize(("without", "state"), [(None, "ok"), ("users:read.email", "bad")])
async def test_every_scope_of_the_manifest_is_asked_for(tmp_path: Path, without: str | None, state: str) -> None:
    async with LocalSlack.for_manifest(manifest(without)) as slack:
        token = slack.workspace.bot_token
        settings = Settings(_env_file=None, COACH_HOME=tmp_path, SLACK_API_URL=slack.api_url, SLACK_BOT_TOKEN=token)
        found = await examine_slack(Runtime(settings))
    assert found.state == state
    assert (without or "connected") in found.found


def test_readers_without_an_account_are_named(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(USERS)
    (tmp_path / "opportunities.csv").write_text(DEALS)
    runtime = Runtime(Settings(_env_file=None, COACH_HOME=tmp_path / "home"))
    import_directory(tmp_path, runtime.store, stages=runtime.rules.stages, workspace_zone="UTC")
    assert examine_accounts(runtime, NOW).found == "1 of 2 have a Slack account; not Ana Ito"
    runtime.memory.accounts.note([("Ana@seller.example", SlackAccount("U1", None, NOW))])
    assert examine_accounts(runtime, NOW).found == "all 2 have a Slack account"
    runtime.memory.close()

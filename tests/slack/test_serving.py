"""Starting and stopping: clear words for a missing setting, no answer lost at the end."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from sample_house import MANIFEST, REP, account
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.memory import Memory
from bot.settings import Settings
from bot.slack.app import SlackMisconfigured, build_app, link_hosts
from bot.slack.local import LocalSlack
from bot.slack.serve import serve
from bot.slack.services import Services


def settings_for(slack, **changes):
    names = {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": slack.workspace.bot_token}
    return Settings(_env_file=None, **names, **changes)


@pytest.fixture
def memory(tmp_path):
    with Memory.open(f"sqlite:///{tmp_path}/memory.db") as opened:
        yield opened


@pytest.fixture
def build(sample_runtime, memory):
    """Builds the app for settings."""
    return lambda settings: build_app(settings, Services(sample_runtime.coach, memory), lambda: datetime.now(UTC))


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, "SLACK_APP_TOKEN"),
        ({"SLACK_PORT": 3000}, "SLACK_SIGNING_SECRET"),
        ({"SLACK_SIGNING_SECRET": "s3"}, "SLACK_PORT is not"),
    ],
)
async def test_a_missing_way_to_hear_from_slack_is_named(build, changes, missing):
    async with LocalSlack() as slack:
        settings = settings_for(slack, **changes)
        with pytest.raises(SlackMisconfigured, match=missing):
            await serve(build(settings), settings)


async def test_a_missing_bot_token_is_named(build):
    with pytest.raises(SlackMisconfigured, match="SLACK_BOT_TOKEN"):
        build(Settings(_env_file=None))


async def test_without_a_signing_secret_no_http_request_gets_in(build):
    async with LocalSlack() as slack:
        app = build(settings_for(slack))
        request = AsyncBoltRequest(
            body=json.dumps({"type": "event_callback"}),
            headers={"x-slack-signature": "v0=0", "x-slack-request-timestamp": str(int(datetime.now(UTC).timestamp()))},
        )
        assert (await app.async_dispatch(request)).status == 401


async def test_an_answer_under_way_is_finished_before_the_app_goes(build, sample_runtime):
    async with LocalSlack.for_manifest(MANIFEST) as slack:
        settings = settings_for(slack, SLACK_APP_TOKEN=slack.workspace.app_token)
        app, stop = build(settings), asyncio.Event()
        rep = account(slack, sample_runtime.coach, REP)
        serving = asyncio.create_task(serve(app, settings, stop))
        await slack.wait_for(lambda s: s.calls_of("apps.connections.open"))
        await asyncio.sleep(0.2)
        slack.inject("users.info", status=429, retry_after_seconds=1)
        sent = await slack.dm(rep, "How is Quarrybank looking?")
        stop.set()
        await asyncio.wait_for(serving, 5)

        assert (await slack.reply_to(sent, seconds=0.1)).from_bot


def test_links_lead_to_the_companys_own_handbook_only():
    known = Settings(_env_file=None, COACH_HANDBOOK_BASE_URL="https://handbook.example.com/sales")

    assert link_hosts(known) == {"handbook.example.com"}
    assert link_hosts(Settings(_env_file=None)) == frozenset()


def test_the_manifest_asks_for_what_the_listeners_need():
    events = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])

    assert {"message.im", "app_mention", "app_home_opened", "agent_session_stopped"} <= events
    assert [command["command"] for command in MANIFEST["features"]["slash_commands"]] == ["/consult"]
    assert len(MANIFEST["features"]["agent_view"]["agent_description"]) <= 300
    assert "assistant_view" not in MANIFEST["features"]

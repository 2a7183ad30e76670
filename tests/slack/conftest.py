"""The real app, connected to the local Slack, with a coach that says what a test needs it to say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from scripted_coach import MANIFEST, PRIYA, ScriptedCoach

from bot.memory import Memory
from bot.pipeline.sample import write_sample
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.local import Channel, LocalSlack
from bot.slack.local import User as SlackUser
from bot.slack.serve import EVENTS_PATH, connected
from bot.slack.services import Services


@dataclass
class Office:
    """A workspace with the app in it: Priya is known, the guest and the stranger are not."""

    slack: LocalSlack
    coach: ScriptedCoach
    memory: Memory
    settings: Settings
    priya: SlackUser
    deals: Channel
    logs: list[dict[str, Any]]

    async def settle(self) -> None:
        """Give the app the time to do what it should not do."""
        await asyncio.sleep(0.3)

    def posts(self) -> list[Any]:
        """Everything the app has shown to anybody."""
        return [call for call in self.slack.calls if call.method in {"chat.postMessage", "chat.postEphemeral"}]


@pytest_asyncio.fixture(params=["socket", "http"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """The whole app over each of both transports."""
    async with open_office(tmp_path, request.param) as opened:
        yield opened
        assert opened.slack.violations == []


@pytest_asyncio.fixture
async def http_office(tmp_path: Path) -> AsyncIterator[Office]:
    """The app behind signed HTTP."""
    async with open_office(tmp_path, "http") as opened:
        yield opened


@asynccontextmanager
async def open_office(tmp_path: Path, transport: str) -> AsyncIterator[Office]:
    """Start the local Slack, open the memory, build the app, connect it."""
    async with LocalSlack.for_manifest(MANIFEST) as slack:
        workspace = slack.workspace
        settings = Settings(
            _env_file=None,
            SLACK_API_URL=slack.api_url,
            SLACK_BOT_TOKEN=workspace.bot_token,
            SLACK_SIGNING_SECRET=workspace.signing_secret,
            COACH_HANDBOOK_BASE_URL="https://handbook.example.com",
            **({"SLACK_APP_TOKEN": workspace.app_token} if transport == "socket" else {"SLACK_PORT": 0}),
        )
        coach = ScriptedCoach()
        with Memory.open(f"sqlite:///{tmp_path}/memory.db") as memory, structlog.testing.capture_logs() as logs:
            app = build_app(settings, Services(coach, memory), lambda: datetime.now(UTC))
            async with connected(app, settings) as port:
                if port is not None:
                    slack.use_http(f"http://127.0.0.1:{port}{EVENTS_PATH}")
                priya = slack.add_user("priya", email=PRIYA.email)
                deals = slack.add_channel("deals", priya)
                yield Office(slack, coach, memory, settings, priya, deals, logs)


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company as CSV files."""
    from sample_house import NOW

    folder = tmp_path_factory.mktemp("sample_csv")
    write_sample(folder, as_of=NOW)
    return folder


@pytest.fixture(scope="session")
def sample_runtime(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """The sample company imported once; no handbook, so that tests stay quick."""
    from sample_house import import_sample

    return import_sample(sample_folder, tmp_path_factory.mktemp("sample_home"))


@pytest_asyncio.fixture
async def house(sample_runtime: Runtime, tmp_path: Path) -> AsyncIterator[Any]:
    """The whole product over the sample company."""
    from sample_house import open_house

    async with open_house(sample_runtime, tmp_path) as opened:
        yield opened

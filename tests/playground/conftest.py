"""The playground in a headless Chromium: one running sample company for all tests, a fresh tab for each."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from browser_tab import PICTURES, Tab
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.playground_office import Clock, open_playground
from bot.cli.playground_page import NoPage, built_page
from bot.cli.sample import import_sample
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.local.playground import Playground
from tests.servers.tools import lacking

ROOT = Path(__file__).parents[2]
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
WIDE, NARROW = {"width": 1360, "height": 860}, {"width": 390, "height": 844}
PATIENCE_MS = 15_000


@pytest.fixture(scope="session")
def page_folder() -> Path:
    """The page, built with npm once for each version; skips where that cannot be."""
    try:
        return built_page(ROOT / "build" / "playground-page", print)
    except NoPage as reason:
        lacking(str(reason))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The installed browser, as `make render` finds it."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        lacking("Chromium is not installed (CHROMIUM names another binary)")
    return found


@dataclass
class Office:
    """The running playground, and what is behind it."""

    playground: Playground
    runtime: Runtime
    clock: Clock

    @property
    def slack(self) -> Any:
        """The local Slack, to look behind the page."""
        return self.playground.slack

    def slack_id(self, role: str) -> str:
        """The account of the person one acts as in this role."""
        return next(user_id for user_id, line in self.playground.stage.roles.items() if line == role)

    def user_id(self, role: str) -> str:
        """The same person in the pipeline."""
        return self.runtime.coach.asker_for_slack(self.slack_id(role), None).user.id

    def contests(self, deal_name: str) -> list[Any]:
        """The objections stored for a deal whose name begins so."""
        names = self.runtime.coach.open_pipeline().deal_names(None)
        deal = next(name for name in names if name.name.startswith(deal_name) or name.account.startswith(deal_name))
        return self.runtime.memory.contests.of_deal(deal.id, MONDAY - timedelta(days=1))

    @property
    def client(self) -> AsyncWebClient:
        """The app's own way to post."""
        return AsyncWebClient(self.slack.workspace.bot_token, base_url=self.slack.api_url)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Runtime, Any]]:
    """The sample company, imported once, without a handbook; a Monday, so that "tomorrow" is a working day."""
    runtime = Runtime(Settings(_env_file=None, COACH_HOME=tmp_path_factory.mktemp("playground")))
    yield runtime, import_sample(runtime, MONDAY)
    runtime.memory.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def office(company: tuple[Runtime, Any], page_folder: Path) -> AsyncIterator[Office]:
    """The playground, serving."""
    runtime, sample = company
    clock = Clock(MONDAY - datetime.now(UTC))
    async with open_playground(runtime, sample, page_folder, clock) as playground:
        yield Office(playground, runtime, clock)
    assert playground.slack.violations == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Any]:
    """One Chromium for all tests."""
    playwright = pytest.importorskip("playwright.async_api")
    async with playwright.async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        await opened.close()


@asynccontextmanager
async def _opened(office: Office, browser: Any, size: dict[str, int], name: str) -> AsyncIterator[Tab]:
    """A tab of its own; whatever the page complained about fails the test. Its last sight is kept under `name`."""
    context = await browser.new_context(viewport=size, timezone_id="America/Chicago", locale="en-US")
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    await page.goto(office.playground.url)
    await page.get_by_label("Message Sales Coach").wait_for()
    yield Tab(page, office.playground.url)
    await page.screenshot(path=PICTURES / "last" / f"{name}.png")
    await context.close()
    office.slack.workspace.modals.stacks.clear()
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def tab(office: Office, browser: Any, request: pytest.FixtureRequest) -> AsyncIterator[Tab]:
    """A tab as wide as a desk."""
    async with _opened(office, browser, WIDE, request.node.name) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def narrow_tab(office: Office, browser: Any, request: pytest.FixtureRequest) -> AsyncIterator[Tab]:
    """A tab as narrow as a telephone."""
    async with _opened(office, browser, NARROW, request.node.name) as opened:
        yield opened

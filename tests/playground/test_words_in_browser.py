"""A person asks in the browser, sees words grow under the card, and presses Stop."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from browser_tab import Tab

from bot.cli.playground_office import Clock, open_playground
from bot.cli.sample import import_sample
from bot.runtime import Runtime
from bot.settings import Settings
from tests.servers.scripted_model import Answer, Request, Say, ScriptedModel, Typed, told

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def slowly(request: Request) -> Answer:
    if request.job == "extract":
        return Say({"items": []})
    quotes = [{"point": row["id"], "text": ""} for row in request.rows("points") if row["quote"]]
    return Typed({"claims": [*told(request), *quotes[:2]]}, pause=0.12)


@dataclass
class Desk:
    """A tab, and the model behind what it shows."""

    tab: Tab
    model: ScriptedModel


@pytest_asyncio.fixture(loop_scope="session")
async def desk(page_folder, browser: Any, tmp_path) -> AsyncIterator[Desk]:
    with ScriptedModel().running() as model:
        model.reset(slowly)
        settings = Settings(_env_file=None, COACH_HOME=tmp_path, OPENAI_BASE_URL=model.url, OPENAI_API_KEY="sk-test")
        runtime = Runtime(settings)
        sample = import_sample(runtime, MONDAY)
        runtime.deepener.warm_up()
        async with open_playground(runtime, sample, page_folder, Clock(MONDAY - datetime.now(UTC))) as playground:
            context = await browser.new_context(viewport={"width": 1360, "height": 1150}, locale="en-US")
            page = await context.new_page()
            page.set_default_timeout(15_000)
            await page.goto(playground.url)
            await page.get_by_label("Message Sales Coach").wait_for()
            yield Desk(Tab(page, playground.url), model)
            await context.close()
        runtime.memory.close()


async def test_words_grow_under_the_card_until_stop_is_pressed(desk):
    tab = desk.tab
    await tab.ask("How is Quarrybank looking?")
    stop = tab.thread.get_by_role("button", name="Stop")
    growing = tab.thread.locator(".streaming")
    await growing.wait_for()
    first = await growing.inner_text()
    await tab.page.wait_for_function(
        "(was) => document.querySelector('.thread .streaming')?.innerText.length > was", arg=len(first)
    )
    await tab.picture("words_growing")
    await stop.click()

    await tab.thread.get_by_text("Stopped.").wait_for()
    await stop.wait_for(state="detached")
    await tab.picture("words_stopped")
    assert await growing.count() == 0
    assert desk.model.left == 1


async def test_words_are_complete(desk):
    tab = desk.tab
    await tab.ask("How is Quarrybank looking?")
    await tab.thread.locator(".streaming").wait_for()
    await tab.thread.locator(".streaming").wait_for(state="detached")
    await tab.page.get_by_role("button", name="Stop").wait_for(state="detached")
    await tab.picture("words_complete")

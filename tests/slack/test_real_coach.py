"""The whole product from a CSV to a Slack message: real import, real coach, real app, local Slack."""

import csv
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from block_limits import shown_text
from samples import DIGEST
from scripted_coach import MANIFEST

from bot.pipeline.importing import import_directory
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.delivery import deliver
from bot.slack.ids import ActionId
from bot.slack.local import LocalSlack, User
from bot.slack.serve import connected
from bot.slack.services import Services
from bot.slack.views.digest import digest_message

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
USERS = [
    ("u-priya", "Priya Raman", "priya@example.com", "rep", "u-mira"),
    ("u-tom", "Tom Field", "tom@example.com", "rep", "u-mira"),
    ("u-mira", "Mira Stone", "mira@example.com", "manager", ""),
]
DEALS = [
    ("d-timber", "Norrland Timber - Mill rollout", "Norrland Timber", "u-priya"),
    ("d-dairy1", "Alpenland Dairy - Cold chain", "Alpenland Dairy", "u-priya"),
    ("d-dairy2", "Alpenland Dairy - Bottling line", "Alpenland Dairy", "u-priya"),
    ("d-harbour", "Harbour Lines - Crane telemetry", "Harbour Lines", "u-tom"),
]


@dataclass
class House:
    """The running product and its people."""

    slack: LocalSlack
    runtime: Runtime
    client: object
    priya: User
    mira: User

    async def ask(self, person: User, text: str) -> str:
        reply = await self.slack.reply_to(await self.slack.dm(person, text), seconds=15)
        return shown_text(reply.blocks)


def write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header.split(","), *rows])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder, home = tmp_path_factory.mktemp("crm"), tmp_path_factory.mktemp("home")
    write(folder / "users.csv", "user_id,name,email,role,manager_id", USERS)
    write(
        folder / "opportunities.csv",
        "opportunity_id,name,account_name,owner_id,stage,amount,currency,close_date,created_at",
        [(*deal, "Discovery", "42500", "EUR", "2026-12-18", "2026-10-01T09:00:00Z") for deal in DEALS],
    )
    runtime = Runtime(Settings(_env_file=None, COACH_HOME=home))
    report = import_directory(folder, runtime.store, stages=runtime.rules.stages, workspace_zone="UTC")
    assert report.ok, report.summary_lines()
    return home


@pytest_asyncio.fixture
async def house(home, tmp_path) -> AsyncIterator[House]:
    async with LocalSlack.for_manifest(MANIFEST) as slack:
        settings = Settings(
            _env_file=None,
            COACH_HOME=home,
            COACH_MEMORY_URL=f"sqlite:///{tmp_path}/memory.db",
            SLACK_API_URL=slack.api_url,
            SLACK_BOT_TOKEN=slack.workspace.bot_token,
            SLACK_APP_TOKEN=slack.workspace.app_token,
        )
        runtime = Runtime(settings)
        app = build_app(settings, Services(runtime.coach, runtime.memory), lambda: NOW)
        people = [slack.add_user(name, email=f"{name}@example.com") for name in ("priya", "mira")]
        async with connected(app, settings):
            yield House(slack, runtime, app.client, *people)
        runtime.memory.close()
        assert slack.violations == []


async def test_a_rep_gets_their_deal_judged(house):
    shown = await house.ask(house.priya, "How is Norrland looking?")

    assert "Norrland Timber - Mill rollout · Average" in shown
    assert "42,500 EUR" in shown
    assert "Figures as of" in shown


async def test_a_colleagues_deal_and_no_deal_read_the_same(house):
    hidden = await house.ask(house.priya, "How is Harbour Lines looking?")
    missing = await house.ask(house.priya, "How is Zanzibar Traders looking?")

    assert hidden == missing
    assert "telemetry" not in hidden


async def test_the_manager_sees_the_colleagues_deal(house):
    assert "Harbour Lines - Crane telemetry" in await house.ask(house.mira, "How is Harbour Lines looking?")


async def test_an_ambiguous_name_becomes_a_menu_of_ones_own_deals(house):
    shown = await house.ask(house.priya, "How is Alpenland looking?")

    assert "Cold chain" in shown
    assert "Bottling line" in shown
    assert "Harbour" not in shown


async def test_choosing_from_the_menu_answers_for_the_chosen_deal(house):
    menu = await house.slack.reply_to(await house.slack.dm(house.priya, "How is Alpenland looking?"))
    chosen = next(block for block in menu.blocks if "Bottling" in str(block.get("text")))
    await house.slack.click(house.priya, menu, chosen["accessory"]["action_id"])
    await house.slack.wait_for(lambda _: "Bottling line · Average" in shown_text(menu.blocks), seconds=20)


async def test_choosing_from_the_consult_menu_prepares_that_consult(house):
    deals = house.slack.add_channel("deals", house.priya)
    await house.slack.slash(house.priya, deals, "/consult", "Alpenland")
    (menu,) = await house.slack.wait_for(lambda s: s.ephemerals(house.priya))
    chosen = next(block for block in menu.blocks if "Bottling" in str(block.get("text")))
    await house.slack.click(house.priya, menu, chosen["accessory"]["action_id"])
    await house.slack.wait_for(
        lambda _: "Consult · 🟡 Alpenland Dairy - Bottling line" in shown_text(menu.blocks), seconds=200
    )


async def test_a_button_for_a_deal_one_may_not_see_opens_nothing(house):
    item = DIGEST.items[0]
    hidden = replace(item, deal=item.deal.model_copy(update={"id": "d-harbour", "name": "Forged", "account": "Forged"}))
    sent = await deliver(house.client, house.priya.id, digest_message(replace(DIGEST, items=(hidden,))))
    (message,) = house.slack.messages(house.priya)
    await house.slack.click(house.priya, message, ActionId.CHOOSE_DEAL.numbered(0))
    thread = await house.slack.wait_for(lambda s: s.messages(house.priya, thread_ts=sent.ts)[1:])

    assert "telemetry" not in shown_text(thread[-1].blocks)
    assert "Harbour" not in shown_text(thread[-1].blocks)


async def test_the_home_tab_shows_ones_own_deals_only(house):
    await house.slack.open_home(house.priya)
    home = await house.slack.wait_for(lambda s: s.home(house.priya), seconds=20)
    shown = shown_text(home.blocks)

    assert "Norrland Timber" in shown
    assert "Harbour" not in shown
    assert ActionId.CHOOSE_DEAL.numbered(0) in str(home.blocks)

"""The whole product over the sample company: real pipeline, coach, memory and app; a clock that can be set."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from block_limits import shown_text
from scripted_coach import MANIFEST

from bot.coach.consults.follow_up import open_promises
from bot.coach.told import told_notes
from bot.memory import Memory
from bot.pipeline.importing import import_directory
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.local import LocalSlack, Message, User, View
from bot.slack.serve import connected
from bot.slack.services import Services

NOW = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
REP, OTHER_REP, MANAGER = "tess.calloway", "renata.silva", "nadia.rahimi"
DEAL, DEAL_NAME = "Quarrybank", "Quarrybank Stores - Weekend cover"


@dataclass
class Clock:
    """What the app takes for the present."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class House:
    """The running product and its people."""

    slack: LocalSlack
    memory: Memory
    coach: Any
    client: Any
    clock: Clock
    people: dict[str, User] = field(default_factory=dict)

    @property
    def rep(self) -> User:
        return self.people[REP]

    @property
    def manager(self) -> User:
        return self.people[MANAGER]

    def asker(self, name: str) -> Any:
        return self.coach.asker_for_email(f"{name}@fernhall.example")

    async def card(self, text: str = f"How is {DEAL}?", person: User | None = None) -> Message:
        """Ask by direct message and return the card."""
        return await self.slack.reply_to(await self.slack.dm(person or self.rep, text), seconds=30)

    async def press(self, message: Message | View, action_id: str, person: User | None = None, value: Any = None):
        """Press a button and give the app the time to answer."""
        return await self.slack.click(person or self.rep, message, action_id, value)

    async def modal(self, person: User | None = None) -> View:
        return await self.slack.wait_for(lambda s: s.modal(person or self.rep), seconds=15)

    async def eventually(self, condition, seconds: float = 20.0) -> Any:
        """Wait for something Slack is not told of, such as an entry in memory."""
        ends = asyncio.get_running_loop().time() + seconds
        while not (value := condition(self.slack)):
            assert asyncio.get_running_loop().time() < ends, "it did not happen"
            await asyncio.sleep(0.05)
        return value

    async def told(self, part: str, person: User | None = None) -> str:
        """Wait until the person is shown `part` anywhere but in a form; returns all of that message."""
        who = person or self.rep

        def found(slack: LocalSlack) -> str | None:
            shown = [*slack.messages(who), *slack.ephemerals(who)]
            texts = [f"{message.text}\n{shown_text(message.blocks)}" for message in shown]
            return next((text for text in texts if part in text), None)

        return await self.slack.wait_for(found, seconds=15)


def import_sample(folder: Path, home: Path) -> Runtime:
    """Import a folder of CSV files into a home; returns the installation."""
    runtime = Runtime(Settings(_env_file=None, COACH_HOME=home))
    report = import_directory(folder, runtime.store, stages=runtime.rules.stages, workspace_zone="UTC")
    assert report.ok, report.summary_lines()
    return runtime


def _account(slack: LocalSlack, coach: Any, name: str) -> User:
    """The person's Slack account, under the id the pipeline knows."""
    email = f"{name}@fernhall.example"
    return slack.add_user(name, email=email, id=coach.asker_for_email(email).user.slack_user_id)


@asynccontextmanager
async def open_house(runtime: Runtime, folder: Path) -> AsyncIterator[House]:
    """Run the product on an imported home with a memory of its own."""
    async with LocalSlack.for_manifest(MANIFEST) as slack:
        settings = Settings(
            _env_file=None,
            SLACK_API_URL=slack.api_url,
            SLACK_BOT_TOKEN=slack.workspace.bot_token,
            SLACK_APP_TOKEN=slack.workspace.app_token,
        )
        clock = Clock()
        with Memory.open(f"sqlite:///{folder}/memory.db") as memory:
            coach = replace(
                runtime.coach,
                told=lambda deal_ids: told_notes(memory, deal_ids),
                promised=lambda deal_id: open_promises(memory, deal_id),
            )
            await asyncio.to_thread(coach.open_pipeline().warm_up, NOW)
            app = build_app(settings, Services(coach, memory), clock)
            async with connected(app, settings):
                people = {name: _account(slack, coach, name) for name in (REP, OTHER_REP, MANAGER)}
                yield House(slack, memory, coach, app.client, clock, people)
        assert slack.violations == []

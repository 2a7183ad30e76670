"""The whole product over the sample company, with its clock in the test's hands and everybody in the local Slack."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "slack"))

from block_limits import shown_text

from bot.coach.share_history import share_histories
from bot.coach.told import told_notes
from bot.jobs.clock import DigestRules
from bot.jobs.mailing import Mailing, Post, Round
from bot.jobs.rounds import send_due
from bot.memory import Memory
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.local import LocalSlack, Message, User
from bot.slack.pace import Pacer
from bot.slack.serve import connected
from bot.slack.services import Services

FRIDAY, MONDAY = datetime(2026, 11, 13, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC)
REP, OTHER_REP, MANAGER = "tess.calloway", "renata.silva", "nadia.rahimi"


async def no_wait(seconds: float) -> None:
    """A pacer's sleep that takes no time."""


@dataclass
class Clock:
    """What the product takes for the present."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Mailroom:
    """The running product: rounds are sent when the test says so."""

    slack: LocalSlack
    runtime: Runtime
    client: Any
    clock: Clock
    rules: DigestRules
    people: dict[str, User] = field(default_factory=dict)

    @property
    def memory(self) -> Memory:
        return self.runtime.memory

    @property
    def rep(self) -> User:
        return self.people[REP]

    def user_id(self, name: str = REP) -> str:
        return self.runtime.coach.asker_for_email(f"{name}@fernhall.example").user.id

    async def at(self, now: datetime, mailings: Sequence[Mailing] | None = None) -> dict[str, Any]:
        """Set the clock and run one round; returns what it did, by kind."""
        self.clock.now = now
        post = Post(self.client, Pacer(100_000, sleep=no_wait), self.clock)
        return dict(await send_due(post, Round(self.runtime, self.rules, now), mailings))

    def circle(self) -> Round:
        """What a round would know now."""
        return Round(self.runtime, self.rules, self.clock.now)

    def got(self, name: str = REP) -> list[Message]:
        """The bot's messages in a person's direct messages, oldest first."""
        return [message for message in self.slack.messages(self.people[name]) if message.from_bot]

    def text(self, message: Message) -> str:
        return f"{message.text}\n{shown_text(message.blocks)}"

    def last(self, name: str = REP) -> str:
        return self.text(self.got(name)[-1])


@asynccontextmanager
async def open_mailroom(company: Runtime, folder: Path, manifest: dict[str, Any]) -> AsyncIterator[Mailroom]:
    """Run the product on an imported company with the memory in `folder`; the opened pipeline is shared."""
    clock = Clock(MONDAY)
    async with LocalSlack.for_manifest(manifest, clock=lambda: clock.now.timestamp()) as slack:
        settings = Settings(
            _env_file=None,
            COACH_HOME=company.settings.home,
            COACH_MEMORY_URL=f"sqlite:///{folder}/memory.db",
            SLACK_API_URL=slack.api_url,
            SLACK_BOT_TOKEN=slack.workspace.bot_token,
            SLACK_APP_TOKEN=slack.workspace.app_token,
        )
        runtime = Runtime(settings)
        memory = runtime.memory
        runtime.__dict__["coach"] = replace(
            company.coach,
            told=lambda deal_ids: told_notes(memory, deal_ids),
            share_histories=lambda now: share_histories(
                company.coach.open_pipeline(), memory, now, settings.timezone, company.alert_rules
            ),
        )
        app = build_app(settings, Services(runtime.coach, runtime.memory), clock)
        async with connected(app, settings):
            rules = DigestRules.load(settings.playbook_dir)
            room = Mailroom(slack, runtime, app.client, clock, rules)
            for user in runtime.coach.open_pipeline().users.values():
                name = str(user.email).partition("@")[0]
                room.people[name] = slack.add_user(name, email=user.email, id=user.slack_user_id)
            yield room
        runtime.memory.close()
        assert slack.violations == []


def days(count: int) -> timedelta:
    return timedelta(days=count)

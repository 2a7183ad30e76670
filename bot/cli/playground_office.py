"""The sample company at work: the shipped app in a local Slack, people to act as, and time that can be moved on."""

import asyncio
import contextlib
import inspect
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from apscheduler.schedulers.base import BaseScheduler
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.answers import asker
from bot.jobs.clock import DigestRules
from bot.jobs.digests import RepDigests
from bot.jobs.mailing import Letter, Round
from bot.jobs.scheduler import build_scheduler
from bot.jobs.team_digests import TeamDigests
from bot.pipeline.model import Role, User
from bot.pipeline.sample import SampleSummary
from bot.resources import shipped
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.delivery import deliver
from bot.slack.local import LocalSlack
from bot.slack.local import User as SlackUser
from bot.slack.local.playground import Playground
from bot.slack.local.playground_stage import Stage, Trick
from bot.slack.serve import connected
from bot.slack.services import Services

MORNING = time(8, 30)
"""When skipped time ends: after the digests were due, before they are too late."""
WEEKEND = 5
GUEST = "Gus Halloran"
DEALS_CHANNEL, SHARED_CHANNEL = "mid-market-deals", "partner-lounge"


@dataclass
class Clock:
    """The playground's present: this machine's, ahead by what was skipped."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC) + self.ahead

    def skip_to_morning(self, days: int, zone: ZoneInfo) -> datetime:
        """Go to the morning `days` days ahead in `zone`, or to the first working day after it."""
        day = self().astimezone(zone).date() + timedelta(days=days)
        while day.weekday() >= WEEKEND:
            day += timedelta(days=1)
        self.ahead += datetime.combine(day, MORNING, zone) - self()
        return self().astimezone(zone)


@asynccontextmanager
async def open_playground(
    runtime: Runtime, sample: SampleSummary, page: Path, clock: Clock, *, port: int = 0
) -> AsyncIterator[Playground]:
    """Serve the page in `page` over the shipped app in a local Slack with the sample's people in it.

    A port that is taken is replaced by a free one.
    """
    manifest = json.loads(shipped("manifest.json").read_text(encoding="utf-8"))
    async with LocalSlack.for_manifest(manifest, clock=lambda: clock().timestamp()) as slack:
        slack.workspace.bot_user.real_name = manifest["display_information"]["name"]
        settings = _settings(slack)
        await asyncio.to_thread(runtime.coach.open_pipeline().warm_up, clock())
        bolt = build_app(settings, Services(coach=runtime.coach, memory=runtime.memory), clock)
        async with connected(bolt, settings):
            with _clockwork(runtime, bolt.client, clock) as scheduler:
                tricks = Tricks(runtime, bolt.client, clock, scheduler)
                stage = Stage(
                    company=sample.company,
                    about=manifest["features"]["agent_view"]["agent_description"],
                    roles=hire(runtime, sample, slack),
                    tricks=tricks.by_label(),
                    commands=tuple(manifest["features"]["slash_commands"]),
                    prompts=tuple(manifest["features"]["agent_view"]["suggested_prompts"]),
                )
                async with _on_a_port(Playground(slack, stage, page, port=port), slack, stage, page) as opened:
                    yield opened


def _settings(slack: LocalSlack) -> Settings:
    return Settings(
        _env_file=None,
        SLACK_API_URL=slack.api_url,
        SLACK_BOT_TOKEN=slack.workspace.bot_token,
        SLACK_APP_TOKEN=slack.workspace.app_token,
    )


@asynccontextmanager
async def _on_a_port(wanted: Playground, slack: LocalSlack, stage: Stage, page: Path) -> AsyncIterator[Playground]:
    async with contextlib.AsyncExitStack() as stack:
        try:
            opened = await stack.enter_async_context(wanted)
        except OSError:
            opened = await stack.enter_async_context(Playground(slack, stage, page))
        yield opened


@contextmanager
def _clockwork(runtime: Runtime, client: AsyncWebClient, clock: Clock) -> Iterator[BaseScheduler]:
    scheduler = build_scheduler(runtime, client, clock, reads_sources=False)
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.shutdown(wait=False)


def hire(runtime: Runtime, sample: SampleSummary, slack: LocalSlack) -> dict[str, str]:
    """Give the sample's people accounts and channels; return a line about each one to act as, by user id."""
    rep, manager = asker(runtime, sample.rep_email).user, asker(runtime, sample.manager_email).user
    everybody = list(runtime.coach.open_pipeline().users.values())
    operations = asker(runtime, sample.operations_email).user
    colleague = next(user for user in everybody if _is_colleague(user, rep))
    accounts = {user.id: _account(slack, user) for user in everybody}
    guest = slack.add_user("gus", real_name=GUEST, is_restricted=True)
    team = [
        accounts[user.id]
        for user in everybody
        if user.manager_id == manager.id or user.id in (manager.id, operations.id)
    ]
    slack.add_channel(DEALS_CHANNEL, *team)
    slack.add_channel(SHARED_CHANNEL, *team, guest)
    acted = ((rep, "Rep"), (colleague, "Another rep"), (manager, "Manager"), (operations, "Sales operations"))
    return {accounts[user.id].id: line for user, line in acted} | {guest.id: "Guest"}


def _is_colleague(user: User, rep: User) -> bool:
    return user.role is Role.REP and user.manager_id == rep.manager_id and user.id != rep.id


def _account(slack: LocalSlack, user: User) -> SlackUser:
    """The Slack account that the pipeline names."""
    name = str(user.email).partition("@")[0]
    return slack.add_user(
        name, email=user.email, real_name=user.name, id=user.slack_user_id, tz=user.timezone or "Etc/UTC"
    )


@dataclass
class Tricks:
    """What happens by itself in a real company, at the press of a button."""

    runtime: Runtime
    client: AsyncWebClient
    clock: Clock
    scheduler: BaseScheduler

    def by_label(self) -> dict[str, Trick]:
        """The buttons."""
        return {
            "Send my morning digest": self.send_digest,
            "Skip to tomorrow morning": self.skip_day,
            "Skip a week": self.skip_week,
        }

    async def send_digest(self, person: SlackUser) -> str:
        """Write and send the person's digest as of now, that of their team too; as often as one likes."""
        reader = _known(self.runtime, person)
        if reader is None:
            return f"{person.real_name} is not in the pipeline, so gets no digest."
        letters = await asyncio.to_thread(_digests, self.runtime, reader, self.clock())
        for letter in letters:
            await deliver(self.client, person.id, letter.message)
        return "The digest is in your messages with the coach." if letters else "Nothing needs you today."

    async def skip_day(self, person: SlackUser) -> str:
        """Go to the next working morning and run what runs by the clock."""
        return await self._skip(1, person)

    async def skip_week(self, person: SlackUser) -> str:
        """Go a week ahead and run what runs by the clock."""
        return await self._skip(7, person)

    async def _skip(self, days: int, person: SlackUser) -> str:
        now = self.clock.skip_to_morning(days, ZoneInfo(person.tz))
        for job in self.scheduler.get_jobs():
            done = job.func(*job.args, **job.kwargs)
            if inspect.isawaitable(done):
                await done
        return f"It is {now:%A %d %B, %H:%M} now. The sample's data stayed where it was."


def _digests(runtime: Runtime, reader: User, now: datetime) -> list[Letter]:
    """What the morning would bring the reader, with buttons that work."""
    circle = Round(runtime, DigestRules.load(runtime.settings.playbook_dir), now)
    kinds = (RepDigests(), TeamDigests({})) if circle.leads(reader) else (RepDigests(),)
    letters = [letter for kind in kinds if (letter := kind.write(circle, [reader]).get(reader.id))]
    runtime.memory.offers.keep_under(dict(letter.offer for letter in letters if letter.offer))
    return letters


def _known(runtime: Runtime, person: SlackUser) -> User | None:
    found = runtime.coach.asker_for_slack(person.id, person.email)
    return found.user if found else None

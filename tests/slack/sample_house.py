"""The whole product over the sample company: real pipeline, coach, memory and app; a clock that can be set.

What goes wrong in a test goes wrong outside our code: Slack refuses or dawdles, a file is damaged, a database is gone.
"""

import asyncio
import csv
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import structlog
from block_limits import shown_text

from bot.memory import Memory
from bot.pipeline.importing import import_directory
from bot.pipeline.store import POINTER
from bot.runtime import Runtime
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.local import LocalSlack, Message, User, View
from bot.slack.serve import EVENTS_PATH, connected
from bot.slack.services import Services

MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())
NOW = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
REP, OTHER_REP, MANAGER = "tess.calloway", "renata.silva", "nadia.rahimi"
DEAL, DEAL_NAME, DEAL_ID = "Quarrybank", "Quarrybank Stores - Weekend cover", "SL-2004"
TWO_DEALS = "Bellamy"
"""A name that fits two deals of the rep, and a third of somebody she does not see."""
THEIR_DEAL = "Coldharbour"
"""A deal of the other rep."""


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
    app: Any
    clock: Clock
    settings: Settings
    folder: Path
    logs: list[Any]
    people: dict[str, User] = field(default_factory=dict)

    @property
    def client(self) -> Any:
        return self.app.client

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

    async def settle(self) -> None:
        """Give the app the time to do what it should not do."""
        await asyncio.sleep(0.3)

    def posts(self) -> list[Any]:
        """Everything the app has shown to anybody."""
        return [call for call in self.slack.calls if call.method in {"chat.postMessage", "chat.postEphemeral"}]

    def answered(self) -> list[tuple[str, str | None]]:
        """Outcome and deal of every answer in the audit, oldest first."""
        with sqlite3.connect(self.folder / "memory.db") as database:
            return database.execute("select outcome, deal_id from replies order by id").fetchall()

    def lose_memory(self) -> None:
        """The database loses every table."""
        with sqlite3.connect(self.folder / "memory.db") as database:
            database.execute("pragma foreign_keys = off")
            for (name,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
                database.execute(f'drop table "{name}"')

    def lose_a_table(self, secret: str) -> None:
        """Put a snapshot in service that lacks the deals; `secret` is a word DuckDB will quote in its complaint."""
        store = Runtime(self.settings).store
        path = store.current()
        assert path is not None
        damaged = path.with_name("snapshot-000900.duckdb")
        shutil.copy(path, damaged)
        with duckdb.connect(str(damaged)) as database:
            database.execute(f'create table "deal_rows {secret}" as from deal_rows')
            database.execute("drop table deal_rows")
        (store.directory / POINTER).write_text(damaged.name)

    def garble_pipeline(self) -> None:
        """Put a file in service that is no database."""
        folder = self.settings.pipeline_dir
        (folder / "snapshot-000901.duckdb").write_bytes(b"not a database" * 1000)
        (folder / POINTER).write_text("snapshot-000901.duckdb")


def import_sample(folder: Path, home: Path) -> Runtime:
    """Import a folder of CSV files into a home; returns the installation."""
    runtime = Runtime(Settings(_env_file=None, COACH_HOME=home))
    report = import_directory(folder, runtime.store, stages=runtime.rules.stages, workspace_zone="UTC")
    assert report.ok, report.summary_lines()
    return runtime


def rewrite_deal(folder: Path, **changes: str) -> None:
    """Change the row of the deal in a folder of CSV files, as a later export would; `gone` leaves it out."""
    path = folder / "opportunities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    kept = [row for row in rows if row["opportunity_id"] != DEAL_ID or "gone" not in changes]
    for row in kept:
        row.update(changes if row["opportunity_id"] == DEAL_ID else {})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(kept)


def copied(runtime: Runtime, home: Path) -> Runtime:
    """An installation of one's own with the same data, to be damaged."""
    shutil.copytree(runtime.settings.home, home, ignore=shutil.ignore_patterns("memory.db*"))
    return Runtime(Settings(_env_file=None, COACH_HOME=home))


def account(slack: LocalSlack, coach: Any, name: str) -> User:
    """The person's Slack account, under the id the pipeline knows."""
    email = f"{name}@fernhall.example"
    return slack.add_user(name, email=email, id=coach.asker_for_email(email).user.slack_user_id)


@asynccontextmanager
async def open_house(
    runtime: Runtime,
    folder: Path,
    *,
    transport: str = "socket",
    deepener: Callable[[Memory], Any] | None = None,
    warm: bool = True,
) -> AsyncIterator[House]:
    """Run the product on an imported home with a memory of its own, over Socket Mode or signed HTTP.

    `deepener` opens the model path on the house's memory; without it there is no model. What is `warm`
    has read its pipeline beforehand; where that is damaged there is no need.
    """
    async with LocalSlack.for_manifest(MANIFEST) as slack:
        settings = _settings(runtime, slack, transport)
        clock = Clock()
        with Memory.open(f"sqlite:///{folder}/memory.db") as memory, structlog.testing.capture_logs() as logs:
            coach = replace(_coach(runtime, memory), deepener=deepener(memory) if deepener else None)
            if warm:
                await asyncio.to_thread(coach.open_pipeline().warm_up, NOW)
            app = build_app(settings, Services(coach, memory), clock)
            async with connected(app, settings) as port:
                if port is not None:
                    slack.use_http(f"http://127.0.0.1:{port}{EVENTS_PATH}")
                people = {name: account(slack, coach, name) for name in (REP, OTHER_REP, MANAGER)}
                yield House(slack, memory, coach, app, clock, settings, folder, logs, people)
        assert slack.violations == []


def _coach(shared: Runtime, memory: Memory) -> Any:
    """The installation's coach with a memory of its own; the opened data and the playbook, only read, are shared."""
    own, coach = Runtime(shared.settings), shared.coach
    read = ("rules", "alert_rules", "coach_playbook", "saved_views")
    vars(own).update({name: getattr(shared, name) for name in read} | {"memory": memory})
    return replace(own.coach, open_pipeline=coach.open_pipeline, open_handbook=coach.open_handbook)


def _settings(runtime: Runtime, slack: LocalSlack, transport: str) -> Settings:
    hearing = {"SLACK_APP_TOKEN": slack.workspace.app_token} if transport == "socket" else {"SLACK_PORT": 0}
    return Settings(
        _env_file=None,
        COACH_HOME=runtime.settings.home,
        COACH_HANDBOOK_BASE_URL="https://handbook.example.com",
        SLACK_API_URL=slack.api_url,
        SLACK_BOT_TOKEN=slack.workspace.bot_token,
        SLACK_SIGNING_SECRET=slack.workspace.signing_secret,
        **hearing,
    )

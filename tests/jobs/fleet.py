"""A simulated company of many readers in twelve zones, a day on a simulated clock, and the count of what came of it."""

import asyncio
import os
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.jobs.clock import DigestRules
from bot.jobs.digests import KIND
from bot.memory import DeliveryStatus, Memory, Preferences
from bot.memory.deliveries import client_token
from bot.pipeline.model import User
from bot.pipeline.store import SnapshotStore
from bot.resources import shipped
from bot.slack.local import LocalSlack
from tests.benchmarks import generate

ZONES = (
    "Pacific/Honolulu", "America/Los_Angeles", "America/Denver", "America/New_York", "America/Sao_Paulo", "UTC",
    "Europe/Berlin", "Africa/Nairobi", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
BEGINS = datetime(2026, 9, 22, tzinfo=UTC)
STEP = timedelta(minutes=15)
LASTS = timedelta(hours=24)
UNRECORDED = 3
"""The account of every third reader is recorded nowhere; it is found by their e-mail address."""
FAULTS = {"rate limited": 0.02, "unavailable": 0.015, "posted, then 500": 0.015}
"""One call in twenty fails, in three ways; the last one is the one that doubles messages elsewhere."""


@dataclass(frozen=True)
class Fleet:
    """The company on disk, and its readers."""

    home: Path
    readers: tuple[User, ...]
    rules: DigestRules


@dataclass
class Count:
    """What became of a day, or of several."""

    due: int = 0
    once: int = 0
    dead: int = 0
    missing: int = 0
    doubled: int = 0
    misdirected: int = 0
    in_quiet_hours: int = 0
    not_due: int = 0
    kills: int = 0
    faults: int = 0

    def add(self, other: "Count") -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def is_clean(self) -> bool:
        """Whether every due message came once or is visibly given up, and nothing else came."""
        wrong = self.missing + self.doubled + self.misdirected + self.in_quiet_hours + self.not_due
        return wrong == 0 and self.once + self.dead == self.due


def build_fleet(home: Path, readers: int, deals: int, activities_a_deal: int) -> Fleet:
    """Write a company of `deals` deals, a quarter of them open, shared out among `readers` people."""
    usual, generate.ACTIVITIES_A_DEAL = generate.ACTIVITIES_A_DEAL, activities_a_deal
    try:
        with SnapshotStore(home / "pipeline").draft() as draft:
            generate.record(draft.con, deals, readers)
            zones = ", ".join(f"'{zone}'" for zone in ZONES)
            draft.con.execute(
                "UPDATE users SET slack_user_id = "
                f"CASE WHEN substr(user_id, 2)::INTEGER % {UNRECORDED} > 0 THEN 'US' || substr(user_id, 2) END, "
                f"timezone = [{zones}][1 + substr(user_id, 2)::INTEGER % {len(ZONES)}]"
            )
            draft.con.execute(
                "UPDATE opportunities o SET timezone = u.timezone FROM users u WHERE u.user_id = o.owner_id"
            )
    finally:
        generate.ACTIVITIES_A_DEAL = usual
    people = tuple(
        User(f"U{n}", f"Rep {n}", slack_user_id=f"US{n}", timezone=ZONES[n % len(ZONES)]) for n in range(readers)
    )
    return Fleet(home, people, DigestRules.load(shipped("knowledge") / "playbook"))


def wishes_of(number: int) -> Preferences:
    """One in ten wants quiet until half past nine, one in twenty an early digest, one in fifty none."""
    if number % 50 == 7:
        return Preferences(digest_on=False)
    if number % 10 == 3:
        return Preferences(quiet_from=time(22), quiet_until=time(9, 30))
    return Preferences(digest_at=time(6, 30)) if number % 20 == 5 else Preferences()


@dataclass
class Day:
    """One simulated day: a Slack with trouble, a sender that is killed, and the count at the end."""

    fleet: Fleet
    folder: Path
    seed: int
    kills: int = 2
    step: timedelta = STEP
    count: Count = field(default_factory=Count)

    @property
    def memory_url(self) -> str:
        return f"sqlite:///{self.folder}/memory.db"

    async def run(self) -> Count:
        """Send a whole day's digests and count."""
        now = BEGINS
        chance = random.Random(self.seed)
        async with LocalSlack(clock=lambda: now.timestamp()) as slack:
            self._trouble(slack, chance)
            for reader in self.fleet.readers:
                slack.add_user(reader.name, id=reader.slack_user_id, email=f"{reader.id.lower()}@seller.example")
            with Memory.open(self.memory_url) as memory:
                for number, reader in enumerate(self.fleet.readers):
                    if wishes_of(number) != Preferences():
                        memory.preferences.save(reader.id, wishes_of(number), BEGINS)
                rounds = [BEGINS + self.step * number for number in range(int(LASTS / self.step) + 3)]
                fatal = set(chance.sample([at for at in rounds if self._opening(at)], self.kills))
                sender = await Sender.start(self, slack)
                for at in rounds:
                    now = at
                    if at in fatal:
                        await sender.round_and_kill(at, chance.uniform(0, 4))
                        self.count.kills += 1
                        sender = await Sender.start(self, slack)
                    else:
                        await sender.round(at)
                await sender.stop()
                self._count(slack, memory, rounds[-1])
        return self.count

    def _trouble(self, slack: LocalSlack, chance: random.Random) -> None:
        kinds = {"rate limited": {"status": 429, "retry_after_seconds": 0}, "unavailable": {"status": 503}}
        kinds["posted, then 500"] = {"status": 500, "applied": True}
        for name, share in FAULTS.items():
            slack.inject("*", probability=share, times=None, chance=random.Random(chance.random()), **kinds[name])

    def _opening(self, at: datetime) -> bool:
        """Whether many digests fall due in the round of this instant."""
        slots = (self.fleet.rules.slot(d, zone, time(8)) for zone in ZONES for d in self._days(at, zone))
        return any(slot and at - self.step < slot.opens <= at for slot in slots)

    def _days(self, at: datetime, zone: str):
        local = at.astimezone(ZoneInfo(zone)).date()
        return local - timedelta(days=1), local

    def _due(self, last: datetime) -> dict[str, tuple[User, datetime]]:
        """The token of every digest that is due in the simulated span, with its reader."""
        due = {}
        for number, reader in enumerate(self.fleet.readers):
            wishes = wishes_of(number)
            if not wishes.digest_on:
                continue
            for day in {d for at in (BEGINS, last) for d in self._days(at, str(reader.timezone))}:
                slot = self.fleet.rules.slot(day, str(reader.timezone), wishes.digest_at or time(8), wishes)
                if slot and slot.opens <= last - 2 * self.step and slot.closes > BEGINS:
                    due[client_token(KIND, reader.id, day)] = (reader, slot.opens)
        return due

    def _count(self, slack: LocalSlack, memory: Memory, last: datetime) -> None:
        count, due = self.count, self._due(last)
        people = {reader.slack_user_id: number for number, reader in enumerate(self.fleet.readers)}
        seen: Counter[str] = Counter()
        late = {client_token(KIND, r.id, d) for r in self.fleet.readers for d in self._days(last, str(r.timezone))}
        for message in slack.workspace.messages._all:
            token = (message.metadata or {})["event_payload"]["token"]
            seen[token] += 1
            [account] = [m for m in slack.workspace.channels[message.channel].members if m in people]
            reader = self.fleet.readers[people[account]]
            local = datetime.fromtimestamp(float(message.ts), ZoneInfo(str(reader.timezone)))
            count.misdirected += token in due and due[token][0] is not reader
            count.misdirected += not _is_about(message.text, people[account], len(people))
            count.in_quiet_hours += wishes_of(people[account]).is_quiet(local.time()) or local.hour < 6
            count.not_due += token not in due and token not in late
        dead = {row.client_token for row in memory.deliveries(DeliveryStatus.DEAD)}
        count.due, count.dead = len(due), len(dead & due.keys() - seen.keys())
        count.once = sum(seen[token] == 1 for token in due)
        count.doubled = sum(times > 1 for times in seen.values())
        count.missing = sum(seen[token] == 0 and token not in dead for token in due)
        count.faults = sum(not call.ok for call in slack.calls)


def _is_about(text: str, number: int, readers: int) -> bool:
    """Whether every deal a message names belongs to its reader."""
    named = [part.split(":")[0] for part in text.split("Deal ")[1:]]
    return all(int(name) % readers == number for name in named if name.isdigit())


class Sender:
    """A process that sends; see `tests/jobs/sender.py`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, day: Day, slack: LocalSlack) -> "Sender":
        settings = {
            "COACH_HOME": str(day.fleet.home),
            "COACH_MEMORY_URL": day.memory_url,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.workspace.bot_token,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.jobs.sender", env=os.environ | settings,
            cwd=Path(__file__).parents[2], stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        sender = cls(process)
        assert await sender._line() == "ready"
        return sender

    async def round(self, at: datetime) -> None:
        self._ask(at)
        await self._line()

    async def round_and_kill(self, at: datetime, after_seconds: float) -> None:
        """Kill -9 some time into the round, wherever it is then."""
        self._ask(at)
        await asyncio.sleep(after_seconds)
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    def _ask(self, at: datetime) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{at.isoformat()}\n".encode())

    async def _line(self) -> str:
        assert self._process.stdout is not None
        line = (await self._process.stdout.readline()).decode().strip()
        assert line, "the sender ended"
        return line

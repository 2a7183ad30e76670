"""Two processes send the same morning at once: every reader gets one message."""

import asyncio
from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.slack.local import LocalSlack
from tests.jobs.fleet import BEGINS, ZONES, Day, Sender, build_fleet, wishes_of

pytestmark = pytest.mark.slow


def test_two_replicas_at_once_never_double_send(tmp_path: Path) -> None:
    fleet = build_fleet(tmp_path / "home", readers=96, deals=384, activities_a_deal=6)
    day = Day(fleet, tmp_path, seed=0)
    zone = ZONES[6]
    now = datetime.combine(BEGINS.date(), time(8, 5), ZoneInfo(zone))

    async def race() -> LocalSlack:
        async with LocalSlack(clock=lambda: now.timestamp()) as slack:
            for reader in fleet.readers:
                slack.add_user(reader.name, id=reader.slack_user_id)
            first, second = await asyncio.gather(Sender.start(day, slack), Sender.start(day, slack))
            await asyncio.gather(first.round(now), second.round(now))
            await asyncio.gather(first.round(now + timedelta(minutes=10)), second.round(now + timedelta(minutes=10)))
            await asyncio.gather(first.stop(), second.stop())
            return slack

    slack = asyncio.run(race())
    got = Counter(message.channel for message in slack.workspace.messages._all)
    here = [n for n, reader in enumerate(fleet.readers) if reader.timezone == zone and wishes_of(n).digest_on]
    assert set(got.values()) == {1}
    assert len(got) >= len(here)

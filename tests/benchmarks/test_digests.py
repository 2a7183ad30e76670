"""Five thousand readers: how long their digests take, and whether each comes exactly once on a bad day.

COACH_BENCH_READERS and COACH_BENCH_DAYS make the days smaller or fewer; a range such as 5-9 repeats only those.
"""

import asyncio
import os
import time
from pathlib import Path

import pytest

from bot.coach.mornings import Wanted
from bot.coach.news import Before
from bot.coach.standings import Standings
from bot.runtime import Runtime
from bot.settings import Settings
from tests.benchmarks import generate
from tests.jobs.fleet import FAULTS, ZONES, Count, Day, build_fleet

pytestmark = pytest.mark.slow

READERS = int(os.environ.get("COACH_BENCH_READERS", "5000"))
DAYS = os.environ.get("COACH_BENCH_DAYS", "0-19")
DEALS = 100_000
LIMIT_SECONDS, CORES = 60, 2


def test_five_thousand_digests_from_a_hundred_thousand_deals(tmp_path: Path) -> None:
    fleet = build_fleet(tmp_path, READERS, DEALS, generate.ACTIVITIES_A_DEAL)
    runtime = Runtime(Settings(_env_file=None, COACH_HOME=tmp_path))
    pipeline = runtime.coach.open_pipeline()
    began, used = time.monotonic(), time.process_time()
    standings = Standings.read(pipeline, generate.AS_OF)
    measured = time.monotonic() - began
    before = {deal_id: Before(None) for deal_id in standings.rows}
    mornings = runtime.coach.mornings(standings)
    digests = mornings.digests([Wanted(reader, before) for reader in fleet.readers])
    took, used = time.monotonic() - began, time.process_time() - used
    items = sum(len(digest.items) for digest in digests.values())
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"\n{len(digests):,} digests, {items:,} deals in them, from {DEALS:,} deals ({len(standings.rows):,} open): ")
    print(f"{took:.1f} s ({measured:.1f} s of it to measure all deals), {used:.1f} s of processor time; {load}")
    assert len(digests) == READERS
    assert items > READERS
    assert used < CORES * LIMIT_SECONDS
    if os.getloadavg()[0] > (os.cpu_count() or 1):
        pytest.skip(f"the time says nothing: other work keeps this machine busy ({load})")
    assert took < LIMIT_SECONDS


def test_bad_days_of_five_thousand_readers(tmp_path: Path) -> None:
    fleet = build_fleet(tmp_path / "home", READERS, 4 * READERS, activities_a_deal=10)
    first, _, last = DAYS.partition("-")
    total = Count()
    print(
        f"\n{READERS:,} readers in {len(ZONES)} zones, {sum(FAULTS.values()):.0%} of calls fail, the sender is killed:"
    )
    for seed in range(int(first), int(last or first) + 1):
        folder = tmp_path / f"day{seed}"
        folder.mkdir()
        began = time.monotonic()
        count = asyncio.run(Day(fleet, folder, seed).run())
        print(f"day {seed:2}: {_words(count)} ({time.monotonic() - began:.0f} s)", flush=True)
        total.add(count)
    print(f"total:  {_words(total)}")
    assert total.is_clean, total


def _words(count: Count) -> str:
    return (
        f"{count.due:,} due, {count.once:,} once, {count.dead} dead letters, {count.missing} missing, "
        f"{count.doubled} doubled, {count.misdirected} to a wrong person, {count.in_quiet_hours} in quiet hours, "
        f"{count.not_due} not due; {count.faults:,} failed calls, {count.kills} kills"
    )

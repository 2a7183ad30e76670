"""A small fleet for every run of the slow tests; `make bench` sends to five thousand."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.jobs.fleet import Day, build_fleet


@pytest.mark.slow
def test_a_day_with_a_troubled_slack_and_killed_senders(tmp_path: Path) -> None:
    fleet = build_fleet(tmp_path / "home", readers=96, deals=384, activities_a_deal=6)
    (tmp_path / "day").mkdir()
    count = asyncio.run(Day(fleet, tmp_path / "day", seed=1, kills=1, step=timedelta(hours=2)).run())
    assert count.kills == 1
    assert count.faults > 0
    assert count.is_clean, count

"""However a portal changes and wherever a sync dies: what is staged equals a reading from scratch."""

from pathlib import Path
from random import Random

import pytest

from bot.pipeline.sources.hubspot import HubSpotSource, Portal
from tests.pipeline.sources.hubspot_life import HubSpotLife
from tests.pipeline.sources.workbench import RULES, Installation, read_with_crashes
from tests.servers.hubspot.server import LocalHubSpot


@pytest.mark.parametrize(("seed", "rounds"), [(1, 4), pytest.param(2, 50, marks=pytest.mark.slow)])
def test_rounds_of_changes_equal_a_reading_from_scratch(
    tmp_path: Path, seed: int, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    server = LocalHubSpot(page_size=9)
    monkeypatch.setattr("bot.pipeline.sources.hubspot.portal.PAGE", 9)
    monkeypatch.setattr("bot.pipeline.sources.hubspot.changed.PAGE", 9)
    monkeypatch.setattr("bot.pipeline.sources.hubspot.portal.FIRST_PAUSE_SECONDS", 0)
    life = HubSpotLife(server.portal, random)
    with server.serving() as url:

        def clock():
            return server.portal.now

        def source() -> HubSpotSource:
            return HubSpotSource(Portal(server.token, url), RULES)

        kept = Installation(tmp_path / "kept", clock)
        life.live(60)
        for number in range(rounds):
            read_with_crashes(kept, source(), random)
            life.live(random.randrange(12))
            server.too_fast = random.choice([0, 0, 2])
            if number % 10 == 9 or number == rounds - 1:
                read_with_crashes(kept, source(), random)
                fresh = Installation(tmp_path / f"fresh{number}", clock)
                fresh.read(source())
                assert kept.files() == fresh.files()
                assert "opportunities.csv" in kept.files()

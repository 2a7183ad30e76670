"""However an org changes and wherever a sync dies: what is staged equals a reading from scratch."""

from pathlib import Path
from random import Random

import pytest

from bot.pipeline.sources.salesforce import Credentials, Org, SalesforceSource
from tests.pipeline.sources.salesforce_life import SalesforceLife
from tests.pipeline.sources.workbench import RULES, Installation, read_with_crashes
from tests.servers.salesforce.server import LocalSalesforce


@pytest.mark.parametrize(("seed", "rounds"), [(1, 4), pytest.param(2, 50, marks=pytest.mark.slow)])
def test_rounds_of_changes_equal_a_reading_from_scratch(tmp_path: Path, seed: int, rounds: int) -> None:
    random = Random(seed)
    server = LocalSalesforce(batch_size=7)
    life = SalesforceLife(server.org, random)
    with server.serving() as url:

        def clock():
            return server.org.now

        def source() -> SalesforceSource:
            credentials = Credentials(url, server.client_id, server.client_secret)
            return SalesforceSource(Org(credentials, clock), RULES)

        kept = Installation(tmp_path / "kept", clock)
        life.live(60)
        for number in range(rounds):
            read_with_crashes(kept, source(), random)
            life.live(random.randrange(12))
            if random.random() < 0.3:
                server.expire_sessions()
            if number % 10 == 9 or number == rounds - 1:
                read_with_crashes(kept, source(), random)
                fresh = Installation(tmp_path / f"fresh{number}", clock)
                fresh.read(source())
                assert kept.files() == fresh.files()
                assert "opportunities.csv" in kept.files()

"""However mailboxes and calendars change and wherever a sync dies: what is staged equals a reading from scratch."""

import json
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")

from tests.pipeline.sources.google_bench import ANA, BEN, GoogleBench
from tests.pipeline.sources.google_life import GoogleLife
from tests.pipeline.sources.workbench import Installation, read_with_crashes
from tests.servers.google.server import LocalGoogle


@pytest.mark.parametrize(("seed", "rounds"), [(1, 3), pytest.param(2, 50, marks=pytest.mark.slow)])
def test_rounds_of_changes_equal_a_reading_from_scratch(tmp_path: Path, seed: int, rounds: int) -> None:
    random = Random(seed)
    server = LocalGoogle(page_size=7)
    with server.serving() as url:
        server.hire(ANA)
        server.hire(BEN)
        key_file = tmp_path / "key.json"
        key_file.write_text(json.dumps(server.login.key_file(f"{url}/token")))
        life = GoogleLife(server, random)

        def bench(name: str) -> GoogleBench:
            made = GoogleBench(server, url, Installation(tmp_path / name, lambda: server.now), key_file)
            made.installation.read(made.crm)
            return made

        kept = bench("kept")
        life.live(60)
        for number in range(rounds):
            read_with_crashes(kept.installation, kept.source(), random)
            life.live(random.randrange(12))
            life.disturb()
            if number % 10 == 9 or number == rounds - 1:
                read_with_crashes(kept.installation, kept.source(), random)
                server.too_fast, server.parts_too_fast, server.failures = 0, 0, []
                fresh = bench(f"fresh{number}")
                assert fresh.read().problems == []
                assert kept.installation.files() == fresh.installation.files()
                assert len(fresh.staged("id")) > 20

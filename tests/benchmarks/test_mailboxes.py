"""The first reading of many mailboxes: how much several at a time spare, where Google's quota sets the pace of each."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("googleapiclient", reason="the extra `google` is not installed")

from bot.pipeline.sources import Colleague
from bot.pipeline.sources.google import DelegatedAccounts, GoogleSource, Terms, company_of, load_google_rules
from tests.pipeline.sources.workbench import PLAYBOOK, Installation

pytestmark = pytest.mark.slow

PEOPLE, MAILS = 16, 400
UNITS_A_MINUTE, FASTER = 15_000, 4
"""What Google grants a person; a mail costs five. The clock runs four times as fast here."""
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def google() -> Iterator[dict[str, Any]]:
    seconds_a_unit = 60 / UNITS_A_MINUTE / FASTER
    arguments = [str(PEOPLE), str(MAILS), str(seconds_a_unit)]
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.many_mailboxes", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())
    finally:
        server.communicate(timeout=30)


def test_several_mailboxes_at_a_time(tmp_path: Path, google: dict[str, Any]) -> None:
    key_file = tmp_path / "key.json"
    key_file.write_text(json.dumps(google["key"]))
    took, read = {}, {}
    print(f"\n{PEOPLE} mailboxes of {MAILS} mails, {UNITS_A_MINUTE:,} units a minute and person ({FASTER}x as fast):")
    for at_a_time in (1, 4, 8):
        installation = Installation(tmp_path / str(at_a_time), lambda: NOW)
        began = time.monotonic()
        run = installation.read(_source(google["url"], key_file, at_a_time))
        took[at_a_time], read[at_a_time] = time.monotonic() - began, installation.files()
        assert run.problems == []
        assert run.read["activities"] == PEOPLE * MAILS
        rate = PEOPLE * MAILS / took[at_a_time] / FASTER * 60
        gain = took[1] / took[at_a_time]
        print(
            f"{at_a_time} at a time: {took[at_a_time]:.1f} s, {gain:.1f} times as fast; {rate:,.0f} mails a real minute"
        )
    assert read[4] == read[8] == read[1]
    assert took[1] / took[8] > 2


def _source(url: str, key_file: Path, at_a_time: int) -> GoogleSource:
    people = [Colleague(f"rep{number:03}@seller.example", owns_deals=True) for number in range(PEOPLE)]
    rules = load_google_rules(PLAYBOOK).model_copy(update={"mailboxes_at_a_time": at_a_time})
    terms = Terms(
        accounts=DelegatedAccounts(key_file), rules=rules, company=company_of(people, rules), now=NOW, bodies=False,
        longest_text=1000, api_url=url,
    )  # fmt: skip
    return GoogleSource(terms, people)

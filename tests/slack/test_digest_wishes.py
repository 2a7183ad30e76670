"""The digest keeps to what a person wishes: its time, quiet hours, snoozed deals."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from sample_house import NOW, REP

from bot.jobs.digests import DigestRules
from bot.memory import Preferences
from bot.resources import shipped

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def rules():
    return DigestRules.load(shipped("knowledge") / "playbook")


@pytest.fixture
def reader(sample_runtime):
    user = sample_runtime.coach.asker_for_email(f"{REP}@fernhall.example").user
    return replace(user, timezone="UTC", slack_user_id="U1")


@pytest.mark.parametrize(
    ("wishes", "at", "due"),
    [
        (Preferences(digest_at=time(6, 30)), time(6, 35), True),
        (Preferences(digest_at=time(6, 30)), time(6, 25), False),
        (Preferences(digest_on=False, digest_at=time(6, 30)), time(6, 35), False),
        (Preferences(digest_at=time(6, 30), quiet_from=time(22), quiet_until=time(7)), time(6, 35), False),
        (Preferences(digest_at=time(6, 30), quiet_from=time(22), quiet_until=time(7)), time(7, 5), True),
    ],
)
def test_when_it_is_due(rules, reader, wishes, at, due):
    now = datetime.combine(MONDAY.date(), at, UTC)
    assert (rules.due_day(reader, now, "UTC", wishes) is not None) is due


def test_without_wishes_the_company_decides(rules, reader):
    now = datetime.combine(MONDAY.date(), rules.send_at, UTC)
    assert rules.due_day(reader, now, "UTC") == MONDAY.date()


def test_a_snoozed_deal_is_not_in_it(sample_runtime, reader):
    coach = sample_runtime.coach
    whole = coach.digest(reader, now=NOW, yesterday={})
    first = whole.items[0].deal.id
    quiet = coach.digest(reader, now=NOW, yesterday={}, quiet_about={first})

    assert first not in {item.deal.id for item in quiet.items}
    assert quiet.headline != whole.headline

"""When messages are due: zones, working days, holidays, quiet hours, changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.jobs.clock import DigestRules, zone_of
from bot.memory import Preferences
from bot.pipeline.model import User
from bot.resources import shipped

RULES = DigestRules.load(shipped("knowledge") / "playbook")


def due(local: str, wishes: Preferences | None = None, rules: DigestRules = RULES, zone: str = "Europe/Berlin") -> bool:
    """Whether the digest is due at an instant given with its offset."""
    reader = User("u", "Una Berg", slack_user_id="U1", timezone=zone)
    return rules.due_day(reader, datetime.fromisoformat(local), "UTC", wishes or Preferences()) is not None


def with_holidays(*holidays: object) -> DigestRules:
    return DigestRules.model_validate(RULES.model_dump() | {"holidays": list(holidays)})


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-11-16T07:59:59+01:00", False),
        ("2026-11-16T08:00:00+01:00", True),
        ("2026-11-16T11:59:59+01:00", True),
        ("2026-11-16T12:00:00+01:00", False),
        ("2026-11-15T08:30:00+01:00", False),  # a Sunday
    ],
)
def test_four_hours_from_eight_on_working_days(instant: str, expected: bool) -> None:
    assert due(instant) is expected


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        (date(2026, 3, 30), "Europe/Berlin"),
        (date(2026, 10, 26), "Europe/Berlin"),
        (date(2026, 11, 2), "America/New_York"),
    ],
)
def test_the_monday_after_a_change_of_the_clock_is_a_monday_like_any(day: date, zone: str) -> None:
    slot = RULES.slot(day, zone, time(8))
    assert slot is not None
    assert slot.opens.astimezone(ZoneInfo(zone)).time() == time(8)
    assert slot.closes - slot.opens == timedelta(hours=4)


def test_an_hour_that_does_not_exist_is_not_lost() -> None:
    rules = DigestRules.model_validate(RULES.model_dump() | {"working_days": ["sun"]})
    slot = rules.slot(date(2026, 3, 29), "Europe/Berlin", time(2, 30))
    assert slot is not None
    assert slot.opens == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert slot.closes == datetime(2026, 3, 29, 5, 30, tzinfo=UTC)


def test_an_hour_that_comes_twice_sends_once() -> None:
    rules = DigestRules.model_validate(RULES.model_dump() | {"working_days": ["sun"]})
    slot = rules.slot(date(2026, 10, 25), "Europe/Berlin", time(2, 30))
    assert slot is not None
    assert slot.opens == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "holiday", ["2026-11-16", {"day": "2026-11-16"}, {"day": "2026-11-16", "zones": ["Europe/Berlin"]}]
)
def test_a_holiday_is_a_day_off(holiday: object) -> None:
    assert not due("2026-11-16T08:30:00+01:00", rules=with_holidays(holiday))


def test_a_holiday_of_another_zone_is_none_here() -> None:
    assert due("2026-11-16T08:30:00+01:00", rules=with_holidays({"day": "2026-11-16", "zones": ["Asia/Tokyo"]}))


def test_a_holiday_of_no_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="not an IANA time zone"):
        with_holidays({"day": "2026-11-16", "zones": ["Europe/Berlim"]})


@pytest.mark.parametrize(
    ("wishes", "instant", "expected"),
    [
        (Preferences(quiet_from=time(7), quiet_until=time(11)), "2026-11-16T08:30:00+01:00", False),
        (Preferences(quiet_from=time(7), quiet_until=time(11)), "2026-11-16T14:30:00+01:00", True),
        (Preferences(quiet_from=time(20), quiet_until=time(9)), "2026-11-16T09:00:00+01:00", True),
        (Preferences(quiet_from=time(10), quiet_until=time(12)), "2026-11-16T10:30:00+01:00", False),
    ],
)
def test_quiet_hours_put_it_off_to_their_end(wishes: Preferences, instant: str, expected: bool) -> None:
    assert due(instant, wishes) is expected


def test_a_zone_that_does_not_exist_falls_back_to_the_workspace() -> None:
    assert zone_of(User("u", "Una", timezone="Mars/Olympus"), "Europe/Berlin") == "Europe/Berlin"
    assert zone_of(User("u", "Una"), "Europe/Berlin") == "Europe/Berlin"


@pytest.mark.parametrize(("offset", "expected"), [("+14:00", True), ("-11:00", True)])
def test_the_far_ends_of_the_world(offset: str, expected: bool) -> None:
    zone = {"+14:00": "Pacific/Kiritimati", "-11:00": "Pacific/Pago_Pago"}[offset]
    assert due(f"2026-11-16T08:30:00{offset}", zone=zone) is expected

"""When a message is due: the reader's own zone, working days, holidays, quiet hours; `digest.yaml` (F105).

All comparisons are between instants in UTC, so that a change of the clock neither loses nor doubles an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.coach.digest import ContentRules
from bot.coach.follow_ups import FollowUpRules
from bot.coach.review_agenda import ReviewRules
from bot.coach.team_digest import TeamRules
from bot.memory.preferences import Preferences
from bot.pipeline.model import Role, User
from bot.playbook import load_playbook

DEFAULTS = Preferences()
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def known_day(day: str) -> str:
    """The short name of a day of the week. Raises ValueError naming those there are."""
    if day not in _DAYS:
        raise ValueError(f"unknown day {day!r}; use {', '.join(_DAYS)}")
    return day


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Holiday(_Strict):
    """A day without messages: everywhere, or in some time zones only."""

    day: date
    zones: frozenset[str] = frozenset()

    @field_validator("zones")
    @classmethod
    def known_zones(cls, zones: frozenset[str]) -> frozenset[str]:
        """Refuse a misspelt zone, whose people would get their messages."""
        for zone in sorted(zones):
            if not is_zone(zone):
                raise ValueError(f"{zone!r} is not an IANA time zone; use a name such as Europe/Berlin")
        return zones


class Pace(_Strict):
    """How fast messages go out. Slack takes about one a second in a channel and several hundred a minute in all."""

    per_minute: int = Field(default=200, ge=1)
    at_once: int = Field(default=8, ge=1, le=50)
    batch: int = Field(default=400, ge=1, le=500)


class Broadcast(_Strict):
    """A saved view sent round once a week: to the owners of its deals, or to those who lead them."""

    view: str
    day: str
    at: time = time(9)
    to: Literal["owners", "leads"] = "owners"

    @field_validator("day")
    @classmethod
    def known_day(cls, day: str) -> str:
        """Refuse a misspelt day, which would never come."""
        return known_day(day)


class DigestRules(_Strict):
    """`digest.yaml`: what goes out when, and to whom."""

    send_at: time
    working_days: frozenset[str]
    holidays: tuple[Holiday, ...] = ()
    late_hours: int = Field(ge=1, le=12)
    alerts_at: time = time(13)
    follow_ups_at: time = time(16)
    follow_ups: FollowUpRules = FollowUpRules()
    readers: frozenset[Role]
    send_when_empty: bool
    team_readers: frozenset[Role] = frozenset({Role.MANAGER, Role.DIRECTOR})
    team: TeamRules = TeamRules()
    review: ReviewRules | None = ReviewRules()
    review_at: time = time(8, 30)
    broadcasts: tuple[Broadcast, ...] = ()
    content: ContentRules = ContentRules()
    pace: Pace = Pace()

    @field_validator("working_days")
    @classmethod
    def known_days(cls, days: frozenset[str]) -> frozenset[str]:
        """Refuse a misspelt day, which would silently never send."""
        return frozenset(known_day(day) for day in sorted(days))

    @field_validator("holidays", mode="before")
    @classmethod
    def plain_days(cls, holidays: Any) -> Any:
        """Take a plain day for a holiday everywhere."""
        if not isinstance(holidays, list):
            return holidays
        return [each if isinstance(each, Mapping) else {"day": each} for each in holidays]

    @classmethod
    def load(cls, playbook_dir: Path) -> "DigestRules":
        """Read `digest.yaml`. Raises PlaybookError naming line and field."""
        return load_playbook(playbook_dir / "digest.yaml", cls)

    def is_working_day(self, day: date, zone: str) -> bool:
        """Whether anything may be sent on this local day."""
        off = any(each.day == day and (not each.zones or zone in each.zones) for each in self.holidays)
        return _DAYS[day.weekday()] in self.working_days and not off

    def weekly_slot(self, day: date, weekday: str, zone: str, at: time, wishes: Preferences) -> "Slot | None":
        """The slot of a weekly message: on its weekday, or the next working day of the week if that is one off."""
        planned = day - timedelta(days=(day.weekday() - _DAYS.index(weekday)) % 7)
        earlier = [planned + timedelta(days=offset) for offset in range((day - planned).days)]
        if any(self.is_working_day(each, zone) for each in earlier):
            return None
        return self.slot(day, zone, at, wishes)

    def slot(self, day: date, zone: str, at: time, wishes: Preferences = DEFAULTS) -> "Slot | None":
        """When something that is due at `at` on a local day may go out; None on a day off."""
        if not self.is_working_day(day, zone):
            return None
        return _slot(day, zone, at, wishes.quiet_from, wishes.quiet_until, self.late_hours)

    def may_get(self, reader: User) -> bool:
        """Whether this person gets digests at all."""
        return reader.active and bool(reader.slack_user_id) and reader.role in self.readers

    def due_day(self, reader: User, now: datetime, workspace_zone: str, wishes: Preferences = DEFAULTS) -> date | None:
        """The reader's local date if their digest is due at `now`; None outside the hours after its time.

        The time is the reader's own wish, else the company's; quiet hours put it off to their end.
        """
        if not wishes.digest_on or not self.may_get(reader):
            return None
        zone = zone_of(reader, workspace_zone)
        today = local_day(now, zone)
        slot = self.slot(today, zone, wishes.digest_at or self.send_at, wishes)
        return today if slot is not None and slot.is_open(now, zone, wishes) else None


@dataclass(frozen=True, slots=True)
class Slot:
    """The span of instants in which the message of one local day may go out."""

    day: date
    opens: datetime
    closes: datetime

    def is_open(self, now: datetime, zone: str, wishes: Preferences) -> bool:
        """Whether it may go out at `now`."""
        return self.opens <= now < self.closes and not wishes.is_quiet(now.astimezone(zone_named(zone)).time())


@lru_cache(maxsize=4096)
def _slot(day: date, zone: str, at: time, quiet_from: time | None, quiet_until: time | None, hours: int) -> Slot:
    quiet = Preferences(quiet_from=quiet_from, quiet_until=quiet_until)
    begins = quiet_until if quiet_until is not None and quiet.is_quiet(at) else at
    opens = datetime.combine(day, begins, zone_named(zone)).astimezone(UTC)
    return Slot(day, opens, opens + timedelta(hours=hours))


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone, kept for good: the standard library forgets all but eight and reads the others again and again."""
    return ZoneInfo(name)


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Whether the IANA database knows the name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_of(reader: User, workspace_zone: str) -> str:
    """The reader's zone; the workspace's where none is recorded or none that exists."""
    return reader.timezone if reader.timezone and is_zone(reader.timezone) else workspace_zone


def local_day(now: datetime, zone: str) -> date:
    """Today in a zone."""
    return now.astimezone(zone_named(zone)).date()

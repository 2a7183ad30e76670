"""Days counted from the sample's clock, always landing on working days and in working hours.

Stories and random deals are told in days from `as_of` ("-12", "+5"). A past day that falls on a weekend
becomes the Friday before, a future one the Monday after, so nothing ever happens on a Sunday and nothing
past slips beyond the clock.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
_DATED = re.compile(r"\{(day|weekday|month|iso) ([+-]\d+)\}")
_MONTHS = "January February March April May June July August September October November December".split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True)
class Workdays:
    """The calendar of one person: `today` is the date of `as_of` where that person works."""

    today: date
    zone: ZoneInfo

    @classmethod
    def seen_from(cls, as_of: datetime, timezone: str) -> "Workdays":
        """Return the calendar of a person in `timezone` at the instant `as_of`."""
        zone = ZoneInfo(timezone)
        return cls(as_of.astimezone(zone).date(), zone)

    def is_workday(self, offset: int) -> bool:
        """Whether the day `offset` days from today is a Monday to Friday."""
        return (self.today + timedelta(days=offset)).weekday() < SATURDAY

    def day(self, offset: int) -> date:
        """Return the working day `offset` days from today; weekends move away from today."""
        step = 1 if offset > 0 else -1
        while not self.is_workday(offset):
            offset += step
        return self.today + timedelta(days=offset)

    def instant(self, offset: int, clock: str) -> datetime:
        """Return the UTC instant at local `clock` ("14:30") on the working day `offset` days from today."""
        local = datetime.combine(self.day(offset), time.fromisoformat(clock), self.zone)
        return local.astimezone(UTC)

    def fill(self, text: str) -> str:
        """Replace `{day +5}`, `{weekday -2}`, `{month +30}` and `{iso +9}` by the dates they stand for."""
        return _DATED.sub(lambda found: self._worded(found[1], int(found[2])), text)

    def _worded(self, form: str, offset: int) -> str:
        day = self.day(offset)
        words = {
            "day": f"{day.day} {_MONTHS[day.month - 1]}",
            "weekday": _WEEKDAYS[day.weekday()],
            "month": _MONTHS[day.month - 1],
            "iso": day.isoformat(),
        }
        return words[form]

"""The calendar of one person as Google keeps it: events, weekly series with exceptions, and what changed when."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]


@dataclass
class LocalCalendar:
    """`changed` holds the number of the last change of each event; tokens older than `forgotten` are gone."""

    owner: str
    events: dict[str, Json] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    serial: int = 0
    forgotten: int = 0

    def add(self, start: datetime, *guests: str, weeks: int = 0, minutes: int = 30, **more: Any) -> str:
        """Put in an event, or with `weeks` a series of so many occurrences."""
        event_id = f"ev{len(self.changed)}"
        people = [{"email": self.owner, "self": True, "responseStatus": "accepted"}]
        event = {
            "id": event_id,
            "status": "confirmed",
            "eventType": "default",
            "summary": "Meeting",
            "iCalUID": f"{event_id}@google.com",
            "start": _when(start),
            "end": _when(start + timedelta(minutes=minutes)),
            "organizer": {"email": self.owner, "self": True},
            "attendees": people + [{"email": guest, "responseStatus": "needsAction"} for guest in guests],
        }
        if weeks:
            event["recurrence"] = [f"RRULE:FREQ=WEEKLY;COUNT={weeks}"]
        self._keep(event | more)
        return event_id

    def change(self, event_id: str, **values: Any) -> None:
        """Edit an event, a whole series, or (by the id of an occurrence) one occurrence."""
        self._keep(deepcopy(self._found(event_id)) | values)

    def answer(self, event_id: str, guest: str, response: str) -> None:
        """Let a guest accept or decline."""
        event = deepcopy(self._found(event_id))
        for each in event["attendees"]:
            if each["email"] == guest:
                each["responseStatus"] = response
        self._keep(event)

    def cancel(self, event_id: str) -> None:
        """Delete an event, a whole series with its exceptions, or one occurrence."""
        event = self._found(event_id)
        bare = {"id": event_id, "status": "cancelled"}
        if series := event.get("recurringEventId"):
            bare |= {"recurringEventId": series, "originalStartTime": event["originalStartTime"]}
        for each in [e for e in self.events.values() if e.get("recurringEventId") == event_id]:
            del self.events[each["id"]]
        self._keep(bare)

    def forget_tokens(self) -> None:
        """Make every token handed out so far invalid."""
        self.serial += 1
        self.forgotten = self.serial

    def listed(self, after: int | None, since: datetime | None) -> list[Json]:
        """Return events with singleEvents off: all that stand since an instant, or what changed `after` a number."""
        if after is not None:
            return [e for i, e in self.events.items() if self.changed[i] > after]
        standing = [e for e in self.events.values() if e["status"] != "cancelled" or "recurringEventId" in e]
        return [e for e in standing if since is None or self._ends(e) > since]

    def occurrences(self, series: str) -> list[Json]:
        """Return what a series is spelt out to, exceptions in their place, cancelled ones left out."""
        master = self.events[series]
        count = int(master["recurrence"][0].partition("COUNT=")[2])
        found = []
        for week in range(count):
            plain = self._plain(master, week)
            event = self.events.get(plain["id"], plain)
            if event["status"] != "cancelled":
                found.append(event)
        return found

    def _plain(self, master: Json, week: int) -> Json:
        later = timedelta(weeks=week)
        start, end = (_read(master[side]) + later for side in ("start", "end"))
        own = {key: value for key, value in master.items() if key != "recurrence"}
        return deepcopy(own) | {
            "id": f"{master['id']}_{start.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            "recurringEventId": master["id"],
            "originalStartTime": _when(start),
            "start": _when(start),
            "end": _when(end),
        }

    def _found(self, event_id: str) -> Json:
        if event_id in self.events:
            return self.events[event_id]
        series = event_id.partition("_")[0]
        return next(event for event in self.occurrences(series) if event["id"] == event_id)

    def _ends(self, event: Json) -> datetime:
        if event.get("recurrence"):
            return _read(self._plain(event, int(event["recurrence"][0].partition("COUNT=")[2]) - 1)["end"])
        return _read(event.get("end") or event["originalStartTime"])

    def _keep(self, event: Json) -> None:
        self.serial += 1
        self.events[event["id"]] = event
        self.changed[event["id"]] = self.serial


def _when(instant: datetime) -> Json:
    return {"dateTime": instant.isoformat(), "timeZone": "Europe/Berlin"}


def _read(when: Json) -> datetime:
    read = datetime.fromisoformat(when.get("dateTime") or when["date"])
    return read if read.tzinfo else read.replace(tzinfo=UTC)

"""A calendar event as a meeting (DOMAIN 2.2): who was asked, who declined, whether it stands."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from bot.pipeline.sources.google.messages import Company, is_address
from bot.pipeline.sources.values import moment

FIELDS = (
    "id,status,eventType,recurrence,recurringEventId,start,end,summary,visibility,organizer(email,self),"
    "attendees(email,self,resource,responseStatus)"
)
_MEETINGS = frozenset({"default", ""})  # the other types are absences, focus times, birthdays and tickets
_PRIVATE = frozenset({"private", "confidential"})

Event = Mapping[str, Any]
Values = dict[str, str | None]


def meeting_values(event: Event, address: str, company: Company) -> Values | None:
    """Return an event of the calendar of `address`; None if it is cancelled or nobody outside was asked."""
    guests = [guest for guest in event.get("attendees", ()) if _is_external(guest, company)]
    begins = _instant(event.get("start"))
    if event.get("status") == "cancelled" or event.get("eventType", "") not in _MEETINGS or not guests or not begins:
        return None
    private = event.get("visibility") in _PRIVATE
    return {
        "activity_id": str(event["id"]),
        "user_email": address,
        "kind": "meeting",
        "start_at": begins,
        "end_at": _instant(event.get("end")),
        "status": _status(event),
        "organiser": _organiser(event, company),
        "participants": ";".join(_those(guests)),
        "accepted": ";".join(_those(guests, "accepted")) or None,
        "declined": ";".join(_those(guests, "declined")) or None,
        "subject": None if private else " ".join(str(event.get("summary") or "").split()) or None,
    }


def said_text(event: Event) -> str | None:
    """Return the description, unless the event is private."""
    return None if event.get("visibility") in _PRIVATE else event.get("description")


def series_of(event: Event) -> str:
    """Return the id under which everything about an event comes and goes: of an occurrence, that of its series."""
    return str(event.get("recurringEventId") or event["id"])


def is_recurring(event: Event) -> bool:
    """Whether an event is a series or an occurrence of one."""
    return bool(event.get("recurrence") or event.get("recurringEventId"))


def began_before(event: Event, since: datetime) -> bool:
    """Whether an event began before `since`; one without a start is taken as later."""
    begins = (event.get("start") or {}).get("dateTime") or (event.get("start") or {}).get("date")
    if not begins:
        return False
    if len(begins) == len("2026-03-01"):
        return datetime.combine(date.fromisoformat(begins), time(), UTC) < since
    read = datetime.fromisoformat(begins)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)) < since


def _is_external(guest: Event, company: Company) -> bool:
    address = str(guest.get("email", "")).lower()
    return not guest.get("resource") and not guest.get("self") and is_address(address) and not company.is_own(address)


def _those(guests: list[Event], response: str | None = None) -> Iterator[str]:
    found = (guest for guest in guests if response is None or guest.get("responseStatus") == response)
    yield from dict.fromkeys(str(guest["email"]).lower() for guest in found)


def _instant(when: Event | None) -> str | None:
    """Return a moment, or the day of an event that takes whole days."""
    return moment((when or {}).get("dateTime") or (when or {}).get("date"))


def _status(event: Event) -> str:
    own = next((guest.get("responseStatus") for guest in event.get("attendees", ()) if guest.get("self")), None)
    if own == "declined":
        return "declined_by_owner"
    return "tentative" if own == "tentative" or event.get("status") == "tentative" else "confirmed"


def _organiser(event: Event, company: Company) -> str | None:
    organizer = event.get("organizer") or {}
    address = str(organizer.get("email", "")).lower()
    if organizer.get("self") or company.is_own(address):
        return "seller"
    return "buyer" if address else None

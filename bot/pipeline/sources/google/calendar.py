"""The primary calendar of one person: everything once, then what its sync token says.

Series are listed as series (`singleEvents` is off in every request, as one token demands) and spelt out one by one
within a window. Everything about an event, or about a series with all its occurrences, is one scope: whatever
changed in it, it is read and said again as a whole.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.pipeline.sources.google.account import EVENTS
from bot.pipeline.sources.google.door import Door, Json, client
from bot.pipeline.sources.google.events import (
    FIELDS,
    Event,
    began_before,
    is_recurring,
    meeting_values,
    said_text,
    series_of,
)
from bot.pipeline.sources.google.feeds import Place, Step, Terms, scope_of
from bot.pipeline.sources.google.troubles import MailboxClosed, NotThere, PlaceLost
from bot.pipeline.sources.protocol import Record
from bot.pipeline.sources.values import stamp, unstamp

PAGE = 250


class Calendar:
    """The `Feed` over Google Calendar."""

    name = "calendar"

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        root = (terms.api_url or "https://www.googleapis.com").rstrip("/")
        self._api = client("calendar", "v3", f"{root}/calendar/v3/")

    def read(self, address: str, place: Place) -> Iterator[Step]:
        """Yield the steps to the present; a token that is gone means reading everything again."""
        door = Door(self._terms.accounts, address, EVENTS, self._terms.pause, self._terms.brake)
        try:
            yield from _PrimaryCalendar(self._api.events(), door, address, self._terms).steps(place)
        finally:
            door.close()


class _PrimaryCalendar:
    def __init__(self, events: Any, door: Door, address: str, terms: Terms) -> None:
        self._events = events
        self._door = door
        self._address = address
        self._terms = terms
        self._scope = scope_of("calendar", address)
        self._fields = FIELDS + (",description" if terms.bodies else "")

    def steps(self, place: Place) -> Iterator[Step]:
        """Go on from the token, or with a list that was interrupted; else begin."""
        if place.get("token"):
            try:
                yield from self._changes(place)
                return
            except PlaceLost:  # 410
                place = {}
        try:
            yield from self._list(place)
        except (MailboxClosed, PlaceLost):
            if not place.get("page"):
                raise
            yield from self._list({})  # a page token that is too old is refused as a bad request

    def _list(self, place: Place) -> Iterator[Step]:
        """Read everything. Google gives some calendars no token; those are read whole every time."""
        begins = frozenset() if place.get("page") else frozenset({self._scope})
        place = place if place.get("page") else self._beginning()
        while True:
            answer = self._page(place, timeMin=place["since"])
            page = answer.get("nextPageToken")
            ends = frozenset() if page else frozenset({self._scope})
            place = self._next(place, answer)
            yield Step(place, tuple(self._records(answer.get("items", ()), place)), begins=begins, ends=ends)
            if not page:
                return
            begins = frozenset()

    def _beginning(self) -> Json:
        rules, now = self._terms.rules, self._terms.now
        return {"since": stamp(now - rules.look_back), "until": stamp(now + timedelta(days=rules.look_ahead_days))}

    def _changes(self, place: Place) -> Iterator[Step]:
        """Read what changed; only the last page brings the next token, so until then the place stays."""
        page: str | None = None
        while True:
            answer = self._page({**place, "page": page}, syncToken=place["token"])
            page = answer.get("nextPageToken")
            items = answer.get("items", ())
            scopes = frozenset(self._scope_of(item) for item in items)
            after = place if page else self._next(place, answer)
            yield Step(after, tuple(self._records(items, place)), begins=scopes, ends=scopes)
            if not page:
                return

    def _page(self, place: Place, **asked: str) -> Json:
        return self._door.ask(self._events.list(
            calendarId="primary", singleEvents=False, maxResults=PAGE, pageToken=place.get("page"),
            fields=f"nextPageToken,nextSyncToken,items({self._fields})", **asked,
        ))  # fmt: skip

    def _next(self, place: Place, answer: Json) -> Json:
        window = {"since": place["since"], "until": place["until"]}
        if page := answer.get("nextPageToken"):
            return {**window, "page": page}
        return {**window, "token": answer.get("nextSyncToken")}

    def _records(self, items: list[Event], place: Place) -> Iterator[Record]:
        since, spelt_out = unstamp(place["since"]), set()
        for item in items:
            if not is_recurring(item):
                yield from self._said(item, since)
            elif series_of(item) not in spelt_out:
                spelt_out.add(series_of(item))
                for occurrence in self._occurrences(series_of(item), place):
                    yield from self._said(occurrence, since)

    def _occurrences(self, series: str, place: Place) -> Iterator[Event]:
        page: str | None = None
        while True:
            try:
                answer = self._door.ask(self._events.instances(
                    calendarId="primary", eventId=series, timeMin=place["since"], timeMax=place["until"],
                    maxResults=PAGE, pageToken=page, fields=f"nextPageToken,items({self._fields})",
                ))  # fmt: skip
            except (NotThere, PlaceLost):  # the whole series was deleted meanwhile
                return
            yield from answer.get("items", ())
            page = answer.get("nextPageToken")
            if not page:
                return

    def _said(self, event: Event, since: datetime) -> Iterator[Record]:
        values = meeting_values(event, self._address, self._terms.company)
        if values is None or began_before(event, since):
            return
        if self._terms.bodies:
            values["body"] = self._terms.cut(said_text(event))
        yield Record("activities", f"{self._scope}/{event['id']}", values, self._scope_of(event))

    def _scope_of(self, event: Event) -> str:
        return f"{self._scope}/{series_of(event)}"

"""A made-up spring of two mailboxes and calendars: random things people do, one call each."""

from datetime import datetime, timedelta
from random import Random

from tests.pipeline.sources.google_bench import ANA, BEN, BUYER, SECOND_BUYER, STRANGER
from tests.servers.google.events import LocalCalendar
from tests.servers.google.mailbox import LocalMailbox
from tests.servers.google.server import LocalGoogle

EVERYBODY = (BUYER, SECOND_BUYER, STRANGER, ANA, BEN)


class GoogleLife:
    """Acts on a Workspace. Everything is drawn from `random`, so a seed tells the whole story."""

    def __init__(self, server: LocalGoogle, random: Random) -> None:
        self.server = server
        self.random = random
        self.address = ANA

    @property
    def box(self) -> LocalMailbox:
        return self.server.mail[self.address]

    @property
    def calendar(self) -> LocalCalendar:
        return self.server.calendars[self.address]

    def live(self, moves: int) -> None:
        """Do `moves` random things in either account."""
        acts = (
            [self.receive, self.send] * 4 + [self.draft, self.read, self.star, self.unbin] + [self.bin, self.delete] * 3
            + [self.meet] * 3 + [self.repeat] * 2 + [self.move_occurrence, self.cancel_occurrence, self.cancel]
            + [self.answer] * 2 + [self.shorten, self.becomes_series, self.rename]
        )  # fmt: skip
        for _ in range(moves):
            self.address = self.random.choice([ANA, BEN])
            self.server.tick(self.random.choice([0, 1, 30, 400]))
            self.random.choice(acts)()

    def disturb(self) -> None:
        """Let Google forget or hesitate, as it does."""
        self.server.too_fast = self.random.choice([0, 0, 2])
        self.server.parts_too_fast = self.random.choice([0, 0, 3])
        self.server.failures = self.random.choice([[], [], [503]])
        if self.random.random() < 0.2:
            self.server.mail[self.random.choice([ANA, BEN])].forget_history()
        if self.random.random() < 0.2:
            self.server.calendars[self.random.choice([ANA, BEN])].forget_tokens()
        if self.random.random() < 0.2:
            self.server.pages.clear()
        if self.random.random() < 0.2:
            self.server.login.tokens.clear()

    def receive(self) -> None:
        people = self.random.sample(EVERYBODY, 2)
        more = self.random.choice([{}, {"Auto_Submitted": "auto-replied"}, {"Subject": 'Re: "terms",\nnew; old'}])
        self.box.take_in(self._past(), {"INBOX", "UNREAD"}, **{"From": people[0], "To": people[1]} | more)

    def send(self) -> None:
        people = self.random.sample(EVERYBODY, self.random.randrange(1, 4))
        self.box.take_in(self._past(), {"SENT"}, From=self.address, To=", ".join(people))

    def draft(self) -> None:
        self.box.take_in(self.server.now, {"DRAFT"}, From=self.address, To=BUYER)

    def read(self) -> None:
        if message := self._message("UNREAD"):
            self.box.unlabel(message, "UNREAD")

    def star(self) -> None:
        if message := self._message():
            self.box.label(message, "STARRED")

    def bin(self) -> None:
        if message := self._message():
            self.box.label(message, self.random.choice(["TRASH", "SPAM"]))

    def unbin(self) -> None:
        if message := self._message("TRASH"):
            self.box.unlabel(message, "TRASH")

    def delete(self) -> None:
        if message := self._message():
            self.box.delete(message)

    def meet(self) -> None:
        self.calendar.add(self._around(), *self.random.sample(EVERYBODY, 2))

    def repeat(self) -> None:
        self.calendar.add(self._around(), BUYER, weeks=self.random.randrange(2, 6))

    def rename(self) -> None:
        if event := self._event():
            self.calendar.change(event, summary=f"Renamed {self.random.randrange(100)}")

    def cancel(self) -> None:
        if event := self._event():
            self.calendar.cancel(event)

    def answer(self) -> None:
        if event := self._event():
            guests = [guest["email"] for guest in self.calendar.events[event]["attendees"]]
            response = self.random.choice(["accepted", "declined", "tentative"])
            self.calendar.answer(event, self.random.choice(guests), response)

    def shorten(self) -> None:
        if series := self._series():
            self.calendar.change(series, recurrence=[f"RRULE:FREQ=WEEKLY;COUNT={self.random.randrange(1, 4)}"])

    def becomes_series(self) -> None:
        if event := self._event():
            self.calendar.change(event, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])

    def move_occurrence(self) -> None:
        if occurrence := self._occurrence():
            start = self._around()
            self.calendar.change(
                occurrence,
                start={"dateTime": start.isoformat()},
                end={"dateTime": (start + timedelta(hours=1)).isoformat()},
            )

    def cancel_occurrence(self) -> None:
        if occurrence := self._occurrence():
            self.calendar.cancel(occurrence)

    def _past(self) -> datetime:
        return self.server.now - timedelta(minutes=self.random.randrange(90_000))

    def _around(self) -> datetime:
        return self.server.now + timedelta(minutes=self.random.randrange(-90_000, 90_000))

    def _message(self, label: str = "") -> str | None:
        ids = [message.id for message in self.box.messages.values() if not label or label in message.labels]
        return self.random.choice(ids) if ids else None

    def _event(self) -> str | None:
        events = self.calendar.events.values()
        ids = [e["id"] for e in events if e["status"] != "cancelled" and "recurringEventId" not in e]
        return self.random.choice(ids) if ids else None

    def _series(self) -> str | None:
        ids = [e["id"] for e in self.calendar.events.values() if e.get("recurrence")]
        return self.random.choice(ids) if ids else None

    def _occurrence(self) -> str | None:
        series = self._series()
        ids = [event["id"] for event in self.calendar.occurrences(series)] if series else []
        return self.random.choice(ids) if ids else None

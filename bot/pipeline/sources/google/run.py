"""One run through all mailboxes: several are read at a time, and what each says is stored as it comes.

Mailboxes share nothing that is stored, so the order in which their steps arrive changes nothing of the outcome; what
is said about them goes by their order, not by that of their arrival.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from bot.pipeline.sources.google.feeds import Feed, Step, Terms, scope_of
from bot.pipeline.sources.google.together import Ended, together
from bot.pipeline.sources.google.troubles import MailboxClosed, MailboxUnavailable, NotThere, PlaceLost
from bot.pipeline.sources.protocol import Colleague, Cursor, FeedState, Page, Record, SourceUnavailable
from bot.pipeline.sources.values import stamp, unstamp

SCOPE = "sources"
"""Of the records that say how mailboxes stand."""
IN_A_ROW = 3
"""So many mailboxes without an answer, one beside the other, and it is Google that is down."""

_SHOWN = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One feed of one person; `number` is its place in the run, `kept` what the cursor holds of it."""

    number: int
    feed: Feed
    person: Colleague
    kept: dict[str, Any]


@dataclass
class Run:
    """What one run has read so far. Only the thread that takes the pages changes it."""

    terms: Terms
    places: dict[str, Any]
    feeds: Sequence[Feed]
    refused: dict[str, str] = field(default_factory=dict)
    silent: set[int] = field(default_factory=set)
    nothing_read: bool = True
    reasons: defaultdict[tuple[str, str], list[Mailbox]] = field(default_factory=lambda: defaultdict(list))

    @property
    def cursor(self) -> Cursor:
        """The places of all mailboxes, by feed and address."""
        return {feed: dict(places) for feed, places in self.places.items()}

    def forget(self, addresses: Iterable[str]) -> Iterator[Page]:
        """Drop all that was ever read of some addresses."""
        for feed in self.feeds:
            for address in addresses:
                self.places.get(feed.name, {}).pop(address, None)
                scope = frozenset({scope_of(feed.name, address)})
                yield Page(self.cursor, begins=scope, ends=scope)

    def read(self, people: Sequence[Colleague]) -> Iterator[Page]:
        """Read every feed of these people, and say how each went.

        Raises SourceUnavailable when Google is down, QuotaNearlySpent when the day is spent.
        """
        pairs = [(feed, person) for person in people for feed in self.feeds]
        mailboxes = [Mailbox(number, *pair, self._kept(*pair)) for number, pair in enumerate(pairs)]
        readings = [partial(self._steps, mailbox) for mailbox in mailboxes]
        with closing(together(readings, self.terms.rules.mailboxes_at_a_time)) as arrivals:
            for number, arrived in arrivals:
                yield self._taken(mailboxes[number], arrived)

    def _kept(self, feed: Feed, person: Colleague) -> dict[str, Any]:
        kept: dict[str, Any] = self.places.setdefault(feed.name, {}).get(person.email, {})
        return kept

    def _steps(self, mailbox: Mailbox) -> Iterator[Step]:
        """Read from the place that is kept, or from the beginning if the setting for texts has changed since."""
        feed, kept = mailbox.feed, mailbox.kept
        if feed.name in self.refused:
            raise MailboxClosed(self.refused[feed.name], everywhere=True)
        place = kept.get("place", {}) if kept.get("bodies") is self.terms.bodies else {}
        yield from feed.read(mailbox.person.email, place)

    def _taken(self, mailbox: Mailbox, arrived: Step | Ended) -> Page:
        return self._ended(mailbox, arrived.error) if isinstance(arrived, Ended) else self._page(mailbox, arrived)

    def _page(self, mailbox: Mailbox, step: Step) -> Page:
        entry = {"place": dict(step.place), "bodies": self.terms.bodies, "synced": mailbox.kept.get("synced")}
        self.places[mailbox.feed.name][mailbox.person.email] = entry
        return Page(self.cursor, step.records, step.tombstones, step.begins, step.ends)

    def _ended(self, mailbox: Mailbox, error: Exception | None) -> Page:
        """How a mailbox stands now. Raises what concerns them all."""
        name, address = mailbox.feed.name, mailbox.person.email
        match error:
            case None:
                return self._fed(mailbox)
            case MailboxClosed():
                return self._closed(mailbox, error)
            case MailboxUnavailable():
                return self._silent(mailbox, str(error))
            case NotThere() | PlaceLost():
                return self._closed(mailbox, MailboxClosed(f"Google finds no {name} of {address} ({error})"))
            case KeyError() | TypeError() | ValueError():  # one answer nobody foresaw must not sink the other mailboxes
                log.error("google.answer_not_understood", feed=name, exc_info=error)
                return self._silent(mailbox, f"Google answered what the coach does not understand ({error!r:.100})")
        raise error

    def _fed(self, mailbox: Mailbox) -> Page:
        self.nothing_read = False
        self.places[mailbox.feed.name][mailbox.person.email]["synced"] = stamp(self.terms.now)
        return self._state(mailbox, connected=True, reason=None)

    def _closed(self, mailbox: Mailbox, closed: MailboxClosed) -> Page:
        if closed.everywhere:
            self.refused[mailbox.feed.name] = str(closed)
        if mailbox.person.active or closed.everywhere:  # that somebody who left has no mailbox is nothing to mend
            self._note(mailbox, str(closed))
        return self._state(mailbox, connected=False, reason=str(closed))

    def _silent(self, mailbox: Mailbox, reason: str) -> Page:
        self.silent.add(mailbox.number)
        around = range(mailbox.number - IN_A_ROW + 1, mailbox.number + 1)
        if any(self.silent.issuperset(range(first, first + IN_A_ROW)) for first in around):
            raise SourceUnavailable(f"Google: {reason}; the next sync goes on from here")
        self._note(mailbox, reason)
        return self._state(mailbox, connected=self._synced(mailbox) is not None, reason=reason)

    def _note(self, mailbox: Mailbox, reason: str) -> None:
        self.reasons[mailbox.feed.name, reason.replace(mailbox.person.email, "{}")].append(mailbox)

    def _synced(self, mailbox: Mailbox) -> str | None:
        synced = self.places[mailbox.feed.name].get(mailbox.person.email, {}).get("synced")
        return str(synced) if synced else None

    def _state(self, mailbox: Mailbox, *, connected: bool, reason: str | None) -> Page:
        feed, address, synced = mailbox.feed.name, mailbox.person.email, self._synced(mailbox)
        values = {
            "user_email": address,
            "feed": feed,
            "connected": "true" if connected else "false",
            "last_sync": synced,
        }
        record = Record("sources", f"{feed}:{address}", values, SCOPE)
        last_sync = unstamp(synced) if synced else None
        return Page(self.cursor, (record,), feeds=(FeedState(address, feed, connected, last_sync, reason),))

    def problems(self) -> tuple[str, ...]:
        """Return one sentence for each reason, with the people it holds for, in the order of the mailboxes."""
        said = []
        in_order = {key: sorted(found, key=lambda each: each.number) for key, found in self.reasons.items()}
        for (feed, reason), found in sorted(in_order.items(), key=lambda item: item[1][0].number):
            addresses = [mailbox.person.email for mailbox in found]
            more = f" and {len(addresses) - _SHOWN} others" if len(addresses) > _SHOWN else ""
            whose = ", ".join(addresses[:_SHOWN]) + more
            said.append(f"{feed} of {whose} is not read: {reason.replace('{}', addresses[0])}")
        return tuple(said)

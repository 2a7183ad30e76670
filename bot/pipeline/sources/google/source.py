"""Gmail and Google Calendar as one source: mailbox after mailbox, each with a place and a state of its own.

Invariant: what keeps one mailbox from being read keeps no other from it. A mailbox that was read is fed as of now;
one that a person has to mend is not connected, and the facets of its owner are unknown; one that Google would not
answer for keeps the day it was last read, and goes stale by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.pipeline.freemail import FREE_MAIL_DOMAINS
from bot.pipeline.sources.google.calendar import Calendar
from bot.pipeline.sources.google.feeds import Feed, Step, Terms, scope_of
from bot.pipeline.sources.google.gmail import Mail
from bot.pipeline.sources.google.messages import Company
from bot.pipeline.sources.google.rules import GoogleRules, Mailboxes
from bot.pipeline.sources.google.troubles import MailboxClosed, MailboxUnavailable, NotThere, PlaceLost
from bot.pipeline.sources.protocol import (
    Colleague,
    Cursor,
    Description,
    FeedState,
    Page,
    Record,
    SourceMisconfigured,
    SourceUnavailable,
)
from bot.pipeline.sources.values import stamp, unstamp

IN_A_ROW = 3
"""So many mailboxes without an answer, one after the other, and it is Google that is down."""

log = structlog.get_logger(__name__)

_SHOWN = 3
_SCOPE = "sources"


class GoogleSource:
    """The `Source` over the mailboxes of the `people` of the CRM."""

    name = "google"

    def __init__(self, terms: Terms, people: Sequence[Colleague], feeds: Sequence[Feed] | None = None) -> None:
        self._terms = terms
        self._wanted = _wanted(people, terms.rules)
        self._feeds = feeds or (Mail(terms), Calendar(terms))

    def describe(self) -> Description:
        """Say what is delivered. Raises SourceMisconfigured while nobody's mailbox is known."""
        if not self._wanted:
            raise SourceMisconfigured(
                "Google: there is nobody to read; people and their addresses come from your CRM, so sync that first "
                "(mailboxes and skip in google.yaml choose among them)"
            )
        return Description(kinds=frozenset({"activities", "sources"}), full_after=self._terms.rules.full_after)

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        """Yield what changed in each mailbox, then how each of them stands."""
        run = _Run(self._terms, dict(cursor), self._feeds)
        yield Page(run.cursor, begins=frozenset({_SCOPE}))
        yield from run.forget(self._terms.rules.skip)
        for person in self._wanted:
            for feed in self._feeds:
                yield from run.read(feed, person)
        yield Page(
            run.cursor, ends=frozenset({_SCOPE}), problems=run.problems(), completed=tuple(f.name for f in self._feeds)
        )
        if run.nothing_read:
            raise SourceMisconfigured("Google: no mailbox could be read; see the reasons above")


@dataclass
class _Run:
    """One run through all mailboxes."""

    terms: Terms
    places: dict[str, Any]
    feeds: Sequence[Feed]
    refused: dict[str, str] = field(default_factory=dict)
    silent_in_a_row: int = 0
    nothing_read: bool = True
    reasons: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

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

    def read(self, feed: Feed, person: Colleague) -> Iterator[Page]:
        """Read one feed of one person, and say how it went."""
        kept = self.places.setdefault(feed.name, {}).get(person.email, {})
        try:
            if feed.name in self.refused:
                raise MailboxClosed(self.refused[feed.name], everywhere=True)
            for step in feed.read(person.email, self._going_on(kept)):
                yield self._page(feed, person, step, kept)
        except MailboxClosed as closed:
            yield self._closed(feed, person, closed)
        except MailboxUnavailable as silent:
            yield self._silent(feed, person, str(silent))
        except (NotThere, PlaceLost) as absent:
            yield self._closed(feed, person, MailboxClosed(f"Google finds no {feed.name} of {person.email} ({absent})"))
        except (KeyError, TypeError, ValueError) as odd:  # one answer nobody foresaw must not sink the other mailboxes
            log.exception("google.answer_not_understood", feed=feed.name)
            yield self._silent(feed, person, f"Google answered what the coach does not understand ({odd!r:.100})")
        else:
            yield self._fed(feed, person)

    def _going_on(self, kept: dict[str, Any]) -> dict[str, Any]:
        """Return the place to go on from; none if the setting for texts has changed since."""
        return kept.get("place", {}) if kept.get("bodies") is self.terms.bodies else {}

    def _page(self, feed: Feed, person: Colleague, step: Step, kept: dict[str, Any]) -> Page:
        entry = {"place": dict(step.place), "bodies": self.terms.bodies, "synced": kept.get("synced")}
        self.places[feed.name][person.email] = entry
        return Page(self.cursor, step.records, step.tombstones, step.begins, step.ends)

    def _fed(self, feed: Feed, person: Colleague) -> Page:
        self.silent_in_a_row, self.nothing_read = 0, False
        self.places[feed.name][person.email]["synced"] = stamp(self.terms.now)
        return self._state(feed, person, connected=True, reason=None)

    def _closed(self, feed: Feed, person: Colleague, closed: MailboxClosed) -> Page:
        self.silent_in_a_row = 0
        if closed.everywhere:
            self.refused[feed.name] = str(closed)
        if person.active or closed.everywhere:  # that somebody who left has no mailbox is nothing to mend
            self.reasons[feed.name, str(closed).replace(person.email, "{}")].append(person.email)
        return self._state(feed, person, connected=False, reason=str(closed))

    def _silent(self, feed: Feed, person: Colleague, reason: str) -> Page:
        self.silent_in_a_row += 1
        if self.silent_in_a_row >= IN_A_ROW:
            raise SourceUnavailable(f"Google: {reason}; the next sync goes on from here")
        self.reasons[feed.name, reason.replace(person.email, "{}")].append(person.email)
        synced = self._synced(feed, person)
        return self._state(feed, person, connected=synced is not None, reason=reason)

    def _synced(self, feed: Feed, person: Colleague) -> str | None:
        synced = self.places[feed.name].get(person.email, {}).get("synced")
        return str(synced) if synced else None

    def _state(self, feed: Feed, person: Colleague, *, connected: bool, reason: str | None) -> Page:
        synced = self._synced(feed, person)
        values = {
            "user_email": person.email,
            "feed": feed.name,
            "connected": "true" if connected else "false",
            "last_sync": synced,
        }
        record = Record("sources", f"{feed.name}:{person.email}", values, _SCOPE)
        last_sync = unstamp(synced) if synced else None
        return Page(self.cursor, (record,), feeds=(FeedState(person.email, feed.name, connected, last_sync, reason),))

    def problems(self) -> tuple[str, ...]:
        """Return one sentence for each reason, with the people it holds for."""
        said = []
        for (feed, reason), addresses in self.reasons.items():
            more = f" and {len(addresses) - _SHOWN} others" if len(addresses) > _SHOWN else ""
            whose = ", ".join(addresses[:_SHOWN]) + more
            said.append(f"{feed} of {whose} is not read: {reason.replace('{}', addresses[0])}")
        return tuple(said)


def _wanted(people: Sequence[Colleague], rules: GoogleRules) -> list[Colleague]:
    everybody = rules.mailboxes is Mailboxes.EVERYBODY
    chosen = (person for person in people if person.owns_deals or (everybody and person.active))
    return sorted((person for person in chosen if person.email not in rules.skip), key=lambda person: person.email)


def company_of(people: Sequence[Colleague], rules: GoogleRules) -> Company:
    """Return what is internal: the domains of the CRM's people and of the playbook, save those open to anybody."""
    addresses = frozenset(person.email for person in people)
    domains = {address.rpartition("@")[2] for address in addresses} - FREE_MAIL_DOMAINS
    return Company(frozenset(domains | set(rules.internal_domains)), addresses)

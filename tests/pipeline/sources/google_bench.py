"""A small company on Google Workspace, the CRM that knows its people and deals, and who reads both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.pipeline.sources import Colleague, Cursor, Description, Page, Record
from bot.pipeline.sources.google import (
    DelegatedAccounts,
    GoogleRules,
    GoogleSource,
    Terms,
    company_of,
    load_google_rules,
)
from bot.pipeline.syncing import FeedStatus, SyncStatus, staged_people
from bot.pipeline.syncing.engine import Run
from bot.pipeline.syncing.staging import open_staging
from tests.pipeline.sources.workbench import PLAYBOOK, Installation
from tests.servers.google.events import LocalCalendar
from tests.servers.google.mailbox import LocalMailbox
from tests.servers.google.server import LocalGoogle

RULES: GoogleRules = load_google_rules(PLAYBOOK)
ANA, BEN = "ana@seller.example", "ben@seller.example"
BUYER, SECOND_BUYER, STRANGER = "eva@buyer.example", "jon@buyer.example", "kim@elsewhere.example"


@dataclass
class LocalCrm:
    """A CRM of two reps with a deal each, as a source; it says everything at every run."""

    name: str = "crm"
    inactive: frozenset[str] = frozenset()
    more: tuple[Record, ...] = ()

    def describe(self) -> Description:
        return Description(kinds=frozenset({"users", "opportunities", "contacts", "contact_roles", "activities"}))

    def changes(self, cursor: Cursor) -> Iterator[Page]:
        scope = frozenset({"all"})
        yield Page({}, tuple(self._records()), begins=scope, ends=scope, completed=("all",))

    def _records(self) -> Iterator[Record]:
        for key, address in (("u1", ANA), ("u2", BEN)):
            active = "false" if address in self.inactive else "true"
            name = address.partition("@")[0].title()
            yield Record("users", key, {"user_id": key, "name": name, "email": address, "active": active}, "all")
            yield Record("opportunities", f"d{key}", {
                "opportunity_id": f"d{key}", "name": f"Deal of {name}", "account_id": f"a{key}",
                "account_name": f"Account {key}", "owner_id": key, "stage": "Discovery",
                "created_at": "2026-01-05T09:00:00.000000Z", "close_date": "2026-06-30",
            }, "all")  # fmt: skip
        for key, address in (("c1", BUYER), ("c2", SECOND_BUYER)):
            yield Record("contacts", key, {"contact_id": key, "account_id": "au1", "email": address}, "all")
        yield Record("contact_roles", "r1", {"opportunity_id": "du1", "contact_id": "c1", "role": "champion"}, "all")
        yield from self.more


@dataclass
class GoogleBench:
    """The company, served, and who reads it."""

    server: LocalGoogle
    url: str
    installation: Installation
    key_file: Path
    crm: LocalCrm = field(default_factory=LocalCrm)
    rules: GoogleRules = RULES
    bodies: bool = False
    pauses: list[float] = field(default_factory=list)

    def box(self, address: str = ANA) -> LocalMailbox:
        return self.server.mail[address]

    def calendar(self, address: str = ANA) -> LocalCalendar:
        return self.server.calendars[address]

    def receive(self, sender: str = BUYER, to: str = ANA, days_ago: float = 1, **headers: Any) -> str:
        at = self.server.now - timedelta(days=days_ago)
        return self.box(to).take_in(at, {"INBOX", "UNREAD"}, **{"From": f"Someone <{sender}>", "To": to} | headers)

    def send(self, *to: str, sender: str = ANA, days_ago: float = 1, **headers: Any) -> str:
        at = self.server.now - timedelta(days=days_ago)
        return self.box(sender).take_in(at, {"SENT"}, **{"From": sender, "To": ", ".join(to or (BUYER,))} | headers)

    def read_one_by_one(self) -> None:
        """Read one mailbox at a time from now on, so that what is asked has an order."""
        self.rules = self.rules.model_copy(update={"mailboxes_at_a_time": 1})

    def people(self) -> Sequence[Colleague]:
        return staged_people(self.installation.home / "sources")

    def terms(self, **changes: Any) -> Terms:
        people = self.people()
        terms = Terms(
            accounts=DelegatedAccounts(self.key_file), rules=self.rules, company=company_of(people, self.rules),
            now=self.server.now, bodies=self.bodies, longest_text=1000, pause=self.pauses.append, api_url=self.url,
        )  # fmt: skip
        return replace(terms, **changes)

    def source(self, **changes: Any) -> GoogleSource:
        return GoogleSource(self.terms(**changes), self.people())

    def sync(self, source: GoogleSource | None = None, **options: Any) -> SyncStatus:
        self.server.tick(60)
        return self.installation.sync(source or self.source(), **options)

    def read(self, source: GoogleSource | None = None, *, full: bool = False) -> Run:
        """Read into the staging area only: a tenth of the time of a whole sync."""
        self.server.tick(60)
        return self.installation.read(source or self.source(), full=full)

    def staged(self, columns: str) -> list[tuple[Any, ...]]:
        """Return columns of what is staged of mail and meetings, in the order of time."""
        with open_staging(self.installation.home / "sources") as staging:
            query = f"SELECT {columns} FROM activities WHERE source = 'google' ORDER BY start_at, id"
            return staging.con.execute(query).fetchall()

    def sync_crm(self) -> SyncStatus:
        status = self.installation.sync(self.crm)
        assert status.state == "ok", status.problems
        return status

    def touches(self, columns: str = "kind, direction, counts, not_counted_because") -> list[tuple[Any, ...]]:
        return self.installation.rows(f"SELECT {columns} FROM touchpoints ORDER BY opportunity_id, start_at")

    def feed(self, status: SyncStatus, address: str, name: str) -> FeedStatus:
        [found] = [feed for feed in status.feeds if (feed.address, feed.feed) == (address, name)]
        return found


def misconfigured(status: SyncStatus) -> bool:
    """Whether a run ended because nobody's mailbox could be read."""
    return status.state == "failed" and any("no mailbox could be read" in line for line in status.problems)

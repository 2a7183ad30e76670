"""Gmail and Google Calendar as one source: many mailboxes, each with a place and a state of its own.

Invariant: what keeps one mailbox from being read keeps no other from it. A mailbox that was read is fed as of now;
one that a person has to mend is not connected, and the facets of its owner are unknown; one that Google would not
answer for keeps the day it was last read, and goes stale by itself.
"""

from collections.abc import Iterator, Sequence

from bot.pipeline.freemail import FREE_MAIL_DOMAINS
from bot.pipeline.sources.google.calendar import Calendar
from bot.pipeline.sources.google.feeds import Feed, Terms
from bot.pipeline.sources.google.gmail import Mail
from bot.pipeline.sources.google.messages import Company
from bot.pipeline.sources.google.rules import GoogleRules, Mailboxes
from bot.pipeline.sources.google.run import SCOPE, Run
from bot.pipeline.sources.protocol import Colleague, Cursor, Description, Page, SourceMisconfigured


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
        run = Run(self._terms, dict(cursor), self._feeds)
        yield Page(run.cursor, begins=frozenset({SCOPE}))
        yield from run.forget(self._terms.rules.skip)
        yield from run.read(self._wanted)
        yield Page(
            run.cursor, ends=frozenset({SCOPE}), problems=run.problems(), completed=tuple(f.name for f in self._feeds)
        )
        if run.nothing_read:
            raise SourceMisconfigured("Google: no mailbox could be read; see the reasons above")


def _wanted(people: Sequence[Colleague], rules: GoogleRules) -> list[Colleague]:
    everybody = rules.mailboxes is Mailboxes.EVERYBODY
    chosen = (person for person in people if person.owns_deals or (everybody and person.active))
    return sorted((person for person in chosen if person.email not in rules.skip), key=lambda person: person.email)


def company_of(people: Sequence[Colleague], rules: GoogleRules) -> Company:
    """Return what is internal: the domains of the CRM's people and of the playbook, save those open to anybody."""
    addresses = frozenset(person.email for person in people)
    domains = {address.rpartition("@")[2] for address in addresses} - FREE_MAIL_DOMAINS
    return Company(frozenset(domains | set(rules.internal_domains)), addresses)

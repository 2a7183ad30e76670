"""What the buyer did, as dated acts: each with its step and the activity that proves it (DOMAIN 4.1).

A buyer's act counts whoever of us it was addressed to. What a partner does never counts, and mail
that only answers by itself is nobody's act.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from bot.pipeline.commitment.rules import CommitmentRules, Step
from bot.pipeline.freemail import FREE_MAIL_DOMAINS
from bot.pipeline.model import Activity, ActivityKind, Contact, Deal, MeetingStatus
from bot.pipeline.wording import day

_STANDING = frozenset({None, MeetingStatus.CONFIRMED, MeetingStatus.TENTATIVE})
_QUOTED_HISTORY = re.compile(r"^(>|On .{5,80} wrote:|-{2,}\s*Original Message|From: )", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[\"'“(A-Z0-9])|\n+")
_LONGEST_QUOTE = 120


@dataclass(frozen=True, slots=True)
class Act:
    """One thing the buyer did (or, if `ahead`, agreed to do): `step` it proves, day, proof and words."""

    step: Step
    on: date
    activity_id: str
    text: str
    ahead: bool = False
    widens_role: bool = False


def buyer_acts(deal: Deal, as_of: datetime, rules: CommitmentRules) -> list[Act]:
    """Every act of the buyer on record by `as_of` and every accepted meeting ahead, oldest first."""
    reader = _Reader(deal, as_of, rules)
    return [act for activity in deal.activities for act in reader.acts(activity)]


def partner_addresses(deal: Deal) -> tuple[frozenset[str], frozenset[str]]:
    """Addresses of the deal's partners, and mail domains that belong to partners alone."""
    partners = [contact for contact in deal.contacts if _is_partner(contact)]
    buyers = {_domain(contact.email) for contact in deal.contacts if not _is_partner(contact) and contact.email}
    domains = {_domain(contact.email) for contact in partners if contact.email} - buyers - FREE_MAIL_DOMAINS
    return frozenset(contact.email.lower() for contact in partners if contact.email), frozenset(domains)


def buyers_in(activity: Activity, partners: tuple[Collection[str], Collection[str]]) -> list[str]:
    """Addresses of the buyer's people in an activity, without those who declined it."""
    addresses, domains = partners
    return [
        email
        for email in activity.participants
        if email not in addresses and _domain(email) not in domains and email not in activity.declined
    ]


def was_held(activity: Activity) -> bool:
    """Whether a past meeting took place, as far as the calendar says."""
    return activity.kind is ActivityKind.MEETING and activity.status in _STANDING


class _Reader:
    def __init__(self, deal: Deal, as_of: datetime, rules: CommitmentRules) -> None:
        self._as_of = as_of
        self._rules = rules
        self._partners = partner_addresses(deal)
        self._contacts = {contact.email.lower(): contact for contact in deal.contacts if contact.email}
        self._first = self._first_acts(deal)

    def acts(self, activity: Activity) -> Iterator[Act]:
        """The acts one activity proves, the lowest step first."""
        if self._is_inbound(activity):
            yield self._act(Step.WORDS, activity, f"{self._who(activity)} wrote on {day(activity.on)}")
            yield from self._widening(activity, "wrote")
            yield from self._written(activity)
        elif self._is_attended(activity):
            yield self._act(Step.CALENDAR, activity, f"{self._who(activity)} met us on {day(activity.on)}")
            yield from self._widening(activity, "joined")
        elif self._is_accepted_ahead(activity):
            text = f"{self._who(activity)} accepted a meeting on {day(activity.on)}"
            yield Act(Step.CALENDAR, activity.on, activity.id, text, ahead=True)

    def _is_inbound(self, activity: Activity) -> bool:
        mail = activity.kind is ActivityKind.EMAIL and activity.direction == "inbound"
        return mail and not activity.is_auto and activity.at <= self._as_of and self._by_buyer(activity)

    def _is_attended(self, activity: Activity) -> bool:
        if activity.at > self._as_of:
            return False
        call = activity.kind is ActivityKind.CALL and activity.organiser == "buyer"
        long_call = call and (activity.minutes or 0) >= self._rules.call_minutes
        return (was_held(activity) or long_call) and self._by_buyer(activity)

    def _is_accepted_ahead(self, activity: Activity) -> bool:
        """An invitation nobody answered is ours alone; one the buyer sent needs no answer."""
        if activity.at <= self._as_of or not was_held(activity):
            return False
        willing = buyers_in(activity, self._partners)
        theirs = activity.organiser == "buyer" and bool(willing)
        return theirs or any(email in activity.accepted for email in willing)

    def _by_buyer(self, activity: Activity) -> bool:
        """Where a source names no guests at all, what counts as contact with the deal counts here too."""
        return bool(buyers_in(activity, self._partners)) if activity.participants else activity.counted

    def _first_acts(self, deal: Deal) -> dict[str, Activity]:
        """The activity in which each of the buyer's people first did something."""
        first: dict[str, Activity] = {}
        for activity in sorted(deal.activities, key=lambda each: each.at):
            if self._is_inbound(activity) or self._is_attended(activity):
                for email in buyers_in(activity, self._partners):
                    first.setdefault(email, activity)
        return first

    def _widening(self, activity: Activity, did: str) -> Iterator[Act]:
        """Somebody's first act, on a later day than the first contact's, means the buyer brought them."""
        if not self._first:
            return
        opener, began = next(iter(self._first.items()))
        for email, first in self._first.items():
            if first.id == activity.id and first.on > began.on:
                text = f"{self._name(email)} {did} for the first time on {day(activity.on)}"
                other = self._is_other_role(email, opener)
                yield Act(Step.WIDENING, activity.on, activity.id, text, widens_role=other)

    def _is_other_role(self, email: str, opener: str) -> bool:
        new, first = self._contacts.get(email), self._contacts.get(opener)
        described = [contact.role or contact.title for contact in (new, first) if contact]
        return len(described) == 2 and None not in described and described[0] != described[1]

    def _written(self, activity: Activity) -> Iterator[Act]:
        """Steps 4 to 6, from the buyer's own words; a mail a partner takes part in may be the partner's."""
        if not activity.body or len(buyers_in(activity, self._partners)) < len(activity.participants):
            return
        own_words = _QUOTED_HISTORY.split(activity.body, maxsplit=1)[0]
        mail = f"{activity.subject or ''}\n{own_words}"
        for sentence in filter(None, (part.strip() for part in _SENTENCE_END.split(own_words))):
            step = self._rules.cues.step_of(sentence, mail)
            if step > Step.WORDS:
                text = f"{self._who(activity)} on {day(activity.on)}: “{_shortened(sentence)}”"
                yield self._act(step, activity, text)

    def _act(self, step: Step, activity: Activity, text: str) -> Act:
        return Act(step, activity.on, activity.id, text)

    def _who(self, activity: Activity) -> str:
        emails = buyers_in(activity, self._partners)
        if not emails:
            return "The buyer"
        others = f" and {len(emails) - 1} more" if len(emails) > 1 else ""
        return self._name(emails[0]) + others

    def _name(self, email: str) -> str:
        contact = self._contacts.get(email)
        return contact.name if contact else email


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST_QUOTE else sentence[: _LONGEST_QUOTE - 1].rstrip() + "…"


def _is_partner(contact: Contact) -> bool:
    return (contact.role or "").casefold() == "partner"


def _domain(email: str | None) -> str:
    return (email or "").lower().rpartition("@")[2]

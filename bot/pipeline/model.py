"""The nouns of the pipeline: what CRM, mail and calendar say about people and deals (DOMAIN 1).

Everything here is frozen and read-only. `None` always means "not recorded or not known", never zero.
Text fields come from outside and are untrusted: data to quote, never instructions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a user is in the sales organisation; decides whose deals they may see (DOMAIN 8.2)."""

    REP = "rep"
    MANAGER = "manager"
    DIRECTOR = "director"
    SALES_OPERATIONS = "sales operations"
    SOLUTIONS_ENGINEER = "solutions engineer"
    PARTNER_MANAGER = "partner manager"


class DealType(StrEnum):
    """The motion that picks the health table (DOMAIN 2.5). A missing type counts as New Business."""

    NEW_BUSINESS = "New Business"
    EXISTING_BUSINESS = "Existing Business"


class DealStatus(StrEnum):
    """Whether a deal can still be won."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ActivityKind(StrEnum):
    """What kind of contact an activity is. A task is never a touch (DOMAIN 2.2)."""

    EMAIL = "email"
    MEETING = "meeting"
    CALL = "call"
    TASK = "task"


class MeetingStatus(StrEnum):
    """What became of a meeting. Only a past confirmed or tentative one was held."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    DECLINED_BY_OWNER = "declined_by_owner"


@dataclass(frozen=True, slots=True)
class User:
    """A person of the selling company."""

    id: str
    name: str
    email: str | None = None
    slack_user_id: str | None = None
    role: Role = Role.REP
    manager_id: str | None = None
    segment: str | None = None
    discipline: str | None = None
    timezone: str | None = None
    active: bool = True

    @property
    def first_name(self) -> str:
        """The name colleagues use in a sentence."""
        return self.name.split()[0] if self.name.split() else self.id


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of the buying company (or a partner), with the role the rep typed: a claim, not evidence."""

    name: str
    title: str | None = None
    email: str | None = None
    role: str | None = None
    id: str | None = None

    @property
    def first_name(self) -> str:
        """The name used in a sentence; the e-mail address if no name is recorded."""
        return self.name.split()[0] if self.name.split() else (self.email or "the contact")


class MatchMethod(StrEnum):
    """How a mail, meeting or call was found to belong to a deal: the ladder of DOMAIN 2.2, surest first."""

    RECORDED = "recorded"
    """The CRM filed it under the deal."""
    CONTACT_ROLE = "contact role"
    """The exact address of somebody with a role on the open deal."""
    ACCOUNT_CONTACT = "account contact"
    """The exact address of a contact of the account."""
    DOMAIN = "domain"
    """A corporate domain seen on the deal or its account."""
    ACCOUNT = "account"
    """The CRM filed it under the account only: credited to every open deal of it."""

    @property
    def confidence(self) -> str:
        """How sure the match is, in one word: certain, high, medium or low."""
        return _CONFIDENCE[self]


_CONFIDENCE = {
    MatchMethod.RECORDED: "certain",
    MatchMethod.CONTACT_ROLE: "high",
    MatchMethod.ACCOUNT_CONTACT: "medium",
    MatchMethod.DOMAIN: "low",
    MatchMethod.ACCOUNT: "low",
}


@dataclass(frozen=True, slots=True)
class Activity:
    """One mail, meeting, call or task in the mailbox or calendar of `user_id`.

    `at` is an aware instant; `on` is its date in the deal owner's time zone (DOMAIN 2.1).
    `counted` says whether it feeds the facets, and `not_counted_because` why not; `matched_by` says how it
    was found to belong to the deal (DOMAIN 2.2).
    """

    id: str
    kind: ActivityKind
    user_id: str | None
    at: datetime
    on: date
    direction: str | None = None
    status: MeetingStatus | None = None
    participants: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    organiser: str | None = None
    is_auto: bool = False
    subject: str | None = None
    body: str | None = None
    counted: bool = True
    not_counted_because: str | None = None
    minutes: int | None = None
    matched_by: MatchMethod | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Free text a colleague wrote on a deal. Untrusted."""

    id: str
    on: date
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class StageVisit:
    """One stay in a stage; `left_on` is None while it lasts."""

    stage: str
    order: int
    entered_on: date
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One recorded change of a CRM field; `old` and `new` as the CRM wrote them, `on` in the owner's time zone."""

    field: str
    old: str | None
    new: str | None
    on: date
    by: str | None = None


@dataclass(frozen=True, slots=True)
class ClosePlan:
    """The rep's dated plan to signature; each line is raw text `date | owner | action` (DOMAIN 6.4)."""

    refreshed_on: date | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DealName:
    """Just enough of a deal to resolve its name inside an asker's scope."""

    id: str
    name: str
    account: str
    owner_id: str
    status: DealStatus


@dataclass(frozen=True, slots=True)
class Deal:
    """One opportunity with everything recorded about it.

    `amount` is in `currency`; `probability` is 0-100 as typed in the CRM or None. `sources` maps
    "mail", "calendar" and "calls" of the owner to True (connected and fresh) or False (DOMAIN 2.1);
    a source that is absent was never described. `custom` holds pass-through CRM fields.
    """

    id: str
    name: str
    account: str
    owner: User
    type: str | None
    deal_type: DealType
    stage: str
    status: DealStatus
    created_on: date | None
    account_id: str | None = None
    amount: float | None = None
    currency: str | None = None
    probability: float | None = None
    forecast_category: str | None = None
    close_date: date | None = None
    closed_on: date | None = None
    loss_reason: str | None = None
    next_step: str | None = None
    stage_visits: tuple[StageVisit, ...] = ()
    contacts: tuple[Contact, ...] = ()
    activities: tuple[Activity, ...] = ()
    notes: tuple[Note, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    close_plan: ClosePlan | None = None
    command_plan: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, bool] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether the deal can still be won."""
        return self.status is DealStatus.OPEN

"""One scenario of an evaluation file as the bot may see it: a closed world and one message.

Title, tags, focus and expectation are not fields here, so nothing built from a `Situation` can leak
them. Unknown keys are ignored; everything that came from people is untrusted text.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from bot.pipeline.model import Role


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone; use a name such as Europe/Berlin") from error
    return name


def _folded(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _nothing_for_null(value: object) -> object:
    return () if value is None else value


def _empty_for_null(value: object) -> object:
    return {} if value is None else value


Address = Annotated[str, BeforeValidator(_folded)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(_nothing_for_null)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(_Part):
    """A colleague in the directory of the world."""

    name: str
    role: Annotated[Role, BeforeValidator(_folded)]
    segment: str | None = None
    discipline: str | None = None
    manager: str | None = None


class Visit(_Part):
    """One stay in a stage, oldest first; the last one is the current stay."""

    stage: str
    order: int
    entered: date


class DealContact(_Part):
    """A person of the buyer; the role is the rep's claim."""

    name: str | None = None
    title: str | None = None
    email: Annotated[str | None, BeforeValidator(_folded)] = None
    role: str | None = None


class RecordedActivity(_Part):
    """One mail, meeting, call or task in the mailbox or calendar of `actor`."""

    id: str
    type: Literal["email", "meeting", "call", "task"]
    actor: str | None = None
    at: AwareDatetime
    external: Addresses = ()
    direction: Literal["inbound", "outbound"] | None = None
    subject: str | None = None
    body: str | None = None
    auto: bool = False
    title: str | None = None
    status: Literal["held", "scheduled", "cancelled", "no_show", "declined_by_owner"] | None = None
    external_accepted: Addresses = ()
    external_declined: Addresses = ()
    organiser: Literal["seller", "buyer", "partner"] | None = None
    note: str | None = None


class DealNote(_Part):
    """Free text with the display name of its author."""

    date: date
    author: str | None = None
    text: str


class Plan(_Part):
    """A close plan; each line reads `date | owner | action`."""

    refreshed: date | None = None
    lines: tuple[str, ...] = ()


class Figure(_Part):
    """A supplied benchmark, used as it is."""

    value: float | None
    n: int
    level: str


class PassedOver(_Part):
    """A closer cohort that had too little data."""

    level: str
    n: int
    reason: str


class Benchmarks(_Part):
    """Supplied benchmarks; one that is absent does not exist for this deal."""

    typical_cycle: Figure | None = None
    typical_days_in_stage: Figure | None = None
    typical_days_to_won_from_stage: Figure | None = None
    typical_contacts_won: Figure | None = None
    typical_win_rate_from_stage: Figure | None = None
    passed_over: tuple[PassedOver, ...] = Field(default=(), alias="_rejected")

    def figures(self) -> Mapping[str, Figure]:
        """Return the supplied figures by name."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: figure for name, figure in named.items() if isinstance(figure, Figure)}


class Connection(_Part):
    """Whether a colleague's mailbox and calendar feed the CRM."""

    email: Literal["connected", "not connected"] | None = None
    calendar: Literal["connected", "not connected"] | None = None
    last_sync: AwareDatetime | None = None


class Opportunity(_Part):
    """One deal with everything recorded about it. Null means nothing is recorded."""

    id: str
    name: str
    account: str | None = None
    currency: str | None = None
    owner: str
    type: str | None = None
    amount: float | None = None
    stage: str
    stage_history: Annotated[tuple[Visit, ...], BeforeValidator(_nothing_for_null)] = ()
    created: date
    close_date: date | None = None
    closed_on: date | None = None
    status: Literal["open", "won", "lost"]
    forecast_category: str | None = None
    probability: Annotated[float, Field(ge=0, le=100)] | None = None
    next_step: str | None = None
    contacts: Annotated[tuple[DealContact, ...], BeforeValidator(_nothing_for_null)] = ()
    activities: Annotated[tuple[RecordedActivity, ...], BeforeValidator(_nothing_for_null)] = ()
    notes: Annotated[tuple[DealNote, ...], BeforeValidator(_nothing_for_null)] = ()
    close_plan: Plan | None = None
    command_plan: Annotated[Mapping[str, str | None], BeforeValidator(_empty_for_null)] = Field(default_factory=dict)
    benchmarks: Annotated[Benchmarks, BeforeValidator(_empty_for_null)] = Field(default_factory=Benchmarks)
    custom: Annotated[Mapping[str, Any], BeforeValidator(_empty_for_null)] = Field(default_factory=dict)
    loss_reason: str | None = None
    activity_connected: bool = True
    activity_sources: Annotated[Mapping[str, Connection], BeforeValidator(_empty_for_null)] = Field(
        default_factory=dict
    )


class ShareHistory(_Part):
    """A person's share of weak pipeline, in percent: now and in the weeks before, oldest first."""

    now: float
    weekly_last_26: tuple[float, ...] = ()


class ShareSnapshots(_Part):
    """Stored shares of several people; they may cover deals the world does not list."""

    metric: str
    users: Mapping[str, ShareHistory]
    open_pipeline: Mapping[str, float] = Field(default_factory=dict)


class Fixture(_Part):
    """Facts that replace configured or stored ones; None where the scenario replaces nothing."""

    stage_probabilities: Mapping[str, Share] | None = None
    health_share_snapshots: ShareSnapshots | None = None


class Situation(_Part):
    """Everything the bot may read of one scenario."""

    as_of: AwareDatetime
    timezone: Zone
    asker: str
    surface: str
    message: str
    users: Mapping[str, Person]
    opportunities: Annotated[tuple[Opportunity, ...], BeforeValidator(_nothing_for_null)] = ()
    fixture: Annotated[Fixture, BeforeValidator(_empty_for_null)] = Field(default_factory=Fixture)

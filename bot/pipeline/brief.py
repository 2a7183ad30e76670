"""What code knows about one deal at one instant: facets, benchmarks and health, ready to be quoted.

`DealBrief` is the only thing the coach reads about a deal's numbers. Names of facets and benchmarks
are those of the command line's JSON (DESIGN, Contracts).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.pipeline.model import Deal


class HealthBucket(StrEnum):
    """How a deal's declared data and activity compare with deals that close (DOMAIN 2.5)."""

    GOOD = "Good"
    """More likely than average to be won: steady outreach, meetings, replies, progress."""
    AVERAGE = "Average"
    """As likely as others, or too little data to say."""
    AT_RISK = "At Risk"
    """Less likely than average: outreach, meetings or replies have thinned, or the deal is very old."""
    POOR = "Poor"
    """Unlikely to be won: very old, with no meeting behind or ahead and no reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """The measured facets of one deal (DOMAIN 2.3). Days are differences of dates in the owner's time zone.

    The facets of age and stage are None when the CRM gave neither a creation day nor a stage history.
    Engagement facets (from `days_untouched` to `new_stakeholders_last_30`) are all None when the
    owner's mail or calendar is not connected: unknown, not zero.
    """

    opp_age: int | None
    days_until_close: int | None
    days_in_stage: int | None
    days_in_stage_estimated: bool
    cumulative_days_in_stage: int | None
    last_advance: date | None
    last_move_back: date | None
    advanced_last_30: bool
    moved_back_last_30: bool
    close_date_pushes: int | None
    days_untouched: int | None
    touches_last_14: int | None
    next_meeting: date | None
    last_meeting: date | None
    days_since_inbound: int | None
    inbound_last_14: int | None
    contacts_engaged: int | None
    meetings_total: int | None
    meetings_last_14: int | None
    meetings_last_30: int | None
    meetings_last_90: int | None
    meetings_next_30: int | None
    meetings_next_90: int | None
    unanswered_inbound_days: int | None
    new_stakeholders_last_30: int | None
    age_ratio: float | None


@dataclass(frozen=True, slots=True)
class RejectedLevel:
    """A closer cohort that was passed over, and why."""

    level: str
    n: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """The closest average with enough data (DOMAIN 2.4).

    `value` is a mean (days, persons) or a win rate 0-1; `low`/`high` bound a win rate (95 % Wilson).
    `level` starts with the ladder code (R1-R2, L1-L7) and goes on in words.
    """

    name: str
    value: float
    n: int
    level: str
    median: float | None = None
    p75: float | None = None
    low: float | None = None
    high: float | None = None
    rejected: tuple[RejectedLevel, ...] = ()

    @property
    def basis(self) -> str:
        """What the value rests on, for a person to read: how many deals, and how near they are to this one."""
        code = self.level.partition(":")[0].strip()
        if not self.n:
            return "configured, not measured"
        return _SAMPLES.get(code, "{n} deals").format(n=self.n)


_SAMPLES = {
    "R1": "{n} of this seller's own deals",
    "R2": "{n} of this seller's own deals",
    "L1": "{n} deals like it",
    "L2": "{n} deals of its type and segment",
    "L3": "{n} deals of its type and selling style",
    "L4": "{n} deals of its type, whole company",
    "L5": "{n} deals of its type, whole company, one year",
    "L6": "{n} deals of all types, whole company, one year",
}
"""Levels of the cohort ladder (DOMAIN 2.4) in words short enough for a sentence."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One line of the health table that scored: its code, its points and the number behind it in words."""

    code: str
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Cap:
    """A condition that limits the bucket whatever the points say.

    `binds` tells whether the points alone would have given a better bucket.
    """

    code: str
    best: HealthBucket
    reason: str
    binds: bool = False


@dataclass(frozen=True, slots=True)
class Lift:
    """One single change that alone would raise the bucket, found by scoring the deal again."""

    change: str
    bucket: HealthBucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The bucket and everything that led to it.

    `bucket` is None for a closed deal. With `insufficient` set the bucket is Average, `net` and
    `score` are None and no signals are listed. `signals` add up to `net`. `score` is only for sorting.
    `what_would_change` lists single changes that raise the bucket, the smallest first.
    """

    bucket: HealthBucket | None
    net: int | None
    score: int | None
    signals: tuple[Signal, ...] = ()
    caps: tuple[Cap, ...] = ()
    insufficient: str | None = None
    what_would_change: tuple[Lift, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """Whether one source feeds this deal's facets, said in words a person can act on."""

    source: str
    connected: bool
    detail: str


@dataclass(frozen=True, slots=True)
class DealBrief:
    """One deal at `as_of`: the record, its numbers and where they come from.

    `today` is the date of `as_of` in the owner's time zone. `benchmarks` maps names
    (`typical_cycle`, `typical_days_in_stage`, `typical_days_to_won_from_stage`,
    `typical_contacts_won`, `typical_win_rate_from_stage`) to values; a missing name means there is
    no benchmark and no number may be shown.
    """

    deal: Deal
    as_of: datetime
    today: date
    facets: Facets
    benchmarks: dict[str, Benchmark]
    health: Health
    sources: tuple[SourceStatus, ...]

"""The deals around the stories: what each rep closed in 400 days, and the ordinary open pipeline.

Closed deals follow `track_records` of company.yaml exactly in number and win rate, so benchmarks and win
rates have the sample sizes the sample wants to show; everything else is drawn.
"""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from pydantic import Field, field_validator

from bot.pipeline.sample.company import Company, Told, TrackRecord
from bot.pipeline.sample.names import PRODUCTS, NameBag, domain_of
from bot.pipeline.sample.temper import TEMPERS
from bot.playbook import load_playbook

HISTORY_DAYS = 396
FRESHEST_CLOSE = 9
EXISTING_WIN_RATE = 0.65
EXISTING_CYCLE_DAYS = 90
STAGES = ("Qualification", "Discovery", "Solution", "Commercial", "Commitment")
STAGE_SHARES = (0.17, 0.22, 0.25, 0.24, 0.12)
"""Share of a won cycle spent in each stage."""
LOST_AFTER = (0.20, 0.30, 0.27, 0.17, 0.06)
"""Share of lost New Business whose last open stage was this one."""
EXISTING_LOST_AFTER = (0.1, 0.15, 0.25, 0.35, 0.15)
"""Customers who leave mostly do so late, over terms."""
WON_TEMPERS = {"steady": 0.45, "lively": 0.14, "patchy": 0.2, "revived": 0.11, "thin": 0.1}
LOST_TEMPERS = {"fading": 0.33, "thin": 0.2, "fought": 0.27, "patchy": 0.08, "steady": 0.12}
LOSS_REASONS = ("No decision", "Lost to competitor", "Price", "Timing", "Missing capability", None)
PUSHED_SHARE = {True: 0.2, False: 0.45}


@dataclass(frozen=True, kw_only=True)
class Outline:
    """One generated deal: `start` and `end` are days from today, `end` is 0 while it is open."""

    id: str
    account: str
    product: str
    owner: str
    type: str
    amount: int
    start: int
    end: int
    temper: str
    stages: dict[str, int]
    people: list[tuple[str, str, str | None]]
    won: bool | None = None
    close: int = 0
    forecast: str = "Closed"
    note: str | None = None
    loss_reason: str | None = None
    pushes: list[tuple[int, int, int]] = field(default_factory=list)
    previous_owner: str | None = None
    taken_over: int = 0

    @property
    def is_closed(self) -> bool:
        """Whether it was won or lost."""
        return self.won is not None

    @property
    def addresses(self) -> list[str]:
        """The persons' mail addresses, in their order."""
        return [f"{'.'.join(name.lower().split())}@{domain_of(self.account)}" for name, _, _ in self.people]


class OpenDeal(Told):
    """One line of `open_deals.yaml`; contacts are written "Name|Title|Role"."""

    id: str
    account: str
    product: str
    owner: str
    type: str = "New Business"
    amount: int
    stage: str
    age: int
    close: int
    temper: str
    forecast: str
    contacts: tuple[tuple[str, str, str | None], ...]
    note: str
    previous_owner: str | None = None
    taken_over: int = 0

    @field_validator("contacts", mode="before")
    @classmethod
    def split_contacts(cls, lines: list[str]) -> list[tuple[str, ...]]:
        """Read "Name|Title|Role"; an empty role is none."""
        return [tuple(part or None for part in line.split("|")) for line in lines]  # type: ignore[misc]

    def outline(self) -> Outline:
        """Return the deal as the generator takes it."""
        reached = STAGES[: STAGES.index(self.stage) + 1]
        return Outline(
            **self.model_dump(exclude={"stage", "age", "contacts"}),
            start=-self.age,
            end=0,
            stages=_entries(reached, -self.age, -max(4, self.age // 4)),
            people=list(self.contacts),
        )


class OpenDeals(Told):
    """The whole file."""

    deals: tuple[OpenDeal, ...] = Field(min_length=1)


def open_deals() -> list[Outline]:
    """Return the ordinary open deals of the package."""
    told = load_playbook(Path(__file__).with_name("open_deals.yaml"), OpenDeals)
    return [deal.outline() for deal in told.deals]


def closed_deals(company: Company, rng: Random) -> list[Outline]:
    """Return everything the reps closed, in the order of their track records."""
    bag, outlines = NameBag(rng), list[Outline]()
    for record in company.track_records:
        new = _outcomes(record.new_business, record.win_rate, rng)
        for number, won in enumerate(new):
            ago = _closed_ago(record, number, len(new), rng)
            outlines.append(_closed_deal(record, "New Business", won, ago, len(outlines) + 1, bag, rng))
        existing = _outcomes(record.existing, EXISTING_WIN_RATE, rng)
        for number, won in enumerate(existing):
            ago = _closed_ago(record, number, len(existing), rng)
            kind = rng.choice(("Renewal", "Renewal", "Expansion"))
            outlines.append(_closed_deal(record, kind, won, ago, len(outlines) + 1, bag, rng))
    return outlines


def _outcomes(count: int, win_rate: float, rng: Random) -> list[bool]:
    wins = round(count * win_rate)
    outcomes = [True] * wins + [False] * (count - wins)
    rng.shuffle(outcomes)
    return outcomes


def _closed_ago(record: TrackRecord, number: int, count: int, rng: Random) -> int:
    """Spread closing days evenly, with jitter, so that each window holds its share of deals."""
    span = (min(record.since_days, HISTORY_DAYS) if record.since_days else HISTORY_DAYS) - FRESHEST_CLOSE
    return FRESHEST_CLOSE + int((number + rng.random()) * span / count)


def _closed_deal(
    record: TrackRecord, kind: str, won: bool, ago: int, number: int, bag: NameBag, rng: Random
) -> Outline:
    temper = _drawn(WON_TEMPERS if won else LOST_TEMPERS, rng)
    start = -ago - _cycle(record, kind, won, rng)
    lost_after = LOST_AFTER if kind == "New Business" else EXISTING_LOST_AFTER
    last = STAGES[-1] if won else rng.choices(STAGES, lost_after)[0]
    reached = STAGES[: STAGES.index(last) + 1]
    return Outline(
        id=f"SL-{number:04d}",
        account=bag.company(),
        product=rng.choice(PRODUCTS),
        owner=record.rep,
        type=kind,
        amount=max(6000, round(record.mean_amount * rng.lognormvariate(-0.1, 0.45) / 100) * 100),
        start=start,
        end=-ago,
        close=-ago,
        temper=temper,
        stages=_entries(reached, start, -ago - max(2, (-ago - start) // 9)),
        people=bag.people(rng.randint(*TEMPERS[temper].people)),
        won=won,
        forecast="Closed" if won else "Omitted",
        loss_reason=None if won else rng.choice(LOSS_REASONS),
        pushes=_pushes(start, -ago, won, rng),
    )


def _drawn(weights: dict[str, float], rng: Random) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _cycle(record: TrackRecord, kind: str, won: bool, rng: Random) -> int:
    mean = record.cycle_days if kind == "New Business" else EXISTING_CYCLE_DAYS
    spread = 0.34 if won else 0.55
    dragged = 1.0 if won else 1.2
    return max(16, round(mean * dragged * rng.lognormvariate(-spread * spread / 2, spread)))


def _entries(reached: tuple[str, ...], start: int, last: int) -> dict[str, int]:
    """Return the day each stage was entered, from `start` to `last` in the usual proportions.

    Two stages are never entered less than three days apart, or a weekend would fold them together.
    """
    shares = STAGE_SHARES[: len(reached) - 1]
    entries, day = {reached[0]: start}, float(start)
    for stage, share in zip(reached[1:], shares, strict=True):
        day = max(day + 3, day + (last - start) * share / sum(shares))
        entries[stage] = round(day)
    return entries


def _pushes(start: int, end: int, won: bool, rng: Random) -> list[tuple[int, int, int]]:
    """Return moves of the close date as (day of change, old, new)."""
    if rng.random() >= PUSHED_SHARE[won] or end - start < 30:
        return []
    changed = start + (end - start) * 2 // 3
    return [(changed, changed + rng.randint(2, 10), end)]

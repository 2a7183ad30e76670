"""Hypothesis strategies for sales worlds and for facets; the one place that knows what can happen."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st
from world import NOW, World

from bot.pipeline.brief import Benchmark, Facets

ZONES = st.sampled_from(["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
GUESTS = st.lists(st.sampled_from([f"p{n}@halden.example" for n in range(4)]), max_size=3, unique=True)
STATUSES = st.sampled_from(["confirmed", "tentative", "cancelled", "no_show", "declined_by_owner"])
DAYS = st.integers(min_value=0, max_value=120)


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """Instants around the clock of the tests, dense near the edges of days and windows."""
    days = draw(st.sampled_from([-91, -90, -31, -30, -1, 0, 1, 13, 14, 29, 30, 89, 90]) | st.integers(-100, 130))
    hours = draw(st.sampled_from([0, 4, 9, 10, 14, 15, 23]))
    minute = draw(st.sampled_from([0, 0, 1, 59]))
    day = NOW.date() - timedelta(days=days)
    return datetime(day.year, day.month, day.day, hours, minute, tzinfo=UTC)


@st.composite
def activities(draw: st.DrawFn, user_ids: tuple[str, ...] = ("R", "S")) -> dict:
    """One activity with its guests, by the owner R or the colleague S."""
    kind = draw(st.sampled_from(["email", "email", "meeting", "call", "task"]))
    guests = draw(GUESTS)
    return {
        "kind": kind,
        "start_at": draw(instants()),
        "user_id": draw(st.sampled_from(user_ids)),
        "direction": draw(st.sampled_from(["inbound", "outbound"])) if kind == "email" else None,
        "status": draw(STATUSES) if kind == "meeting" else None,
        "is_auto": kind == "email" and draw(st.integers(0, 9)) == 0,
        "guests": guests,
        "declined": [email for email in guests if kind == "meeting" and draw(st.integers(0, 3)) == 0],
    }


@dataclass(frozen=True)
class Life:
    """One deal of the owner R and what happened on it."""

    zone: str
    age: int
    happened: list[dict]


def lives(most: int = 8, user_ids: tuple[str, ...] = ("R", "S")) -> st.SearchStrategy[list[Life]]:
    """Many deals at once: a snapshot costs more than the deals in it."""
    one = st.builds(Life, ZONES, st.sampled_from([0, 14, 60, 100]), st.lists(activities(user_ids), max_size=most))
    return st.lists(one, min_size=1, max_size=20)


def build(many: list[Life], **deal: object) -> World:
    """Return a world in which each of `many` is a deal D0, D1, ... of an account of its own."""
    world = World().user().user("S", "Sam Oh").fed()
    for number, life in enumerate(many):
        deal_id = f"D{number}"
        world.deal(deal_id, age=life.age, timezone=life.zone, account_id=f"X{number}", **deal)
        for each in life.happened:
            more = {key: each[key] for key in ("user_id", "direction", "status", "is_auto", "declined")}
            world.activity(each["kind"], each["start_at"], *each["guests"], deal_id=deal_id, **more)
    # Somebody's mail with a guest: so an activity without guests is internal, not unknown.
    return world.activity("email", NOW, "old@halden.example", deal_id=None)


_COUNTS = st.none() | st.integers(0, 4)
_AGES = st.none() | st.integers(0, 130) | st.sampled_from([7, 8, 13, 14, 29, 30, 59, 60, 89, 90])
_DATES = st.none() | st.dates(date(2026, 7, 1), date(2026, 12, 31))
_RATIOS = st.none() | st.sampled_from([0.4, 1.49, 1.5, 1.99, 2.0, 2.5, 2.99, 3.0, 7.0])

FACETS = st.builds(
    Facets,
    opp_age=st.none() | st.integers(10, 400), days_until_close=st.none() | st.integers(-20, 100),
    days_in_stage=_AGES, days_in_stage_estimated=st.booleans(), cumulative_days_in_stage=_AGES,
    last_advance=_DATES, last_move_back=_DATES, advanced_last_30=st.booleans(), moved_back_last_30=st.booleans(),
    close_date_pushes=_COUNTS, days_untouched=_AGES, touches_last_14=_COUNTS, next_meeting=_DATES,
    last_meeting=_DATES, days_since_inbound=_AGES, inbound_last_14=_COUNTS, contacts_engaged=_COUNTS,
    meetings_total=_COUNTS, meetings_last_14=_COUNTS, meetings_last_30=_COUNTS, meetings_last_90=_COUNTS,
    meetings_next_30=_COUNTS, meetings_next_90=_COUNTS, unanswered_inbound_days=_AGES,
    new_stakeholders_last_30=_COUNTS, age_ratio=_RATIOS,
).map(
    lambda facets: replace(facets, next_meeting=facets.next_meeting and max(facets.next_meeting, NOW.date()))
)  # fmt: skip

CONTACTS = st.none() | st.sampled_from([0.0, 1.0, 3.7, 5.0]).map(
    lambda value: Benchmark(name="typical_contacts_won", value=value, n=12, level="L1: same type")
)

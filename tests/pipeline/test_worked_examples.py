"""The worked examples W1-W13 of the health rules: points and bucket, and four of them from raw activities."""

from dataclasses import replace
from datetime import timedelta

import pytest
from world import NOW, RULES, TODAY, TYPICAL, World, days_ago

from bot.pipeline.brief import Facets
from bot.pipeline.health import assess_health
from bot.pipeline.model import DealType

NEW, EXISTING = DealType.NEW_BUSINESS, DealType.EXISTING_BUSINESS

QUIET = Facets(
    opp_age=60, days_until_close=60, days_in_stage=40, days_in_stage_estimated=False,
    cumulative_days_in_stage=40, last_advance=None, last_move_back=None, advanced_last_30=False,
    moved_back_last_30=False, close_date_pushes=0, days_untouched=None, touches_last_14=0, next_meeting=None,
    last_meeting=None, days_since_inbound=None, inbound_last_14=0, contacts_engaged=None, meetings_total=0,
    meetings_last_14=0, meetings_last_30=0, meetings_last_90=0, meetings_next_30=0, meetings_next_90=0,
    unanswered_inbound_days=None, new_stakeholders_last_30=0, age_ratio=None,
)  # fmt: skip


def quiet(age=60, booked_in=None, advanced_ago=None, **facts) -> Facets:
    facts["next_meeting"] = None if booked_in is None else TODAY + timedelta(days=booked_in)
    if advanced_ago is not None:
        facts |= {"last_advance": days_ago(advanced_ago), "advanced_last_30": True}
    return replace(QUIET, opp_age=age, age_ratio=age / 80, **facts)


EXAMPLES = {
    "W1": (NEW, quiet(52, booked_in=6, advanced_ago=9, days_untouched=3, meetings_last_30=3, meetings_last_90=3,
                      inbound_last_14=4, days_since_inbound=1, touches_last_14=6, contacts_engaged=6),
           "N1+1 N2+2 N3+1 N4+2 N5+1 N7+1 N9+1", 9, "Good"),
    "W2": (NEW, quiet(64, booked_in=45, days_untouched=12, meetings_last_90=1, days_since_inbound=18,
                      contacts_engaged=3),
           "N2+1 N3-1 N5-1", -1, "Average"),
    "W3": (NEW, quiet(118, days_untouched=37, meetings_last_90=1, days_since_inbound=41, contacts_engaged=2),
           "N1-2 N2-2 N3-1 N4-1 N5-1 N9-1", -8, "At Risk"),
    "W4": (NEW, quiet(205, days_untouched=48, days_since_inbound=75),
           "N1-2 N2-2 N3-2 N4-1 N5-1 N6-3", -11, "Poor"),
    "W5": (NEW, quiet(190, booked_in=5, days_untouched=2, meetings_last_30=2, meetings_last_90=4,
                      inbound_last_14=3, days_since_inbound=2, touches_last_14=4, contacts_engaged=6),
           "N1+1 N2+2 N3+1 N4+2 N5-1 N6-3 N7+1 N9+1", 4, "At Risk"),
    "W7": (EXISTING, quiet(300, days_until_close=18, days_untouched=33, days_since_inbound=25,
                           meetings_last_90=1),
           "E1-4 E4-2 E5+1 E6+1", -4, "At Risk"),
    "W8": (EXISTING, quiet(300, days_until_close=12, days_untouched=1, touches_last_14=5,
                           days_since_inbound=120),
           "E2-4 E3+1 E4-2 E5-1 E9+1", -5, "At Risk"),
    "W9": (EXISTING, quiet(300, days_until_close=75, days_untouched=4, booked_in=8, days_since_inbound=6,
                           meetings_last_90=2, advanced_ago=20),
           "E3+1 E4+2 E5+1 E6+2 E7+1", 7, "Good"),
    "W10": (EXISTING, quiet(300, days_until_close=-9, days_untouched=41, days_since_inbound=70),
            "E3-1 E5-1 E8-3", -5, "At Risk"),
    "W11": (EXISTING, quiet(300, days_until_close=20, days_untouched=61),
            "E1-4 E2-4 E4-2 E5-1", -11, "Poor"),
    "W12": (NEW, quiet(80, booked_in=12, days_untouched=64, days_since_inbound=5, meetings_last_90=1),
            "N1-4 N2+2 N3-1 N4+1 N5-1", -3, "At Risk"),
    "W13": (NEW, quiet(52, booked_in=6, advanced_ago=9, days_untouched=3, meetings_last_30=3, meetings_last_90=3,
                       inbound_last_14=4, days_since_inbound=1, touches_last_14=6, contacts_engaged=6,
                       days_until_close=-4),
            "N1+1 N2+2 N3+1 N4+2 N5+1 N7+1 N8-2 N9+1", 7, "Average"),
}  # fmt: skip

CAPS = {"W4": {"C1", "C3", "C7", "P1"}, "W5": {"C3"}, "W12": {"C2"}, "W13": {"C4"}, "W7": {"C5"}, "W8": {"C6", "C7"}}


def health_of(deal_type, facets):
    return assess_health(RULES.health, facets, deal_type=deal_type, is_open=True, today=TODAY, benchmarks=TYPICAL)


@pytest.mark.parametrize("name", EXAMPLES)
def test_points_and_bucket(name):
    deal_type, facets, points, net, bucket = EXAMPLES[name]
    health = health_of(deal_type, facets)
    assert " ".join(f"{each.code}{each.points:+}" for each in health.signals) == points
    assert (health.net, health.bucket) == (net, bucket)
    assert CAPS.get(name, set()) <= {cap.code for cap in health.caps}


def test_w6_a_five_day_old_deal_has_too_little_data():
    health = health_of(NEW, quiet(5, days_untouched=1, touches_last_14=1))
    assert (health.bucket, health.net, health.signals) == ("Average", None, ())
    assert "14 days" in health.insufficient


def raw(deal_type="New Business", **deal) -> World:
    world = World(supplied={"D": TYPICAL})
    return world.user().deal(deal_type=deal_type, **deal).contact().fed()


def busy(**deal) -> World:
    world = raw(age=52, **deal).visit("Qualification", 1, 52, left=9).visit("Discovery", 2, 9)
    people = [f"p{n}@halden.example" for n in range(6)]
    for days in (3, 5, 7):
        world.sent(days, *people[:3])
    for days in (6, 12, 20):
        world.meeting(days, *people[3:])
    for days in (1, 2, 4, 8):
        world.received(days, people[0])
    return world.sent(9, people[1]).meeting(-6, *people)


FROM_RAW = {
    "W1": (busy(), 9, "Good"),
    "W3": (
        raw(age=118).visit("Discovery", 2, 118).meeting(60).received(41, "eve@halden.example").sent(37),
        -8,
        "At Risk",
    ),
    "W7": (
        raw("Existing Business", age=300, close_date=days_ago(-18)).meeting(80).sent(33).received(25),
        -4,
        "At Risk",
    ),
    "W11": (raw("Existing Business", age=300, close_date=days_ago(-20)).sent(61), -11, "Poor"),
    "W13": (busy(close_date=days_ago(4)), 7, "Average"),
}  # fmt: skip


@pytest.mark.parametrize("name", FROM_RAW)
def test_from_raw_activities(name):
    world, net, bucket = FROM_RAW[name]
    pipeline = world.pipeline()
    health = pipeline.brief("D", NOW).health
    assert (health.net, health.bucket) == (net, bucket), health
    [row] = pipeline.facet_rows(NOW)
    assert (row["health_net_points"], row["health_bucket"]) == (net, bucket)

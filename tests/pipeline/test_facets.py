"""Facets against a second, plain computation, and at the edges of days and windows."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from second_opinion import by_hand
from strategies import activities, build, lives
from world import BUYER, NOW, RULES, TODAY, World, at, days_ago, halden

from bot.pipeline.brief import Facets
from bot.pipeline.facets import FACET_NAMES, clock_rows, facet_table

FEW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
ENGAGEMENT = FACET_NAMES[FACET_NAMES.index("days_untouched") : FACET_NAMES.index("age_ratio")]


def facets_of(world: World, as_of: datetime = NOW) -> list[Facets]:
    deal_ids = [row["opportunity_id"] for row in world.rows["opportunities"]]
    return [brief.facets for brief in world.pipeline().briefs(deal_ids, as_of)]


def engagement(facets: Facets) -> dict:
    return {name: getattr(facets, name) for name in ENGAGEMENT}


@FEW
@given(lives(most=12))
def test_second_opinion(many):
    for life, facets in zip(many, facets_of(build(many)), strict=True):
        assert engagement(facets) == by_hand(life.zone, days_ago(life.age), life.happened, NOW)


@FEW
@given(lives(), st.lists(activities(("S",)), min_size=1, max_size=4))
def test_what_others_do_never_changes_the_owners_facets(many, others):
    alone = [replace(life, happened=[e for e in life.happened if e["user_id"] == "R"]) for life in many]
    joined = [replace(life, happened=life.happened + others) for life in many]
    assert facets_of(build(joined)) == facets_of(build(alone))


AGES = ("opp_age", "days_in_stage", "cumulative_days_in_stage", "days_untouched", "days_since_inbound",
        "unanswered_inbound_days")  # fmt: skip


@FEW
@given(lives())
def test_a_day_passing_adds_one_to_every_age(many):
    tomorrow = NOW + timedelta(days=1)
    quiet = [replace(life, happened=[e for e in life.happened if not NOW < e["start_at"] <= tomorrow]) for life in many]
    world = build(quiet, close_date=days_ago(-30))
    for before, after in zip(facets_of(world), facets_of(world, tomorrow), strict=True):
        for name in AGES:
            was = getattr(before, name)
            assert getattr(after, name) == (None if was is None else was + 1), name
        assert after.days_until_close == before.days_until_close - 1


@pytest.mark.parametrize(
    ("days", "touches", "last_30", "last_90"),
    [(0, 1, 1, 1), (13, 1, 1, 1), (14, 0, 1, 1), (29, 0, 1, 1), (30, 0, 0, 1), (89, 0, 0, 1), (90, 0, 0, 0)],
)
def test_past_windows(days, touches, last_30, last_90):
    facets = halden().meeting(days).facets()
    assert (facets.touches_last_14, facets.meetings_last_30, facets.meetings_last_90) == (touches, last_30, last_90)
    assert facets.days_untouched == days


@pytest.mark.parametrize(
    ("days", "next_30", "next_90"), [(-1, 1, 1), (-30, 1, 1), (-31, 0, 1), (-90, 0, 1), (-91, 0, 0)]
)
def test_future_windows(days, next_30, next_90):
    facets = halden().meeting(days).facets()
    assert (facets.meetings_next_30, facets.meetings_next_90) == (next_30, next_90)
    assert facets.next_meeting == days_ago(days)


def test_a_meeting_is_past_once_it_starts():
    world = halden().activity("meeting", NOW, BUYER, status="confirmed")
    assert world.facets().last_meeting == TODAY
    early = world.facets(as_of=NOW - timedelta(seconds=1))
    assert (early.last_meeting, early.next_meeting, early.meetings_next_30) == (None, TODAY, 1)


def test_mail_dated_after_the_clock_is_not_known_yet():
    facets = halden().sent(-1).received(-2).facets()
    assert (facets.days_untouched, facets.days_since_inbound, facets.contacts_engaged) == (None, None, 0)


def test_a_day_is_a_calendar_day_across_a_clock_change():
    zone = ZoneInfo("America/New_York")
    world = World().user().deal(age=400, timezone="America/New_York").fed()
    world.activity("call", datetime(2026, 10, 31, 23, 30, tzinfo=zone))
    morning = datetime(2026, 11, 2, 0, 15, tzinfo=zone)  # 25 hours and 45 minutes later
    assert world.facets(as_of=morning).days_untouched == 2


def test_stage_facets():
    world = halden().visit("Discovery", 2, 60, left=50).visit("Solution", 3, 50, left=20)
    facets = world.visit("Discovery", 2, 20, left=5).visit("Solution", 3, 5).facets()
    assert (facets.days_in_stage, facets.cumulative_days_in_stage) == (5, 35)
    assert (facets.last_advance, facets.last_move_back) == (days_ago(5), days_ago(20))
    assert (facets.advanced_last_30, facets.moved_back_last_30) == (True, True)
    assert not facets.days_in_stage_estimated


@pytest.mark.parametrize(("days", "advanced"), [(29, True), (30, False)])
def test_advance_window(days, advanced):
    facets = halden().visit("Discovery", 2, 60, left=days).visit("Solution", 3, days).facets()
    assert facets.advanced_last_30 is advanced


def test_a_later_visit_is_not_known_yet():
    world = halden().visit("Discovery", 2, 60, left=5).visit("Solution", 3, 5)
    facets = world.facets(as_of=NOW - timedelta(days=10))
    assert (facets.days_in_stage, facets.last_advance) == (50, None)


def test_without_history_the_stage_is_dated_by_creation_and_says_so():
    facets = halden().facets()
    assert (facets.days_in_stage, facets.days_in_stage_estimated) == (60, True)
    assert (facets.last_advance, facets.close_date_pushes) == (None, None)


def test_without_a_creation_day_ages_are_unknown():
    facets = World().user().deal(age=None).fed().facets()
    assert (facets.opp_age, facets.days_in_stage, facets.age_ratio) == (None, None, None)


def test_close_date_pushes_count_moves_to_a_later_date():
    world = halden().deal("E")
    moves = [(50, None, "2026-09-01"), (40, "2026-09-01", "2026-10-01"), (30, "2026-10-01", "2026-09-15")]
    moves += [(9, "2026-09-15", "2026-12-01"), (-1, "2026-12-01", "2027-01-01")]
    for days, old, new in moves:
        world.add("field_history", opportunity_id="D", field="close_date", old=old, new=new, at=at(days))
    pipeline = world.pipeline()
    assert [brief.facets.close_date_pushes for brief in pipeline.briefs(["D", "E"], NOW)] == [2, 0]


def unknown(world: World) -> bool:
    facets = asdict(world.facets())
    return all(facets[name] is None for name in ENGAGEMENT)


def test_unknown_is_not_zero():
    base = World().user().deal()
    assert unknown(base)
    assert not unknown(World().user().deal().fed())
    assert unknown(World().user().deal().fed(connected=False).sent(3))
    assert not unknown(World().user().deal().sent(3))
    assert unknown(World().user().deal().sent(3, user_id=None))


@pytest.mark.parametrize(("hours", "stale"), [(48, False), (49, True)])
def test_a_source_goes_stale_after_48_hours(hours, stale):
    assert unknown(World().user().deal().sent(3).fed(last_sync=NOW - timedelta(hours=hours))) is stale


def test_one_source_missing_makes_engagement_unknown():
    world = World().user().deal().sent(3).add("sources", user_id="R", source="mail", connected=True)
    assert not unknown(world)
    assert unknown(world.add("sources", user_id="R", source="calendar", connected=False))


def test_an_unconnected_call_feed_leaves_mail_and_calendar_known():
    world = World().user().deal().sent(3).add("sources", user_id="R", source="calls", connected=False)
    assert not unknown(world)


def test_people_are_unknown_if_no_guest_was_ever_recorded():
    facets = World().user().deal().activity("meeting", at(3), status="confirmed").facets()
    assert (facets.meetings_total, facets.contacts_engaged, facets.new_stakeholders_last_30) == (1, None, None)


def test_closed_deals_are_measured_to_their_closing_day_and_counted_to_today():
    world = World().user().deal(age=90, status="won", closed_on=days_ago(10), close_date=days_ago(10)).fed()
    facets = (
        world.visit("Discovery", 2, 90, left=10)
        .visit("Closed Won", 6, 10)
        .meeting(20)
        .meeting(5, "b@x.example")
        .facets()
    )
    assert (facets.opp_age, facets.days_until_close, facets.days_in_stage) == (80, None, 0)
    assert (facets.meetings_last_30, facets.meetings_total, facets.contacts_engaged) == (2, 1, 1)
    assert facets.days_untouched == 5


def test_before_it_closed_a_deal_was_open():
    world = World().user().deal(age=90, stage="Closed Won", status="won", closed_on=days_ago(10)).fed()
    world.visit("Discovery", 2, 90, left=10).visit("Closed Won", 6, 10)
    brief = world.pipeline().brief("D", NOW - timedelta(days=20))
    assert (brief.deal.is_open, brief.deal.stage, brief.deal.closed_on) == (True, "Discovery", None)
    assert brief.facets.opp_age == 70
    assert brief.health.bucket is not None


def test_clock_needs_a_zone():
    with pytest.raises(ValueError, match="no time zone"):
        clock_rows(["UTC"], datetime(2026, 9, 21), {})  # noqa: DTZ001


def test_a_zone_that_does_not_exist_falls_back():
    [row] = clock_rows(["Mars/Base"], datetime(2026, 9, 21, 20, tzinfo=UTC), {}, fallback="Asia/Tokyo")
    assert row["today"] == date(2026, 9, 22)


@pytest.mark.parametrize("dialect", ["postgres", "snowflake", "bigquery", "databricks", "trino", "sqlite"])
def test_the_same_expressions_compile_for_other_engines(dialect):
    assert "chosen" in ibis.to_sql(facet_table(), dialect=dialect)


def test_facet_statement_is_constant():
    assert RULES.facets_sql == RULES.facets_sql
    assert str(TODAY.year) not in RULES.facets_sql

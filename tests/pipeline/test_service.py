"""The front desk: the development set from raw records to points, and whole briefs, names and rows."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date, datetime, timedelta

import devset
import pytest
from world import BUYER, NOW, RULES, TODAY, TYPICAL, World, at, days_ago, halden

from bot.pipeline.facets import FACET_NAMES
from bot.pipeline.model import DealStatus, MeetingStatus, Role
from bot.pipeline.service import Pipeline, UnknownDeal
from bot.pipeline.store import SnapshotStore, load_rows

FOCUSED = [each for each in devset.scenarios() if each["focus"]]


def pipeline_of(scenario) -> Pipeline:
    backend = load_rows(devset.recorded_rows(scenario))
    return Pipeline(backend.con, RULES, supplied_benchmarks=devset.benchmarks(scenario))


@pytest.mark.skipif(not FOCUSED, reason="the shared development set is absent")
@pytest.mark.parametrize("scenario", FOCUSED, ids=lambda each: each["id"])
def test_development_set_is_reproduced(scenario):
    expected, as_of = scenario["expected"], datetime.fromisoformat(scenario["as_of"])
    pipeline = pipeline_of(scenario)
    brief = pipeline.brief(scenario["focus"], as_of)
    [row] = pipeline.facet_rows(as_of, [scenario["focus"]])

    facets = asdict(brief.facets)
    for name, value in expected["facets"].items():
        found = facets[name].isoformat() if isinstance(facets[name], date) else facets[name]
        assert (name, round(found, 2) if isinstance(found, float) else found) == (name, value)
    assert brief.health.bucket == expected["health_bucket"] == row["health_bucket"]
    assert brief.health.net == expected["health_net_points"] == row["health_net_points"]
    assert [[each.code, each.points] for each in brief.health.signals] == expected["health_signals"]
    assert [each.code for each in brief.health.caps] == expected["health_caps"]
    assert bool(brief.health.insufficient) == bool(expected["insufficient_data"])


def test_people_are_found_by_address_and_slack_account():
    world = World().user("R", "Rita Sol", email="Rita@us.example", slack_user_id="U1", role="manager", active=None)
    pipeline = world.user("S", "Sam Oh", role="wizard").pipeline()
    rita = pipeline.user_by_email(" rita@US.example ")
    assert rita is pipeline.user_by_slack_id("U1") is pipeline.users["R"]
    assert (rita.role, rita.active, rita.first_name) == (Role.MANAGER, True, "Rita")
    assert pipeline.users["S"].role is Role.REP  # an unknown role opens no doors
    assert pipeline.user_by_email("nobody@us.example") is None
    assert pipeline.user_by_slack_id("U9") is None


def test_nobody_is_found_by_an_address_that_is_not_recorded():
    pipeline = World().user("S", "Sam Oh").pipeline()
    assert (pipeline.user_by_email(""), pipeline.user_by_slack_id("")) == (None, None)


def test_deal_names_by_owner_and_team():
    world = World().user().user("S", "Sam Oh").deal("D").deal("E", owner_id="S", account_name="Acme", status="won")
    pipeline = world.deal("F", owner_id="S").add("deal_team", opportunity_id="F", user_id="R").pipeline()

    def ids(*asked, **more):
        return [name.id for name in pipeline.deal_names(*asked, **more)]

    assert ids(None) == ["D", "E", "F"]
    assert ids({"R"}) == ["D"]
    assert ids(["R"], member_id="R") == ["D", "F"]
    assert ids([]) == ids([], member_id="nobody") == []
    [acme] = [name for name in pipeline.deal_names(["S"]) if name.id == "E"]
    assert (acme.name, acme.account, acme.owner_id, acme.status) == ("Deal E", "Acme", "S", DealStatus.WON)


def test_briefs_keep_the_order_and_refuse_unknown_deals():
    pipeline = halden().deal("E").deal("F").pipeline()
    assert [brief.deal.id for brief in pipeline.briefs(["F", "D", "E"], NOW)] == ["F", "D", "E"]
    assert pipeline.briefs([], NOW) == []
    with pytest.raises(UnknownDeal, match="Z"):
        pipeline.briefs(["D", "Z"], NOW)


def full_world() -> World:
    world = halden().user("T", "Tom Ek").contact("bo@halden.example", None)
    world.rows["contact_roles"][0]["role"] = "Champion"
    world.rows["opportunities"][0] |= {"custom": json.dumps({"region": "North"}), "amount": 12_000.0, "currency": "EUR"}
    world.sent(3, BUYER, "bo@halden.example", subject="Plan", body="See attached").sent(4, user_id="T")
    world.meeting(-5, BUYER, "bo@halden.example", declined=["bo@halden.example"], organiser="buyer")
    world.sent(-2).visit("Discovery", 2, 60, left=9).visit("Solution", 3, 9)
    world.add("notes", note_id="N2", opportunity_id="D", on=days_ago(1), text="Second", author_id="T")
    world.add("notes", note_id="N1", opportunity_id="D", on=days_ago(8), text="First", author_name="Rita")
    world.add("notes", note_id="N3", opportunity_id="D", on=days_ago(-1), text="Tomorrow")
    for position, line in enumerate(("1 Oct | Rita | demo", "9 Oct | Ada | sign")):
        world.add("close_plan_lines", opportunity_id="D", position=position, line=line, refreshed_on=days_ago(7))
    return world.add("command_plans", opportunity_id="D", field="why_now", text="Audit in May")


def test_a_brief_carries_the_whole_record():
    brief = full_world().pipeline().brief("D", NOW)
    deal = brief.deal
    assert (deal.owner.name, deal.amount, deal.currency, deal.custom) == (
        "Rita Sol",
        12_000,
        "EUR",
        {"region": "North"},
    )
    assert [(each.email, each.role) for each in deal.contacts] == [(BUYER, "Champion"), ("bo@halden.example", None)]
    assert [(note.author, note.text) for note in deal.notes] == [("Rita", "First"), ("Tom Ek", "Second")]
    assert (deal.close_plan.refreshed_on, len(deal.close_plan.lines)) == (days_ago(7), 2)
    assert deal.command_plan == {"why_now": "Audit in May"}
    assert [(visit.stage, visit.left_on) for visit in deal.stage_visits] == [
        ("Discovery", days_ago(9)),
        ("Solution", None),
    ]
    assert (brief.today, brief.as_of) == (TODAY, NOW)
    assert deal.sources == {"mail": True, "calendar": True}


def test_activities_say_whether_they_count_and_mail_from_the_future_is_unread():
    colleague, own, booked = full_world().pipeline().brief("D", NOW).deal.activities
    assert (colleague.counted, colleague.not_counted_because) == (False, "by Tom Ek, not the owner")
    assert (own.counted, own.not_counted_because, own.subject) == (True, None, "Plan")
    assert own.participants == (BUYER, "bo@halden.example")
    assert (booked.on, booked.status, booked.organiser) == (days_ago(-5), MeetingStatus.CONFIRMED, "buyer")
    assert (booked.accepted, booked.declined) == ((), ("bo@halden.example",))
    assert own.at == at(3)


def statuses(world: World) -> dict[str, tuple[bool, str]]:
    return {each.source: (each.connected, each.detail) for each in world.pipeline().brief("D", NOW).sources}


def test_sources_are_described_in_words():
    base = World().user().deal()
    assert statuses(base)["mail"] == (False, "mail is not connected; nothing about it is known")
    unread = World().user().deal().add("sources", user_id="R", source="calls", connected=False, last_sync=None)
    assert statuses(unread)["calls"] == (False, "calls are not connected; nothing about them is known")
    assert statuses(World().user().deal().sent(3)) == {"activities": (True, "mail, calendar and calls as imported")}
    stale = statuses(World().user().deal().fed(last_sync=NOW - timedelta(hours=60)))
    assert stale["calendar"] == (False, "calendar last synced 19 Sep 2026 02:00 UTC, more than 48 hours ago")
    fresh = statuses(World().user().deal().fed(last_sync=NOW - timedelta(hours=2)))
    assert fresh["mail"] == (True, "mail is connected, last synced 21 Sep 2026 12:00 UTC")
    assert statuses(World().user().deal().fed(connected=False))["mail"][0] is False


def test_facet_rows_are_flat_and_complete():
    world = full_world()
    world.supplied = {"D": TYPICAL}
    [row] = world.pipeline().facet_rows(NOW)
    assert {"id", "name", "owner", "stage", "health_bucket", "health_net_points", *FACET_NAMES} <= row.keys()
    assert (row["id"], row["owner"], row["owner_name"], row["age_ratio"]) == ("D", "R", "Rita Sol", 0.75)
    assert (row["typical_cycle"], row["typical_cycle_n"], row["typical_cycle_level"][:2]) == (80, 30, "L1")
    assert (row["typical_win_rate_from_stage"], row["typical_win_rate_from_stage_n"]) == (None, None)


def test_facet_rows_choose_open_closed_or_named_deals():
    world = halden().deal("E", status="won", closed_on=days_ago(5)).deal("F", age=-1)
    pipeline = world.deal("G", status="lost", closed_on=days_ago(20), stage="Closed Lost").pipeline()

    def ids(**asked):
        return [row["id"] for row in pipeline.facet_rows(asked.pop("as_of", NOW), **asked)]

    assert ids() == ["D"]
    assert ids(include_closed=True) == ["D", "E", "G"]
    assert ids(deal_ids=["G", "D", "nowhere"]) == ["D", "G"]
    assert ids(deal_ids=[]) == []
    assert ids(as_of=NOW - timedelta(days=10)) == ["D", "E"]  # E could still be won then
    [row] = pipeline.facet_rows(NOW, ["G"])
    assert (row["health_bucket"], row["health_net_points"], row["status"]) == (None, None, "lost")


def test_rows_and_briefs_say_the_same():
    pipeline = full_world().deal("E", age=200).deal("F", deal_type="Existing Business", close_date=TODAY).pipeline()
    rows = pipeline.facet_rows(NOW)
    for row, brief in zip(rows, pipeline.briefs([row["id"] for row in rows], NOW), strict=True):
        assert (row["health_bucket"], row["health_net_points"]) == (brief.health.bucket, brief.health.net)
        assert row["days_untouched"] == brief.facets.days_untouched


def test_a_deal_with_nothing_but_an_id_is_described():
    world = World().deal(age=None, stage=None, stage_order=None, account_id=None, owner_id="gone")
    brief = world.pipeline().brief("D", NOW)
    assert (brief.deal.stage, brief.deal.account, brief.deal.owner.name) == ("not recorded", "", "gone")
    assert brief.health.insufficient
    assert brief.benchmarks == {}


def test_many_threads_may_ask_at_once():
    pipeline = halden().deal("E", timezone="Asia/Tokyo").sent(3).received(2).meeting(-4).pipeline()
    asked = [NOW - timedelta(days=days) for days in range(4)] * 4
    alone = [pipeline.briefs(["D", "E"], as_of) for as_of in asked]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda as_of: pipeline.briefs(["D", "E"], as_of), asked)) == alone


def test_a_read_only_snapshot_on_disk_is_enough(tmp_path):
    store = SnapshotStore(tmp_path)
    store.write(full_world().rows)
    backend = store.open_current()
    pipeline = Pipeline(backend.con, RULES)
    pipeline.warm_up(NOW)
    assert pipeline.brief("D", NOW).facets.days_untouched == 3


def test_one_deal_read_alone_is_the_deal_read_among_many():
    world = full_world()
    for number in range(60):  # more than are cut out of the tables
        deal_id, days = f"E{number}", 40 - number % 30
        world.deal(deal_id, age=50 + number, account_id=deal_id).sent(days, f"p@{deal_id}.example", deal_id=deal_id)
        world.received(days - 1, f"p@{deal_id}.example", deal_id=deal_id).visit("Discovery", 2, 45, deal_id=deal_id)
        world.add("field_history", opportunity_id=deal_id, field="close_date", old="2026-09-01", new="2026-10-01",
                  at=at(days))  # fmt: skip
    pipeline = world.pipeline()
    ids = [row["opportunity_id"] for row in world.rows["opportunities"]]
    among_many = pipeline.briefs(ids, NOW)
    assert [pipeline.brief(deal_id, NOW) for deal_id in ids[:3] + ids[-3:]] == among_many[:3] + among_many[-3:]
    rows = {row["id"]: row for row in pipeline.facet_rows(NOW)}
    assert pipeline.facet_rows(NOW, [ids[-1]]) == [rows[ids[-1]]]


def test_a_report_about_one_deal_still_sees_the_others():
    pipeline = halden().deal("E").sent(3, deal_id="E").pipeline()
    sql = "SELECT (SELECT count(*) FROM chosen) AS asked, (SELECT count(*) FROM opportunities) AS there"
    assert pipeline.report(sql, NOW, ["D"]) == [{"asked": 1, "there": 2}]

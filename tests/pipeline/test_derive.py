"""Which activities belong to which deal, on which day, and which of them count (DOMAIN 2.2)."""

from datetime import UTC, date, datetime

import pytest
from world import BUYER, NOW, World, at, days_ago, halden

from bot.pipeline.derive import derive
from bot.pipeline.model import MatchMethod


def touches(world: World) -> list[dict]:
    result = world.con().execute("FROM touchpoints ORDER BY opportunity_id, start_at, activity_id")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def only(world: World) -> dict:
    [touch] = touches(world)
    return touch


CROWD = [f"p{n}@halden.example" for n in range(11)]

REASONS = {
    "counts": (lambda w: w.sent(3), None),
    "inbound counts": (lambda w: w.received(3), None),
    "call counts without guests": (lambda w: w.received(9).activity("call", at(3)), None),
    "colleague": (lambda w: w.user("T", "Tom Ek").sent(3, user_id="T"), "by Tom Ek, not the owner"),
    "stranger": (lambda w: w.sent(3, user_id="Z"), "by someone else, not the owner"),
    "nobody": (lambda w: w.sent(3, user_id=None), "nobody is recorded as its author"),
    "auto reply": (lambda w: w.received(3, is_auto=True), "automatic reply"),
    "auto message": (lambda w: w.sent(3, is_auto=True), "automatic message"),
    "no direction": (lambda w: w.activity("email", at(3), BUYER), "not recorded whether sent or received"),
    "bulk": (lambda w: w.sent(3, *CROWD), "bulk mail to 11 people outside"),
    "ten is not bulk": (lambda w: w.sent(3, *CROWD[:10]), None),
    "inbound to many": (lambda w: w.received(3, *CROWD), None),
    "cancelled": (lambda w: w.activity("meeting", at(3), BUYER, status="cancelled"), "cancelled"),
    "no-show": (lambda w: w.activity("meeting", at(3), BUYER, status="no_show"), "no-show"),
    "owner declined": (
        lambda w: w.activity("meeting", at(3), BUYER, status="declined_by_owner"), "declined by the owner"),
    "tentative": (lambda w: w.activity("meeting", at(3), BUYER, status="tentative"), None),
    "all declined": (lambda w: w.meeting(3, declined=[BUYER]), "declined by every guest"),
    "one declined": (lambda w: w.meeting(3, BUYER, CROWD[0], declined=[BUYER]), None),
    "internal": (lambda w: w.received(9).activity("meeting", at(3), status="confirmed"),
                 "nobody outside the company in it"),
    "task": (lambda w: w.activity("task", at(3)), "a task is not a touch"),
}  # fmt: skip


@pytest.mark.parametrize("case", REASONS)
def test_who_counts(case):
    build, reason = REASONS[case]
    touch = touches(build(halden()))[-1]
    assert touch["not_counted_because"] == reason
    assert touch["counts"] is (reason is None)


def test_without_any_recorded_guests_the_record_itself_matches():
    world = halden().activity("meeting", at(3), status="confirmed").activity("email", at(2), direction="outbound")
    assert [touch["counts"] for touch in touches(world)] == [True, True]


def test_a_touch_belongs_to_the_owner_of_that_moment():
    world = halden().user("N", "Nia Poe").user("O", "Old Hand")
    world.rows["opportunities"][0]["owner_id"] = "N"
    for moment, old, new in ((at(40), "O", "R"), (at(20), "R", "N")):
        world.add("field_history", opportunity_id="D", field="owner_id", old=old, new=new, at=moment)
    for days, user in ((50, "O"), (50, "R"), (30, "R"), (30, "N"), (10, "N"), (10, "R")):
        world.sent(days, user_id=user)
    assert [touch["by_owner"] for touch in touches(world)] == [True, False, True, False, True, False]


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Asia/Tokyo", datetime(2026, 9, 20, 15, tzinfo=UTC), date(2026, 9, 21)),
        ("Asia/Tokyo", datetime(2026, 9, 20, 14, 59, 59, tzinfo=UTC), date(2026, 9, 20)),
        ("America/New_York", datetime(2026, 9, 21, 3, 59, tzinfo=UTC), date(2026, 9, 20)),
        ("America/New_York", datetime(2026, 3, 8, 4, 59, tzinfo=UTC), date(2026, 3, 7)),  # clocks go forward
        ("America/New_York", datetime(2026, 3, 9, 4, 1, tzinfo=UTC), date(2026, 3, 9)),  # an hour less
        ("Pacific/Kiritimati", datetime(2026, 9, 20, 10, tzinfo=UTC), date(2026, 9, 21)),
    ],
)
def test_the_day_is_the_owners(zone, instant, day):
    world = World().user().deal(age=300, timezone=zone)
    assert only(world.activity("email", instant, BUYER, direction="outbound"))["on"] == day


def matched(world: World) -> dict[str, str]:
    return {touch["opportunity_id"]: touch["match_method"] for touch in touches(world)}


def test_ladder_from_recorded_to_account():
    def unfiled(*guests, **more):
        world = World().user().deal().contact("ada@halden.example").contact("bo@halden.example", None)
        return matched(world.sent(3, *guests, deal_id=None, **more))

    assert matched(halden().sent(3)) == {"D": "recorded"}
    assert unfiled("ada@halden.example") == {"D": "contact role"}
    assert unfiled("bo@halden.example") == {"D": "account contact"}
    assert unfiled("new@halden.example") == {"D": "domain"}
    assert unfiled("who@else.example", account_id="X") == {"D": "account"}
    assert unfiled("who@else.example") == {}


def test_every_activity_says_how_it_was_matched_and_how_sure_that_is():
    world = World().user().deal().contact("ada@halden.example").contact("bo@halden.example", None)
    world.sent(4).sent(3, "ada@halden.example", deal_id=None).sent(2, "new@halden.example", deal_id=None)
    found = [(each.matched_by, each.matched_by.confidence) for each in world.pipeline().brief("D", NOW).deal.activities]
    assert found == [
        (MatchMethod.RECORDED, "certain"),
        (MatchMethod.CONTACT_ROLE, "high"),
        (MatchMethod.DOMAIN, "low"),
    ]


def test_free_mail_matches_only_the_exact_address():
    world = World().user().deal().contact("ada@gmail.com")
    assert matched(world.sent(3, "eve@gmail.com", deal_id=None)) == {}
    assert matched(world.sent(3, "ada@gmail.com", deal_id=None)) == {"D": "contact role"}


def test_a_domain_of_two_accounts_names_neither():
    world = World().user().deal("D").deal("E", account_id="Y")
    world.contact("a@lawyers.example", "D").contact("b@lawyers.example", "E", account_id="Y")
    assert matched(world.sent(3, "c@lawyers.example", deal_id=None)) == {}
    assert matched(world.sent(2, "a@lawyers.example", deal_id=None)) == {"D": "contact role"}


def test_several_open_deals_of_an_account_are_all_credited():
    world = halden().deal("E").deal("F", owner_id="S").deal("G", account_id="Y")
    assert matched(world.sent(3, deal_id=None)) == {"D": "contact role", "E": "account contact"}


def test_a_colleagues_deal_of_the_account_lists_the_touch_without_counting_it():
    world = World().user().user("S", "Sam Oh").deal("D").deal("F", owner_id="S").contact(BUYER, None)
    world.sent(3, deal_id=None)
    assert {t["opportunity_id"]: t["not_counted_because"] for t in touches(world)} == {
        "D": None,
        "F": "by Rita Sol, not the owner",
    }


@pytest.mark.parametrize(("days", "credited"), [(10, False), (20, True), (60, True), (150, True), (151, False)])
def test_unfiled_mail_reaches_deals_open_around_that_day(days, credited):
    world = World().user().deal(age=60, status="won", closed_on=days_ago(20)).contact()
    assert bool(touches(world.sent(days, deal_id=None))) is credited


def test_a_closed_deals_role_does_not_hide_the_open_deal_of_the_account():
    world = World().user().deal("D", status="lost", closed_on=days_ago(30)).deal("E").contact(BUYER, "D")
    assert matched(world.sent(3, deal_id=None)) == {"E": "account contact"}


def test_filed_activities_of_unknown_deals_are_left_out():
    assert touches(halden().sent(3, deal_id="nowhere")) == []


def test_engagements_hold_every_guest_and_tie_only_the_matched_of_an_unfiled_activity():
    world = halden().sent(3, BUYER, "x@else.example").sent(2, BUYER, "x@else.example", deal_id=None)
    rows = world.con().execute("SELECT activity_row, email, is_tied FROM engagements ORDER BY ALL").fetchall()
    assert rows == [(0, BUYER, True), (0, "x@else.example", True), (1, BUYER, True), (1, "x@else.example", False)]


def test_deriving_twice_changes_nothing():
    con = halden().sent(3).received(2, deal_id=None).con()
    before = con.execute("FROM touchpoints").fetchall(), con.execute("FROM engagements").fetchall()
    derive(con)
    assert (con.execute("FROM touchpoints").fetchall(), con.execute("FROM engagements").fetchall()) == before

"""Deals as CRMs really hold them: reopened, moved back, doubled, unborn, across clock changes, full of holes."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from csv_folders import DEALS, USERS, Imported, folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from second_opinion import Visit, pushes_by_hand, stages_by_hand
from strategies import build, lives
from world import BUYER, NOW, RULES, TODAY, World, at, days_ago, halden

from bot.pipeline.commitment import load_commitment
from bot.pipeline.facets import FACET_NAMES
from bot.pipeline.health import load_health
from bot.pipeline.service import Pipeline
from bot.pipeline.stages import load_stages
from bot.pipeline.tables import RECORDED
from bot.playbook import PlaybookError

FEW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
PLAYBOOK = Path(__file__).parents[2] / "knowledge" / "playbook"


def reopened(back_to: str = "Discovery", order: int = 2) -> World:
    world = halden().visit("Discovery", 2, 60, left=40).visit("Closed Lost", 7, 40, left=12)
    return world.visit(back_to, order, 12)


def test_a_reopened_deal_neither_advanced_into_its_loss_nor_moved_back_out_of_it():
    facets = reopened().facets()
    assert (facets.last_advance, facets.last_move_back) == (None, None)
    assert (facets.days_in_stage, facets.cumulative_days_in_stage) == (12, 32)
    assert not facets.moved_back_last_30


def test_a_deal_reopened_further_on_advanced_and_further_back_moved_back():
    assert reopened("Solution", 3).facets().last_advance == days_ago(12)
    assert reopened("Qualification", 1).facets().last_move_back == days_ago(12)


def test_a_stage_moved_back_is_undone_by_no_later_advance_within_the_window():
    world = halden().visit("Solution", 3, 50, left=20).visit("Discovery", 2, 20, left=10).visit("Solution", 3, 10)
    facets = world.facets()
    assert (facets.advanced_last_30, facets.moved_back_last_30) == (True, True)
    codes = {each.code: each.points for each in world.pipeline().brief("D", NOW).health.signals}
    assert codes["N5"] == -2


LADDER = {"Qualification": 1, "Discovery": 2, "Solution": 3, "Commercial": 4, "Closed Lost": 7}
STAYS = st.lists(st.tuples(st.sampled_from(sorted(LADDER)), st.integers(0, 40)), min_size=1, max_size=7)
MOVES = st.lists(st.tuples(st.integers(-40, 90), st.integers(-40, 90), st.integers(-20, 60)), max_size=5)


def visits_of(stays: list[tuple[str, int]]) -> list[Visit]:
    """The visits of a deal that began 120 days ago: each stay ends where the next begins, the last one lasts."""
    visits, day = [], days_ago(120)
    for number, (stage, length) in enumerate(stays):
        left = None if number == len(stays) - 1 else day + timedelta(days=length)
        visits.append((stage, LADDER[stage], day, left))
        day += timedelta(days=length)
    return visits


@FEW
@given(st.lists(st.tuples(STAYS, MOVES), min_size=1, max_size=25), st.integers(0, 100))
def test_stages_and_pushes_by_a_second_opinion(deals, ago):
    world = World().user().fed()
    for number, (stays, moves) in enumerate(deals):
        deal_id = f"D{number}"
        world.deal(deal_id, age=120, account_id=deal_id, close_date=TODAY)
        for stage, order, entered, left in visits_of(stays):
            world.visit(stage, order, (TODAY - entered).days, left and (TODAY - left).days, deal_id=deal_id)
        for old, new, days in moves:
            change = {"field": "close_date", "old": str(days_ago(old)), "new": str(days_ago(new)), "at": at(days)}
            world.add("field_history", opportunity_id=deal_id, **change)
    as_of = NOW - timedelta(days=ago)
    briefs = world.pipeline().briefs([f"D{number}" for number in range(len(deals))], as_of)
    for (stays, moves), brief in zip(deals, briefs, strict=True):
        expected = stages_by_hand(visits_of(stays), days_ago(ago))
        assert {name: getattr(brief.facets, name) for name in expected} == expected
        if any(recorded for _, recorded in deals):
            when = [(days_ago(old), days_ago(new), at(days)) for old, new, days in moves]
            assert brief.facets.close_date_pushes == pushes_by_hand(when, as_of)


def test_on_a_past_day_an_open_deal_was_in_the_stage_it_was_in_then():
    world = halden().visit("Discovery", 2, 60, left=12).visit("Solution", 3, 12)
    world.rows["opportunities"][0] |= {"stage": "Solution", "stage_order": 3}
    pipeline = world.pipeline()
    stages = [pipeline.brief("D", NOW - timedelta(days=days)).deal.stage for days in (0, 12, 13, 59)]
    assert stages == ["Solution", "Solution", "Discovery", "Discovery"]
    [row] = pipeline.facet_rows(NOW - timedelta(days=13))
    assert row["stage"] == "Discovery"


def test_owner_close_date_amount_and_forecast_are_those_of_the_day_asked_for():
    world = halden().user("S", "Sam Oh").fed("S")
    world.rows["opportunities"][0] |= {
        "owner_id": "S", "close_date": date(2026, 12, 1), "amount": 900.0, "forecast_category": "Commit",
    }  # fmt: skip
    for field, old, new, days in (
        ("owner_id", "R", "S", 10), ("close_date", "2026-10-01", "2026-11-01", 20),
        ("close_date", "2026-11-01", "2026-12-01", 5), ("amount", "1200", "900", 8),
        ("forecast_category", "Pipeline", "Commit", 3),
    ):  # fmt: skip
        world.add("field_history", opportunity_id="D", field=field, old=old, new=new, at=at(days))
    pipeline = world.sent(15).pipeline()
    now, then, long_ago = (pipeline.brief("D", NOW - timedelta(days=days)).deal for days in (0, 9, 30))
    assert (now.owner.id, now.close_date, now.amount, now.forecast_category) == ("S", date(2026, 12, 1), 900, "Commit")
    assert (then.owner.id, then.close_date, then.amount, then.forecast_category) == (
        "S", date(2026, 11, 1), 1200, "Pipeline",
    )  # fmt: skip
    assert (long_ago.owner.id, long_ago.close_date) == ("R", date(2026, 10, 1))
    [row] = pipeline.facet_rows(NOW - timedelta(days=9))
    assert (row["owner"], row["close_date"], row["days_until_close"]) == ("S", date(2026, 11, 1), 50)


@FEW
@given(lives(), st.integers(1, 90))
def test_before_its_creation_a_deal_is_in_no_list_and_has_no_past(many, early):
    pipeline = build(many).pipeline()
    oldest = max(life.age for life in many)
    as_of = NOW - timedelta(days=oldest + early + 1)
    assert pipeline.facet_rows(as_of) == []
    for number in range(len(many)):
        facets = pipeline.brief(f"D{number}", as_of).facets
        assert (facets.opp_age, facets.meetings_total, facets.contacts_engaged) == (0, 0, 0)


ACTIVITIES = """\
activity_id,opportunity_id,user_id,kind,direction,start_at,participants
m1,d1,u1,email,outbound,2026-09-10T09:00:00Z,ada@northwind.example
m1,d1,u1,email,outbound,2026-09-10T09:00:00Z,ada@northwind.example
m2,d1,u1,meeting,,2026-09-12T09:00:00Z,ada@northwind.example;ADA@northwind.example
m3,d9,u1,call,,2026-09-12T09:00:00Z,
"""


def test_rows_exported_twice_count_once_and_strays_are_told(tmp_path: Path):
    doubled = Imported(folder(tmp_path / "in", activities=ACTIVITIES, opportunities=DEALS + DEALS.split("\n", 1)[1]))
    assert doubled.rows("SELECT count(*) FROM opportunities") == [(2,)]
    assert doubled.rows("SELECT activity_id, kind FROM touchpoints ORDER BY 1") == [("m1", "email"), ("m2", "meeting")]
    assert doubled.rows("SELECT count(*) FROM engagements") == [(2,)]
    assert ("activities.csv", 5, "opportunity_id") in doubled.left_out
    [stray] = [problem for problem in doubled.report.problems if problem.value == "d9"]
    assert str(stray) == (
        'line 5: opportunity_id "d9" is no deal that was loaded; add the deal to opportunities, or mend its row there'
    )


def test_the_rest_goes_on_when_activities_name_unknown_deals(tmp_path: Path):
    imported = Imported(folder(tmp_path / "in", activities=ACTIVITIES))
    with imported.connection() as con:
        [first, _] = Pipeline(con, RULES).facet_rows(NOW)
    assert (first["id"], first["days_untouched"], first["meetings_total"]) == ("d1", 9, 1)


ZONES = ["America/New_York", "Europe/Berlin", "America/Havana", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe"]
"""Clocks change at 2:00, at midnight, and by half an hour."""


@FEW
@given(
    st.sampled_from(ZONES),
    st.timedeltas(timedelta(days=-600), timedelta(days=200)),
    st.lists(st.timedeltas(timedelta(0), timedelta(days=200)), min_size=1, max_size=12),
)
def test_days_are_those_of_the_calendar_whatever_the_clocks_do(zone, later, ago):
    as_of = NOW + later
    world = World().user().deal(age=None, timezone=zone).fed()
    for each in ago:
        world.activity("call", as_of - each)
    local = ZoneInfo(zone)
    days = [(as_of.astimezone(local).date() - (as_of - each).astimezone(local).date()).days for each in ago]
    facets = world.facets(as_of=as_of)
    assert (facets.days_untouched, facets.touches_last_14) == (min(days), sum(day <= 13 for day in days))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("edge", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 24), date(2026, 3, 8)])
def test_mail_nobody_filed_is_credited_from_the_first_local_day_on(zone, edge):
    local, created = ZoneInfo(zone), edge + timedelta(days=90)
    first = datetime(edge.year, edge.month, edge.day, 12, tzinfo=local)
    world = World().user().fed().deal(age=None, created_on=created, timezone=zone).contact()
    for moment in (first, first - timedelta(days=1)):
        world.activity("email", moment.astimezone(UTC), BUYER, deal_id=None, direction="outbound")
    [(on,)] = world.con().execute('SELECT "on" FROM touchpoints').fetchall()
    assert on == edge


@FEW
@given(lives(), st.randoms(use_true_random=False))
def test_nothing_breaks_when_anything_optional_is_missing(many, chance: random.Random):
    world = build(many, close_date=TODAY, amount=5.0).visit("Discovery", 2, 60, deal_id="D0")
    world.add("field_history", opportunity_id="D0", field="close_date", old=None, new="soon", at=at(4))
    world.add("notes", note_id="N", opportunity_id="D0", on=TODAY, text="Hello")
    for table, rows in world.rows.items():
        for row in rows:
            for column, dtype in RECORDED[table].items():
                if dtype.nullable and chance.random() < 0.5:
                    row[column] = None
    pipeline = world.pipeline()
    rows = pipeline.facet_rows(NOW, include_closed=True)
    briefs = pipeline.briefs([row["id"] for row in rows], NOW)
    for row, brief in zip(rows, briefs, strict=True):
        assert (row["health_bucket"], row["health_net_points"]) == (brief.health.bucket, brief.health.net)
        assert sum(each.points for each in brief.health.signals) == (brief.health.net or 0)


def test_all_optional_columns_missing_at_once():
    world = World().add("users", user_id="R", name="R").add(
        "opportunities", opportunity_id="D", name="D", owner_id="R", deal_type="New Business", status="open"
    )  # fmt: skip
    world.add("activities", activity_id="A", kind="email", start_at=at(3))
    [row] = world.pipeline().facet_rows(NOW)
    known = {name for name in FACET_NAMES if row[name] is not None}
    assert known == {"days_in_stage_estimated", "advanced_last_30", "moved_back_last_30"}
    assert row["health_bucket"] == "Average"


def test_a_source_three_days_stale_says_which_since_when_and_what_follows():
    stale = halden()
    stale.rows["sources"] = []
    brief = stale.fed(last_sync=NOW - timedelta(days=3)).sent(2).pipeline().brief("D", NOW)
    [calendar, mail] = brief.sources
    assert mail.detail == "mail last synced 18 Sep 2026 14:00 UTC, more than 48 hours ago"
    assert not calendar.connected
    assert brief.facets.days_untouched is None
    assert "not connected" in brief.health.insufficient


READERS = {
    "stages.yaml": load_stages,
    "health.yaml": load_health,
    "commitment.yaml": lambda folder: load_commitment(folder, RULES.stages),
}
MISTAKES = {
    "unknown stage": ("commitment.yaml", "Solution: 3", "Sollution: 3", "Sollution"),
    "order that does not rise": ("stages.yaml", "order: 3", "order: 2", "order must rise"),
    "stage named twice": ("stages.yaml", "name: Solution", "name: Discovery", "keep it in one place"),
    "overlapping cut-offs": ("health.yaml", "at_least: -3}", "at_least: 6}", "floors must fall, but 6 follows 5"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_playbook_that_cannot_be_followed_is_refused_with_file_line_and_fix(mistake, tmp_path: Path):
    name, right, wrong, hint = MISTAKES[mistake]
    text = (PLAYBOOK / name).read_text(encoding="utf-8")
    assert right in text
    (tmp_path / name).write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(PlaybookError) as refused:
        READERS[name](tmp_path)
    assert f"{tmp_path / name}:" in str(refused.value)
    assert hint in str(refused.value)


def test_a_stage_nobody_configured_is_told_once_with_the_places_to_add_it(tmp_path: Path):
    deals = DEALS.replace("Discovery", "Wooing")
    imported = Imported(folder(tmp_path / "in", users=USERS, opportunities=deals))
    assert imported.rows("SELECT count(*) FROM opportunities") == [(2,)]
    [remark] = [line for line in imported.report.warnings if "nobody configured" in line]
    assert remark == "stages nobody configured: Wooing (1); add them to stages.csv, or as aliases to stages.yaml"

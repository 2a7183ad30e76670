"""The rule table: its two readers agree, its words read well, and a broken file is refused with its line."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import CONTACTS, FACETS
from test_worked_examples import EXAMPLES, EXISTING, NEW, health_of, quiet
from world import RULES, TODAY, TYPICAL, days_ago

from bot.pipeline.brief import HealthBucket
from bot.pipeline.facets import CONTEXT_NAMES, FACET_NAMES, facet_table
from bot.pipeline.health import assess_health, load_health
from bot.pipeline.model import DealType
from bot.playbook import PlaybookError

SHIPPED = Path(__file__).parents[2] / "knowledge" / "playbook" / "health.yaml"

CASES = st.tuples(FACETS, CONTACTS, st.sampled_from(DealType), st.sampled_from([True, True, True, False]))


@settings(max_examples=12, deadline=None)
@given(st.lists(CASES, min_size=1, max_size=60))
def test_both_readers_of_the_table_agree(cases):
    in_words = []
    for facets, contacts, deal_type, is_open in cases:
        benchmarks = {"typical_contacts_won": contacts} if contacts else {}
        health = assess_health(
            RULES.health, facets, deal_type=deal_type, is_open=is_open, today=TODAY, benchmarks=benchmarks
        )
        in_words.append((health.bucket, health.net))
    assert as_columns(cases) == in_words


def as_columns(cases) -> list[tuple]:
    rows = []
    for number, (facets, contacts, deal_type, is_open) in enumerate(cases):
        context = dict.fromkeys(CONTEXT_NAMES) | {
            "opportunity_id": str(number), "deal_type": deal_type.value, "today": TODAY, "is_open": is_open,
            "connected": True, "owner_id": "R", "typical_contacts_won": contacts.value if contacts else None,
        }  # fmt: skip
        rows.append(context | {name: getattr(facets, name) for name in FACET_NAMES})
    con = duckdb.connect()
    con.register("facet_rows", pa.Table.from_pylist(rows, schema=facet_table().schema().to_pyarrow()))
    found = {row[0]: row[1:] for row in con.execute(RULES.health_sql).fetchall()}
    return [found[str(number)] for number in range(len(cases))]


def reasons(deal_type, facets) -> dict[str, str]:
    health = health_of(deal_type, facets)
    return {each.code: each.reason for each in (*health.signals, *health.caps)}


def test_reasons_are_sentences_with_their_figures():
    said = reasons(NEW, quiet(283, days_untouched=37, meetings_last_90=1, days_since_inbound=41, contacts_engaged=2))
    assert said["N1"] == "untouched for 37 days"
    assert said["N2"] == "nothing booked ahead"
    assert said["N4"] == "last e-mail from the buyer 41 days ago"
    assert said["N6"] == "283 days old, 3.54x the typical 80-day cycle (30 deals like it)"
    assert said["N9"] == "2 contacts engaged; won deals typically have 5 (30 deals like it)"


def test_one_is_not_plural_and_yesterday_is_a_word():
    lively = quiet(60, booked_in=3, days_untouched=1, days_since_inbound=0, advanced_ago=1, contacts_engaged=1)
    said = reasons(NEW, replace(lively, days_until_close=-1))
    assert said["N1"] == "last outreach yesterday"
    assert said["N4"] == "last e-mail from the buyer today"
    assert said["N5"] == "advanced a stage on 20 Sep 2026"
    assert said["N8"] == "close date passed 1 day ago"
    assert said["N9"].startswith("1 contact engaged")


def test_a_deal_never_touched_is_not_called_untouched():
    said = reasons(NEW, quiet(64))
    assert said["N1"] == "no outreach recorded in 64 days"
    assert said["N4"] == "no e-mail from the buyer ever recorded"
    assert "untouched for" not in " ".join(said.values())


def test_never_touched_counts_as_untouched_since_creation():
    points = {each.code: each.points for each in health_of(NEW, quiet(45)).signals}
    assert points["N1"] == -2
    assert {each.code: each.points for each in health_of(NEW, quiet(60)).signals}["N1"] == -4


def test_no_reason_ever_says_unknown():
    for deal_type, facets, *_ in EXAMPLES.values():
        assert "unknown" not in " ".join(reasons(deal_type, facets).values())


def test_without_a_cycle_benchmark_age_scores_nothing():
    health = assess_health(
        RULES.health, replace(quiet(400), age_ratio=None), deal_type=NEW, is_open=True, today=TODAY, benchmarks={}
    )
    assert {"N6", "C3", "P1"}.isdisjoint(each.code for each in (*health.signals, *health.caps))


@pytest.mark.parametrize(("ratio", "points"), [(1.49, None), (1.5, -1), (1.99, -1), (2.0, -3), (2.99, -3), (3.0, -4)])
def test_age_thresholds(ratio, points):
    health = health_of(NEW, replace(quiet(90), age_ratio=ratio))
    assert {each.code: each.points for each in health.signals}.get("N6") == points


@pytest.mark.parametrize(("age", "points"), [(14, None), (29, None), (30, -1)])
def test_n5_waits_until_a_deal_is_thirty_days_old(age, points):
    assert {each.code: each.points for each in health_of(NEW, quiet(age)).signals}.get("N5") == points


@pytest.mark.parametrize(
    ("inbound", "met", "capped"), [(29, 0, False), (30, 0, True), (None, 0, True), (None, 1, False)]
)
def test_c7_needs_silence_and_no_meeting(inbound, met, capped):
    facets = quiet(60, days_since_inbound=inbound, meetings_last_30=met, meetings_last_90=met)
    for deal_type in DealType:
        assert ("C7" in reasons(deal_type, facets)) is capped


@pytest.mark.parametrize(("age", "enough"), [(13, False), (14, True)])
def test_younger_than_fourteen_days_is_too_little_data(age, enough):
    health = health_of(NEW, quiet(age))
    assert (health.insufficient is None) is enough
    assert enough or (health.bucket, health.score) == (HealthBucket.AVERAGE, None)


def test_unknown_engagement_is_too_little_data():
    dark = replace(quiet(60), touches_last_14=None, meetings_last_30=None, meetings_last_90=None)
    assert "not connected" in health_of(NEW, dark).insufficient


def test_closed_deals_have_no_bucket():
    health = assess_health(RULES.health, quiet(60), deal_type=NEW, is_open=False, today=TODAY, benchmarks=TYPICAL)
    assert (health.bucket, health.net, health.signals, health.caps) == (None, None, (), ())


def test_score_stays_between_0_and_100():
    assert [RULES.health.score.of(net) for net in (-20, -11, 0, 9, 30)] == [0, 0, 50, 95, 100]


def test_what_would_change_names_single_changes_that_lift_the_bucket():
    capped = quiet(60, days_untouched=2, touches_last_14=3, meetings_last_30=2, meetings_last_90=2, inbound_last_14=2,
                   days_since_inbound=1, advanced_ago=5, contacts_engaged=6)  # fmt: skip
    health = health_of(NEW, capped)
    assert (health.bucket, [cap.code for cap in health.caps]) == ("Average", ["C1"])
    [first, *_] = health.what_would_change
    assert (first.change, first.bucket) == ("a meeting booked within the next 30 days", "Good")
    booked = replace(capped, next_meeting=TODAY + timedelta(days=14), meetings_next_30=1, meetings_next_90=1)
    assert health_of(NEW, booked).bucket == "Good"


def test_nothing_lifts_the_best_bucket():
    _, facets, *_ = EXAMPLES["W1"]
    assert health_of(NEW, facets).what_would_change == ()


def test_renewal_windows_leave_out_past_close_dates():
    late = quiet(300, days_until_close=-1, days_untouched=40)
    assert {"E1", "E2"}.isdisjoint(reasons(EXISTING, late))
    assert {"E1", "E2", "C5", "C6"} <= reasons(EXISTING, replace(late, days_until_close=0)).keys()


BROKEN = {
    "unknown facet": ("{opp_age: {less_than: 14}}", "{oppage: {less_than: 14}}", "did you mean 'opp_age'"),
    "unknown operator": ("{opp_age: {less_than: 14}}", "{opp_age: {under: 14}}", "opp_age.under"),
    "no operator": ("{opp_age: {less_than: 14}}", "{opp_age: {}}", "at_least"),
    "not a number": ("{opp_age: {less_than: 14}}", "{next_meeting: {less_than: 14}}", "not a number"),
    "not yes or no": ("{opp_age: {less_than: 14}}", "{opp_age: {is: true}}", "not a yes/no facet"),
    "text for a number": ("at_least: 5}", "at_least: five}", "cut_offs.0.at_least"),
    "floors that rise": ("{bucket: Average, at_least: -3}", "{bucket: Average, at_least: 7}", "floors must fall"),
    "equal floors": ("{bucket: Average, at_least: -3}", "{bucket: Average, at_least: 5}", "floors must fall"),
    "bucket twice": ("{bucket: Average, at_least: -3}", "{bucket: Good, at_least: -3}", "best first"),
    "repeated code": ("code: N2", "code: N1", "used twice"),
    "unless names nothing": ("unless: [E2]", "unless: [E8]", "'E8'"),
    "fired names nothing": ("fired: [E2]", "fired: [C4]", "'C4'"),
    "unknown figure": ("{touches_last_14:touch}", "{touched:touch}", "'touched'"),
    "unknown change": ("set: {contacts_ratio: 1}", "set: {contacts: 1}", "'contacts'"),
    "stray key": ("score: {base: 50,", "score: {bass: 50,", "score.bass"),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_broken_playbook_is_refused_with_its_line(mistake, tmp_path):
    right, wrong, hint = BROKEN[mistake]
    text = SHIPPED.read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "health.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(PlaybookError) as error:
        load_health(tmp_path)
    assert hint in str(error.value)
    assert f"{tmp_path / 'health.yaml'}:" in str(error.value)


def test_numbers_of_the_playbook_rule(tmp_path):
    text = SHIPPED.read_text(encoding="utf-8").replace("{bucket: Good, at_least: 5}", "{bucket: Good, at_least: 12}")
    (tmp_path / "health.yaml").write_text(text, encoding="utf-8")
    stricter = load_health(tmp_path)
    deal_type, facets, *_ = EXAMPLES["W1"]
    health = assess_health(stricter, facets, deal_type=deal_type, is_open=True, today=TODAY, benchmarks=TYPICAL)
    assert (health.net, health.bucket) == (9, HealthBucket.AVERAGE)


def test_dates_are_spelled_out():
    moved = replace(quiet(60), moved_back_last_30=True, last_move_back=date(2026, 9, 2))
    assert reasons(NEW, moved)["N5"] == "moved back a stage on 2 Sep 2026"
    assert days_ago(19) == date(2026, 9, 2)

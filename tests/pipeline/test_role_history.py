"""People change teams: a closed deal counts in the cohort its owner had on the closing day (DOMAIN 1)."""

from datetime import timedelta
from pathlib import Path

import pytest
from csv_folders import Imported, folder
from test_benchmarks import CYCLES, company, many
from world import NOW, days_ago


def test_closed_deals_count_in_the_cohort_of_their_closing_day():
    world = many(company(), CYCLES, ago=20)
    world.add("role_history", user_id="S", segment="Enterprise", discipline="Field", valid_to=days_ago(15))
    cycle = world.pipeline().brief("D", NOW).benchmarks["typical_cycle"]
    assert cycle.level.startswith("L4")
    world = many(company(), CYCLES, ago=14)
    world.add("role_history", user_id="S", segment="Enterprise", discipline="Field", valid_to=days_ago(15))
    assert world.pipeline().brief("D", NOW).benchmarks["typical_cycle"].level.startswith("L1")


def test_an_open_deal_is_compared_by_what_its_owner_was_on_the_day_asked_for():
    world = many(company(), CYCLES, ago=40)
    world.add("role_history", user_id="R", segment="Enterprise", discipline="Field", valid_to=days_ago(6))
    pipeline = world.pipeline()
    levels = [pipeline.brief("D", as_of).benchmarks["typical_cycle"].level[:2] for as_of in (NOW, NOW - timedelta(10))]
    assert levels == ["L1", "L4"]


HISTORY = """\
user_id,segment,discipline,valid_from,valid_to
u1,Small,Inside Sales,,2026-03-31
u1,Mid Market,Field Sales,2026-04-01,
u1,Enterprise,Field Sales,2026-03-31,2026-04-02
u9,Small,Inside Sales,,
u2,Small,Inside Sales,2026-13-01,
"""


def test_spans_are_imported_and_overlaps_strangers_and_bad_days_left_out(tmp_path: Path):
    imported = Imported(folder(tmp_path / "in", role_history=HISTORY))
    assert imported.rows("SELECT user_id, segment FROM role_history") == [("u1", "Small"), ("u1", "Mid Market")]
    assert sorted(imported.left_out) == [
        ("role_history.csv", 4, "valid_from"),
        ("role_history.csv", 5, "user_id"),
        ("role_history.csv", 6, "valid_from"),
    ]
    [overlap] = [problem for problem in imported.report.problems if problem.line == 4]
    assert "end the earlier span on the day before" in str(overlap)


@pytest.mark.parametrize(("day", "segment"), [(16, "Enterprise"), (15, "Enterprise"), (14, "Mid")])
def test_both_ends_of_a_span_belong_to_it(day, segment):
    world = company().add("role_history", user_id="R", segment="Enterprise", valid_to=days_ago(15))
    pipeline = world.pipeline()
    assert pipeline._role_on("R", days_ago(day)).segment == segment

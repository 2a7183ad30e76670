import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.coach.evaluation import ScenarioFileError, World, build_world, load_scenarios
from bot.pipeline.store import load_rows

DATA = Path(__file__).parent / "data" / "scenarios.jsonl"


def world_of(scenario_id: str) -> World:
    scenario = next(one for one in load_scenarios(DATA) if one.labels.id == scenario_id)
    assert scenario.situation is not None
    return build_world(scenario.situation)


def changed(tmp_path: Path, **changes: Any) -> Path:
    """Write the first scenario with some keys replaced, and the second as it is."""
    first, second = DATA.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "scenarios.jsonl"
    path.write_text(f"{json.dumps(json.loads(first) | changes)}\n\n{second}\n", encoding="utf-8")
    return path


def changed_deal(tmp_path: Path, **changes: Any) -> Path:
    deal = json.loads(DATA.read_text(encoding="utf-8").splitlines()[0])["opportunities"][0]
    return changed(tmp_path, opportunities=[deal | changes])


def query(world: World, sql: str) -> list[tuple[Any, ...]]:
    """Load the world's tables into a real snapshot and ask it."""
    rows: list[tuple[Any, ...]] = load_rows(world.tables, world.timezone).con.execute(sql).fetchall()
    return rows


def test_nothing_the_bot_gets_holds_the_labels_or_the_expectation() -> None:
    assert "SECRET" in DATA.read_text(encoding="utf-8")
    for scenario in load_scenarios(DATA):
        assert scenario.situation is not None
        assert "SECRET" not in repr(scenario.situation)
        assert "SECRET" not in repr(build_world(scenario.situation))


def test_the_clock_is_read_in_the_zone_of_the_owner() -> None:
    world = world_of("T1")
    assert world.as_of.date() == date(2026, 3, 11)
    assert world.as_of == datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    assert (world.asker_id, world.surface, world.message) == ("U_ADA", "dm", "how is Pellworm doing?")


def test_people_and_deals_become_rows() -> None:
    assert query(world_of("T1"), "SELECT user_id, role, manager_id, timezone FROM users ORDER BY 1") == [
        ("U_ADA", "rep", "U_NOOR", "Australia/Sydney"),
        ("U_NOOR", "manager", None, "Australia/Sydney"),
    ]
    deal = "SELECT deal_type, stage_order, amount, custom, timezone, closed_on, loss_reason FROM opportunities"
    assert query(world_of("T1"), deal) == [
        ("Existing Business", 2, None, '{"ferries": 7}', "Australia/Sydney", None, None)
    ]
    assert query(world_of("T2"), deal) == [("New Business", 7, 12000.5, None, "UTC", date(2026, 2, 1), "Went quiet")]


def test_repeated_stages_are_one_visit_and_a_return_is_another() -> None:
    assert query(world_of("T1"), "SELECT * EXCLUDE opportunity_id FROM stage_visits ORDER BY position") == [
        (0, "Qualification", 1, date(2026, 1, 5), date(2026, 1, 20)),
        (1, "Solution", 3, date(2026, 1, 20), date(2026, 2, 2)),
        (2, "Discovery", 2, date(2026, 2, 2), None),
    ]
    assert query(world_of("T2"), "SELECT * FROM stage_visits") == []


def test_activities_keep_day_status_and_words() -> None:
    sql = (
        'SELECT activity_id, a.kind, a.status, a.organiser, a.is_auto, subject, body, "on", counts '
        "FROM activities a JOIN touchpoints USING (activity_id) ORDER BY 1"
    )
    assert query(world_of("T1"), sql) == [
        ("A1", "email", None, None, False, "Rota sample", "", date(2026, 2, 4), True),
        ("A2", "email", None, None, True, "Away", "Back on Monday", date(2026, 2, 4), False),
        ("A3", "meeting", "confirmed", "buyer", False, "Rota walk-through", None, date(2026, 2, 10), True),
        ("A4", "meeting", "cancelled", "seller", False, "Price", None, date(2026, 3, 20), False),
        (
            "A5", "call", None, None, False, None, "Crew council asks about night shifts",
            date(2026, 2, 12), True,
        ),
        ("A6", "task", None, None, False, "Remind Ole", None, date(2026, 2, 13), False),
    ]  # fmt: skip


def test_guests_are_lower_case_with_their_response() -> None:
    assert query(world_of("T1"), "SELECT * FROM participants WHERE activity_id IN ('A1', 'A3') ORDER BY 1, 2") == [
        ("A1", "ole@pellworm-ferries.example", None),
        ("A3", "frauke@pellworm-ferries.example", "declined"),
        ("A3", "ole@pellworm-ferries.example", "accepted"),
    ]


def test_contacts_notes_and_plans_become_rows() -> None:
    world = world_of("T1")
    assert query(world, "SELECT name, email, role FROM contacts JOIN contact_roles USING (contact_id) ORDER BY 1") == [
        ("Frauke Petersen", "frauke@pellworm-ferries.example", None),
        ("Ole Janssen", "ole@pellworm-ferries.example", "Champion"),
    ]
    assert query(world, 'SELECT author_id, author_name, "on" FROM notes ORDER BY "on"') == [
        ("U_ADA", "Ada Brandt", date(2026, 2, 12)),
        (None, "Gone Colleague", date(2026, 2, 13)),
    ]
    assert query(world, "SELECT refreshed_on, position, line FROM close_plan_lines ORDER BY 2") == [
        (date(2026, 2, 1), 0, "2026-03-01 | Ada | rota data from Ole"),
        (date(2026, 2, 1), 1, "2026-05-20 | Ole | signature"),
    ]
    assert query(world, "SELECT field, text FROM command_plans") == [("why_now", "summer timetable")]


def test_sources_work_unless_the_scenario_says_otherwise() -> None:
    sql = "SELECT user_id, source, connected, last_sync FROM sources ORDER BY 1, 2"
    assert query(world_of("T1"), sql) == [
        ("U_ADA", "calendar", True, None),
        ("U_ADA", "mail", True, None),
        ("U_NOOR", "calendar", False, datetime(2026, 3, 10, 20)),  # noqa: DTZ001 - UTC in the tables
        ("U_NOOR", "mail", True, datetime(2026, 3, 10, 20)),  # noqa: DTZ001
    ]
    assert query(world_of("T2"), sql) == [
        ("U_NOOR", "calendar", False, None),
        ("U_NOOR", "mail", False, None),
    ]


def test_supplied_benchmarks_are_used_as_given() -> None:
    supplied = world_of("T1").benchmarks["O1"]
    assert set(supplied) == {"typical_cycle", "typical_win_rate_from_stage"}
    cycle, win_rate = supplied["typical_cycle"], supplied["typical_win_rate_from_stage"]
    assert (cycle.value, cycle.n, cycle.level) == (90, 14, "L2: type and segment, last 180 d")
    assert [level.level[:2] for level in cycle.rejected] == ["L1"]
    assert [level.level[:2] for level in win_rate.rejected] == ["R1", "L1"]


def test_a_deal_without_benchmarks_says_so() -> None:
    assert world_of("T2").benchmarks == {"O2": {}}


def test_fixture_facts_are_typed() -> None:
    assert world_of("T1").fixture.stage_probabilities is None
    fixture = world_of("T2").fixture
    assert fixture.stage_probabilities == {"Discovery": 0.25}
    assert fixture.health_share_snapshots is not None
    assert fixture.health_share_snapshots.users["U_ADA"].now == 31.5
    assert len(fixture.health_share_snapshots.users["U_ADA"].weekly_last_26) == 26
    assert fixture.health_share_snapshots.open_pipeline == {"U_ADA": 90000}


def test_an_activity_id_used_by_two_deals_is_kept_apart(tmp_path: Path) -> None:
    deal = json.loads(DATA.read_text(encoding="utf-8").splitlines()[0])["opportunities"][0]
    scenario = load_scenarios(changed(tmp_path, opportunities=[deal, deal | {"id": "O9"}]))[0]
    assert scenario.situation is not None
    counted = "SELECT opportunity_id, count(*) FROM engagements GROUP BY 1 ORDER BY 1"
    assert query(build_world(scenario.situation), counted) == [("O1", 6), ("O9", 6)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"as_of": "2026-03-10T23:30:00"}, "1: as_of: Input should have timezone info; add an offset"),
        ({"timezone": "Mars/Olympus"}, "1: timezone: 'Mars/Olympus' is not an IANA time zone; use a name"),
        ({"message": None}, "1: message: Input should be a valid string; write it in quotes"),
        ({"users": {"U1": {"name": "A", "role": "king"}}}, "1: users.U1.role: Input should be 'rep', "),
        ({"expected": {"must_match": [{"re": "(", "why": "x"}]}}, "1: expected.must_match.0.re: not a regular"),
        ({"expected": {"outcome": "shrug"}}, "1: expected.outcome: Input should be 'answer', "),
    ],
)
def test_a_broken_key_is_named_and_the_other_lines_are_read(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    path = changed(tmp_path, **changes)
    first, second = load_scenarios(path)
    assert str(first.errors[0]).startswith(f"{path}:{said}")
    assert (first.situation is None) != ("expected" in changes)
    assert second.situation is not None
    assert not second.errors


def test_every_broken_key_of_a_deal_is_named(tmp_path: Path) -> None:
    path = changed_deal(tmp_path, created="5 Jan", status="maybe", activities=[{"id": "A1", "type": "fax"}])
    keys = [error.key for error in load_scenarios(path)[0].errors]
    assert keys == [
        "opportunities.0.created",
        "opportunities.0.status",
        "opportunities.0.activities.0.type",
        "opportunities.0.activities.0.at",
    ]


def test_lines_that_are_no_objects_and_repeated_ids_are_named(tmp_path: Path) -> None:
    good = DATA.read_text(encoding="utf-8").splitlines()[1]
    path = tmp_path / "scenarios.jsonl"
    path.write_text(f'{{"id": \n[1, 2]\n{good}\n{good}\n', encoding="utf-8")
    broken, listed, fine, again = load_scenarios(path)
    assert str(broken.errors[0]).startswith(f"{path}:1: not JSON at column")
    assert str(listed.errors[0]).startswith(f"{path}:2: not a JSON object")
    assert not fine.errors
    assert str(again.errors[0]) == f"{path}:4: id: 'T2' is already used on line 3; give each line its own"
    assert again.situation is None


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFileError, match=r"missing\.jsonl"):
        load_scenarios(tmp_path / "missing.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "caf\xe9"}')
    with pytest.raises(ScenarioFileError, match="not UTF-8 at byte 11"):
        load_scenarios(tmp_path / "latin.jsonl")

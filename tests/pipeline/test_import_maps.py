"""Maps: other people's exports become the pipeline CSV, and a wrong map is explained."""

from pathlib import Path

import pytest
from csv_folders import Imported, folder

from bot.pipeline.importing import find_map, load_map
from bot.playbook import PlaybookError
from bot.resources import shipped

DATA = Path(__file__).parents[3] / "shared" / "data"


def needs(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"the data set {name} is not beside the checkout")
    return DATA / name


def test_maven_crm_loads_whole(tmp_path: Path) -> None:
    done = Imported_from(needs("maven_crm"), tmp_path, "maven_crm")
    assert done.report.problem_count == 0
    assert done.rows("SELECT status, count(*) FROM opportunities GROUP BY 1 ORDER BY 1") == [
        ("lost", 2473), ("open", 2089), ("won", 4238),
    ]  # fmt: skip
    assert done.rows("SELECT count(*) FILTER (WHERE created_on IS NULL) FROM opportunities") == [(500,)]
    assert done.rows("SELECT count(*), count(manager_id), count(DISTINCT segment) FROM users") == [(41, 35, 3)]
    assert done.rows("SELECT max(closed_on - created_on), round(avg(closed_on - created_on)) FROM opportunities") == [
        (138, 48.0)
    ]
    assert done.rows("SELECT DISTINCT stage, stage_order FROM opportunities ORDER BY 2") == [
        ("Prospecting", 1), ("Engaging", 2), ("Closed Won", 3), ("Closed Lost", 4),
    ]  # fmt: skip
    assert done.rows("SELECT count(*) FROM opportunities WHERE amount IS NULL AND status = 'lost'") == [(2473,)]
    assert str(done.report.as_of) == "2017-12-31"


def test_salesforce_objects_load_with_collapsed_history(tmp_path: Path) -> None:
    done = Imported_from(needs("sf_sample_org"), tmp_path, "sf_sample_org")
    assert done.rows("SELECT count(*), count(account_name) FROM opportunities") == [(31, 31)]
    assert done.rows("SELECT count(*), max(position), count(left_on) FROM stage_visits") == [(31, 0, 0)]
    assert done.rows("SELECT DISTINCT closed_on - created_on FROM opportunities WHERE status = 'won'") == [(0,)]
    assert done.rows("SELECT deal_type, count(*) FROM opportunities GROUP BY 1 ORDER BY 1") == [
        ("Existing Business", 21), ("New Business", 10),
    ]  # fmt: skip
    assert done.rows("SELECT name, timezone FROM users WHERE user_id IN (SELECT owner_id FROM opportunities)") == [
        ("Matthew Skinner", "America/Los_Angeles")
    ]


def test_hubspot_tables_load(tmp_path: Path) -> None:
    done = Imported_from(needs("fivetran_hubspot_seeds"), tmp_path, "fivetran_hubspot_seeds")
    assert done.rows("SELECT count(*), count(created_on) FROM opportunities") == [(22, 22)]


def Imported_from(source: Path, tmp_path: Path, name: str) -> Imported:  # noqa: N802 - reads like the class
    place = tmp_path / name
    place.symlink_to(source)
    return Imported(place, map_file=find_map(name))


@pytest.mark.parametrize("path", sorted((shipped("knowledge") / "maps").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_shipped_map_is_valid(path: Path) -> None:
    assert load_map(path).tables


MAP = """\
decimal: ","
date_formats: ["%d.%m.%Y"]
empty: [n/a]
tables:
  users:
    - file: people.csv
      columns: {user_id: Nr, name: [First, Last]}
      defaults: {role: rep}
      drop_rows: {State: [left]}
    - file: people.csv
      columns: {user_id: Boss, name: Boss}
      constants: {role: manager}
      drop_rows: {Boss: [""]}
      distinct: true
  opportunities:
    - file: deals.csv
      columns: {opportunity_id: Nr, name: Title, owner_id: Rep, stage: Phase, amount: Value, created_at: Since}
      lookups: {account_name: {file: firms.csv, column: Firm, key: Id, value: Name}}
      values: {stage: {Gewonnen: Closed Won, offen: Discovery, neu: ''}}
      custom: [Colour]
"""


def test_a_map_renames_joins_looks_up_replaces_and_drops(tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    (place / "people.csv").write_text("Nr,First,Last,State,Boss\n1,Ana,Ruiz,,Bo\n2,Ken,,n/a,Bo\n3,Old,Hand,LEFT,\n")
    (place / "firms.csv").write_text("Id,Name\n7,Northwind\n")
    (place / "deals.csv").write_text(
        "Nr;Title;Rep;Phase;Value;Since;Firm;Colour;Noise\n"
        "a;First;1;OFFEN;1.250,50;01.05.2026;7;red;x\n"
        "b;Second;2;gewonnen;12,5;02.05.2026;8;n/a;x\n"
        "c;Third;2;NEU;1.2.3;03.05.2026;7;;x\n"
    )
    chart = tmp_path / "map.yaml"
    chart.write_text(MAP)
    done = Imported(place, map_file=chart)
    assert done.rows("SELECT user_id, name, role FROM users ORDER BY user_id") == [
        ("1", "Ana Ruiz", "rep"), ("2", "Ken", "rep"), ("Bo", "Bo", "manager"),
    ]  # fmt: skip
    assert done.rows(
        "SELECT name, account_name, stage, status, amount, created_on::VARCHAR, custom FROM opportunities ORDER BY name"
    ) == [
        ("First", "Northwind", "Discovery", "open", 1250.5, "2026-05-01", '{"Colour":"red"}'),
        ("Second", None, "Closed Won", "won", 12.5, "2026-05-02", '{"Colour":"n/a"}'),
    ]
    [problem] = done.report.problems
    assert (problem.file, problem.line, problem.column, problem.value) == ("deals.csv", 4, "Value", "1.2.3")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("tables: {oportunities: [{file: a.csv}]}", ["no such table", "'opportunities'"]),
        ("tables: {users: [{file: a.csv, columns: {user: x}}]}", ["no column 'user'", "'user_id'"]),
        ("tables: {users: [{file: ../secret.csv}]}", ["inside the imported folder"]),
        ("tables: {users: []}", ["tables.users", "at least 1"]),
        ("tables: {users: [{columns: {}}]}", ["map.yaml:1", "file", "required"]),
        ("colour: red", ["map.yaml:1: colour"]),
        ("tables: [", ["map.yaml:"]),
    ],
)
def test_a_wrong_map_says_what_is_wrong(tmp_path: Path, content: str, words: list[str]) -> None:
    chart = tmp_path / "map.yaml"
    chart.write_text(content)
    [reason] = Imported(folder(tmp_path / "in"), map_file=chart).report.fatal
    for word in words:
        assert word in reason


def test_a_map_that_names_an_absent_column_or_file(tmp_path: Path) -> None:
    chart = tmp_path / "map.yaml"
    chart.write_text("tables: {users: [{file: users.csv, columns: {user_id: user, name: name}}]}")
    [reason] = Imported(folder(tmp_path / "in"), map_file=chart).report.fatal
    assert "'user'" in reason
    assert "'user_id'" in reason
    chart.write_text("tables: {users: [{file: people.csv}]}")
    [reason] = Imported(folder(tmp_path / "in"), map_file=chart).report.fatal
    assert "people.csv" in reason


def test_a_map_may_only_replace_values_of_a_file_in_the_contracts_own_shape(tmp_path: Path) -> None:
    chart = tmp_path / "map.yaml"
    chart.write_text("tables: {opportunities: [{file: opportunities.csv, values: {stage: {discovery: Solution}}}]}")
    done = Imported(folder(tmp_path / "in"), map_file=chart)
    assert done.rows("SELECT stage, amount FROM opportunities ORDER BY opportunity_id") == [
        ("Solution", 1000.0), ("Commercial", 2500.5),
    ]  # fmt: skip


def test_maps_are_found_by_path_or_by_shipped_name(tmp_path: Path) -> None:
    assert find_map("maven_crm").name == "maven_crm.yaml"
    own = tmp_path / "own.yaml"
    own.write_text("tables: {}")
    assert find_map(str(own)) == own
    with pytest.raises(PlaybookError, match="maven_crm"):
        find_map("unheard_of")

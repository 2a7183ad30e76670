"""A warehouse copy means what Salesforce itself means, and the published table layout can be read."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from bot.pipeline.sources import SourceMisconfigured
from bot.pipeline.sources.warehouse import WarehouseSource
from bot.pipeline.syncing import SyncState
from tests.pipeline.sources.conftest import SalesforceBench
from tests.pipeline.sources.workbench import RULES, Installation

SEEDS = Path(__file__).parents[4] / "shared" / "data" / "fivetran_salesforce_seeds"
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)

_COPY = """
CREATE TABLE "user" (id VARCHAR, name VARCHAR, email VARCHAR, is_active BOOLEAN, _fivetran_deleted BOOLEAN);
INSERT INTO "user" VALUES ('005A', 'Ana Ruiz', 'ana@seller.example', true, false);
CREATE TABLE account (id VARCHAR, name VARCHAR, is_deleted BOOLEAN);
INSERT INTO account VALUES ('001A', 'Northwind', false);
CREATE TABLE opportunity (
    id VARCHAR, name VARCHAR, owner_id VARCHAR, account_id VARCHAR, stage_name VARCHAR, amount DECIMAL(18, 2),
    close_date DATE, created_date TIMESTAMP, is_closed BOOLEAN, is_won BOOLEAN, is_deleted BOOLEAN, metrics_c VARCHAR
);
INSERT INTO opportunity VALUES
    ('006A', 'Rollout', '005A', '001A', 'Discovery', 1000.50, '2026-04-10', '2026-01-05 09:00', false, false, false,
     'Saves 40 hours'),
    ('006B', 'Gone', '005A', '001A', 'Discovery', 1, '2026-04-10', '2026-01-05 09:00', false, false, true, NULL);
CREATE TABLE opportunity_history (
    id VARCHAR, stage_name VARCHAR, amount DECIMAL(18, 2), _fivetran_start TIMESTAMP, _fivetran_active BOOLEAN
);
INSERT INTO opportunity_history VALUES
    ('006A', 'Qualification', 500, '2026-01-05 09:00', false), ('006A', 'Discovery', 1000.50, '2026-02-01 09:00', true);
CREATE TABLE task (
    id VARCHAR, owner_id VARCHAR, what_id VARCHAR, created_date TIMESTAMP, activity_date TIMESTAMP, is_closed BOOLEAN,
    task_subtype VARCHAR, is_deleted BOOLEAN
);
INSERT INTO task VALUES ('00TA', '005A', '006A', '2026-03-01 10:00', '2026-03-01', true, 'Call', false);
"""


def warehouse(path: Path, statements: str) -> str:
    with duckdb.connect(str(path)) as con:
        con.execute(statements)
    return f"duckdb://{path}"


def test_deals_history_and_calls_are_read_in_place(tmp_path: Path) -> None:
    url = warehouse(tmp_path / "crm.duckdb", _COPY)
    ours = RULES.salesforce.model_copy(update={"command_plan": {"metrics": "Metrics__c"}})
    home = Installation(tmp_path / "home", lambda: NOW)
    status = home.sync(WarehouseSource(url, RULES.model_copy(update={"salesforce": ours})))
    assert status.state is SyncState.PARTIAL  # probability and others are not copied
    assert any("opportunity.probability" in problem for problem in status.problems)
    assert home.rows("SELECT name, account_name, amount FROM opportunities") == [("Rollout", "Northwind", 1000.5)]
    assert home.rows("SELECT stage FROM stage_visits ORDER BY position") == [("Qualification",), ("Discovery",)]
    assert home.rows("SELECT field, old, new FROM field_history") == [("amount", "500.0", "1000.5")]
    assert home.rows("SELECT kind, counts FROM touchpoints") == [("call", True)]
    assert home.rows("SELECT text FROM command_plans") == [("Saves 40 hours",)]


def test_a_row_that_left_the_copy_leaves_the_pipeline(tmp_path: Path) -> None:
    url = warehouse(tmp_path / "crm.duckdb", _COPY)
    home = Installation(tmp_path / "home", lambda: NOW)
    home.sync(WarehouseSource(url, RULES))
    warehouse(tmp_path / "crm.duckdb", "UPDATE opportunity SET id = '006C', name = 'Another' WHERE id = '006A'")
    home.sync(WarehouseSource(url, RULES))
    assert home.rows("SELECT name FROM opportunities") == [("Another",)]


def test_without_the_table_of_deals_it_says_which_is_missing(tmp_path: Path) -> None:
    url = warehouse(tmp_path / "crm.duckdb", 'CREATE TABLE "user" (id VARCHAR, name VARCHAR)')
    with pytest.raises(SourceMisconfigured, match="no table opportunity"):
        WarehouseSource(url, RULES).describe()


def test_an_address_nobody_answers_fails_and_keeps_its_secret(tmp_path: Path) -> None:
    status = Installation(tmp_path, lambda: NOW).sync(WarehouseSource("postgres://u:secret@127.0.0.1:1/crm", RULES))
    assert status.state is SyncState.FAILED
    assert "secret" not in status.model_dump_json()


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the published table layouts are not on this machine")
def test_the_published_layout_has_every_column_we_ask_for(tmp_path: Path) -> None:
    tables = "".join(
        f"CREATE TABLE \"{path.name[3:-9]}\" AS FROM read_csv('{path}', null_padding=true);"
        for path in sorted(SEEDS.glob("sf_*_data.csv"))
    )
    source = WarehouseSource(warehouse(tmp_path / "seeds.duckdb", tables), RULES)
    description = source.describe()
    assert {"users", "accounts", "contacts", "opportunities", "deal_states", "activities"} <= description.kinds
    assert description.problems == ()
    read = {record.kind for page in source.changes({}) for record in page.records}
    assert {"users", "contacts", "activities"} <= read  # the published deals are all marked as deleted


def test_a_copy_of_an_org_gives_the_pipeline_of_the_org(salesforce: SalesforceBench, tmp_path: Path) -> None:
    salesforce.sync()
    columns = "id VARCHAR, name VARCHAR, owner_id VARCHAR, account_id VARCHAR, stage_name VARCHAR, amount DOUBLE, "
    columns += "close_date DATE, created_date TIMESTAMP, is_deleted BOOLEAN"
    row = salesforce.org.tables["Opportunity"][salesforce.deal]
    copy = f"""
        CREATE TABLE "user" (id VARCHAR, name VARCHAR, email VARCHAR);
        INSERT INTO "user" VALUES ('005REP', 'Ana Ruiz', 'ana@seller.example');
        CREATE TABLE account AS SELECT '{row["AccountId"]}' AS id, 'Northwind' AS name;
        CREATE TABLE opportunity ({columns});
        INSERT INTO opportunity VALUES ('{salesforce.deal}', 'Rollout', '005REP', '{row["AccountId"]}', 'Qualification',
                                        1000, '2026-09-30', '{row["CreatedDate"][:19]}', false);
    """
    home = Installation(tmp_path / "copy", lambda: salesforce.org.now)
    home.sync(WarehouseSource(warehouse(tmp_path / "copy.duckdb", copy), RULES))
    question = "SELECT * EXCLUDE (probability, forecast_category) FROM opportunities"
    assert home.rows(question) == salesforce.installation.rows(question)

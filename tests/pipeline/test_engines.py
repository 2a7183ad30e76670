"""The same expressions give the same facets and the same health on every engine the pipeline may live on.

SQLite always runs; PostgreSQL where COACH_TEST_POSTGRES_URL names one; Spark, as the example of a distributed
engine, where Java is there and `pip install pyspark` was run.
"""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from strategies import build, lives
from world import NOW, RULES, TYPICAL, World, at, days_ago

from bot.pipeline.facets import CHOSEN, CLOCK, FACET_NAMES, YARDSTICKS, clock_rows, facet_table
from bot.pipeline.health import health_table
from bot.pipeline.tables import ALL

POSTGRES = os.environ.get("COACH_TEST_POSTGRES_URL")
READ = ("opportunities", "deal_rows", "stage_visits", "changes", "sources", "touchpoints", "engagements")
ONCE = settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
TWICE = settings(ONCE, max_examples=2)

Rows = dict[str, dict[str, Any]]

FACETS = facet_table(RULES.closed_stages)
HEALTH = health_table(RULES.health, ibis.table(FACETS.schema(), name="facet_rows"))
"""In two steps, as the product does it: SQLite's parser gives up on one."""


def eventful(many) -> World:
    """Return a world with what generated lives lack: stages up, back and reopened, changes before and after now."""
    world = build(many, close_date=days_ago(-9)).visit("Discovery", 2, 60, left=30, deal_id="D0")
    for stage, order, days, left in (("Solution", 3, 30, 20), ("Closed Lost", 7, 20, 9), ("Discovery", 2, 9, None)):
        world.visit(stage, order, days, left=left, deal_id="D0")
    moves = (("close_date", days_ago(10), days_ago(-9), 20), ("close_date", days_ago(-9), days_ago(-40), -3),
             ("owner_id", "R", "S", -5), ("amount", "120.5", "90", -2))  # fmt: skip
    for field, old, new, days in moves:
        world.add("field_history", opportunity_id="D0", field=field, old=str(old), new=str(new), at=at(days))
    world.add("sources", user_id="S", source="mail", connected=True, last_sync=at(9))
    world.supplied = {f"D{number}": TYPICAL for number in range(len(many))}
    return world


def on_duckdb(world: World) -> Rows:
    """What the product itself says: by deal, every facet, bucket and points."""
    rows = {row["id"]: row for row in world.pipeline().facet_rows(NOW, include_closed=True)}
    facets = {brief.deal.id: brief.facets for brief in world.pipeline().briefs(list(rows), NOW)}
    return {
        deal_id: {name: getattr(facets[deal_id], name) for name in FACET_NAMES}
        | {name: row[name] for name in ("health_bucket", "health_net_points", "close_date", "amount")}
        | {"owner_id": row["owner"]}
        for deal_id, row in rows.items()
    }


def on_engine(backend: ibis.BaseBackend) -> Rows:
    """The same from another engine that holds the same tables."""
    if backend.name == "pyspark":
        backend.create_view("facet_rows", FACETS, overwrite=True)
    else:
        backend.create_table("facet_rows", FACETS, temp=True)
    facets = backend.to_pyarrow(ibis.table(FACETS.schema(), name="facet_rows")).to_pylist()
    of_deal = {row["opportunity_id"]: row for row in backend.to_pyarrow(HEALTH).to_pylist()}
    kept = (*FACET_NAMES, "owner_id", "close_date", "amount")
    return {
        row["opportunity_id"]: {name: row[name] for name in kept}
        | {name: of_deal[row["opportunity_id"]][name] for name in ("health_bucket", "health_net_points")}
        for row in facets
    }


def tables_of(world: World, deals: int) -> dict[str, pa.Table]:
    """The tables the expressions read, the three small ones of a question included."""
    con = world.con()
    tables = {name: con.sql(f'FROM "{name}"').to_arrow_table().cast(ALL[name].to_pyarrow()) for name in READ}
    zones = {row["timezone"] for row in world.rows["opportunities"]}
    recorded = {"activity_recorded": True, "guests_recorded": True, "changes_recorded": True}
    chosen = [{"opportunity_id": f"D{number}"} for number in range(deals)]
    typical = {"typical_cycle": 80.0, "typical_contacts_won": 5.0}
    shown = {
        "clock": (CLOCK, clock_rows(zones, NOW, recorded)),
        "chosen": (CHOSEN, chosen),
        "yardsticks": (YARDSTICKS, [each | typical for each in chosen]),
    }
    return tables | {
        name: pa.Table.from_pylist(rows, schema=schema.to_pyarrow()) for name, (schema, rows) in shown.items()
    }


def insert(backend: ibis.BaseBackend, tables: dict[str, pa.Table]) -> None:
    place = "?" if backend.name == "sqlite" else "%s"
    for name, table in tables.items():
        backend.create_table(name, schema=ibis.Schema.from_pyarrow(table.schema), temp=True)
        values = [[as_text(value) for value in row.values()] for row in table.to_pylist()]
        places = ", ".join([place] * table.num_columns)
        backend.con.cursor().executemany(f'INSERT INTO "{name}" VALUES ({places})', values)


def as_text(value: object) -> object:
    """SQLite has no dates: ISO text is how ibis reads them back, and others take it too."""
    return value.isoformat(" ") if isinstance(value, datetime) else str(value) if isinstance(value, date) else value


@TWICE
@given(lives())
def test_sqlite_agrees(many):
    backend, world = ibis.sqlite.connect(), eventful(many)
    insert(backend, tables_of(world, len(many)))
    assert on_engine(backend) == on_duckdb(world)


@pytest.mark.skipif(not POSTGRES, reason="COACH_TEST_POSTGRES_URL names no PostgreSQL to test with")
@TWICE
@given(lives())
def test_postgres_agrees(many):
    backend, world = ibis.connect(POSTGRES), eventful(many)
    insert(backend, tables_of(world, len(many)))
    assert on_engine(backend) == on_duckdb(world)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java: apt-get install default-jre-headless")
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark is not installed (400 MB): pip install pyspark")
    from pyspark.sql import SparkSession

    quiet = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.sql.session.timeZone": "UTC"}
    builder = SparkSession.builder.master("local[2]")
    for key, value in quiet.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.mark.slow
def test_spark_agrees(spark):
    @ONCE
    @given(lives())
    def agree(many):
        world = eventful(many)
        for name, table in tables_of(world, len(many)).items():
            spark.createDataFrame(table).createOrReplaceTempView(name)
        assert on_engine(ibis.pyspark.connect(spark)) == on_duckdb(world)

    agree()

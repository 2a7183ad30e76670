"""One deal asked alone has the figures it has among all others, whoever asks at the same time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from strategies import build, lives
from world import NOW, RULES, World, at, days_ago

from bot.pipeline import slates
from bot.pipeline.importing import find_map, import_directory
from bot.pipeline.sample import write_sample
from bot.pipeline.service import Pipeline, UnknownDeal
from bot.pipeline.slates import FEW_DEALS
from bot.pipeline.store import SnapshotStore

FEW = settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
DATA = Path(__file__).parents[3] / "shared" / "data"


def assert_alone_as_together(pipeline: Pipeline, as_of: datetime, every: int = 1) -> None:
    """Compare whole rows, and briefs with rows, of every n-th deal."""
    together = {row["id"]: row for row in pipeline.facet_rows(as_of, include_closed=True)}
    some = list(together)[::every]
    assert some
    for deal_id in some:
        assert pipeline.facet_rows(as_of, [deal_id]) == [together[deal_id]]
        health = pipeline.brief(deal_id, as_of).health
        assert (health.bucket, health.net) == tuple(together[deal_id][f"health_{n}"] for n in ("bucket", "net_points"))
    assert pipeline.facet_rows(as_of, some[:FEW_DEALS]) == [together[each] for each in sorted(some[:FEW_DEALS])]


@FEW
@given(lives())
def test_generated_deals_alone_and_together(many):
    world = build(many, close_date=days_ago(-9), amount=10.0).visit("Discovery", 2, 60, left=30, deal_id="D0")
    world.add("field_history", opportunity_id="D0", field="owner_id", old="S", new="R", at=at(20))
    world.add("field_history", opportunity_id="D0", field="close_date", old="2026-09-01", new="2026-09-30", at=at(-1))
    assert_alone_as_together(world.pipeline(), NOW)


def test_deals_of_one_account_and_mail_nobody_filed():
    world = World().user().user("S", "Sam Oh").fed().fed("S").deal("D").deal("E").deal("F", owner_id="S")
    world.contact().contact("eve@halden.example", deal_id="E")
    world.sent(3, deal_id=None).received(2, "eve@halden.example", deal_id=None).meeting(-4, deal_id="F", user_id="S")
    assert_alone_as_together(world.pipeline(), NOW)


@pytest.mark.slow
def test_every_deal_of_the_sample_company(tmp_path: Path):
    write_sample(tmp_path / "sample", as_of=NOW)
    assert_alone_as_together(imported(tmp_path, tmp_path / "sample"), NOW, every=9)


@pytest.mark.slow
def test_deals_of_a_public_data_set(tmp_path: Path):
    if not (DATA / "maven_crm").is_dir():
        pytest.skip("the shared data set maven_crm is absent")
    pipeline = imported(tmp_path, DATA / "maven_crm", "maven_crm")
    assert_alone_as_together(pipeline, datetime(2017, 10, 1, tzinfo=UTC), every=97)


def imported(home: Path, folder: Path, map_name: str | None = None) -> Pipeline:
    store = SnapshotStore(home / "store")
    map_file = find_map(map_name) if map_name else None
    assert import_directory(folder, store, stages=RULES.stages, map_file=map_file).ok
    return Pipeline(store.open_current().con, RULES)


def busy_world() -> tuple[Pipeline, Sequence[str]]:
    world = World().user().fed()
    ids = [f"D{number}" for number in range(8)]
    for number, deal_id in enumerate(ids):
        world.deal(deal_id, age=60 + number, account_id=f"X{number}").sent(number, deal_id=deal_id)
    return world.pipeline(), ids


def test_many_threads_get_the_answers_one_would_get():
    pipeline, ids = busy_world()
    alone = [pipeline.brief(deal_id, NOW).facets for deal_id in ids]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda deal_id: pipeline.brief(deal_id, NOW).facets, ids * 2))
    assert together == alone * 2


def test_an_answer_does_not_depend_on_what_was_asked_before(monkeypatch):
    monkeypatch.setattr(slates, "QUESTIONS_A_SLATE", 3)
    pipeline, ids = busy_world()
    first = pipeline.brief(ids[3], NOW).facets
    for number in range(5):
        with pytest.raises(UnknownDeal):
            pipeline.brief(f"unheard of {number}", NOW)
    pipeline.facet_rows(NOW, ids)
    assert pipeline.brief(ids[3], NOW).facets == first

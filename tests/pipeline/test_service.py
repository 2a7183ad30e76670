"""The shared development set, from raw records to facets, points, signals and caps."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import devset
import pytest

from bot.pipeline.service import Pipeline, PipelineRules
from bot.pipeline.store import load_rows

RULES = PipelineRules.load(Path(__file__).parents[2] / "knowledge" / "playbook")
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

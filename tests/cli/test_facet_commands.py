"""`coach facets` and `coach backtest`: complete for scripts, readable for people, honest about what is not there."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app, backtest, data  # noqa: F401 - they register their commands
from bot.pipeline.importing import find_map, import_directory
from bot.pipeline.sample import write_sample
from bot.runtime import Runtime
from bot.settings import Settings

pytestmark = pytest.mark.slow

NOW = datetime(2026, 9, 21, 14, tzinfo=UTC)
DATA = Path(__file__).parents[3] / "shared" / "data"
SETS = {
    "maven_crm": "2017-12-31", "sf_sample_org": "2026-09-21", "fivetran_hubspot_seeds": "2026-09-21",
    "odoo_demo": "2026-09-21",
}  # fmt: skip

EVERY_FACET = """
name account type owner amount forecast_category close_date days_until_close health_bucket stage probability
probability_source days_in_stage cumulative_days_in_stage opp_age last_advance last_move_back close_date_pushes
days_untouched next_meeting last_meeting days_since_inbound inbound_last_14 contacts_engaged meetings_total
meetings_last_14 meetings_last_30 meetings_last_90 meetings_next_30 meetings_next_90 touches_last_14 age_ratio
unanswered_inbound_days new_stakeholders_last_30 rebooked plan_freshness custom
""".split()
"""The rows of DOMAIN 2.3, under the names of the command line."""

ENGAGEMENT = EVERY_FACET[EVERY_FACET.index("days_untouched") : EVERY_FACET.index("age_ratio")]


def run(*words: str, as_of: str = NOW.isoformat()) -> str:
    """Run one command as of a day and return what it printed."""
    result = CliRunner().invoke(app, [*words, "--as-of", as_of])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the sample company."""
    path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(path))
        patch.setenv("COLUMNS", "200")
        write_sample(path / "sample", as_of=NOW)
        runtime = Runtime(Settings())
        assert import_directory(path / "sample", runtime.store, stages=runtime.rules.stages).ok
        yield path


@pytest.mark.parametrize("name", SETS)
def test_every_open_deal_of_each_data_set_has_every_facet(name: str, tmp_path: Path, monkeypatch) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"the shared data set {name} is absent")
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    runtime = Runtime(Settings())
    assert import_directory(DATA / name, runtime.store, stages=runtime.rules.stages, map_file=find_map(name)).ok
    rows = json.loads(run("facets", "--json", as_of=SETS[name]))
    assert rows
    assert {tuple(sorted(row.keys() & set(EVERY_FACET))) for row in rows} == {tuple(sorted(EVERY_FACET))}
    for row in rows:
        known = [name for name in ENGAGEMENT if row[name] is not None]
        assert known == [] or row["touches_last_14"] is not None, "unknown engagement is unknown altogether"
        assert row["health_bucket"] in {"Good", "Average", "At Risk", "Poor"}


def points(card: str) -> tuple[list[int], int]:
    found = re.findall(r"^\s*([NE]\d)\s+([-+]\d+)\s", card, flags=re.MULTILINE)
    [net] = re.findall(r"^\s*net\s+([-+]\d+)", card, flags=re.MULTILINE)
    return [int(number) for _, number in found], int(net)


def test_the_card_explains_every_rated_deal_and_its_points_add_up(sample: Path) -> None:
    rows: list[dict[str, Any]] = json.loads(run("facets", "--json"))
    rated = [row for row in rows if row["health_net_points"] is not None]
    assert {row["health_bucket"] for row in rated} == {"Good", "Average", "At Risk", "Poor"}
    for row in rated[::5]:
        card = run("facets", row["id"])
        signals, net = points(card)
        assert (sum(signals), f"Health: {row['health_bucket']}" in card) == (row["health_net_points"], True)
        assert net == row["health_net_points"]


def test_the_card_groups_what_it_knows(sample: Path) -> None:
    [deal, *_] = json.loads(run("facets", "--json"))
    card = run("facets", deal["name"])
    groups = ["Declared", "Stage", "Engagement of the owner", "Meetings", "Sources", "Benchmarks", "Health: "]
    places = [card.index(f"\n{group}") for group in groups]
    assert places == sorted(places)
    assert "None" not in card
    for metric in ("typical_cycle", "typical_win_rate_from_stage"):
        code = deal[f"{metric}_level"][:3]  # the words behind it are wrapped
        assert re.search(rf"\s{deal[f'{metric}_n']}\s+{code}", card)


def test_a_name_nobody_has_ends_with_a_readable_line(sample: Path) -> None:
    result = CliRunner().invoke(app, ["facets", "zzzz nowhere"])
    assert result.exit_code == 2


def test_csv_holds_the_same_columns(sample: Path) -> None:
    header, first, *_ = run("facets", "--csv").splitlines()
    assert set(EVERY_FACET) <= set(header.split(","))
    assert first


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_backtest_of_the_sample_company_prints_and_draws(sample: Path, ending: str) -> None:
    picture = sample / f"health.{ending}"
    text = run("backtest", "--booked-ahead", "7", "--plot", str(picture))
    assert "closed deals" in text
    assert "What this data cannot tell" in text
    assert "</svg>" in picture.read_text(encoding="utf-8")
    found = json.loads(run("backtest", "--json"))
    assert sum(each["n"] for each in found["buckets"]) + found["not_rated"] + found["left_out"] == found["closed"]


def test_a_picture_in_an_unknown_format_is_refused(sample: Path) -> None:
    result = CliRunner().invoke(app, ["backtest", "--plot", str(sample / "health.bmp")])
    assert result.exit_code == 2

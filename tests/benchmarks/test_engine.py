"""The engine against its yardsticks, as one table: `pytest tests/benchmarks/test_engine.py -s`, part of `make bench`.

100,000 deals with 5,000,000 activities; with COACH_BENCH_BIG=1 a million with fifty million too, which takes half an
hour and 20 GB of disk the first time. Snapshots are kept in COACH_BENCH_DIR (build/bench). Times are compared as
medians of turns taken in one run; on a machine that is busy with other work a verdict goes by processor time, and
a bound that does not hold is printed but fails nothing.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from statistics import median

import duckdb
import pandas as pd
import pytest

from bot.pipeline import store as store_module
from bot.pipeline.importing import import_directory
from bot.pipeline.store import NoSnapshot, SnapshotStore
from tests.benchmarks.engine_by_pandas import by_pandas, frames
from tests.benchmarks.engine_by_sql import COLUMNS, SQL
from tests.benchmarks.engine_questions import open_pipeline, timed
from tests.benchmarks.generate import AS_OF, write_csv

pytestmark = pytest.mark.slow

DEALS, MANY_DEALS = 100_000, 1_000_000
WORKSHOP = Path(os.environ.get("COACH_BENCH_DIR", "build/bench"))
BIG = os.environ.get("COACH_BENCH_BIG") == "1"
BUILD_MEMORY = "3500MB"
MEMORY = "5GB"
TURNS = 9

Times = list[tuple[float, float]]


@dataclass
class Report:
    """The lines of the table, printed when all is measured."""

    lines: list[tuple[str, str, str, str]] = field(default_factory=list)

    def bound(self, what: str, measured: str, bound: str, holds: bool) -> bool:
        """Add a line that has a bound and return whether it holds."""
        self.lines.append((what, measured, bound, "holds" if holds else "DOES NOT HOLD"))
        return holds

    def note(self, what: str, measured: str) -> None:
        """Add a line without a bound."""
        self.lines.append((what, measured, "", ""))

    def __str__(self) -> str:
        lines = [("measured", "result", "bound", "verdict"), *self.lines]
        widths = [max(len(line[place]) for line in lines) for place in range(4)]
        cells = [[text.ljust(width) for text, width in zip(line, widths, strict=True)] for line in lines]
        rows = [f"| {' | '.join(line)} |" for line in cells]
        return "\n".join([rows[0], "|".join(["", *("-" * (width + 2) for width in widths), ""]), *rows[1:]])


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    found = Report()
    load = os.getloadavg()[0]
    busy = "; the machine is busy: verdicts by processor time" if _busy() else ""
    yield found
    print(f"\n\n{os.cpu_count()} processors, load {load:.1f}{busy}\n\n{found}")


@pytest.fixture(scope="module")
def small() -> Path:
    return _snapshot(DEALS)


def _snapshot(deals: int) -> Path:
    """The folder of a store with so many deals, made by a process of its own the first time."""
    folder = WORKSHOP / str(deals)
    try:
        SnapshotStore(folder).open_current().con.close()
    except NoSnapshot:
        command = "import sys; from pathlib import Path; from tests.benchmarks.generate import build; "
        command += "build(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])"
        subprocess.run([sys.executable, "-c", command, str(folder), str(deals), BUILD_MEMORY], check=True)
    return folder


def _busy() -> bool:
    return os.getloadavg()[0] > 0.75 * (os.cpu_count() or 1)


def _judged(times: Times) -> float:
    """The median that a verdict goes by."""
    return median(cpu if _busy() else wall for wall, cpu in times)


def _both(times: Times) -> str:
    return f"{median(wall for wall, _ in times):.2f} s ({median(cpu for _, cpu in times):.2f} s of processor time)"


def _turns(*works: Callable[[], object]) -> list[Times]:
    """Let every work take its turn, several times; the first round only warms up."""
    rounds = [[timed(work) for work in works] for _ in range(TURNS + 1)][1:]
    return [list(times) for times in zip(*rounds, strict=True)]


def test_all_open_deals_against_sql_and_pandas(small: Path, report: Report) -> None:
    con, pipeline = open_pipeline(small, MEMORY)
    pipeline.warm_up(AS_OF)
    hand = con.cursor()

    def ours() -> pd.DataFrame:
        with pipeline._slates.fresh() as slate:
            pipeline._measuring.measure(slate, AS_OF, None)
            slate.fill("health_rows", pipeline._rules.health_sql)
            hand.register("yardsticks", slate.cursor.execute("FROM yardsticks").df())
            return slate.cursor.execute("FROM facet_rows JOIN health_rows USING (opportunity_id)").df()

    def measure_only() -> None:
        with pipeline._slates.fresh() as slate:
            pipeline._measuring.measure(slate, AS_OF, None)
            slate.fill("health_rows", pipeline._rules.health_sql)

    def by_sql() -> None:
        hand.execute(f"CREATE OR REPLACE TEMP TABLE by_hand AS {SQL}")

    expected = ours()
    by_sql()
    _assert_same(expected, hand.execute("FROM by_hand").df())
    mine, theirs = _turns(measure_only, by_sql)
    loading, computing = timed(lambda: frames(hand)), timed(lambda: by_pandas(frames(hand)))
    loaded = frames(hand)
    _assert_same(expected, by_pandas(loaded))
    in_memory = [timed(lambda: by_pandas(loaded)) for _ in range(3)]

    ratio = _judged(mine) / _judged(theirs)
    report.note(f"facets and health of {len(expected):,} open deals among {DEALS:,}, as a table", _both(mine))
    held = report.bound(
        "… against SQL by hand for the same columns", f"{ratio:.2f}x of {_both(theirs)}", "1.5x", ratio <= 1.5
    )
    faster = _judged([computing]) / _judged(mine)
    held &= report.bound(
        "… against pandas, from the same snapshot", f"{faster:.1f}x faster than {_both([computing])}", "3x", faster >= 3
    )
    report.note("  of which loading the frames", _both([loading]))
    report.note("  pandas over frames that are in memory already", _both(in_memory))
    assert held or _busy()


def _assert_same(mine: pd.DataFrame, other: pd.DataFrame) -> None:
    """Compare every column of every deal."""
    mine, other = (each.sort_values("opportunity_id").reset_index(drop=True)[list(COLUMNS)] for each in (mine, other))
    for name in COLUMNS:
        left, right = mine[name], other[name]
        if pd.api.types.is_datetime64_any_dtype(left) or pd.api.types.is_datetime64_any_dtype(right):
            left, right = pd.to_datetime(left).astype("datetime64[s]"), pd.to_datetime(right).astype("datetime64[s]")
        elif pd.api.types.is_numeric_dtype(left):
            left, right = left.astype(float), right.astype(float)
        pd.testing.assert_series_equal(left, right, check_dtype=False, obj=name)


def test_import_against_the_csv_reader(small: Path, report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = WORKSHOP / f"{DEALS}-csv"
    if not folder.is_dir():
        con, _ = open_pipeline(small, MEMORY)
        write_csv(con, folder)
    stages = open_pipeline(small, MEMORY)[1]._rules.stages
    scratch = WORKSHOP / "scratch"
    derived: Times = []
    for name in ("derive", "_index"):
        plain = getattr(store_module, name)
        monkeypatch.setattr(store_module, name, lambda con, plain=plain: derived.append(timed(lambda: plain(con))))

    def read_plainly() -> None:
        with duckdb.connect(str(scratch / "plain.duckdb")) as con:
            for file in sorted(folder.glob("*.csv")):
                con.execute(f"CREATE TABLE {file.stem} AS FROM read_csv('{file}')")

    rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        plainly = timed(read_plainly)
        whole = timed(lambda: import_directory(folder, SnapshotStore(scratch / "store"), stages=stages))
    finally:
        rmtree(scratch, ignore_errors=True)
    reading = tuple(total - sum(part) for total, part in zip(whole, zip(*derived, strict=True), strict=True))
    ratio = _judged([reading]) / _judged([plainly])
    report.note(f"importing {50 * DEALS:,} activities with all checks", _both([reading]))
    held = report.bound(
        "… against DuckDB's own CSV reader, unchecked", f"{ratio:.1f}x of {_both([plainly])}", "3x", ratio <= 3
    )
    everything = _judged([whole]) / _judged([plainly])
    report.note("… with matching mail and meetings to deals, and indexes", f"{_both([whole])}, {everything:.1f}x")
    assert held or _busy()


def test_one_brief_and_a_million_deals(small: Path, report: Report) -> None:
    few = _ask(small)
    report.note("the cohorts of a day, once a day", f"{few['cohorts']:.1f} s among {DEALS:,} deals")
    held = _report_brief(report, DEALS, few)
    if not BIG:
        report.note(f"the same among {MANY_DEALS:,} deals", "not asked for: set COACH_BENCH_BIG=1")
    else:
        many = _ask(_snapshot(MANY_DEALS))
        held &= _report_brief(report, MANY_DEALS, many)
        key = "brief_cpu" if _busy() else "brief"
        growth = many[key] / few[key]
        held &= report.bound("… growth of one brief from 100,000 deals", f"{growth:.2f}x", "2x", growth < 2)
        took = f"{many['rows']:.0f} s ({many['rows_cpu']:.0f} s of processor time), {many['peak_mb'] / 1024:.1f} GB"
        what = f"all facets of {many['open_deals']:,} open deals among {MANY_DEALS:,}, at most in memory"
        held &= report.bound(what, took, "8 GB", many["peak_mb"] < 8 * 1024)
    assert held or _busy()


def _report_brief(report: Report, deals: int, found: dict[str, float]) -> bool:
    judged = min(found["brief"], found["brief_cpu"]) if _busy() else found["brief"]
    measured = f"{1000 * found['brief']:.0f} ms ({1000 * found['brief_cpu']:.0f} ms of processor time)"
    return report.bound(f"one deal's full brief among {deals:,}, p50", measured, "60 ms", judged < 0.06)


def _ask(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.engine_questions", str(folder), MEMORY]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found

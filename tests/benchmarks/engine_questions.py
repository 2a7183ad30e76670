"""The questions of the engine's benchmark, put to one snapshot by a process of its own, so that its memory is its own.

`python -m tests.benchmarks.engine_questions FOLDER MEMORY_LIMIT` prints JSON: see `Answers`.
"""

import json
import random
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import duckdb

from bot.pipeline.service import Pipeline, PipelineRules
from bot.pipeline.store import SnapshotStore
from tests.benchmarks.generate import AS_OF

PLAYBOOK = Path(__file__).parents[2] / "knowledge" / "playbook"
BRIEFS = 120


@dataclass(frozen=True)
class Answers:
    """Seconds on the clock and of processor time, and the most memory held at any moment, in MB."""

    open_deals: int
    cohorts: float
    rows: float
    rows_cpu: float
    brief: float
    brief_cpu: float
    brief_p95: float
    peak_mb: float


def open_pipeline(folder: Path, memory_limit: str) -> tuple[duckdb.DuckDBPyConnection, Pipeline]:
    """Open the current snapshot of a store read-only, with a limit to what DuckDB may hold."""
    path = SnapshotStore(folder).current()
    con = duckdb.connect(str(path), read_only=True, config={"memory_limit": memory_limit})
    con.execute("SET TimeZone = 'UTC'")
    return con, Pipeline(con, PipelineRules.load(PLAYBOOK))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds some work took: on the clock, and of processor time in all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def answers(folder: Path, memory_limit: str) -> Answers:
    """Ask for single deals at random, then for all open ones as rows of facets, health and benchmarks."""
    con, pipeline = open_pipeline(folder, memory_limit)
    cohorts, _ = timed(lambda: pipeline.warm_up(AS_OF))
    found = con.execute("SELECT opportunity_id FROM opportunities WHERE status = 'open' ORDER BY ALL").fetchall()
    open_deals = [deal_id for (deal_id,) in found]
    chance = random.Random(7)
    briefs = [timed(lambda: pipeline.brief(chance.choice(open_deals), AS_OF)) for _ in range(BRIEFS)]
    rows, rows_cpu = timed(lambda: pipeline.facet_rows(AS_OF))
    return Answers(
        open_deals=len(open_deals),
        cohorts=cohorts,
        rows=rows,
        rows_cpu=rows_cpu,
        brief=median(wall for wall, _ in briefs),
        brief_cpu=median(cpu for _, cpu in briefs),
        brief_p95=sorted(wall for wall, _ in briefs)[int(0.95 * BRIEFS)],
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


if __name__ == "__main__":
    json.dump(asdict(answers(Path(sys.argv[1]), sys.argv[2])), sys.stdout)

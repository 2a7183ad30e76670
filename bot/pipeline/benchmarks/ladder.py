"""Choosing the closest cohort with enough data, and saying which were passed over (DOMAIN 2.4, 8.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, sqrt

from bot.pipeline.benchmarks.cohorts import COLUMN_OF, Cell, CellKey
from bot.pipeline.benchmarks.rules import BenchmarkRules, Level, Metric
from bot.pipeline.brief import Benchmark, RejectedLevel
from bot.pipeline.stages import StageModel

Z_95 = 1.959964
"""Standard normal quantile of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What of a deal decides whom it is compared with. Closed deals are not compared by stage."""

    owner_id: str
    deal_type: str
    segment: str | None
    discipline: str | None
    stage: str | None
    is_open: bool


@dataclass(frozen=True)
class Cohorts:
    """Every cohort of one day, ready to be asked for the benchmarks of any deal."""

    rules: BenchmarkRules
    stages: StageModel
    cells: Mapping[CellKey, Cell]
    _chosen: dict[tuple[Metric, Peer], Benchmark | None] = field(default_factory=dict)

    def benchmarks_for(self, peer: Peer) -> dict[str, Benchmark]:
        """Return the benchmarks of a deal by name; a name is missing if no cohort has enough data."""
        asked = [metric for metric in Metric if not metric.of_stage or (peer.is_open and peer.stage)]
        found = {metric.value: self._benchmark(metric, peer) for metric in asked}
        return {name: benchmark for name, benchmark in found.items() if benchmark}

    def _benchmark(self, metric: Metric, peer: Peer) -> Benchmark | None:
        key = (metric, peer)
        if key not in self._chosen:
            self._chosen[key] = self._choose(metric, peer)
        return self._chosen[key]

    def _choose(self, metric: Metric, peer: Peer) -> Benchmark | None:
        rejected: list[RejectedLevel] = []
        for level in self.rules.levels(metric):
            if level.configured:
                return self._configured(level, metric, peer, tuple(rejected))
            unknown = [kind for kind in level.same if getattr(peer, COLUMN_OF[kind]) is None]
            cell = self.cells.get(_key(level, metric, peer))
            if cell and self._is_one_other_rep(cell, peer):
                continue
            reason = _not_recorded(unknown) if unknown else self._too_little(metric, cell)
            if cell and reason is None:
                return _measured(metric, level, cell, tuple(rejected))
            rejected.append(RejectedLevel(level.wording, cell.n if cell else 0, reason or "no closed deals"))
        return None

    def _is_one_other_rep(self, cell: Cell, peer: Peer) -> bool:
        few = cell.n < self.rules.smallest_cohort_of_one_other_rep
        return few and cell.owners == 1 and cell.an_owner != peer.owner_id

    def _too_little(self, metric: Metric, cell: Cell | None) -> str | None:
        """Return why a cohort is not enough; None if it is."""
        enough = self.rules.enough
        needed = enough.win_rate.deals if metric is Metric.WIN_RATE else enough.mean.deals
        if cell is None or cell.n < needed:
            return f"fewer than {needed} closed"
        error = relative_error(cell)
        if metric is not Metric.WIN_RATE and error > enough.mean.relative_error:
            return f"too uneven: standard error {error:.0%} of the mean"
        return None

    def _configured(
        self, level: Level, metric: Metric, peer: Peer, rejected: tuple[RejectedLevel, ...]
    ) -> Benchmark | None:
        """The stage default of the playbook. Only days in stage and the win rate have one."""
        stage = self.stages.resolve(peer.stage)
        if stage is None or metric not in {Metric.DAYS_IN_STAGE, Metric.WIN_RATE}:
            return None
        rate = metric is Metric.WIN_RATE
        value = self.stages.probability_of(stage) if rate else stage.typical_days
        if value is None:
            return None
        return Benchmark(name=metric.value, value=value, n=0, level=level.wording, rejected=rejected)


def relative_error(cell: Cell) -> float:
    """Standard error as a share of the mean; infinite if it cannot be told."""
    if cell.deviation is None or cell.mean <= 0:
        return inf
    return cell.deviation / sqrt(cell.n) / cell.mean


def wilson(rate: float, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a rate seen in `n` trials."""
    spread = Z_95 * sqrt(rate * (1 - rate) / n + Z_95**2 / (4 * n**2))
    middle, scale = rate + Z_95**2 / (2 * n), 1 + Z_95**2 / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def _key(level: Level, metric: Metric, peer: Peer) -> CellKey:
    shared = {COLUMN_OF[kind] for kind in level.same}
    owner, motion, segment, discipline = (
        getattr(peer, column) if column in shared else None for column in COLUMN_OF.values()
    )
    stage = peer.stage if metric.of_stage else None
    return level.code, metric.value, stage, owner, motion, segment, discipline


def _not_recorded(unknown: Sequence[str]) -> str:
    return f"the owner's {' and '.join(unknown)} not recorded"


def _measured(metric: Metric, level: Level, cell: Cell, rejected: tuple[RejectedLevel, ...]) -> Benchmark:
    if metric is Metric.WIN_RATE:
        low, high = wilson(cell.mean, cell.n)
        return Benchmark(
            name=metric.value, value=cell.mean, n=cell.n, level=level.wording, low=low, high=high,
            rejected=rejected,
        )  # fmt: skip
    return Benchmark(
        name=metric.value, value=cell.mean, n=cell.n, level=level.wording, median=cell.median, p75=cell.p75,
        rejected=rejected,
    )  # fmt: skip

"""The figures of a back-test: win rate a bucket with its interval, order, lift, calibration, and a verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import fmean

from bot.pipeline.benchmarks.ladder import wilson
from bot.pipeline.brief import HealthBucket

FEWEST_IN_A_BUCKET = 20
"""Win rates of fewer closed deals are shown but not judged (DOMAIN 2.4: enough data)."""


@dataclass(frozen=True, slots=True)
class Rated:
    """One closed deal as it would have been rated half-way; `bucket` and `net` None = too little known then."""

    deal_id: str
    won: bool
    closed_on: date
    bucket: str | None
    net: int | None
    engagement_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketRate:
    """What became of the deals of one bucket. `low` and `high` bound the win rate (95 % Wilson interval).

    `lift` is the win rate over that of all rated deals. Rates are None for an empty bucket.
    """

    bucket: str
    n: int
    won: int
    win_rate: float | None
    low: float | None
    high: float | None
    lift: float | None

    @property
    def is_judged(self) -> bool:
        """Whether there are enough deals to say something."""
        return self.n >= FEWEST_IN_A_BUCKET


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRow:
    """A bucket's win rate in the deals that closed first, as a forecast for those that closed later."""

    bucket: str
    expected: float
    n: int
    observed: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the forecast lies inside the interval of what happened."""
        return self.low <= self.expected <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The whole back-test.

    `monotonic` is None if fewer than two buckets have enough deals. `concordance` is the share of pairs of a
    won and a lost deal in which the won one had more points (ties count half): 0.5 is chance, None = no pairs.
    `brier` is the mean squared error of `calibration` as a forecast, `brier_base` that of one rate for all.
    """

    closed: int
    left_out: int
    not_rated: int
    not_rated_won: int
    buckets: tuple[BucketRate, ...]
    base_rate: float | None
    monotonic: bool | None
    concordance: float | None
    calibration: tuple[CalibrationRow, ...]
    brier: float | None
    brier_base: float | None
    verdict: str
    blind_spots: tuple[str, ...]


def summarise(rated: Sequence[Rated], *, left_out: int, blind_spots: tuple[str, ...]) -> Backtest:
    """Turn rated deals into figures and a verdict."""
    scored = [each for each in rated if each.bucket is not None]
    base = fmean(each.won for each in scored) if scored else None
    buckets = tuple(_rate(bucket.value, scored, base) for bucket in HealthBucket)
    judged = [each for each in buckets if each.is_judged]
    rising = [before.win_rate >= after.win_rate for before, after in pairwise(judged)]  # type: ignore[operator]
    monotonic = all(rising) if rising else None
    calibration, brier, brier_base = _calibrate(scored)
    unrated = [each for each in rated if each.bucket is None]
    return Backtest(
        closed=len(rated) + left_out,
        left_out=left_out,
        not_rated=len(unrated),
        not_rated_won=sum(each.won for each in unrated),
        buckets=buckets,
        base_rate=base,
        monotonic=monotonic,
        concordance=_concordance(scored),
        calibration=calibration,
        brier=brier,
        brier_base=brier_base,
        verdict=_verdict(scored, judged, monotonic),
        blind_spots=blind_spots,
    )


def _rate(bucket: str, scored: Iterable[Rated], base: float | None) -> BucketRate:
    outcomes = [each.won for each in scored if each.bucket == bucket]
    if not outcomes:
        return BucketRate(bucket=bucket, n=0, won=0, win_rate=None, low=None, high=None, lift=None)
    rate = fmean(outcomes)
    low, high = wilson(rate, len(outcomes))
    lift = rate / base if base else None
    return BucketRate(bucket=bucket, n=len(outcomes), won=sum(outcomes), win_rate=rate, low=low, high=high, lift=lift)


def _concordance(scored: Iterable[Rated]) -> float | None:
    """Rank-sum over points, in which only the order of deals matters."""
    by_points: dict[int, list[int]] = {}
    for each in scored:
        by_points.setdefault(each.net or 0, [0, 0])[each.won] += 1
    lost_below, better, pairs_of_equals = 0, 0, 0
    for _, (lost, won) in sorted(by_points.items()):
        better += won * lost_below
        pairs_of_equals += won * lost
        lost_below += lost
    pairs = lost_below * sum(won for _, won in by_points.values())
    return (better + pairs_of_equals / 2) / pairs if pairs else None


def _calibrate(scored: Sequence[Rated]) -> tuple[tuple[CalibrationRow, ...], float | None, float | None]:
    """Learn the rate of each bucket from the half that closed first and try it on the other half."""
    in_time = sorted(scored, key=lambda each: (each.closed_on, each.deal_id))
    first, second = in_time[: len(in_time) // 2], in_time[len(in_time) // 2 :]
    learnt = {bucket.value: [e.won for e in first if e.bucket == bucket.value] for bucket in HealthBucket}
    expected = {bucket: fmean(won) for bucket, won in learnt.items() if len(won) >= FEWEST_IN_A_BUCKET}
    tried = [each for each in second if each.bucket in expected]
    if not tried:
        return (), None, None
    rows = tuple(
        _calibrated(bucket, rate, outcomes)
        for bucket, rate in expected.items()
        if (outcomes := [each.won for each in tried if each.bucket == bucket])
    )
    base = fmean(each.won for each in first)
    brier = fmean((expected[str(each.bucket)] - each.won) ** 2 for each in tried)
    return rows, brier, fmean((base - each.won) ** 2 for each in tried)


def _calibrated(bucket: str, expected: float, outcomes: Sequence[bool]) -> CalibrationRow:
    observed = fmean(outcomes)
    low, high = wilson(observed, len(outcomes))
    return CalibrationRow(bucket=bucket, expected=expected, n=len(outcomes), observed=observed, low=low, high=high)


def _verdict(scored: Sequence[Rated], judged: Sequence[BucketRate], monotonic: bool | None) -> str:
    """One or two plain sentences: does the bucket tell won from lost, and may one rely on it."""
    if not scored:
        return "Nothing can be said: of no closed deal was enough known half-way to rate it."
    if len(judged) < 2:
        return (
            f"Too little to judge: fewer than two buckets hold {FEWEST_IN_A_BUCKET} closed deals. "
            "The rates below are shown, not proven."
        )
    best, worst = judged[0], judged[-1]
    span = f"from {best.win_rate:.0%} ({best.bucket}) to {worst.win_rate:.0%} ({worst.bucket})"
    if not monotonic:
        return f"The buckets do not order outcomes ({span}, not falling throughout): tune the points in health.yaml."
    if (best.low or 0) > (worst.high or 0):
        return f"The buckets tell outcomes apart: the win rate falls {span}, by more than chance explains."
    return f"The win rate falls {span}, but the intervals overlap: it may be chance. More closed deals would tell."

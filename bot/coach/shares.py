"""The at-risk share of a pipeline against its own half-year and against peers (DOMAIN 2.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from bot.coach.dates import plural
from bot.pipeline.model import User

MIN_TRIGGER_POINTS = 10.0
"""Percentage points a share must move at least before it is worth an alert."""
TRIGGER_DEVIATIONS = 1.5
MIN_SNAPSHOTS = 8
MIN_PEERS = 3


@dataclass(frozen=True, slots=True)
class ShareHistory:
    """Share of open value rated At Risk or Poor, in percent: now, and the weekly values of the last 26 weeks."""

    now: float
    weekly: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ShareFinding:
    """What the share says about one person, as a sentence; `alert` is the kind that fired, if any."""

    user_id: str
    sentence: str
    alert: str | None


def judge_share(user: User, histories: Mapping[str, ShareHistory], peers: Sequence[str]) -> ShareFinding | None:
    """Compare a person's share now with their own mean and with `peers` now. None without any history."""
    history = histories.get(user.id)
    if history is None:
        return None
    parts, alert = [f"At-risk share of {user.first_name}: {history.now:.1f}% of open value now"], None
    if len(history.weekly) >= MIN_SNAPSHOTS:
        mean = fmean(history.weekly)
        change = history.now - mean
        trigger = max(MIN_TRIGGER_POINTS, TRIGGER_DEVIATIONS * stdev(history.weekly))
        fired = change >= trigger
        alert = "personal" if fired else None
        parts.append(
            f"own half-year mean {mean:.1f}%, {change:+.1f} points: {'a personal alert' if fired else 'no alert'}"
        )
    else:
        parts.append(f"only {len(history.weekly)} weekly snapshots, too few for a comparison")
    parts.append(_peer_words(history.now, [histories[peer].now for peer in peers if peer in histories]))
    return ShareFinding(user.id, "; ".join(part for part in parts if part) + ".", alert)


def _peer_words(now: float, others: list[float]) -> str:
    if len(others) < MIN_PEERS:
        return f"no peer comparison: figures of {plural(len(others), 'peer')}, {MIN_PEERS} needed"
    return f"{now - fmean(others):+.1f} points against the mean of {len(others)} peers"

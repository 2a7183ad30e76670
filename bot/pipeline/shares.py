"""The at-risk share of a pipeline against its own half-year and against peers (DOMAIN 2.7)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from statistics import fmean, stdev
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from bot.pipeline.brief import HealthBucket
from bot.pipeline.model import User
from bot.pipeline.wording import counted
from bot.playbook import load_playbook

Row = Mapping[str, Any]
Points = Annotated[float, Field(gt=0, le=100)]
Part = Annotated[float, Field(gt=0, lt=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonalRules(_Strict):
    """How far above their own mean somebody must be; points are percentage points."""

    weeks: PositiveInt = 26
    least_snapshots: Annotated[int, Field(ge=2)] = 8
    least_open_deals: PositiveInt = 3
    points: Points = 10
    deviations: Annotated[float, Field(gt=0)] = 1.5


class PeerRules(_Strict):
    """How far above the mean of how many peers somebody must be."""

    least_peers: Annotated[int, Field(ge=2)] = 3
    points: Points = 10
    worst_share: Part = 0.25


class RepeatRules(_Strict):
    """When a fired alert may fire again."""

    days: PositiveInt = 7
    rearm_below: Part = 0.5


class AlertRules(_Strict):
    """`alerts.yaml`; the defaults are the shipped numbers."""

    at_risk_buckets: frozenset[HealthBucket] = frozenset({HealthBucket.AT_RISK, HealthBucket.POOR})
    personal: PersonalRules = PersonalRules()
    peers: PeerRules = PeerRules()
    repeat: RepeatRules = RepeatRules()


DEFAULT_RULES = AlertRules()


def load_alerts(playbook_dir: Path) -> AlertRules:
    """Read `alerts.yaml`. Raises PlaybookError with file, line, field and fix."""
    return load_playbook(playbook_dir / "alerts.yaml", AlertRules)


class Alert(StrEnum):
    """What a share may set off."""

    PERSONAL = "personal"
    """Far above the person's own half-year."""
    PEER = "peer"
    """Far above the mean of their peers, and among the worst of them."""


@dataclass(frozen=True, slots=True)
class PipelineShare:
    """One person's open pipeline at one moment. Shares in percent, None if they cannot be told.

    Deals whose owner's mail and calendar are not connected are not rated and left out (`unrated`).
    `by_value` also leaves out deals without an amount (`without_amount`) and is None where amounts are in
    more than one currency or there are none.
    """

    user_id: str
    by_value: float | None
    by_count: float | None
    open_value: float | None
    currency: str | None
    open_count: int
    without_amount: int = 0
    unrated: int = 0


@dataclass(frozen=True, slots=True)
class ShareHistory:
    """The share in percent now and in the weekly snapshots before, oldest first.

    `open_count` is the number of open deals now, None if not known. `weeks` names the Mondays of `weekly`.
    `by_count` marks a share of deals, which stands in where values cannot be added up.
    """

    now: float
    weekly: tuple[float, ...]
    open_count: int | None = None
    weeks: tuple[date, ...] = ()
    by_count: bool = False


@dataclass(frozen=True, slots=True)
class ShareFinding:
    """What the share says about one person, as a sentence; `alert` is the kind that fired, if any.

    Points are percentage points. `own_mean`, `own_change` and `peer_mean`, `peer_change` are None where the
    comparison could not be made. `improved` marks a fall as large as the personal trigger.
    """

    user_id: str
    sentence: str
    alert: str | None
    alerts: tuple[Alert, ...] = ()
    own_mean: float | None = None
    own_change: float | None = None
    trigger: float | None = None
    peer_mean: float | None = None
    peer_change: float | None = None
    improved: bool = False


def shares_of(rows: Iterable[Row], rules: AlertRules = DEFAULT_RULES) -> dict[str, PipelineShare]:
    """Return each owner's share from facet rows; closed deals are left out."""
    deals: dict[str, list[Row]] = {}
    for row in rows:
        if row["status"] == "open":
            deals.setdefault(row["owner"], []).append(row)
    return {owner: _share(owner, owned, rules) for owner, owned in deals.items()}


def _share(owner: str, rows: Sequence[Row], rules: AlertRules) -> PipelineShare:
    rated = [row for row in rows if row["touches_last_14"] is not None]
    valued = [row for row in rated if row["amount"] is not None]
    currencies = {row["currency"] for row in valued}
    total = sum(row["amount"] for row in valued)
    comparable = len(currencies) == 1 and total > 0
    at_risk = [row for row in rated if row["health_bucket"] in rules.at_risk_buckets]
    value = sum(row["amount"] or 0 for row in at_risk)
    return PipelineShare(
        user_id=owner,
        by_value=100 * value / total if comparable else None,
        by_count=100 * len(at_risk) / len(rated) if rated else None,
        open_value=float(total) if comparable else None,
        currency=currencies.pop() if comparable else None,
        open_count=len(rows),
        without_amount=len(rated) - len(valued),
        unrated=len(rows) - len(rated),
    )


def peers_of(user: User, users: Mapping[str, User], known: Collection[str], rules: PeerRules) -> list[str]:
    """Return whom a person is compared with, among those whose share is `known`.

    Same segment and discipline; if those are too few, the same manager's people; if still too few, nobody.
    """
    others = [users[each] for each in known if each != user.id and each in users]
    alike = [each.id for each in others if (each.segment, each.discipline) == (user.segment, user.discipline)]
    if len(alike) >= rules.least_peers:
        return alike
    beside = [each.id for each in others if user.manager_id and each.manager_id == user.manager_id]
    return beside if len(beside) >= rules.least_peers else []


def judge_share(
    user: User, histories: Mapping[str, ShareHistory], peers: Sequence[str], rules: AlertRules = DEFAULT_RULES
) -> ShareFinding | None:
    """Compare a person's share now with their own mean and with `peers` now. None without any history."""
    history = histories.get(user.id)
    if history is None:
        return None
    own = _own(history, rules.personal)
    peer = _peer(history.now, [histories[each].now for each in peers if each in histories], rules.peers)
    alerts = tuple(kind for kind, fired in ((Alert.PERSONAL, own.fired), (Alert.PEER, peer.fired)) if fired)
    measure = "deals" if history.by_count else "value"
    opening = f"At-risk share of {user.first_name}: {history.now:.1f}% of open {measure} now"
    return ShareFinding(
        user_id=user.id,
        sentence=f"{opening}; {own.words}; {peer.words}.",
        alert=alerts[0].value if alerts else None,
        alerts=alerts,
        own_mean=own.mean,
        own_change=own.change,
        trigger=own.trigger,
        peer_mean=peer.mean,
        peer_change=peer.change,
        improved=own.improved,
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    words: str
    mean: float | None = None
    change: float | None = None
    trigger: float | None = None
    fired: bool = False
    improved: bool = False


def _own(history: ShareHistory, rules: PersonalRules) -> _Comparison:
    weekly = history.weekly[-rules.weeks :]
    if len(weekly) < rules.least_snapshots:
        return _Comparison(f"only {counted(len(weekly), 'weekly snapshot')}, too few for a comparison")
    mean, trigger = fmean(weekly), trigger_of(weekly, rules)
    change = history.now - mean
    few = history.open_count is not None and history.open_count < rules.least_open_deals
    fired = change >= trigger and not few
    improved = change <= -trigger and not few
    verdict = "a personal alert" if fired else "an improvement" if improved else "no alert"
    if few:
        verdict += f" with only {counted(history.open_count or 0, 'open deal')}"
    words = f"own half-year mean {mean:.1f}%, {change:+.1f} points: {verdict}"
    return _Comparison(words, mean, change, trigger, fired, improved)


def trigger_of(weekly: Sequence[float], rules: PersonalRules) -> float:
    """Return by how many points a share must rise above the mean of `weekly` to be worth an alert."""
    return max(rules.points, rules.deviations * stdev(weekly))


def _peer(now: float, others: Sequence[float], rules: PeerRules) -> _Comparison:
    if len(others) < rules.least_peers:
        needed = f"figures of {counted(len(others), 'peer')}, {rules.least_peers} needed"
        return _Comparison(f"no peer comparison: {needed}")
    mean = fmean(others)
    change = now - mean
    worse = sum(other > now for other in others)
    worst_places = max(1, int(rules.worst_share * (len(others) + 1)))
    fired = change >= rules.points and worse < worst_places
    verdict = ": a peer alert" if fired else ""
    return _Comparison(
        f"{change:+.1f} points against the mean of {len(others)} peers{verdict}", mean, change, None, fired
    )


@dataclass(frozen=True, slots=True)
class AlertState:
    """Whether an alert of one kind may fire for one person: `armed`, and when it last fired."""

    armed: bool = True
    fired_on: date | None = None


def next_alert(
    state: AlertState, change: float, trigger: float, today: date, rules: RepeatRules
) -> tuple[AlertState, bool]:
    """Return the state after today's `change` (points above the mean) and whether to send an alert.

    After it fired, an alert is armed again once the change fell under its part of the trigger, and it never
    fires twice within `rules.days`.
    """
    armed = state.armed or change < rules.rearm_below * trigger
    rested = state.fired_on is None or today - state.fired_on >= timedelta(days=rules.days)
    if armed and rested and change >= trigger:
        return AlertState(armed=False, fired_on=today), True
    return AlertState(armed=armed, fired_on=state.fired_on), False


def personal_alerts(history: ShareHistory, today: date, rules: AlertRules = DEFAULT_RULES) -> list[date]:
    """Return the days on which a personal alert was due: the stored weeks replayed, then today.

    The last of them is `today` exactly if an alert should go out now. A stored week is dated by its
    Sunday, the night it was completed.
    """
    days = [*(week + timedelta(days=6) for week in history.weeks), today]
    values = [*history.weekly, history.now]
    state, sent = AlertState(), []
    for place, (on, value) in enumerate(zip(days, values, strict=True)):
        before = values[max(0, place - rules.personal.weeks) : place]
        if len(before) < rules.personal.least_snapshots:
            continue
        if on == today and (history.open_count or rules.personal.least_open_deals) < rules.personal.least_open_deals:
            continue
        change = value - fmean(before)
        state, fires = next_alert(state, change, trigger_of(before, rules.personal), on, rules.repeat)
        sent += [on] if fires else []
    return sent
